"""Every step of an alert is on the bus: through kill -9, without a broker for a while, and in order in each unit.

The same notifier delivers and reads replies meanwhile.
"""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition

from pantau.bus.topics import ALERTS
from pantau.distributed.desk import ServerDesk
from pantau.domain.alerts.detection import Transition, code_of
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.no_data import NoData
from pantau.domain.alerts.recorded import Recorded
from producers.brokers import DIRECT
from producers.topics import create
from storage.address import open_server
from storage.alert_reading import Sent
from storage.alerts import AlertTables
from storage.migrate import migrate
from tests.alerts.servers import HttpServer, running
from tests.alerts.world import REGISTRY
from tests.support.kafka import Broker, eventually, free_ports
from tests.support.processes import Process

pytestmark = pytest.mark.slow

MANY = 900
UNITS = tuple(f"u{i}" for i in range(10))


def now() -> int:
    return time.time_ns() // 1_000_000


def steps() -> list[tuple[Recorded, tuple[Figure, ...]]]:
    """Steps of as many alerts, unit by unit in turn; later ones are recorded later."""
    first = now() - 3_600_000
    return [
        (
            Recorded(
                transition=Transition(
                    at=first + i,
                    unit=UNITS[i % len(UNITS)],
                    group="adminduk",
                    indicator="late",
                    turn="watched",
                    alert=f"{i:016x}",
                    day=first // 86_400_000,
                    since=first,
                    evidence=4_000_000,
                    threshold=7_000_000,
                    baseline=20_000,
                ),
                found_at=first + i,
            ),
            (),
        )
        for i in range(MANY)
    ]


@pytest.fixture
def tables(clickhouse: str) -> Iterator[AlertTables]:
    engine = open_server(clickhouse)
    migrate(engine)
    desk = ServerDesk(clickhouse)
    desk.load_registry(REGISTRY)
    desk.close()
    yield AlertTables(engine)
    engine.close()


@pytest.fixture
def services() -> Iterator[HttpServer]:
    """Telegram, as a bot sees it."""
    with running(HttpServer()) as http:
        yield http


class Reader:
    """A consumer that drops what it has seen: what it knows, in the order in which it learned it."""

    def __init__(self, bootstrap: str) -> None:
        self.seen: dict[str, Any] = {}
        self._consumer = KafkaConsumer(bootstrap_servers=bootstrap, proxy_url=DIRECT)
        parts = [TopicPartition(ALERTS.name, number) for number in range(ALERTS.partitions)]
        self._consumer.assign(parts)
        self._consumer.seek_to_beginning(*parts)

    def read(self) -> int:
        """Read what there is; how many different steps are known now."""
        for records in self._consumer.poll(timeout_ms=200).values():
            for record in records:
                event = json.loads(record.value)
                assert dict(record.headers)["content-type"] == b"application/cloudevents+json"
                assert record.key.decode() == event["subject"]
                self.seen.setdefault(event["id"], event)
        return len(self.seen)

    def close(self) -> None:
        self._consumer.close()


def test_no_step_is_lost_and_none_overtakes_another(
    tables: AlertTables, clickhouse: str, services: HttpServer, tmp_path: Path
) -> None:
    told, alert, due = tmp_path / "told.txt", f"{MANY - 1:016x}", now()
    (tmp_path / "addresses.toml").write_text(
        f'replies = ["telegram"]\n[roles]\noperator = ["{told.as_uri()}", "telegram://1:T@555?api={services.url}"]\n'
    )
    tables.record(steps())
    tables.keep_gaps([(NoData("u2", due - 1000, due, 12_000), None)], version=1)
    message = Sent("k", "operator/0", "fall", "operator", "u0", "a0", due, "🔻 halo", "", next_at=due)
    before = msgspec.structs.replace(message, recipient="operator/1", alert=alert, state="sent")
    tables.post([message, before])
    chat = {"chat": {"id": 555}, "date": due // 1000, "text": f"OK {code_of(alert)} rapat dengan Ibu Camat"}
    services.updates.append({"update_id": 7, "message": {"message_id": 1, **chat}})
    broker = Broker(tmp_path / "kafka")
    process = Process(
        tmp_path,
        *("alerts", "run", "--data", clickhouse, "--port", str(free_ports(1)[0])),
        settings={
            "PANTAU_SECRET": "5a" * 32,
            "PANTAU_BUS": f"kafka://{broker.bootstrap}",
            "PANTAU_ALERT_ADDRESSES": str(tmp_path / "addresses.toml"),
        },
    ).start()
    try:
        eventually(lambda: told.exists() and "halo" in told.read_text(), "messages need no bus", process.log)
        eventually(
            lambda: "/bot1:T/sendMessage" in {path for path, _, _ in services.seen}, "so do replies", process.log
        )
        broker.start()
        create([broker.bootstrap])
        with closing(Reader(broker.bootstrap)) as reader:
            eventually(lambda: reader.read() > MANY // 6, "it announces", process.log)
            process.stop(signal.SIGKILL)
            assert reader.read() < MANY, "it was killed in the middle"
            process.start()
            eventually(lambda: reader.read() >= MANY + 2, "all is announced", process.log)
    finally:
        process.stop()
        broker.stop()

    recorded = {f"{row.transition.alert}:watched:{row.transition.at}" for row, _ in tables.transitions(since=0)}
    assert {id for id, event in reader.seen.items() if event["type"] == "id.pantau.alert.watched"} == recorded
    for unit in UNITS:
        known = [
            event["subject"]
            for event in reader.seen.values()
            if event["data"]["unit"] == unit and event["data"].get("evidence")
        ]
        assert known == sorted(known), unit
    last = [event for event in reader.seen.values() if event["subject"] == alert]
    assert [event["type"] for event in last] == ["id.pantau.alert.watched", "id.pantau.alert.acknowledged"]
    assert last[0]["data"]["code"] == code_of(alert)
    assert "Camat" not in json.dumps(last), "who answered what is not for the bus"
    assert any(event["type"] == "id.pantau.alert.no_data" for event in reader.seen.values())
