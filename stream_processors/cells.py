"""The cache of cells: absolute states in arrays, so that a batch's marks are added to all of their windows at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from pantau.domain.columns import Array, Coded, Ints, Lists, Names, Table, distinct, ranges
from pantau.domain.entries import AUTO_CLOSED, IMPUTED
from pantau.domain.histogram import EDGES
from pantau.domain.measures import SPREAD
from pantau.domain.windows import ALL_SERVICES, UNKNOWN_SERVICE, Accumulator, CellKey, CellStates, slots
from stream_processors.growing import Told, grown
from stream_processors.known import KnownNumbers, mixed
from stream_processors.numbers import Numbers

Page = tuple[int, str]
"""(local day as days since 1970-01-01, unit)."""

SIZES: Final = ("5m", "30m", "1d")
_MINUTES: Final = np.array([5, 30, 24 * 60])
"""What windows of each size span."""

_SLOT_MS, _SLOT_BITS, _SERIES_BITS, _UNIT_BITS = 300_000, 24, 19, 20
"""A cell's number is unit | series | start in five minutes: no two starts of one unit and size share five minutes."""
_SLOT = (1 << _SLOT_BITS) - 1

_DAY_BITS = 20
_DAY = (1 << _DAY_BITS) - 1
"""A page's number is unit | local day."""

_MOST_UNITS_FIRST: Final = 1 << _UNIT_BITS - 2
"""How many units may have codes before anything is said of them: far fewer than there are numbers for units."""

_EDGES, _EDGE_BITS = np.array(EDGES), 11
_SUMS: Final = ("_n_of", "_total", "_imputed", "_auto_closed")
_ARRAYS: Final = ("_number", "_day", "_stamp", "_from", "_length", *_SUMS)
"""What :class:`Cells` holds of a cell, by row."""


class Marks(msgspec.Struct):
    """Marks in columns, codes for texts; ``sign`` is -1 for what is taken out."""

    unit: Ints
    measure: Ints
    service: Ints
    at: Ints
    n: Ints
    total: Ints
    provenance: Ints
    sign: Ints


def joined_marks(parts: Sequence[Marks]) -> Marks:
    """Marks end to end."""
    if len(parts) == 1:
        return parts[0]
    return Marks(*(np.concatenate(columns) for columns in zip(*map(msgspec.structs.astuple, parts), strict=True)))


class Cells:
    """Holds between ``capacity`` and twice ``capacity`` of the cells changed last, for what their windows span.

    One batch at a time: it is added, then what storage holds of its cells is restored, then it is settled.
    """

    def __init__(self, capacity: int, *, zone_of: Callable[[str], str], measures: Iterable[str]) -> None:
        self.capacity = capacity
        self._zone_of = zone_of
        self._left, self._left_pages = KnownNumbers(), KnownNumbers()
        """Cells that were held and left, and their pages: storage has them, which of all others it is not asked."""
        self._stored: frozenset[Page] | None = None
        self._first_measures = tuple(measures)
        self._n = 0
        self.forget()

    def forget(self, units: Sequence[str] = ()) -> None:
        """Hold nothing; what storage may hold is still known. Codes of names are void; units given get the first."""
        if self._n:
            self._leave(np.arange(self._n))
        self.units, self.services, self._zones = Names(units[:_MOST_UNITS_FIRST]), Names(), Names()
        self.measures = Names(self._first_measures)
        self._series = Names()
        """(size, measure, service) as codes, of every cell."""
        self._parts = [Told(self._series, part) for part in (_size, _measure, _service)]
        self._zone = Told(self.units, lambda unit: self._zones.code(self._zone_of(unit)) if unit else 0)
        self._unit_hash = Told(self.units, hash)
        for told in (self._zone, self._unit_hash):
            told.learn()
        self._series_hash = Told(self._series, lambda name: hash(self._words(name)) if name else 0)
        self._spread = Told(self.measures, lambda name: name in SPREAD)
        self._index = Numbers()
        self._n = self._tick = self._used = 0
        self._written = 0
        """Rows that were ever held: those above are zero, and as long as they are they take no memory."""
        self._odd_starts: dict[int, int] = {}
        """Starts by number, where the five minutes of a number do not begin with it."""
        self._number, self._n_of, self._total, self._imputed, self._auto_closed = np.zeros((5, 1024), np.int64)
        self._day, self._stamp, self._from, self._length = np.zeros((4, 1024), np.int32)  # cells are many: half as wide
        self._pool = np.zeros((1024, 2), np.int32)
        self._begin(np.zeros(0, np.int64), 0)

    def stored(self, pages: Iterable[Page] | None) -> None:
        """Storage holds cells of these pages and those that were settled here, and no others; None: it may hold any."""
        self._stored = None if pages is None else frozenset(pages)

    @property
    def crowded(self) -> bool:
        """Whether the numbers for units or series run out: then all must be forgotten before the next batch."""
        return len(self.units) > 1 << (_UNIT_BITS - 1) or len(self._series) > 1 << (_SERIES_BITS - 1)

    def add(self, marks: Marks) -> tuple[list[Page], list[CellKey]]:
        """Add marks to all their cells; returns the pages they touch and the keys of cells that lose something."""
        starts, days = self._placed(marks.unit, marks.at)
        series = self._series_of(marks.measure, marks.service)
        numbers = (marks.unit << (_SERIES_BITS + _SLOT_BITS)) | (series << _SLOT_BITS) | (starts // _SLOT_MS)
        every, place = np.unique(numbers.ravel(), return_inverse=True)
        rows, known = self._rows(every)
        new = np.flatnonzero(rows >= known)
        mark_of = np.empty(len(every), np.int64)
        mark_of[place] = np.arange(len(place))
        self._day[rows[new]] = days[mark_of[new] % len(days)]
        odd = np.flatnonzero(starts.ravel() % _SLOT_MS)
        self._odd_starts.update(zip(numbers.ravel()[odd].tolist(), starts.ravel()[odd].tolist(), strict=True))
        counted = marks.n * marks.sign
        for name, values in zip(
            _SUMS,
            (
                counted,
                marks.total * marks.sign,
                np.where(marks.provenance == IMPUTED, counted, 0),
                np.where(marks.provenance == AUTO_CLOSED, counted, 0),
            ),
            strict=True,
        ):
            if values.any():
                sums = np.zeros(len(every), np.int64)
                np.add.at(sums, place, np.tile(values, 3))
                getattr(self, name)[rows] += sums
        timed = np.flatnonzero(self._spread.of(marks.measure))
        if len(timed):
            edges = np.searchsorted(_EDGES, marks.total[timed], "right") - 1
            touched = place.reshape(3, -1)[:, timed].ravel()
            self._pending.append((touched, np.tile(edges, 3), np.tile(marks.sign[timed], 3)))
        self._pages = pages = _pages_of(marks.unit, days)
        lost = np.unique(place.reshape(3, -1)[:, marks.sign < 0])
        names = self.units.names
        touched = [*zip((pages & _DAY).tolist(), [names[unit] for unit in (pages >> _DAY_BITS).tolist()], strict=True)]
        return touched, self._keys(rows[lost])

    def absent(self) -> list[CellKey]:
        """The changed cells that were not in memory and that storage may hold."""
        rows = self._new
        if not len(rows):
            return []
        if self._stored is None:
            return self._keys(rows)
        pages, names, stored = self._pages, self.units.names, self._stored
        left = self._left_pages.holds(self._page_hashes(pages >> _DAY_BITS, pages & _DAY))
        if not stored and not left.any():
            return []
        place = np.searchsorted(pages, self._units(rows) << _DAY_BITS | self._day[rows])
        maybe = left[place]
        asked = np.flatnonzero(maybe)
        maybe[asked] = self._left.holds(self._hashes(rows[asked]))
        if stored:
            maybe |= np.array([(page & _DAY, names[page >> _DAY_BITS]) in stored for page in pages.tolist()])[place]
        return self._keys(rows[maybe])

    def restore(self, stored: Mapping[CellKey, Accumulator]) -> None:
        """Add what storage holds of the batch's cells."""
        if not stored:
            return
        numbers = np.array([self._number_of(key) for key in stored])
        rows = self._index.find(numbers)
        sums = zip(*((cell.n, cell.total, cell.imputed, cell.auto_closed) for cell in stored.values()), strict=True)
        for name, values in zip(_SUMS, sums, strict=True):
            getattr(self, name)[rows] += values
        lengths = [len(cell.histogram) for cell in stored.values()]
        edges = np.array([edge for cell in stored.values() for edge in cell.histogram], np.int64)
        counts = np.array([n for cell in stored.values() for n in cell.histogram.values()], np.int64)
        places = np.searchsorted(self._number[self._touched], numbers)
        self._pending.append((np.repeat(places, lengths), np.searchsorted(_EDGES, edges), counts))

    def settle(self) -> CellStates:
        """The absolute states of the changed cells, to be written."""
        rows, n = self._touched, len(self._touched)
        spread = np.flatnonzero(self._length[rows])
        each = self._length[rows[spread]]
        held = ranges(self._from[rows[spread]], each)
        places = np.concatenate([np.repeat(spread, each), *(part[0] for part in self._pending)])
        edges = np.concatenate([self._pool[held, 0], *(part[1] for part in self._pending)])
        counts = np.concatenate([self._pool[held, 1], *(part[2] for part in self._pending)])
        buckets, place = np.unique(places << _EDGE_BITS | edges, return_inverse=True)
        sums = np.zeros(len(buckets), np.int64)
        np.add.at(sums, place, counts)
        buckets, sums = buckets[sums != 0], sums[sums != 0]
        lengths, edges = np.bincount(buckets >> _EDGE_BITS, minlength=n), buckets & (1 << _EDGE_BITS) - 1
        self._used, first = self._used + len(buckets), self._used
        self._pool = grown(self._pool, self._used)
        self._pool[first : self._used, 0], self._pool[first : self._used, 1] = edges, sums
        self._from[rows], self._length[rows] = first + np.cumsum(lengths) - lengths, lengths
        states = [getattr(self, name)[rows] for name in _SUMS]
        found = CellStates(self._columns(rows), Table([*states, Lists(lengths, _EDGES[edges]), Lists(lengths, sums)]))
        if self._n > 2 * self.capacity:
            self._evict()
        elif self._used > 1024 and self._used > 2 * int(self._length[: self._n].sum()):
            self._pack(np.arange(self._n))
        self._begin(np.zeros(0, np.int64), self._n)
        return found

    def days_of(self, units: Ints, at: Ints) -> Ints:
        """The local days of instants in units."""
        return self._placed(units, at)[1]

    def _begin(self, touched: Ints, known: int) -> None:
        self._touched = touched
        self._new = touched[touched >= known]
        self._pages = np.zeros(0, np.int64)
        self._pending: list[tuple[Ints, Ints, Ints]] = []

    def _rows(self, numbers: Ints) -> tuple[Ints, int]:
        """The rows of distinct sorted cells and how many were known; those that are new follow. The batch begins."""
        rows, known = self._index.find(numbers), self._n
        new = np.flatnonzero(rows < 0)
        self._n += len(new)
        rows[new] = np.arange(known, self._n)
        if self._n > len(self._number):
            room = max(self._n, 2 * self.capacity)  # all there will be: what is not written to takes no memory
            for name in _ARRAYS:
                setattr(self, name, grown(getattr(self, name), room))
        for name in ("_length", *_SUMS):
            getattr(self, name)[known : min(self._n, self._written)] = 0
        self._written = max(self._written, self._n)
        self._index.add(numbers[new], rows[new])
        self._number[rows] = numbers
        self._tick += 1
        self._stamp[rows] = self._tick
        self._begin(rows, known)
        return rows, known

    def _placed(self, units: Ints, at: Ints) -> tuple[Ints, Ints]:
        """Where instants fall: the starts of their windows, a row a size, and their local days."""
        if not len(at):
            return np.zeros((3, 0), np.int64), at
        slot = at // _SLOT_MS
        first = slot.min()
        width = slot.max() - first + 1
        each, place = distinct(self._zone.of(units) * width + slot - first)
        one_of_each = np.zeros(len(each), np.int64)
        one_of_each[place] = at
        zones = [self._zones.names[zone] for zone in (each // width).tolist()]
        found = [slots(zone, instant) for zone, instant in zip(zones, one_of_each.tolist(), strict=True)]
        placed = np.array(found, np.int64).reshape(-1, 4)
        aligned = placed[:, 0] == (each % width + first) * _SLOT_MS
        placed = placed.take(place, axis=0).T
        for one in np.flatnonzero(~aligned[place]).tolist():  # a zone off the five minutes: each by itself
            placed[:, one] = slots(zones[place[one]], int(at[one]))
        return placed[:3], placed[3]

    def _series_of(self, measures: Ints, services: Ints) -> Ints:
        """The (size, measure, service) of marks, a row a size."""
        many = len(self.measures)
        pairs, place = distinct(services * many + measures)
        every, unknown = self.services.code(ALL_SERVICES), self.services.code(UNKNOWN_SERVICE)
        code = self._series.code
        found = [
            (code((0, measure, every)), code((1, measure, service)), code((2, measure, service)))
            for service, measure in ((pair // many or unknown, pair % many) for pair in pairs.tolist())
        ]
        return np.array(found, np.int64).reshape(-1, 3).take(place, axis=0).T

    def _number_of(self, key: CellKey) -> int:
        size, measure, _, unit, service, start = key
        series = self._series.code((SIZES.index(size), self.measures.code(measure), self.services.code(service)))
        number = self.units.code(unit) << _SERIES_BITS | series
        return number << _SLOT_BITS | start // _SLOT_MS

    def _words(self, series: tuple[int, int, int]) -> tuple[str, str, str]:
        return SIZES[series[0]], self.measures.names[series[1]], self.services.names[series[2]]

    def _units(self, rows: Ints) -> Ints:
        return self._number[rows] >> _SERIES_BITS + _SLOT_BITS

    def _series_codes(self, rows: Ints) -> Ints:
        return _series_in(self._number[rows])

    def _hashes(self, rows: Ints) -> Array:
        """Numbers of cells that hold longer than the codes do."""
        slot = self._number[rows] & _SLOT
        inner = mixed(self._series_hash.of(self._series_codes(rows)) + slot)
        return mixed(self._unit_hash.of(self._units(rows)).astype(np.uint64) ^ inner)

    def _page_hashes(self, units: Ints, days: Ints) -> Array:
        return mixed(self._unit_hash.of(units).astype(np.uint64) ^ mixed(days))

    def _columns(self, rows: Ints) -> Table:
        """The keys of cells, a column a field."""
        numbers = self._number[rows]
        series = _series_in(numbers)
        size, measure, service = (part.of(series) for part in self._parts)
        starts = (numbers & _SLOT) * _SLOT_MS
        if self._odd_starts:
            starts[:] = [
                self._odd_starts.get(number, start)
                for number, start in zip(numbers.tolist(), starts.tolist(), strict=True)
            ]
        return Table(
            [
                Coded(SIZES, size),
                Coded(self.measures.names, measure),
                self._day[rows],
                Coded(self.units.names, numbers >> _SERIES_BITS + _SLOT_BITS),
                Coded(self.services.names, service),
                starts,
            ]
        )

    def _keys(self, rows: Ints) -> list[CellKey]:
        return [*self._columns(rows)] if len(rows) else []

    def _evict(self) -> None:
        """Keep the cells that were changed last, for what their windows span: a day is come back to longest."""
        sizes = self._parts[0].of(self._series_codes(np.arange(self._n)))
        by_age = np.argsort((self._tick - self._stamp[: self._n]) / _MINUTES[sizes], kind="stable")
        self._leave(by_age[self.capacity :])
        self._pack(np.sort(by_age[: self.capacity]))

    def _leave(self, rows: Ints) -> None:
        """Remember cells that will not be held any more."""
        self._left.add(self._hashes(rows))
        pages = _pages_of(self._units(rows), self._day[rows])
        self._left_pages.add(self._page_hashes(pages >> _DAY_BITS, pages & _DAY))

    def _pack(self, rows: Ints) -> None:
        """Keep these cells only, without gaps between their histograms."""
        held = ranges(self._from[rows], self._length[rows])
        self._n, self._used = len(rows), len(held)
        self._pool[: self._used] = self._pool.take(held, axis=0)
        for name in _ARRAYS:
            values = getattr(self, name)
            values[: self._n] = values.take(rows, axis=0)
        lengths = self._length[: self._n]
        self._from[: self._n] = np.cumsum(lengths) - lengths
        self._index.replace(self._number[: self._n], np.arange(self._n))


def _pages_of(units: Ints, days: Array) -> Ints:
    """The different pages of marks, in order: a unit and a day in a number each."""
    if not len(days):
        return np.zeros(0, np.int64)
    first = int(days.min())
    width = int(days.max()) - first + 1
    pages, _ = distinct(units * width + days - first)
    return (pages // width << _DAY_BITS) | (pages % width + first)


def _series_in(numbers: Ints) -> Ints:
    return numbers >> _SLOT_BITS & (1 << _SERIES_BITS) - 1


def _size(series: tuple[int, int, int] | None) -> int:
    return series[0] if series else 0


def _measure(series: tuple[int, int, int] | None) -> int:
    return series[1] if series else 0


def _service(series: tuple[int, int, int] | None) -> int:
    return series[2] if series else 0
