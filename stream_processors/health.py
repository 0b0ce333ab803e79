"""Whether a worker lets go of records: what a probe must ask, for a process can live on and do nothing."""

import time
from collections.abc import Callable, Iterable, Mapping

import msgspec


class Health(msgspec.Struct):
    """What is assigned, how far each partition came, and when records were last let go of (by ``clock``, seconds)."""

    stalled_seconds: float
    clock: Callable[[], float] = time.monotonic
    progressed_at: float = 0.0
    assigned: frozenset[int] = frozenset()
    positions: dict[int, int] = msgspec.field(default_factory=dict)
    at_work: int = 0
    """What is being done now: merging, writing, opening a partition. However long it takes, that is no stall."""
    stalled: bool = False
    """Whether records wait though nothing hinders this worker."""

    def __post_init__(self) -> None:
        self.progressed_at = self.clock()

    def assign(self, numbers: Iterable[int]) -> None:
        """Other partitions than before; the clock starts anew, for what they hold was not ours to let go of."""
        self.assigned = frozenset(numbers)
        self.positions = {number: at for number, at in self.positions.items() if number in self.assigned}
        self._progressed()

    def let_go(self, positions: Mapping[int, int]) -> None:
        """Everything before these offsets, by partition, is in the tables."""
        self.positions.update(positions)
        self._progressed()

    def quiet(self, seconds: float, *, storage_away: bool) -> bool:
        """Whether nothing was let go of for so long though nothing is at work and storage answers.

        Then it must be asked whether records wait: there may simply be none.
        """
        return self.clock() - self.progressed_at > seconds and not self.at_work and not storage_away

    def lag(self, ends: Mapping[int, int | None], reached: Mapping[int, int]) -> dict[int, int]:
        """Records that wait on each assigned partition, by its end and where it was opened or let go of.

        A partition whose end is not known yet, or that is not opened yet, is left out.
        """
        found = {}
        for number in self.assigned:
            end, at = ends.get(number), self.positions.get(number, reached.get(number))
            if end is not None and at is not None:
                found[number] = max(0, end - at)
        return found

    def _progressed(self) -> None:
        self.progressed_at = self.clock()
        self.stalled = False
