"""A bus in memory and workers that die on it: what Kafka and a group of processes do, one step at a time."""

import itertools
from collections.abc import Sequence
from typing import Any

from pantau.bus.partitions import partition_of
from pantau.bus.record_columns import pack_record
from pantau.bus.records import PACKED_HEADERS
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from storage.partitions import PartitionTables
from storage.store import Block, Store
from stream_processors.reading import Record
from stream_processors.worker import Worker

TOPIC = "pantau.events"
_owners = itertools.count()
_loads = itertools.count(1)


class Killed(Exception):
    """The process was killed in the middle of a flush."""


class Bus:
    """Records by partition, and how far each partition was committed."""

    def __init__(self, partitions: int) -> None:
        self.records: list[list[Record]] = [[] for _ in range(partitions)]
        self.committed = [0] * partitions

    def send(self, events: Sequence[Event], *, partition: int | None = None) -> None:
        """Events packed by the partition of their unit, or into one that is not theirs."""
        parts: dict[int, list[Event]] = {}
        for event in events:
            number = partition_of(event.data.unit, len(self.records)) if partition is None else partition
            parts.setdefault(number, []).append(event)
        for number, some in parts.items():
            value, headers = pack_record(some)
            if len(self.records[number]) % 2:
                headers = [*PACKED_HEADERS]  # as of a producer that writes no columns
            self.append(number, value, dict(headers))

    def append(self, number: int, value: bytes, headers: dict[str, bytes], arrival: int = 1_775_000_000_000) -> None:
        log = self.records[number]
        log.append(Record(len(log), value, headers, arrival))


class MortalTables(PartitionTables):
    """Tables of a process that is killed after so many more blocks were written; what was written stays."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.blocks_left: int | None = None

    def insert(self, blocks: Sequence[Block], *, token: str) -> None:
        for block in blocks:
            if self.blocks_left is not None:
                if self.blocks_left == 0:
                    raise Killed
                self.blocks_left -= 1
            super().insert([block], token=f"{token}:{id(block)}")


class Process:
    """One worker process: reads on from where a partition was committed when it got it."""

    def __init__(self, store: Store, bus: Bus, **options: Any) -> None:
        self.bus = bus
        self.tables = MortalTables(store)
        self.dead = False
        self.worker = Worker(
            self.tables,
            owner=f"process-{next(_owners)}",
            topic=TOPIC,
            partitions=len(bus.records),
            secret=b"a secret of the tests",
            **options,
        )
        self.at: dict[int, int] = {}

    def assign(self, numbers: Sequence[int]) -> None:
        self.worker.assign(frozenset(numbers))
        self.at = {number: self.at.get(number, self.bus.committed[number]) for number in numbers}

    def step(self, most: int = 3, *, may_commit: bool = True) -> bool:
        """Process up to so many records of each partition; whether there were any. A killed process does no more."""
        if self.dead:
            return False
        taken = {
            number: self.bus.records[number][at : at + most]
            for number, at in self.at.items()
            if at < len(self.bus.records[number])
        }
        if not taken:
            return False
        try:
            flush = self.worker.process(taken)
            flush.written.result()
        except Killed:
            self.dead = True
            return False
        if flush.misplaced:
            self.bus.send(flush.misplaced)
        for number, next_offset in flush.next_offsets.items():
            self.at[number] = next_offset
            if may_commit:
                self.bus.committed[number] = max(self.bus.committed[number], self.at[number])
        return True

    def finish(self) -> None:
        while True:
            while self.step():
                pass
            self.worker.look(now=True)
            reached = self.worker.reached()
            if all(reached[number] >= len(self.bus.records[number]) for number in self.at):
                break
            self.at.update(reached)
        self.worker.close()


def load_registry(store: Store, registry: Registry) -> None:
    """Make a registry the newest of a store."""
    import msgspec

    store.engine.insert(
        "registries",
        (("version", "String"), ("loaded_at", "DateTime64(3, 'UTC')"), ("epoch", "UInt64"), ("content", "String")),
        ([registry.version], [next(_loads)], [0], [msgspec.json.encode(registry.to_rows()).decode()]),
    )
