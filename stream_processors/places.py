"""Where instants fall: the windows and local days of many at once, each place worked out once."""

from collections.abc import Callable
from typing import Final

import numpy as np

from pantau.domain.columns import Ints, Names, distinct
from pantau.domain.windows import Slots, slots
from stream_processors.growing import Told

SLOT_MS: Final = 300_000
"""Windows begin in the same five minutes as no other of their size, and are numbered by them."""


class Places:
    """Places instants in the zones of their units."""

    def __init__(self, units: Names, zone_of: Callable[[str], str]) -> None:
        self._zones = Names()
        self._zone = Told(units, lambda unit: self._zones.code(zone_of(unit)) if unit else 0)
        self._zone.learn()

    def of(self, units: Ints, at: Ints) -> tuple[Ints, Ints]:
        """Where instants fall: starts of windows, local day, slots of windows; and which of these columns each has."""
        if not len(at):
            return np.zeros((7, 0), np.int64), at
        slot = at // SLOT_MS
        first = slot.min()
        width = slot.max() - first + 1
        each, place = distinct(self._zone.of(units) * width + slot - first)
        one_of_each = np.zeros(len(each), np.int64)
        one_of_each[place] = at
        zones = [self._zones.names[zone] for zone in (each // width).tolist()]
        found = [slots(zone, instant) for zone, instant in zip(zones, one_of_each.tolist(), strict=True)]
        aligned = np.array([one[0] for one in found]) == (each % width + first) * SLOT_MS
        odd = np.flatnonzero(~aligned[place])  # of a zone off the five minutes: each by itself
        zones += [zones[place[one]] for one in odd.tolist()]
        found += [slots(zones[place[one]], int(at[one])) for one in odd.tolist()]
        place[odd] = np.arange(len(each), len(found))
        slotted = [slots_of(zone, one) for zone, one in zip(zones, found, strict=True)]
        return np.concatenate([np.array(found, np.int64), np.array(slotted, np.int64)], axis=1).T, place


def slots_of(zone: str, placed: Slots) -> tuple[int, int, int]:
    """The five minutes by which windows are numbered.

    Where a clock is set back over midnight, half an hour lies on two local days; the one it does not begin on has the
    five minutes after, which begin no half hour.
    """
    start_5m, start_30m, start_1d, day = placed
    other = slots(zone, start_30m)[3] != day
    return start_5m // SLOT_MS, start_30m // SLOT_MS + other, start_1d // SLOT_MS
