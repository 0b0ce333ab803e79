"""Where a number stands, for many numbers at once: a hash table in arrays, of which nothing is looked up in a loop."""

import numpy as np

from pantau.domain.columns import Array, Ints

_WIDTH = 8
"""Numbers a bucket holds: one cache line."""

_FULL = 2
"""Numbers a bucket holds on average when there are to be twice as many buckets; few then overflow."""

_ROOMY = 3
"""How many times the buckets may be twice as many as needed, so that what grows again need not be put anew."""

_EMPTY = -1


def mixed(numbers: Array) -> Array:
    """64 well-mixed bits of each number."""
    found = numbers.astype(np.uint64)
    found ^= found >> np.uint64(32)
    found *= np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(29)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    return found ^ (found >> np.uint64(32))


class Numbers:
    """Row by number, both not negative. What does not fit its bucket is in a dictionary."""

    def __init__(self) -> None:
        self._make(10)

    def _clear(self, bits: int) -> None:
        if bits != self._bits:
            self._make(bits)
            return
        self._numbers.fill(_EMPTY)  # memory that is at hand is cheaper than new one
        self._fill.fill(0)
        self._beside.clear()
        self._n = 0

    def _make(self, bits: int) -> None:
        self._bits = bits
        self._numbers = np.full((1 << bits, _WIDTH), _EMPTY, np.int64)
        self._rows = np.zeros((1 << bits) * _WIDTH, np.int32)
        self._fill = np.zeros(1 << bits, np.int64)
        self._beside: dict[int, int] = {}
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def find(self, numbers: Ints) -> Ints:
        """The row of each number, -1 for one that is not held."""
        buckets = self._buckets(numbers)
        hits = self._numbers.take(buckets, axis=0) == numbers[:, None]
        column = hits.argmax(axis=1)
        places = buckets * _WIDTH + column
        found = np.where(hits.ravel()[np.arange(len(numbers)) * _WIDTH + column], self._rows[places], -1)
        if self._beside:
            for at in np.flatnonzero((found < 0) & (self._fill[buckets] > _WIDTH)).tolist():
                found[at] = self._beside.get(int(numbers[at]), -1)
        return found

    def add(self, numbers: Ints, rows: Ints) -> None:
        """Hold numbers that are distinct and not held yet."""
        if self._n + len(numbers) > _FULL << self._bits:
            old, old_rows = self.items()
            self._clear(int(np.ceil(np.log2(max(1, self._n + len(numbers))))))
            self._put(old, old_rows)
        self._put(numbers, rows)

    def items(self) -> tuple[Ints, Ints]:
        """Every number and its row."""
        held = self._numbers.ravel() != _EMPTY
        beside = np.array([*self._beside.items()], np.int64).reshape(-1, 2)
        numbers = np.concatenate([self._numbers.ravel()[held], beside[:, 0]])
        return numbers, np.concatenate([self._rows[held], beside[:, 1]])

    def replace(self, numbers: Ints, rows: Ints) -> None:
        """Hold these and no others."""
        bits = max(10, int(np.ceil(np.log2(max(1, len(numbers))))))
        self._clear(self._bits if bits <= self._bits <= bits + _ROOMY else bits)
        self._put(numbers, rows)

    def _put(self, numbers: Ints, rows: Ints) -> None:
        buckets = self._buckets(numbers)
        order = np.argsort(buckets)
        numbers, rows, buckets = numbers[order], rows[order], buckets[order]
        first = np.flatnonzero(np.diff(buckets, prepend=-1))
        sizes = np.diff(first, append=len(buckets))
        column = self._fill[buckets] + np.arange(len(buckets)) - np.repeat(first, sizes)
        self._fill[buckets[first]] += sizes
        fits = column < _WIDTH
        places = (buckets * _WIDTH + column)[fits]
        self._numbers.ravel()[places] = numbers[fits]
        self._rows[places] = rows[fits]
        if not fits.all():
            self._beside.update(zip(numbers[~fits].tolist(), rows[~fits].tolist(), strict=True))
        self._n += len(numbers)

    def _buckets(self, numbers: Ints) -> Ints:
        return (mixed(numbers) >> np.uint64(64 - self._bits)).astype(np.int64)
