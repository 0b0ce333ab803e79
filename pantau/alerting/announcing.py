"""Says on the bus what happens to alerts: from the stored history, each step until the bus is known to have it.

Nobody's message waits for it. A process that dies after the bus took a step and before that was remembered sends it
again under the same id.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pantau.bus.alerts import AlertEvent
from pantau.domain.errors import NotNow
from pantau.domain.zones import DAY
from storage.alerts import AlertTables

LOOKS_BACK_DAYS: Final = 400
AT_ONCE: Final = 500


class Announcing:
    """The announcer of one set of tables; one is enough, and more of them only repeat each other.

    ``publish`` hands steps to the bus, those of a unit in their order, and returns the ids of those that it has, also
    when it stopped half-way.
    """

    def __init__(
        self, tables: AlertTables, clock: Callable[[], int], publish: Callable[[Sequence[AlertEvent]], list[str]]
    ) -> None:
        self._tables = tables
        self._clock = clock
        self._publish = publish

    def announce(self) -> int:
        """Announce what the bus does not have; how many steps those were. Raises NotNow while it does not take them."""
        n = 0
        while True:
            now = self._clock()
            waiting = self._tables.unannounced(since=now - LOOKS_BACK_DAYS * DAY, most=AT_ONCE)
            taken = self._publish(waiting) if waiting else []
            self._tables.announced(taken, at=now)
            n += len(taken)
            if len(taken) < len(waiting):
                raise NotNow(f"{len(waiting) - len(taken)} steps of alerts wait: the bus did not take them")
            if len(waiting) < AT_ONCE:
                return n
