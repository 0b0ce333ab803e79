"""Where a number stands, for many numbers at once: sorted arrays, of which nothing is looked up in a loop."""

import msgspec
import numpy as np

from pantau.domain.columns import Array, Ints

_FEW = 1 << 15
"""Numbers that may be beside the many before they are put among them."""

_SHARE = 8
"""Or as many of the many as one in so many: putting them among the many copies all."""


class Numbers:
    """Row by number, both not negative: the many in one sorted array, those that came last in a shorter one."""

    def __init__(self) -> None:
        self._many, self._last = _Sorted(_NONE, _NO_ROWS), _Sorted(_NONE, _NO_ROWS)

    def __len__(self) -> int:
        return len(self._many.numbers) + len(self._last.numbers)

    def find(self, numbers: Ints) -> Ints:
        """The row of each number, -1 for one that is not held."""
        found = self._many.find(numbers)
        if len(self._last.numbers):
            rest = np.flatnonzero(found < 0)
            found[rest] = self._last.find(numbers[rest])
        return found

    def add(self, numbers: Ints, rows: Ints) -> None:
        """Hold numbers that are distinct and in order, and not held yet."""
        self._last = self._last.merged(_Sorted(numbers, rows))
        if len(self._last.numbers) > max(_FEW, len(self._many.numbers) // _SHARE):
            self._many, self._last = self._many.merged(self._last), _Sorted(_NONE, _NO_ROWS)

    def replace(self, numbers: Ints, rows: Ints) -> None:
        """Hold these, distinct and in any order, and no others."""
        order = np.argsort(numbers)
        self._many, self._last = _Sorted(numbers[order], rows[order]), _Sorted(_NONE, _NO_ROWS)


_NONE = np.zeros(0, np.int64)
_NO_ROWS = np.zeros(0, np.int32)


class _Sorted:
    """Numbers in order, and their rows."""

    def __init__(self, numbers: Ints, rows: Array) -> None:
        self.numbers, self.rows = numbers, rows.astype(np.int32, copy=False)

    def find(self, numbers: Ints) -> Ints:
        if not len(self.numbers):
            return np.full(len(numbers), -1)
        places = np.searchsorted(self.numbers, numbers)
        places[places == len(self.numbers)] = 0
        return np.where(self.numbers[places] == numbers, self.rows[places], np.int64(-1))

    def merged(self, other: "_Sorted") -> "_Sorted":
        """Both, whose numbers are all different."""
        if not len(self.numbers):
            return other
        places = np.searchsorted(self.numbers, other.numbers) + np.arange(len(other.numbers))
        mine = np.ones(len(self.numbers) + len(other.numbers), np.bool_)
        mine[places] = False
        numbers, rows = np.empty(len(mine), np.int64), np.empty(len(mine), np.int32)
        numbers[places], rows[places] = other.numbers, other.rows
        numbers[mine], rows[mine] = self.numbers, self.rows
        return _Sorted(numbers, rows)


class Ordered(msgspec.Struct):
    """Different numbers, where each is first, and which of them each of many is."""

    numbers: Ints
    first: Ints
    place: Ints


def in_order(numbers: Ints) -> Ordered:
    """Numpy's ``unique``, cheap where they are in order already, as those of windows are whose parts are in order."""
    if not (numbers[1:] >= numbers[:-1]).all():
        return Ordered(*np.unique(numbers, return_index=True, return_inverse=True))
    other = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=other[1:])
    first = np.flatnonzero(other)
    return Ordered(numbers[first], first, np.cumsum(other) - 1)
