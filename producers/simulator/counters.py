"""The counters of one unit-day: who serves next, and when a counter rests, closes or breaks down.

A counter takes the next person only while it is open; a rest that is due during a service begins when the service ends.
Times are ms after local midnight.
"""

from heapq import heapify, heappop, heapreplace
from random import Random

from producers.simulator.world import MINUTE_MS, Fall, Hours

NEVER = 1 << 62
"""The end of a rest from which the counter does not come back today."""

_SHORTEST_REST = MINUTE_MS
"""A rest that a long service has eaten up to less than this is not taken."""

Rest = tuple[int, int]
Change = tuple[int, int, str]


class Counters:
    """Counters that serve one queue, the longest idle first. Ask with rising times: ``take`` then ``keep_busy``.

    The last rest of every counter ends at ``NEVER``. ``changes`` collects (time, counter, kind of event) as they become
    certain; whoever reads it empties it.
    """

    def __init__(self, opens: list[int], rests: list[list[Rest]]):
        self.changes: list[Change] = [(at, counter, "counter.opened") for counter, at in enumerate(opens)]
        self._rests = rests
        self._next_rest = [0] * len(opens)
        self._closed = [False] * len(opens)
        self._back = list(opens)
        self._last_end = list(opens)
        self._free = [(at, counter) for counter, at in enumerate(opens)]
        heapify(self._free)

    def take(self, ready: int) -> tuple[int, int] | None:
        """(time, counter) at which a person who is ready then is called; ``None`` when nobody serves any more."""
        free = self._free
        while free:
            at, counter = free[0]
            wanted = at if at > ready else ready
            start = self._open_from(counter, wanted)
            if start == wanted:
                return start, counter
            if start == NEVER:
                heappop(free)
            else:
                heapreplace(free, (start, counter))
        return None

    def keep_busy(self, until: int) -> None:
        """The counter that ``take`` just named is busy until then."""
        counter = self._free[0][1]
        self._last_end[counter] = until
        heapreplace(self._free, (until, counter))

    def settle(self, until: int) -> None:
        """Make certain every change before ``until``, once everyone who was ready before it has been called."""
        for counter, rests in enumerate(self._rests):
            while True:
                start, end = rests[self._next_rest[counter]]
                if start >= until:
                    break
                if end == NEVER:
                    self._close(counter, start)
                    break
                self._pass(counter, start, end)

    def _open_from(self, counter: int, at: int) -> int:
        """The first moment from ``at`` on at which the counter is open."""
        at = max(at, self._back[counter])
        while True:
            start, end = self._rests[counter][self._next_rest[counter]]
            if at < start:
                return at
            if end == NEVER:
                self._close(counter, start)
                return NEVER
            at = max(at, end)
            self._pass(counter, start, end)

    def _close(self, counter: int, at: int) -> None:
        """Tell once when a counter closed for the day."""
        if not self._closed[counter]:
            self._closed[counter] = True
            self.changes.append((max(at, self._last_end[counter]), counter, "counter.closed"))

    def _pass(self, counter: int, start: int, end: int) -> None:
        """The next rest of a counter lies behind it: tell when it began and ended."""
        self._next_rest[counter] += 1
        self._back[counter] = end
        start = max(start, self._last_end[counter])
        if start + _SHORTEST_REST <= end:
            self.changes.append((start, counter, "counter.paused"))
            self.changes.append((end, counter, "counter.opened"))


def counters_of(
    rng: Random, hours: Hours, weekday: int, *, counters: int, fall: Fall | None, first_day: bool
) -> Counters:
    """A day's counters: opened around the opening hour, resting at midday and now and then, closed at the end.

    On Friday all rest for the prayer; on other days half of them keep serving while the other half eats. A fall takes
    ``counters_short`` of them away: from the morning on, or on its ``first_day`` from its own minute on.
    """
    opens: list[int] = []
    rests: list[list[Rest]] = []
    begin, end = hours.resting(weekday)
    middle = (begin + end) // 2
    short = min(fall.counters_short, counters - 1) if fall else 0
    if fall and not (first_day and fall.minute > hours.opens):
        counters -= short
        short = 0
    for counter in range(counters):
        opens.append((hours.opens + rng.randrange(0, 9)) * MINUTE_MS + rng.randrange(MINUTE_MS))
        half = (begin, middle) if counter % 2 else (middle, end)
        midday = (begin, end) if weekday == 4 or counters == 1 else half
        planned = [
            (hours.opens + rng.randrange(90, 180), rng.randrange(4, 12)),
            (end + rng.randrange(15, 75), rng.randrange(4, 12)),
        ]
        due = [midday, *((start, start + minutes) for start, minutes in planned)]
        gone = hours.closing(weekday)
        if counter >= counters - short:
            gone = min(gone, fall.minute if fall else gone)
        rests.append(_in_turn([(start * MINUTE_MS, stop * MINUTE_MS) for start, stop in due], gone * MINUTE_MS))
    return Counters(opens, rests)


def _in_turn(due: list[Rest], gone: int) -> list[Rest]:
    """Rests in order without overlap, the last of which begins at ``gone`` and does not end."""
    rests: list[Rest] = []
    for start, stop in sorted(due):
        if start < gone and (not rests or start >= rests[-1][1]):
            rests.append((start, min(stop, gone)))
    rests.append((gone, NEVER))
    return rests
