"""A gateway on a bus as a process of its own, and what is on the bus."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from pantau.bus.records import unpack, unpack_rejection
from pantau.bus.topics import EVENTS, REJECTED
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection
from pantau.domain.wire import BATCH
from producers.brokers import DIRECT
from tests.architecture.tree import ROOT
from tests.gateway.office import HERE, KEY, event
from tests.gateway.office_file import registry_toml
from tests.support.kafka import eventually, free_ports


class Gateway:
    """Started, killed and stopped on the same spool and port. ``settings`` are variables of its environment."""

    def __init__(self, bootstrap: str, folder: Path, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.spool = folder / "spool"
        self.registry = folder / "registry.toml"
        self.registry.write_text(registry_toml(KEY))
        self._log = folder / "gateway.log"
        (port,) = free_ports(1)
        self._command = [
            *(sys.executable, "-m", "pantau.cli.main", "gateway", "--bus", f"kafka://{bootstrap}"),
            *("--registry", str(self.registry), "--spool", str(self.spool), "--port", str(port)),
        ]
        self._settings = {f"PANTAU_{name.upper()}": value for name, value in settings.items()}
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            timeout=60,
            headers={"authorization": f"Bearer {KEY}", "content-type": BATCH},
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=os.environ | self._settings, stdout=log, stderr=log
            )
        eventually(self._answers, "the gateway to answer", self.log)

    def log(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        self._running().kill()
        self._running().wait()

    def stop(self) -> int:
        """Ask it to stop; the exit code."""
        self._running().terminate()
        return self._running().wait(60)

    def hang_up(self) -> None:
        self._running().send_signal(signal.SIGHUP)

    def limit_files(self, size: int) -> None:
        """No file of the process may grow beyond that: what lies beyond is a full disk to it."""
        pid = self._running().pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]))

    def post(self, events: Sequence[dict[str, Any]], key: str = KEY) -> httpx.Response:
        """Send a batch; raises httpx.TransportError when the gateway ends meanwhile."""
        headers = {"authorization": f"Bearer {key}"}
        return self._client.post("/v1/events", content=msgspec.json.encode(list(events)), headers=headers)

    def condition(self) -> dict[str, Any]:
        """What /health/ready says."""
        answer: dict[str, Any] = self._client.get("/health/ready").json()
        return answer

    def metrics(self) -> str:
        return self._client.get("/metrics").text

    def drained(self) -> None:
        """Return when the spool is empty and events go to the bus again."""
        eventually(lambda: (now := self.condition()).get("bus") == "answers" and not now["spooled_events"], "the bus",
                   self.log)  # fmt: skip

    def close(self) -> None:
        self._client.close()
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def _answers(self) -> bool:
        assert self._running().poll() is None, self.log()
        try:
            return self._client.get("/health/live").status_code == 200
        except httpx.TransportError:
            return False

    def _running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None
        return self.process


@contextmanager
def gateway(bootstrap: str, folder: Path, **settings: str) -> Iterator[Gateway]:
    """A running gateway that ends with the context."""
    own = Gateway(bootstrap, folder, **settings)
    try:
        own.start()
        yield own
    finally:
        own.close()


def numbered(first: int, n: int, unit: str = HERE) -> list[dict[str, Any]]:
    """Events whose ids count up for a unit."""
    return [event(f"{unit}/{number}", unit=unit) for number in range(first, first + n)]


def heard(bootstrap: str) -> list[Event]:
    """Every event on the bus, each partition in its order."""
    return [event for value in _values(bootstrap, EVENTS.name) for event in unpack(value)]


def refused(bootstrap: str) -> list[Rejection]:
    """Every refusal on the bus."""
    return [unpack_rejection(value) for value in _values(bootstrap, REJECTED.name)]


def first_heard(bootstrap: str, unit: str = HERE) -> list[int]:
    """The numbers of a unit's events in the order in which the bus heard of them first."""
    ids = dict.fromkeys(event.id for event in heard(bootstrap) if event.data.unit == unit)
    return [int(id.rpartition("/")[2]) for id in ids]


def _values(bootstrap: str, topic: str) -> list[bytes]:
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", proxy_url=DIRECT
    )
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        ends = consumer.end_offsets(partitions)
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        found: dict[Any, list[bytes]] = {partition: [] for partition in partitions}
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for partition, records in consumer.poll(timeout_ms=1_000).items():
                found[partition] += [record.value for record in records]
        return [value for values in found.values() for value in values]
    finally:
        consumer.close()
