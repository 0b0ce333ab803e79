"""Log-bucket histograms of durations, exact in integers, mergeable, with a relative error of at most 1 %.

Edges follow one integer rule, the same table in Python and in SQL (``roundDown(x, edges)``):
``e[0] = 0`` and ``e[k+1] = e[k] + max(1, e[k] // 50)``. A bucket is named by its lower edge in ms. Below 100 ms a
bucket is one value; above, it is at most 2 % wide, so its midpoint is within 1 % of every value in it.
"""

from bisect import bisect_right
from collections.abc import Mapping
from math import ceil

MAX_MS = 1_000_000_000_000
"""Longest duration that has a bucket of its own, about 31 years; longer ones share the last bucket."""


def _edges() -> tuple[int, ...]:
    edges = [0]
    while edges[-1] <= MAX_MS:
        edges.append(edges[-1] + max(1, edges[-1] // 50))
    return tuple(edges)


EDGES: tuple[int, ...] = _edges()

Histogram = Mapping[int, int]
"""Lower edge in ms -> how many values fell in that bucket."""


def edge(value: int) -> int:
    """The lower edge of the bucket that holds a duration in ms: ``edge(1250) == 1234``, for the next edge is 1258."""
    return EDGES[bisect_right(EDGES, value) - 1]


def midpoint(lower: int) -> float:
    """The value that stands for a bucket, in ms: the middle of the integers it holds."""
    at = bisect_right(EDGES, lower)
    return (lower + EDGES[at] - 1) / 2 if at < len(EDGES) else float(lower)


def merge(left: Histogram, right: Histogram) -> dict[int, int]:
    """Both histograms' counts added; empty buckets vanish, so equal contents are equal histograms."""
    merged = dict(left)
    for lower, n in right.items():
        total = merged.get(lower, 0) + n
        if total:
            merged[lower] = total
        else:
            merged.pop(lower, None)
    return merged


def quantile(histogram: Histogram, q: float) -> float | None:
    """The nearest-rank quantile in ms, off by at most 1 %; ``None`` for an empty histogram.

    Nearest rank: the ceil(q·n)-th smallest value. 0 < q <= 1.
    """
    n = sum(histogram.values())
    if not n:
        return None
    rank = max(1, ceil(q * n - 1e-9))
    seen = 0
    for lower in sorted(histogram):
        seen += histogram[lower]
        if seen >= rank:
            return midpoint(lower)
    raise ValueError(f"a histogram with a negative count: {dict(histogram)}")
