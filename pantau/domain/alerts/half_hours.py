"""What a closed half hour of one unit and service group holds, and a local day of them.

A half hour is closed ten minutes after its end (``messages.CLOSED_AFTER_MS`` counts from its start); what comes later
changes it, and whatever was folded from it is folded again. All numbers are integers that merge in any order.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

import msgspec

from pantau.domain.histogram import EDGES

COARSE: Final = 8
"""Indices that share a bin of a day's coarse histogram: 17 % of the time itself."""

Stream = tuple[str, str]
"""(unit, service group); the group ``ALL`` carries what is judged for the unit as a whole: satisfaction."""

ALL: Final = "*"


@cache
def _indices() -> dict[int, int]:
    return {lower: index for index, lower in enumerate(EDGES)}


def index_of(lower: int) -> int:
    """Which histogram bucket, counted from 0, has this lower edge in ms: above 100 ms two per cent of time a step."""
    return _indices()[lower]


class HalfHour(msgspec.Struct, frozen=True):
    """One closed half hour: ``start`` in ms UTC, ``slot`` the half hour of the local day (16 is 08:00).

    ``judged`` visits were judged by a promise, ``late`` of them broke it. ``times`` are served visits by the index of
    their service time, (index, visits) in order. ``raters`` answered all nine SKM elements; ``marks`` sums their sums
    of nine, ``squares`` those squared.
    """

    start: int
    slot: int
    judged: int = 0
    late: int = 0
    times: tuple[tuple[int, int], ...] = ()
    raters: int = 0
    marks: int = 0
    squares: int = 0


class Day(msgspec.Struct, frozen=True):
    """A local day, numbered from 1970-01-01: its half hours in order, and the sums that baselines read again and again.

    ``sums`` holds per half hour (visits, sum of indices, sum of squared indices, highest index).
    """

    number: int
    half_hours: tuple[HalfHour, ...]
    sums: tuple[tuple[int, int, int, int], ...]
    coarse: dict[int, int]

    @property
    def weekday(self) -> int:
        """0 is Monday."""
        return (self.number + 3) % 7


def day_of(number: int, half_hours: Iterable[HalfHour]) -> Day:
    """A day of half hours in any order; two with the same start (of two services) are merged."""
    merged: dict[int, HalfHour] = {}
    for each in half_hours:
        found = merged.get(each.start)
        merged[each.start] = each if found is None else merge(found, each)
    ordered = tuple(merged[start] for start in sorted(merged))
    sums = []
    coarse: dict[int, int] = {}
    for half_hour in ordered:
        n = total = squares = top = 0
        for index, visits in half_hour.times:
            n += visits
            total += index * visits
            squares += index * index * visits
            top = index
            coarse[index // COARSE] = coarse.get(index // COARSE, 0) + visits
        sums.append((n, total, squares, top))
    return Day(number, ordered, tuple(sums), coarse)


def merge(left: HalfHour, right: HalfHour) -> HalfHour:
    """Both in one: every count added."""
    times = dict(left.times)
    for index, visits in right.times:
        times[index] = times.get(index, 0) + visits
    return HalfHour(
        left.start,
        left.slot,
        left.judged + right.judged,
        left.late + right.late,
        tuple(sorted((index, visits) for index, visits in times.items() if visits)),
        left.raters + right.raters,
        left.marks + right.marks,
        left.squares + right.squares,
    )


def times_of(histogram: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """A window's histogram (lower edge in ms -> visits) as indices in order."""
    return tuple(sorted((index_of(lower), visits) for lower, visits in histogram.items() if visits))
