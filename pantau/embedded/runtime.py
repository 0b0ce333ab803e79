"""The process that owns a data directory: one writer thread, a few readers, and whoever watches for changes."""

import asyncio
import atexit
import contextlib
import queue
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import structlog

from pantau.domain.accepted import accepted
from pantau.domain.errors import BadSetup, NotNow
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.rejections import Language, Rejection
from pantau.embedded.clock_watches import ClockWatches, SourceClock
from pantau.embedded.pipeline import MAX_BATCH, Flush, Pipeline
from pantau.embedded.registries import Registries
from pantau.interpreter import set_for_batches
from storage.chdb_engine import ChdbEngine
from storage.durability import set_fsync
from storage.engine import Answer
from storage.migrate import migrate
from storage.queries import sql
from storage.rejects import Rejects
from storage.retention import removable, remove_events
from storage.store import Block, Store
from storage.verify import Report, verify

log = structlog.get_logger(__name__)

T = TypeVar("T")

QUEUE_EVENTS = 200_000
"""Events that may wait for the writer; beyond it senders are told to come back later."""

READERS = 4
"""Queries that run at once; the machine's cores, not threads, bound their speed."""


class _Work:
    """Something the writer thread does between two flushes, and the future that tells how it went."""

    def __init__(self, do: Callable[[], Any]) -> None:
        self.do = do
        self.done: Future[Any] = Future()


class _Arrival:
    """Events waiting to become durable."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.done: Future[None] = Future()


class Runtime:
    """The embedded product: the engine, the pipeline and their threads. Made by :meth:`open`."""

    def __init__(
        self, engine: ChdbEngine, pipeline: Pipeline, registries: Registries, clock: Callable[[], int]
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.flushed = Flush(0, pipeline.seq, frozenset(), {}, {})
        self._pipeline = pipeline
        self._registries = registries
        self._rejects = Rejects(pipeline.store)
        self._clocks = ClockWatches(pipeline.store)
        self._queue: queue.Queue[_Arrival | _Work | None] = queue.Queue()
        self._waiting = 0
        self._lock = threading.Lock()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="query")
        self._ending = False
        self._watchers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._failure: BaseException | None = None
        self._closed = False
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self._writer.start()
        atexit.register(self.close)  # for whoever ends without closing: what waits is still written

    @classmethod
    def open(
        cls,
        data_dir: Path,
        *,
        registry: Registry | None,
        clock: Callable[[], int],
        capacity: int = 30_000,
        fsync: bool | None = None,
    ) -> "Runtime":
        """Open or create a data directory, migrate it, recover what a crash left, and start the writer.

        Without a registry the one stored last is used. ``fsync`` says whether what is written must survive a loss of
        power too; None leaves it as it was. Raises NotNow when another process owns the directory, BadSetup
        when there is no registry at all.
        """
        if registry is None and not (data_dir / "store").is_dir():  # a wrong path makes no directory
            raise BadSetup(
                f"{data_dir}: there is no data directory here; correct the path, or make one: "
                f"pantau registry load registry.toml --data {data_dir}"
            )
        set_for_batches()
        with contextlib.ExitStack() as undo:
            engine = ChdbEngine(data_dir / "store")
            undo.callback(engine.close)
            migrate(engine)
            if fsync is not None:
                set_fsync(engine, fsync)
            store = Store(engine)
            registries = Registries(store)
            current = registries.newest() or registry
            if current is None:
                raise BadSetup(
                    f"{data_dir}: no registry is loaded yet; load one: "
                    f"pantau registry load registry.toml --data {data_dir}"
                )
            pipeline = Pipeline(store, current, capacity=capacity)
            undo.callback(pipeline.close)
            recovered = pipeline.open()
            if recovered:
                log.info("recovered", events=recovered)
            runtime = cls(engine, pipeline, registries, clock)
            undo.callback(runtime.close)
            runtime.load_registry(registry or current)
            undo.pop_all()
        return runtime

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        return self._pipeline.registry

    @property
    def failed(self) -> bool:
        """Whether the writer stopped for good, by a failure or by closing: who waits for room need not wait."""
        return self._failure is not None or self._closed

    @property
    def version(self) -> int:
        """The version of the newest committed flush."""
        return self._pipeline.progress.version

    def submit(self, events: Sequence[Event]) -> "Future[None]":
        """Hand in accepted events; the future is done when they are durable. Raises NotNow when too many wait."""
        arrival = _Arrival(events)
        with self._lock:
            self._refuse_if_stopped()
            if self._waiting and self._waiting + len(events) > QUEUE_EVENTS:
                raise NotNow(f"{self._waiting} events wait to be written; send again in a second")
            self._waiting += len(events)
            self._queue.put(arrival)
        return arrival.done

    def reject(self, rejections: Sequence[Rejection]) -> "Future[Any]":
        """Keep refused events with their reasons; the future is done when they are durable."""

        def keep() -> None:
            self._rejects.keep(rejections)
            self._clocks.see_refused(rejections, self.registry)

        return self._between_flushes(keep)

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a named query; blocks, so call it from a worker thread. Raises NotNow after the end."""
        return self.select(sql(name), params)

    def select(self, text: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a query given as text, as the boards have them; blocks. Raises NotNow after the end."""
        if self._closed:
            raise NotNow("the process is stopping")
        return self._readers.submit(self.engine.query, text, params).result()

    def verify(self, on_progress: Callable[[int], None] = lambda n: None) -> Report:
        """Recompute everything from the log and compare; nothing is written meanwhile."""
        store, registries = self._pipeline.store, self._registries
        return self.between_flushes(
            lambda: verify(store, registries.newest() or self.registry, on_progress=on_progress)
        )

    def removable_raw_events(self, *, arrived_before: int) -> int:
        """How many rows :meth:`remove_raw_events` would remove."""
        store = self._pipeline.store
        return self.between_flushes(
            lambda: removable(store, before=arrived_before, upto_seq=self._pipeline.progress.seq)
        )

    def remove_raw_events(self, *, arrived_before: int) -> int:
        """Remove raw events that arrived before an instant (ms UTC), facts and windows stay; how many rows went."""
        store = self._pipeline.store
        return self.between_flushes(
            lambda: remove_events(store, before=arrived_before, upto_seq=self._pipeline.progress.seq, now=self.clock())
        )

    def write(self, blocks: Sequence[Block]) -> None:
        """Write rows that no event makes, between two flushes; when this returns they survive a kill of the process."""
        store = self._pipeline.store
        self.between_flushes(lambda: store.insert(blocks))

    def load_registry(self, registry: Registry) -> list[str]:
        """Make a registry the one in force; returns the units whose past it changes, which are rebuilt first."""

        def load() -> list[str]:
            try:
                rebuilt = self._registries.load(registry, self._pipeline, now=self.clock())
            except BadSetup:
                raise
            except Exception as error:  # half rebuilt: only the next start, which does it again, can go on from here
                self._fail(error, [], None)
                raise
            self._tell()
            return rebuilt

        return self.between_flushes(load)

    def settled(self) -> None:
        """Block until everything handed in so far is in facts and windows."""
        self._between_flushes(lambda: None).result()

    def rejects(self) -> Rejects:
        """The refused events that are kept."""
        return self._rejects

    def clocks(self, language: Language = "id") -> list[SourceClock]:
        """Every source's clock: what was counted, what is wrong with it, what would mend it."""
        return self.between_flushes(lambda: self._clocks.clocks(self.registry, language))

    def between_flushes(self, do: Callable[[], T]) -> T:
        """Run something in the writer thread while no flush is under way, and wait for its result."""
        result: T = self._between_flushes(do).result()
        return result

    async def changes(self) -> AsyncIterator[int]:
        """The newest version, whenever it changed; several flushes between two looks are told once.

        Ends when the process is about to stop, so that whoever waits for changes does not hold it up.
        """
        watcher = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._watchers.add(watcher)
        try:
            while not self._ending:
                await watcher[1].wait()
                watcher[1].clear()
                if not self._ending:
                    yield self.version
        finally:
            with self._lock:
                self._watchers.discard(watcher)

    def end_watching(self) -> None:
        """Tell those who wait for changes that none will come: the process is about to stop."""
        self._ending = True
        self._tell()

    def close(self) -> None:
        """Write what waits, stop the threads and let go of the directory; closing twice does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        atexit.unregister(self.close)
        self._writer.join()
        try:
            if self._failure is None:
                self._pipeline.drain()
                self._pipeline.store.insert(self._clocks.blocks_to_keep())
        finally:
            self._pipeline.close()
            self._readers.shutdown()
            self.engine.close()

    def _between_flushes(self, do: Callable[[], Any]) -> "Future[Any]":
        work = _Work(do)
        with self._lock:
            self._refuse_if_stopped()
            self._queue.put(work)
        return work.done

    def _refuse_if_stopped(self) -> None:
        """Called with the lock held, so that nothing is handed in behind the back of a writer that stops."""
        if self._failure is not None:
            raise NotNow(f"the writer stopped: {self._failure}")
        if self._closed:
            raise NotNow("the process is stopping; send again in a moment")

    def _write(self) -> None:
        """The writer's loop: take what waits up to a batch, append it, tell senders, process it, tell watchers."""
        stop = False
        item: _Arrival | _Work | None
        while not stop:
            item = self._queue.get()
            arrivals: list[_Arrival] = []
            work: _Work | None = None
            n = 0
            while True:
                if item is None:
                    stop = True
                    break
                if isinstance(item, _Work):
                    work = item
                    break
                arrivals.append(item)
                n += len(item.events)
                if n >= MAX_BATCH:
                    break
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
            try:
                if arrivals:
                    self._flush(arrivals)
            except BaseException as error:  # noqa: BLE001 - whatever it was, senders must hear and the process must stop
                self._fail(error, arrivals, work)
                return
            if work is not None:
                try:
                    self._pipeline.drain()
                    _resolve(work.done, result=work.do())
                except Exception as error:  # noqa: BLE001 - the caller gets it
                    _resolve(work.done, error=error)

    def _flush(self, arrivals: Sequence[_Arrival]) -> None:
        pipeline = self._pipeline
        events = [event for arrival in arrivals for event in arrival.events]
        batches = [events[start : start + MAX_BATCH] for start in range(0, len(events), MAX_BATCH)] or [[]]
        for index, batch in enumerate(map(accepted, batches)):
            durable = pipeline.append(batch)
            if index == len(batches) - 1:
                with self._lock:
                    self._waiting -= len(events)
                durable.add_done_callback(lambda done: _pass_on(done, arrivals))
            if not len(batch):
                continue  # nothing was handed in; the senders still hear when all that came before is durable
            self.flushed = pipeline.process(batch)
            self._clocks.see(batch, self.registry)
            self._clocks.see_repeated(self.flushed.duplicates, self.flushed.conflicts)
            pipeline.store.insert(self._clocks.due())
        if self._queue.empty():
            pipeline.drain()  # so that what watchers are told of can be read
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            watchers = [*self._watchers]
        for loop, event in watchers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def _fail(self, error: BaseException, arrivals: Sequence[_Arrival], work: _Work | None) -> None:
        """Tell everyone who waits. What was appended is processed at the next start; nothing else was promised."""
        log.error("writer stopped", error=str(error))
        waiting: list[_Arrival | _Work] = [*arrivals, *([work] if work else [])]
        with self._lock:
            self._failure = error
            while True:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is not None:
                    waiting.append(item)
        for item in waiting:
            _resolve(item.done, error=NotNow(f"the writer stopped: {error}"))


def _resolve(future: "Future[Any]", *, result: Any = None, error: BaseException | None = None) -> None:
    """Tell whoever waits, once: the disk's thread and the writer's may both have something to say."""
    with contextlib.suppress(InvalidStateError):
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _pass_on(done: "Future[None]", arrivals: Sequence[_Arrival]) -> None:
    """Tell the senders what became of the write their events were part of."""
    error = done.exception()
    failed = None if error is None else NotNow(f"the store cannot be written: {error}")
    for arrival in arrivals:
        _resolve(arrival.done, error=failed)
