"""`verify` says equal only of what is equal: a damaged, a missing and an extra row of any table is found and named."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pantau.domain.accepted import accepted
from pantau.domain.events import Elements, Event
from pantau.domain.measures import RECORDS
from pantau.domain.zones import DAY, HOUR, MINUTE
from pantau.embedded.pipeline import Pipeline
from storage.chdb_engine import ChdbEngine
from storage.store import Store
from storage.verify import SCRATCH, Report, rebuild, verify
from tests.strategies import MONDAY, UNITS, event, registry, ticket
from tests.support.taking import take_batch
from tests.truth import must_hold

TABLES = (*RECORDS, "windows")

OFFICES = registry(zones=dict.fromkeys(UNITS, "Asia/Jakarta"))
SAID: list[Event] = [
    one
    for n, unit in enumerate(UNITS)
    for one in (
        ticket("created", MONDAY + n * HOUR, ticket="a", unit=unit, service="ktp"),
        ticket("called", MONDAY + n * HOUR + MINUTE, ticket="a", unit=unit),
        ticket("ended", MONDAY + n * HOUR + 9 * MINUTE, ticket="a", unit=unit),
        ticket("created", MONDAY + n * HOUR, ticket="b", unit=unit),
        event("complaint.opened", MONDAY, complaint="7", unit=unit),
        event("complaint.resolved", MONDAY + DAY, complaint="7", unit=unit),
        event("counter.opened", MONDAY, counter="1", unit=unit),
        event("counter.closed", MONDAY + HOUR, counter="1", unit=unit),
        event("rating.given", MONDAY, score=4, unit=unit),
        event("survey.answered", MONDAY, elements=Elements(waktu=3, biaya=4), unit=unit),
        event("counter.snapshot", MONDAY, queue="x", waiting=3, open_counters=1, unit=unit),
        event(
            "aggregate.reported", MONDAY, measure="m", n=9, ends=datetime(2026, 4, 1, tzinfo=UTC), share=12.5, unit=unit
        ),
        event(
            "measure.recorded", MONDAY, measure="1", title="Sistem", category="x", starts=date(2026, 4, 1), unit=unit
        ),
    )
]


def filled(engine: ChdbEngine, events: Sequence[Event] = SAID) -> Store:
    store = Store(engine)
    pipeline = Pipeline(store, OFFICES)
    pipeline.open()
    take_batch(pipeline, events)
    pipeline.close()
    return store


@pytest.fixture(scope="module")
def store(module_engine: ChdbEngine) -> Store:
    return filled(module_engine)


def checked(store: Store) -> Report:
    return verify(store, OFFICES)


def test_an_undamaged_store_is_equal_and_says_how_much_was_compared(store: Store) -> None:
    report = checked(store)
    assert report.equal
    assert report.examples == ()
    assert (report.events, report.facts, report.left_out, report.raw_since) == (13 * 5, 9 * 5, 0, None)
    assert report.cells == store.engine.query("SELECT count() FROM windows FINAL").rows[0][0]
    assert set(report.differing) == set(TABLES)


def test_an_event_that_was_delivered_twice_is_one_event(engine: ChdbEngine) -> None:
    store = filled(engine)
    once = checked(store).events
    engine.execute("INSERT INTO events SELECT * REPLACE (seq + 1000 AS seq) FROM events")
    assert engine.query("SELECT count() FROM events").rows[0][0] == 2 * once
    assert checked(store).events == once


def test_an_empty_store_is_equal(engine: ChdbEngine) -> None:
    report = checked(Store(engine))
    assert (report.equal, report.events, report.cells) == (True, 0, 0)


def test_a_verification_leaves_nothing_behind(store: Store) -> None:
    checked(store)
    assert store.engine.query(f"SELECT count() FROM system.databases WHERE endsWith(name, '{SCRATCH}')").rows == [(0,)]


# a column of each kind that a fact or a cell is told by: table -> (column, another value); each in a row of its own
DAMAGE: dict[str, list[tuple[str, str]]] = {
    "visits": [
        ("outcome", "'no_show'"),
        ("wait_to_call_ms", "ifNull(wait_to_call_ms, 0) + 1"),
        ("kept", "CAST(if(isNull(kept), 1, NULL) AS Nullable(UInt8))"),
        ("service", "CAST(if(isNull(service), 'ktp', NULL) AS LowCardinality(Nullable(String)))"),
        ("history", "replaceOne(history, 'ticket.created', 'ticket.called')"),
    ],
    "complaints": [("resolution_ms", "ifNull(resolution_ms, 0) + 1"), ("history", "'[]'")],
    "counter_days": [("open_ms", "open_ms + 1"), ("state", "'open'")],
    "ratings": [("score", "score + 1"), ("at", "addMilliseconds(at, 1)")],
    "surveys": [("persyaratan", "CAST(2 AS Nullable(UInt8))")],
    "snapshots": [("waiting", "CAST(NULL AS Nullable(UInt32))")],
    "aggregates": [("share", "CAST(12.500001 AS Nullable(Float64))"), ("bucket_n", "[toInt64(1)]")],
    "interventions": [("title", "'Sistem '")],
    "windows": [
        ("n", "n + 1"),
        ("total", "total - 1"),
        ("imputed", "imputed + 1"),
        ("edges", "arrayMap(edge -> edge + 1, edges)"),
        ("counts", "arrayMap(n -> n + 1, counts)"),
    ],
}


def one_row(table: str, unit: str = "makassar") -> str:
    """The key of one row: a window of a duration, so that it has a histogram."""
    if table == "windows":
        return f"size = '30m' AND measure = 'visit_time' AND unit = '{unit}' AND n != 0"
    return f"unit = '{unit}' AND subject NOT IN ('b')"


def newest(store: Store, table: str) -> int:
    return int(store.engine.query(f"SELECT max(version) + 1 FROM {table}").rows[0][0])


def rewrite(store: Store, table: str, change: str, unit: str = "makassar") -> None:
    """Write one row of a table again, changed, above all versions."""
    assert len(store.engine.query(f"SELECT 1 FROM {table} FINAL WHERE {one_row(table, unit)}").rows) == 1
    store.engine.execute(
        f"INSERT INTO {table} SELECT * REPLACE ({change}, {newest(store, table)} AS version)"
        f" FROM (SELECT * FROM {table} FINAL WHERE {one_row(table, unit)})"  # within, names are columns, not aliases
    )


def test_every_damaged_row_of_every_table_is_found_and_named(store: Store) -> None:
    for table, tried in DAMAGE.items():
        for unit, (column, value) in zip(UNITS, tried, strict=False):
            rewrite(store, table, f"{value} AS {column}", unit)
    report = checked(store)
    mend(store)
    assert report.differing == {table: len(tried) for table, tried in DAMAGE.items()}
    named = {(example.table, unit) for example in report.examples for unit in UNITS if unit in example.key}
    assert named == {(table, unit) for table, tried in DAMAGE.items() for unit in UNITS[: len(tried)]}
    for example in report.examples:
        assert example.stored is not None
        assert example.recomputed is not None
        assert example.stored != example.recomputed


def test_a_damaged_fact_does_not_accuse_the_windows(store: Store) -> None:
    """They are recomputed from the log, not from the damaged row."""
    rewrite(store, "visits", "'no_show' AS outcome")
    report = checked(store)
    mend(store)
    assert {table: n for table, n in report.differing.items() if n} == {"visits": 1}


def test_one_row_of_each_table_that_is_gone_is_found_and_named(store: Store) -> None:
    for table in TABLES:
        store.engine.execute(f"ALTER TABLE {table} DELETE WHERE {one_row(table)} SETTINGS mutations_sync = 2")
    report = checked(store)
    mend(store)
    assert report.differing == dict.fromkeys(TABLES, 1)
    assert [example.table for example in report.examples] == [*TABLES]
    assert {(example.stored is None, example.recomputed is None) for example in report.examples} == {(True, False)}


def test_one_row_too_many_in_each_table_is_found_and_named(store: Store) -> None:
    for table in TABLES:
        rewrite(store, table, "'none' AS service" if table == "windows" else "'none' AS subject")
    report = checked(store)
    mend(store)
    assert report.differing == dict.fromkeys(TABLES, 1)
    assert all("none" in example.key for example in report.examples)
    assert {(example.stored is None, example.recomputed is None) for example in report.examples} == {(False, True)}
    assert checked(store).equal, "and mended it is equal again"


def test_a_cell_that_was_emptied_is_found(store: Store) -> None:
    rewrite(store, "windows", "0 AS n, 0 AS total, [] AS edges, [] AS counts")
    report = checked(store)
    mend(store)
    assert report.differing["windows"] == 1


def test_an_event_that_was_never_processed_is_found(store: Store) -> None:
    missed = ticket("created", MONDAY, ticket="missed")
    store.insert([store.log_block(accepted([missed]), OFFICES, 10**6)])
    report = checked(store)
    store.engine.execute("ALTER TABLE events DELETE WHERE subject = 'missed' SETTINGS mutations_sync = 2")
    assert report.differing["visits"] == 1
    assert report.differing["windows"] == 3
    assert checked(store).equal


def test_an_event_that_vanished_from_the_log_is_found(engine: ChdbEngine) -> None:
    """Without a retention that removed it, a missing raw event is damage."""
    store = filled(engine, SAID[:3])
    engine.execute("ALTER TABLE events DELETE WHERE kind = 'ticket.called' SETTINGS mutations_sync = 2")
    assert checked(store).differing["visits"] == 1


def test_many_differences_are_counted_and_some_are_shown(engine: ChdbEngine) -> None:
    store = filled(engine, [ticket("created", MONDAY, ticket=str(n)) for n in range(60)])
    engine.execute("INSERT INTO visits SELECT * REPLACE (7 AS calls, version + 1 AS version) FROM visits FINAL")
    report = checked(store)
    assert report.differing["visits"] == 60
    assert 0 < len(report.examples) <= 20


def test_the_order_of_arrival_is_not_seen_by_verify(engine: ChdbEngine) -> None:
    store = filled(engine, [*SAID[::-1], *SAID[:20]])
    assert checked(store).equal
    must_hold(store, SAID, OFFICES)


def mend(store: Store) -> None:
    """A rebuild writes over whatever was damaged, for ever above it."""
    versions = [newest(store, table) for table in TABLES]
    rebuild(store, OFFICES, version=max(versions), units=[*UNITS])


def test_a_rebuild_heals_any_damage(engine: ChdbEngine) -> None:
    store = filled(engine)
    engine.execute("ALTER TABLE visits DELETE WHERE unit = 'makassar' SETTINGS mutations_sync = 2")
    engine.execute("INSERT INTO windows SELECT * REPLACE (n + 1 AS n, version + 1 AS version) FROM windows FINAL")
    engine.execute("INSERT INTO ratings SELECT * REPLACE ('extra' AS subject) FROM ratings FINAL")
    assert not checked(store).equal
    mend(store)
    assert checked(store).equal
    must_hold(store, SAID, OFFICES)


def test_a_rebuild_of_one_unit_touches_no_other(engine: ChdbEngine) -> None:
    store = filled(engine)
    engine.execute("INSERT INTO windows SELECT * REPLACE (n + 1 AS n, version + 1 AS version) FROM windows FINAL")
    damaged = checked(store).differing["windows"]
    rebuild(store, OFFICES, version=newest(store, "windows"), units=["makassar"])
    left: Any = store.engine.query("SELECT countIf(unit != 'makassar') FROM windows FINAL").rows[0][0]
    assert 0 < left < damaged
    assert checked(store).differing["windows"] == left


def test_progress_is_told_while_it_goes(store: Store) -> None:
    told: list[int] = []
    report = verify(store, OFFICES, on_progress=told.append)
    assert told[-1] == report.events
