"""Kafka away, the gateway killed, the disk full: whatever was answered with 202 arrives, and in order."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from pantau.bus.topics import EVENTS, REJECTED
from producers.brokers import DIRECT
from producers.spool_segments import frame
from producers.topics import create
from tests.gateway.bus_process import Gateway, first_heard, gateway, heard, numbered, refused
from tests.gateway.office import HERE, THERE, event
from tests.support.kafka import Broker, eventually

KILLS = 6
QUICK = {"spool_after_seconds": "0.3"}


@pytest.fixture
def broker(own_kafka: Broker) -> Broker:
    """A broker of the test's own, with our topics."""
    create([own_kafka.bootstrap])
    return own_kafka


class Sender(threading.Thread):
    """Sends one batch after the other; what was not answered with 202 is sent again until it is."""

    def __init__(self, served: Gateway, unit: str = HERE) -> None:
        super().__init__(daemon=True)
        self._served, self._unit = served, unit
        self.enough = threading.Event()
        self.accepted = 0
        self.again = 0

    def run(self) -> None:
        while not self.enough.is_set():
            batch = numbered(self.accepted, 5, self._unit)
            while not self._sent(batch):
                self.again += 1
                time.sleep(0.01)
            self.accepted += len(batch)

    def goes_on(self, n: int) -> None:
        """Return when so many more events were accepted."""
        reached = self.accepted + n
        eventually(lambda: self.accepted >= reached, f"{n} events to be accepted", self._served.log)

    def finish(self) -> None:
        self.enough.set()
        self.join(timeout=60)
        assert not self.is_alive()

    def _sent(self, batch: list[dict[str, object]]) -> bool:
        try:
            answer = self._served.post(batch)
        except httpx.TransportError:
            return False
        assert answer.status_code in (202, 503), answer.text
        return answer.status_code == 202


@pytest.mark.slow
def test_a_broker_that_is_away_is_noticed_by_nobody_who_sends(broker: Broker, tmp_path: Path) -> None:
    with gateway(broker.bootstrap, tmp_path, **QUICK) as served:
        senders = [Sender(served, unit) for unit in (HERE, THERE)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.goes_on(50)
        for end in (broker.stop, broker.kill):
            end()
            eventually(lambda: served.condition().get("bus") == "away", "the gateway to notice", served.log)
            for sender in senders:
                sender.goes_on(100)
            assert served.condition()["spooled_events"] >= 200
            broker.start()
            eventually(lambda: served.condition().get("bus") == "answers", "the way back", served.log)
        for sender in senders:
            sender.finish()
        served.drained()
        assert [sender.again for sender in senders] == [0, 0]
        for sender, unit in zip(senders, (HERE, THERE), strict=True):
            assert first_heard(broker.bootstrap, unit) == [*range(sender.accepted)]
        assert list(served.spool.glob("*.spool")) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_gateway_killed_many_times_while_it_spools_loses_nothing_it_answered(
    broker: Broker, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The broker is away for two of three lives, so that kills hit spooling, emptying the spool and the way back."""
    moments = random.Random(3)
    with gateway(broker.bootstrap, tmp_path, **QUICK) as served:
        sender = Sender(served)
        sender.start()
        for life in range(KILLS):
            if life % 3 == 0:
                broker.kill()
            elif life % 3 == 2:
                broker.start()
            sender.goes_on(10)
            time.sleep(moments.uniform(0.0, 0.4))
            served.kill()
            served.start()
        broker.start()
        sender.finish()
        served.drained()
        arrived = heard(broker.bootstrap)
        assert sender.again >= KILLS / 2, "the kills hit nothing"
        assert first_heard(broker.bootstrap) == [*range(sender.accepted)]
        record_property("accepted", sender.accepted)
        record_property("twice", len(arrived) - sender.accepted)


@pytest.mark.slow
def test_a_full_spool_is_answered_503_and_takes_again_when_kafka_is_back(broker: Broker, tmp_path: Path) -> None:
    broker.stop()
    with gateway(broker.bootstrap, tmp_path, spool_bytes="1000000", **QUICK) as served:
        accepted = 0
        while (answer := served.post(numbered(accepted, 100))).status_code == 202:
            accepted += 100
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert 900_000 < sum(path.stat().st_size for path in served.spool.glob("*.spool")) <= 1_000_000
        assert served.condition()["status"] == 503
        broker.start()
        served.drained()
        assert served.post(numbered(accepted, 100)).status_code == 202
        assert first_heard(broker.bootstrap) == [*range(accepted + 100)]


@pytest.mark.slow
def test_a_full_disk_is_answered_503_nothing_half_written_is_sent_and_what_cannot_be_read_is_set_aside(
    broker: Broker, tmp_path: Path
) -> None:
    broker.stop()
    with gateway(broker.bootstrap, tmp_path, **QUICK) as served:
        assert served.post(numbered(0, 10)).status_code == 202
        accepted = 10
        for size in (30_000, 10):  # the disk takes a part of a write; the disk takes nothing
            served.limit_files(size)
            refusals = 0
            while refusals < 3:
                if served.post(numbered(accepted, 10)).status_code == 202:
                    accepted += 10
                else:
                    refusals += 1
        assert served.condition()["status"] == 503
        served.limit_files(1 << 40)
        assert served.post(numbered(accepted, 10)).status_code == 202
        accepted += 10
        served.kill()
        with min(served.spool.glob("*.spool")).open("ab") as file:  # as a later version may have written it
            file.write(frame(1, b'[{"type":"id.pantau.of.tomorrow"}]', n=1, at=0))
        broker.start()
        served.start()
        served.drained()
        assert first_heard(broker.bootstrap) == [*range(accepted)]
        assert served.condition()["set_aside_files"] == 1
        assert "pantau_gateway_set_aside_events_total 1.0" in served.metrics()
        assert "spool entries set aside" in served.log()
        (reason,) = served.spool.glob("*.reason")
        assert "cannot read it" in reason.read_text()


@pytest.mark.slow
def test_the_spool_is_emptied_into_kafka_although_the_disk_is_full(broker: Broker, tmp_path: Path) -> None:
    broker.stop()
    with gateway(broker.bootstrap, tmp_path, **QUICK) as served:
        assert served.post([*numbered(0, 10), {"not": "an event"}]).status_code == 202
        served.limit_files(10)
        assert served.post(numbered(10, 10)).status_code == 503
        broker.start()
        served.drained()
        assert served.post(numbered(10, 10)).status_code == 202, "nothing goes to the disk now"
        assert first_heard(broker.bootstrap) == [*range(20)]
        assert {each.code for each in refused(broker.bootstrap)} == {"missing"}


@pytest.mark.slow
def test_what_kafka_never_takes_holds_up_nothing_and_a_topic_that_takes_nothing_is_waited_for(
    own_kafka: Broker, tmp_path: Path
) -> None:
    """The topic takes less than the gateway does, as after somebody lowered its limit; then it wants keys."""
    create([own_kafka.bootstrap], [msgspec.structs.replace(EVENTS, record_bytes=20_000), REJECTED])
    own_kafka.stop()
    buckets = [{"upto_ms": at * 1_000_000 + at * 2_654_435_761 % 10**6, "n": at % 977} for at in range(1, 1_500)]
    told = {"unit": HERE, "measure": "tunggu", "ends": "2026-03-02T10:00:00+07:00", "buckets": buckets}
    large = event(f"{HERE}/7", kind="aggregate.reported") | {"data": told}
    with gateway(own_kafka.bootstrap, tmp_path, **QUICK) as served:
        sent = [*numbered(0, 7), large, *numbered(8, 300)]
        for at in range(0, len(sent), 50):
            assert served.post(sent[at : at + 50]).status_code == 202
        own_kafka.start()
        served.drained()
        assert served.post(numbered(308, 5)).status_code == 202
        assert "pantau_gateway_too_large_events_total 1.0" in served.metrics()
        configure(own_kafka.bootstrap, EVENTS.name, {"cleanup.policy": "compact"})
        assert served.post(numbered(313, 2)).status_code == 202
        eventually(lambda: "the bus takes nothing, compare: pantau topics check" in served.log(), "the reason told")
        assert served.condition()["spooled_events"] == 2
        configure(own_kafka.bootstrap, EVENTS.name, {"cleanup.policy": "delete"})
        served.drained()
        assert served.condition()["set_aside_files"] == 0
        assert served.stop() == 0
    assert first_heard(own_kafka.bootstrap) == [number for number in range(315) if number != 7]
    assert [(each.id, each.code, each.retryable) for each in refused(own_kafka.bootstrap)] == [
        (f"{HERE}/7", "oversize", True)
    ]


def configure(bootstrap: str, topic: str, settings: dict[str, str]) -> None:
    """Change a topic's settings behind everybody's back."""
    from kafka import KafkaAdminClient
    from kafka.admin import ConfigResource, ConfigResourceType

    admin = KafkaAdminClient(bootstrap_servers=bootstrap, proxy_url=DIRECT)
    try:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=settings)])
    finally:
        admin.close()
