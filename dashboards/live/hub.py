"""One run of the queries for all who watch: built when windows change, at most twice a second, and sent to everybody.

A *topic* is ``overview``, ``sources`` or ``unit:CODE``. The hub works only while somebody watches.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

import msgspec
import structlog

from dashboards.live.models import Model, Overview
from dashboards.live.overview import overview
from dashboards.live.reading import Reader, units_at
from dashboards.live.sources import count, sources
from dashboards.live.unit import unit_view
from pantau.domain.errors import BadSetup, NotNow
from pantau.domain.registry import Registry
from storage.engine import Answer

log = structlog.get_logger(__name__)

LEAST_GAP_S: Final = 0.5
"""Between the starts of two builds."""

BUSY_FACTOR: Final = 1.5
"""And at least so many times as long as a build takes: the page never takes all of the time."""

HEARTBEAT_S: Final = 1.0
"""A viewer hears at least so often, so that it knows the server's time and that the line is alive."""

REFRESH_S: Final = 10.0
"""Without any event the page is still built so often: silence, openings and midnight come by themselves."""

AGAIN_S: Final = 2.0
"""After a build that failed, the next is tried so soon."""

STALE_S: Final = 3 * REFRESH_S
"""After how long without a build, whatever holds it up, viewers are told that what they see is old."""

RETRY_MS: Final = 1000
"""What a browser waits before it connects again."""

UNIT: Final = "unit:"


class Runtime(Protocol):
    """What the page needs of the process that owns the data."""

    @property
    def registry(self) -> Registry:
        """The registry in force."""

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Answer a named query; blocks."""

    def changes(self) -> AsyncIterator[int]:
        """The newest version whenever windows changed."""


class Viewer:
    """One open page: what it watches, and the newest of each that it has not been sent yet. A slow one skips."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self._waiting: dict[str, bytes] = {}
        self._some = asyncio.Event()

    def give(self, topic: str, message: bytes) -> None:
        """Send this next, instead of what still waits of the same topic."""
        self._waiting[topic] = message
        self._some.set()

    def wake(self) -> None:
        """Let :meth:`take` return now."""
        self._some.set()

    async def take(self, seconds: float) -> list[bytes]:
        """What waits; empty when nothing came in the time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._some.wait(), seconds)
        self._some.clear()
        taken, self._waiting = [*self._waiting.values()], {}
        return taken


class Hub:
    """Builds the models and hands them out. Lives in one event loop; the queries run in worker threads."""

    def __init__(self, runtime: Runtime, clock: Callable[[], int]) -> None:
        self._runtime = runtime
        self._clock = clock
        self._reader = Reader(runtime)
        self._viewers: set[Viewer] = set()
        self._ended = False
        self._task: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._overview: tuple[float, Overview] | None = None
        self._failure: tuple[float, Exception] | None = None
        self._good: tuple[float, int] | None = None
        self._built: dict[str, tuple[float, bytes]] = {}

    async def newest(self, topic: str) -> bytes:
        """The JSON of a topic, not older than the least gap.

        Raises LookupError for a unit that does not exist, NotNow or BadSetup when the tables do not answer.
        """
        async with self._lock:
            failure = self._failure
            if failure is not None and isinstance(failure[1], NotNow) and time.monotonic() - failure[0] < AGAIN_S:
                raise NotNow(str(failure[1]))  # who waited while another tried in vain need not try too
            built = self._built.get(topic)
            if built is not None and time.monotonic() - built[0] < LEAST_GAP_S:
                return built[1]
            return await self._build(topic)

    async def watch(self, topics: Iterable[str]) -> AsyncIterator[bytes]:
        """Server-sent events for one viewer, until it goes away."""
        viewer = Viewer(topics)
        yield b"retry: %d\n\n" % RETRY_MS
        try:
            self._join(viewer)
            await self._begin(viewer)
            while not self._ended:
                for message in await viewer.take(HEARTBEAT_S) or [self._heartbeat()]:
                    yield message
        finally:
            self._leave(viewer)

    async def _begin(self, viewer: Viewer) -> None:
        """Give a viewer all it watches; as long as that cannot be built, what was built last, if anything."""
        for topic in sorted(viewer.topics):
            if self._failure is None:
                with suppress(Exception):  # told by whoever built it; the viewer hears below how it stands
                    viewer.give(topic, await self._message(topic))
            if self._failure is not None and topic in self._built:
                viewer.give(topic, event(topic, self._built[topic][1]))
        if self._failure is not None:
            viewer.give("stale", self._heartbeat())

    def _heartbeat(self) -> bytes:
        """The server's time, and whether what viewers see is older than it should be."""
        good = self._good
        if self._failure is None and good is not None and time.monotonic() - good[0] < STALE_S:
            return b'event: tick\ndata: {"now":%d}\n\n' % self._clock()
        since = b"null" if good is None else b"%d" % good[1]
        return b'event: stale\ndata: {"now":%d,"since":%s}\n\n' % (self._clock(), since)

    def _fail(self, error: Exception) -> None:
        """Viewers are told at their next heartbeat, the log once until something changes; of a bug with traceback."""
        if self._failure is None or repr(self._failure[1]) != repr(error):
            if isinstance(error, NotNow | BadSetup):
                log.warning("the live page cannot be built", error=str(error))
            else:
                log.error("the live page could not be built", exc_info=error)
        self._failure = (time.monotonic(), error)

    def _join(self, viewer: Viewer) -> None:
        self._viewers.add(viewer)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name="live page")

    def _leave(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        if not self._viewers and self._task is not None:
            self._task.cancel()
            self._task = None
            self._built.clear()

    async def _follow(self) -> None:
        """Build and send whenever windows changed, and now and then without a change."""
        changed = asyncio.Event()
        listener = asyncio.create_task(self._listen(changed), name="changes for the live page")
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), REFRESH_S if self._failure is None else AGAIN_S)
                changed.clear()
                began = time.monotonic()
                with suppress(Exception):  # told where it was built; the next round may work again
                    await self._send_all()
                spent = time.monotonic() - began
                await asyncio.sleep(max(LEAST_GAP_S, BUSY_FACTOR * spent) - spent)
        finally:
            listener.cancel()
            with suppress(asyncio.CancelledError):
                await listener

    async def _listen(self, changed: asyncio.Event) -> None:
        async for _ in self._runtime.changes():
            changed.set()
        self._ended = True
        for viewer in self._viewers:
            viewer.wake()

    async def _send_all(self) -> None:
        topics = {topic for viewer in self._viewers for topic in viewer.topics}
        for topic in sorted(topics):  # overview first: units take their row from it
            message = await self._message(topic, fresh=True)
            for viewer in self._viewers:
                if topic in viewer.topics:
                    viewer.give(topic, message)

    async def _message(self, topic: str, *, fresh: bool = False) -> bytes:
        """The event that tells a topic, or that there is no such unit (a registry to come may bring it)."""
        try:
            if not fresh:
                return event(topic, await self.newest(topic))
            async with self._lock:
                return event(topic, await self._build(topic))
        except LookupError:
            return event("missing", msgspec.json.encode({"code": topic.removeprefix(UNIT)}))

    async def _build(self, topic: str) -> bytes:
        """Run the queries of one topic now. Raises LookupError for a unit that does not exist."""
        began, now = time.monotonic(), self._clock()
        try:
            model = await asyncio.to_thread(self._model, topic)
        except LookupError:
            raise
        except Exception as error:
            self._fail(error)
            raise
        if self._failure is not None:
            log.info("the live page is built again")
        self._failure, self._good = None, (began, now)
        encoded = msgspec.json.encode(model)
        self._built[topic] = (time.monotonic(), encoded)
        return encoded

    def _model(self, topic: str) -> Model:
        now = self._clock()
        if topic == "sources":
            return sources(self._reader, now)
        if topic == "overview":
            return self._fresh_overview(now)
        code = topic.removeprefix(UNIT)
        unit = next((unit for unit in units_at(self._reader.registry, now) if unit.code == code), None)
        if unit is None:
            raise LookupError(code)
        known = self._overview
        shown = known[1] if known and time.monotonic() - known[0] < LEAST_GAP_S else self._fresh_overview(now)
        row = next((row for row in shown.units if row.code == code), None)
        if row is None:  # the unit began to exist between the two looks
            row = next(row for row in self._fresh_overview(now).units if row.code == code)
        return unit_view(self._reader, unit, row, shown.as_of)

    def _fresh_overview(self, now: int) -> Overview:
        found = overview(self._reader, now, count(sources(self._reader, now)))
        self._overview = (time.monotonic(), found)
        return found


def event(topic: str, data: bytes) -> bytes:
    """A server-sent event; its name is the topic without the unit's code."""
    return b"event: %s\ndata: %s\n\n" % (topic.partition(":")[0].encode(), data)
