"""The histograms of many cells in one pool, so that all of those that a batch changes are merged at once."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from pantau.domain.columns import Ints, Lists, ranges
from pantau.domain.histogram import EDGES
from stream_processors.growing import grown, packed

_EDGES: Final = np.array(EDGES)
EDGE_BITS: Final = 11
"""An edge's place among all edges takes so many bits."""


class Counted(msgspec.Struct):
    """What is added to histograms, in columns: whose, at which place among the edges, how many."""

    whose: Ints
    edge: Ints
    n: Ints


def edges_of(values: Ints) -> Ints:
    """The places, among all edges, of those that some values count under."""
    return np.searchsorted(_EDGES, values, "right") - 1


def places_of(edges: Ints) -> Ints:
    """The places of some edges among all of them."""
    return np.searchsorted(_EDGES, edges)


class Histograms:
    """A histogram by row; rows that were never merged are empty."""

    def __init__(self) -> None:
        self._from, self._length = np.zeros((2, 1024), np.int32)
        self._pool = np.zeros((1024, 2), np.int32)
        self._used = 0

    def merge(self, rows: Ints, parts: Sequence[Counted]) -> tuple[Lists, Lists]:
        """Add to the histograms of distinct rows, ``whose`` says to which of them; what they are now: edges, counts."""
        n, held_at = len(rows), np.flatnonzero(self._length[rows])
        each = self._length[rows[held_at]]
        held = ranges(self._from[rows[held_at]], each)
        whose = np.concatenate([np.repeat(held_at, each), *(part.whose for part in parts)])
        edges = np.concatenate([self._pool[held, 0], *(part.edge for part in parts)])
        counts = np.concatenate([self._pool[held, 1], *(part.n for part in parts)])
        buckets, sums = summed(whose << EDGE_BITS | edges, counts)
        buckets, sums = buckets[sums != 0], sums[sums != 0]
        lengths, edges = np.bincount(buckets >> EDGE_BITS, minlength=n), buckets & (1 << EDGE_BITS) - 1
        first, self._used = self._used, self._used + len(buckets)
        self._pool = grown(self._pool, self._used)
        self._pool[first : self._used, 0], self._pool[first : self._used, 1] = edges, sums
        self._from[rows], self._length[rows] = first + np.cumsum(lengths) - lengths, lengths
        return Lists(lengths, _EDGES[edges]), Lists(lengths, sums)

    def make_room(self, rows: int) -> None:
        """Have that many rows."""
        self._from, self._length = grown(self._from, rows), grown(self._length, rows)

    def clear(self, rows: slice) -> None:
        """Empty some rows."""
        self._length[rows] = 0

    def wasteful(self, rows: int) -> bool:
        """Whether most of the pool is of histograms that were replaced."""
        return self._used > 1024 and self._used > 2 * int(self._length[:rows].sum())

    def pack(self, rows: Ints, *, release: bool = False) -> None:
        """Keep these rows only, in this order, without gaps; ``release`` the memory of all others."""
        held = ranges(self._from.take(rows), self._length.take(rows))
        self._used = len(held)
        self._pool = packed(self._pool, held, release=release)
        self._length = packed(self._length, rows, release=release)
        self._from = packed(self._from, rows, release=release)
        lengths = self._length[: len(rows)]
        self._from[: len(rows)] = np.cumsum(lengths) - lengths


def summed(keys: Ints, values: Ints) -> tuple[Ints, Ints]:
    """The different keys in order, and the sum of the values of each."""
    distinct, place = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(distinct), np.int64)
    np.add.at(sums, place, values)
    return distinct, sums
