"""Every engine answers alike: one workload through every migration, query and insert, on three of them.

``embedded`` is the engine in this process; ``server`` the same asked through the driver and the native protocol (or the
real server that PANTAU_TEST_CLICKHOUSE names); ``cluster`` the tables that a cluster has, spread over one shard.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import pytest

from dashboards.live.overview import overview as page_overview
from dashboards.live.reading import Reader
from dashboards.live.sources import sources
from dashboards.live.unit import unit_view
from pantau.domain.accepted import accepted
from pantau.domain.columns import Coded, Table
from pantau.domain.measures import RECORDS
from pantau.domain.periods import Period
from pantau.domain.registry import Registry
from pantau.domain.reports.satisfaction import Plan
from pantau.domain.requests import Request
from pantau.embedded.clock_watches import ClockWatches
from pantau.embedded.pipeline import Pipeline
from pantau.reports.reading import skm_figures
from storage.address import open_server
from storage.announcements import announcements
from storage.chdb_engine import ChdbEngine
from storage.compare import TABLES
from storage.effects import assessments, computed_at, rows_to_keep, stored
from storage.engine import Answer, Engine
from storage.indicators import indicators
from storage.migrate import migrate, require
from storage.overview import half_hours, overview
from storage.partitions import PartitionTables
from storage.queries import catalogue, sql
from storage.registries import add, newest, units_with_events, write_reference
from storage.rejects import Rejects
from storage.retention import remove_events
from storage.row_filter import FIND_TABLES, narrowed
from storage.store import Store
from storage.verify import rebuild, verify
from tests.storage_tests.alert_rows import everything_of_alerts
from tests.storage_tests.test_rejects import refused
from tests.storage_tests.week import AS_OF, DAY, HOUR, REGISTRY, at, everything
from tests.support.observed import Asked, Observed
from tests.support.taking import take_batch

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

_BY: list[dict[str, Any]] = [
    {},
    {"by": ("kecamatan", "service"), "leavers": "counted"},
    {"by": ("counter",), "units": ("dukcapil",), "percentile": "exact"},
    {"by": ("trained", "week"), "zero_waits": "not_counted"},
    {"by": ("since_training",)},
    {"by": ("intervention",)},
    {"by": ("unit", "30m"), "units": ("dukcapil", "makassar")},
]
_PARTITION = "pantau.events/4:2"


class _Week:
    registry: Registry = REGISTRY

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def query(self, name: str, params: Any) -> Answer:
        return self.select(sql(name), params)

    def select(self, text: str, params: Any = None) -> Answer:
        return self._engine.query(text, params)


def _work(engine: Engine) -> dict[str, Any]:
    """Everything the product does with its tables; returns what it found."""
    require(engine)
    store = Store(engine)
    query = _Week(engine).query
    found: dict[str, Any] = {}

    write_reference(store, REGISTRY)
    add(store, REGISTRY, epoch=0, now=at("1 08.00"), after=newest(store))
    events = everything()
    for part in (events[::2], events[1::2], events[::5]):  # in two parts, and some again
        pipeline = Pipeline(store, REGISTRY)
        pipeline.open()
        take_batch(pipeline, part)
        pipeline.close()
    found["units"] = sorted(units_with_events(store, REGISTRY))

    rejects = Rejects(store)
    rejects.keep([refused("a"), refused("b"), refused("c", code="personal", id=None)])
    rejects.mark_accepted(row for row in rejects.open() if row.digest == "a")
    found["rejects"] = rejects.open(retryable_only=True)

    for names in _BY:
        request = msgspec.convert({"as_of": AS_OF, "names": ("all",), **names}, Request)
        found[f"indicators {names}"] = indicators(query, REGISTRY, request)
    found["overview"] = overview(query, REGISTRY, AS_OF)
    computed = [*assessments(query, REGISTRY, AS_OF)]
    for _ in range(2):
        store.insert(rows_to_keep(query, computed, AS_OF))
    found["effects"] = (computed, stored(query), computed_at(query))
    found["half hours"] = half_hours(query, REGISTRY, AS_OF, ["dukcapil", "camat"]).rows
    reader = Reader(_Week(engine))
    page = page_overview(reader, AS_OF)
    found["page"] = page
    found["sources"] = sources(reader, AS_OF)
    found["unit pages"] = [unit_view(reader, unit, row, AS_OF) for unit, row in _rows(page)]

    rebuild(store, REGISTRY, version=1 << 50, units=["dukcapil", "samsat"])
    found["verify"] = verify(store, REGISTRY)

    _partitions(store, found)
    found["alerts"] = everything_of_alerts(engine)
    found["report"] = skm_figures(query, REGISTRY, "dukcapil", Period("month", 2026, 11), AS_OF, Plan())

    with_seq = store.last_seq()
    found["removed"] = remove_events(store, before=at("10 00.00"), upto_seq=with_seq, now=AS_OF)
    rebuild(store, REGISTRY, version=1 << 51, units=["camat"])
    found["after retention"] = verify(store, REGISTRY)

    _ask_the_rest(engine)
    found["narrowed"] = _of_one_unit(engine)
    found["tables"] = {table: engine.query(f"SELECT * FROM {table} FINAL").rows for table in ("units", "services")}
    return found


def _rows(page: Any) -> Iterator[tuple[Any, Any]]:
    for row in page.units:
        yield REGISTRY.unit(row.code), row


def _partitions(store: Store, found: dict[str, Any]) -> None:
    """A partition that changes hands in the middle of a flush."""
    tables = PartitionTables(store)
    first = tables.claim(_PARTITION, owner="first", registry=REGISTRY.version)
    half_done = msgspec.structs.replace(first, seq=40)
    pages = Table([np.array([20_767, 20_767]), Coded(["dukcapil", "camat"], np.arange(2))])
    tables.insert([tables.flush_block([half_done], [pages], AS_OF)], token="first:40")
    second = tables.claim(_PARTITION, owner="second", registry=REGISTRY.version)
    found["unfinished"] = tables.unfinished_pages(second)
    found["repaired"] = tables.repair(REGISTRY, found["unfinished"], tables.version(second.epoch, 1))
    tables.settle(second)
    found["unfinished then"] = tables.unfinished_pages(second)
    found["late"] = tables.late_flushes([_PARTITION], since=AS_OF - HOUR)
    done = msgspec.structs.replace(second, seq=99, next_offset=97)
    tables.insert([tables.progress_block([done], AS_OF)], token="second:99")
    found["claims"] = tables.newest_claims([_PARTITION, "pantau.events/4:3"])
    watches = ClockWatches(store, part=_PARTITION)
    watches.see(accepted(everything()), REGISTRY)
    store.insert(watches.blocks_to_keep())
    found["clocks"] = ClockWatches(store, part=_PARTITION).clocks(REGISTRY)
    tables.rebuild(REGISTRY, units=["makassar"], version=1 << 52, scratch="recomputed_for_2")
    registry = tables.newest_registry()
    assert registry is not None
    known = tables.newest_registry_version()
    assert known is not None
    found["registry"] = (registry.version, known, tables.registry_of(known) == registry)
    found["facts"] = sorted(chain(*tables.fact_numbers(["dukcapil", "samsat"])))
    found["pages"] = tables.pages(["dukcapil", "samsat"])
    found["divided anew"] = tables.claim(_PARTITION.replace("/4:", "/8:"), owner="third", registry=REGISTRY.version)
    found["announced"] = announcements(store, REGISTRY, sorted(found["pages"]), now=AS_OF)


def _of_one_unit(engine: Engine) -> dict[str, list[Any]]:
    """What is left of each table for somebody who may see the unit dukcapil alone."""
    tables = [name for (name,) in engine.query(FIND_TABLES).rows]
    assert "visits" in tables
    questions = {
        "visits": "SELECT unit, count() FROM visits FINAL GROUP BY unit",
        "windows": "SELECT DISTINCT unit FROM windows FINAL WHERE unit IN (SELECT unit FROM visits)",
        "units": "SELECT unit FROM units FINAL",
        "registries": "SELECT version FROM registries",
        "services": "SELECT count() > 0 FROM services",
    }
    return {
        name: engine.query(narrowed(question, tables=tables, units=["dukcapil"], sources=[])).rows
        for name, question in questions.items()
    }


def _ask_the_rest(engine: Engine) -> None:
    """Queries that no function of the product asks in the course of this workload."""
    rest: dict[str, dict[str, Any]] = {
        "count_events": {},
        "count_visits": {},
        "effects_shown": {"kinds": ["all"], "outcomes": []},
        "effect_weeks_shown": {"kind": "all", "programme": "", "outcome": "ikm"},
        "windows_digest": {},
        "window_pages": {},
        "moved_pages": {"version": 0},
        "events_after": {"seq": 3},
        "ids_said_of_several_things": {"at_most": 10},
        "waiting_tickets": {"from_ms": AS_OF - DAY, "before_ms": AS_OF},
        "registries_of_partitions": {},
        "events_of_sources": {},
        "rejects_waiting": {},
        "rejects_by_reasons": {},
        "newest_rejects": {"at_most": 10},
        "refused_rows": {"file": "antrian.csv:"},
        "newest_event": {},
        "newest_state": {},
        "unit_same_weekday": {"unit": "dukcapil", "zone": "Asia/Jakarta", "day": 20_767},
        "unit_snapshots": {"unit": "samsat", "since": AS_OF - DAY, "as_of": AS_OF},
    }
    for name, params in rest.items():
        engine.query(sql(name), params)


def _transcript(engine: Engine) -> tuple[Observed, dict[str, Any]]:
    observed = Observed(engine)
    return observed, _work(observed)


@pytest.fixture(scope="module")
def embedded(module_engine: ChdbEngine) -> tuple[Observed, dict[str, Any]]:
    return _transcript(module_engine)


@pytest.fixture(scope="module")
def other(server_or_cluster: str) -> Iterator[tuple[Observed, dict[str, Any]]]:
    engine = open_server(server_or_cluster)
    migrate(engine)
    yield _transcript(engine)
    engine.close()


Transcript = tuple[Observed, dict[str, Any]]


def test_every_function_finds_the_same(embedded: Transcript, other: Transcript) -> None:
    assert embedded[1].keys() == other[1].keys()
    for name, found in embedded[1].items():
        assert found == other[1][name], name


def test_every_question_is_answered_alike(embedded: Transcript, other: Transcript) -> None:
    """Names and types of columns, and every row, whatever its order."""
    here, there = (_answers(transcript[0]) for transcript in (embedded, other))
    assert here.total() == there.total() > 150
    assert here == there


def test_every_statement_and_block_is_the_same(embedded: Transcript, other: Transcript) -> None:
    """But for making and dropping tables to fold into, which differ on a cluster."""
    here, there = embedded[0], other[0]
    assert here.inserted == there.inserted
    assert _changes(here) == _changes(there)


def test_the_workload_is_a_whole_one(embedded: Transcript) -> None:
    """Every named query is asked, every table of facts gets rows, and verify finds everything equal."""
    observed, found = embedded
    assert {asked.name for asked in observed.asked} | {*observed.executed} >= set(catalogue()) - _INNER
    for table in RECORDS:
        assert any(name == table and rows for name, rows in observed.inserted), table
    for name in ("verify", "after retention"):
        assert found[name].equal, found[name]
        assert found[name].cells > 0
    assert found["unfinished"]
    assert not found["unfinished then"]
    assert found["removed"] > 0
    assert {table for table, _ in observed.inserted} >= {"events", *TABLES, "registries", "flushes", "partitions"}


_INNER = {"write_windows_of_facts", "remove_events"}
"""Texts that are completed before they are run."""


def _answers(observed: Observed) -> Counter[Asked]:
    """Without the columns of tables that only a cluster has, and the name of the database."""
    return Counter(
        asked._replace(rows=tuple(row for row in asked.rows if "_local'" not in row.partition(",")[0]))
        for asked in observed.asked
        if "system.tables" not in asked.name and "schema_migrations" not in asked.name
    )


def _changes(observed: Observed) -> list[str]:
    made = ("CREATE ", "DROP ", "ALTER TABLE events", "remove_events")
    return [statement for statement in observed.executed if not statement.startswith(made)]


def test_who_may_see_one_unit_sees_that_one_alone(other: tuple[Observed, dict[str, Any]]) -> None:
    left = other[1]["narrowed"]
    assert [unit for unit, _ in left["visits"]] == ["dukcapil"]
    assert left["windows"] == left["units"] == [("dukcapil",)]
    assert left["registries"] == []
    assert left["services"] == [(1,)]
