"""Windows: (size, unit, service or all, start) -> mergeable accumulators, in the unit's own time zone.

An accumulator is four integers and a log-bucket histogram, so neither order nor partitioning can change it (law 2),
and a fact that changes is taken out as it was and put in as it is. A window is written as an absolute state.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import msgspec

from pantau.domain.columns import Table
from pantau.domain.entries import AUTO_CLOSED, IMPUTED
from pantau.domain.histogram import edge
from pantau.domain.measures import SPREAD, Mark
from pantau.domain.zones import local_day, window_start

Size = Literal["5m", "30m", "1d"]

ALL_SERVICES = "*"
UNKNOWN_SERVICE = "-"
"""How a window's key names "every service together" and "a service that is not known"."""

CellKey = tuple[str, str, int, str, str, int]
"""(size, measure, local day as days since 1970-01-01, unit, service, start in ms UTC)."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Accumulator(msgspec.Struct, gc=False):
    """What a cell holds: n, total, how many were imputed or auto-closed, and the histogram of durations."""

    n: int = 0
    total: int = 0
    imputed: int = 0
    auto_closed: int = 0
    histogram: dict[int, int] = msgspec.field(default_factory=dict)

    def add(self, other: "Accumulator") -> None:
        """Merge another accumulator (or a change, with negative counts) into this one."""
        self.n += other.n
        self.total += other.total
        self.imputed += other.imputed
        self.auto_closed += other.auto_closed
        mine = self.histogram
        for lower, n in other.histogram.items():
            count = mine.get(lower, 0) + n
            if count:
                mine[lower] = count
            else:
                mine.pop(lower, None)


class CellStates(msgspec.Struct, frozen=True):
    """Absolute states of cells, by column; iterating gives each key and its accumulator."""

    keys: Table
    states: Table

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[tuple[CellKey, Accumulator]]:
        for key, (n, total, imputed, auto_closed, edges, counts) in zip(self.keys, self.states, strict=True):
            held = Accumulator(n, total, imputed, auto_closed, dict(zip(edges, counts, strict=True)))
            yield (key[0], key[1], key[2], key[3], key[4], key[5]), held


def cell_states(cells: Iterable[tuple[CellKey, Accumulator]]) -> CellStates:
    """States of cells by column; histograms in the order of their edges."""
    keys: list[CellKey] = []
    states = []
    for key, cell in cells:
        keys.append(key)
        edges = sorted(cell.histogram)
        counts = [cell.histogram[edge] for edge in edges]
        states.append((cell.n, cell.total, cell.imputed, cell.auto_closed, edges, counts))
    return CellStates(Table([*zip(*keys, strict=True)]), Table([*zip(*states, strict=True)]))


Slots = tuple[int, int, int, int]
"""Where an instant falls: starts of its 5 min, 30 min and 1 day window, and its local day number."""

_slots: dict[tuple[str, int], Slots] = {}


def slots(zone: str, at: int) -> Slots:
    """The windows that hold an instant, in a zone; remembered per five minutes, within which they cannot change."""
    slot = (zone, at // 300_000)
    found = _slots.get(slot)
    if found is None:
        if len(_slots) > 50_000:
            _slots.clear()
        found = (
            window_start(zone, at, "5m"),
            window_start(zone, at, "30m"),
            window_start(zone, at, "1d"),
            local_day(zone, at).toordinal() - _EPOCH_DAY,
        )
        if found[0] == slot[1] * 300_000:  # else the zone is not aligned to 5 minutes (before standard time): not kept
            _slots[slot] = found
    return found


def spread(
    cells: dict[CellKey, Accumulator], marks: Iterable[Mark], *, unit: str, service: str | None, zone: str, sign: int
) -> None:
    """Add (``sign`` 1) or take out (-1) a fact's marks in the cells of its three windows."""
    service = service or UNKNOWN_SERVICE
    get = cells.get
    placed: int | None = None
    for measure, at, n, total, provenance in marks:
        if at != placed:
            start_5m, start_30m, start_1d, day = slots(zone, at)
            placed = at
        bucket = edge(total) if measure in SPREAD else None
        n *= sign
        total *= sign
        imputed = n if provenance == IMPUTED else 0
        auto_closed = n if provenance == AUTO_CLOSED else 0
        for key in (
            ("5m", measure, day, unit, ALL_SERVICES, start_5m),
            ("30m", measure, day, unit, service, start_30m),
            ("1d", measure, day, unit, service, start_1d),
        ):
            cell = get(key)
            if cell is None:
                histogram = {} if bucket is None else {bucket: sign}
                cells[key] = Accumulator(n, total, imputed, auto_closed, histogram)
                continue
            cell.n += n
            cell.total += total
            if provenance:
                cell.imputed += imputed
                cell.auto_closed += auto_closed
            if bucket is not None:
                histogram = cell.histogram
                count = histogram.get(bucket, 0) + sign
                if count:
                    histogram[bucket] = count
                else:
                    del histogram[bucket]
