"""Work that is done again and again, each kind in a thread of its own, for as long as a block lasts."""

import threading
from collections.abc import Callable

import msgspec
import structlog

from pantau.domain.errors import PantauError

log = structlog.get_logger(__name__)


class Round(msgspec.Struct, frozen=True):
    """What is done, how it is called in the log, and how many seconds lie between the end of one and the next.

    ``do`` may block. What it raises of our own errors is told and the round is done again the next time: the store is
    busy or closing. It is given a question to ask now and then: whether it should stop half-way.
    """

    name: str
    every_seconds: float
    do: Callable[[Callable[[], bool]], object]


class Rounds:
    """Rounds for as long as the block lasts; each thread ends with the round it is in.

    Kinds that must not hold each other up (a slow channel, and what is found) are rounds of their own. ``on_round`` is
    told the name of a round after each that went well.
    """

    def __init__(self, *rounds: Round, on_round: Callable[[str], None] = lambda name: None) -> None:
        self._stop = threading.Event()
        self._on_round = on_round
        self._threads = [
            threading.Thread(target=self._run, args=(each,), name=each.name, daemon=True) for each in rounds
        ]

    def __enter__(self) -> "Rounds":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def running(self) -> bool:
        """Whether any round goes on."""
        return any(thread.is_alive() for thread in self._threads)

    def _run(self, each: Round) -> None:
        while not self._stop.wait(each.every_seconds):
            try:
                each.do(self._stop.is_set)
            except PantauError as error:
                log.warning("a round failed and is done again", round=each.name, error=str(error))
            else:
                self._on_round(each.name)
