"""The tables as the operators see them: what is written is brought back, whatever its name and however much it is."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.accepted import accepted
from pantau.domain.columns import NULL, Maybe
from pantau.domain.entries import fact_number
from pantau.domain.events import Event
from pantau.domain.folding import facts_from
from pantau.domain.windows import Accumulator, CellKey
from pantau.domain.zones import DAY, MINUTE
from pantau.embedded.pipeline import stored_event
from storage import store as module
from storage.chdb_engine import ChdbEngine
from storage.partitions import PartitionTables, without_defaults
from storage.queries import catalogue
from storage.rebuild import repair_pages, stored_cells
from storage.store import Block, Progress, Store
from stream_processors.assembly import facts_of
from tests.strategies import MONDAY, REGISTRY, event, events, ticket
from tests.truth import held_windows, true_windows

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def store(module_engine: ChdbEngine) -> Store:
    return Store(module_engine)


def write_facts(store: Store, sent: list[Event], version: int = 1) -> None:
    rows: dict[str, list[tuple[object, ...]]] = {}
    for (table, *_), fact in facts_from(facts_of(sent, REGISTRY), REGISTRY):
        rows.setdefault(table, []).append((*(getattr(fact, name) for name in fact.__struct_fields__), version, 0))
    store.insert(store.fact_blocks(rows))


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
@settings(max_examples=30)
def test_a_history_is_brought_back_under_whatever_name(store: Store, names: list[str]) -> None:
    said = [ticket("created", MONDAY, ticket=name, channel=name) for name in names]
    write_facts(store, said)
    keys = [("dukcapil", "antrian", name) for name in names]
    found = dict(store.histories("visits", [*keys, ("dukcapil", "antrian", "never heard of\t'")]))
    assert {key: [entry.id for entry in history.values()] for key, history in found.items()} == {
        key: [one.id] for key, one in zip(keys, said, strict=True)
    }


@given(st.lists(events(), min_size=1, max_size=20))
@settings(max_examples=20)
def test_an_event_is_read_back_from_the_log_as_it_was(store: Store, sent: list[Event]) -> None:
    store.engine.execute("TRUNCATE TABLE events")
    distinct = {(one.data.unit, one.source, one.id, one.content): one for one in sent}
    store.insert([store.log_block(accepted(distinct.values()), REGISTRY, 1)])
    read = [stored_event(row) for block in store.events_after(0) for row in block]
    assert {(one.data.unit, one.source, one.id, one.content): one for one in read} == distinct
    assert len(read) == len(distinct)
    assert store.last_seq() == len(distinct)
    assert [row for block in store.events_after(len(distinct)) for row in block] == []


def cell_keys(n: int) -> list[CellKey]:
    return [
        ("5m", f"measure '{i % 3}", MONDAY // DAY + i % 7, "dukcapil", "*", MONDAY + i * 5 * MINUTE) for i in range(n)
    ]


def test_cells_and_histories_are_looked_up_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKUP", 7)
    states = {key: Accumulator(n, n * 2, n % 2, n % 3, {n: 1}) for n, key in enumerate(cell_keys(50), 1)}
    store.insert(store.cell_blocks(1, [*states.items()]))
    missing: CellKey = ("5m", "never", 20_000, "dukcapil", "*", MONDAY)
    assert store.cells([*states, missing]) == states
    assert store.cells([]) == {}


def test_the_highest_version_of_a_cell_stands_in_whatever_order_it_was_written(store: Store) -> None:
    (key,) = cell_keys(1)
    for version in (5, 9, 7, 8):
        store.insert(store.cell_blocks(version, [(key, Accumulator(version))]))
    assert store.cells([key])[key].n == 9


def test_the_highest_version_of_a_fact_stands_in_whatever_order_it_was_written(store: Store) -> None:
    for version, minute in ((5, 1), (9, 2), (7, 3)):
        write_facts(store, [ticket("created", MONDAY + minute * MINUTE, ticket="versions", id=str(minute))], version)
    ((_, history),) = store.histories("visits", [("dukcapil", "antrian", "versions")])
    assert [*history] == ["2"]


def test_a_deleted_fact_is_not_brought_back(store: Store) -> None:
    write_facts(store, [ticket("created", MONDAY, ticket="gone")])
    store.engine.execute(
        "INSERT INTO visits SELECT * REPLACE (2 AS version, 1 AS deleted) FROM visits FINAL WHERE subject = 'gone'"
    )
    assert list(store.histories("visits", [("dukcapil", "antrian", "gone")])) == []
    gone = fact_number(("visits", "dukcapil", "antrian", "gone"))
    assert gone in {*chain(*store.fact_numbers())}, "too many are safe, too few are not"


@given(st.lists(events(), min_size=1, max_size=30))
@settings(max_examples=10)
def test_the_number_of_every_fact_of_every_table_is_known(store: Store, sent: list[Event]) -> None:
    write_facts(store, sent)
    assert {*map(fact_number, facts_of(sent, REGISTRY))} <= {*chain(*store.fact_numbers())}


def test_progress_is_the_furthest_that_was_committed(engine: ChdbEngine) -> None:
    store = Store(engine)
    assert store.progress() == Progress(0, 0)
    for progress in (Progress(0, 5), Progress(0, 9), Progress(1, 9), Progress(1, 12)):
        store.insert([store.commit_block(progress)])
        assert store.progress() == progress


def test_older_progress_is_forgotten_and_the_newest_stays(engine: ChdbEngine) -> None:
    store = Store(engine)
    for progress in (Progress(0, 5), Progress(0, 900), Progress(1, 900), Progress(1, 909)):
        store.insert([store.commit_block(progress)])
    store.tidy(Progress(1, 909))
    assert store.progress() == Progress(1, 909)
    store.engine.execute("ALTER TABLE progress DELETE WHERE 0 SETTINGS mutations_sync = 2")  # waits for those before it
    assert engine.query("SELECT epoch, seq FROM progress").rows == [(1, 909)]


def test_an_id_that_a_source_uses_for_different_things_is_found(store: Store) -> None:
    store.engine.execute("TRUNCATE TABLE events")
    said = [ticket("created", MONDAY, ticket=name, id=id) for name, id in (("A1", "7"), ("B2", "7"), ("C3", "8"))]
    store.insert([store.log_block(accepted([*said, *said]), REGISTRY, 1)])
    found = store.engine.query(catalogue()["ids_said_of_several_things"].sql, {"at_most": 10}).rows
    assert [(source, id, things, sorted(some)) for source, id, things, some in found] == [
        ("antrian", "7", 2, ["dukcapil/A1", "dukcapil/B2"])
    ]


# windows recomputed from facts


def test_wrong_missing_and_superfluous_cells_of_a_page_are_repaired_and_no_others(engine: ChdbEngine) -> None:
    store = Store(engine)
    said = [ticket("created", MONDAY + n * DAY, ticket=str(n)) for n in range(3)]
    said += [event("rating.given", MONDAY + n * DAY, score=3) for n in range(3)]
    write_facts(store, said)
    truth = true_windows(said)
    page = (MONDAY // DAY, "dukcapil")
    mine = [key for key in truth if (key[2], key[3]) == page]
    missing, wrong, *_ = mine
    superfluous: CellKey = ("1d", "service_time", page[0], "dukcapil", "ktp", MONDAY)
    elsewhere = next(key for key in truth if key[2] == page[0] + 1)
    states = dict(truth) | {
        wrong: Accumulator(77, 1),
        superfluous: Accumulator(1, 5, 0, 0, {5: 1}),
        elsewhere: Accumulator(99),
    }
    del states[missing]
    store.insert(store.cell_blocks(1, [*states.items()]))
    assert repair_pages(store, REGISTRY, [page], 2) == 3
    assert held_windows(store) == truth | {elsewhere: Accumulator(99)}
    assert repair_pages(store, REGISTRY, [page], 3) == 0, "and nothing is written when nothing is wrong"
    assert stored_cells(store, [page])[superfluous] == Accumulator()


# named queries


def test_every_named_query_says_which_question_it_answers() -> None:
    for query in catalogue().values():
        assert query.question[0].isupper(), query.name
        assert query.question.endswith((".", "?")), query.name


def test_no_sql_is_made_of_values() -> None:
    """A value reaches the engine as a typed parameter; what stands in braces is one."""
    for query in catalogue().values():
        assert "%s" not in query.sql
        assert "{}" not in query.sql


KINDS = (
    ("unit", "LowCardinality(String)"),
    ("subject", "String"),
    ("spells", "UInt32"),
    ("wait_to_call_ms", "Nullable(Int64)"),
    ("version", "UInt64"),
)


@given(st.lists(st.tuples(st.sampled_from((0, 0, 3)), st.sampled_from((NULL, NULL, 0, 5))), min_size=1, max_size=3))
@settings(max_examples=30)
def test_columns_that_say_what_a_table_says_by_itself_are_not_sent_and_are_read_back_all_the_same(
    store: Store, said: list[tuple[int, int]]
) -> None:
    store.engine.execute("TRUNCATE TABLE visits")
    spells, waits = (np.array(column, np.int64) for column in zip(*said, strict=True))
    subjects = [f"A{n}" for n in range(len(said))]
    block = Block("visits", KINDS, [["a"] * len(said), subjects, spells, Maybe(waits), np.full(len(said), 7)])
    sent = {name for name, _ in without_defaults(block).columns}
    assert sent.issuperset({"unit", "subject", "version"})
    assert ("spells" in sent, "wait_to_call_ms" in sent) == (bool(spells.any()), bool((waits != NULL).any()))
    PartitionTables(store).insert([block], token=f"{said}")
    rows = store.engine.query("SELECT subject, spells, wait_to_call_ms, version FROM visits ORDER BY subject").rows
    assert rows == [
        (subject, spell, None if wait == NULL else wait, 7)
        for subject, (spell, wait) in zip(subjects, said, strict=True)
    ]
