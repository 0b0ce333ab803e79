"""A request for indicators as it is written on a command line or in an address: texts by name, read in one way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

import msgspec

from pantau.domain.durations import parse
from pantau.domain.errors import BadSetup, Fault
from pantau.domain.indicators import Language
from pantau.domain.registry import Registry
from pantau.domain.requests import Dimension, Request, units_of
from pantau.domain.zones import DAY, from_local

Kind = Literal["text", "day", "time", "length", "number"]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that may be asked: how it is written, and what it means in a :class:`Request`.

    ``field`` is the request's. ``many`` may be written several times. ``choices`` are all that it may be.
    """

    name: str
    field: str
    meaning: str
    kind: Kind = "text"
    many: bool = False
    choices: tuple[str, ...] = ()
    example: str = ""


PARAMETERS: Final = (
    Parameter(
        name="indicator",
        field="names",
        meaning="Indicators by name (`wait_to_start.p90`), by the beginning of names (`wait_to_start`), or `all`; "
        "without one, the main ones.",
        many=True,
        example="wait_to_start",
    ),
    Parameter(name="unit", field="units", meaning="Only these units, by code.", many=True),
    Parameter(name="kecamatan", field="kecamatan", meaning="Only units of these kecamatan, by code.", many=True),
    Parameter(name="kabupaten", field="kabupaten", meaning="Only units of these kabupaten, by code.", many=True),
    Parameter(
        name="service", field="services", meaning="Only these services, by code; - is an unknown one.", many=True
    ),
    Parameter(name="channel", field="channels", meaning="Only these channels; - is an unknown one.", many=True),
    Parameter(name="counter", field="counters", meaning="Only these counters; - is an unknown one.", many=True),
    Parameter(
        name="by",
        field="by",
        meaning="Group by it: one of places, one of times, and any of service, channel, counter, trained.",
        many=True,
        choices=get_args(Dimension),
    ),
    Parameter(name="from", field="first_day", meaning="The first local day.", kind="day", example="2026-11-10"),
    Parameter(name="to", field="last_day", meaning="The last local day, included.", kind="day", example="2026-11-16"),
    Parameter(
        name="as_of",
        field="as_of",
        meaning="The instant for facts that time makes (waiting, backlog); now if it is not given. Without an offset "
        "it is read on the wall clock of the first unit that is asked for.",
        kind="time",
        example="2026-11-10 10:32",
    ),
    Parameter(
        name="percentile",
        field="percentile",
        meaning="From histograms (off by at most 1 %), or exactly.",
        choices=("nearest_rank", "exact"),
    ),
    Parameter(
        name="within",
        field="within_ms",
        meaning="The limit of the .within shares; a bare number counts seconds.",
        kind="length",
        example="15 min",
    ),
    Parameter(
        name="zero_waits",
        field="zero_waits",
        meaning="Waits of exactly zero.",
        choices=("counted", "not_counted"),
    ),
    Parameter(
        name="leavers",
        field="leavers",
        meaning="People who left, in promise and .within.",
        choices=("standard", "counted", "not_counted"),
    ),
    Parameter(name="ikm_weight", field="ikm_weight", meaning="Weight of an SKM element.", choices=("1/9", "0.11")),
    Parameter(
        name="complaint_days",
        field="complaint_days",
        meaning="Days after which an open complaint is late.",
        kind="number",
        example="5",
    ),
)
"""Everything that can be asked, in the order in which it is told."""

_LAST_YEAR: Final = 2149
"""Days of the tables end in it."""

_LONGEST_MS: Final = 366 * DAY

_BY_NAME: Final = {parameter.name: parameter for parameter in PARAMETERS}


def request_of(
    written: Mapping[str, Sequence[str]], registry: Registry, *, now: int, language: Language = "id"
) -> Request:
    """The request that texts by parameter name stand for; ``now`` (ms UTC) is its instant where it names none.

    Raises BadSetup with every fault: a name that is no parameter, several values where one is meant, one that cannot
    be read. Whether places and indicators exist is asked when it is answered.
    """
    faults: list[Fault] = []
    given: dict[str, Any] = {}
    for name, values in written.items():
        parameter = _BY_NAME.get(name)
        if parameter is None:
            faults.append(Fault(field=name, value=", ".join(values), rule="no such parameter", todo=_KNOWN))
            continue
        if not values:
            continue
        faults += _misread(parameter, values)
        if not faults:
            read = [_read(parameter, value) for value in values]
            given[parameter.field] = tuple(read) if parameter.many else read[0]
    if faults:
        raise BadSetup("; ".join(map(str, faults)), tuple(faults))
    moment = given.pop("as_of", None)
    request = Request(as_of=now, language=language, **given)
    return request if moment is None else msgspec.structs.replace(request, as_of=_instant(moment, request, registry))


def _misread(parameter: Parameter, values: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with the values of a parameter."""
    if len(values) > 1 and not parameter.many:
        yield Fault(field=parameter.name, value=", ".join(values), rule="given more than once", todo="give one")
    for value in values:
        if parameter.choices and value not in parameter.choices:
            todo = f"one of {', '.join(parameter.choices)}"
            yield Fault(field=parameter.name, value=repr(value), rule="no such choice", todo=todo)
            continue
        try:
            _read(parameter, value)
        except ValueError as error:
            yield Fault(
                field=parameter.name,
                value=repr(value),
                rule=_NOT_A[parameter.kind],
                todo=str(error) if parameter.kind == "length" else f"write it like {parameter.example}",
            )


def _read(parameter: Parameter, value: str) -> Any:
    """The value of a text. Raises ValueError."""
    if parameter.kind in ("day", "time"):
        moment = (date if parameter.kind == "day" else datetime).fromisoformat(value)
        if not 1970 < moment.year < _LAST_YEAR:
            raise ValueError(value)
        return moment
    if parameter.kind == "length":
        return _limit(value)
    if parameter.kind == "number":
        if not (value.isascii() and value.isdigit() and len(value) < 6):
            raise ValueError(value)
        return int(value)
    return value


def _limit(text: str) -> int:
    """A limit in ms; a bare number counts seconds."""
    bare = text.strip()
    ms = int(bare) * 1000 if bare.isascii() and bare.isdigit() and len(bare) < 12 else parse(text).ms
    if ms is None:
        raise ValueError("a limit is a time, not working days")
    if ms > _LONGEST_MS:
        raise ValueError("a limit is a year at most")
    return ms


def _instant(moment: datetime, request: Request, registry: Registry) -> int:
    """An instant in ms; a time without an offset is read on the wall clock of the slice's first unit."""
    if moment.tzinfo is not None:
        return round(moment.timestamp() * 1000)
    units = units_of(request, registry)
    return from_local(registry.zone(units[0]) if units else "UTC", moment)


_NOT_A: Final[dict[Kind, str]] = {
    "text": "not a text",
    "day": "not a day",
    "time": "not a time",
    "length": "not a limit",
    "number": "not a number of days from 0 to 99999",
}
_KNOWN: Final = f"ask for {', '.join(_BY_NAME)}"
