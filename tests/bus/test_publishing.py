"""What the publisher says became of an event is what a reader of the broker finds, whatever happens to the broker."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pantau.bus.partitions import partition_of
from pantau.bus.record_columns import read_record
from pantau.bus.records import PACKED_HEADERS, rejection_headers, unpack, unpack_rejection
from pantau.bus.topics import Topic
from pantau.bus.undelivered import ForGood, Undelivered
from pantau.domain.errors import BadEvent, NotNow
from pantau.domain.events import Bucket, Event
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept
from producers.publishing import Bounds, Publisher
from producers.topics import create
from tests.bus.reading import events_of, records, topics
from tests.strategies import MONDAY, REGISTRY, event
from tests.support.kafka import Broker, eventually, free_ports

LONG = 60.0
UNITS = [f"unit-{n:02d}" for n in range(20)]


def some(n: int, *, first: int = 0, units: Sequence[str] = UNITS) -> list[Event]:
    """``n`` events, each another, unit after unit."""
    return [
        event("ticket.created", MONDAY + at, id=f"e{at}", unit=units[at % len(units)], ticket=f"A{at}")
        for at in range(first, first + n)
    ]


def large(size: int) -> Event:
    """An event of at least ``size`` bytes that does not shrink much."""
    buckets = tuple(Bucket(upto_ms=at * 1_000_000 + at * 2_654_435_761 % 10**6, n=at) for at in range(size // 24))
    ends = datetime(2026, 4, 1, tzinfo=UTC)
    return event("aggregate.reported", MONDAY, id="large", measure="tunggu", ends=ends, buckets=buckets)


def refusals(n: int) -> list[Rejection]:
    source = REGISTRY.source("antrian")
    assert source is not None
    found = [
        accept(f'{{"id":"{at}"}}'.encode(), registry=REGISTRY, source=source, now=MONDAY, secret=b"s" * 16)
        for at in range(n)
    ]
    return [each for each in found if isinstance(each, Rejection)]


def publisher(broker: str, of: tuple[Topic, Topic], **bounds: Any) -> Publisher:
    return Publisher([broker], events=of[0], rejected=of[1], bounds=Bounds(**bounds))


def ids(events: Sequence[Event]) -> Counter[str]:
    return Counter(event.id for event in events)


def lost(futures: Sequence["Future[None]"]) -> list[Event]:
    """What the futures say was not delivered; each of them is done."""
    found: list[Event] = []
    for future in futures:
        error = future.exception(timeout=LONG)
        if error is not None:
            assert isinstance(error, Undelivered)
            assert error.events
            found += error.events
    return found


# what is acknowledged


def test_what_is_acknowledged_is_there_as_it_was_sent(kafka: str) -> None:
    of = topics(kafka)
    sent = some(1_000)
    with publisher(kafka, of) as to:
        to.ready(LONG)
        to.publish(sent).result(LONG)
        counts = to.counts()
        found = records(kafka, of[0])
    assert sorted(events_of(found), key=lambda event: event.time) == sent
    assert (counts.events, counts.failed, counts.waiting, counts.waiting_bytes) == (1_000, 0, 0, 0)
    assert (counts.records, counts.record_bytes) == (len(found), sum(len(record.value) for record in found))
    assert {tuple(record.headers[:2]) for record in found} == {PACKED_HEADERS}
    by_columns = [read_record(record.value, dict(record.headers)) for record in found]
    assert sum(len(each) for each in by_columns if each is not None) > 900, "all but what a last small record holds"
    for record, columns in zip(found, by_columns, strict=True):
        assert columns is None or columns.tickets.id == [event.id for event in unpack(record.value)]
    assert {record.key for record in found} == {None}


def test_every_record_holds_events_of_one_partition_that_of_their_units(kafka: str) -> None:
    of = topics(kafka, partitions=5)
    with publisher(kafka, of) as to:
        to.publish(some(500), wait_seconds=LONG).result(LONG)
    found = records(kafka, of[0])
    assert len({record.partition for record in found}) == 5
    for record in found:
        assert {partition_of(event.data.unit, 5) for event in unpack(record.value)} == {record.partition}


def test_events_of_a_unit_stay_in_the_order_of_the_calls(kafka: str) -> None:
    of = topics(kafka)
    with publisher(kafka, of, record_events=7, linger_seconds=0.001) as to:
        to.ready(LONG)
        done = [to.publish(some(1 + at % 5, first=at * 10)) for at in range(200)]
        wait(done, LONG)
    assert lost(done) == []
    for unit in UNITS:
        times = [event.time for event in events_of(records(kafka, of[0])) if event.data.unit == unit]
        assert times == sorted(times)


def test_refusals_travel_one_by_one_with_their_reason(kafka: str) -> None:
    of = topics(kafka)
    refused = refusals(20)
    with publisher(kafka, of) as to:
        to.reject(refused, wait_seconds=LONG).result(LONG)
        assert (to.counts().rejections, to.counts().events, to.counts().waiting_bytes) == (20, 0, 0)
    found = records(kafka, of[1])
    assert [unpack_rejection(record.value) for record in found] == refused
    assert {record.key for record in found} == {b"antrian"}
    assert [record.headers for record in found] == [rejection_headers(each) for each in refused]


def test_handing_in_nothing_is_done_at_once(kafka: str) -> None:
    with publisher(kafka, topics(kafka)) as to:
        assert to.publish([]).done()
        assert to.reject([]).done()


# packing


def test_no_record_holds_more_events_than_its_bound(kafka: str) -> None:
    of = topics(kafka, partitions=1)
    with publisher(kafka, of, record_events=10, linger_seconds=LONG) as to:
        done = to.publish(some(95), wait_seconds=LONG)
        to.flush(LONG)
        assert done.done()
    assert [len(unpack(record.value)) for record in records(kafka, of[0])] == [10] * 9 + [5]


def test_no_record_is_larger_than_its_bound_unless_one_event_is(kafka: str) -> None:
    of = topics(kafka, partitions=1)
    with publisher(kafka, of, record_bytes=2_000) as to:
        to.publish([*some(50), large(5_000), *some(50, first=50)], wait_seconds=LONG).result(LONG)
    found = records(kafka, of[0])
    assert [unpack(record.value) for record in found if len(record.value) > 2_000] == [[large(5_000)]]
    assert len(found) < 60


def test_calls_within_the_linger_share_a_record(kafka: str) -> None:
    of = topics(kafka, partitions=1)
    with publisher(kafka, of, linger_seconds=LONG) as to:
        done = [to.publish([one], wait_seconds=LONG) for one in some(30)]
        assert not any(future.done() for future in done)
        to.flush(LONG)
        assert lost(done) == []
    assert len(records(kafka, of[0])) == 1


def test_a_lone_event_goes_after_the_linger_without_any_other(kafka: str) -> None:
    with publisher(kafka, topics(kafka), linger_seconds=0.01) as to:
        to.publish(some(1), wait_seconds=LONG).result(LONG)


def test_an_event_that_no_record_holds_is_refused_and_with_it_all_of_its_call(kafka: str) -> None:
    of = topics(kafka)
    narrow = msgspec.structs.replace(of[0], record_bytes=20_000)
    with publisher(kafka, (narrow, of[1])) as to:
        to.ready(LONG)
        with pytest.raises(BadEvent, match="antrian large"):
            to.publish([*some(3), large(20_000)])
        assert to.counts().waiting == 0
    assert records(kafka, of[0]) == []


def test_a_record_that_the_broker_finds_too_large_fails_alone(kafka: str) -> None:
    """The broker's own limit is lower than declared, as after somebody changed it."""
    of = topics(kafka, partitions=1)
    narrow = msgspec.structs.replace(of[0], name=of[0].name + ".narrow", record_bytes=2_000)
    create([kafka], [narrow])
    with publisher(kafka, (msgspec.structs.replace(narrow, record_bytes=100_000), of[1])) as to:
        refused = to.publish([large(20_000)], wait_seconds=LONG)
        assert lost([refused]) == [large(20_000)]
        error = refused.exception()
        assert isinstance(error, Undelivered)
        assert error.for_good
        assert "pantau topics check" in str(error)
        to.publish(some(5), wait_seconds=LONG).result(LONG)
    assert ids(events_of(records(kafka, narrow))) == ids(some(5))


def test_a_record_that_the_broker_never_takes_says_so(kafka: str) -> None:
    """A compacted topic wants keys, which packed records have not."""
    of = topics(kafka, partitions=1)
    keyed = msgspec.structs.replace(of[0], name=of[0].name + ".keyed", cleanup="compact", retention_ms=None)
    create([kafka], [keyed])
    with publisher(kafka, (keyed, of[1])) as to:
        error = to.publish(some(3), wait_seconds=LONG).exception(LONG)
        assert isinstance(error, Undelivered)
        assert (error.for_good, ids(error.events)) == (ForGood, ids(some(3)))
        to.reject(refusals(2), wait_seconds=LONG).result(LONG)


# stopping


def test_what_lingers_is_sent_when_the_publisher_is_closed(kafka: str) -> None:
    of = topics(kafka)
    with publisher(kafka, of, linger_seconds=LONG) as to:
        done = to.publish(some(100), wait_seconds=LONG)
    assert done.done()
    assert lost([done]) == []
    assert ids(events_of(records(kafka, of[0]))) == ids(some(100))


def test_a_closed_publisher_takes_nothing(kafka: str) -> None:
    to = publisher(kafka, topics(kafka))
    to.ready(LONG)
    to.close()
    to.close()
    with pytest.raises(NotNow, match="closed"):
        to.publish(some(1))
    with pytest.raises(NotNow, match="closed"):
        to.publish(some(1), wait_seconds=None)


def test_the_future_of_what_is_on_its_way_cannot_be_cancelled(kafka: str) -> None:
    with publisher(kafka, topics(kafka), linger_seconds=LONG) as to:
        done = to.publish(some(1), wait_seconds=LONG)
        assert not done.cancel()
    assert done.exception() is None


def test_whoever_is_told_may_publish_again(kafka: str) -> None:
    """No lock is held while a future is told: a callback that publishes does not stand still."""
    of = topics(kafka)
    again: Future[Future[None]] = Future()
    with publisher(kafka, of) as to:
        first = to.publish(some(1), wait_seconds=LONG)
        first.add_done_callback(lambda _: again.set_result(to.publish(some(1, first=1))))
        again.result(LONG).result(LONG)
    assert ids(events_of(records(kafka, of[0]))) == ids(some(2))


# no broker, no topics


def test_without_a_broker_calls_are_refused_until_one_comes(tmp_path: Path) -> None:
    own = Broker(tmp_path / "own")
    try:
        own.start()
        of = topics(own.bootstrap)
        own.stop()
        with publisher(own.bootstrap, of) as to:
            with pytest.raises(NotNow, match=own.bootstrap):
                to.publish(some(1))
            eventually(lambda: "is Kafka running?" in str(to.counts().trouble), "the publisher to say why")
            own.start()
            to.publish(some(1), wait_seconds=None).result(LONG)
            assert to.counts().trouble is None
    finally:
        own.stop()


def test_a_publisher_that_never_finds_a_broker_closes_at_once() -> None:
    (port,) = free_ports(1)
    to = Publisher([f"127.0.0.1:{port}"])
    with pytest.raises(NotNow):
        to.ready(0.1)
    to.close()


def test_without_its_topics_it_says_which_verb_makes_them(kafka: str) -> None:
    of = topics(kafka)
    absent = msgspec.structs.replace(of[0], name="nobody.made.this")
    with publisher(kafka, (absent, of[1])) as to:
        eventually(lambda: "pantau topics create" in str(to.counts().trouble), "the publisher to say why")
        with pytest.raises(NotNow, match=r"nobody\.made\.this"):
            to.publish(some(1))
        create([kafka], [absent])
        to.publish(some(1), wait_seconds=LONG).result(LONG)


# a broker that goes away


def test_beyond_the_buffer_a_call_is_refused_or_waits_as_it_likes(own_kafka: Broker) -> None:
    of = topics(own_kafka.bootstrap)
    with publisher(own_kafka.bootstrap, of, buffer_events=100, delivery_seconds=LONG) as to:
        to.publish(some(1), wait_seconds=LONG).result(LONG)
        own_kafka.stop()
        first = to.publish(some(100, first=1))
        with pytest.raises(NotNow, match="100 events wait for the bus already"):
            to.publish(some(1, first=101))
        with pytest.raises(NotNow):
            to.reject(refusals(1), wait_seconds=0.05)
        waiting: Future[Future[None]] = Future()
        patient = threading.Thread(
            target=lambda: waiting.set_result(to.publish(some(100, first=101), wait_seconds=None))
        )
        patient.start()
        assert not first.done()
        assert to.counts().waiting == 100
        own_kafka.start()
        first.result(LONG)
        waiting.result(LONG).result(LONG)
        patient.join()
    assert ids(events_of(records(own_kafka.bootstrap, of[0]))) == ids(some(201))


def test_what_is_larger_than_the_buffer_has_it_for_itself(kafka: str) -> None:
    of = topics(kafka)
    with publisher(kafka, of, buffer_events=10) as to:
        to.publish(some(500), wait_seconds=LONG).result(LONG)
    assert ids(events_of(records(kafka, of[0]))) == ids(some(500))


def test_closing_while_the_broker_is_away_tells_what_was_not_taken(own_kafka: Broker) -> None:
    of = topics(own_kafka.bootstrap)
    to = publisher(own_kafka.bootstrap, of, linger_seconds=0.01)
    to.publish(some(1), wait_seconds=LONG).result(LONG)
    own_kafka.kill()
    sent, refused = some(700, first=1), refusals(3)
    done, and_these = to.publish(sent), to.reject(refused)
    to.close(timeout_seconds=0.5)
    assert ids(lost([done])) == ids(sent)
    error = and_these.exception(timeout=0)
    assert isinstance(error, Undelivered)
    assert [*error.rejections] == refused
    assert to.counts().waiting == 0


class Stream:
    """Publishes small calls one after the other from a thread of its own, until it is told to end."""

    def __init__(self, to: Publisher) -> None:
        self.sent: list[tuple[list[Event], Future[None]]] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(to,))
        self._thread.start()

    def _run(self, to: Publisher) -> None:
        at = 0
        while not self._end.is_set():
            events = some(20, first=at)
            try:
                self.sent.append((events, to.publish(events, wait_seconds=1)))
            except NotNow:
                continue
            at += 20
            self._end.wait(0.005)

    def until(self, condition: Callable[["Stream"], bool], what: str) -> None:
        eventually(lambda: condition(self), what)

    def end(self) -> None:
        self._end.set()
        self._thread.join()

    def acked(self) -> int:
        return sum(done.done() and done.exception() is None for _, done in [*self.sent])

    def failed(self) -> int:
        return sum(done.done() and done.exception() is not None for _, done in [*self.sent])


@pytest.mark.parametrize("fault", ["stop", "kill"])
def test_of_a_broker_that_goes_and_comes_nothing_acknowledged_is_lost_and_what_failed_is_told(
    own_kafka: Broker, fault: str
) -> None:
    of = topics(own_kafka.bootstrap)
    with publisher(own_kafka.bootstrap, of, delivery_seconds=2) as to:
        to.ready(LONG)
        stream = Stream(to)
        try:
            stream.until(lambda s: s.acked() >= 20, "the first events to be acknowledged")
            getattr(own_kafka, fault)()
            stream.until(lambda s: s.failed() >= 5, "events to fail while the broker is away")
            own_kafka.start()
            before = stream.acked()
            stream.until(lambda s: s.acked() >= before + 20, "events to be acknowledged again")
        finally:
            stream.end()
        to.flush(LONG)
        undelivered = lost([done for _, done in stream.sent])
        there = ids(events_of(records(own_kafka.bootstrap, of[0])))
        every = ids([event for events, _ in stream.sent for event in events])
        acknowledged = every - ids(undelivered)
        assert undelivered
        assert to.counts().events == acknowledged.total()
        assert to.counts().failed == len(undelivered)
        assert acknowledged <= there
        assert to.counts().trouble is None
        to.publish(undelivered, wait_seconds=LONG).result(LONG)
    assert set(ids(events_of(records(own_kafka.bootstrap, of[0])))) == set(every)


def test_what_is_repeated_because_the_broker_went_is_on_the_bus_once(own_kafka: Broker) -> None:
    """The client repeats what it heard no answer for; the broker knows a repeated record by its number."""
    of = topics(own_kafka.bootstrap)
    with publisher(own_kafka.bootstrap, of, delivery_seconds=LONG) as to:
        to.ready(LONG)
        stream = Stream(to)
        try:
            for _ in range(2):
                before = stream.acked()
                stream.until(lambda s, before=before: s.acked() >= before + 20, "events to be acknowledged")  # type: ignore[misc]
                own_kafka.kill()
                own_kafka.start()
        finally:
            stream.end()
        to.flush(LONG)
    assert lost([done for _, done in stream.sent]) == []
    there = ids(events_of(records(own_kafka.bootstrap, of[0])))
    assert there == ids([event for events, _ in stream.sent for event in events])


def test_many_threads_publish_side_by_side(kafka: str) -> None:
    of = topics(kafka)
    done: list[Future[None]] = []
    with publisher(kafka, of, buffer_events=200) as to:

        def work(first: int) -> None:
            for at in range(20):
                done.append(to.publish(some(25, first=first + 25 * at), wait_seconds=None))

        threads = [threading.Thread(target=work, args=(n * 1_000,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
        assert not any(thread.is_alive() for thread in threads)
    assert lost(done) == []
    assert ids(events_of(records(kafka, of[0]))) == ids([e for n in range(8) for e in some(500, first=n * 1_000)])
