"""The cache of plain tickets: visits in arrays, so that a batch's events are merged into all of them at once.

A visit that proves to be more than a plain ticket (see :mod:`pantau.domain.visit_columns`) is handed out and no longer
held here: it is folded by itself.
"""

from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Final

import msgspec
import numpy as np

from pantau.domain.accepted import TicketNames
from pantau.domain.columns import NULL, Array, Coded, Column, Ints, Maybe, Names, Table, ranges
from pantau.domain.entries import Entry, FactId, History
from pantau.domain.registry import Registry
from pantau.domain.visit_columns import (
    ENTRY,
    KINDS,
    ONCE,
    OUTCOMES,
    RANK,
    VISIT,
    changed_marks,
    empty_visits,
    fold_tickets,
    judge_tickets,
)
from stream_processors.growing import Told, grown
from stream_processors.marks import Marks
from stream_processors.ticket_entries import WORDS, Plain, entry_of, from_histories

_VISIT_WORDS: Final = VISIT.itemsize // 8
_ID_BITS, _TIME_BITS, _RANK_BITS = 43, 42, 3
MOST_VISITS: Final = 1 << 18
"""Visits a batch may touch: more have no room beside a time in one number."""

_NOTHING: Final = empty_visits(1).view(np.int64)
_BY_ROW: Final = ("_unit", "_source", "_stamp", "_from", "_length", "_state")


class _Rows(dict[FactId, int]):
    """Row by visit; while there is an ``end``, one that is looked up and not there gets the row there."""

    end: int | None = None

    def __missing__(self, fact_id: FactId) -> int:
        if self.end is None:
            raise KeyError(fact_id)
        self[fact_id] = row = self.end
        self.end += 1
        return row


class Odd(msgspec.Struct):
    """A visit that is no plain ticket any more: what was known of it, and what the batch says of it."""

    history: History
    entries: list[Entry]


class Merged(msgspec.Struct):
    """What a batch changes in plain tickets."""

    table: Table | None
    marks: Marks | None
    odd: dict[FactId, Odd]
    duplicates: dict[str, int]


class Tickets:
    """Holds between ``capacity`` and twice ``capacity`` of the plain tickets changed last. One batch at a time."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity

    def forget(self, names: TicketNames, registry: Registry) -> None:
        """Hold nothing. Names are coded, and promises judged, as given from now on."""
        self.names = names
        self._registry = registry
        self._dated = any(standard.valid_from or standard.valid_to for standard in registry.standards)
        self._promise_of: dict[int, int] = {}
        """Promise by unit and service; only where none is dated."""
        alike: dict[tuple[str, str] | None, int] = {}
        self._alike = Told(
            names.units,
            lambda unit: alike.setdefault(registry.promises_alike(unit), names.units.code(unit)) if unit else 0,
        )
        """The first of the units that are promised the same as one."""
        self._alike.learn()
        self._standards = Names()
        self._index = _Rows()
        self._ids: list[FactId | None] = []
        self._restored: list[tuple[FactId, History]] = []
        self._tick = self._used = 0
        self._unit, self._source, self._stamp, self._from, self._length = np.zeros((5, 1024), np.int64)
        self._state = np.zeros((1024, _VISIT_WORDS), np.int64)
        self._pool = np.zeros((4096, WORDS), np.int64)
        self._texts = np.full(4096, None)

    def __contains__(self, fact_id: FactId) -> bool:
        return fact_id in self._index

    def find(self, batch: Plain) -> list[FactId]:
        """Note where the visits of a batch are held, and make room for those that are not, which it returns."""
        index = self._index
        index.end = known = len(self._ids)
        batch.rows = np.fromiter(map(index.__getitem__, batch.ids), np.int64, len(batch.ids))
        new = [*islice(reversed(index), index.end - known)][::-1]
        index.end = None
        self._make_room(new)
        self._unit[batch.rows], self._source[batch.rows] = batch.units, batch.sources
        self._tick += 1
        self._stamp[batch.rows] = self._tick
        return new

    def rows_of(self, fact_ids: Iterable[FactId]) -> list[int]:
        """Where visits are held."""
        return [self._index[fact_id] for fact_id in fact_ids]

    def restore(self, fact_id: FactId, history: History) -> None:
        """Bring a stored plain ticket back, for which there is room; it is held once :meth:`bring_in` was called."""
        self._restored.append((fact_id, history))

    def bring_in(self) -> None:
        """Hold what was restored."""
        if not self._restored:
            return
        rows = np.array([self._index[fact_id] for fact_id, _ in self._restored])
        visit = np.repeat(np.arange(len(rows)), [len(history) for _, history in self._restored])
        stored = from_histories(self._restored, self.names)
        self._restored = []
        order = np.argsort(_order(visit, stored.entries.view(ENTRY)[:, 0]))
        entries, visit = stored.entries.take(order, axis=0), visit[order]
        after = self._folded(entries, visit, rows, empty_visits(len(rows)))
        self._write(rows, after, entries, stored.texts.take(order), visit)

    def take_out(self, fact_id: FactId) -> History:
        """The entries of a visit, which is no longer held here."""
        row = self._index[fact_id]
        first = self._from[row]
        found = [entry_of(text) for text in self._texts[first : first + self._length[row]].tolist()]
        self.drop([row])
        return {entry.id: entry for entry in found}

    def merge(self, batch: Plain, version: int) -> Merged:
        """Union a batch's entries into their visits; what was found nowhere is new."""
        touched, visit = np.unique(batch.rows, return_inverse=True)
        if len(touched) > MOST_VISITS:
            raise ValueError(f"a batch of {len(touched)} visits; at most {MOST_VISITS} are merged at once")
        lengths = self._length[touched]
        held = ranges(self._from[touched], lengths)
        whose = np.concatenate([np.repeat(np.arange(len(touched)), lengths), visit])
        entries = np.concatenate([self._pool.take(held, axis=0), batch.entries])
        texts = np.concatenate([self._texts.take(held), batch.texts])
        union = _union(whose, entries, texts, len(touched), len(held))
        duplicates: dict[str, int] = {}
        for place in union.repeated.tolist():
            source = batch.ids[place - len(held)][2]
            duplicates[source] = duplicates.get(source, 0) + 1
        odd = self._odd(touched, whose, texts, union.odd, len(held))
        changed = np.zeros(len(touched), np.bool_)
        changed[whose[union.order[union.order >= len(held)]]] = True
        changed &= ~union.odd
        self._texts[held[changed[whose[: len(held)]]]] = None
        self.drop(touched[union.odd].tolist())
        if not changed.any():
            return Merged(None, None, odd, duplicates)
        order = union.order[changed[whose[union.order]]]
        rows, visit = touched[changed], (np.cumsum(changed) - 1)[whose[order]]
        entries, texts = entries.take(order, axis=0), texts.take(order)
        before = self._state.take(rows, axis=0).view(VISIT)[:, 0]
        after = self._folded(entries, visit, rows, before)
        self._write(rows, after, entries, texts, visit)
        place, (measure, service, at, total, provenance, sign) = changed_marks(before, after)
        marks = Marks(self._unit[rows][place], measure, service, at, np.ones_like(at), total, provenance, sign)
        return Merged(self._table(rows, after, texts, visit, version), marks, odd, duplicates)

    def instants_of(self, batch: Plain) -> tuple[Ints, Ints]:
        """The unit and the time of everything that the batch's visits, as they are held now, add to windows."""
        self.bring_in()
        rows = np.array(sorted({row for row in map(self._index.get, batch.ids) if row is not None}), np.int64)
        state = self._state.take(rows, axis=0).view(VISIT)[:, 0]
        at = np.concatenate([state[name] for name in ("created_at", "called_at", "started_at", "ended_at")])
        return np.tile(self._unit[rows], 4)[at != NULL], at[at != NULL]

    def settle(self) -> None:
        """Let go of the visits that were not changed lately, once there are too many."""
        if len(self._ids) > 2 * self.capacity:
            newest = np.argsort(self._stamp[: len(self._ids)], kind="stable")[-self.capacity :]
            self._pack(np.sort(newest))
        elif self._used > 4096 and self._used > 2 * int(self._length[: len(self._ids)].sum()):
            self._pack(np.arange(len(self._ids)))

    def _make_room(self, fact_ids: Sequence[FactId]) -> None:
        """Rows for new visits, after all others."""
        first, n = len(self._ids), len(self._ids) + len(fact_ids)
        self._ids += fact_ids
        for name in _BY_ROW:
            setattr(self, name, grown(getattr(self, name), n))
        self._length[first:n] = 0
        self._state[first:n] = _NOTHING

    def _folded(self, entries: Array, visit: Ints, rows: Ints, before: Array) -> Array:
        """Visits as their entries make them, judged."""
        after = fold_tickets(entries.view(ENTRY)[:, 0], visit, len(rows))
        after["standard"] = before["standard"]
        moved = (before["service"] != after["service"]) | (before["created_at"] != after["created_at"])
        places = np.flatnonzero(moved & (after["created_at"] != NULL))
        if len(places):
            after["standard"][places] = self._promises(rows[places], after.take(places))
        standards = self._standards.names
        measures = np.array([standard and standard.measure for standard in standards], object)
        limits = np.array([standard.limit_ms if standard else NULL for standard in standards])
        counted = np.array([standard is not None and standard.leavers == "counted" for standard in standards])
        judge_tickets(after, measures, limits, counted)
        return after

    def _promises(self, rows: Ints, visits: Array) -> Ints:
        """Which promise holds for each visit."""
        units, services = self._unit[rows], visits["service"]
        if self._dated:
            codes = zip(units.tolist(), services.tolist(), visits["created_at"].tolist(), strict=True)
            return np.array([self._promise(*each) for each in codes])
        pairs, place = np.unique(self._alike.of(units) << 32 | services, return_inverse=True)
        promise_of = self._promise_of
        for pair in {*pairs.tolist()}.difference(promise_of):
            promise_of[pair] = self._promise(pair >> 32, pair & (1 << 32) - 1, 0)
        return np.fromiter(map(promise_of.__getitem__, pairs.tolist()), np.int64, len(pairs))[place]

    def _promise(self, unit: int, service: int, created: int) -> int:
        names = self.names
        found = self._registry.standard(names.units.names[unit], names.services.names[service], created, "ticket")
        return self._standards.code(found)

    def _write(self, rows: Ints, state: Array, entries: Array, texts: Array, visit: Ints) -> None:
        """Hold visits with their entries, in order."""
        self._state[rows] = state.view(np.int64).reshape(-1, _VISIT_WORDS)
        lengths = np.bincount(visit, minlength=len(rows))
        first, self._used = self._used, self._used + len(entries)
        self._pool, self._texts = grown(self._pool, self._used), grown(self._texts, self._used)
        self._pool[first : self._used], self._texts[first : self._used] = entries, texts
        self._from[rows], self._length[rows] = first + np.cumsum(lengths) - lengths, lengths

    def _odd(self, touched: Ints, whose: Ints, texts: Array, odd: Array, n_held: int) -> dict[FactId, Odd]:
        """The visits that are no plain tickets any more, with all their entries."""
        found: dict[int, Odd] = {}
        for place in np.flatnonzero(odd[whose]).tolist():
            one = found.setdefault(int(whose[place]), Odd({}, []))
            entry = entry_of(texts[place])
            if place < n_held:
                one.history[entry.id] = entry
            else:
                one.entries.append(entry)
        ids = self._ids
        return {fact_id: one for visit, one in found.items() if (fact_id := ids[touched[visit]]) is not None}

    def drop(self, rows: Sequence[int]) -> None:
        """Hold these visits no longer."""
        for row in rows:
            fact_id = self._ids[row]
            assert fact_id is not None
            del self._index[fact_id]
            self._ids[row] = None
            self._texts[self._from[row] : self._from[row] + self._length[row]] = None
        self._length[rows], self._stamp[rows] = 0, -1

    def _pack(self, rows: Ints) -> None:
        """Hold these visits only, without gaps."""
        rows = rows[self._stamp[rows] >= 0]
        held = ranges(self._from[rows], self._length[rows])
        self._used = len(held)
        self._pool[: self._used], self._texts[: self._used] = self._pool.take(held, axis=0), self._texts.take(held)
        self._texts[self._used :] = None
        ids = self._ids
        self._ids = [ids[row] for row in rows.tolist()]
        self._index = _Rows((fact_id, row) for row, fact_id in enumerate(self._ids) if fact_id is not None)
        for name in _BY_ROW:
            held = getattr(self, name)
            held[: len(rows)] = held.take(rows, axis=0)
        lengths = self._length[: len(rows)]
        self._from[: len(rows)] = np.cumsum(lengths) - lengths

    def _table(self, rows: Ints, visits: Array, texts: Array, visit: Ints, version: int) -> Table:
        """Visits as rows of their table."""
        n, ids, names, said = len(rows), self._ids, self.names, texts.tolist()
        zeros, unknown, never = np.zeros(n, np.int64), Maybe(np.full(n, NULL)), Coded([None], np.zeros(n, np.int64))
        ends = [0, *np.cumsum(np.bincount(visit, minlength=n)).tolist()]
        standards = self._standards.names
        limits = np.array([standard.limit_ms if standard else NULL for standard in standards])
        columns: list[Column] = [
            Coded(names.units.names, self._unit[rows]),
            Coded(names.sources.names, self._source[rows]),
            [ids[row][3] for row in rows.tolist()],
            Coded(["ticket"], zeros),
            Coded(names.services.names, visits["service"]),
            *(Coded(names.texts.names, visits[name]) for name in ("channel", "counter", "officer")),
            *(Maybe(visits[name]) for name in ("created_at", "called_at", "started_at", "ended_at")),
            *(visits[name] for name in ("created_by", "called_by", "started_by", "ended_by")),
            Coded(OUTCOMES, visits["outcome"]),
            Coded(names.texts.names, visits["came_from"]),
            never,
            *(visits["calls"], visits["spells"], zeros),
            *(Maybe(visits[name]) for name in ("wait_to_call", "wait_to_start", "wait_to_leave")),
            *(Maybe(visits["service_time"]), Maybe(visits["visit_time"]), unknown),
            Coded([standard and standard.measure for standard in standards], visits["standard"]),
            Maybe(limits[visits["standard"]]),
            unknown,
            Maybe(visits["kept"]),
            [b"[" + b",".join(said[start:end]) + b"]" for start, end in pairwise(ends)],
            np.full(n, version),
            zeros,
        ]
        return Table(columns)


class _Union(msgspec.Struct):
    """Entries of visits without repetitions, in order; who is no plain ticket; and which entries repeat another."""

    order: Ints
    odd: Array
    repeated: Ints


def _order(visit: Ints, entries: Array) -> Ints:
    """A number for each entry that puts visits one after the other, and each one's entries in order."""
    numbers: Ints = (visit << _TIME_BITS | entries["time"]) << _RANK_BITS | RANK[entries["kind"]]
    return numbers


def _union(whose: Ints, entries: Array, texts: Array, n: int, n_held: int) -> _Union:
    """What entries of ``n`` visits are together; the first ``n_held`` of them were held already."""
    held = entries.view(ENTRY)[:, 0]
    odd = np.zeros(n, np.bool_)
    repeated = np.zeros(len(whose), np.bool_)
    identity = whose << _ID_BITS | (held["id"] & (1 << _ID_BITS) - 1)
    if (np.diff(np.sort(identity)) == 0).any():
        by_id = np.argsort(identity, kind="stable")
        again = np.flatnonzero(np.diff(identity[by_id]) == 0)
        one, other = by_id[again], by_id[again + 1]
        equal = texts[one] == texts[other]
        repeated[other[equal]] = True
        odd[whose[one[~equal]]] = True  # one id said of two things, or two ids that hash alike
    kept = np.flatnonzero(~repeated)
    numbers = _order(whose[kept], held[kept])
    sorting = np.argsort(numbers)
    order = kept[sorting]
    odd[whose[order[1:][np.diff(numbers[sorting]) == 0]]] = True  # two at one place of the order
    times = np.bincount(whose[kept] * len(KINDS) + held["kind"][kept], minlength=n * len(KINDS))
    odd |= (times.reshape(n, len(KINDS))[:, ONCE] > 1).any(axis=1)
    return _Union(order, odd, np.flatnonzero(repeated & ~odd[whose]))
