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

MEMBERS = 16
"""Members that a number may have."""

_ONE, _LOW = np.uint64(1), np.uint64(63)
_OF_MEMBERS = np.uint64(24), np.uint64(64 // MEMBERS)


class KnownNumbers:
    """As :class:`Known` for many well-mixed 64-bit numbers at once: four bits of one word each, ``per_word`` to a word.

    Members of a number have one bit more each, of the same word: of those that were not added while others of the
    number were, some are held wrongly.
    """

    def __init__(self, per_word: int = 4) -> None:
        self._per_word = per_word
        self._filters = [np.zeros(1 << _WORDS_BITS, np.uint64)]
        self._room = per_word << _WORDS_BITS

    def add(self, numbers: Array, members: Array | None = None) -> None:
        """Remember numbers, and with each those of its members that are true in its row of ``members``.

        What one filter does not hold whole is put into the newest: a full one is never written to again, for each bit
        more would let it hold more numbers by chance, and these bring bits of their own.
        """
        of_members = np.zeros(len(numbers), np.uint64) if members is None else _bits_of_members(numbers, members)
        for held in self._filters:
            word, bits = _word_and_bits(numbers, len(held))
            bits |= of_members
            fresh = (held[word] & bits) != bits
            numbers, of_members = numbers[fresh], of_members[fresh]
        while len(numbers):
            if not self._room:
                self._filters.append(np.zeros(2 * len(self._filters[-1]), np.uint64))
                self._room = self._per_word * len(self._filters[-1])
            room, newest = self._room, self._filters[-1]
            word, bits = _word_and_bits(numbers[:room], len(newest))
            np.bitwise_or.at(newest, word, bits | of_members[:room])
            self._room -= len(word)
            numbers, of_members = numbers[room:], of_members[room:]

    def holds(self, numbers: Array, member: Array | None = None) -> Array:
        """Which of the numbers may have been added, with this member of each if one is asked for."""
        found = np.zeros(len(numbers), bool)
        for held in self._filters:
            word, bits = _word_and_bits(numbers, len(held))
            if member is not None:
                bits |= _bit_of_member(numbers, member)
            found |= (held[word] & bits) == bits
        return found


def _word_and_bits(numbers: Array, words: int) -> tuple[Array, Array]:
    word = (numbers >> np.uint64(32)) & np.uint64(words - 1)
    bits = np.zeros(len(numbers), np.uint64)
    for part in range(4):
        bits |= _ONE << ((numbers >> np.uint64(6 * part)) & _LOW)
    return word.astype(np.int64), bits


def _bit_of_member(numbers: Array, member: Array) -> Array:
    """Members of a number lie as far apart in a word as they can, the first of them wherever."""
    first, apart = _OF_MEMBERS
    return _ONE << ((numbers >> first) + member.astype(np.uint64) * apart & _LOW)


def _bits_of_members(numbers: Array, members: Array) -> Array:
    found = np.zeros(len(numbers), np.uint64)
    for member in np.flatnonzero(members.any(axis=0)):
        having = members[:, member]
        found[having] |= _bit_of_member(numbers[having], np.array(member))
    return found
