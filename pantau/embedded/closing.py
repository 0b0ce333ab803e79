"""Closing a day: what is still waiting some time after a unit closed has left; a late completion overrides it."""

import re
import threading
from datetime import date, timedelta

import structlog

from pantau.domain.calendars import closes
from pantau.domain.errors import PantauError
from pantau.domain.events import Event, TicketData
from pantau.domain.registry import Registry
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import DAY, day_start, local_day
from pantau.embedded.desk import LocalDesk

log = structlog.get_logger(__name__)

AFTER_MS = 30 * 60_000
"""How long after its closing time a unit's day is closed: the last visitors are still served."""

EVERY_SECONDS = 20.0
LOOK_BACK_DAYS = 4
"""Days that are closed when the process was not running at the time; older leftovers stay open and show as backlog."""

_WITH_DAY = re.compile(r"(.*)@(\d{4}-\d\d-\d\d)\Z", re.DOTALL)


def leaving(unit: str, source: str, subject: str, at: int, arrival: int) -> Event:
    """The event that closing a day says of one waiting ticket; the same every time it is said."""
    match = _WITH_DAY.match(subject)
    data = TicketData(
        unit=unit,
        ticket=match[1] if match else subject,
        service_day=date.fromisoformat(match[2]) if match else None,
        provenance="auto_closed",
    )
    kind = "ticket.left"
    return Event(
        source=source,
        id=f"closing/{unit}/{subject}",  # two units may give one number, and an id is said of one thing
        kind=kind,
        time=at,
        arrival=arrival,
        data=data,
        content=content_hash(kind, at, encode_data(data)),
    )


def closing_after(registry: Registry, unit: str, created: int, now: int) -> int | None:
    """The closing at which a ticket created then had left: the first one that was not over yet, if it is past by now.

    On a day without hours it is that of the next day that has them.
    """
    zone = registry.zone(unit)
    first = local_day(zone, created)
    for ahead in range(LOOK_BACK_DAYS + 1):
        day = first + timedelta(days=ahead)
        closing = closes(registry.calendar(unit, day_start(zone, day)), day)
        if closing is not None and created < closing + AFTER_MS:
            return closing if closing + AFTER_MS <= now else None
    return None


class Closing:
    """Closes days for as long as the block lasts; a ticket that becomes known after its day was closed leaves too."""

    def __init__(self, desk: LocalDesk) -> None:
        self._desk = desk
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="closing", daemon=True)

    def __enter__(self) -> "Closing":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                self.close_days()
            except PantauError as error:  # busy or closing: the next round does it
                log.warning("days not closed", error=str(error))

    def close_days(self) -> int:
        """Say of every ticket still waiting on a day that is over that it left; returns how many had."""
        registry, now = self._desk.registry, self._desk.now()
        span = {"from_ms": now - LOOK_BACK_DAYS * DAY, "before_ms": now}
        events = []
        for unit, source, subject, created in self._desk.query("waiting_tickets", span).rows:
            rule = registry.source(source)
            closing = closing_after(registry, unit, created, now) if rule is not None and rule.live else None
            if closing is not None:
                events.append(leaving(unit, source, subject, closing, now))
        if events:
            self._desk.runtime.submit(events).result()
            log.info("days closed", left=len(events))
        return len(events)
