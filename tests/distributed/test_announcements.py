"""What workers announce: who waits now, and the windows of the days that changed."""

from datetime import date

import pytest

from pantau.bus.indicators import Announcement, UnitDay, UnitNow, pack_announcement, unpack_announcement
from pantau.domain.wire import instant
from pantau.domain.zones import HOUR, MINUTE
from storage.announcements import announcements
from storage.chdb_engine import ChdbEngine
from storage.store import Store
from tests.distributed.bus import Bus, Process, load_registry
from tests.strategies import MONDAY, REGISTRY, UNITS, ticket

UNIT = UNITS[0]
SENT = [
    ticket("created", MONDAY, unit=UNIT, ticket="served", service="ktp"),
    ticket("called", MONDAY + 2 * MINUTE, unit=UNIT, ticket="served"),
    ticket("created", MONDAY + 5 * MINUTE, unit=UNIT, ticket="waits", service="kk"),
    ticket("created", MONDAY, unit=UNITS[1], ticket="elsewhere"),
]


@pytest.fixture
def store(engine: ChdbEngine) -> Store:
    store = Store(engine)
    load_registry(store, REGISTRY)
    return store


def announced(store: Store, *, now: int) -> list[Announcement]:
    bus = Bus(1)
    bus.send(SENT)
    process = Process(store, bus)
    process.assign((0,))
    flush = process.worker.process({0: bus.records[0]})
    flush.written.result()
    process.worker.close()
    return announcements(store, REGISTRY, flush.pages, now=now)


def test_who_waits_is_told_as_of_now(store: Store) -> None:
    now = MONDAY + 15 * MINUTE
    told = {each.unit: each for each in announced(store, now=now) if isinstance(each, UnitNow)}
    assert told[UNIT] == UnitNow(UNIT, instant(now), tickets=2, waiting=1, in_service=0, longest_wait_ms=10 * MINUTE)
    assert told.keys() == {UNIT, UNITS[1]}


def test_the_days_that_changed_are_told_whole(store: Store) -> None:
    told = {each.unit: each for each in announced(store, now=MONDAY + HOUR) if isinstance(each, UnitDay)}
    assert told[UNIT].day == date(2026, 3, 30)
    cells = {(cell.service, cell.measure): cell for cell in told[UNIT].cells}
    assert cells["ktp", "wait_to_call"].total == 2 * MINUTE
    assert (cells["kk", "arrivals"].n, cells["kk", "arrivals"].total) == (1, 0)
    assert sum(cell.n for (_, measure), cell in cells.items() if measure == "arrivals") == 2


def test_a_record_says_what_was_announced_and_is_keyed_by_what_it_replaces(store: Store) -> None:
    for each in announced(store, now=MONDAY + HOUR):
        key, value = pack_announcement(each)
        assert unpack_announcement(value) == each
        assert key.decode().split("/")[0] == each.unit
        assert (b"/" in key) == isinstance(each, UnitDay)
