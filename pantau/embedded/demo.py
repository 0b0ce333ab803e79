"""The demo: a seeded, simulated working day of Lampung Selatan on the real product, at an adjustable speed.

Some weeks of history are written first, so that trends, bands and trained units have something to show; then the day
runs: every simulated event goes through validation, log, pipeline and page like any other.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import structlog

from pantau.domain.registry import Registry
from pantau.domain.zones import day_start
from pantau.embedded.desk import LocalDesk
from pantau.registry_file import parse
from producers.simulator.draft import Draft
from producers.simulator.faults import with_faults
from producers.simulator.registry import registry_toml
from producers.simulator.stream import events, recorded_before
from producers.simulator.world import World
from producers.simulator.worlds import ready

log = structlog.get_logger(__name__)

ZONE = "Asia/Jakarta"
OPENING_MINUTES = 7 * 60 + 25
"""The local minute at which the demo's clock starts: just before the offices open."""

_CHUNK = 5_000
_STEP_SECONDS = 0.1


class SimulatedClock:
    """Simulated time: stands still until it is started, then runs ``speed`` times as fast as the wall clock."""

    def __init__(self, start: int, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._began: float | None = None

    def run(self) -> None:
        """Let time pass from now on."""
        self._began = time.monotonic()

    def __call__(self) -> int:
        """Now, ms UTC."""
        if self._began is None:
            return self._start
        return self._start + int((time.monotonic() - self._began) * 1000 * self._speed)


class Demo:
    """What a demo needs: its world, registry, clock, and the feeding of both history and day."""

    def __init__(self, *, day: date | None, speed: float, seed: int, history_days: int) -> None:
        self.world: World = ready("lampung_selatan" if day is None else f"lampung_selatan:{day}")
        self.day = self.world.last_day
        self.seed = seed
        self.first = self.day - timedelta(days=history_days)
        self.registry: Registry = parse(registry_toml(self.world))
        self.clock = SimulatedClock(day_start(ZONE, self.day) + OPENING_MINUTES * 60_000, speed)

    def _sent(self, first: date) -> Iterator[Draft]:
        """What the sources send from a day on, with the faults of real ones, in the order of sending."""
        return with_faults(events(self.world, self.seed, first, self.day), self.world.faults, self.seed)

    def history(self) -> Iterator[Draft]:
        """Everything sent before the demo's clock starts."""
        yield from recorded_before(self.world, self.first)
        start = self.clock()
        for draft in self._sent(self.first):
            if draft.sent >= start:
                return
            yield draft

    def write_history(self, desk: LocalDesk, on_progress: Callable[[float], None]) -> int:
        """Write the history at full speed; tells the share of its days that is done. Returns the number of events."""
        begin, end = day_start(ZONE, self.first), self.clock()
        drafts = self.history()
        n = 0
        while some := [*islice(drafts, _CHUNK)]:
            taken, durable = desk.intake.take(some, [draft.sent for draft in some])
            durable.result()
            n += taken.accepted
            on_progress(min(1.0, max(0.0, (some[-1].sent - begin) / (end - begin))))
        desk.settled()
        return n

    @contextmanager
    def feed(self, desk: LocalDesk) -> Iterator[None]:
        """Send the day's events as their time comes, for as long as the block lasts."""
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=(desk, stop), name="demo", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _run(self, desk: LocalDesk, stop: threading.Event) -> None:
        start = self.clock()
        coming = (draft for draft in self._sent(self.day) if draft.sent >= start)
        self.clock.run()
        due: list[Draft] = []
        for draft in coming:
            while draft.sent > self.clock():
                if due:
                    desk.intake.take(due)
                    due = []
                if stop.wait(_STEP_SECONDS):
                    return
            due.append(draft)
            if len(due) >= _CHUNK:
                desk.intake.take(due)
                due = []
        if due:
            desk.intake.take(due)
        log.info("the simulated day has ended")


def fresh(data_dir: Path) -> None:
    """Make room for a new demo: what an earlier one left is removed. Nothing but a demo's own files is touched."""
    import shutil

    for name in ("store", "secret", "run.json"):
        path = data_dir / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
