"""The distributed product as processes: a broker, a server of tables, workers, and a load that never rests."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from pantau.bus.partitions import partition_of
from pantau.bus.record_columns import pack_record
from pantau.bus.records import PACKED_HEADERS
from pantau.bus.topics import EVENTS, TOPICS
from pantau.distributed.desk import ServerDesk
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from producers.brokers import DIRECT
from storage.address import open_server
from storage.compare import Report
from storage.migrate import migrate
from tests.strategies import MONDAY, REGISTRY, UNITS, ticket
from tests.support.bridge import Bridge
from tests.support.kafka import Broker, free_ports

ROOT = Path(__file__).parents[2]
PARTITIONS = 4
PATIENCE_SECONDS = 90
_EVENTS_PARTS = [TopicPartition(EVENTS.name, number) for number in range(PARTITIONS)]
SECRET = "5a" * 32
MOST_ROUNDS = 300
"""What a load sends at most, in rounds of 48 events: on a slow machine the faults take longer, not the catching up."""


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        time.sleep(0.1)


class WorkerProcess:
    """``pantau worker`` as a process."""

    def __init__(self, cluster: "Cluster") -> None:
        (self.port,) = free_ports(1)
        self._said = (cluster.folder / f"worker-{self.port}.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pantau.cli.main", "worker", "--port", str(self.port)],
            cwd=ROOT,
            env={**os.environ, **cluster.environment},
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
        )

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def said(self) -> str:
        """What it logged."""
        return Path(self._said.name).read_text(errors="replace")

    def ready(self) -> bool:
        """Whether it has partitions and its storage answers."""
        assert self._process.poll() is None, f"the worker ended with {self._process.returncode}:\n{self.said}"
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def at_work(self) -> bool:
        """Whether it has merged a batch."""
        try:
            said = httpx.get(f"http://127.0.0.1:{self.port}/metrics", timeout=5).text
        except httpx.TransportError:
            return False
        return "pantau_worker_batch_events_count 0.0" not in said and "pantau_worker_batch_events_count" in said

    def signal(self, signum: signal.Signals) -> None:
        self._process.send_signal(signum)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(30)
        self._said.close()

    def stop(self) -> int:
        """End it in good order; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the worker did not stop:\n{self.said}") from None
        self._said.close()
        return code


class Load(threading.Thread):
    """Sends whole lives of tickets, shuffled and some of them twice; what the broker acknowledged is counted."""

    def __init__(self, cluster: "Cluster", name: str, *, pause: float = 0.1) -> None:
        super().__init__(name=name, daemon=True)
        self._cluster = cluster
        self._pause = pause
        self._enough = threading.Event()
        self._chance = random.Random(name)
        self.acknowledged: set[tuple[str, str]] = set()
        self.sent = 0
        self.over = False
        """Whether all that it may send is sent; a worker that starts now may find nothing to do."""

    def run(self) -> None:
        producer = KafkaProducer(
            bootstrap_servers=self._cluster.broker.bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            proxy_url=DIRECT,
        )
        waiting: list[tuple[Any, list[Event]]] = []
        round_ = 0
        before: list[Event] = []
        while not self._enough.wait(self._pause):
            if round_ == MOST_ROUNDS:
                self.over = True
                continue
            events = [event for n in range(round_ * 10, round_ * 10 + 10) for event in self._life(n)]
            stream = self._chance.sample(events, len(events)) + self._chance.choices(before or events, k=8)
            parts: dict[int, list[Event]] = {}
            for event in stream:
                parts.setdefault(partition_of(event.data.unit, PARTITIONS), []).append(event)
            for number, some in parts.items():
                value, headers = pack_record(some)
                if self._chance.random() < 0.3:
                    headers = [*PACKED_HEADERS]  # as of a producer that writes no columns
                record = producer.send(EVENTS.name, value=value, partition=number, headers=headers)
                waiting.append((record, some))
            self.sent += len(stream)
            before = events
            round_ += 1
        producer.flush()
        for record, some in waiting:
            record.get(timeout=60)
            self.acknowledged.update((event.source, event.id) for event in some)
        producer.close()

    def finish(self) -> int:
        """Stop sending; how many different events were acknowledged."""
        self._enough.set()
        self.join(120)
        assert not self.is_alive(), "the load could not be ended"
        return len(self.acknowledged)

    def _life(self, n: int) -> list[Event]:
        name = f"{self.name}-{n}"
        taken = MONDAY + (n * 97_000) % 200_000_000
        unit = UNITS[n % len(UNITS)]
        steps = (("created", 0), ("called", 60_000 + n % 7 * 30_000), ("recalled", 90_000), ("ended", 700_000 + n % 5))
        return [ticket(said, taken + at, unit=unit, ticket=name, service="ktp") for said, at in steps]


class Cluster:
    """Broker and tables of their own; workers come and go."""

    def __init__(self, folder: Path, *, registry: Registry = REGISTRY) -> None:
        self.folder = folder
        self.broker = Broker(folder / "kafka")
        self.tables = Bridge(folder / "tables")
        self.broker.start()
        self.tables.start()
        self.url = self.tables.url("pantau")
        with closing(open_server(self.tables.url("default"))) as server:
            server.execute("CREATE DATABASE pantau")
        with closing(open_server(self.url)) as server:
            migrate(server)
        self.load_registry(registry)
        for topic in TOPICS:
            self.create_topic(topic.name, PARTITIONS if topic is EVENTS else 1, topic.configs())
        self.expected = 0
        self.environment = {
            "PANTAU_BUS": f"kafka://{self.broker.bootstrap}",
            "PANTAU_STORE": self.url,
            "PANTAU_SECRET": SECRET,
            "PANTAU_WORKER_SESSION_SECONDS": "3",
        }

    def create_topic(self, name: str, partitions: int = PARTITIONS, configs: dict[str, str] | None = None) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.broker.bootstrap)
        admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
        admin.close()

    def worker(self) -> WorkerProcess:
        """One more worker, ready."""
        worker = WorkerProcess(self)
        eventually(worker.ready, "a worker that is ready")
        return worker

    def load_registry(self, registry: Registry) -> None:
        desk = ServerDesk(self.url)
        try:
            desk.load_registry(registry)
        finally:
            desk.close()

    def verified(self) -> Report:
        """What a verification finds now."""
        desk = ServerDesk(self.url)
        try:
            return desk.verify()
        finally:
            desk.close()

    def must_hold(self, accepted: int) -> None:
        """Every event ever acknowledged is in the tables once, and everything made of them is equal to the batch."""
        self.expected += accepted
        ends = self._ends()
        desk = ServerDesk(self.url)
        try:
            eventually(lambda: self._progress(desk) >= ends, "every record in the tables")
            desk.settled()
            reports = []

            def equal() -> bool:
                reports.append(desk.verify())
                return reports[-1].equal

            # a former owner's last writes are noticed within a second or so; nobody has to do anything about them
            try:
                eventually(equal, "what the stream wrote to be equal to the batch")
            except AssertionError as error:
                raise AssertionError(f"{error}: {reports[-1]}") from None
            assert desk.query("count_events").rows[0][0] == self.expected
        finally:
            desk.close()

    def commit_everything(self, group: str) -> None:
        """Let a group without members have read every record."""
        consumer = self._consumer(group_id=group, enable_auto_commit=False)
        ends = consumer.end_offsets(_EVENTS_PARTS)
        consumer.assign(_EVENTS_PARTS)
        consumer.commit({part: OffsetAndMetadata(end, "", -1) for part, end in ends.items()})
        consumer.close()

    def _ends(self) -> int:
        """Records on the bus."""
        consumer = self._consumer()
        ends = consumer.end_offsets(_EVENTS_PARTS)
        consumer.close()
        return sum(ends.values())

    def _consumer(self, **how: Any) -> Any:
        return KafkaConsumer(bootstrap_servers=self.broker.bootstrap, proxy_url=DIRECT, **how)

    def _progress(self, desk: ServerDesk) -> int:
        """Records that are in the tables, with everything made of them."""
        names = [f"{EVENTS.name}/{PARTITIONS}:{number}" for number in range(PARTITIONS)]
        return sum(row[3] for row in desk.query("newest_claims", {"names": names}).rows)

    def close(self) -> None:
        self.broker.stop()
        self.tables.stop()
