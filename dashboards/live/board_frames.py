"""A board at an instant: the choices that can be made and the rows of every panel, as the engine answers them."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

import msgspec
import structlog

from dashboards.expand import expand
from dashboards.live.board_choice import Choice, Range, chosen_of, range_at
from dashboards.live.board_files import DrawnBoard, Marks
from dashboards.live.reading import Reader, main_zone, units_at
from pantau.domain.registry import Registry
from pantau.domain.zones import day_start
from storage.engine import Answer, EngineError

log = structlog.get_logger(__name__)

_AS_THE_ROLES_READ: Final = "\nSETTINGS use_skip_indexes_if_final_exact_mode = 0"
"""What readers on a server have by their role (:mod:`storage.roles`): without it every visit is read for one day's."""

MOST_ROWS: Final = 5_000
"""Rows of one panel; a board is read by people."""

Kind = Literal["time", "date", "number", "text"]


class Field(msgspec.Struct, frozen=True):
    """A column: its values in order of rows. Times are ms UTC, dates ISO text, unknown is null."""

    name: str
    kind: Kind
    values: list[Any]


class Frame(msgspec.Struct, frozen=True):
    """The answer to a panel's query: columns of one length. ``cut``: there were more rows; ``failed``: no answer."""

    fields: list[Field]
    cut: bool = False
    failed: bool = False


class Offered(msgspec.Struct, frozen=True):
    """A variable: what can be chosen as [value, label], what is, and whether that is everything."""

    name: str
    choices: list[tuple[str, str]]
    chosen: list[str]
    all: bool


class MarksFrame(msgspec.Struct, frozen=True):
    """What is marked on the time axes: time, timeEnd, title, text and tags."""

    name: str
    colour: str
    frame: Frame


class BoardModel(msgspec.Struct, frozen=True):
    """A board and its data from ``from_ms`` to ``to_ms``, as of ``as_of`` (ms UTC); ``zone`` is that of most units."""

    uid: str
    as_of: int
    from_ms: int
    to_ms: int
    zone: str
    variables: list[Offered]
    panels: dict[int, Frame]
    marks: list[MarksFrame]


def board_model(reader: Reader, board: DrawnBoard, choice: Choice, now: int) -> BoardModel:
    """Run every query of a board once; queries with the same text are one.

    Raises Refused for a value that is not offered or a wrong time range, NotNow when the tables do not answer. A query
    that the engine refuses makes its own panel fail, not the board.
    """
    zone = main_zone(units_at(reader.registry, now))
    span = range_at(choice, now, zone)
    offered: list[Offered] = []
    values: dict[str, list[str]] = {}
    for variable in board.variables:
        rows = reader.select(_sql(variable.sql, span, 60, values)).rows if variable.sql else variable.choices
        choices = [(str(value), str(label)) for value, label in rows]
        codes = [value for value, _ in choices]
        given = dict(choice.values).get(variable.name)
        values[variable.name] = chosen_of(variable.name, variable.many, given, codes)
        everything = variable.many and values[variable.name] == codes
        offered.append(Offered(variable.name, choices, values[variable.name], everything))

    texts = {query.panel: _sql(query.sql, span, span.interval_s(query.least_s), values) for query in board.queries}
    marks = [_sql(each.sql, span, 60, values) for each in board.marks]
    wanted = sorted({*texts.values(), *marks})
    answers = (
        dict(zip(wanted, reader.together(*(_asker(reader, text) for text in wanted)), strict=True)) if wanted else {}
    )
    return BoardModel(
        uid=board.uid,
        as_of=now,
        from_ms=span.from_ms,
        to_ms=span.to_ms,
        zone=zone,
        variables=offered,
        panels={panel: answers[text] for panel, text in texts.items()},
        marks=[
            *(MarksFrame(each.name, each.colour, answers[text]) for each, text in zip(board.marks, marks, strict=True)),
            *([_holidays(board.holidays, reader.registry, values.get("unit"), zone, span)] if board.holidays else []),
        ],
    )


def _holidays(look: Marks, registry: Registry, units: Sequence[str] | None, zone: str, span: Range) -> MarksFrame:
    """The holidays of the range that close the chosen units, or all; each at the begin of its day."""
    kabupaten = {unit.kabupaten for unit in registry.units if units is None or unit.code in units}
    found = sorted(
        {
            (day_start(zone, holiday.day), holiday.name)
            for holiday in registry.holidays
            if holiday.kabupaten is None or holiday.kabupaten in kabupaten
        }
    )
    shown = [(at, name) for at, name in found if span.from_ms <= at <= span.to_ms]
    fields = [Field("time", "time", [at for at, _ in shown]), Field("title", "text", [name for _, name in shown])]
    return MarksFrame(look.name, look.colour, Frame(fields))


def _sql(sql: str, span: Range, interval_s: int, values: Mapping[str, Sequence[str]]) -> str:
    return expand(sql, time_from_ms=span.from_ms, time_to_ms=span.to_ms, interval_s=interval_s, variables=values)


def _asker(reader: Reader, text: str) -> Callable[[], Frame]:
    def ask() -> Frame:
        try:
            return frame(reader.select(text + _AS_THE_ROLES_READ))
        except EngineError as error:
            log.error("a query of a board failed", error=str(error))
            return Frame([], failed=True)

    return ask


def frame(answer: Answer) -> Frame:
    """An answer by columns, in what JSON can hold."""
    rows = answer.rows[:MOST_ROWS]
    fields = [
        Field(name, kind := _kind(type_), [_plain(row[place], kind) for row in rows])
        for place, (name, type_) in enumerate(answer.columns)
    ]
    return Frame(fields, cut=len(answer.rows) > MOST_ROWS)


def _kind(type_: str) -> Kind:
    plain = type_.removeprefix("LowCardinality(").removeprefix("Nullable(")
    if plain.startswith("DateTime"):
        return "time"
    if plain.startswith("Date"):
        return "date"
    return "number" if plain.startswith(("Int", "UInt", "Float", "Decimal", "Bool")) else "text"


def _plain(value: Any, kind: Kind) -> Any:
    match value:
        case None:
            return None
        case datetime():  # the engine's times carry no zone and are UTC
            return round(value.replace(tzinfo=value.tzinfo or UTC).timestamp() * 1000)
        case date():
            return value.isoformat()
        case bool():
            return int(value)
        case int() | str():
            return value
        case list() | tuple():
            return ", ".join(str(each) for each in value)
    if kind == "number":
        number = float(value)
        return number if math.isfinite(number) else None
    return str(value)
