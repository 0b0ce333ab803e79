"""Events over HTTP with 202 after they are safe: the one process, the gateway on Kafka, the gateway without Kafka.

    python -m benchmarks.gateway_bus [--seconds N] [--connections N]

Starts each as a process of its own, one after the other, and sends batches of 100 as fast as they are answered. Kafka
is a real one of the tests (``tests/support/kafka.py``), on this machine; without it the same gateway answers from its
spool, flushed to the disk. CPU is that of the gateway's process alone.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.live import REGISTRY, ROOT, full_speed
from producers.topics import create
from tests.support.kafka import Broker, eventually, free_ports

UNLIMITED = {"PANTAU_GATEWAY_EVENTS_PER_SECOND": "100000000", "PANTAU_GATEWAY_BURST_EVENTS": "100000000"}


@contextmanager
def served(verb: str, *options: str, log: Path) -> Iterator[tuple[str, int]]:
    """A verb that listens, on a free port: its address and its process."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "pantau.cli.main", verb, "--port", str(port), *options],
            cwd=ROOT, env=os.environ | UNLIMITED, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        eventually(lambda: answers(url), f"pantau {verb} to answer", log.read_text)
        yield url, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def answers(url: str) -> bool:
    """Whether it takes requests."""
    try:
        return httpx.get(url + "/health/live").status_code == 200
    except httpx.TransportError:
        return False


def spooled(url: str) -> int:
    """How many events wait in the spool."""
    found: int = httpx.get(url + "/health/ready").json()["spooled_events"]
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(url: str, pid: int, seconds: float, connections: int) -> tuple[float, float]:
    """Events a second, and CPU seconds of the process per million events; after a second of warming up."""
    full_speed(url, 1.0, connections)
    before, began = cpu_seconds(pid), time.monotonic()
    rate = full_speed(url, seconds, connections)
    used = cpu_seconds(pid) - before
    return rate, used / (rate * (time.monotonic() - began)) * 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of each measurement")
    parser.add_argument("--connections", type=int, default=16)
    asked = parser.parse_args()
    how = asked.seconds, asked.connections
    rows: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry = folder / "registry.toml"
        registry.write_text(REGISTRY)
        given = ("--registry", str(registry))
        with served("serve", *given, "--data", str(folder / "data"), log=folder / "serve.log") as (url, pid):
            rows.append(("one process: durable in its log", *measured(url, pid, *how)))
        broker = Broker(folder / "kafka")
        try:
            broker.start()
            create([broker.bootstrap])
            options = (*given, "--bus", f"kafka://{broker.bootstrap}", "--spool", str(folder / "spool"))
            with served("gateway", *options, log=folder / "gateway.log") as (url, pid):
                rows.append(("gateway, Kafka answers", *measured(url, pid, *how)))
                broker.stop()
                full_speed(url, 5.0)
                rows.append(("gateway, Kafka away: in the spool", *measured(url, pid, *how)))
                waiting = spooled(url)
                broker.start()
                up = time.monotonic()
                eventually(lambda: spooled(url) < waiting, "the spool to be emptied")
                noticed = time.monotonic()
                eventually(lambda: spooled(url) == 0, "the spool to be empty")
                empty = time.monotonic()
        finally:
            broker.stop()
    print(f"{'':36}{'events/s':>12}{'CPU-s per million':>20}{'ratio':>8}")
    for what, rate, cpu in rows:
        print(f"{what:36}{rate:12,.0f}{cpu:20.1f}{rate / rows[0][1]:8.2f}")
    print(f"Kafka back: noticed after {noticed - up:.1f} s, {waiting:,} events of the spool in {empty - noticed:.1f} s")


if __name__ == "__main__":
    main()
