"""Closes days in the embedded process."""

import threading

import structlog

from pantau.domain.closing import leavings, span_of_closing
from pantau.domain.errors import PantauError
from pantau.embedded.desk import LocalDesk

log = structlog.get_logger(__name__)

EVERY_SECONDS = 20.0


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
        events = leavings(self._desk.query("waiting_tickets", span_of_closing(now)).rows, registry, now)
        if events:
            self._desk.runtime.submit(events).result()
            log.info("days closed", left=len(events))
        return len(events)
