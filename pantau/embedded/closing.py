"""Closes days in the embedded process."""

import structlog

from pantau.domain.closing import leavings, span_of_closing
from pantau.embedded.desk import LocalDesk
from pantau.embedded.rounds import Round

log = structlog.get_logger(__name__)

EVERY_SECONDS = 20.0


def closing(desk: LocalDesk, *, every_seconds: float = EVERY_SECONDS) -> Round:
    """Closes days; a ticket that becomes known after its day was closed leaves too."""
    return Round("closing", every_seconds, lambda stop: close_days(desk))


def close_days(desk: LocalDesk) -> int:
    """Say of every ticket still waiting on a day that is over that it left; returns how many had."""
    registry, now = desk.registry, desk.now()
    events = leavings(desk.query("waiting_tickets", span_of_closing(now)).rows, registry, now)
    if events:
        desk.runtime.submit(events).result()
        log.info("days closed", left=len(events))
    return len(events)
