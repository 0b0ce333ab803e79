"""Kafka → visits → windows → ClickHouse, by workers in processes of their own, against two yardsticks in the same run.

    python -m benchmarks.distributed [--events N] [--units N] [--only NAME ...]

The yardsticks are the same job as one writes it first in Faust (``benchmarks.faust_baseline``) and reading the records
without doing anything with them. The server of tables is the tests' bridge in front of the embedded engine, the broker
is Apache Kafka; their CPU time is shown apart. Times are CPU seconds of the worker per million events: on a shared
machine they move a tenth where seconds on the clock move by half.
"""

import argparse
import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import msgspec
from aiokafka import AIOKafkaConsumer
from kafka import KafkaProducer

from benchmarks.faust_baseline import TOPIC as BASELINE_TOPIC
from benchmarks.operator import MONDAY_8, VISITS_A_DAY, Scenario, backlog, bursts, registry, whole
from pantau.bus.partitions import partition_of
from pantau.bus.record_columns import pack_record
from pantau.bus.records import unpack
from pantau.bus.topics import EVENTS
from pantau.domain.events import Event
from pantau.domain.zones import DAY, HOUR
from storage.address import open_server
from storage.queries import sql
from tests.distributed.cluster import Cluster, WorkerProcess, eventually

ROOT = Path(__file__).parents[1]
PARTITIONS = 4
RECORD_EVENTS = 500
EVENTS_AT_ONCE = 1_000_000
"""Events that are waited for together."""

BASELINE_EVENTS = 4_000
TICKS = os.sysconf("SC_CLK_TCK")

Record = tuple[int, bytes, list[tuple[str, bytes]]]
"""(partition, value, headers)."""


def events_of(units: int, n: int, scenario: Scenario = backlog) -> list[Event]:
    """So many events of whole visits; of a backlog in the order of their time."""
    return [event for batch in islice(scenario(units), -(-n // 40_000)) for event in batch][:n]


def records_of(events: list[Event], size: int) -> list[Record]:
    """Events packed by partition, ``size`` to a record."""
    waiting: dict[int, list[Event]] = {}
    records = []
    for event in events:
        number = partition_of(event.data.unit, PARTITIONS)
        some = waiting.setdefault(number, [])
        some.append(event)
        if len(some) == size:
            records.append((number, *pack_record(some)))
            some.clear()
    return records + [(number, *pack_record(some)) for number, some in waiting.items() if some]


def cpu_of(pid: int | None) -> float:
    """CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_of(pid: int) -> float:
    """Largest resident size a process ever had, MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


class Run:
    """A cluster with workers that wait for events."""

    def __init__(self, folder: Path, units: int, workers: int, **environment: str) -> None:
        self.cluster = Cluster(folder, registry=registry(units))
        self.cluster.environment |= environment
        self.producer = KafkaProducer(bootstrap_servers=self.cluster.broker.bootstrap, acks="all", linger_ms=5)
        self.engine = open_server(self.cluster.url)
        self.workers = [WorkerProcess(self.cluster) for _ in range(workers)]
        for worker in self.workers:
            eventually(worker.ready, "a worker that is ready")
        if workers:
            eventually(lambda: self.said("facts learned") >= PARTITIONS, "workers that know what is stored")

    def send(self, records: list[Record]) -> None:
        """Put records on the bus."""
        for number, value, headers in records:
            self.producer.send(EVENTS.name, value=value, partition=number, headers=headers)
        self.producer.flush()

    def stored(self) -> int:
        """Events in the tables."""
        return int(self.engine.query("SELECT sum(rows) FROM system.parts WHERE table = 'events' AND active").rows[0][0])

    def measured(self, records: list[Record], events: int) -> tuple[float, float, float, float]:
        """Send and wait until all is stored: (seconds, CPU-s of the workers, of the server, of the broker)."""
        pids: list[list[int | None]] = [
            [worker.pid for worker in self.workers],
            [self.cluster.tables.pid],
            [self.cluster.broker.pid],
        ]
        before = [sum(cpu_of(pid) for pid in group) for group in pids]
        begun = sum(self.progress().values())
        began = time.monotonic()
        self.send(records)
        eventually(lambda: sum(self.progress().values()) >= begun + len(records), f"{events} events in the tables")
        seconds = time.monotonic() - began
        after = [sum(cpu_of(pid) for pid in group) for group in pids]
        worker, server, broker = (end - start for end, start in zip(after, before, strict=True))
        return seconds, worker, server, broker

    def progress(self) -> dict[str, int]:
        """The offset up to which each partition is in the tables."""
        names = [f"{EVENTS.name}/{PARTITIONS}:{number}" for number in range(PARTITIONS)]
        return {row[0]: row[3] for row in self.engine.query(sql("newest_claims"), {"names": names}).rows}

    def said(self, words: str) -> int:
        """How often the workers' logs have some words."""
        return sum(worker.said.count(words) for worker in self.workers)

    def rows(self) -> float:
        """Rows that the workers wrote."""
        said = [httpx.get(f"http://127.0.0.1:{worker.port}/metrics").text for worker in self.workers]
        return sum(float(n) for text in said for n in re.findall(r"pantau_worker_rows_total\{[^}]*\} (\S+)", text))

    def close(self) -> None:
        """End everything."""
        for worker in self.workers:
            worker.stop()
        self.producer.close()
        self.engine.close()
        self.cluster.close()


def line(name: str, events: int, seconds: float, worker: float, rest: str = "") -> float:
    """Print one line; returns CPU seconds per million."""
    cpu = worker / events * 1e6
    print(
        f"{name:34s} {events:>9,} {events / seconds:>10,.0f}/s {cpu:>8.1f} {1e6 / cpu:>10,.0f}/core {rest}", flush=True
    )
    return cpu


def through(name: str, units: int, events: list[Event], size: int, workers: int = 1, **environment: str) -> float:
    """Events through workers into the tables."""
    records = records_of(events, size)
    many = EVENTS_AT_ONCE // size
    parts = [records[start : start + many] for start in range(0, len(records), many)]
    with tempfile.TemporaryDirectory() as folder, closing(Run(Path(folder), units, workers, **environment)) as run:
        costs = [run.measured(part, len(part) * size) for part in parts]
        seconds, worker, server, broker = map(sum, zip(*costs, strict=True))
        peak = max(peak_of(each.pid) for each in run.workers)
        rest = (
            f"server {server / len(events) * 1e6:5.1f}  broker {broker / len(events) * 1e6:5.1f}  {peak:5.0f} MB"
            f"  {run.rows() / len(events):4.1f} rows an event"
        )
        return line(name, len(events), seconds, worker, rest)


def evicted(units: int, events: list[Event]) -> float:
    """The last event of visits that left the worker's memory long ago; what came before is not counted."""
    last = [event for event in events if event.kind == "service.ended"]
    first = [event for event in events if event.kind != "service.ended"]
    environment = {"PANTAU_WORKER_FACTS": "4000", "PANTAU_WORKER_CELLS": "16000"}
    with tempfile.TemporaryDirectory() as folder, closing(Run(Path(folder), units, 1, **environment)) as run:
        run.measured(records_of(first, RECORD_EVENTS), len(first))
        seconds, worker, server, broker = run.measured(records_of(last, RECORD_EVENTS), len(last))
        rest = f"server {server / len(last) * 1e6:5.1f}  broker {broker / len(last) * 1e6:5.1f}"
        return line("packed, long-evicted visits", len(last), seconds, worker, rest)


def latency(units: int, rate: int, seconds: int) -> None:
    """Whole visits, the last of them today's, at a steady rate; how long from arrival until they are in the tables.

    They are announced with who waits now. Few units need days before today, in which some may be closed meanwhile.
    """
    visits = rate * seconds // 4
    today_8 = MONDAY_8 + (int(time.time() * 1000) - MONDAY_8 + 8 * HOUR) // DAY * DAY
    begins = today_8 - (visits - 1) // units // VISITS_A_DAY * DAY
    chance = random.Random(units)
    events = [event for visit in range(visits) for event in whole(visit, units, chance, begins)]
    events.sort(key=lambda one: one.time)
    with tempfile.TemporaryDirectory() as folder, closing(Run(Path(folder), units, 1)) as run:
        pid = run.workers[0].pid
        before = cpu_of(pid)
        began = time.monotonic()
        step = max(1, rate // 20)
        for n, start in enumerate(range(0, len(events), step)):
            time.sleep(max(0.0, began + n * step / rate - time.monotonic()))
            now = time.time_ns() // 1_000_000
            some = [msgspec.structs.replace(event, arrival=now) for event in events[start : start + step]]
            for number, value, headers in records_of(some, RECORD_EVENTS):
                run.producer.send(EVENTS.name, value=value, partition=number, headers=headers)
        run.producer.flush()
        eventually(lambda: run.stored() >= len(events), "every event in the tables")
        said = httpx.get(f"http://127.0.0.1:{run.workers[0].port}/metrics").text
        p50, p99 = (quantile(said, "pantau_worker_end_to_end_seconds", q) for q in (0.5, 0.99))
        cpu = (cpu_of(pid) - before) / (rate * seconds) * 1e6
        print(
            f"{f'{rate:,} events/s of {units:,} units':34s} p50 {p50 * 1000:>6.0f} ms   p99 {p99 * 1000:>6.0f} ms"
            f"   {cpu:>6.1f} CPU-s/M  {run.rows() / len(events):4.1f} rows an event"
        )


def quantile(said: str, name: str, q: float) -> float:
    """A quantile of a Prometheus histogram, by interpolation inside its bucket."""
    buckets = [
        (float("inf") if edge == "+Inf" else float(edge), float(n))
        for edge, n in re.findall(rf'{name}_bucket{{le="([^"]+)"}} (\S+)', said)
    ]
    wanted = q * buckets[-1][1]
    low, below = 0.0, 0.0
    for edge, n in buckets:
        if n >= wanted:
            return low if edge == float("inf") else low + (edge - low) * (wanted - below) / max(n - below, 1)
        low, below = edge, n
    return low


def ceiling(events: list[Event]) -> float:
    """Fetch and unpack packed records, and nothing else."""

    async def consume(bootstrap: str, n: int) -> tuple[float, float]:
        consumer = AIOKafkaConsumer(
            EVENTS.name, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
        )
        await consumer.start()
        cpu, began, seen = time.process_time(), time.monotonic(), 0
        while seen < n:
            for found in (await consumer.getmany(timeout_ms=1000)).values():
                seen += sum(len(unpack(record.value)) for record in found)
        spent = time.process_time() - cpu, time.monotonic() - began
        await consumer.stop()
        return spent

    with tempfile.TemporaryDirectory() as folder, closing(Run(Path(folder), 10, 0)) as run:
        run.send(records_of(events, RECORD_EVENTS))
        cpu, seconds = asyncio.run(consume(run.cluster.broker.bootstrap, len(events)))
        return line("ceiling: fetch and unpack", len(events), seconds, cpu)


def baseline(events: list[Event]) -> float:
    """The idiomatic Faust agent on the same events, one to a message."""
    with tempfile.TemporaryDirectory() as folder, closing(Run(Path(folder), 10, 0)) as run:
        bootstrap = run.cluster.broker.bootstrap
        run.cluster.create_topic(BASELINE_TOPIC)
        for event in events:
            data: Any = event.data
            said = {
                "unit": data.unit,
                "ticket": data.ticket,
                "service": data.service,
                "kind": event.kind,
                "time": event.time / 1000,
            }
            number = partition_of(data.unit, PARTITIONS)
            run.producer.send(BASELINE_TOPIC, key=data.unit.encode(), value=msgspec.json.encode(said), partition=number)
        run.producer.flush()
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.faust_baseline", bootstrap, str(len(events))],
            cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=600,
            check=False,
        )  # fmt: skip
        found = re.search(r"cpu (\S+)", done.stdout)
        if found is None:
            raise SystemExit(done.stdout + done.stderr)
        return line("baseline: Faust, an event at a time", len(events), time.monotonic() - began, float(found[1]))


def main() -> None:
    """Run what is asked for and print the ratios."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--events", type=int, default=400_000)
    options.add_argument("--units", type=int, default=100)
    options.add_argument(
        "--only", nargs="*", default=[], help="packed single evicted two flat steady latency yardsticks"
    )
    chosen = options.parse_args()
    n, units = chosen.events, chosen.units
    wanted: Callable[[str], bool] = lambda name: not chosen.only or name in chosen.only  # noqa: E731
    print(f"{'':34s} {'events':>9s} {'':>12s} {'CPU-s/M':>8s}")
    packed = slow = fetch = None
    if wanted("yardsticks"):
        slow = baseline(events_of(units, BASELINE_EVENTS))
        fetch = ceiling(events_of(units, n))
    if wanted("packed"):
        packed = through("packed, new visits", units, events_of(units, n), RECORD_EVENTS)
    if wanted("single"):
        through("single records, new visits", units, events_of(units, n // 10), 1)
    if wanted("evicted"):
        evicted(units, events_of(units, n))
    if wanted("two"):
        through("packed, two workers", units, events_of(units, n), RECORD_EVENTS, workers=2)
    if wanted("flat"):
        for many in (10, 10_000, 100_000):
            through(f"packed, {many:,} units", many, events_of(many, n), RECORD_EVENTS)
        for many in (10, 100, 10_000, 100_000):
            some = events_of(many, max(n, 40 * many), bursts)
            through(f"bursts of {many:,} units", many, some, RECORD_EVENTS)
    if wanted("steady"):
        for many in (10, 100, 10_000, 100_000):
            latency(many, 1_000, 30)
            latency(many, 10_000, 15)
    if wanted("latency"):
        for rate in (1_000, 10_000):
            latency(units, rate, 15)
    if packed and slow and fetch:
        print(f"packed: {slow / packed:.0f} times the baseline, {packed / fetch:.1f} times the ceiling's cost")


if __name__ == "__main__":
    main()
