"""Publishing to Kafka: accepted events packed by partition, refusals one by one, and what became of each is told.

A record is acknowledged when every replica in sync has it (``acks=all``), and written once however often the client
must repeat it (idempotent). What waits is bounded: beyond the bound a call is refused, or held up for as long as its
caller likes. Nothing is dropped in silence: what could not be delivered in time comes back in ``Undelivered``. Sending
that again is harmless, because events are known by source and id.
"""

import contextlib
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from kafka import KafkaProducer
from kafka.errors import (
    CorruptRecordError,
    InvalidRecordError,
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)

from pantau.bus.partitions import partition_of
from pantau.bus.record_columns import record_headers
from pantau.bus.records import (
    RECORD_BYTES,
    RECORD_EVENTS,
    joined,
    pack_rejection,
    packed,
    rejection_headers,
)
from pantau.bus.topics import EVENTS, REJECTED, Topic
from pantau.bus.undelivered import ForGood, TooLarge
from pantau.domain.errors import BadEvent, Fault, NotNow, PantauError
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection
from producers.brokers import DIRECT, require
from producers.parcels import Accounts, Counts, Parcel, Record

RETRY_SECONDS: Final = 1.0
"""Between two attempts to reach a broker for the first time."""

_OVERHEAD: Final = 4096
"""What a record has beside its value, with room to spare."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How events are packed, how many may wait, and for how long one is tried.

    A record is sent when it holds ``record_events`` or ``record_bytes``, or ``linger_seconds`` after its first event.
    """

    linger_seconds: float = 0.05
    record_events: int = RECORD_EVENTS
    record_bytes: int = RECORD_BYTES
    buffer_events: int = 50_000
    buffer_bytes: int = 64 * 1024 * 1024
    delivery_seconds: float = 60.0


BOUNDS: Final = Bounds()

_TOO_LARGE: Final = (MessageSizeTooLargeError, RecordListTooLargeError)
_REFUSED: Final = (InvalidRecordError, InvalidTimestampError, CorruptRecordError)
"""What a broker says of a record that it does not take, today or tomorrow."""

_Outcomes = list[tuple[Any, Record]]
"""Records and what the client said when they were handed to it: a future, or an error."""


class Publisher:
    """Publishes to one Kafka for as long as the block lasts; every method may be called from any thread.

    Making one does not wait for a broker: until one answers, calls are refused with NotNow (or wait, where they may).
    """

    def __init__(
        self, brokers: Sequence[str], *, events: Topic = EVENTS, rejected: Topic = REJECTED, bounds: Bounds = BOUNDS
    ) -> None:
        self._brokers = [*brokers]
        self._topic, self._rejected = events, rejected
        self._bounds = bounds
        self._largest = events.record_bytes - _OVERHEAD
        self._accounts = Accounts(
            limit=bounds.buffer_events,
            limit_bytes=bounds.buffer_bytes,
            trouble=NotNow(f"no broker has answered yet at {', '.join(brokers)}"),
        )
        self._lock = threading.Lock()
        """Held while records are filled and handed to the client, so that they go in the order of the calls."""
        self._drafts: dict[int, Record] = {}
        self._due: float | None = None
        """When the thread looks again at what lingers; None when nothing did at its last look."""
        self._producer: Any = None
        self._broken = self._stopping = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def publish(self, events: Sequence[Event], *, wait_seconds: float | None = 0.0) -> "Future[None]":
        """Send accepted events; done when the bus has all of them, failed with ``Undelivered`` that holds the others.

        All or none are taken: raises BadEvent for an event that no record can hold, NotNow when too many wait already
        or no broker was found yet, for longer than ``wait_seconds`` (None: however long it takes).
        """
        parts = packed(events)
        parcel = Parcel(len(parts))
        if not parts:
            return parcel.done
        if max(map(len, parts)) > self._largest:
            part, event = max(zip(parts, events, strict=True), key=lambda both: len(both[0]))
            raise _too_large(event, len(part), self._largest)
        size = sum(map(len, parts)) + len(parts)
        self._accounts.admit(len(parts), size, wait_seconds)
        sent: _Outcomes = []
        try:
            with self._lock:
                partitions = self._partitions(self._topic)
                shares: dict[int, tuple[list[bytes], list[Event]]] = {}
                for part, event in zip(parts, events, strict=True):
                    partition = partition_of(event.data.unit, partitions)
                    share = shares.get(partition)
                    if share is None:
                        share = shares[partition] = ([], [])
                    share[0].append(part)
                    share[1].append(event)
                for partition, share in shares.items():
                    self._fill(partition, share[0], parcel, share[1], sent)
                if self._due is None and self._drafts:
                    self._due = time.monotonic() + self._bounds.linger_seconds
                    self._wake.set()
        except NotNow:
            self._accounts.leave(len(parts), size)
            raise
        self._follow(sent)
        return parcel.done

    def reject(self, rejections: Sequence[Rejection], *, wait_seconds: float | None = 0.0) -> "Future[None]":
        """Send refusals to ``pantau.rejected``, each a record keyed by its source; as :meth:`publish`."""
        values = [pack_rejection(rejection) for rejection in rejections]
        parcel = Parcel(len(values))
        if not values:
            return parcel.done
        size = sum(map(len, values)) + len(values)
        self._accounts.admit(len(values), size, wait_seconds)
        sent: _Outcomes = []
        try:
            with self._lock:
                partitions = self._partitions(self._rejected)
                for value, rejection in zip(values, rejections, strict=True):
                    record = Record(0.0)
                    record.add([value], parcel, [rejection])
                    sent.append(
                        self._send(
                            record,
                            self._rejected.name,
                            value=value,
                            key=rejection.source.encode(),
                            headers=rejection_headers(rejection),
                            partition=partition_of(rejection.source, partitions),
                        )
                    )
        except NotNow:
            self._accounts.leave(len(values), size)
            raise
        self._follow(sent)
        return parcel.done

    def ready(self, timeout_seconds: float) -> None:
        """Return when a broker was found that has the topics. Raises what stood in the way when the time is over."""
        self._accounts.wait_open(timeout_seconds)

    def flush(self, timeout_seconds: float) -> None:
        """Send what is being packed and return when the fate of everything is known. Raises NotNow after the time."""
        self._hand_over(every=True)
        self._accounts.wait_settled(timeout_seconds)

    def close(self, *, timeout_seconds: float = 30.0) -> None:
        """Take no more, send what waits, and fail with ``Undelivered`` what the bus does not take in time."""
        if not self._accounts.close():
            return
        try:
            self.flush(timeout_seconds)
        except NotNow:
            pass  # told to each sender by what follows
        finally:
            self._stopping = True
            self._wake.set()
            self._thread.join()
            self._abandon(NotNow("the publisher was closed before the bus had it"))

    def counts(self) -> Counts:
        """How it stands."""
        return self._accounts.counts()

    # records: the lock is held, so what became of them is followed by the caller, without it

    def _partitions(self, topic: Topic) -> int:
        """How many partitions a topic has now. Raises NotNow where that is not known."""
        if self._producer is None:
            raise self._accounts.trouble()
        try:
            return len(self._producer.partitions_for(topic.name))
        except KafkaError as error:
            raise NotNow(f"the brokers do not say what partitions {topic.name} has: {error}") from error

    def _fill(self, partition: int, parts: list[bytes], parcel: Parcel, events: list[Event], sent: _Outcomes) -> None:
        """Put events into the draft of their partition, and send it each time that it is full."""
        at = 0
        while at < len(parts):
            draft = self._drafts.get(partition)
            if draft is None:
                draft = self._drafts[partition] = Record(time.monotonic() + self._bounds.linger_seconds)
            end = min(len(parts), at + self._bounds.record_events - draft.n)
            size = draft.size + 2
            for n in range(at, end):
                size += len(parts[n]) + 1
                if size > self._bounds.record_bytes and (n > at or draft.n):
                    end = n
                    break
            if end > at:
                draft.add(parts[at:end], parcel, events[at:end])
            at = end
            if at < len(parts) or draft.n >= self._bounds.record_events:
                sent.append(self._send_draft(partition))

    def _send_draft(self, partition: int) -> tuple[Any, Record]:
        record = self._drafts.pop(partition)
        value = joined(record.parts)
        events = [event for _, some in record.runs for event in some]
        headers = record_headers(record.parts, events, self._largest - len(value))
        return self._send(record, self._topic.name, value=value, headers=headers, partition=partition)

    def _send(self, record: Record, topic: str, **what: Any) -> tuple[Any, Record]:
        record.parts = []
        record.client = self._producer
        self._accounts.send(record)
        try:
            return self._producer.send(topic, **what), record
        except (KafkaError, ValueError) as error:  # a topic that shrank or vanished, a client that is closed
            return error, record

    def _hand_over(self, *, every: bool = False) -> float | None:
        """Send the drafts that are due, or every one; when the next one is due, None when there is none."""
        sent: _Outcomes = []
        with self._lock:
            now = time.monotonic()
            for partition in [*self._drafts]:
                if every or self._drafts[partition].due <= now:
                    sent.append(self._send_draft(partition))
            self._due = due = min((draft.due for draft in self._drafts.values()), default=None)
        self._follow(sent)
        return due

    # what became of them

    def _follow(self, sent: Iterable[tuple[Any, Record]]) -> None:
        for outcome, record in sent:
            if isinstance(outcome, Exception):
                self._lost(record, outcome)
            else:
                outcome.add_callback(self._acknowledged, record)
                outcome.add_errback(self._lost, record)

    def _acknowledged(self, record: Record, _: object) -> None:
        self._accounts.settle(record, None)

    def _lost(self, record: Record, error: BaseException) -> None:
        """After any failure the client begins anew.

        The idempotent producer of kafka-python 3.0.12 sends nothing more once a record that was tried has expired: it
        gives up its number and asks for no other. A record that is too large for the broker ends it likewise.
        """
        if record.client is self._producer:
            self._broken = True
        for_good: type[ForGood] | None = None
        if isinstance(error, _TOO_LARGE):
            for_good = TooLarge
            error = NotNow(f"the broker takes no records of this size, compare: pantau topics check ({error})")
        elif isinstance(error, _REFUSED):
            for_good = ForGood
        self._accounts.settle(record, error, for_good=for_good)
        self._wake.set()

    # the thread

    def _run(self) -> None:
        """Reach a broker, send what has lingered, and begin anew with a client that is beyond repair."""
        while not self._stopping:
            if self._broken:
                self._abandon(NotNow("the bus did not take what was sent before it"))
            if self._producer is None:
                self._connect()
                continue
            due = self._hand_over()
            self._wake.wait(None if due is None else max(0.0, due - time.monotonic()))
            self._wake.clear()

    def _connect(self) -> None:
        producer = None
        try:
            require(self._brokers)
            producer = self._client()
            for topic in (self._topic, self._rejected):
                producer.partitions_for(topic.name)
        except NotNow as error:
            trouble: PantauError = error
        except KafkaError as error:
            trouble = NotNow(
                f"the brokers at {', '.join(self._brokers)} do not have the topics {self._topic.name} and "
                f"{self._rejected.name} ready ({error}); make them: pantau topics create"
            )
        else:
            with self._lock:
                self._producer = producer
            self._accounts.opened()
            return
        if producer is not None:
            producer.close(timeout=1)
        self._accounts.shut(trouble)
        self._wake.wait(RETRY_SECONDS)
        self._wake.clear()

    def _client(self) -> Any:
        delivery_ms = int(self._bounds.delivery_seconds * 1000)
        return KafkaProducer(
            bootstrap_servers=self._brokers,
            bootstrap_timeout_ms=10_000,
            proxy_url=DIRECT,
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            linger_ms=0,  # records are packed already
            batch_size=2 * self._bounds.record_bytes,
            max_request_size=8 * 1024 * 1024,
            max_block_ms=5_000,
            delivery_timeout_ms=delivery_ms,
            request_timeout_ms=min(30_000, delivery_ms),
            reconnect_backoff_max_ms=1_000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )

    def _abandon(self, why: NotNow) -> None:
        """Let go of the client; whatever it has not delivered fails, and so do the drafts."""
        self._accounts.shut(why)
        with self._lock:
            producer, self._producer = self._producer, None
            drafts, self._drafts = [*self._drafts.values()], {}
            self._broken = False
        for draft in drafts:
            self._accounts.send(draft)
        if producer is not None:
            if self._accounts.counts().waiting:
                # close() of kafka-python 3.0.12 gives up, and leaves its thread running, where records wait
                producer._sender.force_close()
                producer._sender.join(5)
            with contextlib.suppress(KafkaError):  # its thread is inside a request, and ends with that one
                producer.close(timeout=5)
        self._accounts.settle_all(why)


def _too_large(event: Event, size: int, limit: int) -> BadEvent:
    return BadEvent(
        (
            Fault(
                field="(event)",
                value=f"{event.source} {event.id}",
                rule=f"{size} bytes, and a record of the bus holds {limit}",
                todo="make the event smaller",
            ),
        )
    )
