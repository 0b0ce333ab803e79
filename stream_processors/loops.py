"""The agents of a worker: thin loops that hand records to it and let go of them once their rows are safe."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import structlog

from pantau.bus.claims import Page
from pantau.bus.indicators import Said, pack_announcement
from pantau.bus.partitions import partition_of
from pantau.bus.records import PACKED_HEADERS, in_records, pack_rejection, rejection_headers, unpack_rejection
from pantau.bus.topics import EVENTS, INDICATORS, REJECTED
from pantau.domain.columns import Ints
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

Announce = Callable[[Iterable[Page]], Sequence[Said]]
"""Reads from storage what is to be announced of windows that changed; blocks."""


class Source(Protocol):
    """The bus, asked without the group's own consumer. Every call raises NotNow when no broker answers."""

    async def ends(self, numbers: Iterable[int]) -> Mapping[int, int]:
        """The offset behind the last record of each partition."""

    async def first_from(self, number: int, offset: int) -> int:
        """The offset of a partition's first record at an offset or behind it; there must be one."""

    async def seek(self, number: int, offset: int) -> None:
        """Let the group's consumer read on at an offset."""

    async def put(self, topic: str, records: Iterable[tuple[str, bytes, bytes]]) -> None:
        """Put (unit, key, value) on a topic; back when all are acknowledged."""


CloseDays = Callable[[], Sequence[Event]]
"""Says what closing the days that are over says of every ticket still waiting; blocks."""

BYTES_AT_ONCE = 30_000_000
"""What is merged at once, some 126,000 packed events: more cost less each, and take longer to be in the tables.

No event is so short that these could be more than ``MOST_VISITS`` visits.
"""

REFUSALS_AT_ONCE = 1_000
RESTS = 9
"""How many times as long as it took announcing rests."""

BACKLOG_BYTES = BYTES_AT_ONCE // 4
"""A worker that has so much to merge at once works off a backlog: what it could announce is not the present."""

BACKLOG_SECONDS = 60.0
"""How long announcing rests, at least, while it does."""

WATCH_SECONDS = 5.0
"""How often it is looked whether records wait while none comes, and how long one that is sought may take."""

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
        source: Source,
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
        self._source = source
        self._changed: set[Page] = set()
        self._silent_until = 0.0
        self._quiet_until = 0.0
        """While a backlog is worked off; else 0."""
        self._partitions = partitions
        self._records_at_once = records_at_once
        self._within = within_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="merge")
        self._room = asyncio.Semaphore(2)  # one flush is merged while the one before it is written
        self._looking = False
        self._ending = False
        self._sending = asyncio.Lock()  # held by what sends of its own accord; Faust's producer must outlive it
        self._running: set[asyncio.Task[None]] = set()
        self._sought: dict[int, tuple[int, float]] = {}
        self._waited: Mapping[int, int] = {}
        self._proven: frozenset[int] = frozenset()
        """Partitions of which it was seen that the bus reaches as far as the tables."""
        self.events_topic = app.topic(EVENTS.name, value_type=bytes, value_serializer="raw")
        self.rejected_topic = app.topic(REJECTED.name, value_type=bytes, value_serializer="raw")

    async def assemble(self, stream: Any) -> None:
        """Events: merge what came, write it, let go of it."""
        async for taken in stream.noack_take(self._records_at_once, within=self._within):
            for portion in portions(taken, BYTES_AT_ONCE):
                await self._room.acquire()
                # what was fetched before partitions were dealt anew is fetched again by whoever owns them now
                current = [each for each in portion if each.message.generation_id == self._app.consumer_generation_id]
                if not current:
                    self._room.release()
                    continue
                began = time.perf_counter()
                flush = await self._must(self._worker.process, _by_partition(current))
                self._metrics.merged(flush, time.perf_counter() - began)
                task = asyncio.get_running_loop().create_task(self._let_go(stream, current, flush))
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
                await self._must(self._worker.patience.ask, self._keep_rejections, number, rejections)
                self._metrics.kept(len(rejections))
            for event in taken:
                await stream.ack(event)

    async def look(self) -> None:
        """Notice a new registry or a former owner's rows also when no records come."""
        if not self._running and not self._looking:
            self._looking = True
            await self._must(self._worker.look)
            self._looking = False

    async def watch(self) -> None:
        """Read on where the tables say when records wait and none comes; end the process when that does not help.

        The group's committed offset can be ahead of the tables: a flush that a successor overtook is not in them though
        its records were let go of, the tables may be restored from a copy, and Faust acks what it skips.
        Faust is also known to stall after rebalances in ways that only a new process mends.
        """
        await self._prove()
        before, self._waited = self._waited, {}
        if not self._health.quiet(WATCH_SECONDS, storage_away=self._worker.patience.away_since is not None):
            return
        reached = {number: at for number, at in self._worker.reached().items() if number in self._health.assigned}
        if not reached:
            return
        try:
            ends = await self._source.ends(reached)
        except NotNow as error:  # no fault of this worker
            log.warning("bus does not answer", error=str(error))
            return
        self._waited = {number: at for number, at in reached.items() if at < ends[number]}
        await self._read_on({number: at for number, at in self._waited.items() if before.get(number) == at})
        quiet = self._health.quiet(
            self._health.stalled_seconds, storage_away=self._worker.patience.away_since is not None
        )
        if quiet and self._waited:
            self._health.stalled = True
            stalled = NotNow(f"records wait and none came for {self._health.stalled_seconds:g} s")
            log.error("worker stops", error=str(stalled), kind="Stalled", partitions=sorted(self._waited))
            await self._app.crash(stalled)

    def changed(self, pages: Iterable[Page], *, backlog: bool = False) -> None:
        """These windows are to be announced, as long as a backlog is worked off once a minute."""
        self._changed.update(pages)
        if not backlog:
            self._quiet_until = 0.0
        elif not self._quiet_until:
            self._quiet_until = time.monotonic() + BACKLOG_SECONDS

    async def announce(self) -> None:
        """Say on the bus what changed since the last time, several changes of a window as one.

        It rests longer than it took: a worker with many units says the same less often. One that works off a backlog
        says what is past by now once a minute.
        """
        async with self._sending:
            began = time.monotonic()
            if self._ending or not self._changed or began < max(self._silent_until, self._quiet_until):
                return
            pages, self._changed = self._changed, set()
            try:
                await self._source.put(INDICATORS.name, await asyncio.to_thread(self._announced, pages))
            except NotNow:  # the next round says it; what is not announced is in the tables all the same
                self._changed |= pages
            ended = time.monotonic()
            self._silent_until = ended + RESTS * (ended - began)
            if self._quiet_until:
                self._quiet_until = ended + BACKLOG_SECONDS

    def _announced(self, pages: Iterable[Page]) -> list[tuple[str, bytes, bytes]]:
        return [(each.unit, *pack_announcement(each)) for each in self._announce(pages)]

    async def close_days(self) -> None:
        """Put on the bus who left this worker's units unserved: an event like any other."""
        async with self._sending:
            if self._ending:
                return
            try:
                events = await asyncio.to_thread(self._close_days)
            except NotNow:  # the next round does it
                return
            owned = self._health.assigned
            mine = [event for event in events if partition_of(event.data.unit, self._partitions) in owned]
            await asyncio.gather(*self._passed_on(mine))
            if mine:
                log.info("days closed", left=len(mine))

    async def assigned(self, app: Any, assigned: Any, **_: Any) -> None:
        """The group gave this worker these partitions, and no others."""
        self._health.assign(tp.partition for tp in assigned if tp.topic == EVENTS.name)
        self._worker.assign(self._health.assigned)
        self._proven = frozenset()
        log.info("partitions assigned", partitions=sorted(self._health.assigned))

    async def finish(self, app: Any, **_: Any) -> None:
        """The process is about to stop: write what is merged; a storage that is away is not waited for any longer."""
        self._ending = True
        self._worker.stop()
        if self._running:
            await asyncio.wait(self._running)
        async with self._sending:
            pass

    async def _prove(self) -> None:
        """Read partitions from their beginning that end before where the tables are: the bus lost its log.

        Else the tables would say nothing about the records that come in its stead until there are as many of them.
        """
        asked = self._health.assigned - self._proven
        reached = {number: at for number, at in self._worker.reached().items() if number in asked}
        if not reached:
            return
        try:
            ends = await self._source.ends(reached)
        except NotNow as error:
            log.warning("bus does not answer", error=str(error))
            return
        for number, at in reached.items():
            if ends[number] < at:
                log.warning("the bus lost records; it is read anew", partition=number, offset=at, end=ends[number])
                await self._must(self._worker.begin_anew, number)
        self._proven |= reached.keys()

    async def _read_on(self, places: Mapping[int, int]) -> None:
        """Read partitions on at offsets that the consumer has passed; where the bus has no such record, behind it."""
        for number, at in places.items():
            sought, when = self._sought.get(number, (-1, 0.0))
            if sought == at and self._health.clock() - when < WATCH_SECONDS:
                continue  # it is on its way
            self._sought[number] = at, self._health.clock()
            try:
                first = await self._source.first_from(number, at)
                if first > at:
                    log.warning("the bus has no such records", partition=number, offset=at, next_offset=first)
                    await self._must(self._worker.pass_over, number, first)
                else:
                    log.warning("records were passed over; reading them again", partition=number, offset=at)
                await self._source.seek(number, first)
            except NotNow as error:
                log.warning("bus does not answer", error=str(error))

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
            merged, left = [], {}
            for event in taken:
                number = event.message.partition
                if event.message.offset < flush.next_offsets[number]:
                    merged.append(event)
                else:
                    left[number] = flush.next_offsets[number]
            for event in merged:
                await stream.ack(event)
        except Exception as error:  # noqa: BLE001 - whatever it was, these records may not be let go of
            log.error("worker stops", error=str(error), kind=type(error).__name__)
            if not self._ending:  # Faust's producer ends before its agents do
                await self._app.crash(error)
        else:
            self.changed(flush.pages, backlog=sum(len(each.value or b"") for each in taken) >= BACKLOG_BYTES)
            if merged:
                self._health.let_go(flush.next_offsets)
            await self._read_on(left)
            arrivals = [at for events in flush.events for at in sampled(events.arrivals()).tolist()]
            now = time.time_ns() // 1_000_000
            self._metrics.written(time.perf_counter() - began, arrivals, now, let_go=bool(merged))
        finally:
            self._health.at_work -= 1
            self._room.release()

    def _passed_on(self, events: Sequence[Event]) -> list[Any]:
        """Events on their way to the partition of their unit, packed."""
        parts: dict[int, list[Event]] = {}
        for event in events:
            parts.setdefault(partition_of(event.data.unit, self._partitions), []).append(event)
        return [
            _sent(self.events_topic, value, PACKED_HEADERS, partition=number)
            for number, some in parts.items()
            for value in in_records(some)
        ]


def sampled(arrivals: Ints) -> Ints:
    """Some of them, evenly spread."""
    return arrivals[:: max(1, len(arrivals) // SAMPLED)]


def portions(taken: Iterable[Any], most_bytes: int) -> Iterator[list[Any]]:
    """Records in parts, each ended by the record with which its values reach so many bytes."""
    part: list[Any] = []
    size = 0
    for event in taken:
        part.append(event)
        size += len(event.value or b"")
        if size >= most_bytes:
            yield part
            part, size = [], 0
    if part:
        yield part


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
