"""Computes the effects of trainings every night, in the one process or in the notifier of a server."""

import threading

import structlog

from pantau.domain.errors import PantauError
from pantau.domain.zones import day_start, local_day
from pantau.embedded.desk import Desk
from storage.effects import assessments, computed_at

log = structlog.get_logger(__name__)

EVERY_SECONDS = 300.0
HOUR_MS = 3_600_000
AT_HOUR = 2
"""The local hour after which a night's computation is due: days are closed, offices are not open yet."""


class Evaluating:
    """Computes effects once a night, for as long as the block lasts; a night that was missed is made up for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="evaluating", daemon=True)

    def __enter__(self) -> "Evaluating":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                self.evaluate()
            except PantauError as error:  # busy or closing: the next round does it
                log.warning("effects not computed", error=str(error))

    def evaluate(self) -> int:
        """Compute and keep every effect, if none was since the last night; returns how many were."""
        desk, now = self._desk, self._desk.now()
        if computed_at(desk.query) >= self._due(now):
            return 0
        found = []
        for assessment in assessments(desk.query, desk.registry, now):
            found.append(assessment)
            if self._stop.is_set():
                return 0
        if found:
            desk.keep_effects(found)
            log.info("effects computed", effects=len(found))
        return len(found)

    def _due(self, now: int) -> int:
        """The last instant at which it was two in the morning, where most units are."""
        zones = [unit.zone for unit in self._desk.registry.units]
        zone = max(sorted(set(zones)), key=zones.count, default="UTC")
        today = day_start(zone, local_day(zone, now)) + AT_HOUR * HOUR_MS
        return today if today <= now else today - 24 * HOUR_MS
