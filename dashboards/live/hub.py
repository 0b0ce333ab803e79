"""One run of the queries for all who watch: built when windows change, at most twice a second, and sent to everybody.

Topics are those of :mod:`dashboards.live.building`. The hub works only while somebody watches.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, Literal, Protocol

import msgspec
import structlog

from dashboards.live.building import BOARD, OVERVIEW, UNIT, Builder
from pantau.domain.errors import BadSetup, NotNow
from pantau.domain.registry import Registry
from storage.engine import Answer

log = structlog.get_logger(__name__)

LEAST_GAP_S: Final = 0.5
"""Between the starts of two builds of a topic."""

Lane = Literal["pages", "boards"]

REST: Final[dict[Lane, float]] = {"pages": 0.5, "boards": 1.0}
"""After each build its lane rests for so many times as long as it took: the page never takes all of the time.

What a page shows is built beside the boards, not after them: a board may take as long as the delay of an overview may.
"""

SHARE: Final = 3.0
"""So many times as long as its own build took a topic waits for the next, so that none holds up the others.

Not the overview, which everybody watches and which goes before all others.
"""

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

MOST_TOPICS: Final = 200
"""So many different views are kept up to date at once; more are refused until viewers leave."""


class Runtime(Protocol):
    """What the page needs of the process that owns the data."""

    @property
    def registry(self) -> Registry:
        """The registry in force."""

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Answer a named query; blocks."""

    def select(self, text: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a query of a board, given as text; blocks. The text is ours, with values in quotes."""

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
        self._builder = Builder(runtime, clock)
        self._viewers: set[Viewer] = set()
        self._ended = False
        self._task: asyncio.Task[None] | None = None
        self._locks: dict[Lane, asyncio.Lock] = {lane: asyncio.Lock() for lane in REST}
        self._failure: tuple[float, Exception] | None = None
        self._good: tuple[float, int] | None = None
        self._built: dict[str, tuple[float, bytes]] = {}
        self._due: dict[str, float] = {}

    async def newest(self, topic: str) -> bytes:
        """The JSON of a topic, not older than the least gap.

        Raises LookupError for a unit that does not exist, NotNow or BadSetup when the tables do not answer.
        """
        async with self._locks[_lane(topic)]:
            failure = self._failure
            if failure is not None and isinstance(failure[1], NotNow) and time.monotonic() - failure[0] < AGAIN_S:
                raise NotNow(str(failure[1]))  # who waited while another tried in vain need not try too
            built = self._built.get(topic)
            if built is not None and time.monotonic() - built[0] < LEAST_GAP_S:
                return built[1]
            watched = self._watched()
            if topic not in watched and len(watched) >= MOST_TOPICS:
                raise NotNow(f"{len(watched)} different views are looked at already; look at one of them or come later")
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
        """Give a viewer all it watches: what others who watch it see, else what is built for him.

        As long as that cannot be built, what was built last, if anything.
        """
        followed = {topic for other in self._viewers if other is not viewer for topic in other.topics}
        for topic in sorted(viewer.topics):
            if self._failure is None and topic in followed and topic in self._built:
                viewer.give(topic, event(topic, self._built[topic][1]))
            elif self._failure is None:
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
        self._forget()

    def _watched(self) -> set[str]:
        return {topic for viewer in self._viewers for topic in viewer.topics}

    def _forget(self) -> None:
        """Let go of what nobody watches and nobody asked for just now."""
        watched, now = self._watched(), time.monotonic()
        self._built = {
            topic: built for topic, built in self._built.items() if topic in watched or now - built[0] < LEAST_GAP_S
        }
        self._due = {topic: due for topic, due in self._due.items() if topic in watched}

    async def _follow(self) -> None:
        """Build and send whenever windows changed, and now and then without a change."""
        changed: dict[Lane, asyncio.Event] = {lane: asyncio.Event() for lane in REST}
        listener = asyncio.create_task(self._listen(changed.values()), name="changes for the live page")
        try:
            await asyncio.gather(*(self._drive(lane, changed[lane]) for lane in REST))
        finally:
            listener.cancel()
            with suppress(asyncio.CancelledError):
                await listener

    async def _drive(self, lane: Lane, changed: asyncio.Event) -> None:
        """Build the topics of a lane, one after the other."""
        looked = time.monotonic()
        behind: set[str] = set()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), self._patience(behind, looked))
            now = time.monotonic()
            watched = {topic for topic in self._watched() if _lane(topic) == lane}
            if changed.is_set() or now - looked >= (REFRESH_S if self._failure is None else AGAIN_S):
                changed.clear()
                behind, looked = watched, now
            behind &= watched
            topic = min(behind, key=lambda each: self._turn(each, now), default=None)
            if topic is None or self._due.get(topic, now) > now:
                continue
            behind.discard(topic)  # a change from now on makes it behind again
            with suppress(Exception):  # told where it was built; the next time it may work again
                await self._send(topic)
            await asyncio.sleep(REST[lane] * (time.monotonic() - now))

    def _turn(self, topic: str, now: float) -> tuple[bool, bool, float, str]:
        """Who goes first: what may be built now, of that the overview, then what has waited longest."""
        due = self._due.get(topic, 0.0)
        return due > now, topic != OVERVIEW, due, topic

    def _patience(self, behind: Iterable[str], looked: float) -> float:
        """How long to wait for a change: until what is behind may be built, or all is looked at again without one.

        Never long: what a new viewer asks for may fail meanwhile.
        """
        now = time.monotonic()
        again = looked + (REFRESH_S if self._failure is None else AGAIN_S)
        return max(0.0, min([again, now + AGAIN_S, *(self._due.get(topic, now) for topic in behind)]) - now)

    async def _listen(self, changed: Collection[asyncio.Event]) -> None:
        async for _ in self._runtime.changes():
            for event_of_lane in changed:
                event_of_lane.set()
        self._ended = True
        for viewer in self._viewers:
            viewer.wake()

    async def _send(self, topic: str) -> None:
        """Build a topic and send it to whoever watches it."""
        message = await self._message(topic, fresh=True)
        for viewer in self._viewers:
            if topic in viewer.topics:
                viewer.give(topic, message)

    async def _message(self, topic: str, *, fresh: bool = False) -> bytes:
        """The event that tells a topic, or that there is no such unit (a registry to come may bring it)."""
        try:
            if not fresh:
                return event(topic, await self.newest(topic))
            async with self._locks[_lane(topic)]:
                return event(topic, await self._build(topic))
        except LookupError:
            return event("missing", msgspec.json.encode({"code": topic.removeprefix(UNIT)}))

    async def _build(self, topic: str) -> bytes:
        """Run the queries of one topic now. Raises LookupError for a unit that does not exist."""
        began, now = time.monotonic(), self._clock()
        self._due[topic] = began + LEAST_GAP_S
        try:
            model = await asyncio.to_thread(self._builder.build, topic)
        except LookupError:
            raise
        except Exception as error:
            self._fail(error)
            raise
        if self._failure is not None:
            log.info("the live page is built again")
        self._failure, self._good = None, (began, now)
        encoded = msgspec.json.encode(model)
        done = time.monotonic()
        self._forget()
        self._built[topic] = (done, encoded)
        share = 0 if topic == OVERVIEW else SHARE * (done - began)
        self._due[topic] = max(began + LEAST_GAP_S, done + max(self._builder.least_gap_s(topic), share))
        return encoded


def _lane(topic: str) -> Lane:
    return "boards" if topic.startswith(BOARD) else "pages"


def event(topic: str, data: bytes) -> bytes:
    """A server-sent event; its name is the topic without the unit's code."""
    return b"event: %s\ndata: %s\n\n" % (topic.partition(":")[0].encode(), data)
