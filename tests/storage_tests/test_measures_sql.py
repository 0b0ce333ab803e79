"""Law 4, its two languages: the SQL of windows and the Python of windows say the same of every fact, to the integer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.entries import TABLE_OF
from pantau.domain.events import VOCABULARY, Event
from pantau.domain.folding import facts_from
from pantau.domain.histogram import EDGES
from pantau.domain.measures import marks
from pantau.domain.registry import Registry
from pantau.domain.windows import Accumulator, CellKey, spread
from pantau.domain.zones import DAY, HOUR, MINUTE
from storage.chdb_engine import ChdbEngine
from storage.queries import sql
from storage.rebuild import cells_of_facts
from storage.store import Store
from stream_processors.assembly import facts_of, service_of
from tests.strategies import MONDAY, REGISTRY, UNITS, ZONES, event, events, registry, streams, ticket

TABLES = sorted(set(TABLE_OF.values()))


@pytest.fixture(scope="module")
def store(module_engine: ChdbEngine) -> Store:
    return Store(module_engine)


def both(store: Store, sent: Sequence[Event], registry: Registry = REGISTRY) -> tuple[dict[CellKey, Accumulator], ...]:
    """The windows of some events' facts: by SQL from the stored rows, and by Python."""
    rows: dict[str, list[tuple[object, ...]]] = {}
    cells: dict[CellKey, Accumulator] = {}
    for (table, unit, *_), fact in facts_from(facts_of(sent, registry), registry):
        rows.setdefault(table, []).append((*(getattr(fact, name) for name in fact.__struct_fields__), 1, 0))
        spread(cells, marks(fact), unit=unit, service=service_of(fact), zone=registry.zone(unit), sign=1)
    for table in TABLES:
        store.engine.execute(f"TRUNCATE TABLE {table}")
    store.insert(store.fact_blocks(rows))
    pages = {(key[2], key[3]) for key in cells}
    found: dict[CellKey, Accumulator] = {}
    for part in cells_of_facts(store, registry, pages, facts=store.database):
        found |= part
    return found, cells


@given(streams())
@settings(max_examples=12)
def test_sql_equals_python_on_facts_of_every_table(store: Store, sent: list[Event]) -> None:
    by_sql, by_python = both(store, sent)
    assert by_sql == by_python


EVERY_KIND = st.tuples(*(st.lists(events(kinds=(kind,)), min_size=2, max_size=6) for kind in sorted(VOCABULARY)))


@given(EVERY_KIND)
@settings(max_examples=4)
def test_sql_equals_python_for_every_kind(store: Store, drawn: tuple[list[Event], ...]) -> None:
    """Each kind in subjects of its own, so that none is hidden by another."""
    by_sql, by_python = both(store, [one for of_kind in drawn for one in of_kind])
    assert by_sql == by_python


def test_sql_equals_python_however_well_each_time_is_known(store: Store) -> None:
    """Each of 81 visits in windows of its own, so that no error hides in a sum."""
    ways = ("observed", "auto_closed", "imputed")
    said = [
        ticket(kind, MONDAY + n * HOUR + minute * MINUTE, ticket=str(n), provenance=way)
        for n, known in enumerate(product(ways, repeat=4))
        for (kind, minute), way in zip(
            (("created", 0), ("called", 6), ("started", 11), ("ended", 16)), known, strict=True
        )
    ]
    said += [replace_end(one) for one in said]
    by_sql, by_python = both(store, said)
    assert by_sql == by_python


def replace_end(one: Event) -> Event:
    """The same in another unit for someone who leaves instead of being served."""
    left = {"service.started": "ticket.recalled", "service.ended": "ticket.left"}.get(one.kind, one.kind)
    rest = {"ticket": one.data.ticket, "provenance": one.data.provenance}  # type: ignore[attr-defined]
    return event(left, one.time, unit="makassar", **rest)


def test_sql_equals_python_for_totals_of_many_and_for_what_is_void(store: Store) -> None:
    ends = datetime(2026, 4, 1, tzinfo=UTC)
    said = [
        event("aggregate.reported", MONDAY + n * HOUR, measure="m", ends=ends, timed=7, total_ms=70, provenance=way)
        for n, way in enumerate(("observed", "auto_closed", "imputed"))
    ]
    said += [
        ticket("created", MONDAY, ticket="v"),
        ticket("called", MONDAY + HOUR, ticket="v"),
        ticket("cancelled", MONDAY + 2 * HOUR, ticket="v", by="system", provenance="imputed"),
    ]
    by_sql, by_python = both(store, said)
    assert by_sql == by_python
    assert {key[1] for key in by_python} == {"reported_time.m", "outcome.void"}


def test_sql_equals_python_however_often_an_application_was_returned(store: Store) -> None:
    said = [
        event("application." + kind, MONDAY + n * DAY + place * HOUR, application=str(n), id=f"{n}/{place}")
        for n in range(4)
        for place, kind in enumerate(["submitted", *["returned", "resubmitted"] * n, "issued"])
    ]
    by_sql, by_python = both(store, said)
    assert by_sql == by_python


@pytest.mark.parametrize("unit", UNITS)
def test_sql_equals_python_around_a_change_of_clocks_and_around_midnight(store: Store, unit: str) -> None:
    """Europe/Warsaw on 2026-03-29 and 2026-10-25; the others on the same instants, at every quarter of an hour."""
    spring, autumn = MONDAY - DAY, 1_792_886_400_000
    said = [
        one
        for start in (spring - 2 * HOUR, autumn - 4 * HOUR)
        for n in range(4 * 30)
        for at in (start + n * 15 * MINUTE + off for off in (-1, 0))
        for one in (
            ticket("created", at, ticket=f"{at}", unit=unit),
            ticket("ended", at + 7 * MINUTE, ticket=f"{at}", unit=unit),
            event("rating.given", at, unit=unit, score=5, id=f"r{at}"),
        )
    ]
    by_sql, by_python = both(store, said)
    assert by_sql == by_python
    assert len({key[5] for key in by_python if key[0] == "1d"}) >= 3


@pytest.mark.parametrize("share", [0.005, 0.015, 0.025, 12.345, 33.335, 99.995, 100, 0, 59.505, 2.675])
def test_a_share_is_rounded_alike(store: Store, share: float) -> None:
    ends = datetime(2026, 4, 1, tzinfo=UTC)
    by_sql, by_python = both(store, [event("aggregate.reported", MONDAY, measure="m", ends=ends, share=share)])
    assert by_sql == by_python


def test_only_the_pages_that_are_asked_for_are_computed(store: Store) -> None:
    said = [ticket("created", MONDAY + n * DAY, ticket=str(n), unit=unit) for n in range(4) for unit in UNITS]
    both(store, said)
    pages = {(MONDAY // DAY + 1, "dukcapil"), (MONDAY // DAY + 2, "warszawa")}
    found = [key for part in cells_of_facts(store, REGISTRY, pages, facts=store.database) for key in part]
    assert {(key[2], key[3]) for key in found} == pages


def test_a_deleted_fact_is_in_no_window(store: Store) -> None:
    _, cells = both(store, [ticket("created", MONDAY)])
    assert cells
    store.engine.execute("INSERT INTO visits SELECT * REPLACE (version + 1 AS version, 1 AS deleted) FROM visits FINAL")
    pages = {(key[2], key[3]) for key in cells}
    assert list(cells_of_facts(store, REGISTRY, pages, facts=store.database)) == [{}]


def test_a_fact_counts_once_however_many_versions_of_its_row_there_are(store: Store) -> None:
    _, cells = both(store, [ticket("created", MONDAY), ticket("ended", MONDAY + MINUTE)])
    store.engine.execute("INSERT INTO visits SELECT * REPLACE (version + 1 AS version) FROM visits FINAL")
    found: dict[CellKey, Accumulator] = {}
    for part in cells_of_facts(store, REGISTRY, {(key[2], key[3]) for key in cells}, facts=store.database):
        found |= part
    assert found == cells


@pytest.mark.parametrize("zone", [*ZONES.values(), "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"])
def test_every_day_of_a_year_begins_where_python_says(store: Store, zone: str) -> None:
    one_zone = registry(zones={"unit": zone}, standards=())
    said = [ticket("created", MONDAY + n * DAY // 2 + 1, ticket=str(n), unit="unit") for n in range(-360, 360)]
    by_sql, by_python = both(store, said, one_zone)
    assert by_sql == by_python


def test_the_edges_are_given_to_sql_and_not_written_twice() -> None:
    assert "edges:Array(Int64)" in sql("windows_of_facts")
    assert str(EDGES[200]) not in sql("windows_of_facts")
