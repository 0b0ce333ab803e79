"""What is counted of sources' clocks is kept by partition, gone on from, and as little of it written as is needed."""

import time

import pytest

from pantau.distributed.clocks import PartitionClocks
from pantau.domain.accepted import accepted
from pantau.domain.events import Event
from pantau.domain.registry import Registry, Source
from pantau.domain.zones import DAY, HOUR
from pantau.embedded import clock_watches as module
from pantau.embedded.clock_watches import ClockWatches
from storage.chdb_engine import ChdbEngine
from storage.store import Block, Store
from tests.strategies import MONDAY, ticket

LIVE = Registry(sources=[Source(name="mesin-*")])
IMPORTED = Registry(sources=[Source(name="mesin-*", live=False)])


@pytest.fixture
def store(engine: ChdbEngine) -> Store:
    return Store(engine)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the process, which a test sets."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def of(source: str, n: int = 1, begins: int = MONDAY) -> list[Event]:
    return [
        ticket("created", begins + nth * HOUR, ticket=f"{begins}.{nth}", source=source, arrival=begins + nth * HOUR + 5)
        for nth in range(n)
    ]


def written(blocks: list[Block]) -> list[str]:
    return [str(source) for block in blocks for source in block.data[0]]


def test_a_partition_is_counted_on_by_whoever_comes_after(store: Store) -> None:
    first = ClockWatches(store, part="0")
    first.see(accepted(of("mesin-1", 3)), LIVE)
    store.insert(first.blocks_to_keep(now=True))
    other = ClockWatches(store, part="1")
    other.see(accepted(of("mesin-1", 5)), LIVE)
    store.insert(other.blocks_to_keep(now=True))
    after = ClockWatches(store, part="0")
    assert after.summary("mesin-1").n == 3
    after.see(accepted(of("mesin-1", 4, MONDAY + DAY)), LIVE)
    after.see_repeated({"mesin-1": 2}, {})
    store.insert(after.blocks_to_keep(now=True))
    summary = ClockWatches(store, part="0").summary("mesin-1")
    assert (summary.n, summary.duplicates, summary.last_arrival) == (7, 2, MONDAY + DAY + 3 * HOUR + 5)
    (clock,) = ClockWatches(store).clocks(LIVE)
    assert clock.summary.n == 12


def test_whether_a_source_is_live_is_what_the_registry_in_force_says(store: Store) -> None:
    watches = ClockWatches(store)
    for registry in (IMPORTED, LIVE, IMPORTED):
        watches.see(accepted([*of("mesin-1"), *of("mesin-2")]), registry)
    assert [sum(skew.n for skew in watches.summary(f"mesin-{n}").skews.values()) for n in (1, 2)] == [1, 1]


def test_only_sources_that_spoke_are_written_again_and_not_at_every_flush(store: Store, seconds: list[float]) -> None:
    clocks = PartitionClocks(store)

    def see(*sources: str) -> list[str]:
        return written(clocks.see("0", accepted([event for name in sources for event in of(name)]), ({}, {}), LIVE))

    assert see("mesin-1", "mesin-2") == []
    seconds[0] += module.KEEP_EVERY_SECONDS
    assert see("mesin-2") == ["mesin-1", "mesin-2"]
    assert see("mesin-2") == []
    seconds[0] += module.KEEP_EVERY_SECONDS
    assert see("mesin-2") == ["mesin-2"]


def test_of_many_sources_so_many_are_written_a_second_but_each_within_a_minute(
    store: Store, seconds: list[float]
) -> None:
    def rests(sources: int) -> float:
        watches, began = ClockWatches(store), seconds[0]
        watches.see(accepted([event for n in range(sources) for event in of(f"mesin-{n}")]), LIVE)
        while not watches.blocks_to_keep():
            seconds[0] += 1
        return seconds[0] - began

    assert rests(2) == module.KEEP_EVERY_SECONDS
    assert rests(20 * module.KEPT_A_SECOND) == 20
    assert rests(100 * module.KEPT_A_SECOND) == module.KEEP_AT_LEAST_EVERY_SECONDS
