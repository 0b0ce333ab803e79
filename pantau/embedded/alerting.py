"""Evaluates and tells alerts, round by round; in the embedded process for as long as it runs."""

import threading
from collections.abc import Callable

import structlog

from pantau.alerting.delivery import Delivery
from pantau.alerting.evaluation import Evaluation
from pantau.alerting.links import link
from pantau.alerting.receipts import apply_receipts
from pantau.alerting.recipients import AddressBook
from pantau.alerting.telling import Telling
from pantau.domain.alerts.messages import CLOSED_AFTER_MS
from pantau.domain.alerts.policy import QUIET, Policy
from pantau.domain.registry import Registry
from pantau.domain.zones import MINUTE
from pantau.embedded.rounds import Round
from storage.alert_reading import Sent
from storage.alerts import AlertTables

log = structlog.get_logger(__name__)

LOOK_SECONDS = 30.0
"""How often closed half hours are looked for; one closes ten minutes after its end."""

DELIVER_SECONDS = 5.0
HALF_HOUR_MS = 30 * MINUTE
LATE_MS = 10 * MINUTE


class Alerting:
    """Alerts on one set of tables, with the registry in force and a clock (ms UTC).

    ``page`` is the address at which people reach the live page, ``book`` says who gets what; both may be set later.
    Links are signed with ``secret``; without one no link is made.
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
        self.tables = tables
        self.clock = clock
        self.secret = secret
        self.registry = registry
        self._evaluation = Evaluation(tables, policy)
        self.page = ""
        self.book = AddressBook()
        self._telling = Telling(
            tables,
            link_to=lambda alert: link(self.page, secret, alert) if secret else "",
            recipients=lambda registry, role, unit: self.book.recipients(registry, role, unit),
            can_reply=lambda recipient: self.book.can_reply(recipient),
        )
        self._delivery = Delivery(tables, clock)
        self._round = threading.Lock()
        self._closed_upto, self._folded_at = -1, 0
        self._delivering = threading.Lock()

    def look(self) -> list[Sent]:
        """Evaluate what has closed and put into the outbox what is due; returns that. Blocks."""
        with self._round:
            registry, now = self.registry(), self.clock()
            self._closed_upto, self._folded_at = (now - CLOSED_AFTER_MS) // HALF_HOUR_MS, now
            for row, _ in self._evaluation.evaluate(registry, now):
                turn = row.transition
                say = log.debug if turn.turn in ("watched", "normal") else log.info
                say("alert", unit=turn.unit, indicator=turn.indicator, turn=turn.turn, alert=turn.alert)
            silent = self._evaluation.silent(registry, now)
            self._evaluation.lost_grades(registry, now)
            return self._telling.tell(registry, silent, now)

    def look_if_due(self) -> list[Sent]:
        """The same, but half hours are folded only when one has closed since, or after ten minutes for late data."""
        now = self.clock()
        with self._round:
            is_due = (now - CLOSED_AFTER_MS) // HALF_HOUR_MS != self._closed_upto or now - self._folded_at >= LATE_MS
        return self.look() if is_due else self._tell(now)

    def _tell(self, now: int) -> list[Sent]:
        with self._round:
            registry = self.registry()
            return self._telling.tell(registry, self._evaluation.silent(registry, now), now)

    def deliver(self) -> list[Sent]:
        """Try to deliver what is due in the outbox; returns the rows as they are afterwards. Blocks on the network.

        What services told of what they took over before is brought into the outbox first.
        """
        with self._delivering:
            apply_receipts(self.tables, self.clock())
            return self._delivery.deliver(self.registry(), self.book)


def watching(
    alerting: Alerting, *, look_seconds: float = LOOK_SECONDS, deliver_seconds: float = DELIVER_SECONDS
) -> tuple[Round, Round]:
    """Looks for alerts and delivers them: two rounds, for a channel that is slow must not hold up what is found."""
    return (
        Round("alerting", look_seconds, lambda stop: alerting.look_if_due()),
        Round("delivering", deliver_seconds, lambda stop: alerting.deliver()),
    )
