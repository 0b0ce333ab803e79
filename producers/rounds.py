"""A source that is asked again and again: rounds, pauses, patience when something is away, and a clean stop."""

import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Protocol

import structlog

from pantau.domain.errors import NotNow
from producers.feeding import Feed

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 60.0


class Source(Protocol):
    """Something that holds rows: a table, a broker, a folder."""

    def round(self, feed: Feed, stop: threading.Event) -> None:
        """Hand in what is new and remember that once it is durable; ends early when ``stop`` is set.

        Raises NotNow where the source or the place is away; nothing is lost by that, the next round begins where the
        last durable one ended.
        """


class Patience:
    """How long to wait before the next attempt: a second, then twice as long each time, up to a minute.

    A fifth is left to chance, so that many who wait for one thing do not come back together.
    """

    def __init__(self) -> None:
        self._seconds = 0.5

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        self._seconds = min(self._seconds * 2, LONGEST_WAIT_SECONDS)
        return self._seconds * random.uniform(0.8, 1.0)

    def reset(self) -> None:
        """It worked."""
        self._seconds = 0.5


def keep_asking(
    source: Source,
    open_feed: Callable[[], AbstractContextManager[Feed]],
    *,
    every: float | None,
    stop: threading.Event,
) -> None:
    """Ask a source every ``every`` seconds until ``stop`` is set; with None once.

    Whatever is away is waited for, by opening the feed anew; asked once, NotNow is raised to the caller instead.
    """
    patience = Patience()
    while not stop.is_set():
        try:
            with open_feed() as feed:
                while not stop.is_set():
                    source.round(feed, stop)
                    patience.reset()
                    if every is None:
                        return
                    stop.wait(every)
        except NotNow as error:
            if every is None:
                raise
            seconds = patience.next()
            log.warning("waiting", because=str(error), again_in_seconds=round(seconds, 1))
            stop.wait(seconds)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM or Ctrl-C sets; a second one ends the process at once."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
