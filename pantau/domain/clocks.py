"""What is kept of a source's clock: small, mergeable counts from which ``clock_faults`` tells whether it lies.

Per source, not per event: how far arrival was from event time (in buckets that double, each with its exact extremes),
which times lie outside what an import should hold, whether its snapshots ever change, how often it repeated or
contradicted itself. Two summaries of different events merge into that of both, in any order and grouping.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import repeat
from typing import Final, TypeVar

import msgspec
import numpy as np
import xxhash

from pantau.domain.calendars import FIRST, LAST
from pantau.domain.columns import Array, Ints
from pantau.domain.events import CounterSnapshot
from pantau.domain.registry import Source
from pantau.domain.zones import DAY, day_start

KEPT_QUEUES: Final = 256
"""Queues whose snapshots are watched: those with the smallest hash, so that every order of merging keeps the same."""

PERIOD: Final = 30 * DAY
_FEW: Final = 64
"""Below so many events one by one is cheaper than in columns."""

_astuple: Final = msgspec.structs.astuple
_EARLIEST: Final = 7_305 * DAY  # 1990-01-01; what lies before it, or after 2060-01-01, shares a bucket
_LATEST: Final = 32_872 * DAY


class Skew(msgspec.Struct, frozen=True, array_like=True):
    """Events whose skew (arrival - time, ms) lies in one bucket: their number, extreme skews and extreme raw times."""

    n: int
    least: int
    most: int
    first: int
    last: int

    def __add__(self, other: "Skew") -> "Skew":
        return Skew(
            self.n + other.n,
            min(self.least, other.least),
            max(self.most, other.most),
            min(self.first, other.first),
            max(self.last, other.last),
        )


class Span(msgspec.Struct, frozen=True, array_like=True):
    """A number of events and their extreme raw times."""

    n: int
    first: int
    last: int

    def __add__(self, other: "Span") -> "Span":
        return Span(self.n + other.n, min(self.first, other.first), max(self.last, other.last))


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """The snapshots of one queue. They never changed if and only if ``least`` equals ``most`` (hashes of the state)."""

    n: int
    first: int
    last: int
    least: int
    most: int

    def __add__(self, other: "Shown") -> "Shown":
        return Shown(
            self.n + other.n,
            min(self.first, other.first),
            max(self.last, other.last),
            min(self.least, other.least),
            max(self.most, other.most),
        )


_Cell = TypeVar("_Cell", Skew, Span, Shown)


class ClockSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A source's clock over some of its events. ``expected`` is [starts, ends) of an import's dates, in ms UTC.

    ``skews`` is by signed bit length of the skew, only of events that arrived live; ``inside`` and ``outside`` (by 30
    days) are only of sources with an expectation; ``shown`` is by hash of the queue's name.
    """

    source: str
    expected: tuple[int, int] | None = None
    n: int = 0
    skews: dict[int, Skew] = {}
    inside: Span | None = None
    outside: dict[int, Span] = {}
    shown: dict[int, Shown] = {}
    last_time: int | None = None
    last_arrival: int | None = None
    duplicates: int = 0
    conflicts: int = 0

    def __add__(self, other: "ClockSummary") -> "ClockSummary":
        """The summary of the events of both. Raises ValueError for another source or another expectation."""
        if (self.source, self.expected) != (other.source, other.expected):
            raise ValueError(f"summaries of {self.source!r} and {other.source!r} under different terms")
        return ClockSummary(
            source=self.source,
            expected=self.expected,
            n=self.n + other.n,
            skews=_merged(self.skews, other.skews),
            inside=self.inside + other.inside if self.inside and other.inside else self.inside or other.inside,
            outside=_merged(self.outside, other.outside),
            shown=_fewest(_merged(self.shown, other.shown)),
            last_time=_latest(self.last_time, other.last_time),
            last_arrival=_latest(self.last_arrival, other.last_arrival),
            duplicates=self.duplicates + other.duplicates,
            conflicts=self.conflicts + other.conflicts,
        )


def together(summaries: Iterable[ClockSummary]) -> dict[str, ClockSummary]:
    """One summary a source; what was counted under another expectation than the first of them is left out."""
    found: dict[str, ClockSummary] = {}
    for summary in summaries:
        held = found.get(summary.source)
        if held is None:
            found[summary.source] = summary
        elif held.expected == summary.expected:
            found[summary.source] = held + summary
    return found


class ClockWatch:
    """Counts one source's events as they pass, rejected ones too: a lying clock is seen in what is refused."""

    def __init__(self, source: str, expected: tuple[int, int] | None = None):
        self.source = source
        self.expected = expected
        self._skews: dict[int, list[int]] = {}
        self._inside: list[int] | None = None
        self._outside: dict[int, list[int]] = {}
        self._shown: dict[int, Shown] = {}
        self._n = self._duplicates = self._conflicts = 0
        self._last_time: int | None = None
        self._last_arrival: int | None = None

    def see(self, time: int, arrival: int | None) -> None:
        """An event's own raw time, and when it arrived; None for an import, where arrival says nothing."""
        self._n += 1
        if self._last_time is None or time > self._last_time:
            self._last_time = time
        if arrival is not None:
            if self._last_arrival is None or arrival > self._last_arrival:
                self._last_arrival = arrival
            skew = arrival - time
            bucket = skew.bit_length() if skew >= 0 else -skew.bit_length()
            cell = self._skews.get(bucket)
            if cell is None:
                self._skews[bucket] = [1, skew, skew, time, time]
            else:
                cell[0] += 1
                cell[1] = min(cell[1], skew)
                cell[2] = max(cell[2], skew)
                cell[3] = min(cell[3], time)
                cell[4] = max(cell[4], time)
        if self.expected is not None:
            self._place(time, self.expected)

    def see_all(self, at: Ints, arrivals: Ints | None) -> None:
        """As :meth:`see` of many accepted events that all came live, or (``arrivals`` None) were all imported."""
        if len(at) < _FEW:
            came = repeat(None) if arrivals is None else arrivals.tolist()
            for time, arrival in zip(at.tolist(), came, strict=False):
                self.see(time, arrival)
            return
        self._n += len(at)
        self._last_time = _latest(self._last_time, int(at.max()))
        if arrivals is not None:
            self._last_arrival = _latest(self._last_arrival, int(arrivals.max()))
            skews = arrivals - at
            buckets = np.sign(skews) * np.frexp(np.abs(skews))[1]
            for bucket, alike in _groups(buckets):
                seen, when = skews[alike], at[alike]
                cell = [len(seen), int(seen.min()), int(seen.max()), int(when.min()), int(when.max())]
                held = self._skews.get(bucket)
                self._skews[bucket] = cell if held is None else [*_astuple(Skew(*held) + Skew(*cell))]
        if self.expected is not None:
            inside = (at >= self.expected[0]) & (at < self.expected[1])
            if inside.any():
                self._inside = _spanned(self._inside, at[inside])
            outside = at[~inside]
            for period, alike in _groups(np.clip(outside, _EARLIEST, _LATEST) // PERIOD):
                self._outside[period] = _spanned(self._outside.get(period), outside[alike])

    def see_snapshot(self, time: int, snapshot: CounterSnapshot) -> None:
        """What a counter snapshot showed, beside :meth:`see`; one that shows nothing is not counted."""
        if snapshot.waiting is None and snapshot.now_serving is None:
            return
        queue = xxhash.xxh64_intdigest(f"{snapshot.unit}\n{snapshot.queue}".encode())
        state = f"{snapshot.waiting}\n{snapshot.open_counters}\n{snapshot.now_serving}"
        value = xxhash.xxh64_intdigest(state.encode())
        seen = Shown(1, time, time, value, value)
        held = self._shown.get(queue)
        self._shown[queue] = seen if held is None else held + seen
        if len(self._shown) > 2 * KEPT_QUEUES:
            self._shown = _fewest(self._shown)

    def see_duplicate(self) -> None:
        """An event came again with the same content."""
        self._duplicates += 1

    def see_conflict(self) -> None:
        """An event came again with other content under the same id."""
        self._conflicts += 1

    def summary(self) -> ClockSummary:
        """What was seen so far."""
        return ClockSummary(
            source=self.source,
            expected=self.expected,
            n=self._n,
            skews={bucket: Skew(*cell) for bucket, cell in self._skews.items()},
            inside=Span(*self._inside) if self._inside else None,
            outside={period: Span(*cell) for period, cell in self._outside.items()},
            shown=_fewest(self._shown),
            last_time=self._last_time,
            last_arrival=self._last_arrival,
            duplicates=self._duplicates,
            conflicts=self._conflicts,
        )

    def _place(self, time: int, expected: tuple[int, int]) -> None:
        if expected[0] <= time < expected[1]:
            cell = self._inside
            if cell is None:
                self._inside = [1, time, time]
                return
        else:
            period = max(_EARLIEST, min(time, _LATEST)) // PERIOD
            found = self._outside.get(period)
            if found is None:
                self._outside[period] = [1, time, time]
                return
            cell = found
        cell[0] += 1
        cell[1] = min(cell[1], time)
        cell[2] = max(cell[2], time)


def _groups(keys: Ints) -> Iterator[tuple[int, Array]]:
    """Each key that occurs, and where it does."""
    for key in np.unique(keys).tolist():
        yield key, keys == key


def _spanned(held: list[int] | None, times: Ints) -> list[int]:
    span = Span(len(times), int(times.min()), int(times.max()))
    return [*_astuple(span if held is None else Span(*held) + span)]


def expected_time(source: Source, zones: Iterable[str]) -> tuple[int, int] | None:
    """The [starts, ends) in ms UTC of the local dates that an import should hold, in any of its units' zones.

    None for a source without an expectation.
    """
    if source.expect_from is None and source.expect_to is None:
        return None
    names = tuple(zones)
    first, last = source.expect_from, source.expect_to
    starts = min(day_start(zone, first) for zone in names) if first is not None else FIRST
    ends = max(day_start(zone, last + timedelta(days=1)) for zone in names) if last is not None else LAST
    return starts, ends


def _merged(left: Mapping[int, _Cell], right: Mapping[int, _Cell]) -> dict[int, _Cell]:
    merged = dict(left)
    for key, cell in right.items():
        merged[key] = merged[key] + cell if key in merged else cell
    return merged


def _fewest(shown: dict[int, Shown]) -> dict[int, Shown]:
    return {queue: shown[queue] for queue in sorted(shown)[:KEPT_QUEUES]}


def _latest(left: int | None, right: int | None) -> int | None:
    return right if left is None else left if right is None else max(left, right)
