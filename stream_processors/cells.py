"""The cache of cells: absolute states in arrays, so that a batch's marks are added to all of their windows at once.

What is looked up is a strip: the cells that one window has of sixteen measures. The marks that one instant of a visit
makes fall in the same strips, and all of a visit's instants in a few.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from pantau.domain.columns import Array, Coded, Ints, Names, Table, distinct
from pantau.domain.entries import AUTO_CLOSED, IMPUTED
from pantau.domain.measures import SPREAD
from pantau.domain.windows import ALL_SERVICES, UNKNOWN_SERVICE, Accumulator, CellKey, CellStates
from stream_processors.growing import Told, grown, packed
from stream_processors.histograms import EDGE_BITS, Counted, Histograms, edges_of, places_of, summed
from stream_processors.known import MEMBERS, KnownNumbers, mixed
from stream_processors.marks import Marks
from stream_processors.numbers import Numbers, in_order
from stream_processors.places import SLOT_MS, Places, slots_of

Page = tuple[int, str]
"""(local day as days since 1970-01-01, unit)."""

SIZES: Final = ("5m", "30m", "1d")
_MINUTES: Final = np.array([5, 30, 24 * 60])
"""What windows of each size span."""

_STRIP_BITS: Final = 4
_STRIP: Final = 1 << _STRIP_BITS
"""Measures in a strip: those whose codes begin alike. All that plain tickets add to are in one."""

_SLOT_BITS, _SERIES_BITS, _UNIT_BITS = 24, 19, 20
"""A strip's number is unit | series | start in five minutes: no two starts of one unit and size share five minutes."""
_SLOT = (1 << _SLOT_BITS) - 1

_DAY_BITS = 20
_DAY = (1 << _DAY_BITS) - 1
"""A page's number is unit | local day."""

_MOST_UNITS_FIRST: Final = 1 << _UNIT_BITS - 2
"""How many units may have codes before anything is said of them: far fewer than there are numbers for units."""

_OF_STRIPS: Final = ("_number", "_day", "_stamp", "_cells")
_SUMS: Final = ("_n_of", "_total", "_imputed", "_auto_closed")


class Cells:
    """Holds some ``capacity`` to twice ``capacity`` of the cells changed last, for what their windows span.

    A strip's cells leave together.

    One batch at a time: it is added, then what storage holds of its cells is restored, then it is settled.
    """

    def __init__(self, capacity: int, *, zone_of: Callable[[str], str], measures: Iterable[str]) -> None:
        self.capacity = capacity
        self._zone_of = zone_of
        self._left, self._left_pages = KnownNumbers(per_word=2), KnownNumbers()
        """Cells that were held and left, as windows and members of these, and pages: storage is asked for no other."""
        self._stored: frozenset[Page] | None = None
        self._first_measures = tuple(measures)
        self._strips = 0
        self.forget()

    def forget(self, units: Sequence[str] = ()) -> None:
        """Hold nothing; what storage may hold is still known. Codes of names are void; units given get the first."""
        if self._strips:
            self._leave(np.arange(self._strips))
        self.units, self.services = Names(units[:_MOST_UNITS_FIRST]), Names()
        self._places = Places(self.units, self._zone_of)
        self.measures = Names(self._first_measures)
        self._series = Names()
        """(size, which sixteen measures, service) as codes, of every strip."""
        self._parts = [Told(self._series, part) for part in (_size, _sixteen, _service)]
        self._unit_hash = Told(self.units, hash)
        self._unit_hash.learn()
        self._series_hash = Told(self._series, lambda name: hash(self._words(name)) if name else 0)
        self._spread = Told(self.measures, lambda name: name in SPREAD)
        first = {name: code for code, name in enumerate(self._first_measures)}
        self._member = Told(self.measures, lambda name: first.get(name, hash(name)) % MEMBERS)
        self._index = Numbers()
        """Strips by number."""
        self._strips = self._n = self._tick = 0
        self._written_strips = self._written = 0
        """Rows that were ever held: those above are zero, and as long as they are they take no memory."""
        self._odd_starts: dict[int, int] = {}
        """Starts by number, where the five minutes of a number do not begin with it."""
        self._number = np.zeros(1024, np.int64)
        self._day, self._stamp = np.zeros((2, 1024), np.int32)
        self._cells = np.zeros((1024, _STRIP), np.int32)
        """By strip and measure the row of a cell, from 1: 0 is one that is not held."""
        self._n_of, self._total, self._imputed, self._auto_closed = np.zeros((4, 1024), np.int64)
        self._histograms = Histograms()
        self._begin(_NO_ROWS, _NO_ROWS, _NO_ROWS)

    def stored(self, pages: Iterable[Page] | None) -> None:
        """Storage holds cells of these pages and those that were settled here, and no others; None: it may hold any."""
        self._stored = None if pages is None else frozenset(pages)

    @property
    def crowded(self) -> bool:
        """Whether the numbers for units or series run out: then all must be forgotten before the next batch."""
        return len(self.units) > 1 << (_UNIT_BITS - 1) or len(self._series) > 1 << (_SERIES_BITS - 1)

    def add(self, marks: Marks) -> tuple[Table, list[CellKey]]:
        """Add marks to all their cells; returns the pages they touch and the keys of cells that lose something."""
        spots = self._spots(marks)
        of_spot, cell = distinct(spots.of_mark << _STRIP_BITS | marks.measure & _STRIP - 1)
        strips, strip_of = self._strips_of(spots)
        every, place = distinct((strip_of[:, of_spot >> _STRIP_BITS] << _STRIP_BITS | of_spot & _STRIP - 1).ravel())
        rows = self._cells_of(strips[every >> _STRIP_BITS], every & _STRIP - 1)
        places = place.reshape(len(SIZES), -1)
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
                of_cell, sums = np.zeros(len(of_spot), np.int64), np.zeros(len(every), np.int64)
                np.add.at(of_cell, cell, values)
                np.add.at(sums, place, np.tile(of_cell, len(SIZES)))
                getattr(self, name)[rows] += sums
        timed = np.flatnonzero(self._spread.of(marks.measure))
        if len(timed):
            counts = marks.sign[timed]
            buckets = cell[timed] << EDGE_BITS | edges_of(marks.total[timed])
            if len(of_spot) < len(cell) // 2:
                buckets, counts = summed(buckets, counts)
            whose, edges = places[:, buckets >> EDGE_BITS].ravel(), buckets & (1 << EDGE_BITS) - 1
            self._pending.append(Counted(whose, np.tile(edges, len(SIZES)), np.tile(counts, len(SIZES))))
        self._pages = pages = _pages_of(spots.unit, spots.day)
        lost = np.unique(places[:, cell[marks.sign < 0]])
        return Table([pages & _DAY, Coded(self.units.names, pages >> _DAY_BITS)]), self._keys(lost)

    def absent(self) -> list[CellKey]:
        """The changed cells that were not in memory and that storage may hold."""
        new = self._new
        if not len(new):
            return []
        if self._stored is None:
            return self._keys(new)
        pages, names, stored = self._pages, self.units.names, self._stored
        left = self._left_pages.holds(self._page_hashes(pages >> _DAY_BITS, pages & _DAY))
        if not stored and not left.any():
            return []
        strips = self._strip[new]
        place = np.searchsorted(pages, self._units(strips) << _DAY_BITS | self._day[strips])
        maybe = left[place]
        likely = np.flatnonzero(maybe)
        of_likely = strips[likely]
        members = self._members(of_likely, self._measure[new[likely]])
        maybe[likely] = self._left.holds(self._hashes(of_likely), members)
        if stored:
            maybe |= np.array([(page & _DAY, names[page >> _DAY_BITS]) in stored for page in pages.tolist()])[place]
        return self._keys(new[maybe])

    def restore(self, stored: Mapping[CellKey, Accumulator]) -> None:
        """Add what storage holds of the batch's cells. Raises ValueError for one that is none of them."""
        if not stored:
            return
        strips = self._index.find(np.array([self._number_of(key) for key in stored]))
        measures = self.measures.codes([key[1] for key in stored])
        rows = np.where(strips < 0, -1, self._cells[strips, measures & _STRIP - 1] - 1)
        if (rows < 0).any():
            raise ValueError("a stored cell is none of the batch's")
        sums = zip(*((cell.n, cell.total, cell.imputed, cell.auto_closed) for cell in stored.values()), strict=True)
        for name, values in zip(_SUMS, sums, strict=True):
            getattr(self, name)[rows] += values
        lengths = [len(cell.histogram) for cell in stored.values()]
        edges = np.array([edge for cell in stored.values() for edge in cell.histogram], np.int64)
        counts = np.array([n for cell in stored.values() for n in cell.histogram.values()], np.int64)
        order = np.argsort(self._row)
        places = order[np.searchsorted(self._row, rows, sorter=order)]
        self._pending.append(Counted(np.repeat(places, lengths), places_of(edges), counts))

    def settle(self) -> CellStates:
        """The absolute states of the changed cells, to be written."""
        histograms = self._histograms.merge(self._row, self._pending)
        states = [getattr(self, name)[self._row] for name in _SUMS]
        found = CellStates(self._columns(np.arange(len(self._row))), Table([*states, *histograms]))
        if self._n > 2 * self.capacity:
            self._evict()
        elif self._histograms.wasteful(self._n):
            self._histograms.pack(np.arange(self._n))
        self._begin(_NO_ROWS, _NO_ROWS, _NO_ROWS)
        return found

    def days_of(self, units: Ints, at: Ints) -> Ints:
        """The local days of instants in units."""
        placed, place = self._places.of(units, at)
        days: Ints = placed[3].take(place)
        return days

    def _begin(self, strips: Ints, measures: Ints, rows: Ints) -> None:
        """Have the changed cells at hand: the strip of each, which of its cells it is, and its row."""
        self._strip, self._measure, self._row = strips, measures, rows
        self._new = _NO_ROWS
        self._pages = _NO_ROWS
        self._pending: list[Counted] = []

    def _spots(self, marks: Marks) -> "_Spots":
        """The different (unit, sixteen measures, service, five minutes) of marks."""
        placed, place = self._places.of(marks.unit, marks.at)
        series, pair = self._series_of(marks.measure >> _STRIP_BITS, marks.service)
        whole = marks.unit << (_SERIES_BITS + _SLOT_BITS)
        spots, of_mark = np.unique(whole | series[1][pair] << _SLOT_BITS | place, return_inverse=True)
        mark = np.empty(len(spots), np.int64)
        mark[of_mark] = np.arange(len(of_mark))
        starts, slot = placed[:3, spots & _SLOT], placed[4:, spots & _SLOT]
        unit = spots >> (_SERIES_BITS + _SLOT_BITS)
        numbers = whole[mark] | series[:, pair[mark]] << _SLOT_BITS | slot
        odd = np.nonzero(slot * SLOT_MS != starts)
        self._odd_starts.update(zip(numbers[odd].tolist(), starts[odd].tolist(), strict=True))
        return _Spots(unit, placed[3, spots & _SLOT], numbers, of_mark)

    def _strips_of(self, spots: "_Spots") -> tuple[Ints, Ints]:
        """The strips that spots fall in, each once, and which of them each spot has, a row a size."""
        parts = [in_order(numbers) for numbers in spots.numbers]
        ends = np.cumsum([len(part.numbers) for part in parts])
        numbers = np.concatenate([part.numbers for part in parts])
        rows = self._index.find(numbers)
        new = np.flatnonzero(rows < 0)
        new = new[np.argsort(numbers[new])]
        known, self._strips = self._strips, self._strips + len(new)
        rows[new] = np.arange(known, self._strips)
        self._number, self._day = grown(self._number, self._strips), grown(self._day, self._strips)
        self._stamp, self._cells = grown(self._stamp, self._strips), grown(self._cells, self._strips)
        self._cells[known : min(self._strips, self._written_strips)] = 0
        self._written_strips = max(self._written_strips, self._strips)
        self._index.add(numbers[new], rows[new])
        self._number[rows[new]] = numbers[new]
        self._day[rows[new]] = spots.day[np.concatenate([part.first for part in parts])[new]]
        self._tick += 1
        self._stamp[rows] = self._tick
        return rows, np.array([part.place + end - len(part.numbers) for part, end in zip(parts, ends, strict=True)])

    def _cells_of(self, strips: Ints, measures: Ints) -> Ints:
        """The rows of distinct cells; those that are new follow. The batch begins."""
        rows: Ints = self._cells[strips, measures].astype(np.int64) - 1
        new = np.flatnonzero(rows < 0)
        known, self._n = self._n, self._n + len(new)
        rows[new] = np.arange(known, self._n)
        if self._n > len(self._n_of):
            room = max(self._n, 2 * self.capacity)  # all there will be: what is not written to takes no memory
            for name in _SUMS:
                setattr(self, name, grown(getattr(self, name), room))
            self._histograms.make_room(room)
        reused = slice(known, min(self._n, self._written))
        for name in _SUMS:
            getattr(self, name)[reused] = 0
        self._histograms.clear(reused)
        self._written = max(self._written, self._n)
        self._cells[strips[new], measures[new]] = rows[new] + 1
        self._begin(strips, measures, rows)
        self._new = new
        return rows

    def _series_of(self, sixteens: Ints, services: Ints) -> tuple[Ints, Ints]:
        """The series of some (which sixteen measures, service), a row a size; and which of them each has."""
        many = len(self.measures)
        pairs, place = distinct(services * many + sixteens)
        every, unknown = self.services.code(ALL_SERVICES), self.services.code(UNKNOWN_SERVICE)
        code = self._series.code
        found = [
            (code((0, sixteen, every)), code((1, sixteen, service)), code((2, sixteen, service)))
            for service, sixteen in ((pair // many or unknown, pair % many) for pair in pairs.tolist())
        ]
        return np.array(found, np.int64).reshape(-1, 3).T, place

    def _number_of(self, key: CellKey) -> int:
        size, measure, day, unit, service, start = key
        place, sixteen = SIZES.index(size), self.measures.code(measure) >> _STRIP_BITS
        series = self._series.code((place, sixteen, self.services.code(service)))
        number = self.units.code(unit) << _SERIES_BITS | series
        return number << _SLOT_BITS | slots_of(self._zone_of(unit), (start, start, start, day))[place]

    def _words(self, series: tuple[int, int, int]) -> tuple[str, str]:
        return SIZES[series[0]], self.services.names[series[2]]

    def _units(self, strips: Ints) -> Ints:
        return self._number[strips] >> _SERIES_BITS + _SLOT_BITS

    def _hashes(self, strips: Ints) -> Array:
        """Numbers of the windows of strips that hold longer than the codes do."""
        numbers = self._number[strips]
        inner = mixed(self._series_hash.of(_series_in(numbers)) + (numbers & _SLOT))
        return mixed(self._unit_hash.of(self._units(strips)).astype(np.uint64) ^ inner)

    def _members(self, strips: Ints, places: Ints) -> Ints:
        """Which member of its window a cell is, in numbers that hold longer than the codes do."""
        sixteen = self._parts[1].of(_series_in(self._number[strips]))
        return self._member.of(sixteen << _STRIP_BITS | places)

    def _page_hashes(self, units: Ints, days: Ints) -> Array:
        return mixed(self._unit_hash.of(units).astype(np.uint64) ^ mixed(days))

    def _columns(self, places: Ints) -> Table:
        """The keys of some of the changed cells, a column a field."""
        strips = self._strip[places]
        numbers = self._number[strips]
        series = _series_in(numbers)
        size, sixteen, service = (part.of(series) for part in self._parts)
        starts = (numbers & _SLOT) * SLOT_MS
        if self._odd_starts:
            starts[:] = [
                self._odd_starts.get(number, start)
                for number, start in zip(numbers.tolist(), starts.tolist(), strict=True)
            ]
        return Table(
            [
                Coded(SIZES, size),
                Coded(self.measures.names, sixteen << _STRIP_BITS | self._measure[places]),
                self._day[strips],
                Coded(self.units.names, numbers >> _SERIES_BITS + _SLOT_BITS),
                Coded(self.services.names, service),
                starts,
            ]
        )

    def _keys(self, places: Ints) -> list[CellKey]:
        return [*self._columns(places)] if len(places) else []

    def _evict(self) -> None:
        """Keep the cells that were changed last, for what their windows span: a day is come back to longest."""
        sizes = self._parts[0].of(_series_in(self._number[: self._strips]))
        by_age = np.argsort((self._tick - self._stamp[: self._strips]) / _MINUTES[sizes], kind="stable")
        cells = np.cumsum(np.count_nonzero(self._cells[: self._strips], axis=1)[by_age])
        kept = np.searchsorted(cells, self.capacity, "right")
        self._leave(by_age[kept:])
        self._pack(np.sort(by_age[:kept]))

    def _leave(self, strips: Ints) -> None:
        """Remember strips that will not be held any more."""
        strip, place = np.nonzero(self._cells[strips])
        members = np.zeros((len(strips), MEMBERS), np.bool_)
        members[strip, self._members(strips[strip], place)] = True
        self._left.add(self._hashes(strips), members)
        pages = _pages_of(self._units(strips), self._day[strips])
        self._left_pages.add(self._page_hashes(pages >> _DAY_BITS, pages & _DAY))

    def _pack(self, strips: Ints) -> None:
        """Keep these strips and their cells only, without gaps; give memory back if far fewer may be held than were."""
        release = self._written > 3 * self.capacity
        self._strips = len(strips)
        for name in _OF_STRIPS:
            setattr(self, name, packed(getattr(self, name), strips, release=release))
        cells = self._cells[: self._strips]
        there = cells > 0
        rows = cells[there].astype(np.int64) - 1
        self._n = len(rows)
        cells[there] = np.arange(1, self._n + 1)
        for name in _SUMS:
            setattr(self, name, packed(getattr(self, name), rows, release=release))
        self._histograms.pack(rows, release=release)
        if release:
            self._written_strips, self._written = self._strips, self._n
        self._index.replace(self._number[: self._strips], np.arange(self._strips))


class _Spots(msgspec.Struct):
    """Where marks fall: of each spot its unit, local day and the numbers of its strips, a row a size."""

    unit: Ints
    day: Ints
    numbers: Ints
    of_mark: Ints


_NO_ROWS: Final = np.zeros(0, np.int64)


def _pages_of(units: Ints, days: Array) -> Ints:
    """The different pages of what falls on days of units, in order: a unit and a day in a number each."""
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


def _sixteen(series: tuple[int, int, int] | None) -> int:
    return series[1] if series else 0


def _service(series: tuple[int, int, int] | None) -> int:
    return series[2] if series else 0
