"""The process that owns a directory: what it promises to who hands in, asks, watches and stops it."""

import asyncio
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pantau.domain.errors import BadSetup, Fault, NotNow
from pantau.domain.events import Event
from pantau.domain.registry import Registry, Standard
from pantau.domain.rejections import Rejection
from pantau.domain.zones import MINUTE
from pantau.embedded import runtime as module
from pantau.embedded.runtime import Runtime
from storage.chdb_engine import ChdbEngine
from storage.engine import Answer
from storage.store import Store
from tests.strategies import MONDAY, REGISTRY, event, registry, ticket
from tests.truth import must_hold

_open: list[Runtime] = []


def opened(path: Path, registry: Registry | None = REGISTRY) -> Runtime:
    _open.append(Runtime.open(path, registry=registry, clock=lambda: MONDAY))
    return _open[-1]


@pytest.fixture(autouse=True)
def closed_at_the_end() -> Iterator[None]:
    """One process holds one directory: a test that fails must not keep it from the next."""
    yield
    while _open:
        _open.pop().close()


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return opened(tmp_path)


def store(runtime: Runtime) -> Store:
    return Store(runtime.engine)


def tickets(n: int, *, first: int = 0) -> list[Event]:
    return [ticket("created", MONDAY + i * MINUTE, ticket=str(i), service="ktp") for i in range(first, first + n)]


class Held:
    """A disk that does not move until it is let go, or that fails."""

    def __init__(self, engine: ChdbEngine, *, fails: bool = False) -> None:
        self.go = threading.Event()
        self.writes = 0
        self._insert = engine.insert
        self._fails = fails
        engine.insert = self  # type: ignore[method-assign, assignment]

    def __call__(self, *block: Any) -> None:
        assert self.go.wait(20)
        self.writes += 1
        if self._fails:
            raise OSError("no space left on device")
        self._insert(*block)


# handing in


def test_a_future_is_done_only_when_its_events_are_durable(runtime: Runtime) -> None:
    disk = Held(runtime.engine)
    durable = runtime.submit(tickets(3))
    with pytest.raises(TimeoutError):
        durable.result(0.2)
    disk.go.set()
    durable.result(20)
    assert runtime.query("last_seq").rows == [(3,)]


def test_what_was_handed_in_is_in_facts_and_windows_when_settled(runtime: Runtime) -> None:
    for start in range(0, 40, 8):
        runtime.submit(tickets(8, first=start))
    runtime.settled()
    must_hold(store(runtime), tickets(40))
    assert runtime.verify().equal


def test_nothing_handed_in_is_durable_at_once(runtime: Runtime) -> None:
    assert runtime.submit([]).result(20) is None


def test_events_of_many_threads_all_arrive_once(runtime: Runtime) -> None:
    with ThreadPoolExecutor(8) as pool:
        waiting = [*pool.map(lambda n: runtime.submit(tickets(5, first=n * 5)), range(40))]
    for durable in waiting:
        durable.result(20)
    runtime.settled()
    must_hold(store(runtime), tickets(200))


def test_more_than_a_batch_at_once_is_taken_whole(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BATCH", 7)
    runtime.submit(tickets(45)).result(20)
    runtime.settled()
    must_hold(store(runtime), tickets(45))


def test_a_full_queue_says_not_now_and_takes_again_when_it_has_room(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUEUE_EVENTS", 10)
    go = threading.Event()
    busy = threading.Event()
    blocked: Future[bool] = Future()
    work = threading.Thread(
        target=lambda: blocked.set_result(runtime.between_flushes(lambda: busy.set() or go.wait(20)))  # type: ignore[func-returns-value]
    )
    work.start()
    assert busy.wait(20)
    first = runtime.submit(tickets(8))
    with pytest.raises(NotNow, match="8 events wait"):
        runtime.submit(tickets(3, first=8))
    go.set()
    first.result(20)
    runtime.settled()
    runtime.submit(tickets(3, first=8)).result(20)
    runtime.settled()
    must_hold(store(runtime), tickets(11))
    assert blocked.result(20)
    work.join()


def test_a_load_larger_than_the_queue_is_taken_when_nothing_waits(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its sender would be told to come back for ever."""
    monkeypatch.setattr(module, "QUEUE_EVENTS", 10)
    runtime.submit(tickets(25)).result(20)


# failure


def until_it_stops(runtime: Runtime) -> None:
    """The writer may still be on its way to learn of a failure; from then on it says so."""
    for _ in range(400):
        if runtime.failed:
            break
        threading.Event().wait(0.05)
    with pytest.raises(NotNow, match="writer stopped"):
        runtime.submit(tickets(1))


def test_a_failure_of_the_writer_reaches_every_sender(tmp_path: Path) -> None:
    runtime = opened(tmp_path)
    disk = Held(runtime.engine, fails=True)
    waiting = [runtime.submit(tickets(5, first=n * 5)) for n in range(6)]
    disk.go.set()
    for durable in waiting:
        with pytest.raises(NotNow, match="no space left"):
            durable.result(20)
    until_it_stops(runtime)
    with pytest.raises(NotNow):
        runtime.verify()
    assert runtime.failed
    runtime.close()
    again = opened(tmp_path)
    assert again.query("last_seq").rows == [(0,)]


def test_what_was_durable_before_a_failure_is_processed_at_the_next_start(tmp_path: Path) -> None:
    runtime = opened(tmp_path)
    runtime.submit(tickets(5)).result(20)

    def fail(*_: object) -> None:
        raise ValueError("a bug in the merge")

    runtime._pipeline.process = fail  # type: ignore[method-assign, assignment]
    runtime.submit(tickets(5, first=5))  # appended, and then the merge fails
    until_it_stops(runtime)
    runtime.close()
    again = opened(tmp_path)
    must_hold(store(again), tickets(10))


def test_a_work_that_fails_tells_its_caller_and_no_one_else(runtime: Runtime) -> None:
    with pytest.raises(ZeroDivisionError):
        runtime.between_flushes(lambda: 1 // 0)
    runtime.submit(tickets(2)).result(20)
    assert not runtime.failed


def test_a_rebuild_that_breaks_stops_the_writer_and_the_next_start_does_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = opened(tmp_path)
    runtime.submit([*tickets(3), ticket("ended", MONDAY + MINUTE, ticket="0")]).result(20)
    stricter = registry(standards=(Standard(measure="visit_time", limit_ms=1000),))

    def breaks(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("pantau.embedded.registries.rebuild", breaks)
    with pytest.raises(OSError, match="no space"):
        runtime.load_registry(stricter)
    with pytest.raises(NotNow):
        runtime.submit(tickets(1))
    runtime.close()
    monkeypatch.undo()
    again = opened(tmp_path, None)
    assert again.registry.version == stricter.version
    must_hold(store(again), [*tickets(3), ticket("ended", MONDAY + MINUTE, ticket="0")], stricter)


# opening and closing


def test_closing_writes_what_waits(tmp_path: Path) -> None:
    runtime = opened(tmp_path)
    waiting = [runtime.submit(tickets(5, first=n * 5)) for n in range(10)]
    runtime.close()
    assert all(durable.done() and durable.exception() is None for durable in waiting)
    again = opened(tmp_path, None)
    must_hold(store(again), tickets(50))


def test_after_closing_everyone_is_told_and_nobody_waits_for_ever(tmp_path: Path) -> None:
    runtime = opened(tmp_path)
    runtime.close()
    runtime.close()
    for attempt in (
        lambda: runtime.submit(tickets(1)),
        lambda: runtime.reject([]),
        runtime.settled,
        runtime.verify,
        lambda: runtime.query("last_seq"),
    ):
        with pytest.raises(NotNow, match="stopping"):
            attempt()


def test_without_any_registry_it_is_a_matter_of_setup_and_the_directory_is_free_again(tmp_path: Path) -> None:
    with pytest.raises(BadSetup, match="no data directory"):
        opened(tmp_path / "mistyped", None)
    assert not [*tmp_path.iterdir()], "looking into a wrong path makes nothing"
    ChdbEngine(tmp_path / "store").close()
    with pytest.raises(BadSetup, match="no registry"):
        opened(tmp_path, None)
    opened(tmp_path).close()
    reopened = opened(tmp_path, None)
    assert reopened.registry.version == REGISTRY.version


def test_a_registry_that_cannot_be_used_leaves_the_directory_free(tmp_path: Path) -> None:
    runtime = opened(tmp_path)
    runtime.submit(tickets(1)).result(20)
    runtime.close()
    without = registry(zones={"makassar": "Asia/Makassar"}, standards=())
    with pytest.raises(BadSetup, match="no unit dukcapil"):
        opened(tmp_path, without)
    opened(tmp_path, None).close()


def test_a_second_process_is_told_not_now(tmp_path: Path) -> None:
    runtime = opened(tmp_path)
    second = run(
        """
        from pantau.domain.errors import NotNow
        try:
            Runtime.open(path, registry=REGISTRY, clock=lambda: 0)
        except NotNow as refusal:
            print(refusal)
        """,
        tmp_path,
    )
    assert (second.returncode, second.stderr) == (0, "")
    assert "another process owns this data directory" in second.stdout
    runtime.submit(tickets(1)).result(20)
    runtime.close()


def run(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    head = """
        import sys, threading
        from pathlib import Path
        from pantau.embedded.runtime import Runtime
        from tests.strategies import MONDAY, REGISTRY, ticket
        path = Path(sys.argv[1])
        """
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(code), str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("ending", ["runtime.close()", "sys.exit(0)"])
def test_the_process_ends_cleanly_after_work(tmp_path: Path, ending: str) -> None:
    ended = run(
        f"""
        runtime = Runtime.open(path, registry=REGISTRY, clock=lambda: MONDAY)
        for n in range(20):
            runtime.submit([ticket("created", MONDAY, ticket=str(n))])
            runtime.query("progress")
        asked = [threading.Thread(target=runtime.query, args=("progress",)) for _ in range(8)]
        for thread in asked: thread.start()
        for thread in asked: thread.join()
        {ending}
        """,
        tmp_path,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


# watching


def test_watchers_hear_of_a_change_when_it_can_be_read(runtime: Runtime) -> None:
    async def watch() -> tuple[list[int], Answer]:
        heard: list[int] = []
        watching = asyncio.ensure_future(first(runtime, heard))
        await asyncio.sleep(0.05)
        runtime.submit(tickets(4))
        await asyncio.wait_for(watching, 20)
        return heard, await asyncio.to_thread(runtime.query, "count_visits")

    heard, answer = asyncio.run(watch())
    assert heard == [runtime.version]
    assert answer.rows == [(4, 0)]


async def first(runtime: Runtime, heard: list[int]) -> None:
    async for version in runtime.changes():
        heard.append(version)
        return


def test_many_changes_between_two_looks_are_told_once(runtime: Runtime) -> None:
    async def watch() -> list[int]:
        heard: list[int] = []
        changes = runtime.changes()
        looking = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0.05)
        for n in range(10):
            await asyncio.wrap_future(runtime.submit(tickets(1, first=n)))
        await asyncio.to_thread(runtime.settled)
        heard.append(await asyncio.wait_for(looking, 20))
        return heard

    assert len(asyncio.run(watch())) == 1


def test_rejections_are_durable_when_their_future_is_done(runtime: Runtime) -> None:
    refused = Rejection(
        source="antrian",
        id="1",
        code="unknown_unit",
        reasons=(Fault(field="unit", value="x", rule="y", todo="z"),),
        original=b"{}",
        digest="d1",
        retryable=True,
        arrival=MONDAY,
    )
    runtime.reject([refused, refused]).result(20)
    (kept,) = runtime.between_flushes(runtime.rejects().open)
    assert (kept.digest, kept.seen, kept.state) == ("d1", 2, "open")


def test_duplicates_and_conflicts_are_counted_by_source(runtime: Runtime) -> None:
    said = event("rating.given", MONDAY, score=3, id="r")
    other = event("rating.given", MONDAY, score=4, id="r")
    runtime.submit([said]).result(20)
    runtime.submit([said, other]).result(20)
    runtime.settled()
    assert runtime.flushed.duplicates == {"antrian": 1}
    assert runtime.flushed.conflicts == {"antrian": 1}
