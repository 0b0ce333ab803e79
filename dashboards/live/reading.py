"""Asking named queries for the page, with what is asked often and changes seldom kept for a while."""

import time
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from pantau.domain.registry import Registry, Unit
from pantau.domain.zones import day_start, local_day
from storage.engine import Answer
from storage.queries import catalogue

T = TypeVar("T")
Row = dict[str, Any]

EPOCH = date(1970, 1, 1)
SLOT_MS = 30 * 60_000
"""The page shows a day by half hours."""

COST_SHARE = 20
"""What is kept stays at least this many times as long as it took to find, so that it never takes over 5 % of a core."""


class Source(Protocol):
    """What the page needs of a runtime: its registry, and answers to named queries (blocking)."""

    @property
    def registry(self) -> Registry:
        """The registry in force."""

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Answer a named query; any thread may call it."""

    def select(self, text: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a query of a board, given as text; any thread may call it."""


class Reader:
    """Named queries of one runtime. Blocks; use from worker threads. Safe to share: a race only asks twice."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        return self._source.registry

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """The answer to a named query."""
        return self._source.query(name, params)

    def select(self, sql: str) -> Answer:
        """The answer to a query of a board, expanded."""
        return self._source.select(sql)

    def ask(self, name: str, **params: Any) -> list[Row]:
        """The rows of a named query; parameters that it does not have are left out."""
        known = catalogue()[name].parameters
        return self.query(name, {key: value for key, value in params.items() if key in known}).dicts()

    @staticmethod
    def together(*finds: Callable[[], Any]) -> list[Any]:
        """What each of these finds, asked side by side: most of a small query's time is not the engine's."""
        with ThreadPoolExecutor(len(finds), thread_name_prefix="page") as pool:
            return [asked.result() for asked in [pool.submit(find) for find in finds]]

    def kept(self, key: Hashable, seconds: float, find: Callable[[], T]) -> T:
        """What ``find`` found the last time, if that was not long ago."""
        now = time.monotonic()
        found = self._kept.get(key)
        if found is not None and now < found[0]:
            value: T = found[1]
            return value
        value = find()
        done = time.monotonic()
        self._kept = {other: kept for other, kept in self._kept.items() if kept[0] > done}
        self._kept[key] = (done + max(seconds, COST_SHARE * (done - now)), value)
        return value


class UnitDay:
    """A unit's local day at an instant: its number since 1970, its first instant, and where in it the instant lies."""

    __slots__ = ("number", "start", "unit")

    def __init__(self, unit: Unit, at: int, weeks_back: int = 0) -> None:
        self.unit = unit
        day = local_day(unit.zone, at) - timedelta(weeks=weeks_back)
        self.number = (day - EPOCH).days
        self.start = day_start(unit.zone, day)

    @property
    def key(self) -> tuple[str, int, int]:
        """As the queries take it: (unit, number of the day, first instant)."""
        return self.unit.code, self.number, self.start


def units_at(registry: Registry, at: int) -> list[Unit]:
    """The units that exist at an instant, by code."""
    found = (registry.unit_on(unit.code, local_day(unit.zone, at)) for unit in registry.units)
    return [unit for unit in found if unit is not None]


def main_zone(units: list[Unit]) -> str:
    """The zone most units are in; the page's clock shows it."""
    zones = [unit.zone for unit in units]
    return max(sorted(set(zones)), key=zones.count) if zones else "Asia/Jakarta"


def iso(number: int) -> str:
    """A day by its number since 1970 as an ISO date."""
    return (EPOCH + timedelta(days=number)).isoformat()
