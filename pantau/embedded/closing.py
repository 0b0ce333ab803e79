"""Closing a day: what is still waiting some time after a unit closed has left; a late completion overrides it."""

import re
import threading
from datetime import date, timedelta

import structlog

from pantau.domain.calendars import closes
from pantau.domain.events import Event, TicketData
from pantau.domain.registry import Registry
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import local_day
from pantau.embedded.desk import LocalDesk

log = structlog.get_logger(__name__)

AFTER_MS = 30 * 60_000
"""How long after its closing time a unit's day is closed: the last visitors are still served."""

EVERY_SECONDS = 20.0
LOOK_BACK_DAYS = 3
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
        id=f"closing/{subject}",
        kind=kind,
        time=at,
        arrival=arrival,
        data=data,
        content=content_hash(kind, at, encode_data(data)),
    )


def due(registry: Registry, now: int) -> list[tuple[str, int, int]]:
    """(unit, closing time, start of that local day) of every day of the last few that is to be closed by now."""
    found = []
    for unit in registry.units:
        zone = registry.zone(unit.code)
        today = local_day(zone, now)
        for back in range(LOOK_BACK_DAYS + 1):
            day = today - timedelta(days=back)
            closing = closes(registry.calendar(unit.code, now), day)
            if closing is not None and closing + AFTER_MS <= now:
                found.append((unit.code, closing, day.toordinal()))
    return found


class Closing:
    """Closes days for as long as the block lasts, each unit's day once."""

    def __init__(self, desk: LocalDesk) -> None:
        self._desk = desk
        self._done: set[tuple[str, int]] = set()
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
            self.close_days()

    def close_days(self) -> int:
        """Close every day that is due and not closed yet; returns how many tickets had left."""
        registry, now = self._desk.registry, self._desk.now()
        left = 0
        for unit, closing, day in due(registry, now):
            if (unit, day) in self._done:
                continue
            rows = self._desk.query(
                "waiting_tickets", {"unit": unit, "from_ms": closing - 86_400_000, "before_ms": closing + AFTER_MS}
            ).rows
            live = {source.name for source in registry.sources if source.live}
            events = [leaving(unit, source, subject, closing, now) for source, subject in rows if source in live]
            if events:
                self._desk.runtime.submit(events).result()
                left += len(events)
            self._done.add((unit, day))
        if left:
            log.info("days closed", left=left)
        return left
