"""What workers announce, read from the tables: who waits now, and the windows of days that changed."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from pantau.bus.claims import Page
from pantau.bus.indicators import Said, UnitNow, WrittenDay
from pantau.domain.registry import Registry
from pantau.domain.wire import instant
from pantau.domain.zones import DAY, day_start, local_day
from storage.queries import sql
from storage.store import Store

_EPOCH_DAY = date(1970, 1, 1)
_UNITS_AT_ONCE = 2_000


def announcements(store: Store, registry: Registry, pages: Iterable[Page], *, now: int) -> list[Said]:
    """The windows' days, and the state as of ``now`` (ms UTC) of units that changed today or yesterday.

    What becomes known of days before says nothing about who waits now.
    """
    wanted = sorted(set(pages))
    yesterday = now // DAY - 2  # in any zone
    units = sorted({unit for day, unit in wanted if day >= yesterday and registry.unit(unit) is not None})
    found: list[Said] = []
    for start in range(0, len(units), _UNITS_AT_ONCE):
        found += _now(store, registry, units[start : start + _UNITS_AT_ONCE], now)
    for start in range(0, len(wanted), _UNITS_AT_ONCE):
        found += _days(store, wanted[start : start + _UNITS_AT_ONCE])
    return found


def _now(store: Store, registry: Registry, units: Sequence[str], now: int) -> list[UnitNow]:
    starts = [day_start(zone, local_day(zone, now)) for zone in map(registry.zone, units)]
    params = {
        "units": [*units],
        "places_now": [*units],
        "days_start": starts,
        "today_since": min(starts),
        "as_of": now,
        "services": [],
        "channels": [],
        "counters": [],
        "by_service": 0,
        "by_channel": 0,
        "by_counter": 0,
    }
    rows = {row[0]: row for row in store.engine.query(sql("tickets_now"), params).rows}
    at = instant(now)
    found = []
    for unit in units:
        if unit in rows:
            *_, tickets, waiting, longest, in_service = rows[unit]
            found.append(UnitNow(unit, at, tickets, waiting, in_service, longest))
        else:
            found.append(UnitNow(unit, at, 0, 0, 0))
    return found


def _days(store: Store, pages: Sequence[Page]) -> list[WrittenDay]:
    days, units = zip(*pages, strict=True)
    answer = store.engine.query(sql("day_cells"), {"days": days, "units": units})
    cells = {(day, unit): said for day, unit, said in answer.rows}
    return [
        WrittenDay(unit, _EPOCH_DAY + timedelta(day), msgspec.Raw(cells.get((day, unit), "[]").encode()))
        for day, unit in pages
    ]
