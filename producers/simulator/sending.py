"""A simulated world on its way to a gateway: its past at full speed, its last day in time."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from producers.simulator.draft import Draft
from producers.simulator.stream import events, recorded_before
from producers.simulator.world import World

AT_ONCE = 500
"""Events in one request."""

PAUSE_SECONDS = 0.2
"""Between two looks at what is due."""


def past(world: World, seed: int, first: date, until: int) -> Iterator[Draft]:
    """Everything that was sent from a local day on and before an instant (ms UTC), and the trainings from before."""
    yield from recorded_before(world, first)
    for draft in events(world, seed, first, world.last_day):
        if draft.time >= until:
            return
        yield draft


def coming(world: World, seed: int, start: int) -> Iterator[Draft]:
    """What is sent on the world's last day from an instant (ms UTC) on; cases of earlier days go on in it."""
    return (draft for draft in events(world, seed, world.last_day, world.last_day) if draft.time >= start)


def together(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """As many as one request may hold."""
    some: list[Draft] = []
    for draft in drafts:
        some.append(draft)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def in_time(
    drafts: Iterable[Draft],
    *,
    start: int,
    factor: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[list[Draft]]:
    """Those that have become due since the last look, with time beginning at ``start`` and ``factor`` times as fast."""
    began = clock()
    some: list[Draft] = []
    for draft in drafts:
        while (draft.time - start) / 1000 > (clock() - began) * factor:
            if some:
                yield some
                some = []
            sleep(PAUSE_SECONDS)
        some.append(draft)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some
