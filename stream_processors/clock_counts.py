"""What is counted of sources' clocks, for all sources of a batch at once: each office may have its own machine."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from pantau.domain.clocks import (
    EARLIEST,
    KEPT_QUEUES,
    LATEST,
    PERIOD,
    ClockSummary,
    Shown,
    Skew,
    Span,
    fewest,
    shown_by,
)
from pantau.domain.columns import NULL, Array, Ints, Names
from pantau.domain.events import CounterSnapshot
from stream_processors.growing import grown

Expected = tuple[int, int] | None
"""[starts, ends) of an import's dates in ms UTC; None where nothing is expected."""

_ZERO: Final = 64
_INSIDE: Final = 2 * _ZERO + 1
_OUTSIDE: Final = _INSIDE + 1
_SLOT_BITS: Final = 11
"""A row's number is source | slot: a bucket of skews around ``_ZERO``, ``_INSIDE``, or a period from ``_OUTSIDE``."""

_OF_SOURCES: Final = ("_events", "_last_time", "_last_arrival", "_starts", "_ends", "_duplicates", "_conflicts")
_OF_ROWS: Final = ("_number", "_n", "_least", "_most", "_first", "_last")
_NEVER: Final = np.iinfo(np.int64).max


class ClockCounts:
    """Counts events of sources, refused ones too: a lying clock is seen in what is refused.

    A source is known by its code; what is kept of it is a :class:`pantau.domain.clocks.ClockSummary`.
    """

    def __init__(self) -> None:
        self.sources = Names()
        self._events, self._last_time, self._last_arrival, self._starts, self._ends = np.zeros((5, 64), np.int64)
        self._duplicates, self._conflicts = np.zeros((2, 64), np.int64)
        self._changed = np.zeros(64, np.bool_)
        self._turn = 0
        self._shown: dict[int, dict[int, Shown]] = {}
        self._rows = Names()
        """Rows by number."""
        self._number, self._n, self._least, self._most, self._first, self._last = np.zeros((6, 64), np.int64)

    def codes(self, names: Sequence[str], expected_of: Callable[[str], Expected]) -> Ints:
        """The codes of sources; of one that is new it is asked what is expected of it."""
        known, codes = len(self.sources), self.sources.codes(names)
        many = len(self.sources)
        if many > known:
            for column in _OF_SOURCES:
                setattr(self, column, grown(getattr(self, column), many))
            self._changed = grown(self._changed, many)
            self._last_time[known:many] = self._last_arrival[known:many] = NULL
            for code in range(known, many):
                self._starts[code], self._ends[code] = expected_of(self.sources.names[code]) or (0, 0)
        return codes

    def see(self, sources: Ints, at: Ints, arrivals: Ints) -> None:
        """Events by the codes of their sources, raw times, and when they arrived: ``NULL`` if imported, where that
        says nothing."""
        if not len(at):
            return
        order = np.argsort(sources, kind="stable")
        whose, begins = _groups(sources[order])
        self._changed[whose] = True
        self._events[whose] += np.diff(begins, append=len(at))
        for held, values in ((self._last_time, at), (self._last_arrival, arrivals)):
            held[whose] = np.maximum(held[whose], np.maximum.reduceat(values[order], begins))
        live = arrivals != NULL
        skews = arrivals[live] - at[live]
        buckets = np.sign(skews) * np.frexp(np.abs(skews))[1]
        self._count(sources[live] << _SLOT_BITS | buckets + _ZERO, skews, at[live])
        expecting = self._ends[sources] > self._starts[sources]
        sources, at = sources[expecting], at[expecting]
        inside = (at >= self._starts[sources]) & (at < self._ends[sources])
        slots = np.where(inside, _INSIDE, np.clip(at, EARLIEST, LATEST) // PERIOD + _OUTSIDE)
        self._count(sources << _SLOT_BITS | slots, at, at)

    def see_snapshot(self, source: int, time: int, snapshot: CounterSnapshot) -> None:
        """What a counter snapshot showed, beside :meth:`see`; one that shows nothing is not counted."""
        seen = shown_by(time, snapshot)
        if seen is None:
            return
        queue, state = seen
        shown = self._shown.setdefault(source, {})
        shown[queue] = shown[queue] + state if queue in shown else state
        if len(shown) > 2 * KEPT_QUEUES:
            self._shown[source] = fewest(shown)

    def see_repeated(self, duplicates: Mapping[str, int], conflicts: Mapping[str, int]) -> None:
        """How often sources repeated themselves, and how often they contradicted themselves; others are not counted."""
        for counted, column in ((duplicates, self._duplicates), (conflicts, self._conflicts)):
            codes = self.sources.known([*counted])
            times = np.fromiter(counted.values(), np.int64, len(counted))[codes >= 0]
            column[codes[codes >= 0]] += times
            self._changed[codes[codes >= 0]] = True

    def changed(self, most: int | None = None) -> Ints:
        """The codes of sources of which something was counted since they were last asked for.

        Of so many at ``most``, those first whose turn it is: each comes, however often others change.
        """
        codes = np.flatnonzero(self._changed)
        if most is not None and len(codes) > most:
            codes = np.roll(codes, -np.searchsorted(codes, self._turn))[:most]
            self._turn = int(codes[-1]) + 1
        self._changed[codes] = False
        return codes

    def summaries(self, codes: Ints) -> list[ClockSummary]:
        """What was counted of sources."""
        wanted = np.zeros(len(self.sources), np.bool_)
        wanted[codes] = True
        numbers = self._number[: len(self._rows)]
        rows = np.flatnonzero(wanted[numbers >> _SLOT_BITS])
        skews: dict[int, dict[int, Skew]] = {}
        inside: dict[int, Span] = {}
        outside: dict[int, dict[int, Span]] = {}
        columns = [getattr(self, column)[rows].tolist() for column in _OF_ROWS]
        for number, n, least, most, first, last in zip(*columns, strict=True):
            source, slot = number >> _SLOT_BITS, number & (1 << _SLOT_BITS) - 1
            if slot < _INSIDE:
                skews.setdefault(source, {})[slot - _ZERO] = Skew(n, least, most, first, last)
            elif slot == _INSIDE:
                inside[source] = Span(n, first, last)
            else:
                outside.setdefault(source, {})[slot - _OUTSIDE] = Span(n, first, last)
        columns = [getattr(self, column)[codes].tolist() for column in _OF_SOURCES]
        return [
            ClockSummary(
                source=self.sources.names[code],
                expected=(starts, ends) if ends > starts else None,
                n=n,
                skews=skews.get(code, {}),
                inside=inside.get(code),
                outside=outside.get(code, {}),
                shown=fewest(self._shown.get(code, {})),
                last_time=None if last_time == NULL else last_time,
                last_arrival=None if last_arrival == NULL else last_arrival,
                duplicates=duplicates,
                conflicts=conflicts,
            )
            for code, n, last_time, last_arrival, starts, ends, duplicates, conflicts in zip(
                codes.tolist(), *columns, strict=True
            )
        ]

    def _count(self, numbers: Ints, values: Ints, at: Ints) -> None:
        """Count by row: how many, the extreme values, the extreme times."""
        if not len(numbers):
            return
        order = np.argsort(numbers, kind="stable")
        found, begins = _groups(numbers[order])
        known, rows = len(self._rows), self._rows.codes(found.tolist())
        many = len(self._rows)
        if many > known:
            for column in _OF_ROWS:
                setattr(self, column, grown(getattr(self, column), many))
            self._number[rows] = found
            self._least[known:many] = self._first[known:many] = _NEVER
            self._most[known:many] = self._last[known:many] = -_NEVER
        self._n[rows] += np.diff(begins, append=len(numbers))
        values, at = values[order], at[order]
        self._least[rows] = np.minimum(self._least[rows], np.minimum.reduceat(values, begins))
        self._most[rows] = np.maximum(self._most[rows], np.maximum.reduceat(values, begins))
        self._first[rows] = np.minimum(self._first[rows], np.minimum.reduceat(at, begins))
        self._last[rows] = np.maximum(self._last[rows], np.maximum.reduceat(at, begins))


def _groups(ordered: Array) -> tuple[Ints, Ints]:
    """The different numbers of an array that is in order, and where each begins."""
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    return ordered[begins], begins
