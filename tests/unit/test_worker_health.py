"""A worker to which records no longer come reads on where the tables say, and ends itself when that does not help."""

import asyncio
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.bus.claims import Page
from pantau.bus.indicators import UnitNow
from pantau.domain.errors import NotNow
from stream_processors import loops
from stream_processors.health import Health
from stream_processors.loops import BYTES_AT_ONCE, WATCH_SECONDS, Loops, portions
from stream_processors.patience import Patience
from stream_processors.tickets import MOST_VISITS
from tests.unit.envelopes import said

STALLED = 60.0


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class App:
    """As much of a Faust application as the loops ask for."""

    def __init__(self) -> None:
        self.crashed: list[BaseException] = []

    def topic(self, *_: Any, **__: Any) -> None:
        return None

    async def crash(self, error: BaseException) -> None:
        self.crashed.append(error)


class Idle:
    """A worker whose storage answers, or has not for a while."""

    def __init__(self, reached: dict[int, int]) -> None:
        self.patience = Patience()
        self.at = reached
        self.passed_over: list[tuple[int, int]] = []

    def reached(self) -> dict[int, int]:
        return self.at

    def assign(self, numbers: frozenset[int]) -> None:
        pass

    def stop(self) -> None:
        pass

    def pass_over(self, number: int, next_offset: int) -> None:
        self.passed_over.append((number, next_offset))
        self.at[number] = next_offset

    def begin_anew(self, number: int) -> None:
        self.at[number] = 0


class Bus:
    """Ends and first records of partitions, or a broker that does not answer."""

    def __init__(self, ends: Mapping[int, int], firsts: Mapping[int, int]) -> None:
        self.all_ends, self.firsts = ends, firsts
        self.answers = True
        self.sought: list[tuple[int, int]] = []
        self.taken: list[tuple[str, bytes, bytes]] = []

    async def ends(self, numbers: Iterable[int]) -> Mapping[int, int]:
        if not self.answers:
            raise NotNow("no answer")
        return {number: self.all_ends[number] for number in numbers}

    async def first_from(self, number: int, offset: int) -> int:
        return max(offset, self.firsts.get(number, 0))

    async def seek(self, number: int, offset: int) -> None:
        self.sought.append((number, offset))

    async def put(self, topic: str, records: Iterable[tuple[str, bytes, bytes]]) -> None:
        if not self.answers:
            raise NotNow("no answer")
        self.taken += records


class Watched:
    """A worker's loops with a clock to move, at 5 in two partitions."""

    def __init__(
        self,
        ends: Mapping[int, int],
        firsts: Mapping[int, int] | None = None,
        *,
        close_days: Any = None,
        announce: Any = None,
    ) -> None:
        self.app, self.worker, self.time = App(), Idle({0: 5, 1: 5}), Time()
        self.bus = Bus(ends, firsts or {})
        self.health = Health(STALLED, clock=self.time)
        self.health.assign([0, 1])
        unused: Any = None
        worker: Any = self.worker
        self.loops = Loops(
            self.app,
            worker,
            unused,
            self.health,
            unused,
            announce,
            close_days,
            self.bus,
            partitions=2,
            records_at_once=1,
            within_seconds=0.1,
        )

    def ends_after(self, seconds: float) -> bool:
        self.time.now += seconds
        asyncio.run(self.loops.watch())
        assert self.health.stalled == bool(self.app.crashed)
        return self.health.stalled


def test_records_that_wait_at_two_looks_are_read_again_from_where_the_tables_are() -> None:
    watched = Watched({0: 5, 1: 9})
    assert not watched.ends_after(WATCH_SECONDS - 1)
    assert not watched.ends_after(2)
    assert not watched.bus.sought  # they may just have come
    assert not watched.ends_after(WATCH_SECONDS)
    assert watched.bus.sought == [(1, 5)]


def test_a_place_that_was_sought_is_not_sought_again_at_once() -> None:
    watched = Watched({0: 5, 1: 9})
    for seconds in (WATCH_SECONDS + 1, WATCH_SECONDS, 1):
        watched.ends_after(seconds)
    assert watched.bus.sought == [(1, 5)]
    watched.ends_after(WATCH_SECONDS)
    assert watched.bus.sought == [(1, 5), (1, 5)]


def test_records_that_the_bus_has_no_longer_are_passed_over() -> None:
    watched = Watched({0: 5, 1: 9}, {1: 8})
    for _ in range(2):
        watched.ends_after(WATCH_SECONDS + 1)
    assert watched.worker.passed_over == watched.bus.sought == [(1, 8)]


def test_a_bus_that_ends_before_where_the_tables_are_lost_its_log_and_is_read_from_its_beginning() -> None:
    """Seen with a broker whose volume was lost, and tables that were restored from a copy after that."""
    watched = Watched({0: 5, 1: 3}, {1: 0})
    watched.ends_after(0)
    assert watched.worker.at == {0: 5, 1: 0}
    for _ in range(2):
        watched.ends_after(WATCH_SECONDS + 1)
    assert watched.bus.sought == [(1, 0)]


def test_a_log_is_asked_for_its_end_once_an_assignment_and_again_when_the_broker_was_away() -> None:
    watched = Watched({0: 5, 1: 3})
    watched.bus.answers = False
    watched.ends_after(0)
    assert watched.worker.at == {0: 5, 1: 5}
    watched.bus.answers = True
    watched.ends_after(0)
    assert watched.worker.at == {0: 5, 1: 0}
    watched.bus.all_ends = {0: 2, 1: 3}
    watched.ends_after(0)
    assert watched.worker.at == {0: 5, 1: 0}
    asyncio.run(watched.loops.assigned(None, []))
    watched.health.assign([0, 1])
    watched.ends_after(0)
    assert watched.worker.at == {0: 0, 1: 0}


def test_a_worker_to_which_waiting_records_still_do_not_come_ends() -> None:
    watched = Watched({0: 5, 1: 9})
    assert not watched.ends_after(STALLED - 1)
    assert watched.ends_after(2)
    assert "records wait" in str(watched.app.crashed[0])


def test_one_for_which_nothing_waits_goes_on() -> None:
    watched = Watched({0: 5, 1: 5})
    assert not watched.ends_after(10 * STALLED)
    assert not watched.bus.sought


def test_letting_go_or_another_assignment_begins_the_time_anew() -> None:
    watched = Watched({0: 9, 1: 9})
    watched.time.now += STALLED - 1
    watched.health.let_go({0: 5})
    assert not watched.ends_after(STALLED - 1)
    watched.health.assign([0])
    assert not watched.ends_after(STALLED - 1)
    assert watched.ends_after(2)


def test_one_that_is_still_at_work_is_not_ended_however_long_it_takes() -> None:
    watched = Watched({0: 9, 1: 9})
    watched.health.at_work += 1
    assert not watched.ends_after(10 * STALLED)
    watched.health.at_work -= 1
    assert watched.ends_after(0)


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 20))
def test_records_are_taken_in_portions_none_left_and_none_larger_than_its_last_record_made_it(
    sizes: list[int], most: int
) -> None:
    records = [SimpleNamespace(value=bytes(size) or None) for size in sizes]
    parts = [*portions(records, most)]
    assert [record for part in parts for record in part] == records
    assert all(sum(len(each.value or b"") for each in part[:-1]) < most for part in parts)


def test_what_is_merged_at_once_holds_no_more_visits_than_may_be() -> None:
    shortest = said(id="1", source="q", time="2026-02-03T08:15Z", data={"unit": "k", "ticket": "1"})
    assert BYTES_AT_ONCE / len(msgspec.json.encode(shortest)) < MOST_VISITS


def test_a_worker_that_ends_waits_for_what_it_says_of_its_own_accord_and_says_no_more() -> None:
    """Faust's producer is gone a moment later: what is sent then crashes the process."""
    begun: list[str] = []
    may_end = threading.Event()

    def close_days() -> list[Any]:
        begun.append("closing")
        may_end.wait(10)
        return []

    watched = Watched({0: 5, 1: 5}, close_days=close_days)

    async def ends() -> None:
        closing = asyncio.create_task(watched.loops.close_days())
        while not begun:
            await asyncio.sleep(0.001)
        finishing = asyncio.create_task(watched.loops.finish(watched.app))
        await asyncio.sleep(0.01)
        assert not finishing.done()
        may_end.set()
        await finishing
        assert closing.done()
        await watched.loops.close_days()

    asyncio.run(ends())
    assert begun == ["closing"]


def test_what_the_bus_does_not_take_is_said_once_it_does_and_saying_rests_longer_than_it_took() -> None:
    asked: list[set[Page]] = []

    def announce(pages: Iterable[Page]) -> list[UnitNow]:
        asked.append({*pages})
        time.sleep(0.02)
        return [UnitNow(unit, datetime.now(UTC), 1, 1, 0) for _, unit in asked[-1]]

    watched = Watched({0: 5, 1: 5}, announce=announce)
    watched.loops.changed({(1, "a")})
    watched.bus.answers = False
    asyncio.run(watched.loops.announce())
    assert (asked, watched.bus.taken) == ([{(1, "a")}], [])
    watched.bus.answers = True
    watched.loops.changed({(1, "b")})
    asyncio.run(watched.loops.announce())  # at once: it rests
    assert len(asked) == 1
    while not watched.bus.taken:
        asyncio.run(watched.loops.announce())
    assert asked == [{(1, "a")}, {(1, "a"), (1, "b")}]
    assert [unit for unit, *_ in sorted(watched.bus.taken)] == ["a", "b"]


def test_while_a_backlog_is_worked_off_saying_rests_and_when_that_is_done_all_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[set[Page]] = []

    def announce(pages: Iterable[Page]) -> list[UnitNow]:
        asked.append({*pages})
        return []

    watched = Watched({0: 5, 1: 5}, announce=announce)
    for unit in "ab":
        watched.loops.changed({(1, unit)}, backlog=True)
        asyncio.run(watched.loops.announce())
    assert asked == []
    watched.loops.changed({(1, "c")})
    asyncio.run(watched.loops.announce())
    assert asked == [{(1, "a"), (1, "b"), (1, "c")}]

    monkeypatch.setattr(loops, "BACKLOG_SECONDS", 0.0)
    watched.loops.changed({(1, "d")}, backlog=True)
    while len(asked) == 1:
        asyncio.run(watched.loops.announce())
    assert asked[1] == {(1, "d")}, "one that does not end does not keep it silent for ever"


def test_a_storage_that_is_away_is_no_stall() -> None:
    watched = Watched({0: 9, 1: 9})
    watched.worker.patience.away_since = watched.time.now
    assert not watched.ends_after(10 * STALLED)


def test_a_broker_that_is_away_is_no_stall() -> None:
    watched = Watched({0: 9, 1: 9})
    watched.bus.answers = False
    assert not watched.ends_after(10 * STALLED)


def test_the_lag_is_from_what_was_let_go_of_or_else_from_where_the_partition_was_opened() -> None:
    health = Health(STALLED)
    health.assign([0, 1, 2, 3])
    health.let_go({0: 8})
    assert health.lag({0: 10, 1: 10, 2: None, 3: 10}, {0: 3, 1: 4, 2: 1}) == {0: 2, 1: 6}
