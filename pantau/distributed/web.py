"""``pantau web``: the live page from a server's tables, which it only reads; workers write them.

Where it is given a user that may, it writes what people answer to alerts; where it is given the bus, it sends trainings
that viewers record there, as a gateway does.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, suppress
from typing import Any, Final

import structlog

from pantau.alerting.hooks import read_hooks
from pantau.distributed.answering import answers
from pantau.distributed.recording import recording_on_the_bus
from pantau.domain.errors import BadSetup, NotNow
from pantau.domain.registry import Registry
from pantau.settings import Settings, revealed
from pantau.web.page_app import create_page_app
from pantau.web.server import bind, ignore_stop_signals, run, wall_clock
from storage.address import open_server
from storage.engine import Answer, Engine
from storage.migrate import require
from storage.queries import sql
from storage.registries import newest
from storage.store import Store

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0
"""How often the tables are asked whether anything is new, once for all who watch."""

PATIENCE_SECONDS: Final = 2.0
"""How long a question is asked again before the page says that the tables do not answer."""

SILENCE_SECONDS: Final = 10.0
"""After how long without a word a server counts as away; one that works on a query tells its progress meanwhile."""


class ServedTables:
    """What the page needs (:class:`dashboards.live.hub.Runtime`), asked of a server. Any thread may use it."""

    def __init__(self, engine: Engine, *, by_newest_event: bool = False) -> None:
        self._engine = engine
        self._by_newest_event = by_newest_event
        self._newest_event = 0
        self._store: Store | None = None
        self._registry: Registry | None = None
        self._looked = float("-inf")
        self._found: tuple[Any, ...] | None = None
        self._lock = threading.Lock()
        self._watching = threading.Lock()
        self._ending = False
        self._watchers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def registry(self) -> Registry:
        """The registry that was loaded last, at most a look old.

        Raises BadSetup when there is none or the tables are not ours, NotNow when they cannot be asked.
        """
        with self._lock:
            if self._registry is None or time.monotonic() - self._looked >= LOOK_SECONDS:
                self._look()
            assert self._registry is not None, "a look finds one or raises"
            return self._registry

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a named query; blocks."""
        return self.select(sql(name), params)

    def select(self, text: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a query given as text, as the boards have them; blocks."""
        return self._engine.query(text, params)

    def now(self) -> int:
        """What the page takes for now, ms UTC: this machine's clock or, where wanted, that of the newest event."""
        return self._newest_event or wall_clock()

    def check(self) -> None:
        """Raise NotNow or BadSetup unless the tables answer now and have a registry."""
        with self._lock:
            self._look()

    async def changes(self) -> AsyncIterator[int]:
        """A rising number, whenever workers have written something, a registry was loaded or the tables are back.

        Ends when the process is about to stop.
        """
        watcher = (asyncio.get_running_loop(), asyncio.Event())
        with self._watching:  # not the lock of looks: that is held for as long as a server does not answer
            self._watchers.add(watcher)
        seen = self._found
        n = 0
        try:
            while not await self._ends(watcher[1]):
                found = await asyncio.to_thread(self._state)
                if found is not None and found != seen:
                    n += 1
                    yield n
                seen = found
        finally:
            with self._watching:
                self._watchers.discard(watcher)

    async def _ends(self, told: asyncio.Event) -> bool:
        """Whether the process is about to stop, after a look's time or as soon as that is told."""
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), LOOK_SECONDS)
        return self._ending

    def end_watching(self) -> None:
        """Tell those who wait for changes that none will come: the process is about to stop."""
        self._ending = True
        with self._watching:
            watchers = [*self._watchers]
        for loop, event in watchers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def _state(self) -> tuple[Any, ...] | None:
        """What a look finds; None when the tables cannot be asked, which the page tells by itself."""
        try:
            with self._lock:
                if time.monotonic() - self._looked > LOOK_SECONDS / 2:  # one look serves all who listen
                    self._look()
                return self._found
        except (NotNow, BadSetup):
            return None

    def _look(self) -> None:
        """Ask what is newest, and for the registry when it is another one. Called with the lock held."""
        if self._store is None:
            require(self._engine)
            self._store = Store(self._engine)
        found = self._engine.query(sql("newest_state")).rows[0]
        if self._registry is None or self._found is None or found[1] != self._found[1]:
            loaded = newest(self._store)
            if loaded is None:
                raise BadSetup("no registry is loaded yet; load one: pantau registry load registry.toml --data STORE")
            self._registry = loaded.registry
        if self._by_newest_event:
            newest_event = self._engine.query(sql("newest_event")).rows[0][0]
            self._newest_event = max(self._newest_event, int(newest_event))
        self._found, self._looked = found, time.monotonic()


def run_web(settings: Settings, *, on_start: Callable[[str], None] = lambda url: None) -> None:
    """Serve the page until SIGINT or SIGTERM. Tables that do not answer are no reason not to start.

    Raises BadSetup for a store that is not given, not set up or has no registry.
    """
    password = revealed(settings.store_password)
    engine = open_server(settings.store or "", password, patience=PATIENCE_SECONDS, timeout=SILENCE_SECONDS)
    with ExitStack() as stack:
        stack.callback(engine.close)
        tables = ServedTables(engine, by_newest_event=settings.web_clock == "newest")
        try:
            tables.check()
        except NotNow as error:
            log.warning("the tables do not answer yet", error=str(error))
        ignore_stop_signals()
        answering = stack.enter_context(answers(tables, settings))
        hooks = read_hooks(settings.reply_hooks)
        app = create_page_app(
            tables,
            tables.now,
            check=tables.check,
            access=settings.access(),
            alerts=answering,
            hooks=hooks,
            recording=stack.enter_context(recording_on_the_bus(tables, settings)),
        )
        with bind(settings.host, settings.port) as listening:
            url = f"http://{settings.host}:{listening.getsockname()[1]}"
            # the open streams of the page end before the server waits for connections to close
            run(app, listening, on_start=lambda: on_start(url), on_signal=tables.end_watching)
