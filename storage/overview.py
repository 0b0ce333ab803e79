"""What the live page reads: how units stand at an instant, as records. The queries are in ``queries/overview.sql``.

Every function takes ``query``, which answers a named query, so the same code reads in this process or asks another.
Times are ms UTC; what is not known is ``None``. ``as_of`` cuts who is waiting; counts of its local day are whole.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from pantau.domain.facts import ELEMENTS
from pantau.domain.registry import Definitions, Registry
from pantau.domain.skm import Ikm, Sums, ikm
from pantau.domain.zones import day_start, local_day
from storage.engine import Answer

Query = Callable[[str, Mapping[str, Any]], Answer]

_EPOCH = date(1970, 1, 1).toordinal()

PERIOD_DAYS = 90
"""Local days that the satisfaction index of the overview reads, the day of ``as_of`` among them."""


class Standing(msgspec.Struct, frozen=True):
    """People, promise and satisfaction of one unit or of several together.

    Waiting: tickets created on the local service day of ``as_of`` and neither called, started nor ended by then; an
    open ticket of an earlier day is a leftover. ``arrivals`` to ``kept`` are of that local day, ``served_in_period`` to
    ``element_total`` of the last 90 days. None: ``waiting`` where no ticket was called in 90 days, ``arrivals`` and
    ``served`` where nothing was heard in 90 days, ``open_counters`` where no counter spoke that day.
    """

    waiting: int | None
    longest_wait_ms: int | None
    arrivals: int | None
    served: int | None
    judged: int
    kept: int
    served_in_period: int
    answers: int
    complete: int
    skm_sum: int
    skm_square: int
    skm_straight: int
    element_n: list[int]
    element_total: list[int]
    open_counters: int | None

    def satisfaction(self, definitions: Definitions) -> Ikm:
        """The index of the period's answers, with its band, its interval and what a reader must know."""
        sums = Sums(
            answers=self.answers,
            counts=tuple(self.element_n),
            totals=tuple(self.element_total),
            complete=self.complete,
            total=self.skm_sum,
            squares=self.skm_square,
            straight=self.skm_straight,
        )
        return ikm(
            sums,
            weight=definitions.ikm_weight,
            population=self.served_in_period or None,
            confidence=definitions.ikm_confidence,
            few_below=definitions.minimum_sample,
        )


class UnitStanding(Standing, frozen=True, kw_only=True):
    """One unit. ``promise_ratio`` is the median of the day's measured times over their promises (1.0 is the promise).

    ``judged_before`` and ``kept_before`` are of the 28 local days before. ``seen_waiting`` and ``seen_counters`` are
    what its queues last published that day. ``last_event_ms`` looks back two days, ``last_day`` (a day number) ninety.
    """

    unit: str
    day: int
    in_service: int
    promise_ratio: float | None
    judged_before: int
    kept_before: int
    paused_counters: int
    seen_waiting: int | None
    seen_counters: int | None
    last_event_ms: int | None
    last_day: int | None


def day_number(day: date) -> int:
    """Days since 1970-01-01: how windows name a local day."""
    return day.toordinal() - _EPOCH


def day_parameters(registry: Registry, as_of: int, units: Iterable[str]) -> dict[str, Any]:
    """The parameters of the overview queries for these units at an instant, each on its own local day."""
    days = []
    for unit in units:
        zone = registry.zone(unit)
        today = local_day(zone, as_of)
        days.append((unit, day_number(today), day_start(zone, today)))
    return {
        "as_of": as_of,
        "days": days,
        "since": min((starts for _, _, starts in days), default=as_of),
        "first_day": min((day for _, day, _ in days), default=0),
        "last_day": max((day for _, day, _ in days), default=0),
        "elements": [*ELEMENTS],
    }


def overview(query: Query, registry: Registry, as_of: int, units: Iterable[str] | None = None) -> list[UnitStanding]:
    """How each unit (all of the registry, or these) stands at an instant, by unit code."""
    codes = sorted(unit.code for unit in registry.units) if units is None else sorted(units)
    if not codes:
        return []
    answer = query("overview_units", day_parameters(registry, as_of, codes))
    return [msgspec.convert(row, UnitStanding) for row in answer.dicts()]


def half_hours(query: Query, registry: Registry, as_of: int, units: Iterable[str], *, weeks: int = 4) -> Answer:
    """Half-hour counts of the units' local day and of the same weekday of the weeks before, for sparklines and bands.

    Columns: unit, day (number), slot (half hours since that day's first instant), arrivals, served, judged, kept.
    """
    days = []
    for unit in sorted(units):
        zone = registry.zone(unit)
        today = local_day(zone, as_of)
        for week in range(weeks + 1):
            day = today - timedelta(weeks=week)
            days.append((unit, day_number(day), day_start(zone, day)))
    return query("overview_days", {"days": days})
