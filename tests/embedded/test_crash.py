"""A crash between any two writes, also during recovery: nothing accepted is lost, nothing counts twice.

log | moved cells | facts, a table at a time | windows | progress
    ^             ^                          ^         ^           the process dies at each of these places
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future

import pytest

from pantau.domain.accepted import accepted
from pantau.domain.columns import Column, Table
from pantau.domain.errors import NotNow
from pantau.domain.events import Elements, Event
from pantau.domain.zones import DAY, HOUR, MINUTE
from pantau.embedded.pipeline import Pipeline
from storage.chdb_engine import ChdbEngine
from storage.engine import Answer, Params, Row
from storage.store import Store
from tests.strategies import MONDAY, event, registry, ticket
from tests.support.taking import take_batch
from tests.truth import held_histories, must_hold, true_facts

OFFICES = registry(zones=dict.fromkeys(("dukcapil", "jayapura", "kathmandu"), "Asia/Jakarta"), standards=())
FIRST = [
    ticket("created", MONDAY, ticket="moves to another day", unit="jayapura", id="m1"),
    ticket("created", MONDAY, ticket="served", service="ktp"),
    ticket("called", MONDAY + MINUTE, ticket="served"),
    ticket("created", MONDAY + HOUR, ticket="changes service", service="ktp"),
    ticket("created", MONDAY, ticket="leaves", unit="kathmandu"),
    ticket("left", MONDAY + 9 * HOUR, ticket="leaves", unit="kathmandu", provenance="auto_closed"),
    event("complaint.opened", MONDAY, complaint="7"),
    event("counter.opened", MONDAY, counter="1"),
    event("rating.given", MONDAY, score=2, id="rated"),
]
SECOND = [
    ticket(
        "created", MONDAY - 3 * DAY, ticket="moves to another day", unit="jayapura", id="m2"
    ),  # an earlier creation, late
    ticket("started", MONDAY + 2 * MINUTE, ticket="served"),
    ticket("ended", MONDAY + 9 * MINUTE, ticket="served"),
    ticket("started", MONDAY + 2 * HOUR, ticket="changes service", service="kk"),
    ticket("ended", MONDAY + 30 * HOUR, ticket="leaves", unit="kathmandu"),  # a late completion, the day after
    event("complaint.resolved", MONDAY + DAY, complaint="7"),
    event("counter.closed", MONDAY + HOUR, counter="1"),
    event("rating.given", MONDAY + 5 * DAY, score=5, id="rated"),  # another content under a known id
    event("rating.given", MONDAY + 6 * DAY, score=4, id="rated"),
    event("survey.answered", MONDAY, elements=Elements(**dict.fromkeys(Elements.__struct_fields__, 3))),
    event("counter.snapshot", MONDAY, queue="a", waiting=3, open_counters=0),
    event("application.submitted", MONDAY, application="1", service="izin"),
]


class Dead(Exception):
    """The process is gone: whatever is written now is not written."""


class Mortal:
    """An engine that dies after some inserts; with ``torn`` the last one is written before it dies."""

    embedded = True
    cluster: str | None = None

    def __init__(self, engine: ChdbEngine, lives: int, *, torn: bool = False) -> None:
        self._engine = engine
        self.lives = lives
        self._torn = torn
        self.written: list[str] = []

    def insert(
        self, table: str, columns: Sequence[tuple[str, str]], data: Sequence[Column], token: str | None = None
    ) -> None:
        if self.lives <= 0:
            raise Dead(table)
        self.lives -= 1
        self.written.append(table)
        if self.lives > 0 or not self._torn:
            self._engine.insert(table, columns, data)
        else:  # the block spanned two partitions, and only one of them reached the disk
            rows = [*Table(data)]
            self._engine.insert(table, columns, [*zip(*rows[: max(1, len(rows) // 2)], strict=True)])

    def execute(self, sql: str, params: Params | None = None) -> None:
        if self.lives <= 0:
            raise Dead(sql)
        self._engine.execute(sql, params)

    def query(self, sql: str, params: Params | None = None) -> Answer:
        return self._engine.query(sql, params)

    def stream(self, sql: str, params: Params | None = None) -> Iterator[list[Row]]:
        return self._engine.stream(sql, params)

    def close(self) -> None:
        self._engine.close()


def run(
    engine: ChdbEngine, lives: int, batches: Sequence[Sequence[Event]], *, torn: bool = False
) -> tuple[int, list[str]]:
    """Open, take batches until death; returns how many batches are known to be durable, and what was written."""
    mortal = Mortal(engine, lives, torn=torn)
    pipeline = Pipeline(Store(mortal), OFFICES)
    acknowledged: list[Future[None]] = []
    try:
        pipeline.open()
        for batch in batches:
            taken = accepted(batch)
            acknowledged.append(pipeline.append(taken))
            pipeline.process(taken)
        pipeline.drain()
    except (Dead, NotNow):
        pass
    finally:
        pipeline.close()
    return sum(done.exception() is None for done in acknowledged), mortal.written


FOREVER = 10**9


def steps(engine: ChdbEngine) -> list[str]:
    """The inserts of the second flush, by table, in order: where it can die."""
    _, first = run(engine, FOREVER, [FIRST])
    _, second = run(engine, FOREVER, [SECOND])
    for table in {*first, *second}:
        engine.execute(f"TRUNCATE TABLE {table}")
    return second


def test_the_flush_writes_in_the_order_that_recovery_rests_on(engine: ChdbEngine) -> None:
    order = steps(engine)
    assert order[:2] == ["events", "moved_cells"]
    assert order[-2:] == ["windows", "progress"]
    assert set(order[2:-2]) == {"visits", "complaints", "counter_days", "ratings", "surveys", "snapshots"}


def crash_and_recover(engine: ChdbEngine, order: list[str], lives: int, *, torn: bool = False) -> None:
    for table in {*order}:
        engine.execute(f"TRUNCATE TABLE {table}")
    assert run(engine, FOREVER, [FIRST])[0] == 1
    durable, _ = run(engine, lives, [SECOND], torn=torn)
    assert durable == (lives >= 1)
    recovered = Pipeline(Store(engine), OFFICES)
    recovered.open()
    must_hold(recovered.store, [*FIRST, *(SECOND if durable else [])], OFFICES, verified=lives == 2)
    take_batch(recovered, [*SECOND, *FIRST])  # the sender, not knowing, sends again
    recovered.close()
    must_hold(recovered.store, [*FIRST, *SECOND], OFFICES)


def test_a_crash_between_any_two_writes_of_a_flush_is_recovered_from(engine: ChdbEngine) -> None:
    order = steps(engine)
    for lives in range(len(order) + 1):
        crash_and_recover(engine, order, lives)


@pytest.mark.parametrize("table", ["moved_cells", "visits", "windows"])
def test_a_crash_that_leaves_half_a_block_is_recovered_from(engine: ChdbEngine, table: str) -> None:
    order = steps(engine)
    crash_and_recover(engine, order, order.index(table) + 1, torn=True)


def test_a_crash_during_recovery_is_recovered_from(engine: ChdbEngine) -> None:
    #  the flush dies after its log | recovery dies after one, two, three … writes | the next recovery must heal both
    order = steps(engine)
    for lives in range(1, 12):
        for table in {*order}:
            engine.execute(f"TRUNCATE TABLE {table}")
        run(engine, FOREVER, [FIRST])
        run(engine, 1, [SECOND])
        _, written = run(engine, lives, [])
        last = Pipeline(Store(engine), OFFICES)
        last.open()
        last.close()
        must_hold(Store(engine), [*FIRST, *SECOND], OFFICES, verified=False)
        if len(written) < lives:
            break
    else:
        pytest.fail("recovery writes more than was tried")


def test_a_recovery_in_many_batches_is_one(engine: ChdbEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact whose events lie in several batches of one recovery ends with all of them."""
    monkeypatch.setattr("pantau.embedded.pipeline.MAX_BATCH", 2)
    said = [ticket("created", MONDAY)] + [ticket("recalled", MONDAY + n * MINUTE, id=f"r{n}") for n in range(9)]
    store = Store(engine)
    store.insert([store.log_block(accepted(said), OFFICES, 1)])
    pipeline = Pipeline(store, OFFICES)
    assert pipeline.open() == 10
    must_hold(store, said, OFFICES)
    versions = engine.query("SELECT version FROM visits ORDER BY version").rows
    assert len(set(versions)) == len(versions), "no two rows of a fact have one version"
    pipeline.close()


def test_what_is_recovered_is_recovered_once(engine: ChdbEngine) -> None:
    run(engine, 1, [FIRST])
    pipeline = Pipeline(Store(engine), OFFICES)
    assert pipeline.open() == len(FIRST)
    pipeline.close()
    again = Pipeline(Store(engine), OFFICES)
    assert again.open() == 0
    again.close()
    must_hold(Store(engine), FIRST, OFFICES)


def test_nothing_that_was_acknowledged_is_lost_and_nothing_else_is_promised(engine: ChdbEngine) -> None:
    durable, _ = run(engine, 0, [FIRST])
    assert durable == 0
    assert held_histories(Store(engine)) == {}
    durable, _ = run(engine, 1, [FIRST, SECOND])
    assert durable == 1
    pipeline = Pipeline(Store(engine), OFFICES)
    pipeline.open()
    pipeline.close()
    assert held_histories(Store(engine)).keys() == true_facts(FIRST, OFFICES).keys()
