"""Arrays that grow: by row, or by the code of a name."""

import math
from collections.abc import Callable
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from typing import Any, Final

import numpy as np

from pantau.domain.columns import Array, Ints, Names

_LARGE: Final = 1 << 20
"""Bytes from which an array has memory that it asked the system for."""


class Told:
    """A number for each name, worked out once."""

    def __init__(self, names: Names, of: Callable[[Any], int]) -> None:
        self._names = names
        self._of = of
        self._values = np.zeros(64, np.int64)
        self._n = 0

    def of(self, codes: Array) -> Ints:
        """The numbers of names by their codes."""
        self.learn()
        return self._values[codes]

    def learn(self) -> None:
        """Work out the numbers of names that are new."""
        names, n = self._names.names, self._n
        if len(names) > n:
            self._values = grown(self._values, len(names))
            self._values[n : len(names)] = [self._of(name) for name in names[n:]]
            self._n = len(names)


def grown(array: Array, rows: int) -> Array:
    """The array with room for so many rows, four times what it had if that was too few; new rows are zero.

    Rows of numbers that were never written take no memory, and copying what was is what growing costs. So what is large
    is asked of the system: memory that batches freed is kept (:func:`pantau.interpreter.set_for_batches`), and to be
    zero all of it would have to be written.
    """
    if len(array) >= rows:
        return array
    shape = (max(rows, 4 * len(array)), *array.shape[1:])
    size = math.prod(shape) * array.itemsize
    if size < _LARGE or array.dtype.hasobject:
        larger = np.zeros(shape, array.dtype)
    else:
        larger = np.frombuffer(mmap(-1, size, flags=MAP_PRIVATE | MAP_ANONYMOUS), array.dtype).reshape(shape)
    larger[: len(array)] = array
    return larger


def packed(array: Array, rows: Ints, *, release: bool) -> Array:
    """The array with some of its rows in front, or these alone where the memory of all others is to be released."""
    kept = array.take(rows, axis=0)
    if release:
        return kept
    array[: len(rows)] = kept
    return array
