"""From batches of events to facts and windows: the operator that every runtime drives.

What it holds in memory is a bounded cache of what the tables hold (law 3). The shell around it reads a batch, brings
in the stored facts and cells that the batch needs, merges, writes what :class:`Changes` names, and only then lets go
of the batch. Nothing here reads a clock, a disk or a network.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from pantau.domain.entries import (
    RECORD_TABLES,
    TABLE_OF,
    Entry,
    FactKey,
    History,
    lifecycle_entry,
    record_entry,
    subject_of,
    time_meant,
)
from pantau.domain.events import Event
from pantau.domain.measures import Fact, Mark, fold, marks
from pantau.domain.registry import Registry
from pantau.domain.windows import Accumulator, CellKey, slots, spread
from stream_processors.cache import Generations

FactId = tuple[str, str, str, str]
"""(table, unit, source, subject)."""


class Batch(msgspec.Struct):
    """A batch's entries by the fact they belong to, in no order that matters."""

    entries: dict[FactId, list[Entry]]


class Changes(msgspec.Struct):
    """What a batch changes: whole rows of facts, changes of cells, and the cells something was taken out of."""

    rows: dict[str, list[tuple[Any, ...]]]
    cells: dict[CellKey, Accumulator]
    moved: list[CellKey]
    touched: set[tuple[int, str]]
    duplicates: dict[str, int]
    conflicts: dict[str, int]


class _Held(msgspec.Struct):
    history: History
    fact: Fact | None
    marks: list[Mark]


def service_of(fact: Fact) -> str | None:
    """The service a fact's marks are placed under, unknown for facts that have none."""
    return getattr(fact, "service", None)


def facts_of(events: Iterable[Event], registry: Registry) -> dict[FactId, list[Entry]]:
    """Entries by fact, each at its corrected time; a fact's identity keeps the source's own word."""
    grouped: dict[FactId, list[Entry]] = {}
    for event in events:
        table = TABLE_OF[event.kind]
        fact = (table, event.data.unit, event.source, subject_of(event, event.time, registry))
        time = time_meant(registry, event.source, event.time)
        entry = record_entry(event, time) if table in RECORD_TABLES else lifecycle_entry(event, time)
        held = grouped.get(fact)
        if held is None:
            grouped[fact] = [entry]
        else:
            held.append(entry)
    return grouped


class Assembly:
    """The cache of facts and cells, and the merge: one batch at a time, in the order of the methods.

    ``capacity`` bounds what is kept between batches (facts; four times as many cells). What a batch itself needs is
    held until it is settled, however small the cache.
    """

    def __init__(self, registry: Registry, *, capacity: int = 30_000) -> None:
        self.registry = registry
        self._facts: Generations[FactId, _Held] = Generations(capacity)
        self._cells: Generations[CellKey, Accumulator] = Generations(capacity * 4)
        self._batch_facts: dict[FactId, _Held] = {}
        self._batch_cells: dict[CellKey, Accumulator] = {}

    def gather(self, events: Iterable[Event]) -> Batch:
        """Sort a batch's events to their facts."""
        return Batch(facts_of(events, self.registry))

    def absent(self, batch: Batch) -> list[FactId]:
        """The batch's facts that are not in memory: storage may hold them."""
        self._batch_facts = held = self._facts.found(batch.entries)
        return [fact for fact in batch.entries if fact not in held]

    def restore(self, fact_id: FactId, history: History) -> None:
        """Bring a stored fact back into memory."""
        fact = fold(fact_id[0], FactKey(*fact_id[1:]), history, self.registry)
        self._batch_facts[fact_id] = _Held(history, fact, marks(fact))

    def merge(self, batch: Batch, version: int) -> Changes:
        """Union the batch's entries into their facts; call after every stored fact of the batch was restored."""
        registry = self.registry
        rows: dict[str, list[tuple[Any, ...]]] = {}
        cells: dict[CellKey, Accumulator] = {}
        removed: dict[CellKey, Accumulator] = {}
        touched: set[tuple[int, str]] = set()
        duplicates: dict[str, int] = {}
        conflicts: dict[str, int] = {}
        batch_facts = self._batch_facts
        for fact_id, entries in batch.entries.items():
            held = batch_facts.get(fact_id)
            if held is None:
                held = batch_facts[fact_id] = _Held({}, None, [])
            history = held.history
            changed = False
            for entry in entries:
                known = history.get(entry.id)
                if known is None:
                    history[entry.id] = entry
                    changed = True
                elif known.content == entry.content:
                    duplicates[fact_id[2]] = duplicates.get(fact_id[2], 0) + 1
                else:
                    conflicts[fact_id[2]] = conflicts.get(fact_id[2], 0) + 1
                    if entry.content < known.content:
                        history[entry.id] = entry
                        changed = True
            if not changed:
                continue
            table, unit, source, subject = fact_id
            fact = fold(table, FactKey(unit, source, subject), history, registry)
            rows.setdefault(table, []).append((*msgspec.structs.astuple(fact), version, 0))
            now = marks(fact)
            before, old_fact = held.marks, held.fact
            held.fact, held.marks = fact, now
            service, old_service = service_of(fact), service_of(old_fact) if old_fact else None
            if service == old_service and before:
                kept = set(before)
                added = [mark for mark in now if mark not in kept]
                gone = [mark for mark in before if mark not in set(now)] if len(now) - len(added) < len(before) else []
            else:
                added, gone = now, before
            zone = registry.zone(unit)
            if gone:
                spread(removed, gone, unit=unit, service=old_service, zone=zone, sign=-1)
            if added:
                spread(cells, added, unit=unit, service=service, zone=zone, sign=1)
        moved = [*removed]
        for key, change in removed.items():
            cell = cells.get(key)
            if cell is None:
                cells[key] = change
            else:
                cell.add(change)
        for key in cells:
            touched.add((key[2], key[3]))
        self._facts.keep(batch_facts)
        return Changes(rows, cells, moved, touched, duplicates, conflicts)

    def absent_cells(self, changes: Changes) -> list[CellKey]:
        """The changed cells that are not in memory: storage may hold them."""
        self._batch_cells = held = self._cells.found(changes.cells)
        return [key for key in changes.cells if key not in held]

    def pages(self, batch: Batch) -> set[tuple[int, str]]:
        """(local day, unit) of every window that the batch's facts touch as they are in memory now."""
        found: set[tuple[int, str]] = set()
        for fact_id in batch.entries:
            held = self._batch_facts.get(fact_id)
            if held is not None:
                zone = self.registry.zone(fact_id[1])
                found.update((slots(zone, mark[1])[3], fact_id[1]) for mark in held.marks)
        return found

    def restore_cells(self, stored: Mapping[CellKey, Accumulator]) -> None:
        """Bring stored cells back into memory."""
        self._batch_cells.update(stored)

    def settle(self, changes: Changes) -> Sequence[tuple[CellKey, Accumulator]]:
        """Apply the changes of cells; returns their absolute states, to be written."""
        cells = self._batch_cells
        for key, change in changes.cells.items():
            cell = cells.get(key)
            if cell is None:
                cells[key] = change
            else:
                cell.add(change)
        self._cells.keep(cells)
        self._batch_facts, self._batch_cells = {}, {}
        return [*cells.items()]

    def forget(self) -> None:
        """Drop everything in memory: after a recovery, a rebuild or a new registry, storage alone is right."""
        self._facts.clear()
        self._cells.clear()
        self._batch_facts, self._batch_cells = {}, {}


def facts_from(entries: Mapping[FactId, Sequence[Entry]], registry: Registry) -> Iterable[tuple[FactId, Fact]]:
    """Each fact folded from all its entries at once, as a batch job does it; conflicts settled as in the stream."""
    for fact_id, found in entries.items():
        history: History = {}
        for entry in found:
            known = history.get(entry.id)
            if known is None or entry.content < known.content:
                history[entry.id] = entry
        yield fact_id, fold(fact_id[0], FactKey(*fact_id[1:]), history, registry)
