"""Closing a day: what is still waiting some time after a unit closed has left; a late completion overrides it."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from pantau.domain.calendars import closes
from pantau.domain.events import Event, TicketData
from pantau.domain.registry import Registry
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import DAY, day_start, local_day

AFTER_MS = 30 * 60_000
"""How long after its closing time a unit's day is closed: the last visitors are still served."""

LOOK_BACK_DAYS = 4
"""Days that are closed when the process was not running at the time; older leftovers stay open and show as backlog."""

OWN = "closing/"
"""How the id of what closing a day says begins; no source said it, though it stands under the visit's source."""

_WITH_DAY = re.compile(r"(\d{4}-\d\d-\d\d)@(.*)\Z", re.DOTALL)


def leaving(unit: str, source: str, subject: str, at: int, arrival: int) -> Event:
    """The event that closing a day says of one waiting ticket; the same every time it is said."""
    match = _WITH_DAY.match(subject)
    data = TicketData(
        unit=unit,
        ticket=match[2] if match else subject,
        service_day=date.fromisoformat(match[1]) if match else None,
        provenance="auto_closed",
    )
    kind = "ticket.left"
    return Event(
        source=source,
        id=f"{OWN}{unit}/{subject}",  # two units may give one number, and an id is said of one thing
        kind=kind,
        time=at,
        arrival=arrival,
        data=data,
        content=content_hash(kind, at, encode_data(data)),
    )


def is_own(id: str) -> bool:
    """Whether closing a day said a ``ticket.left`` of this id, and not the source that it stands under."""
    return id.startswith(OWN)


def closing_after(registry: Registry, unit: str, created: int, now: int) -> int | None:
    """The closing at which a ticket created then had left: the first one that was not over yet, if it is past by now.

    On a day without hours it is that of the next day that has them. An office that never shuts closes its day at the
    day's last millisecond, so that who left is counted on the day of the ticket and not on the next.
    """
    zone = registry.zone(unit)
    first = local_day(zone, created)
    for ahead in range(LOOK_BACK_DAYS + 1):
        day = first + timedelta(days=ahead)
        closing = closes(registry.calendar(unit, day_start(zone, day)), day)
        if closing is not None and created < closing + AFTER_MS:
            return min(closing, day_start(zone, day + timedelta(days=1)) - 1) if closing + AFTER_MS <= now else None
    return None


def span_of_closing(now: int) -> dict[str, int]:
    """When tickets were taken whose days may have to be closed: parameters of the query ``waiting_tickets``."""
    return {"from_ms": now - LOOK_BACK_DAYS * DAY, "before_ms": now}


def leavings(waiting: Iterable[tuple[str, str, str, int]], registry: Registry, now: int) -> list[Event]:
    """What closing the days that are over says of tickets still waiting: (unit, source, subject, taken at).

    Only a live source is closed for: an import says itself who left.
    """
    events = []
    for unit, source, subject, created in waiting:
        rule = registry.source(source)
        closing = closing_after(registry, unit, created, now) if rule is not None and rule.live else None
        if closing is not None:
            events.append(leaving(unit, source, subject, closing, now))
    return events
