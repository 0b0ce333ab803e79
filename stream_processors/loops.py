"""The agents of a worker: thin loops that hand records to it and let go of them once their rows are safe."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog

from pantau.bus.claims import Page
from pantau.bus.indicators import Announcement, pack_announcement
from pantau.bus.partitions import partition_of
from pantau.bus.records import PACKED_HEADERS, pack, pack_rejection, rejection_headers, unpack_rejection
from pantau.bus.topics import EVENTS, INDICATORS, REJECTED
from pantau.domain.errors import BadEvent, NotNow
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection
from stream_processors.health import Health
from stream_processors.metrics import WorkerMetrics
from stream_processors.reading import Record
from stream_processors.worker import Flush, Worker

log = structlog.get_logger(__name__)

T = TypeVar("T")

KeepRejections = Callable[[int, Sequence[Rejection]], None]
"""Writes refusals of one partition as rows; blocks."""

Announce = Callable[[Iterable[Page]], Sequence[Announcement]]
"""Reads from storage what is to be announced of windows that changed; blocks."""

Waiting = Callable[[], Awaitable[Mapping[int, int]]]
"""Asks the broker how many records wait on each assigned partition. Raises NotNow when it does not answer."""

CloseDays = Callable[[], Sequence[Event]]
"""Says what closing the days that are over says of every ticket still waiting; blocks."""

REFUSALS_AT_ONCE = 1_000
SAMPLED = 32
"""Events of a flush whose way from their arrival is timed."""


class Loops:
    """What the application's agents, timers and signals do. Lives in the event loop; the worker has a thread apart."""

    def __init__(
        self,
        app: Any,
        worker: Worker,
        metrics: WorkerMetrics,
        health: Health,
        keep_rejections: KeepRejections,
        announce: Announce,
        close_days: CloseDays,
        waiting: Waiting,
        *,
        partitions: int,
        records_at_once: int,
        within_seconds: float,
    ) -> None:
        self._app = app
        self._worker = worker
        self._metrics = metrics
        self._health = health
        self._keep_rejections = keep_rejections
        self._announce = announce
        self._close_days = close_days
        self._waiting = waiting
        self._changed: set[Page] = set()
        self._partitions = partitions
        self._records_at_once = records_at_once
        self._within = within_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="merge")
        self._room = asyncio.Semaphore(2)  # one flush is merged while the one before it is written
        self._looking = False
        self._running: set[asyncio.Task[None]] = set()
        self.events_topic = app.topic(EVENTS.name, value_type=bytes, value_serializer="raw")
        self.rejected_topic = app.topic(REJECTED.name, value_type=bytes, value_serializer="raw")
        self.indicators_topic = app.topic(INDICATORS.name, value_type=bytes, value_serializer="raw")

    async def assemble(self, stream: Any) -> None:
        """Events: merge what came, write it, let go of it."""
        async for taken in stream.noack_take(self._records_at_once, within=self._within):
            await self._room.acquire()
            began = time.perf_counter()
            flush = await self._must(self._worker.process, _by_partition(taken))
            self._metrics.merged(flush, time.perf_counter() - began)
            task = asyncio.get_running_loop().create_task(self._let_go(stream, taken, flush))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def keep_rejected(self, stream: Any) -> None:
        """Refusals: rows in storage, whoever refused."""
        async for taken in stream.noack_take(REFUSALS_AT_ONCE, within=0.5):
            parts: dict[int, list[Rejection]] = {}
            for event in taken:
                try:
                    rejection = unpack_rejection(event.value or b"")
                except BadEvent as error:  # no refusal of ours: there is nothing to keep of it
                    log.warning("record of no refusal", topic=REJECTED.name, error=str(error))
                else:
                    parts.setdefault(event.message.partition, []).append(rejection)
            for number, rejections in parts.items():
                await self._must(self._worker.patiently, self._keep_rejections, number, rejections)
            for event in taken:
                await stream.ack(event)

    async def look(self) -> None:
        """Notice a new registry or a former owner's rows also when no records come."""
        if not self._running and not self._looking:
            self._looking = True
            await self._must(self._worker.look)
            self._looking = False

    async def watch(self) -> None:
        """End a worker to which records no longer come though they wait: whoever starts it again gets it going.

        Faust is known to stall after rebalances in ways that only a new process mends.
        """
        if not self._health.quiet(storage_away=self._worker.away_since is not None):
            return
        try:
            waiting = sum((await self._waiting()).values())
        except NotNow as error:  # no fault of this worker
            log.warning("bus does not answer", error=str(error))
            return
        if waiting and self._health.quiet(storage_away=self._worker.away_since is not None):
            self._health.stalled = True
            stalled = NotNow(f"{waiting} records wait and none came for {self._health.stalled_seconds:g} s")
            log.error("worker stops", error=str(stalled), kind="Stalled")
            await self._app.crash(stalled)

    async def announce(self) -> None:
        """Say on the bus what changed since the last time, several changes of a window as one."""
        pages, self._changed = self._changed, set()
        if not pages:
            return
        try:
            found = await asyncio.to_thread(self._announce, pages)
            await asyncio.gather(
                *(_sent(self.indicators_topic, value, None, key=key) for key, value in map(pack_announcement, found))
            )
        except NotNow:  # the next round says it; what is not announced is in the tables all the same
            self._changed |= pages

    async def close_days(self) -> None:
        """Put on the bus who left this worker's units unserved: an event like any other."""
        try:
            events = await asyncio.to_thread(self._close_days)
        except NotNow:  # the next round does it
            return
        mine = [event for event in events if partition_of(event.data.unit, self._partitions) in self._health.assigned]
        await asyncio.gather(*self._passed_on(mine))
        if mine:
            log.info("days closed", left=len(mine))

    async def assigned(self, app: Any, assigned: Any, **_: Any) -> None:
        """The group gave this worker these partitions, and no others."""
        self._health.assign(tp.partition for tp in assigned if tp.topic == EVENTS.name)
        self._worker.assign(self._health.assigned)
        log.info("partitions assigned", partitions=sorted(self._health.assigned))

    async def finish(self, app: Any, **_: Any) -> None:
        """The process is about to stop: write what is merged; a storage that is away is not waited for any longer."""
        self._worker.stop()
        if self._running:
            await asyncio.wait(self._running)

    async def _must(self, do: Callable[..., T], *arguments: Any) -> T:
        """Do what blocks in the one thread that drives the worker; when it fails the process must end.

        Another one then begins from what the tables hold.
        """
        self._health.at_work += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, do, *arguments)
        except Exception as error:
            log.error("worker stops", error=str(error), kind=type(error).__name__)
            await self._app.crash(error)
            raise
        finally:
            self._health.at_work -= 1

    async def _let_go(self, stream: Any, taken: Sequence[Any], flush: Flush) -> None:
        """Ack records once their rows are in the tables and what they led to is on the bus."""
        began = time.perf_counter()
        self._health.at_work += 1
        try:
            await asyncio.gather(
                asyncio.wrap_future(flush.written),
                *self._passed_on(flush.misplaced),
                *(
                    _sent(self.rejected_topic, pack_rejection(each), rejection_headers(each), key=each.source.encode())
                    for each in flush.rejections
                ),
            )
            for event in taken:
                await stream.ack(event)
        except Exception as error:  # noqa: BLE001 - whatever it was, these records may not be let go of
            log.error("worker stops", error=str(error), kind=type(error).__name__)
            await self._app.crash(error)
        else:
            self._changed |= flush.pages
            self._health.let_go((event.message.partition, event.message.offset + 1) for event in taken)
            sample = flush.events[:: max(1, len(flush.events) // SAMPLED)]
            self._metrics.written(time.perf_counter() - began, sample, time.time_ns() // 1_000_000)
        finally:
            self._health.at_work -= 1
            self._room.release()

    def _passed_on(self, events: Sequence[Event]) -> list[Any]:
        """Events on their way to the partition of their unit, packed."""
        parts: dict[int, list[Event]] = {}
        for event in events:
            parts.setdefault(partition_of(event.data.unit, self._partitions), []).append(event)
        return [
            _sent(self.events_topic, pack(some), PACKED_HEADERS, partition=number) for number, some in parts.items()
        ]


def _by_partition(taken: Sequence[Any]) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = {}
    for event in taken:
        message = event.message
        record = Record(message.offset, event.value or b"", dict(message.headers or ()), int(message.timestamp * 1000))
        found.setdefault(message.partition, []).append(record)
    return found


async def _sent(
    topic: Any, value: bytes, headers: Any, *, key: bytes | None = None, partition: int | None = None
) -> None:
    await (await topic.send(key=key, value=value, headers=headers, partition=partition))
