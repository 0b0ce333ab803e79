"""How sources go wrong: lying clocks, duplicates, disorder, lost events, dead feeds, unknown units.

What happens to an event is decided by the hash of its identity, not by its place in the stream, so cutting the stream
elsewhere changes nothing. The shapes are those of real feeds: Warsaw's counters were 366 days ahead, 7.9 years behind.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import msgspec
import xxhash

from pantau.domain.zones import DAY, MINUTE
from producers.simulator.draft import Draft

YEAR_BUG_MS = 366 * DAY
EIGHT_YEARS_BEHIND_MS = -round(7.9 * 365.25 * DAY)


@dataclass(frozen=True, slots=True)
class Clock:
    """A source whose clock is off by ``shift_ms`` in all it sends from ``start`` to ``end`` (ms UTC, true time)."""

    source: str
    shift_ms: int
    start: int = 0
    end: int = 1 << 62


@dataclass(frozen=True, slots=True)
class Duplicates:
    """A share of the events is sent twice, the second time up to ``within_ms`` later; of all sources or of one."""

    share: float
    within_ms: int = 30 * MINUTE
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Disorder:
    """A share of the events is sent late, by up to ``within_ms``, so that they overtake each other."""

    share: float
    within_ms: int = 20 * MINUTE
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A share of the events never arrives."""

    share: float
    source: str | None = None


@dataclass(frozen=True, slots=True)
class DeadFeed:
    """A source sends nothing from ``start`` to ``end`` (ms UTC); a ``buffered`` one sends it all when it is back."""

    source: str
    start: int
    end: int
    buffered: bool = False


@dataclass(frozen=True, slots=True)
class WrongUnit:
    """A share of the events names a unit that no registry knows."""

    share: float
    unit: str = "kec-99.99.99"
    source: str | None = None


Fault = Clock | Duplicates | Disorder | Lost | DeadFeed | WrongUnit


def with_faults(drafts: Iterable[Draft], faults: Sequence[Fault], seed: int) -> Iterator[Draft]:
    """The drafts as they would arrive, in order of ``sent``: faults are applied in the order in which they are given.

    ``drafts`` must be in order of ``sent``. Without ``Lost``, unbuffered ``DeadFeed`` and ``WrongUnit`` every true
    event is still there: same source, id, kind and data, at least once.
    """
    waiting: list[tuple[int, int, Draft]] = []
    order = 0
    for draft in drafts:
        while waiting and waiting[0][0] <= draft.sent:
            yield heappop(waiting)[2]
        for copy in _suffer(draft, faults, seed):
            order += 1
            heappush(waiting, (copy.sent, order, copy))
    while waiting:
        yield heappop(waiting)[2]


def _suffer(draft: Draft, faults: Sequence[Fault], seed: int) -> list[Draft]:
    """What becomes of one draft: none, one or several."""
    copies = [draft]
    for nth, fault in enumerate(faults):
        if fault.source is not None and fault.source != draft.source:
            continue
        if isinstance(fault, Clock):
            if fault.start <= draft.sent < fault.end:
                copies = [msgspec.structs.replace(copy, time=copy.time + fault.shift_ms) for copy in copies]
            continue
        if isinstance(fault, DeadFeed):
            copies = _revived(copies, fault)
            continue
        draw, size = _draws(draft, nth, seed)
        if draw >= fault.share:
            continue
        if isinstance(fault, Duplicates):
            again = draft.sent + 1 + int(size * fault.within_ms)
            copies = [*copies, msgspec.structs.replace(copies[0], sent=again)] if copies else []
        elif isinstance(fault, Disorder):
            late = 1 + int(size * fault.within_ms)
            copies = [msgspec.structs.replace(copy, sent=copy.sent + late) for copy in copies]
        elif isinstance(fault, Lost):
            copies = []
        else:
            data = msgspec.structs.replace(draft.data, unit=fault.unit)
            copies = [msgspec.structs.replace(copy, data=data) for copy in copies]
    return copies


def _revived(copies: list[Draft], fault: DeadFeed) -> list[Draft]:
    """What a dead feed lets through: what was sent outside its silence, and afterwards what it had kept."""
    through: list[Draft] = []
    for copy in copies:
        if not fault.start <= copy.sent < fault.end:
            through.append(copy)
        elif fault.buffered:
            through.append(msgspec.structs.replace(copy, sent=fault.end))
    return through


def _draws(draft: Draft, nth: int, seed: int) -> tuple[float, float]:
    """Two numbers in [0, 1) that belong to an event and a fault: whether it happens, and how much."""
    value = xxhash.xxh3_64_intdigest(
        f"{draft.source}\x1f{draft.id}".encode(), seed=(seed * 1_000_003 + nth) & (2**64 - 1)
    )
    return (value >> 32) / 2**32, (value & 0xFFFFFFFF) / 2**32
