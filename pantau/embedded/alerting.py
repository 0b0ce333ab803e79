"""Evaluates and tells alerts in the embedded process."""

import threading

import structlog

from pantau.alerting.evaluation import Evaluation
from pantau.alerting.telling import Telling
from pantau.domain.alerts.policy import QUIET, Policy
from pantau.domain.errors import PantauError
from pantau.embedded.desk import LocalDesk
from storage.alerts import AlertTables, Sent

log = structlog.get_logger(__name__)

EVERY_SECONDS = 30.0
"""How often closed half hours are looked for; one closes ten minutes after its end."""


class Alerting:
    """Evaluates for as long as the block lasts; a round that fails is done again in the next."""

    def __init__(
        self, desk: LocalDesk, *, page: str = "", policy: Policy = QUIET, every_seconds: float = EVERY_SECONDS
    ) -> None:
        tables = AlertTables(desk.runtime.engine)
        self._desk = desk
        self._every = every_seconds
        self._evaluation = Evaluation(tables, policy)
        self._telling = Telling(tables, page=page)
        self._round = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerting", daemon=True)

    def __enter__(self) -> "Alerting":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.look()
            except PantauError as error:  # busy or closing: the next round does it
                log.warning("alerts not evaluated", error=str(error))

    def look(self) -> list[Sent]:
        """Evaluate what has closed and put into the outbox what is due; returns that."""
        with self._round:
            registry, now = self._desk.registry, self._desk.now()
            for row, _ in self._evaluation.evaluate(registry, now):
                turn = row.transition
                log.info("alert", unit=turn.unit, indicator=turn.indicator, turn=turn.turn, alert=turn.alert)
            gaps = self._evaluation.silent_units(registry, now)
            self._evaluation.lost_grades(registry, now)
            return self._telling.tell(registry, gaps, now)
