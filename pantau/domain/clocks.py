"""What is kept of a source's clock: small, mergeable counts from which ``clock_faults`` tells whether it lies.

Per source, not per event: how far arrival was from event time (in buckets that double, each with its exact extremes),
which times lie outside what an import should hold, whether its snapshots ever change, how often it repeated or
contradicted itself. Two summaries of different events merge into that of both, in any order and grouping.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, TypeVar

import msgspec
import xxhash

from pantau.domain.calendars import FIRST, LAST
from pantau.domain.events import CounterSnapshot
from pantau.domain.registry import Source
from pantau.domain.zones import DAY, day_start

KEPT_QUEUES: Final = 256
"""Queues whose snapshots are watched: those with the smallest hash, so that every order of merging keeps the same."""

PERIOD: Final = 30 * DAY
EARLIEST: Final = 7_305 * DAY
LATEST: Final = 32_872 * DAY
"""1990-01-01 and 2060-01-01: what lies before the one, or after the other, is in one period."""


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
            shown=fewest(_merged(self.shown, other.shown)),
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


def shown_by(time: int, snapshot: CounterSnapshot) -> tuple[int, Shown] | None:
    """What a counter snapshot showed, under the hash of its queue's name; None for one that shows nothing."""
    if snapshot.waiting is None and snapshot.now_serving is None:
        return None
    queue = xxhash.xxh64_intdigest(f"{snapshot.unit}\n{snapshot.queue}".encode())
    state = f"{snapshot.waiting}\n{snapshot.open_counters}\n{snapshot.now_serving}"
    value = xxhash.xxh64_intdigest(state.encode())
    return queue, Shown(1, time, time, value, value)


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


def fewest(shown: dict[int, Shown]) -> dict[int, Shown]:
    """Of all queues those that are kept."""
    return {queue: shown[queue] for queue in sorted(shown)[:KEPT_QUEUES]}


def _latest(left: int | None, right: int | None) -> int | None:
    return right if left is None else left if right is None else max(left, right)
