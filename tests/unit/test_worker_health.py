"""A worker to which records no longer come ends itself; one that waits, works or has nothing to do does not."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pantau.domain.errors import NotNow
from stream_processors.health import Health
from stream_processors.loops import Loops

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

    def __init__(self) -> None:
        self.away_since: float | None = None


class Watched:
    """A worker's loops with a clock to move and a broker that says what waits."""

    def __init__(self, waiting: Mapping[int, int] | None) -> None:
        self.app, self.worker, self.time = App(), Idle(), Time()
        self.health = Health(STALLED, clock=self.time)
        self.health.assign([0, 1])

        async def asked() -> Mapping[int, int]:
            if waiting is None:
                raise NotNow("no answer")
            return waiting

        unused: Any = None
        self.loops = Loops(
            self.app,
            self.worker,  # type: ignore[arg-type]
            unused,
            self.health,
            unused,
            unused,
            unused,
            asked,
            partitions=2,
            records_at_once=1,
            within_seconds=0.1,
        )

    def ends_after(self, seconds: float) -> bool:
        self.time.now += seconds
        asyncio.run(self.loops.watch())
        assert self.health.stalled == bool(self.app.crashed)
        return self.health.stalled


def test_a_worker_to_which_waiting_records_no_longer_come_ends() -> None:
    watched = Watched({0: 0, 1: 7})
    assert not watched.ends_after(STALLED - 1)
    assert watched.ends_after(2)
    assert "7 records wait" in str(watched.app.crashed[0])


def test_one_for_which_nothing_waits_goes_on() -> None:
    assert not Watched({0: 0, 1: 0}).ends_after(10 * STALLED)


def test_letting_go_or_another_assignment_begins_the_time_anew() -> None:
    watched = Watched({0: 1})
    watched.time.now += STALLED - 1
    watched.health.let_go([(0, 5)])
    assert not watched.ends_after(STALLED - 1)
    watched.health.assign([0])
    assert not watched.ends_after(STALLED - 1)
    assert watched.ends_after(2)


def test_one_that_is_still_at_work_is_not_ended_however_long_it_takes() -> None:
    watched = Watched({0: 1})
    watched.health.at_work += 1
    assert not watched.ends_after(10 * STALLED)
    watched.health.at_work -= 1
    assert watched.ends_after(0)


def test_a_storage_that_is_away_is_no_stall() -> None:
    watched = Watched({0: 1})
    watched.worker.away_since = watched.time.now
    assert not watched.ends_after(10 * STALLED)


def test_a_broker_that_is_away_is_no_stall() -> None:
    assert not Watched(None).ends_after(10 * STALLED)


def test_the_lag_is_from_what_was_let_go_of_or_else_from_what_the_group_committed() -> None:
    health = Health(STALLED)
    health.assign([0, 1, 2, 3])
    health.let_go([(0, 8)])
    assert health.lag({0: 10, 1: 10, 2: None, 3: 10}, {0: 3, 1: 4, 2: 1}) == {0: 2, 1: 6}
