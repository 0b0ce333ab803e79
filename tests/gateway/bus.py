"""A bus in memory that answers, is silent, fails or refuses, and events to put on it."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Literal

from pantau.bus.records import pack_rejection, packed
from pantau.bus.undelivered import ForGood, TooLarge, Undelivered
from pantau.domain.errors import NotNow
from pantau.domain.events import Event, TicketCreated
from pantau.domain.rejections import Rejection
from pantau.domain.wire import content_hash, encode_data
from tests.gateway.office import NOW, SOURCE

Mode = Literal["answers", "silent", "fails", "refuses"]


def ticket(unit: str, number: int) -> Event:
    data = TicketCreated(unit=unit, ticket=f"A-{number}")
    return Event(
        source=SOURCE,
        id=f"{unit}/{number}",
        kind="ticket.created",
        time=NOW,
        arrival=NOW + number,
        data=data,
        content=content_hash("ticket.created", NOW, encode_data(data)),
    )


def refusal(number: int, original: bytes = b"{}") -> Rejection:
    return Rejection(
        source=SOURCE,
        id=str(number),
        code="malformed",
        reasons=(),
        original=original,
        digest=str(number),
        retryable=False,
        arrival=NOW,
    )


class MemoryBus:
    """Keeps the order of what it is given, as a producer does; what it was silent about it may still take later.

    What was sent together and is longer than ``most_bytes`` or ``most_refused``, or holds an event of which ``bad`` is
    true or a refusal of which ``bad_refusal`` is, is refused for good, as a record is, and then nothing is taken once:
    the client begins anew.
    """

    def __init__(
        self,
        mode: Mode = "answers",
        *,
        most_bytes: int = 1 << 20,
        most_refused: int = 1 << 20,
        bad: Callable[[Event], bool] = lambda event: False,
        bad_refusal: Callable[[Rejection], bool] = lambda rejection: False,
    ) -> None:
        self._most_bytes, self._most_refused = most_bytes, most_refused
        self.bad, self.bad_refusal = bad, bad_refusal
        self.events: list[Event] = []
        self.rejections: list[Rejection] = []
        self._mode = mode
        self._broken = False
        self._held: list[tuple[Sequence[Event], Sequence[Rejection], Future[None]]] = []
        self._lock = threading.Lock()

    def turn(self, mode: Mode, *, held: Literal["taken", "lost"] = "taken") -> None:
        """Behave in another way from now on; what it was silent about is told at last."""
        with self._lock:
            self._mode = mode
            told, self._held = ([], self._held) if mode == "silent" else (self._held, [])
            if held == "taken":
                for events, rejections, _ in told:
                    self.events += events
                    self.rejections += rejections
        for _, _, future in told:
            self._answer(future, lost=held == "lost")

    def publish(self, events: Sequence[Event]) -> "Future[None]":
        return self._take(events, ())

    def reject(self, rejections: Sequence[Rejection]) -> "Future[None]":
        return self._take((), rejections)

    def _take(self, events: Sequence[Event], rejections: Sequence[Rejection]) -> "Future[None]":
        future: Future[None] = Future()
        with self._lock:
            mode, broken = self._mode, self._broken
            self._broken = False
            if mode == "refuses" or broken:
                raise NotNow("the bus takes no more")
            if mode == "silent":
                self._held.append((events, rejections, future))
                return future
            if mode == "answers" and (for_good := self._refused(events, rejections)) is not None:
                self._broken = True
                future.set_exception(Undelivered("InvalidRecordError", events, rejections, for_good=for_good))
                return future
            if mode == "answers":
                self.events += events
                self.rejections += rejections
        self._answer(future, lost=mode == "fails")
        return future

    def _refused(self, events: Sequence[Event], rejections: Sequence[Rejection]) -> type[ForGood] | None:
        sizes = len(b"".join(packed(events))), len(b"".join(map(pack_rejection, rejections)))
        if sizes[0] > self._most_bytes or sizes[1] > self._most_refused:
            return TooLarge
        return ForGood if any(map(self.bad, events)) or any(map(self.bad_refusal, rejections)) else None

    @staticmethod
    def _answer(future: "Future[None]", *, lost: bool) -> None:
        if lost:
            future.set_exception(NotNow("the bus lost it"))
        else:
            future.set_result(None)
