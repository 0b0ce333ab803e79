"""What storage may hold: filters that spare look-ups and never say "no" wrongly."""

from collections.abc import Iterable, Sequence

import numpy as np
from rbloom import Bloom

from pantau.domain.columns import Array

FIRST_SIZE = 1_000_000
FALSE_POSITIVES = 1e-5
"""One in a batch would be a look-up in each batch, and the wait for it."""


class Known:
    """Facts in a Bloom filter that grows by filters of twice the size: 24 bits each, wrong of one in 100,000."""

    def __init__(self) -> None:
        self._filters = [Bloom(FIRST_SIZE, FALSE_POSITIVES)]
        self._room = FIRST_SIZE

    def add(self, facts: Iterable[int]) -> None:
        """Remember facts by their number (:func:`pantau.domain.entries.fact_number`)."""
        fresh = [*facts]
        for bloom in self._filters:
            fresh = [fact for fact in fresh if fact not in bloom]
        while fresh:
            if not self._room:
                self._room = FIRST_SIZE << len(self._filters)
                self._filters.append(Bloom(self._room, FALSE_POSITIVES))
            fitting, fresh = fresh[: self._room], fresh[self._room :]
            self._filters[-1].update(fitting)
            self._room -= len(fitting)

    def among(self, facts: Sequence[int]) -> set[int]:
        """Those of some facts that may have been added."""
        return {fact for bloom in self._filters for fact in facts if fact in bloom}


def mixed(numbers: Array) -> Array:
    """64 well-mixed bits of each number."""
    found = numbers.astype(np.uint64)
    found ^= found >> np.uint64(32)
    found *= np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(29)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    return found ^ (found >> np.uint64(32))


_WORDS_BITS = 16
"""Words of the first filter of numbers, as a power of two: half a megabyte for a quarter of a million numbers."""

_PER_WORD = 4
_ONE, _LOW = np.uint64(1), np.uint64(63)


class KnownNumbers:
    """As :class:`Known` for many well-mixed 64-bit numbers at once: four bits of one word each, 16 bits a number."""

    def __init__(self) -> None:
        self._filters = [np.zeros(1 << _WORDS_BITS, np.uint64)]
        self._room = _PER_WORD << _WORDS_BITS

    def add(self, numbers: Array) -> None:
        """Remember numbers."""
        fresh = numbers[~self.holds(numbers)]
        while len(fresh):
            if not self._room:
                self._filters.append(np.zeros(2 * len(self._filters[-1]), np.uint64))
                self._room = _PER_WORD * len(self._filters[-1])
            fitting, fresh = fresh[: self._room], fresh[self._room :]
            np.bitwise_or.at(self._filters[-1], *_word_and_bits(fitting, len(self._filters[-1])))
            self._room -= len(fitting)

    def holds(self, numbers: Array) -> Array:
        """Which of the numbers may have been added."""
        found = np.zeros(len(numbers), bool)
        for held in self._filters:
            words, bits = _word_and_bits(numbers, len(held))
            found |= (held[words] & bits) == bits
        return found


def _word_and_bits(numbers: Array, words: int) -> tuple[Array, Array]:
    word = (numbers >> np.uint64(32)) & np.uint64(words - 1)
    bits = np.zeros(len(numbers), np.uint64)
    for part in range(4):
        bits |= _ONE << ((numbers >> np.uint64(6 * part)) & _LOW)
    return word.astype(np.int64), bits
