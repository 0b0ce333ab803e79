"""One source's clock, event by event, through what counts those of all sources at once."""

import numpy as np

from pantau.domain.clocks import ClockSummary
from pantau.domain.columns import NULL
from pantau.domain.events import CounterSnapshot
from stream_processors.clock_counts import ClockCounts, Expected


class OneClock:
    """Counts of one source."""

    def __init__(self, source: str, expected: Expected = None) -> None:
        self.counts = ClockCounts()
        self._code = self.counts.codes([source], lambda name: expected)

    def see(self, time: int, arrival: int | None) -> None:
        """One event; None for one that was imported."""
        self.counts.see(self._code, np.array([time]), np.array([NULL if arrival is None else arrival]))

    def see_snapshot(self, time: int, snapshot: CounterSnapshot) -> None:
        """What a snapshot showed, beside ``see``."""
        self.counts.see_snapshot(int(self._code[0]), time, snapshot)

    def summary(self) -> ClockSummary:
        """What was counted."""
        (summary,) = self.counts.summaries(self._code)
        return summary
