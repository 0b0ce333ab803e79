"""The accounts of a publisher: what was handed in together, in which records it went, and what became of it."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import msgspec

from pantau.bus.undelivered import ForGood, Undelivered
from pantau.domain.errors import NotNow, PantauError
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of everything so far. ``trouble`` is why the bus does not answer, None while it does."""

    events: int = 0
    rejections: int = 0
    failed: int = 0
    records: int = 0
    record_bytes: int = 0
    waiting: int = 0
    waiting_bytes: int = 0
    trouble: str | None = None


class Parcel:
    """What was handed in together; ``done`` is told when the fate of all of it is known."""

    __slots__ = ("done", "for_good", "left", "lost", "why")

    def __init__(self, n: int) -> None:
        self.left = n
        self.lost: list[Any] = []
        self.why = ""
        self.for_good: type[ForGood] | None = None
        self.done: Future[None] = Future()
        self.done.set_running_or_notify_cancel()  # what is on its way cannot be called back
        if not n:
            self.done.set_result(None)

    def finish(self) -> None:
        """Tell whoever waits."""
        if not self.lost:
            self.done.set_result(None)
            return
        events = [each for each in self.lost if isinstance(each, Event)]
        rejections = [each for each in self.lost if isinstance(each, Rejection)]
        self.done.set_exception(Undelivered(self.why, events, rejections, for_good=self.for_good))


class Record:
    """A record of one partition, being filled until ``due`` (monotonic seconds) at the latest; then a client has it."""

    __slots__ = ("client", "due", "n", "parts", "runs", "size")

    def __init__(self, due: float) -> None:
        self.due = due
        self.client: object = None
        self.n = 0
        self.size = 0
        self.parts: list[bytes] = []
        self.runs: list[tuple[Parcel, list[Any]]] = []

    def add(self, parts: Sequence[bytes], of: Parcel, what: Sequence[Event] | Sequence[Rejection]) -> None:
        """Put more into the record: how each is written, and what it is."""
        self.parts += parts
        self.n += len(parts)
        self.size += sum(map(len, parts)) + len(parts)
        self.runs.append((of, [*what]))


class Accounts:
    """Who waits for what, bounded. ``open`` says whether anything may be handed in.

    Its lock is taken last: nothing is called, and nobody is told anything, while it is held.
    """

    def __init__(self, *, limit: int, limit_bytes: int, trouble: PantauError) -> None:
        self._limit, self._limit_bytes = limit, limit_bytes
        self._changed = threading.Condition(threading.Lock())
        self._sent: set[Record] = set()
        self._waiting = self._waiting_bytes = 0
        self._events = self._rejections = self._failed = self._records = self._record_bytes = 0
        self._trouble: PantauError | None = trouble
        self._open = self._closed = False

    def admit(self, n: int, size: int, wait_seconds: float | None) -> None:
        """Take a place for ``n`` things of ``size`` bytes; what alone is above the bound has the place for itself.

        Raises NotNow when there is none within ``wait_seconds`` (None: however long it takes).
        """

        def free() -> bool:
            fits = self._waiting + n <= self._limit and self._waiting_bytes + size <= self._limit_bytes
            return self._closed or (self._open and (fits or not self._waiting))

        with self._changed:
            if not self._changed.wait_for(free, wait_seconds):
                if not self._open and self._trouble:
                    raise self._trouble
                raise NotNow(f"{self._waiting} events wait for the bus already{self._why()}; try again later")
            if self._closed:
                raise NotNow("the publisher is closed")
            self._waiting += n
            self._waiting_bytes += size

    def leave(self, n: int, size: int) -> None:
        """Give back a place that was not used."""
        with self._changed:
            self._waiting -= n
            self._waiting_bytes -= size
            self._changed.notify_all()

    def send(self, record: Record) -> None:
        """A record is on its way."""
        with self._changed:
            self._sent.add(record)

    def settle(self, record: Record, error: BaseException | None, *, for_good: type[ForGood] | None = None) -> None:
        """Book the fate of a record that is on its way, and tell those whose parcels are complete.

        After an error nothing is admitted until the bus is reached anew. ``for_good`` says how the record is refused,
        where it is not to be sent again as it is.
        """
        finished = []
        with self._changed:
            if record not in self._sent:
                return
            self._sent.remove(record)
            self._waiting -= record.n
            self._waiting_bytes -= record.size
            why = "" if error is None else f"{type(error).__name__}: {error}"
            if error is None:
                self._records += 1
                self._record_bytes += record.size + 1
            elif self._open:
                self._open, self._trouble = False, NotNow(f"the bus does not take records: {why}")
            for parcel, items in record.runs:
                parcel.left -= len(items)
                if error is not None:
                    self._failed += len(items)
                    parcel.lost += items
                    if for_good is not None or parcel.for_good is None:
                        parcel.why, parcel.for_good = why, for_good
                elif isinstance(items[0], Event):
                    self._events += len(items)
                else:
                    self._rejections += len(items)
                if not parcel.left:
                    finished.append(parcel)
            self._changed.notify_all()
        for parcel in finished:
            parcel.finish()

    def settle_all(self, error: BaseException) -> None:
        """Book an error for every record that is on its way."""
        with self._changed:
            sent = [*self._sent]
        for record in sent:
            self.settle(record, error)

    def opened(self) -> None:
        """The bus was reached."""
        with self._changed:
            self._open, self._trouble = True, None
            self._changed.notify_all()

    def shut(self, trouble: PantauError) -> None:
        """The bus is not reached, and why."""
        with self._changed:
            self._open, self._trouble = False, trouble

    def close(self) -> bool:
        """Admit nothing more; False when that was so already."""
        with self._changed:
            already, self._closed = self._closed, True
            self._changed.notify_all()
            return not already

    def wait_open(self, timeout_seconds: float) -> None:
        """Return when the bus was reached. Raises what stood in the way when the time is over."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._open or self._closed, timeout_seconds) or self._closed:
                raise self._trouble or NotNow("the publisher is closed")

    def wait_settled(self, timeout_seconds: float) -> None:
        """Return when nothing waits. Raises NotNow when something still does after the time."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._waiting, timeout_seconds):
                raise NotNow(f"{self._waiting} events wait for the bus after {timeout_seconds:g} s{self._why()}")

    def counts(self) -> Counts:
        """How it stands."""
        with self._changed:
            return Counts(
                events=self._events,
                rejections=self._rejections,
                failed=self._failed,
                records=self._records,
                record_bytes=self._record_bytes,
                waiting=self._waiting,
                waiting_bytes=self._waiting_bytes,
                trouble=str(self._trouble) if self._trouble else None,
            )

    def trouble(self) -> PantauError:
        """Why the bus is not reached."""
        return self._trouble or NotNow("the bus is being reached anew")

    def _why(self) -> str:
        return f" ({self._trouble})" if self._trouble else ""
