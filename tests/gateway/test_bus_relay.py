"""The relay: on the bus when it answers, in the spool when it does not, in order, and never nowhere."""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from pantau.bus.records import pack, unpack
from pantau.bus.spooled import EVENTS, REJECTIONS
from pantau.domain.errors import NotNow
from pantau.domain.events import AggregateReported, Bucket, Event
from pantau.domain.rejections import Rejection
from pantau.gateway.relay import Relay
from pantau.gateway.relay_metrics import RELAY_METRICS, RelayMetrics
from producers.spool import Spool
from producers.spool_segments import entries
from tests.architecture.tree import ROOT
from tests.gateway.bus import MemoryBus, Mode, refusal, ticket
from tests.gateway.office import NOW, SOURCE, Clock, registry
from tests.support.kafka import eventually

PATIENCE = 0.2


class Gateway:
    """A relay with its spool and bus, and what is scraped of it."""

    def __init__(
        self, relay: Relay, spool: Spool, bus: MemoryBus, metrics: CollectorRegistry, relay_metrics: RelayMetrics
    ) -> None:
        self.relay, self.spool, self.bus, self.metrics, self.relay_metrics = relay, spool, bus, metrics, relay_metrics

    def metric(self, name: str) -> float:
        found = self.metrics.get_sample_value("pantau_gateway_" + name)
        assert found is not None
        return found

    def send(self, *events: Event) -> None:
        self.relay.submit(events).result(timeout=30)

    def drained(self) -> None:
        eventually(lambda: self.spool.empty and self.relay.condition().bus == "answers", "the spool to be empty")


@contextmanager
def gateway(
    directory: Path, bus: MemoryBus, *, limit_bytes: int = 1 << 24, patience_seconds: float = PATIENCE
) -> Iterator[Gateway]:
    known, metrics = registry(), CollectorRegistry()
    with ExitStack() as stack:
        spool = Spool(directory, limit_bytes=limit_bytes)
        stack.callback(spool.close)
        relay_metrics = RelayMetrics(metrics)
        relay = Relay(
            bus,
            spool,
            lambda: known,
            patience_seconds=patience_seconds,
            clock=Clock(),
            secret=bytes(32),
            metrics=relay_metrics,
        )
        assert relay.registry is known
        yield Gateway(stack.enter_context(relay), spool, bus, metrics, relay_metrics)


def first_heard(events: list[Event], unit: str) -> list[int]:
    """The numbers of a unit's tickets in the order in which the bus heard of them first."""
    return [int(id.partition("/")[2]) for id in dict.fromkeys(event.id for event in events) if id.startswith(unit)]


def test_while_the_bus_answers_the_spool_is_not_touched(tmp_path: Path) -> None:
    with gateway(tmp_path, MemoryBus()) as g:
        g.send(ticket("a", 1), ticket("b", 2))
        g.relay.reject([refusal(3)]).result(timeout=30)
        assert g.bus.events == [ticket("a", 1), ticket("b", 2)]
        assert g.bus.rejections == [refusal(3)]
        assert (g.metric("published_events_total"), g.metric("publish_seconds_count")) == (3, 2)
        assert (g.metric("spooled_events_total"), g.metric("bus_answers")) == (0, 1)
        assert [path.name for path in tmp_path.iterdir()] == ["lock"]


@pytest.mark.parametrize("mode", ["silent", "fails", "refuses"])
def test_while_the_bus_is_away_senders_are_answered_from_the_spool_and_all_follows_in_order(
    tmp_path: Path, mode: Mode
) -> None:
    with gateway(tmp_path, MemoryBus(mode)) as g:
        for number in range(30):
            g.send(ticket("a", number), ticket("b", number))
        g.relay.reject([refusal(1, b"\xff\xf5PS1"), refusal(2)]).result(timeout=30)
        assert not g.bus.events
        condition = g.relay.condition()
        assert (condition.bus, condition.spooled_events, condition.spool_bytes > 0) == ("away", 62, True)
        assert condition.why
        assert (g.metric("spool_events"), g.metric("spooled_events_total"), g.metric("bus_answers")) == (62, 62, 0)
        assert 0 < g.metric("spool_bytes") < g.metric("spool_limit_bytes")
        g.bus.turn("answers")
        g.drained()
        for unit in ("a", "b"):
            assert first_heard(g.bus.events, unit) == [*range(30)]
        assert {each.digest: each for each in g.bus.rejections} == {
            "1": refusal(1, b"\xff\xf5PS1"),
            "2": refusal(2),
        }
        assert set(map(repr, g.bus.events)) == {repr(ticket(unit, n)) for unit in "ab" for n in range(30)}
        assert (g.metric("drained_events_total"), g.metric("spool_events"), g.metric("spool_bytes")) == (62, 0, 0)
        g.send(ticket("a", 99))
        assert g.bus.events[-1] == ticket("a", 99)
        assert g.metric("published_events_total") == 1


def test_what_the_bus_was_given_goes_to_the_spool_before_what_came_later(tmp_path: Path) -> None:
    """a 1 is pending, a 2 is pending, then a 1 is given up: a 2 must not land behind a 3."""
    with gateway(tmp_path, MemoryBus("silent")) as g:
        pending = [g.relay.submit([ticket("a", number)]) for number in range(5)]
        assert not any(future.done() for future in pending)
        for future in pending:
            future.result(timeout=30)
        pending = [g.relay.submit([ticket("a", number)]) for number in range(5, 9)]
        for future in pending:
            future.result(timeout=30)
        g.bus.turn("answers", held="lost")
        g.drained()
        assert first_heard(g.bus.events, "a") == [*range(9)]


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["answers", "silent", "fails", "refuses"]), st.booleans(), st.integers(0, 6)),
        max_size=8,
    )
)
@settings(max_examples=25)
def test_whatever_the_bus_does_what_was_accepted_arrives_in_order(steps: list[tuple[Mode, bool, int]]) -> None:
    pending: list[Future[None]] = []
    with tempfile.TemporaryDirectory() as name:
        bus = MemoryBus()
        with gateway(Path(name), bus, patience_seconds=0.02) as g:
            for mode, lost, n in steps:
                bus.turn(mode, held="lost" if lost else "taken")
                for _ in range(n):
                    pending.append(g.relay.submit([ticket("a", len(pending))]))
                time.sleep(0.001 * n)
            for future in pending:
                future.result(timeout=30)
            bus.turn("answers")
            g.drained()
        assert first_heard(bus.events, "a") == [*range(len(pending))]


def test_under_steady_load_the_way_back_to_the_bus_is_found(tmp_path: Path) -> None:
    with gateway(tmp_path, MemoryBus("refuses")) as g:
        g.send(ticket("a", 0))
        g.bus.turn("answers")
        number = 0
        while g.relay.condition().bus == "away":
            number += 1
            g.send(ticket("a", number))
            assert number < 100_000
        g.drained()
        assert first_heard(g.bus.events, "a") == [*range(number + 1)]


def test_a_full_spool_refuses_until_the_bus_has_taken_some(tmp_path: Path) -> None:
    with gateway(tmp_path, MemoryBus("refuses"), limit_bytes=300_000) as g:
        g.relay.reject(()).result(timeout=30)
        sent = fill(g)
        with pytest.raises(NotNow, match="spool is full"):
            g.relay.reject(())
        assert g.metric("spool_refused_events_total") == 100
        g.bus.turn("answers")
        g.drained()
        g.relay.reject(()).result(timeout=30)
        g.send(ticket("a", sent))
        assert first_heard(g.bus.events, "a") == [*range(sent + 1)]


def fill(g: Gateway) -> int:
    """Send until the spool is full; how many events it took."""
    sent = 0
    with pytest.raises(NotNow, match="spool is full"):  # noqa: PT012 - which send is refused is what is asked
        while True:
            g.send(*(ticket("a", sent + number) for number in range(100)))
            sent += 100
    return sent


def test_a_spool_that_cannot_be_written_makes_the_gateway_unready_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with gateway(tmp_path, MemoryBus("refuses")) as g:
        with monkeypatch.context() as patch:
            patch.setattr("os.fdatasync", broken)
            with pytest.raises(NotNow, match="No space left on device"):
                g.send(ticket("a", 1))
            with pytest.raises(NotNow):
                g.relay.reject(())
        g.bus.turn("fails")
        g.send(ticket("a", 2))
        g.bus.turn("answers")
        g.drained()
        assert first_heard(g.bus.events, "a") == [2]
        g.relay.reject(()).result(timeout=30)


def test_what_waits_at_the_end_is_in_the_spool_and_goes_before_what_comes_next(tmp_path: Path) -> None:
    pending: list[Future[Any]] = []
    with gateway(tmp_path, MemoryBus("silent"), patience_seconds=2) as g:
        pending = [g.relay.submit([ticket("a", number)]) for number in range(3)]
    for future in pending:
        future.result(timeout=0)
    with pytest.raises(NotNow, match="stops"):
        g.relay.submit([ticket("a", 9)])
    with gateway(tmp_path, MemoryBus("answers")) as g:
        g.send(ticket("a", 3))
        g.drained()
        assert first_heard(g.bus.events, "a") == [*range(4)]


def test_the_end_waits_for_what_the_bus_is_about_to_acknowledge(tmp_path: Path) -> None:
    bus = MemoryBus("silent")
    with gateway(tmp_path, bus, patience_seconds=60) as g:
        pending = g.relay.submit([ticket("a", 1)])
        bus.turn("answers")
        pending.result(timeout=30)
    assert bus.events == [ticket("a", 1)]
    with gateway(tmp_path, MemoryBus()) as g:
        assert g.spool.empty


OF_TOMORROW = (
    b'[{"type":"id.pantau.of.tomorrow","source":"s","id":"1","time":"2026-03-02T09:30:00Z",'
    b'"pantauarrival":"2026-03-02T09:30:00Z","data":{}}]'
)
"""An entry as a later version may write it."""


def test_how_long_the_first_entry_has_waited_is_told(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit_bytes=1 << 20)
    spool.append(EVENTS, pack([ticket("a", 1)]), n=1, at=NOW - 90_000).result(timeout=30)
    spool.close()
    with gateway(tmp_path, MemoryBus("refuses")) as g:
        assert g.metric("spool_oldest_seconds") == 90


@pytest.mark.parametrize("at", [0, 2, 4])
def test_entries_that_this_version_cannot_read_are_set_aside_and_the_rest_goes_on_in_order(
    tmp_path: Path, at: int
) -> None:
    readable = [(EVENTS, pack([ticket("a", number)]), 1) for number in range(4)]
    unreadable = [(EVENTS, OF_TOMORROW, 1), (REJECTIONS, b'[{"code":"of tomorrow"}]', 2), (3, b"[]", 4)]
    spool = Spool(tmp_path, limit_bytes=1 << 20)
    for kind, value, n in [*readable[:at], *unreadable, *readable[at:]]:
        spool.append(kind, value, n=n, at=NOW).result(timeout=30)
    spool.close()
    with gateway(tmp_path, MemoryBus()) as g:
        g.drained()
        g.send(ticket("a", 4))
        assert first_heard(g.bus.events, "a") == [*range(5)]
        assert g.relay.condition().set_aside_files == g.metric("spool_damaged_files") == 1
        assert (g.metric("set_aside_events_total"), g.metric("drained_events_total")) == (7, 4)
    (path,) = tmp_path.glob("*.damaged")
    assert [(entry.kind, entry.value, entry.n) for entry in entries(path.read_bytes(), segment=1)] == unreadable
    assert "cannot read it" in (reason := path.with_suffix(".reason").read_text())
    assert "of.tomorrow" in reason


def test_without_room_to_set_an_entry_aside_it_stays_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    spool = Spool(tmp_path, limit_bytes=1 << 20)
    spool.append(EVENTS, OF_TOMORROW, n=1, at=NOW).result(timeout=30)
    spool.close()
    with monkeypatch.context() as patch:
        patch.setattr(Spool, "set_aside", full)
        with gateway(tmp_path, MemoryBus()) as g:
            g.send(ticket("a", 1))
            eventually(lambda: "cannot be set aside: No space" in (g.relay.condition().why or ""), "the fault told")
            assert (g.spool.n_entries, g.bus.events) == (2, [])
    with gateway(tmp_path, MemoryBus()) as g:
        g.drained()
        assert g.bus.events == [ticket("a", 1)]


def is_13(thing: Event | Rejection) -> bool:
    return thing.id in ("a/13", "13")


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("refusals_too", [False, True], ids=["kept as a refusal", "kept in a file"])
def test_a_record_that_the_bus_refuses_for_good_is_kept_and_all_else_goes_on_in_order(
    tmp_path: Path, *, away: bool, refusals_too: bool
) -> None:
    bus = MemoryBus("refuses" if away else "answers", bad=is_13, bad_refusal=is_13 if refusals_too else lambda _: False)
    with gateway(tmp_path, bus) as g:
        for at in range(0, 30, 10):
            g.send(*(ticket("a", number) for number in range(at, at + 10)))
        bus.turn("answers")
        g.drained()
        g.send(ticket("a", 30))
        assert first_heard(bus.events, "a") == [number for number in range(31) if number != 13]
        assert (g.metric("bus_refused_events_total"), g.metric("too_large_events_total")) == (1, 0)
        kept = kept_aside(tmp_path) if refusals_too else bus.rejections[0]
        assert (kept.id, kept.code, kept.retryable) == ("a/13", "bus", True)
        assert unpack(b"[" + kept.original + b"]") == [ticket("a", 13)]
        assert g.metric("set_aside_events_total") == len([*tmp_path.glob("*.reason")]) == int(refusals_too)


def test_a_bus_that_takes_no_event_at_all_refuses_its_topic_and_nothing_is_set_aside(tmp_path: Path) -> None:
    bus = MemoryBus("refuses", bad=lambda event: True)
    with gateway(tmp_path, bus) as g:
        g.send(*(ticket("a", number) for number in range(3)))
        g.relay.reject([refusal(1)]).result(timeout=30)
        bus.turn("answers")
        eventually(lambda: "pantau topics check" in (g.relay.condition().why or ""), "the reason told")
        assert (bus.events, g.spool.n_events) == ([], 4)
        bus.bad = lambda event: event.id == "a/1"
        g.drained()
        assert first_heard(bus.events, "a") == [0, 2]
        assert {each.id for each in bus.rejections} == {"1", "a/1"}


def aggregate(number: int, n_buckets: int) -> Event:
    """An event of some 250 bytes and 30 a bucket."""
    buckets = tuple(Bucket(upto_ms=1_000_000 + at, n=1) for at in range(n_buckets))
    data = AggregateReported(unit="a", measure="tunggu", ends=datetime(2026, 4, 1, tzinfo=UTC), buckets=buckets)
    kind = "aggregate.reported"
    return Event(source=SOURCE, id=f"a/{number}", kind=kind, time=NOW, arrival=NOW, data=data, content=number)


@pytest.mark.parametrize("files", [0, 1], ids=["fits as a refusal", "is shortened"])
@pytest.mark.parametrize("away", [False, True])
def test_what_the_bus_never_takes_is_kept_as_a_refusal_and_all_else_goes_on_in_order(
    tmp_path: Path, files: int, *, away: bool
) -> None:
    bus = MemoryBus("refuses" if away else "answers", most_bytes=4_000, most_refused=7_500 if files else 1 << 20)
    with gateway(tmp_path, bus) as g:
        sent = [aggregate(number, 200) if number == 13 else ticket("a", number) for number in range(30)]
        for at in range(0, 30, 10):
            g.send(*sent[at : at + 10])
        bus.turn("answers")
        g.drained()
        g.send(ticket("a", 30))
        assert first_heard(bus.events, "a") == [number for number in range(31) if number != 13]
        refused = {each.id: each for each in bus.rejections}
        assert (refused["a/13"].code, refused["a/13"].retryable) == ("oversize", not files)
        assert g.metric("too_large_events_total") == 1
        assert g.metric("spool_damaged_files") == files
        whole = unpack(b"[" + (refused["a/13"].original if not files else kept_aside(tmp_path).original) + b"]")
        assert [event.data for event in whole] == [sent[13].data]


def kept_aside(directory: Path) -> Rejection:
    """The refusal in the one file that was set aside."""
    (path,) = directory.glob("*.damaged")
    (entry,) = entries(path.read_bytes(), segment=1)
    (rejection,) = msgspec.json.decode(entry.value, type=list[Rejection])
    return rejection


def test_what_is_too_large_only_in_company_is_no_refusal(tmp_path: Path) -> None:
    bus = MemoryBus("refuses", most_bytes=6_000)
    with gateway(tmp_path, bus) as g:
        g.send(*(aggregate(number, 150) for number in range(8)))
        bus.turn("answers")
        g.drained()
        assert first_heard(bus.events, "a") == [*range(8)]
        assert bus.rejections == []


def test_every_metric_is_scraped_and_explained(tmp_path: Path) -> None:
    with gateway(tmp_path, MemoryBus()) as g:
        g.relay_metrics.follow_registry(lambda: True)
        assert g.metric("registry_stale") == 1
        (tmp_path / "000000000001.damaged").touch()
        assert g.metric("spool_damaged_files") == 1
        names = {metric.name for metric in g.metrics.collect()}
    assert names == {metric.name.removesuffix("_total") for metric in RELAY_METRICS}
    page = (ROOT / "docs" / "gateway-bus.md").read_text()
    assert [metric.name for metric in RELAY_METRICS if f"`{metric.name}`" not in page] == []


def test_a_bug_in_the_way_of_one_try_does_not_end_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def buggy(events: object) -> None:
        raise KeyError("a bug")

    with gateway(tmp_path, MemoryBus("refuses")) as g:
        with monkeypatch.context() as patch:
            patch.setattr(g.bus, "publish", buggy)
            g.relay.reject([refusal(1)]).result(timeout=30)
            g.send(ticket("a", 1))
            g.bus.turn("answers")
            eventually(lambda: "a bug" in (g.relay.condition().why or ""), "the bug to be told")
        g.drained()
        assert g.bus.events == [ticket("a", 1)]
