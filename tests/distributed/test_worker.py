"""Workers on a bus: whatever dies, whoever comes too late, the tables hold what the events say."""

import random
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.bus.record_columns import pack_record
from pantau.bus.records import PACKED_HEADERS
from pantau.distributed import clocks as clocks_module
from pantau.distributed.clocks import PartitionClocks
from pantau.domain.entries import fact_number
from pantau.domain.events import Event
from pantau.domain.zones import HOUR, MINUTE
from pantau.embedded.clock_watches import ClockWatches
from storage.chdb_engine import ChdbEngine
from storage.partitions import PartitionTables
from storage.queries import sql
from storage.store import Store
from storage.verify import verify
from tests.distributed.bus import Bus, Process, load_registry
from tests.distributed.cluster import eventually
from tests.embedded.test_pipeline import empty
from tests.strategies import MONDAY, REGISTRY, UNITS, registry, streams, ticket
from tests.truth import must_hold


@pytest.fixture
def store(engine: ChdbEngine) -> Store:
    store = Store(engine)
    load_registry(store, REGISTRY)
    return store


def fresh(store: Store) -> None:
    empty(store)
    load_registry(store, REGISTRY)


def fill(bus: Bus, events: Sequence[Event], chance: random.Random) -> None:
    """Shuffled, some twice, in records of a few events."""
    stream = chance.sample(events, len(events)) + chance.choices(events, k=len(events) // 3)
    while stream:
        n = chance.randint(1, 7)
        bus.send(stream[:n])
        stream = stream[n:]


@given(streams(UNITS), st.integers(1, 3), st.randoms(use_true_random=False))
@settings(max_examples=5)
def test_the_tables_hold_the_truth_after_any_stream(
    store: Store, sent: list[Event], partitions: int, chance: random.Random
) -> None:
    fresh(store)
    bus = Bus(partitions)
    fill(bus, sent, chance)
    process = Process(store, bus, facts_in_memory=3)
    process.assign(range(partitions))
    process.finish()
    must_hold(store, sent)
    assert verify(store, REGISTRY).equal


def test_how_long_a_partition_took_to_open_is_told_also_where_no_record_comes(store: Store) -> None:
    opened: list[float] = []
    process = Process(store, Bus(2), on_opened=opened.append)
    process.assign((0, 1))
    for _ in range(2):
        process.worker.look(now=True)
    assert len(opened) == 2
    process.finish()


def test_partitions_share_a_workers_memory_evenly_however_many_it_has(store: Store) -> None:
    process = Process(store, Bus(2), facts_in_memory=10_000)
    process.assign((0, 1))
    process.worker.look(now=True)
    assert [each.assembly.capacity for each in process.worker.opened] == [5_000, 5_000]
    process.assign((0,))
    process.worker.look(now=True)
    assert [each.assembly.capacity for each in process.worker.opened] == [10_000]
    process.finish()


LIFE: tuple[tuple[str, int, dict[str, str]], ...] = (
    ("created", 0, {}),
    ("called", 5 * MINUTE, {}),
    ("started", 6 * MINUTE, {"service": "kk"}),
    ("ended", 20 * MINUTE, {}),
)


@pytest.mark.parametrize("committed", [False, True])
def test_a_worker_killed_at_each_block_of_a_flush_in_turn_is_made_up_for(store: Store, committed: bool) -> None:
    """Its successor gets the same records again, which change no fact that was written and so no window either."""
    sent = [
        ticket(said, MONDAY + n * HOUR + at, ticket=f"A{n}", unit=UNITS[n % 2], **more)
        for n in range(6)
        for said, at, more in LIFE
    ]
    half = len(sent) // 2 + 2  # in the middle of a life
    blocks = 0
    while True:
        fresh(store)
        bus = Bus(2)
        bus.send(sent[:half])
        first = Process(store, bus)
        first.assign((0, 1))
        first.step(may_commit=committed)
        bus.send(sent[half:])
        first.tables.blocks_left = blocks
        survived = first.step(may_commit=False)
        heir = Process(store, bus)
        heir.assign((0, 1))
        heir.finish()
        must_hold(store, sent)
        assert verify(store, REGISTRY).equal, f"killed after {blocks} blocks"
        if survived:
            break
        blocks += 1
    assert blocks >= 5, "a flush is of more blocks than that"


@given(streams(UNITS), st.randoms(use_true_random=False), st.lists(st.integers(0, 12), min_size=1, max_size=5))
@settings(max_examples=5)
def test_a_worker_killed_at_any_block_leaves_nothing_that_its_successor_does_not_make_whole(
    store: Store, sent: list[Event], chance: random.Random, deaths: list[int]
) -> None:
    fresh(store)
    bus = Bus(2)
    fill(bus, sent, chance)
    for blocks in deaths:
        process = Process(store, bus)
        process.assign((0, 1))
        process.step(may_commit=chance.random() < 0.5)
        process.tables.blocks_left = blocks
        while process.step(chance.randint(1, 4)):
            pass
    last = Process(store, bus)
    last.assign((0, 1))
    last.finish()
    must_hold(store, sent)
    assert verify(store, REGISTRY).equal


@given(streams(UNITS), st.randoms(use_true_random=False))
@settings(max_examples=6)
def test_a_former_owner_that_goes_on_writing_changes_nothing(
    store: Store, sent: list[Event], chance: random.Random
) -> None:
    """The group gave its partitions to another, but it does not know, and neither looks before it writes."""
    fresh(store)
    bus = Bus(2)
    fill(bus, sent, chance)
    zombie, heir = Process(store, bus), Process(store, bus)
    for process in (zombie, heir):
        process.worker.look = lambda **_: None  # type: ignore[method-assign]
    zombie.assign((0, 1))
    zombie.step(2)
    zombie.step(2, may_commit=False)
    heir.assign((0, 1))
    moves = [lambda: heir.step(chance.randint(1, 3)), lambda: zombie.step(chance.randint(1, 3), may_commit=False)]
    heir.step(1)
    while chance.choice(moves)():
        pass
    zombie.tables.blocks_left = chance.randint(0, 12)
    zombie.step(2, may_commit=False)
    del heir.worker.look
    heir.finish()
    must_hold(store, sent)
    assert verify(store, REGISTRY).equal


def test_partitions_that_go_back_and_forth_between_workers_lose_nothing(store: Store) -> None:
    chance = random.Random(3)
    sent = [
        ticket(said, MONDAY + n * MINUTE + at, unit=unit, ticket=f"A{n}")
        for n in range(40)
        for unit in UNITS[:4]
        for said, at in (("created", 0), ("called", HOUR))
    ]
    bus = Bus(4)
    fill(bus, sent, chance)
    processes = [Process(store, bus), Process(store, bus)]
    while any(at < len(log) for at, log in zip(bus.committed, bus.records, strict=True)):
        shares = ([], [])  # type: tuple[list[int], list[int]]
        for number in range(4):
            chance.choice(shares).append(number)
        for process, share in zip(processes, shares, strict=True):
            process.at = {}
            process.assign(share)
        for process in processes:
            process.step(2)
            process.step(2)
    for process in processes:
        process.finish()
    must_hold(store, sent)
    assert verify(store, REGISTRY).equal


def test_a_partition_is_at_work_before_its_facts_are_learned_and_spares_look_ups_after(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [ticket("called", MONDAY + 5 * MINUTE, ticket=f"A{n}") for n in range(5)]
    bus, sent = Bus(1), [ticket("created", MONDAY, ticket=f"A{n}") for n in range(5)]
    bus.send(sent)
    first = Process(store, bus)
    first.assign([0])
    first.finish()

    may_learn = threading.Event()
    learn = PartitionTables.fact_numbers

    def slowly(self: PartitionTables, units: Sequence[str]) -> Iterator[list[int]]:
        may_learn.wait(30)
        yield from learn(self, units)

    monkeypatch.setattr(PartitionTables, "fact_numbers", slowly)
    second = Process(store, bus)
    second.assign([0])
    bus.send(calls[:3])
    assert second.step()
    must_hold(store, [*sent, *calls[:3]])

    (partition,) = second.worker.opened
    stored, unheard = (("visits", UNITS[0], "antrian", name) for name in ("A4", "B1"))
    both = [fact_number(stored), fact_number(unheard)]
    assert partition.may_hold([stored, unheard], both) == [stored, unheard]
    may_learn.set()
    eventually(lambda: partition.may_hold([unheard], both[1:]) == [], "facts that are learned")
    assert partition.may_hold([stored, unheard], both) == [stored]
    bus.send(calls[3:])
    second.finish()
    must_hold(store, [*sent, *calls])


def test_an_event_in_a_partition_that_is_not_its_units_is_passed_on(store: Store) -> None:
    sent = [ticket("created", MONDAY + n * MINUTE, unit=unit, ticket=f"A{n}") for n in range(9) for unit in UNITS]
    bus = Bus(3)
    bus.send(sent, partition=1)
    process = Process(store, bus)
    process.assign((0, 1, 2))
    process.finish()
    must_hold(store, sent)


def test_columns_that_are_not_of_their_record_are_not_believed(store: Store) -> None:
    sent = [ticket("created", MONDAY + n * MINUTE, ticket=f"A{n}") for n in range(9)]
    others = [ticket("created", MONDAY + n * MINUTE, ticket=f"B{n}") for n in range(8)]
    bus = Bus(1)
    bus.append(0, pack_record(sent)[0], dict(pack_record(others)[1]))
    process = Process(store, bus)
    process.assign((0,))
    process.finish()
    must_hold(store, sent)


def test_a_poison_record_is_refused_and_the_stream_goes_on(store: Store) -> None:
    sent = [ticket("created", MONDAY), ticket("ended", MONDAY + HOUR)]
    bus = Bus(1)
    bus.send(sent[:1])
    bus.append(0, b"\xff not even text", {})
    bus.append(0, b"[{}]", dict(PACKED_HEADERS))
    bus.send(sent[1:])
    process = Process(store, bus)
    process.assign((0,))
    flush = process.worker.process({0: bus.records[0]})
    flush.written.result()
    assert [rejection.code for rejection in flush.rejections] == ["malformed", "missing"]
    assert sum(map(len, flush.events)) == len(sent)
    process.worker.close()
    must_hold(store, sent)


@given(streams(UNITS), st.randoms(use_true_random=False), st.lists(st.integers(0, 9), min_size=2, max_size=2))
@settings(max_examples=5)
def test_where_to_read_on_is_in_the_tables_whatever_the_bus_has_for_the_group(
    store: Store, sent: list[Event], chance: random.Random, ahead: list[int]
) -> None:
    """Its offsets may be ahead of the tables: they are restored from a copy, or a flush was let go of and overtaken."""
    fresh(store)
    bus = Bus(2)
    fill(bus, sent, chance)
    first = Process(store, bus)
    first.assign((0, 1))
    first.step(may_commit=False)
    bus.committed = [min(len(bus.records[number]), bus.committed[number] + ahead[number]) for number in (0, 1)]
    heir = Process(store, bus)
    heir.assign((0, 1))
    heir.finish()
    must_hold(store, sent)
    assert verify(store, REGISTRY).equal


def test_what_comes_behind_a_missing_record_waits_for_it_and_what_the_bus_lost_is_passed_over(store: Store) -> None:
    bus = Bus(1)
    for n in range(6):
        bus.send([ticket("created", MONDAY + n, ticket=f"A{n}")])
    process = Process(store, bus)
    records = bus.records[0]
    assert process.worker.process({0: [records[0], records[2]]}).next_offsets == {0: 1}
    assert process.worker.process({0: records[3:]}).next_offsets == {0: 1}
    process.worker.pass_over(0, 3)
    assert process.worker.process({0: records[3:]}).next_offsets == {0: 6} == process.worker.reached()
    process.worker.drain()
    must_hold(store, [ticket("created", MONDAY + n, ticket=f"A{n}") for n in (0, 3, 4, 5)])
    process.worker.close()


def test_a_bus_that_lost_its_log_is_read_from_its_beginning_by_every_owner(store: Store) -> None:
    bus = Bus(1)
    for n in range(6):
        bus.send([ticket("created", MONDAY + n, ticket=f"A{n}")])
    process = Process(store, bus)
    process.assign((0,))
    process.finish()
    again = Bus(1)
    again.send([ticket("created", MONDAY + 9, ticket="B0")])
    heir = Process(store, again)
    heir.assign((0,))
    heir.worker.look(now=True)
    assert heir.worker.reached() == {0: 6}
    heir.worker.begin_anew(0)
    heir.worker.close()
    third = Process(store, again)
    third.assign((0,))
    third.worker.look(now=True)
    assert third.worker.reached() == {0: 0}
    assert third.worker.process({0: again.records[0]}).next_offsets == {0: 1}
    third.worker.drain()
    names = [(n, f"A{n}") for n in range(6)] + [(9, "B0")]
    must_hold(store, [ticket("created", MONDAY + at, ticket=name) for at, name in names])
    third.worker.close()


def test_a_registry_is_in_force_in_every_partition_though_no_record_comes(store: Store) -> None:
    bus = Bus(2)
    bus.send([ticket("created", MONDAY, unit=unit) for unit in UNITS])
    process = Process(store, bus)
    process.assign((0, 1))
    process.finish()
    newer = registry(standards=())
    load_registry(store, newer)
    heir = Process(store, bus)
    heir.assign((0, 1))
    heir.worker.look(now=True)
    assert in_force(store) == [newer.version] * 2
    newest = registry(holidays=())
    load_registry(store, newest)
    heir.worker.look(now=True)
    assert in_force(store) == [newest.version] * 2
    heir.worker.close()


def in_force(store: Store) -> list[str]:
    """The registry of each partition, as its owner says."""
    return [version for _, version in store.engine.query(sql("registries_of_partitions")).rows]


def test_what_clocks_said_is_written_with_and_without_records(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks_module, "KEEP_EVERY_SECONDS", 0.0)
    bus = Bus(2)
    bus.send([ticket("created", MONDAY, ticket=f"{number}", unit=unit) for number in range(5) for unit in UNITS])
    process = Process(store, bus, clocks=PartitionClocks(store))
    process.assign(range(2))
    process.finish()
    (clock,) = ClockWatches(store).clocks(REGISTRY)
    assert (clock.summary.source, clock.summary.n) == ("antrian", 5 * len(UNITS))
