"""Which facts and pages storage may hold: a filter that spares look-ups and never says "no" wrongly."""

from collections.abc import Hashable, Iterable

from rbloom import Bloom

FIRST_SIZE = 1_000_000
FALSE_POSITIVES = 0.01


class Known:
    """A Bloom filter that grows by filters of twice the size: 10 bits a key, one look-up in a hundred for nothing."""

    def __init__(self) -> None:
        self._filters = [Bloom(FIRST_SIZE, FALSE_POSITIVES)]
        self._room = FIRST_SIZE

    def add(self, keys: Iterable[Hashable]) -> None:
        """Remember keys."""
        for key in keys:
            if key in self:
                continue
            if self._room == 0:
                self._room = FIRST_SIZE << len(self._filters)
                self._filters.append(Bloom(self._room, FALSE_POSITIVES))
            self._filters[-1].add(key)
            self._room -= 1

    def __contains__(self, key: Hashable) -> bool:
        return any(key in bloom for bloom in self._filters)
