"""What is asked of the indicators, and the table that answers: both travel as JSON between processes."""

from datetime import date
from typing import Literal

import msgspec

from pantau.domain.errors import BadSetup, Fault
from pantau.domain.indicators import Choices, Language, Value, choices_of
from pantau.domain.registry import Definitions, Registry

Dimension = Literal[
    "unit",
    "kecamatan",
    "kabupaten",
    "service",
    "channel",
    "counter",
    "trained",
    "since_training",
    "intervention",
    "day",
    "week",
    "month",
    "hour",
    "30m",
    "5m",
]

PLACES: tuple[Dimension, ...] = ("unit", "kecamatan", "kabupaten")
DAYS: tuple[Dimension, ...] = ("day", "week", "month")
FINE: tuple[Dimension, ...] = ("hour", "30m", "5m")
SINCE: tuple[Dimension, ...] = ("since_training",)
"""``hour`` is the hour of the local day, all days together; ``30m`` and ``5m`` are single windows.
``since_training`` counts weeks from the day on which a unit is trained, below 0 before it."""

UNTRAINED = 1_000_000
"""The week since training of a unit that has had none."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Which indicators, of which slice, in which groups.

    ``names`` as :func:`pantau.domain.indicator_catalogue.chosen` takes them. Empty slices mean all. Days are local and
    both included; None means from the first or to the last day with data. ``as_of`` is the instant (ms UTC) for facts
    that time makes. The rest are definitions; None takes what the registry defines.
    """

    as_of: int
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    kecamatan: tuple[str, ...] = ()
    kabupaten: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    by: tuple[Dimension, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    language: Language = "id"
    zero_waits: Literal["counted", "not_counted"] | None = None
    leavers: Literal["standard", "counted", "not_counted"] | None = None
    percentile: Literal["nearest_rank", "exact"] | None = None
    ikm_weight: Literal["1/9", "0.11"] | None = None
    within_ms: int | None = None
    complaint_days: int | None = None

    @property
    def time(self) -> str:
        """The dimension of time it is split by, or nothing."""
        return next((dimension for dimension in self.by if dimension in DAYS + FINE + SINCE), "")

    @property
    def place(self) -> str:
        """The dimension of place it is split by, or nothing."""
        return next((dimension for dimension in self.by if dimension in PLACES), "")

    @property
    def splits(self) -> frozenset[str]:
        """Which of channel and counter the slice or the groups ask for: only facts know these."""
        asked = {"channel": self.channels, "counter": self.counters}
        return frozenset(name for name, chosen in asked.items() if chosen or name in self.by)


class Line(msgspec.Struct, frozen=True):
    """One indicator of one group. ``key`` are codes in the order of the table's ``by``, ``label`` what people read."""

    key: tuple[str, ...]
    label: tuple[str, ...]
    indicator: str
    value: Value


class About(msgspec.Struct, frozen=True):
    """What stands beside an indicator: its title, its unit, its definition and the choices that change it."""

    name: str
    title: str
    unit: str
    definition: str
    choices: dict[str, str | int | float | None]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: lines, and everything that says what they mean. Days are those that were read."""

    by: tuple[str, ...]
    lines: tuple[Line, ...]
    about: tuple[About, ...]
    slice: dict[str, tuple[str, ...]]
    first_day: date | None
    last_day: date | None
    as_of: int
    zone: str
    registry: str
    notes: tuple[str, ...] = ()


def choices_for(request: Request, definitions: Definitions) -> Choices:
    """The definitions in use: what the registry says, changed where the request asks for another."""
    asked = {
        "zero_waits": request.zero_waits,
        "leavers": request.leavers,
        "percentile": request.percentile,
        "ikm_weight": request.ikm_weight,
        "within_ms": request.within_ms,
        "complaint_days": request.complaint_days,
    }
    chosen = {name: value for name, value in asked.items() if value is not None}
    return msgspec.structs.replace(choices_of(definitions), **chosen)


def units_of(request: Request, registry: Registry) -> list[str]:
    """The codes of the units in the slice, sorted. Raises BadSetup naming every place that is not in the registry."""
    kecamatan = {unit.kecamatan for unit in registry.units}
    kabupaten = {unit.kabupaten for unit in registry.units}
    codes = {unit.code for unit in registry.units}
    faults = [
        Fault(field=field, value=repr(value), rule="not in the registry", todo="see `pantau registry check`")
        for field, asked, known in (
            ("unit", request.units, codes),
            ("kecamatan", request.kecamatan, kecamatan),
            ("kabupaten", request.kabupaten, kabupaten),
        )
        for value in asked
        if value not in known
    ]
    if faults:
        raise BadSetup("; ".join(map(str, faults)), tuple(faults))
    return sorted(
        unit.code
        for unit in registry.units
        if (not request.units or unit.code in request.units)
        and (not request.kecamatan or unit.kecamatan in request.kecamatan)
        and (not request.kabupaten or unit.kabupaten in request.kabupaten)
    )


def check(request: Request) -> None:
    """Refuse groupings that mean nothing. Raises BadSetup."""

    def refuse(rule: str, todo: str) -> BadSetup:
        fault = Fault(field="by", value=", ".join(request.by), rule=rule, todo=todo)
        return BadSetup(str(fault), (fault,))

    if len(set(request.by)) != len(request.by):
        raise refuse("a grouping is named twice", "name it once")
    if sum(dimension in PLACES for dimension in request.by) > 1:
        raise refuse("only one of unit, kecamatan and kabupaten can group", "choose one")
    if sum(dimension in DAYS + FINE + SINCE for dimension in request.by) > 1:
        raise refuse("only one of day, week, month, hour, 30m, 5m and since_training can group", "choose one")
    if "intervention" in request.by and len(request.by) > 1:
        raise refuse("an intervention is compared by itself", "use --by intervention alone")
    if request.first_day and request.last_day and request.first_day > request.last_day:
        fault = Fault(
            field="from",
            value=str(request.first_day),
            rule=f"after the last day {request.last_day}",
            todo="turn the two days round",
        )
        raise BadSetup(str(fault), (fault,))
