"""One visit's life by hand: Monday 08:00 in Jakarta is minute 0."""

from itertools import permutations

from pantau.domain.entries import FactKey
from pantau.domain.events import Event
from pantau.domain.measures import marks
from pantau.domain.registry import Registry
from pantau.domain.visits import Visit, fold_visit
from pantau.domain.zones import HOUR, MINUTE
from tests.strategies import MONDAY, REGISTRY, event, history

OPENS = MONDAY + HOUR
"""Monday 2026-03-30 08:00 in Jakarta."""


def at(minutes: float) -> int:
    return OPENS + round(minutes * MINUTE)


def visit(*events: Event, registry: Registry = REGISTRY, unit: str = "dukcapil") -> Visit:
    """The visit that events make, checked to be the same in whatever order they come."""
    found = fold_visit(FactKey(unit, "antrian", "x"), history(*events, registry=registry), registry)
    for order in permutations(events) if len(events) < 6 else [events[::-1], events[2:] + events[:2]]:
        assert fold_visit(FactKey(unit, "antrian", "x"), history(*order, registry=registry), registry) == found
    return found


def minutes(ms: int | None) -> float | None:
    return None if ms is None else ms / MINUTE


def measured(found: Visit) -> dict[str, tuple[int, float, int]]:
    """Measure -> (minute at which it is placed, total in minutes, provenance)."""
    return {name: ((when - OPENS) // MINUTE, total / MINUTE, how) for name, when, _, total, how in marks(found)}


def app(said: str, time: int, **rest: object) -> Event:
    return event("application." + said, time, application="17", **rest)  # type: ignore[arg-type]
