"""When people come: a Poisson process whose rate follows the hours of an Indonesian office day."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from producers.simulator.world import MINUTE_MS, Hours

SLOT = 30
"""Minutes per step of the profile."""

_PROFILE = {
    7: (0.5, 0.9),
    8: (1.3, 1.6),
    9: (1.9, 2.0),
    10: (1.9, 1.7),
    11: (1.4, 1.0),
    12: (0.45, 0.5),
    13: (1.1, 1.2),
    14: (1.0, 0.7),
    15: (0.4, 0.2),
}
"""Hour -> how crowded its two halves are, relative to each other; hours not named are 0.2."""

_FRIDAY_REST = 0.08
"""Who comes during the Friday prayer, against the profile."""

Piece = tuple[int, int, float]


def pieces(hours: Hours, weekday: int) -> list[Piece]:
    """(start ms, end ms, share of the day's visits) after local midnight; the shares add up to 1."""
    rest = hours.resting(weekday)
    closing = min(hours.numbers_until, hours.closing(weekday))
    cuts = {hours.numbers_from, closing}
    cuts.update(cut for cut in range(0, 24 * 60, SLOT) if hours.numbers_from < cut < closing)
    cuts.update(cut for cut in rest if hours.numbers_from < cut < closing)
    edges = sorted(cuts)
    weighed: list[Piece] = []
    for start, end in pairwise(edges):
        halves = _PROFILE.get(start // 60, (0.2, 0.2))
        crowd = halves[start % 60 // SLOT]
        if weekday == 4 and rest[0] <= start < rest[1]:
            crowd *= _FRIDAY_REST
        weighed.append((start * MINUTE_MS, end * MINUTE_MS, crowd * (end - start)))
    total = sum(weight for _, _, weight in weighed)
    return [(start, end, weight / total) for start, end, weight in weighed]


def arrival_times(rng: Random, expected: float, day: list[Piece]) -> Iterator[int]:
    """Arrivals in order, in ms after local midnight; ``expected`` of them on average.

    Exponential steps through the integrated rate: an exact Poisson process with a piecewise constant rate.
    """
    if expected <= 0:
        return
    need = rng.expovariate(1.0)
    for start, end, share in day:
        rate = expected * share / (end - start)
        at = float(start)
        while rate > 0:
            step = need / rate
            if at + step >= end:
                need -= (end - at) * rate
                break
            at += step
            yield int(at)
            need = rng.expovariate(1.0)
