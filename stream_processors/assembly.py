"""From batches of events to facts and windows: the operator that every runtime drives.

What it holds in memory is a bounded cache of what the tables hold (law 3). The shell around it reads a batch, brings
in the stored facts and cells that the batch needs, merges, writes what :class:`Changes` names, and only then lets go
of the batch. Nothing here reads a clock, a disk or a network.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from pantau.domain.accepted import Accepted, TicketNames
from pantau.domain.columns import Table, extended
from pantau.domain.entries import (
    RECORD_TABLES,
    TABLE_OF,
    Entry,
    FactId,
    FactKey,
    History,
    fact_number,
    lifecycle_entry,
    record_entry,
    subject_of,
    time_meant,
)
from pantau.domain.events import Event
from pantau.domain.measures import Fact, Mark, fold, marks
from pantau.domain.registry import Registry
from pantau.domain.visit_columns import MEASURES
from pantau.domain.windows import Accumulator, CellKey, CellStates, slots
from stream_processors.cache import Generations
from stream_processors.cells import Cells, Page
from stream_processors.marks import Marks, joined_marks
from stream_processors.ticket_entries import Plain, entry_of, from_tickets, is_plain
from stream_processors.tickets import Tickets

MOST_TEXTS = 1_000_000
"""Different counters, officers and the like whose codes are kept; a source that names ever new ones fills no memory."""


class Batch(msgspec.Struct):
    """A batch's entries: those of plain tickets in columns, all others by the fact they belong to."""

    plain: Plain
    entries: dict[FactId, list[Entry]]
    absent: list[FactId] = []
    """The batch's facts that were not in memory, once that was asked."""
    numbers: list[int] = []
    """The number (:func:`pantau.domain.entries.fact_number`) of each of them."""


class Changes(msgspec.Struct):
    """What a batch changes: whole rows of facts, cells that something was taken out of, and, once, all cells' pages.

    ``touched`` are the pages, a row each: local day and unit.
    """

    rows: dict[str, Collection[tuple[Any, ...]] | Table]
    moved: list[CellKey]
    touched: Table
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

    ``capacity`` bounds what is kept between batches: plain tickets, as many other facts; ``cells`` bounds the cells,
    four times as many unless given. What a batch itself needs is held until it is settled, however small the cache.
    ``units`` are those that will be heard of: what is the same in all that they do is worked out before.
    A batch that fails half-way leaves memory wrong: call :meth:`forget`.
    """

    def __init__(
        self, registry: Registry, *, units: Sequence[str] = (), capacity: int = 30_000, cells: int | None = None
    ) -> None:
        self.registry = registry
        self.units = units
        cells = cells or capacity * 4
        self.capacity = capacity
        self._facts: Generations[FactId, _Held] = Generations(capacity)
        self._batch_facts: dict[FactId, _Held] = {}
        self._cells = Cells(cells, zone_of=lambda unit: self.registry.zone(unit), measures=MEASURES)
        self._tickets = Tickets(capacity)
        self.forget()

    def bound(self, *, capacity: int, cells: int) -> None:
        """Keep as much from now on; what is too much leaves with the next batch."""
        self.capacity = self._facts.capacity = self._tickets.capacity = capacity
        self._cells.capacity = cells

    @property
    def names(self) -> TicketNames:
        """The codes of texts in what is held."""
        return self._tickets.names

    def gather(self, events: Accepted) -> Batch:
        """Sort a batch's events to their facts."""
        plain = from_tickets(events.tickets, self._tickets.names, self.registry)
        return Batch(plain, facts_of(events.others, self.registry))

    def absent(self, batch: Batch) -> list[FactId]:
        """The batch's facts that are not in memory: storage may hold them."""
        tickets = self._tickets
        self._batch_facts = held = self._facts.found(batch.entries)
        for fact_id in batch.entries:
            if fact_id in tickets:
                held[fact_id] = self._hold(fact_id, tickets.take_out(fact_id))
        new = tickets.find(batch.plain)
        held.update(self._facts.found(new))
        others = {*held, *batch.entries}
        single = others.intersection(new) if others else set()
        batch.absent = [*(fact_id for fact_id in batch.entries if fact_id not in held)]
        batch.absent += [fact_id for fact_id in new if fact_id not in single] if single else new
        batch.numbers = [*map(fact_number, batch.absent)]
        self._single_out(batch, single)
        return batch.absent

    def restore(self, fact_id: FactId, history: History) -> None:
        """Bring a stored fact back into memory."""
        if fact_id in self._tickets and is_plain(history.values()):
            self._tickets.restore(fact_id, history)
        else:
            self._batch_facts[fact_id] = self._hold(fact_id, history)

    def merge(self, batch: Batch, version: int) -> Changes:
        """Union the batch's entries into their facts; call after every stored fact of the batch was restored."""
        tickets, facts = self._tickets, self._batch_facts
        tickets.bring_in()
        self._single_out(batch, {fact_id for fact_id in facts if fact_id in tickets})
        merged = tickets.merge(batch.plain, version)
        for fact_id, odd in merged.odd.items():
            facts[fact_id] = self._hold(fact_id, odd.history)
            batch.entries.setdefault(fact_id, []).extend(odd.entries)
        changes = Changes({}, [], Table(()), merged.duplicates, {})
        moves = [*([merged.marks] if merged.marks is not None else []), self._merge_single(batch, version, changes)]
        if merged.table is not None:
            changes.rows["visits"] = extended(merged.table, changes.rows.get("visits", ()))
        changes.touched, changes.moved = self._cells.add(joined_marks(moves))
        self._facts.keep(facts)
        return changes

    def absent_cells(self, changes: Changes) -> list[CellKey]:
        """The changed cells that were not in memory and that storage may hold."""
        return self._cells.absent()

    def stored(self, pages: Iterable[Page] | None) -> None:
        """Storage holds cells of these pages and those that were settled here, and no others; None: it may hold any."""
        self._cells.stored(pages)

    def pages(self, batch: Batch) -> set[Page]:
        """(local day, unit) of every window that the batch's facts touch as they are in memory now."""
        zone = self.registry.zone
        found = {
            (slots(zone(fact_id[1]), mark[1])[3], fact_id[1])
            for fact_id in batch.entries
            if (held := self._batch_facts.get(fact_id)) is not None
            for mark in held.marks
        }
        units, at = self._tickets.instants_of(batch.plain)
        names, days = self._cells.units.names, self._cells.days_of(units, at)
        return found | {(day, names[unit]) for day, unit in zip(days.tolist(), units.tolist(), strict=True)}

    def restore_cells(self, stored: Mapping[CellKey, Accumulator]) -> None:
        """Bring stored cells back into memory."""
        self._cells.restore(stored)

    def settle(self, changes: Changes) -> CellStates:
        """The absolute states of the changed cells, to be written; the batch is done with."""
        self._batch_facts = {}
        self._tickets.settle()
        found = self._cells.settle()
        if self._cells.crowded or len(self.names.texts) > MOST_TEXTS:
            self.forget()  # now, while no batch is coded by these names: it would bring all of them back
        return found

    def forget(self) -> None:
        """Drop everything in memory: after a recovery, a rebuild or a new registry, storage alone is right."""
        self._facts.clear()
        self._batch_facts = {}
        self._cells.forget(self.units)
        self._tickets.forget(TicketNames(self._cells.units, self._cells.services), self.registry)

    def _single_out(self, batch: Batch, fact_ids: set[FactId]) -> None:
        """Take what a batch says of some visits out of its columns, and the visits out of theirs."""
        if not fact_ids:
            return
        rows = self._tickets.rows_of(fact_ids)
        plain, there = batch.plain, np.isin(batch.plain.rows, rows)
        for place in np.flatnonzero(there).tolist():
            batch.entries.setdefault(plain.ids[place], []).append(entry_of(plain.texts[place]))
        batch.plain = plain.only(np.flatnonzero(~there))
        self._tickets.drop(rows)

    def _hold(self, fact_id: FactId, history: History) -> _Held:
        if not history:
            return _Held({}, None, [])
        fact = fold(fact_id[0], FactKey(*fact_id[1:]), history, self.registry)
        return _Held(history, fact, marks(fact))

    def _merge_single(self, batch: Batch, version: int, changes: Changes) -> Marks:
        """Merge the facts that are no plain tickets, one by one; returns the marks they add and take out."""
        registry, facts, conflicts, duplicates = self.registry, self._batch_facts, changes.conflicts, changes.duplicates
        rows: dict[str, list[tuple[Any, ...]]] = {}
        moves: list[tuple[str, str | None, int, Mark]] = []
        for fact_id, entries in batch.entries.items():
            held = facts.get(fact_id)
            if held is None:
                held = facts[fact_id] = _Held({}, None, [])
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
            both = set(before).intersection(now) if service == old_service else ()
            moves += [(unit, old_service, -1, mark) for mark in before if mark not in both]
            moves += [(unit, service, 1, mark) for mark in now if mark not in both]
        changes.rows.update(rows)
        cells = self._cells
        units, services, signs, moved = zip(*moves, strict=True) if moves else ((), (), (), ())
        measures, at, n, total, provenance = zip(*moved, strict=True) if moved else ((), (), (), (), ())
        return Marks(
            cells.units.codes(units),
            cells.measures.codes(measures),
            cells.services.codes(services),
            *(np.array(column, np.int64) for column in (at, n, total, provenance, signs)),
        )
