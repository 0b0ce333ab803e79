"""The work between the bus and the tables: records in, rows out, and only then may the bus forget the records.

Order of one flush: the windows that will change are named, then events, facts and windows are written, then how far
each partition came. A worker that dies anywhere in it leaves something that the next owner of the partition makes whole
(:meth:`stream_processors.partition.Partition.open`); the records, not committed, come again and change nothing twice.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import Any

import msgspec
import structlog

from pantau.bus.claims import Claim, LateFlush, Page
from pantau.bus.partitions import partition_of
from pantau.domain.accepted import Accepted
from pantau.domain.columns import Table
from pantau.domain.entries import History
from pantau.domain.errors import BadSetup
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.registry_changes import changed_units
from pantau.domain.rejections import Rejection
from stream_processors.assembly import Batch, Changes
from stream_processors.partition import Partition
from stream_processors.patience import Patience
from stream_processors.reading import Record
from stream_processors.tables import Clocks, Tables
from stream_processors.writing import Writer

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
"""How often a worker looks for a new registry and for rows of former owners."""

LATE_MS = 10 * 60_000
"""How long after a partition changed hands its former owner's last writes are looked for."""

SETTLED_MS = 60_000
"""When a latecomer's flush is looked at a second time: by then it has ended, however slow its insert was."""


class Flush(msgspec.Struct, frozen=True):
    """What became of some records. They may be committed once ``written`` is done and the rest is on the bus.

    Of each partition only the records before its ``next_offsets`` were merged: one before the others may be missing.
    ``pages`` are the windows that changed and are to be announced, ``rows`` are counted by table.
    """

    written: "Future[None]"
    next_offsets: Mapping[int, int]
    events: Sequence[Accepted]
    pages: frozenset[Page]
    misplaced: Sequence[Event]
    rejections: Sequence[Rejection]
    duplicates: Mapping[str, int]
    conflicts: Mapping[str, int]
    rows: Mapping[str, int]


class _Step(msgspec.Struct):
    """One partition's part of a flush on its way through the operator."""

    partition: Partition
    events: Accepted
    batch: Batch
    claim: Claim
    changes: Changes | None = None


class Worker:
    """Drives the partitions assigned to one process. One thread calls it; rows are written by another behind it.

    ``on_opened`` is told how many seconds it took to open a partition.
    """

    def __init__(
        self,
        tables: Tables,
        *,
        owner: str,
        topic: str,
        partitions: int,
        secret: bytes,
        clocks: Clocks | None = None,
        facts_in_memory: int = 200_000,
        cells_in_memory: int = 2_000_000,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        on_opened: Callable[[float], object] = lambda seconds: None,
    ) -> None:
        self._tables = tables
        self._owner = owner
        self._topic = topic
        self._count = partitions
        self._secret = secret
        self._clocks = clocks
        self._facts, self._cells = facts_in_memory, cells_in_memory
        self._clock = clock
        self._on_opened = on_opened
        self._partitions: dict[int, Partition] = {}
        self._learning = ThreadPoolExecutor(1, thread_name_prefix="learn")
        self.patience = Patience()
        self._writer = Writer(tables, self.patience, owner=owner)
        self._looked = 0.0
        self._assigned: frozenset[int] | None = None
        self._lost: deque[frozenset[int]] = deque()
        self._fresh: set[Page] = set()
        self._late: dict[tuple[str, int, int], int] = {}
        self._divided: tuple[Registry, list[list[str]]] | None = None
        found = self.patience.ask(tables.newest_registry)
        if found is None:
            raise BadSetup("the tables hold no registry yet; load one: pantau registry load registry.toml --data STORE")
        self.registry: Registry = found

    def process(self, records: Mapping[int, Sequence[Record]]) -> Flush:
        """Merge records, by partition, and hand their rows to the writer. Raises what an earlier write raised.

        Waits as long as storage does not answer, unless the worker is stopped: then it raises NotNow.
        """
        self.look()
        steps: list[_Step] = []
        misplaced: list[Event] = []
        rejections: list[Rejection] = []
        for number, given in records.items():
            partition = self._opened(number)
            arrived = partition.unbroken(given)
            if not arrived:
                continue
            found = partition.read(arrived, secret=self._secret)
            misplaced += found.misplaced
            rejections += found.rejections
            claim = partition.after(arrived[-1].offset + 1)
            steps.append(_Step(partition, found.events, partition.assembly.gather(found.events), claim))
        self._restore(steps)
        for step in steps:
            version = self._tables.version(step.claim.epoch, step.claim.seq)
            step.changes = step.partition.assembly.merge(step.batch, version)
        self._restore_cells(steps)
        blocks = self._blocks(steps) if steps else []
        self._watch_clocks(steps)
        written = self._writer.put(blocks)
        for step in steps:
            step.partition.claim = step.claim
            step.partition.wrote(step.batch.numbers)
        changes = [step.changes for step in steps if step.changes is not None]
        fresh, self._fresh = self._fresh, set()
        return Flush(
            written,
            {number: self._partitions[number].claim.next_offset for number in records},
            [step.events for step in steps],
            frozenset(chain(fresh, *(change.touched for change in changes))),
            misplaced,
            rejections,
            _summed(change.duplicates for change in changes),
            _summed(change.conflicts for change in changes),
            _summed({block.table: len(block.data[0])} for block in blocks),
        )

    def look(self, *, now: bool = False) -> None:
        """Notice a new registry, a successor, or rows of a former owner; at most once a second unless ``now``."""
        while self._lost:
            self.drop(self._lost.popleft())
        if not now and time.monotonic() - self._looked < LOOK_SECONDS:
            return
        if self.patience.ask(self._tables.newest_registry_version) != self.registry.version:
            newest = self.patience.ask(self._tables.newest_registry)
            if newest is not None:
                self._use(newest)
        for number in sorted(self._assigned or ()):
            self._opened(number)  # also without records: what an earlier owner left is made whole, a registry adopted
        names = {partition.name: number for number, partition in self._partitions.items()}
        if names:
            for name, claim in self.patience.ask(self._tables.newest_claims, [*names]).items():
                if claim.epoch > self._partitions[names[name]].claim.epoch:
                    log.warning("partition claimed by another worker", partition=name, owner=claim.owner)
                    self.drop([names[name]])
            since = self._clock() - LATE_MS
            self._heal(self.patience.ask(self._tables.late_flushes, [*names], since=since))
        if self._clocks is not None and (counts := self._clocks.due()):
            self._writer.put(counts)
        self._looked = time.monotonic()

    def assign(self, numbers: frozenset[int]) -> None:
        """From now on these partitions are this worker's, and no others; may be called by any thread.

        What is taken away is forgotten even if it comes back before the worker's thread looks: another worker may have
        owned it in between.
        """
        self._lost.append((self._assigned or frozenset()) - numbers)
        self._assigned = numbers

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget partitions: they are another worker's now, or must be read anew from the tables."""
        for number in [*numbers]:
            dropped = self._partitions.pop(number, None)
            if dropped is None:
                continue
            dropped.dropped = True
            if self._clocks is not None:
                self._clocks.drop(dropped.name)
        self._share_memory()

    @property
    def opened(self) -> list[Partition]:
        """The partitions in memory."""
        return [*self._partitions.values()]

    def reached(self) -> dict[int, int]:
        """The offset at which each partition in memory is to be read on; may be asked by any thread."""
        return {number: partition.claim.next_offset for number, partition in self._partitions.copy().items()}

    def pass_over(self, number: int, next_offset: int) -> None:
        """The bus has no record of a partition before an offset that is not in the tables."""
        if number in self._partitions:
            self._partitions[number].pass_over(next_offset)

    def begin_anew(self, number: int) -> None:
        """The bus lost what it held of a partition: what it holds now is read from its beginning."""
        if number in self._partitions:
            self.drain()
            self._partitions[number].begin_anew()
            self._keep_progress(self._partitions[number].claim)

    def drain(self) -> None:
        """Wait until everything handed to the writer is in the tables; raises what a write raised."""
        self._writer.drain()

    def stop(self) -> None:
        """No longer wait for a storage that does not answer."""
        self.patience.stop()

    def close(self) -> None:
        """Write what waits and end the threads."""
        for partition in self._partitions.values():
            partition.dropped = True
        self._learning.shutdown(cancel_futures=True)
        self._writer.close()

    def _opened(self, number: int) -> Partition:
        """The partition, claimed and made whole if this worker does not hold it yet."""
        held = self._partitions.get(number)
        if held is not None:
            return held
        self.drain()
        began = time.monotonic()
        name = f"{self._topic}/{self._count}:{number}"
        claim = self.patience.ask(self._tables.claim, name, owner=self._owner, registry=self.registry.version)
        partition = Partition(claim, self.registry, self._units(number))
        changed = self._changed_since(claim.registry, partition.units)
        done = self.patience.ask(partition.open, self._tables, changed, since=self._clock() - LATE_MS)
        if partition.claim != claim:
            self._keep_progress(partition.claim)
        self._partitions[number] = partition
        self._share_memory()
        self._fresh |= partition.newest_pages()  # what its former owner changed last may not have been announced
        seconds = time.monotonic() - began
        self._on_opened(seconds)
        log.info(
            "partition opened",
            partition=name,
            epoch=claim.epoch,
            repaired=done.repaired,
            rebuilt=done.rebuilt,
            seconds=round(seconds, 3),
        )
        self._learn(partition)
        return partition

    def _share_memory(self) -> None:
        """Give every partition in memory the same share of it."""
        for partition in self._partitions.values():
            n = len(self._partitions)
            partition.assembly.bound(capacity=max(1_000, self._facts // n), cells=max(1_000, self._cells // n))

    def _learn(self, partition: Partition) -> None:
        """Learn what the tables hold of a partition's units while it is already at work."""

        def learn() -> None:
            began = time.monotonic()
            try:
                facts = self.patience.ask(partition.learn, self._tables)
            except Exception as error:  # noqa: BLE001 - without it the worker works on, more slowly
                log.error("facts not learned", partition=partition.name, error=str(error), kind=type(error).__name__)
            else:
                seconds = round(time.monotonic() - began, 3)
                log.info("facts learned", partition=partition.name, facts=facts, seconds=seconds)

        self._learning.submit(learn)

    def _units(self, number: int) -> list[str]:
        """The units of a partition in the registry in force, all partitions' worked out at once."""
        if self._divided is None or self._divided[0] is not self.registry:
            parts: list[list[str]] = [[] for _ in range(self._count)]
            for unit in self.registry.units:
                parts[partition_of(unit.code, self._count)].append(unit.code)
            self._divided = self.registry, parts
        return self._divided[1][number]

    def _changed_since(self, version: str, units: Sequence[str]) -> list[str]:
        """Of some units those whose past the registry in force judges otherwise than an earlier version."""
        if version == self.registry.version:
            return []
        mine = set(units)
        heard = [pair for pair in self.patience.ask(self._tables.units_with_events) if pair[0] in mine]
        before = self.patience.ask(self._tables.registry_of, version)
        return sorted({unit for unit, _ in heard}) if before is None else changed_units(before, self.registry, heard)

    def _use(self, registry: Registry) -> None:
        """Put another registry in force in every open partition."""
        self.drain()
        before, self.registry = self.registry, registry
        for number, partition in self._partitions.items():
            units = self._units(number)
            changed = self._changed_since(before.version, units)
            self.patience.ask(partition.use, registry, units, self._tables, changed)
            self._keep_progress(partition.claim)
            self._learn(partition)
            log.info("registry in force", partition=partition.name, version=registry.version, rebuilt=len(changed))

    def _keep_progress(self, claim: Claim) -> None:
        self._writer.write([self._tables.progress_block([claim], self._clock())])

    def _heal(self, late: Sequence[LateFlush]) -> None:
        """Redo what former owners touched: when they are first seen, and again when they must have ended."""
        due: dict[str, list[LateFlush]] = {}
        now = self._clock()
        for flush in late:
            key = (flush.name, flush.epoch, flush.seq)
            seen = self._late.get(key)
            if seen is None or (seen > 0 and now - seen > SETTLED_MS):
                self._late[key] = now if seen is None else 0
                due.setdefault(flush.name, []).append(flush)
        for partition in self._partitions.values():
            flushes = [flush for flush in due.get(partition.name, ()) if flush.seq > partition.began]
            if flushes:
                self.drain()
                log.warning("a former owner wrote late", partition=partition.name, flushes=len(flushes))
                self.patience.ask(partition.heal, flushes, self._tables)

    def _restore(self, steps: Sequence[_Step]) -> None:
        """Bring the stored ones of the facts that are not in memory back, one look-up a table for all partitions."""
        by_table: dict[str, list[tuple[str, str, str]]] = {}
        owner: dict[str, Partition] = {}
        for step in steps:
            absent = step.partition.assembly.absent(step.batch)
            for fact_id in step.partition.may_hold(absent, step.batch.numbers):
                by_table.setdefault(fact_id[0], []).append(fact_id[1:])
                owner[fact_id[1]] = step.partition
        if by_table:
            self.drain()
        for table, keys in by_table.items():
            for key, history in self.patience.ask(self._histories, table, keys):
                owner[key[0]].assembly.restore((table, *key), history)

    def _restore_cells(self, steps: Sequence[_Step]) -> None:
        absent = {id(step): step.partition.absent_cells(step.changes) for step in steps if step.changes is not None}
        keys = [key for found in absent.values() for key in found]
        if not keys:
            return
        self.drain()
        cells = self.patience.ask(self._tables.cells, keys)
        for step in steps:
            mine = {key: cells[key] for key in absent[id(step)] if key in cells}
            step.partition.assembly.restore_cells(mine)

    def _blocks(self, steps: Sequence[_Step]) -> list[Any]:
        tables, now = self._tables, self._clock()
        claims = [step.claim for step in steps]
        pages = [step.changes.touched if step.changes is not None else Table(()) for step in steps]
        blocks = [tables.flush_block(claims, pages, now)]
        blocks += [tables.log_block(step.events, self.registry, step.claim.seq) for step in steps if len(step.events)]
        for step in steps:
            if step.changes is not None:
                blocks += tables.fact_blocks(step.changes.rows)
        for step in steps:
            if step.changes is not None:
                version = tables.version(step.claim.epoch, step.claim.seq)
                blocks += tables.cell_blocks(version, step.partition.assembly.settle(step.changes))
        return [*blocks, tables.progress_block(claims, now)]

    def _watch_clocks(self, steps: Sequence[_Step]) -> None:
        """Count what the sources' clocks say."""
        for step in steps:
            if self._clocks is not None and step.changes is not None:
                repeats = (step.changes.duplicates, step.changes.conflicts)
                self.patience.ask(self._clocks.see, step.partition.name, step.events, repeats, self.registry)

    def _histories(
        self, table: str, keys: Sequence[tuple[str, str, str]]
    ) -> list[tuple[tuple[str, str, str], History]]:
        return [*self._tables.histories(table, keys)]


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in counts:
        for name, n in each.items():
            total[name] = total.get(name, 0) + n
    return total
