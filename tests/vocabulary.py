"""Hypothesis strategies for the data record of every kind of event, made from the types of its fields."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from pantau.domain.event_rules import contradictions
from pantau.domain.events import VOCABULARY, Data
from pantau.domain.personal import find

START = 1_577_836_800_000  # 2020-01-01T00:00:00Z
END = 1_767_225_600_000  # 2026-01-01T00:00:00Z

times = st.integers(START, END)
kinds = st.sampled_from(sorted(VOCABULARY))


def _text(least: int | None, most: int | None) -> st.SearchStrategy[str]:
    letters = st.text(min_size=least or 0, max_size=min(most or 40, 40))
    codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ._/\-]{0,15}", fullmatch=True)
    return (codes if not least or least <= 1 else letters) | letters


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """An instant with some zone's offset, to the millisecond."""
    zone = timezone(timedelta(minutes=draw(st.integers(-720, 840))))
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=draw(times))).astimezone(zone)


def values(info: inspect.Type) -> st.SearchStrategy[Any]:
    """Values that a type of the vocabulary allows."""
    match info:
        case inspect.UnionType(types=types):
            return st.one_of([values(each) for each in types])
        case inspect.NoneType():
            return st.none()
        case inspect.StrType(min_length=least, max_length=most):
            return _text(least, most).filter(lambda text: not find(text))
        case inspect.IntType(ge=least, le=most):
            return st.integers(least, most)
        case inspect.FloatType(ge=least, le=most):
            return st.floats(least, most, allow_nan=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.LiteralType(values=allowed):
            return st.sampled_from(list(allowed))
        case inspect.DateType():
            return st.dates(date(2000, 1, 1), date(2030, 1, 1))
        case inspect.DateTimeType():
            return moments()
        case inspect.VarTupleType(item_type=item):
            return st.lists(values(item), max_size=3).map(tuple)
        case inspect.StructType(cls=record):
            return records(record)
    raise AssertionError(f"the vocabulary uses {info}, for which there is no strategy")


def records(record: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Records of a type, each optional field given or left out."""
    fields = msgspec.structs.fields(record)
    must = {field.name: values(inspect.type_info(field.type)) for field in fields if field.required}
    may = {field.name: values(inspect.type_info(field.type)) for field in fields if not field.required}
    return st.fixed_dictionaries(must, optional=may).map(lambda given: record(**given))


def data_of(kind: str) -> st.SearchStrategy[Data]:
    """Data of a kind that does not contradict itself at the time ``START``."""
    return records(VOCABULARY[kind]).filter(lambda data: not contradictions(kind, data, START))


anything = kinds.flatmap(lambda kind: st.tuples(st.just(kind), data_of(kind)))
"""A kind and data of it."""
