"""Whether a worker lets go of records: what a probe must ask, for a process can live on and do nothing."""

import time
from collections.abc import Callable, Iterable

import msgspec


class Health(msgspec.Struct):
    """What is assigned, how far each partition came, and when records were last let go of (monotonic seconds)."""

    stalled_seconds: float
    progressed_at: float = msgspec.field(default_factory=time.monotonic)
    assigned: frozenset[int] = frozenset()
    positions: dict[int, int] = msgspec.field(default_factory=dict)

    def assign(self, numbers: Iterable[int]) -> None:
        """Other partitions than before; the clock starts anew, for what they hold was not ours to let go of."""
        self.assigned = frozenset(numbers)
        self.positions = {number: at for number, at in self.positions.items() if number in self.assigned}
        self.progressed_at = time.monotonic()

    def let_go(self, positions: Iterable[tuple[int, int]]) -> None:
        """Everything before these offsets, by partition, is in the tables."""
        self.positions.update(positions)
        self.progressed_at = time.monotonic()

    def lag(self, newest: Callable[[int], int | None]) -> dict[int, int]:
        """Records that wait on each assigned partition, as far as the fetcher knows its newest offset."""
        found = {}
        for number in self.assigned:
            end = newest(number)
            if end is not None and number in self.positions:
                found[number] = max(0, end - self.positions[number])
        return found

    def stalled(self, lag: dict[int, int], *, storage_away: bool) -> bool:
        """Whether records wait and none was let go of for too long, though storage answers."""
        quiet = time.monotonic() - self.progressed_at
        return quiet > self.stalled_seconds and not storage_away and any(lag.values())
