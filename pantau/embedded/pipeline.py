"""The loop between the log and the tables: append, bring in, merge, write, commit; and recovery after a crash.

Order within a flush, so that a kill at any point can be recovered from: the cells that will lose something are named
first, then facts, then cells, then progress. Recovery reads the events after the last progress, merges them into the
stored facts, and recomputes from the stored facts every cell that the old or the new state of those facts touches and
every cell named as losing something.
"""

from concurrent.futures import Future
from itertools import chain, islice

import msgspec

from pantau.domain.accepted import Accepted, accepted
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.wire import decode_data
from pantau.embedded.write_behind import WriteBehind
from storage.rebuild import repair_pages
from storage.store import Progress, Store
from stream_processors.assembly import Assembly, Batch
from stream_processors.known import Known

MAX_BATCH = 40_000
"""Events merged at once: more cost less each, fewer are seen sooner and need less memory."""

CELLS_A_FACT = 16
"""Cells kept in memory for each fact: shuffled input comes back to the same cells, and asking for them costs most."""


class Flush(msgspec.Struct, frozen=True):
    """What one flush did: for metrics, and to tell watchers that indicators changed."""

    events: int
    seq: int
    pages: frozenset[tuple[int, str]]
    duplicates: dict[str, int]
    conflicts: dict[str, int]


class Pipeline:
    """Owns the order of writes. Not thread-safe: one thread drives it."""

    def __init__(self, store: Store, registry: Registry, *, capacity: int = 30_000) -> None:
        self.store = store
        self._disk = WriteBehind(store.insert)
        self.assembly = Assembly(registry, capacity=capacity, cells=capacity * CELLS_A_FACT)
        self._known = Known()
        self.progress = store.progress()
        self.seq = max(self.progress.seq, store.last_seq())

    @property
    def registry(self) -> Registry:
        """The registry that events are judged by."""
        return self.assembly.registry

    def open(self) -> int:
        """Recover what a crash left, and learn what storage holds; returns how many events were processed anew."""
        for numbers in self.store.fact_numbers():
            self._known.add(numbers)
        recovered = self._recover()
        self.assembly.stored(self.store.pages())
        return recovered

    def use(self, registry: Registry, *, epoch: int) -> None:
        """Judge by another registry from now on; memory is dropped, for storage alone is right after a rebuild."""
        self._disk.drain()
        self.assembly.registry = registry
        self.assembly.forget()
        if epoch != self.progress.epoch:
            self.progress = Progress(epoch, self.seq)
            self.store.insert([self.store.commit_block(self.progress)])
            self.assembly.stored(self.store.pages())

    def version_at(self, epoch: int) -> int:
        """The version of rows written now under an epoch."""
        return Progress(epoch, self.seq).version

    def append(self, events: Accepted) -> "Future[None]":
        """Write events to the log; once the future is done they are durable and survive a crash unprocessed."""
        block = self.store.log_block(events, self.registry, self.seq + 1)
        self.seq += len(events)
        return self._disk.put([block])

    def process(self, events: Accepted) -> Flush:
        """Merge appended events into facts and windows; at most ``MAX_BATCH`` events, the last ones appended.

        The rows are written behind, in order; :meth:`drain` waits for them.
        """
        assembly, store = self.assembly, self.store
        progress = Progress(self.progress.epoch, self.seq)
        batch = assembly.gather(events)
        assembly.absent(batch)
        self._restore(batch)
        changes = assembly.merge(batch, progress.version)
        absent = assembly.absent_cells(changes)
        if absent:
            self._disk.drain()
            assembly.restore_cells(store.cells(absent))
        self._disk.put(
            [
                *store.moved_blocks(progress.version, changes.moved),
                *store.fact_blocks(changes.rows),
                *store.cell_blocks(progress.version, assembly.settle(changes)),
                store.commit_block(progress),
            ]
        )
        self._known.add(batch.numbers)
        self.progress = progress
        return Flush(len(events), self.seq, frozenset(changes.touched), changes.duplicates, changes.conflicts)

    def drain(self) -> None:
        """Wait until everything processed so far is in the tables."""
        self._disk.drain()

    def close(self) -> None:
        """Write what waits and stop writing."""
        self._disk.close()

    def _restore(self, batch: Batch) -> None:
        """Bring the stored ones of a batch's absent facts into memory, one look-up a table."""
        by_table: dict[str, list[tuple[str, str, str]]] = {}
        known = self._known.among(batch.numbers)
        for fact_id, number in zip(batch.absent, batch.numbers, strict=True):
            if number in known:
                by_table.setdefault(fact_id[0], []).append(fact_id[1:])
        if by_table:
            self._disk.drain()
        for table, keys in by_table.items():
            for key, history in self.store.histories(table, keys):
                self.assembly.restore((table, *key), history)

    def _recover(self) -> int:
        """Process the events that were appended but not committed, and redo every cell they may have touched."""
        pages: set[tuple[int, str]] = set(self.store.moved_pages(self.progress.version))
        rows = chain.from_iterable(self.store.events_after(self.progress.seq))
        n = 0
        while batch_rows := [*islice(rows, MAX_BATCH)]:
            batch = self.assembly.gather(accepted(map(stored_event, batch_rows)))
            self.assembly.absent(batch)
            self._restore(batch)
            pages |= self.assembly.pages(batch)
            version = Progress(self.progress.epoch, int(batch_rows[-1][-1])).version
            changes = self.assembly.merge(batch, version)
            pages |= self.assembly.pages(batch).union(changes.touched)
            self.store.insert(self.store.moved_blocks(version, changes.moved))  # or a crash here forgets these cells
            self.store.insert(self.store.fact_blocks(changes.rows))
            self._known.add(batch.numbers)
            n += len(batch_rows)
        if n or pages:
            self.seq += 1
            done = Progress(self.progress.epoch, self.seq)
            repair_pages(self.store, self.registry, pages, done.version)
            self.store.insert([self.store.commit_block(done)])
            self.progress = done
            self.assembly.forget()
        self.store.tidy(self.progress)
        return n


def stored_event(row: tuple[str, str, str, int, int, int, str, int]) -> Event:
    """An event as :meth:`storage.store.Store.events_after` reads it back."""
    source, id_, kind, time, arrival, content, data, _ = row
    return Event(
        source=source, id=id_, kind=kind, time=time, arrival=arrival, data=decode_data(kind, data), content=content
    )
