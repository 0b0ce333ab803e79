"""What a board is, before it is told in a language: panels on a grid of 24 columns, each a named query and its columns.

A definition holds no words and no JSON. Words come from ``dashboards.words``, JSON from ``dashboards.panels`` and
``dashboards.render``; so both languages have the same queries, ids and places by construction.
"""

from typing import Final, Literal

import msgspec

Kind = Literal["stat", "timeseries", "table", "barchart", "state-timeline"]
Unit = Literal[
    "count", "people", "minutes", "percent", "counters", "answers", "index", "mark", "days", "hours", "seconds",
    "per_hour", "date", "text",
]  # fmt: skip
Look = Literal["plain", "usual", "limit", "band_low", "band_high", "points"]
"""How a line is drawn: ``usual`` and ``limit`` are dashed, a band is filled from its high line down to its low one."""

OURS: Final = "pantau"
"""The tag by which annotations that we wrote into a Grafana are found again."""

HOLIDAY: Final = "libur"
"""The tag of those that are holidays."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a query's answer: its unit and how it is shown. Its words are those of its name.

    ``states`` are the codes it may hold, told as words (``told`` goes before a code in the key of its words); a column
    of numbers holds 1 for the first of them; ``others`` are shown as they are. ``limits`` colours a number:
    ``promise`` from 80 and 100 %.
    ``bar`` draws it as a bar in its cell up to ``most``. ``opens`` is the board that its value leads to, with the
    variables that are set from other columns of the row.
    """

    name: str
    unit: Unit = "count"
    decimals: int | None = 0
    states: tuple[str, ...] = ()
    told: str = ""
    others: bool = False
    limits: Literal["promise", "kept", ""] = ""
    bar: bool = False
    most: float | None = None
    hidden: bool = False
    width: int | None = None
    look: Look = "plain"
    colour: int = 0
    opens: str = ""
    passes: tuple[tuple[str, str], ...] = ()


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One panel. ``key`` is its name on the board, from which its title and description follow.

    ``by`` is the column whose text names the series of a time series (or the rows of a state timeline), or the bars of
    a bar chart. ``least`` and ``most`` bound the axis; ``mark`` is a line across it, such as 100 % of the promise.
    """

    key: str
    kind: Kind
    x: int
    y: int
    w: int
    h: int
    query: str
    columns: tuple[Column, ...]
    by: str = ""
    interval: str = ""
    least: float | None = 0
    most: float | None = None
    mark: float | None = None
    horizontal: bool = False


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A choice above the board: ``query`` gives value and label; ``many`` allows several and all.

    Without a query it is one of ``codes``, told as words (``choice.NAME.CODE``); the first holds until another is
    chosen.
    """

    name: str
    query: str = ""
    many: bool = True
    codes: tuple[str, ...] = ()


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One board. ``key`` names its words; ``dashboards.panels`` has its uid.

    ``since`` is the left end of its time range, as Grafana writes it; the right end is now. ``below`` are the boards
    that go into detail, ``above`` the one that is more general. ``marks`` are the queries of what is
    marked on its charts: trainings and other measures, alerts; ``holidays`` marks these too.
    """

    key: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now/d"
    refresh: str = "10s"
    above: str = ""
    below: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    holidays: bool = False
    fixed: bool = False


KECAMATAN = Variable(name="kecamatan", query="kecamatan_choices")
TRAINED = Variable(
    name="trained", many=False, codes=("any", "trained", "untrained", "weeks_8", "weeks_26", "weeks_more")
)
"""Units by their training at the end of the time range; in a kecamatan, of these."""

UNITS = Variable(name="unit", query="unit_choices_by_training")
UNIT = Variable(name="unit", query="unit_choices_by_training", many=False)
ALL_UNITS = Variable(name="unit", query="unit_choices")
"""Units on the board that sets trained ones beside others: among trained ones alone its two sides were one before and
after."""

SERVICES = Variable(name="service", query="service_choices")


def people(name: str, **more: object) -> Column:
    """A number of people."""
    return msgspec.structs.replace(Column(name=name, unit="people"), **more)


def minutes(name: str, **more: object) -> Column:
    """A duration in minutes."""
    return msgspec.structs.replace(Column(name=name, unit="minutes"), **more)


def percent(name: str, **more: object) -> Column:
    """A share in percent."""
    return msgspec.structs.replace(Column(name=name, unit="percent"), **more)


def count(name: str, **more: object) -> Column:
    """A plain number."""
    return msgspec.structs.replace(Column(name=name), **more)


def text(name: str, **more: object) -> Column:
    """Words as the query gives them: names, codes told as states."""
    return msgspec.structs.replace(Column(name=name, unit="text", decimals=None), **more)


def hidden(name: str) -> Column:
    """A column that is only there for links."""
    return Column(name=name, unit="text", decimals=None, hidden=True)
