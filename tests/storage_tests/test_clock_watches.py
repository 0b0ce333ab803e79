"""What is counted of sources' clocks is kept by partition, gone on from, and as little of it written as is needed."""

import time
from collections import Counter
from itertools import chain

import pytest
from msgspec.structs import replace

from pantau.distributed import clocks as partition_clocks
from pantau.distributed.clocks import PartitionClocks, refused
from pantau.domain.accepted import Accepted, TicketNames, accepted, joined
from pantau.domain.clocks import ClockSummary
from pantau.domain.events import Event
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Rejection
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


def counted(watches: ClockWatches) -> dict[str, ClockSummary]:
    return {clock.summary.source: clock.summary for clock in watches.clocks(LIVE)}


def test_a_partition_is_counted_on_by_whoever_comes_after(store: Store) -> None:
    first = ClockWatches(store, part="0")
    first.see(accepted(of("mesin-1", 3)), LIVE)
    store.insert(first.blocks_to_keep())
    other = ClockWatches(store, part="1")
    other.see(accepted(of("mesin-1", 5)), LIVE)
    store.insert(other.blocks_to_keep())
    after = ClockWatches(store, part="0")
    assert counted(after)["mesin-1"].n == 3
    after.see(accepted(of("mesin-1", 4, MONDAY + DAY)), LIVE)
    after.see_repeated({"mesin-1": 2}, {})
    store.insert(after.blocks_to_keep())
    summary = counted(ClockWatches(store, part="0"))["mesin-1"]
    assert (summary.n, summary.duplicates, summary.last_arrival) == (7, 2, MONDAY + DAY + 3 * HOUR + 5)
    assert {source: one.n for source, one in counted(ClockWatches(store)).items()} == {"mesin-1": 12}


def test_whether_a_source_is_live_is_what_the_registry_in_force_says(store: Store) -> None:
    watches = ClockWatches(store)
    for registry in (IMPORTED, LIVE, IMPORTED):
        watches.see(accepted([*of("mesin-1"), *of("mesin-2")]), registry)
    live = {source: sum(skew.n for skew in one.skews.values()) for source, one in counted(watches).items()}
    assert live == {"mesin-1": 1, "mesin-2": 1}


def test_names_may_grow_and_be_replaced_between_batches(store: Store) -> None:
    watches, names = ClockWatches(store), TicketNames()
    spoken: Counter[str] = Counter()
    for nth, numbers in enumerate([(1, 2), (2, 3), (), (3, 1), (4, 3)]):
        if nth == 3:
            names = TicketNames()  # as when too many texts were met: codes begin anew
        sent = [event for number in numbers for event in of(f"mesin-{number}", number, MONDAY + nth * DAY)]
        tickets = joined([accepted(sent).tickets], names)
        watches.see(Accepted(tickets, ()), LIVE)
        spoken.update(event.source for event in sent)
    assert {source: one.n for source, one in counted(watches).items()} == spoken


def test_a_registry_holds_for_sources_that_were_met_before_it(store: Store) -> None:
    watches, names = ClockWatches(store), TicketNames()
    batch = Accepted(joined([accepted(of("mesin-1")).tickets], names), ())
    for registry in (LIVE, IMPORTED, IMPORTED, LIVE):
        watches.see(batch, registry)
    assert sum(skew.n for skew in counted(watches)["mesin-1"].skews.values()) == 2


def test_what_was_refused_for_its_clock_is_kept_at_once_and_counted_on_by_any_worker(store: Store) -> None:
    late = Rejection(
        source="mesin-1", id="1", code="future", reasons=(), original=b"", digest="d", retryable=True,
        time=MONDAY + DAY, arrival=MONDAY,
    )  # fmt: skip
    for source, n in (("mesin-1", 2), ("mesin-2", 1), ("mesin-1", 1)):
        blocks = refused(store, "0", [replace(late, source=source)] * n + [replace(late, code="unknown_unit")], LIVE)
        assert written(blocks) == [source]
        store.insert(blocks)
    assert {source: one.n for source, one in counted(ClockWatches(store, part="0")).items()} == {
        "mesin-1": 3,
        "mesin-2": 1,
    }


def test_only_sources_that_spoke_are_written_again_and_not_at_every_look(store: Store, seconds: list[float]) -> None:
    clocks = PartitionClocks(store)

    def see(*sources: str) -> list[str]:
        for name in sources:
            clocks.see(name[-1], accepted(of(name)), ({}, {}), LIVE)
        return written(clocks.due())

    assert see("mesin-1", "mesin-2") == []
    seconds[0] += module.KEEP_EVERY_SECONDS
    assert see("mesin-2") == ["mesin-1", "mesin-2"]
    assert see("mesin-2") == []
    seconds[0] += module.KEEP_EVERY_SECONDS
    assert see() == ["mesin-2"]  # though nothing more comes
    seconds[0] += module.KEEP_EVERY_SECONDS
    assert see() == []


def test_of_many_sources_so_many_are_written_at_once_and_each_has_its_turn(
    store: Store, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (module, partition_clocks):
        monkeypatch.setattr(place, "KEPT_AT_ONCE", 4)
    clocks, alone = PartitionClocks(store), ClockWatches(store)
    every = [f"mesin-{number}" for number in range(10)]
    turns: list[list[list[str]]] = [[], []]
    for _ in range(5):
        for name in every:
            clocks.see("1" if name[-1] > "4" else "0", accepted(of(name)), ({}, {}), LIVE)
            alone.see(accepted(of(name)), LIVE)
        seconds[0] += module.KEEP_EVERY_SECONDS
        for found, due in zip(turns, (clocks.due(), alone.due()), strict=True):
            found.append(written(due))
    for found in turns:
        assert [*map(len, found)] == [4] * 5
        assert Counter(chain.from_iterable(found)) == dict.fromkeys(every, 2)
