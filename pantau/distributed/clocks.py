"""Every source's clock as a worker sees it: counted by partition of the bus, for no worker sees a whole source."""

import time
from collections.abc import Mapping, Sequence

from pantau.domain.accepted import Accepted
from pantau.domain.registry import Registry
from pantau.domain.rejections import Rejection
from pantau.embedded.clock_watches import KEEP_EVERY_SECONDS, KEPT_AT_ONCE, ClockWatches
from storage.store import Block, Store


class PartitionClocks:
    """One watch a partition; implements :class:`stream_processors.tables.Clocks`. Driven by the worker's thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._watches: dict[str, ClockWatches] = {}
        self._kept_at = time.monotonic()

    def see(
        self,
        partition: str,
        events: Accepted,
        repeats: tuple[Mapping[str, int], Mapping[str, int]],
        registry: Registry,
    ) -> None:
        """Merged events, and how often sources repeated and contradicted themselves."""
        watches = self._of(partition)
        watches.see(events, registry)
        watches.see_repeated(*repeats)

    def due(self) -> list[Block]:
        """What it is time to write: nothing until some seconds have passed since the last time."""
        if not self._watches or time.monotonic() - self._kept_at < KEEP_EVERY_SECONDS:
            return []
        self._kept_at = time.monotonic()
        most = -(-KEPT_AT_ONCE // len(self._watches))
        return [block for watches in self._watches.values() for block in watches.blocks_to_keep(most)]

    def drop(self, partition: str) -> None:
        """The partition is another worker's now."""
        self._watches.pop(partition, None)

    def _of(self, partition: str) -> ClockWatches:
        found = self._watches.get(partition)
        if found is None:
            found = self._watches[partition] = ClockWatches(self._store, part=partition)
        return found


def refused(store: Store, partition: str, rejections: Sequence[Rejection], registry: Registry) -> list[Block]:
    """What is to be written of refusals: a lying clock is seen in what is refused for it.

    Nothing of it is held, so that a partition may come and go.
    """
    watches = ClockWatches(store, part=partition, sources=sorted({rejection.source for rejection in rejections}))
    watches.see_refused(rejections, registry)
    return watches.blocks_to_keep()
