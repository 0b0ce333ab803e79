"""What fell, by how much: the numbers that an alert's message tells, from the half hours that decided it."""

from collections.abc import Iterable
from typing import Final

import msgspec

from pantau.domain.alerts.baselines import Baseline, observed
from pantau.domain.alerts.half_hours import Day
from pantau.domain.alerts.policy import Indicator
from pantau.domain.histogram import EDGES

LEAST_BESIDE: Final = 5
"""Of fewer people satisfaction is not told beside what fell: it says nothing of the unit, and much of them."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator over ``n`` visits (or raters) on ``days`` local days.

    Lateness: ``before`` and ``now`` are the kept shares in millionths, ``k`` visits kept the promise where ``usual`` of
    the same half hours do. Service time: the typical (geometric mean) time in ms. Satisfaction: IKM in hundredths.
    """

    indicator: Indicator
    n: int
    days: int
    before: int
    now: int
    k: int = 0
    usual: int = 0


def figure(indicator: Indicator, days: Iterable[Day], baseline: Baseline, *, since: int, upto: int) -> Figure | None:
    """The figure of the half hours that start in [since, upto], compared with what is usual in the same half hours.

    None where the baseline does not know the indicator or nothing was counted.
    """
    scale = baseline.scales.get(indicator)
    if scale is None:
        return None
    n = x = expected = 0
    seen = set()
    for day in days:
        for half_hour, at in zip(day.half_hours, day.sums, strict=True):
            if since <= half_hour.start <= upto:
                count, value = observed(half_hour, at, baseline, indicator)
                n, x = n + count, x + value
                expected += scale.cell(day.weekday, half_hour.slot).expected * count
                if count:
                    seen.add(day.number)
    if not n:
        return None
    if indicator == "late":
        usual = n - round(expected / 1_000_000)
        return Figure(
            indicator=indicator,
            n=n,
            days=len(seen),
            before=1_000_000 - expected // n,
            now=1_000_000 * (n - x) // n,
            k=n - x,
            usual=usual,
        )
    if indicator == "time":
        before, now = _time_of(expected / 1000 / n), _time_of(x / n)
    else:
        before, now = round(expected / 1000 / n * 2500 / 9), round(x / n * 2500 / 9)
    return Figure(indicator=indicator, n=n, days=len(seen), before=before, now=now)


def _time_of(index: float) -> int:
    """The time in ms at a place between two indices."""
    whole = min(max(int(index), 0), len(EDGES) - 2)
    share = index - whole + 0.5  # an index stands for the middle of its bucket
    return round(EDGES[whole] + (EDGES[whole + 1] - EDGES[whole]) * share)
