"""What workers announce: who waits now, and the windows of the days that changed."""

from datetime import date

import msgspec
import pytest

from pantau.bus.indicators import (
    Announcement,
    Said,
    UnitDay,
    UnitNow,
    WrittenDay,
    pack_announcement,
    unpack_announcement,
)
from pantau.domain.registry import Registry
from pantau.domain.wire import instant
from pantau.domain.zones import DAY, HOUR, MINUTE, day_start, local_day
from storage.announcements import announcements
from storage.chdb_engine import ChdbEngine
from storage.store import Store
from tests.distributed.bus import Bus, Process, load_registry
from tests.strategies import MONDAY, REGISTRY, UNITS, ticket

UNIT = UNITS[0]
ODD = 'kk "cepat"\\/é\n'
SENT = [
    ticket("created", MONDAY, unit=UNIT, ticket="served", service="ktp"),
    ticket("called", MONDAY + 2 * MINUTE, unit=UNIT, ticket="served"),
    ticket("created", MONDAY + 5 * MINUTE, unit=UNIT, ticket="waits", service="kk"),
    ticket("created", MONDAY, unit=UNITS[1], ticket="elsewhere", service=ODD, provenance="imputed"),
]


@pytest.fixture
def store(engine: ChdbEngine) -> Store:
    store = Store(engine)
    load_registry(store, REGISTRY)
    return store


def announced(store: Store, *, now: int) -> list[Announcement]:
    """What whoever reads the bus is told."""
    return [unpack_announcement(value) for _, value in map(pack_announcement, said(store, now=now))]


def said(store: Store, *, now: int) -> list[Said]:
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


def test_what_becomes_known_of_long_ago_tells_its_day_and_not_who_waits_now(store: Store) -> None:
    found = announced(store, now=MONDAY + 3 * DAY)
    assert {type(each) for each in found} == {UnitDay}
    assert {each.unit for each in found} == {UNIT, UNITS[1]}


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_who_waits_is_told_of_whatever_changed_yesterday(store: Store, zone: str) -> None:
    units = [msgspec.structs.replace(unit, zone=zone) for unit in REGISTRY.units]
    rules = Registry(kecamatan=REGISTRY.kecamatan, kabupaten=REGISTRY.kabupaten, hours=REGISTRY.hours, units=units)
    began = day_start(zone, local_day(zone, MONDAY))
    today = (local_day(zone, MONDAY) - date(1970, 1, 1)).days
    for now in (began, began + DAY - 1):
        found = announcements(store, rules, [(today, UNIT), (today - 1, UNITS[1])], now=now)
        assert {each.unit for each in found if isinstance(each, UnitNow)} == {UNIT, UNITS[1]}


def test_the_days_that_changed_are_told_whole(store: Store) -> None:
    told = {each.unit: each for each in announced(store, now=MONDAY + HOUR) if isinstance(each, UnitDay)}
    assert told[UNIT].day == date(2026, 3, 30)
    cells = {(cell.service, cell.measure): cell for cell in told[UNIT].cells}
    assert cells["ktp", "wait_to_call"].total == 2 * MINUTE
    assert (cells["kk", "arrivals"].n, cells["kk", "arrivals"].total) == (1, 0)
    assert sum(cell.n for (_, measure), cell in cells.items() if measure == "arrivals") == 2


def test_a_day_is_told_as_the_tables_have_it_whatever_its_services_are_called(store: Store) -> None:
    stored = "SELECT * EXCEPT (size, day, unit, start, version) FROM windows FINAL WHERE size = '1d'"
    told = [each for each in announced(store, now=MONDAY + HOUR) if isinstance(each, UnitDay)]
    cells = [cell for each in told for cell in each.cells]
    assert sorted(
        (cell.measure, cell.service, cell.n, cell.total, cell.imputed, cell.auto_closed, [*cell.edges], [*cell.counts])
        for cell in cells
    ) == sorted(store.engine.query(stored).rows)
    assert {ODD} < {cell.service for cell in cells}
    assert {bool(cell.imputed) for cell in cells} == {bool(cell.edges) for cell in cells} == {True, False}


def test_a_record_is_keyed_by_what_it_replaces(store: Store) -> None:
    for each in said(store, now=MONDAY + HOUR):
        key, value = pack_announcement(each)
        assert unpack_announcement(value).unit == key.decode().split("/")[0] == each.unit
        assert (b"/" in key) == isinstance(each, WrittenDay)
