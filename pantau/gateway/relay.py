"""The gateway's runtime on a bus: what is accepted is on the bus, or in the spool until the bus has it.

While the bus answers, a request is answered when the bus has its events. When the bus refuses, or is silent for longer
than the patience, everything it has not acknowledged goes to the spool in the order in which it came, and what comes
then goes behind it. The spool is emptied into the bus in that order; when little is left, the rest and all that follows
goes to the bus directly again. So the bus may hear an event twice and never misses one, and events keep their order.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError, wait
from itertools import takewhile
from typing import Any, Final

import msgspec
import structlog

from pantau.bus.spooled import EVENTS, REJECTIONS, Spooled, Unreadable, is_unreadable, read, written
from pantau.bus.undelivered import ForGood, TooLarge, Undelivered
from pantau.domain.errors import BadEvent, NotNow
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.rejections import Rejection
from pantau.gateway.limits import Clock
from pantau.gateway.relay_metrics import RelayMetrics
from pantau.gateway.sides import Bus, Spool
from pantau.gateway.sieve import Sieve

log = structlog.get_logger(__name__)

DRAIN_BYTES: Final = 4 * 1024 * 1024
"""About how much of the spool the bus is given before its answer is awaited: some 15,000 events."""

PAUSE_SECONDS: Final = (0.1, 1.0)
"""How long to wait after a bus that did not answer: at first, doubled each time, and at most."""

SWITCH_SECONDS: Final = 0.1
"""How long senders may be held up on the way back from the spool to the bus."""

ROOM_BYTES: Final = 64 * 1024
"""How much room the spool must have for the gateway to say that it is ready while the bus is away."""

UNREADY_SECONDS: Final = 5.0
"""How long after a failed write of the spool the gateway says that it is not ready; then the next request may try."""


class Condition(msgspec.Struct, frozen=True):
    """How it stands: whether the bus is published to directly, else why not; what waits in the spool, and set aside."""

    bus: str
    why: str | None
    spooled_events: int
    spool_bytes: int
    set_aside_files: int


class _Parcel:
    """What was handed in together; ``done`` is what its sender waits for."""

    __slots__ = ("done", "kind", "since", "what")

    def __init__(self, kind: int, what: Sequence[Any]) -> None:
        self.kind = kind
        self.what = what
        self.since = time.monotonic()
        self.done: Future[None] = Future()


class Relay:
    """Takes what the gateway accepted or refused, for as long as the block lasts; then what waits is in the spool."""

    def __init__(
        self,
        bus: Bus,
        spool: Spool,
        registry: Callable[[], Registry],
        *,
        patience_seconds: float,
        clock: Clock,
        secret: bytes,
        metrics: RelayMetrics,
    ) -> None:
        self._bus = bus
        self._spool = spool
        self._registry = registry
        self._patience = patience_seconds
        self._clock = clock
        self._metrics = metrics
        self._lock = threading.RLock()
        self._pending: dict[_Parcel, None] = {}
        """What the bus was given and has not acknowledged, in order."""
        self._direct = spool.empty
        self._why: str | None = None if self._direct else "the spool of an earlier run is not empty"
        self._failed_at = -UNREADY_SECONDS
        self._closing = False
        self._sieve = Sieve(
            events=bus.publish,
            refusals=bus.reject,
            set_aside=self._set_aside,
            stopping=lambda: self._closing,
            secret=secret,
        )
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        metrics.follow(spool, clock, direct=lambda: self._direct)

    def __enter__(self) -> "Relay":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what the bus is about to acknowledge, no longer than the patience; spool the rest."""
        with self._lock:
            self._closing = True
            waiting = [parcel.done for parcel in self._pending]
        wait(waiting, self._patience)
        with self._lock:
            if self._pending:
                self._turn("the gateway stops")
            self._direct = False
        self._wake.set()
        self._thread.join()
        self._spool.settled(self._patience)

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        return self._registry()

    def submit(self, events: Sequence[Event]) -> "Future[None]":
        """Hand in events; done when they are on the bus or in the spool. Raises NotNow when neither takes them."""
        return self._take(_Parcel(EVENTS, events))

    def reject(self, rejections: Sequence[Rejection]) -> "Future[None]":
        """Hand in refusals; done when they are on the bus or in the spool, with none when either would take some.

        Raises NotNow when neither does.
        """
        if rejections:
            return self._take(_Parcel(REJECTIONS, rejections))
        with self._lock:
            if self._closing:
                raise NotNow("the gateway stops")
            if not self._direct:
                if self._unwritable():
                    raise NotNow("the bus does not answer and the spool cannot be written")
                if self._spool.room_bytes < ROOM_BYTES:
                    raise NotNow("the bus does not answer and the spool is full")
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def _unwritable(self) -> bool:
        return time.monotonic() - self._failed_at < UNREADY_SECONDS

    def condition(self) -> Condition:
        """How it stands now."""
        with self._lock:
            return Condition(
                bus="answers" if self._direct else "away",
                why=self._why,
                spooled_events=self._spool.n_events,
                spool_bytes=self._spool.size_bytes,
                set_aside_files=self._spool.n_damaged,
            )

    def _take(self, parcel: _Parcel) -> "Future[None]":
        with self._lock:
            if self._closing:
                raise NotNow("the gateway stops; send again in a moment")
            if self._direct:
                try:
                    acknowledged = self._publish(parcel.kind, parcel.what)
                except (NotNow, BadEvent) as error:  # what is too large for the bus is sifted out on its way from there
                    self._turn(str(error))
                else:
                    self._pending[parcel] = None
                    acknowledged.add_done_callback(lambda future: self._acknowledged(parcel, future))
                    return parcel.done
            self._to_spool(parcel)
        return parcel.done

    def _publish(self, kind: int, what: Sequence[Any]) -> "Future[None]":
        return self._bus.publish(what) if kind == EVENTS else self._bus.reject(what)

    def _acknowledged(self, parcel: _Parcel, future: "Future[None]") -> None:
        """The bus has it, or said that it does not: then it is spooled with all that came after it."""
        error = future.exception()
        with self._lock:
            if error is not None:
                if parcel in self._pending:
                    self._turn(str(error))
                return
            self._pending.pop(parcel, None)
        if _resolve(parcel.done):
            self._metrics.published(len(parcel.what), time.monotonic() - parcel.since)

    def _turn(self, why: str) -> None:
        """From the bus to the spool, with everything that the bus has not acknowledged; called with the lock held."""
        pending, self._pending = [*self._pending], {}
        self._tell(why)
        self._direct = False
        for parcel in pending:
            try:
                self._to_spool(parcel)
            except NotNow as error:
                _resolve(parcel.done, error)
        self._wake.set()

    def _tell(self, why: str) -> None:
        """Why it is not the bus that events go to; said once, not at every try."""
        if why != self._why:
            log.warning("events go to the spool", why=why)
        self._why = why

    def _to_spool(self, parcel: _Parcel) -> None:
        entry = written(parcel.kind, parcel.what, self._clock())
        try:
            durable = self._spool.append(entry.kind, entry.value, n=entry.n, at=entry.at)
        except NotNow:
            self._metrics.refused(entry.n)
            raise
        durable.add_done_callback(lambda future: self._spooled(parcel, future))

    def _spooled(self, parcel: _Parcel, future: "Future[None]") -> None:
        error = future.exception()
        if error is None:
            self._failed_at = -UNREADY_SECONDS
            self._metrics.spooled(len(parcel.what))
        else:
            self._failed_at = time.monotonic()
            self._metrics.refused(len(parcel.what))
        _resolve(parcel.done, error)

    def _run(self) -> None:
        """Watch the patience while the bus answers; empty the spool when it does not."""
        pause, most = PAUSE_SECONDS
        answered = False
        while True:
            if self._direct:
                answered, pause = False, PAUSE_SECONDS[0]
                self._wake.wait(self._patience / 4)
                self._wake.clear()
                self._look()
            elif self._closing:
                return
            elif answered := self._tried(rest=answered):
                pause = PAUSE_SECONDS[0]
            else:
                self._nap(pause)
                pause = min(2 * pause, most)

    def _look(self) -> None:
        """Turn to the spool when the bus is silent for too long."""
        with self._lock:
            oldest = next(iter(self._pending), None)
            if self._direct and oldest is not None and time.monotonic() - oldest.since > self._patience:
                self._turn(f"no acknowledgement within {self._patience:g} s")

    def _is_last(self, entries: Sequence[Spooled]) -> bool:
        """Whether nothing but these is in the spool or under way to it; called with the lock held."""
        return len(entries) == self._spool.n_entries and self._spool.settled(SWITCH_SECONDS) and not self._unwritable()

    def _nap(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._closing and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))

    def _tried(self, *, rest: bool) -> bool:
        try:
            return self._drain(rest=rest)
        except Exception as error:  # a bug in the way of one try must not end all others
            log.exception("the spool is not emptied")
            self._tell(repr(error))
            return False

    def _drain(self, *, rest: bool) -> bool:
        """Give the bus the first entries; True when it has them. With ``rest``, go on directly if they are the last.

        The first try after a silence is a small one, and the way back to the bus opens only after it was answered.
        """
        entries = self._spool.first(DRAIN_BYTES if rest else 1)
        if not entries:
            self._spool.settled(PAUSE_SECONDS[0])
            entries = self._spool.first(1)
            if not entries and self._unwritable():
                return False  # nothing to try the bus with, and nowhere to go from it
        with contextlib.ExitStack() as held_up:
            if rest:
                held_up.enter_context(self._lock)
                if rest := self._is_last(entries):
                    entries = self._spool.first(DRAIN_BYTES)
                else:
                    held_up.close()
            sent, stays = self._give(entries)
            if rest and len(sent) == len(entries) == self._spool.n_entries:
                log.info("events go to the bus again")
                self._direct, self._why = True, None
        if entries and not sent:
            return stays and self._sift(entries)
        while wait(sent, PAUSE_SECONDS[0]).not_done:
            if self._closing:
                return False
            self._look()
        failures = [*filter(None, (future.exception() for future in sent))]
        if failures:
            with self._lock:
                self._turn(str(failures[0]))
            return any(isinstance(each, Undelivered) and each.for_good for each in failures) and self._sift(entries)
        taken = entries[: len(sent)]
        self._spool.take_out(taken)
        self._metrics.drained(sum(entry.n for entry in taken))
        return True

    def _give(self, entries: Sequence[Spooled]) -> "tuple[list[Future[None]], bool]":
        """Give the bus these entries, as many as it takes, in order; whether one ends it that would never go."""
        sent: list[Future[None]] = []
        for entry in entries:
            try:
                sent.append(self._publish(entry.kind, read(entry)))
            except (Unreadable, BadEvent) as error:
                self._tell(str(error))
                return sent, True
            except NotNow as error:
                self._tell(str(error))
                break
        return sent, False

    def _sift(self, entries: Sequence[Spooled]) -> bool:
        """Give the bus what it takes of these entries; what it never takes is kept as a refusal, and all goes on.

        What cannot be read is set aside. True when at least one of the entries is done with.
        """
        held: list[tuple[Spooled, Sequence[Any]]] = []
        for at, entry in enumerate(entries):
            try:
                held.append((entry, read(entry)))
            except Unreadable as error:
                if at == 0:
                    return self._put_aside([*takewhile(is_unreadable, entries)], str(error))
                break
        passed: list[ForGood | None] = []
        try:
            passed.extend(self._sieve.pass_on([thing for _, what in held for thing in what]))
        except (NotNow, OSError) as error:
            self._tell(str(error))
        taken, at = [], 0
        for entry, what in held:
            at += len(what)
            if at > len(passed):
                break
            taken.append(entry)
            kept = [why for why in passed[at - len(what) : at] if why is not None]
            too_large = sum(isinstance(why, TooLarge) for why in kept)
            self._metrics.drained(len(what) - len(kept))
            self._metrics.too_large(too_large)
            self._metrics.refused_by_bus(len(kept) - too_large)
        self._spool.take_out(taken)
        return bool(taken)

    def _put_aside(self, entries: Sequence[Spooled], why: str) -> bool:
        """Keep in a file what this version cannot read, so that all behind it goes on; whether there was room."""
        n = sum(entry.n for entry in entries)
        try:
            self._spool.set_aside(entries, why=why)
        except OSError as error:
            self._tell(f"{n} events of the spool cannot be set aside: {error.strerror or error}; {why}")
            return False
        log.error("spool entries set aside", events=n, why=why)
        self._spool.take_out(entries)
        self._metrics.set_aside(n)
        return True

    def _set_aside(self, rejection: Rejection, why: str) -> None:
        """Keep whole, in a file, what the bus does not even take as a refusal."""
        self._spool.set_aside([written(REJECTIONS, [rejection], self._clock())], why=why)
        self._metrics.set_aside(1)


def _resolve(future: "Future[None]", error: BaseException | None = None) -> bool:
    """Tell whoever waits, once: bus and spool may both have something to say. Whether it was the first."""
    with contextlib.suppress(InvalidStateError):
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
        return True
    return False
