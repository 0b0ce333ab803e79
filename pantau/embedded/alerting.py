"""Evaluates and tells alerts, round by round; in the embedded process for as long as it runs."""

import threading
from collections.abc import Callable

import structlog

from pantau.alerting.evaluation import Evaluation
from pantau.alerting.links import link
from pantau.alerting.telling import Telling
from pantau.domain.alerts.policy import QUIET, Policy
from pantau.domain.errors import PantauError
from pantau.domain.registry import Registry
from storage.alert_reading import Sent
from storage.alerts import AlertTables

log = structlog.get_logger(__name__)

EVERY_SECONDS = 30.0
"""How often closed half hours are looked for; one closes ten minutes after its end."""


class Alerting:
    """Alerts on one set of tables, with the registry in force and a clock (ms UTC).

    ``page`` is the address at which people reach the live page; it may become known later, empty means none is served.
    """

    def __init__(
        self,
        tables: AlertTables,
        registry: Callable[[], Registry],
        clock: Callable[[], int],
        *,
        secret: bytes = b"",
        policy: Policy = QUIET,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._evaluation = Evaluation(tables, policy)
        self.page = ""
        self._telling = Telling(tables, link_to=lambda alert: link(self.page, secret, alert))
        self._round = threading.Lock()

    def look(self) -> list[Sent]:
        """Evaluate what has closed and put into the outbox what is due; returns that. Blocks."""
        with self._round:
            registry, now = self._registry(), self._clock()
            for row, _ in self._evaluation.evaluate(registry, now):
                turn = row.transition
                say = log.debug if turn.turn in ("watched", "normal") else log.info
                say("alert", unit=turn.unit, indicator=turn.indicator, turn=turn.turn, alert=turn.alert)
            gaps = self._evaluation.silent_units(registry, now)
            self._evaluation.lost_grades(registry, now)
            return self._telling.tell(registry, gaps, now)


class Watching:
    """Looks for alerts for as long as the block lasts; a round that fails is done again in the next."""

    def __init__(self, alerting: Alerting, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._alerting = alerting
        self._every = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerting", daemon=True)

    def __enter__(self) -> "Watching":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self._alerting.look()
            except PantauError as error:  # busy or closing: the next round does it
                log.warning("alerts not evaluated", error=str(error))
