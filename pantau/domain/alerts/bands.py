"""The regulatory notice that the IKM of a unit has fallen a grade: a line for the report, not an alarm.

A grade is wide and an IKM uncertain, so the notice waits until even the upper bound of the last 20 working days lies
below the grade that the unit had in the 40 before (PermenPANRB 14/2017; bands as in :mod:`pantau.domain.skm`).
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from pantau.domain.alerts.half_hours import Day
from pantau.domain.skm import BANDS, WEIGHTS, Sums, band_of, interval, rounded

RECENT_DAYS: Final = 20
EARLIER_DAYS: Final = 40
LEAST_RATERS: Final = 30
BOTH_SIDES: Final = 0.9
"""A two-sided interval of 90 % has a one-sided upper bound of 95 %."""


class BandNotice(msgspec.Struct, frozen=True, kw_only=True):
    """On local day ``day`` it became plain that a unit's IKM is below the grade ``before``; ``upper`` bounds it."""

    unit: str
    day: int
    before: str
    now: str
    value: Decimal
    value_before: Decimal
    upper: Decimal
    raters: int


def band_notices(unit: str, days: Mapping[int, Day], *, first: int, upto: int) -> list[BandNotice]:
    """The notices of the local days [first, upto), each told once; a unit that regains its grade may lose it again."""
    numbers = sorted(number for number, day in days.items() if any(each.raters for each in day.half_hours))
    notices: list[BandNotice] = []
    told: str | None = None
    for i, number in enumerate(numbers):
        if number >= upto:
            break
        recent = _sums(days, numbers[max(i + 1 - RECENT_DAYS, 0) : i + 1])
        earlier = _sums(days, numbers[max(i + 1 - RECENT_DAYS - EARLIER_DAYS, 0) : max(i + 1 - RECENT_DAYS, 0)])
        if min(recent.complete, earlier.complete) < LEAST_RATERS:
            continue
        was, value = band_of(_ikm(earlier)), _ikm(recent)
        if told is not None:
            if value * 100 >= _least(told):
                told = None
            continue
        _, upper = interval(recent, _exact(recent), weight="1/9", population=None, confidence=BOTH_SIDES)
        if upper is None or upper * 100 >= was.least_hundredths:
            continue
        told = was.grade
        if number >= first:
            notices.append(
                BandNotice(
                    unit=unit,
                    day=number,
                    before=was.grade,
                    now=band_of(value).grade,
                    value=value,
                    value_before=_ikm(earlier),
                    upper=upper,
                    raters=recent.complete,
                )
            )
    return notices


def _least(grade: str) -> int:
    return next(band.least_hundredths for band in BANDS if band.grade == grade)


def _sums(days: Mapping[int, Day], numbers: list[int]) -> Sums:
    found = [each for number in numbers for each in days[number].half_hours]
    return Sums(
        complete=sum(each.raters for each in found),
        total=sum(each.marks for each in found),
        squares=sum(each.squares for each in found),
    )


def _exact(sums: Sums) -> Fraction:
    return Fraction(sums.total, sums.complete) * WEIGHTS["1/9"] * 25


def _ikm(sums: Sums) -> Decimal:
    return rounded(_exact(sums))
