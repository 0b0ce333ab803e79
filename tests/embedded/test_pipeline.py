"""The pipeline on a real store: whatever comes, in whatever batches and memory, the tables hold the truth."""

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.events import Event
from pantau.domain.zones import DAY, HOUR
from pantau.embedded.pipeline import Pipeline
from storage.chdb_engine import ChdbEngine
from storage.store import SEQ_BITS, Progress, Store
from storage.verify import verify
from tests.strategies import MONDAY, REGISTRY, UNITS, event, streams, ticket
from tests.support.taking import take_batch
from tests.truth import held_windows, must_hold, true_windows


@pytest.fixture
def store(engine: ChdbEngine) -> Store:
    return Store(engine)


def empty(store: Store) -> None:
    tables = store.engine.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND name != 'schema_migrations'"
    ).rows
    for (table,) in tables:
        store.engine.execute(f"TRUNCATE TABLE {table}")


def take(pipeline: Pipeline, events: Sequence[Event], size: int = 10**6) -> None:
    for start in range(0, len(events), size):
        take_batch(pipeline, events[start : start + size])
    pipeline.drain()


@given(
    streams(UNITS[:3]),
    st.sampled_from((1, 3, 50)),
    st.integers(1, 40),
    st.randoms(use_true_random=False),
)
@settings(max_examples=8)
def test_the_tables_hold_the_truth_after_any_stream(
    store: Store, sent: list[Event], capacity: int, size: int, chance: random.Random
) -> None:
    """Shuffled, cut, with duplicates, with a memory of one fact, and with a restart in the middle."""
    empty(store)
    stream = chance.sample(sent, len(sent)) + chance.choices(sent, k=len(sent) // 3)
    cut = chance.randint(0, len(stream))
    for part in (stream[:cut], stream[cut:]):
        pipeline = Pipeline(store, REGISTRY, capacity=capacity)
        assert pipeline.open() == 0, "a clean stop leaves nothing to recover"
        take(pipeline, part, size)
        pipeline.close()
    must_hold(store, sent)
    assert verify(store, REGISTRY).equal


@pytest.fixture
def pipeline(store: Store) -> Iterator[Pipeline]:
    found = Pipeline(store, REGISTRY, capacity=5)
    found.open()
    yield found
    found.close()


def test_an_event_for_a_visit_no_longer_in_memory_is_merged_with_what_storage_holds(pipeline: Pipeline) -> None:
    others = [ticket("created", MONDAY + n, ticket=f"B{n}") for n in range(100)]
    said = [ticket("created", MONDAY), *others, ticket("ended", MONDAY + HOUR)]
    take(pipeline, said, 10)
    must_hold(pipeline.store, said)


def test_a_window_no_longer_in_memory_is_added_to_what_storage_holds(pipeline: Pipeline) -> None:
    #  a window an hour, far more than the memory holds | then each of them again, in the same process
    said = [ticket("created", MONDAY + n * HOUR, ticket=f"{round}/{n}") for round in range(2) for n in range(60)]
    take(pipeline, said, 10)
    must_hold(pipeline.store, said)


def test_after_a_restart_every_stored_fact_and_cell_is_found_again(store: Store) -> None:
    said = [
        one
        for n in range(50)
        for one in (ticket("created", MONDAY, ticket=str(n)), ticket("ended", MONDAY + HOUR, ticket=str(n)))
    ]
    for one in (said[::2], said[1::2]):
        pipeline = Pipeline(store, REGISTRY)
        pipeline.open()
        take(pipeline, one)
        pipeline.close()
    must_hold(store, said)


def test_a_flush_says_what_it_changed(pipeline: Pipeline) -> None:
    flush = take_batch(
        pipeline, [ticket("created", MONDAY), event("rating.given", MONDAY + DAY, unit="makassar", score=3)]
    )
    assert flush.pages == {(MONDAY // DAY, "dukcapil"), (MONDAY // DAY + 1, "makassar")}
    again = take_batch(pipeline, [ticket("created", MONDAY)])
    assert (again.pages, again.duplicates) == (frozenset(), {"antrian": 1})


def test_what_changes_nothing_writes_no_fact_and_no_window(pipeline: Pipeline, store: Store) -> None:
    take(pipeline, [ticket("created", MONDAY)])
    before = [store.engine.query(f"SELECT count() FROM {table}").rows for table in ("visits", "windows")]
    take(pipeline, [ticket("created", MONDAY)] * 3)
    assert [store.engine.query(f"SELECT count() FROM {table}").rows for table in ("visits", "windows")] == before


def test_the_log_holds_every_event_with_raw_time_arrival_and_data(pipeline: Pipeline, store: Store) -> None:
    take(
        pipeline,
        [
            ticket("created", MONDAY, arrival=MONDAY + 5, service="ktp"),
            ticket("created", MONDAY, arrival=MONDAY + 3, service="ktp"),
        ],
    )
    rows = store.engine.query(
        "SELECT unit, source, subject, any(kind), min(toUnixTimestamp64Milli(time)),"
        " min(toUnixTimestamp64Milli(arrival)), max(seq), any(data) FROM events GROUP BY ALL"
    ).rows
    said = '{"unit":"dukcapil","ticket":"A1","service":"ktp"}'
    assert rows == [("dukcapil", "antrian", "A1", "ticket.created", MONDAY, MONDAY + 3, 2, said)]


def test_versions_rise_with_the_log_and_the_epoch_stands_above_it() -> None:
    assert Progress(1, 0).version > Progress(0, 2**SEQ_BITS - 1).version
    assert Progress(1, 5).version > Progress(1, 4).version


def test_committed_names_of_moved_cells_are_forgotten_at_the_next_start(store: Store) -> None:
    said = [ticket("created", MONDAY, id="1"), *(ticket("created", MONDAY - n * DAY, id=str(n)) for n in range(2, 6))]
    pipeline = Pipeline(store, REGISTRY)
    pipeline.open()
    take(pipeline, said, 1)
    pipeline.close()
    assert store.engine.query("SELECT count() > 0 FROM moved_cells").rows == [(1,)]
    again = Pipeline(store, REGISTRY)
    again.open()
    again.close()
    assert store.engine.query("SELECT count() FROM moved_cells").rows == [(0,)]
    must_hold(store, said)


def test_windows_of_the_turn_of_the_year_lie_in_two_partitions_and_are_whole(pipeline: Pipeline) -> None:
    newyear = 1_798_736_400_000  # 2027-01-01T00:00 in Jakarta
    said = [ticket("created", newyear + off, ticket=str(off)) for off in (-HOUR, -1, 0, HOUR)]
    take(pipeline, said)
    must_hold(pipeline.store, said)
    assert {key[2] for key in held_windows(pipeline.store)} == {key[2] for key in true_windows(said)}
    assert len({key[2] for key in true_windows(said)}) == 2
