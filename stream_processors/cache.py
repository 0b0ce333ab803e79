"""A bounded cache in two generations: what was used lately stays, what was not leaves in one step."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Generations(Generic[K, V]):
    """Holds between ``capacity`` and twice ``capacity`` of the most lately used items; each look-up counts as a use."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def found(self, keys: Iterable[K]) -> dict[K, V]:
        """Those of the keys that are held, with their items; each is a use."""
        young, old = self._young, self._old
        found: dict[K, V] = {}
        for key in keys if young or old else ():
            item = young.get(key)
            if item is None:
                item = old.get(key)
                if item is None:
                    continue
            found[key] = item
        return found

    def keep(self, items: Mapping[K, V]) -> None:
        """Hold items, the newest of all; when they would go past capacity the young become old first."""
        if len(self._young) + len(items) > self.capacity:
            self._old = self._young
            self._young = {}
        self._young.update(items)

    def get(self, key: K) -> V | None:
        """The item, or ``None``; an item of the old generation becomes young again."""
        found = self._young.get(key)
        if found is None and self._old:
            found = self._old.pop(key, None)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: K, value: V) -> None:
        """Hold an item; at capacity the young become old and the old leave."""
        if len(self._young) >= self.capacity:
            self._old = self._young
            self._young = {}
        self._young[key] = value

    def clear(self) -> None:
        """Let everything go."""
        self._young = {}
        self._old = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)
