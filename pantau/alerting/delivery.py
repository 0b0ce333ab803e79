"""Delivers what is in the outbox: leased, sent, marked; at least once, and never forgotten by a crash.

The lease is written before a message goes out and the result after. A process that dies in between leaves a lease that
runs out; the message is then sent again and says so.
"""

import random
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
import structlog

from pantau.alerting.channels import Letter, send
from pantau.alerting.recipients import AddressBook
from pantau.domain.alerts.delivery import IN_DOUBT, STALE_MS, Attempt, after
from pantau.domain.alerts.incidents import ENDS
from pantau.domain.errors import BadSetup
from pantau.domain.indicators import Language
from pantau.domain.registry import Registry
from pantau.domain.zones import DAY, MINUTE
from storage.alert_reading import Sent
from storage.alerts import AlertTables

log = structlog.get_logger(__name__)

LEASE_MS: Final = MINUTE
LOOKS_BACK_DAYS: Final = 30
AGAIN: Final[Mapping[Language, str]] = {"id": "(kirim ulang)", "en": "(sent again)"}
OF_A_FALL: Final = frozenset({"fall", "unstable", "reminder", "overdue", "escalated"})


class Delivery:
    """One deliverer on one set of tables. Several may run: a row is leased, though not with certainty on a server."""

    def __init__(
        self,
        tables: AlertTables,
        clock: Callable[[], int],
        *,
        language: Language = "id",
        send_to: Callable[[str, Letter], Attempt] = send,
    ) -> None:
        self._tables = tables
        self._clock = clock
        self._language = language
        self._send_to = send_to

    def deliver(self, registry: Registry, book: AddressBook) -> list[Sent]:
        """Try everything that is due now, in order, at the addresses of a book; the rows as they are afterwards."""
        now = self._clock()
        waiting = [
            sent
            for sent in self._tables.outbox(since=now - LOOKS_BACK_DAYS * DAY)
            if sent.state == "queued" and sent.next_at <= now and sent.leased_until <= now
        ]
        if not waiting:
            return []
        ended = {
            row.transition.alert
            for row, _ in self._tables.transitions(since=now - LOOKS_BACK_DAYS * DAY)
            if row.transition.turn in ENDS
        }
        return [done for sent in waiting for done in self._one(sent, registry, book, ended)]

    def _one(self, sent: Sent, registry: Registry, book: AddressBook, ended: set[str]) -> list[Sent]:
        now = self._clock()
        if sent.kind in OF_A_FALL and sent.alert in ended and now - sent.due_at > STALE_MS:
            return [self._mark(sent, state="dropped", note="it had recovered before it could be told")]
        if not sent.recipient:
            return self._addressed(sent, registry, book, now)
        address = book.address(sent.recipient)
        if address is None:
            return [self._mark(sent, state="dead", note="its address is gone from the book")]
        was_begun = sent.leased_until > 0 and sent.note == ""
        again = was_begun or sent.note.startswith(IN_DOUBT)
        leased = self._mark(sent, leased_until=now + LEASE_MS, attempts=sent.attempts + 1, note="")
        text = sent.text if self._language == "id" else sent.text_en
        letter = Letter(
            key=f"{sent.key}:{sent.recipient}",
            thread=sent.alert or sent.key,
            kind=sent.kind,
            unit=sent.unit,
            text=f"{AGAIN[self._language]} {text}" if again else text,
        )
        try:
            attempt = self._send_to(address, letter)
        except BadSetup as error:
            attempt = Attempt("refused", str(error))
        now = self._clock()
        following = after(
            attempt,
            attempts=leased.attempts,
            due_at=sent.due_at,
            now=now,
            draw=random.random(),
            was_in_doubt=again,
        )
        if following.state != "sent":
            log.warning("alert not delivered", key=sent.key, recipient=sent.recipient, why=attempt.note)
        note = attempt.note or "-"
        if following.state == "queued" and (again or attempt.outcome == "unclear") and not note.startswith(IN_DOUBT):
            note = f"{IN_DOUBT} before: {note}"
        return [self._mark(leased, state=following.state, next_at=following.next_at, leased_until=0, note=note)]

    def _addressed(self, sent: Sent, registry: Registry, book: AddressBook, now: int) -> list[Sent]:
        """A message that was written when nobody was known for its role: to those who are known now."""
        names = book.recipients(registry, sent.role, sent.unit)
        if not names:
            waits = after(Attempt("retry"), attempts=20, due_at=sent.due_at, now=now, draw=0.99)
            return [self._mark(sent, state=waits.state, next_at=waits.next_at, note=f"nobody is known as {sent.role}")]
        self._tables.post([msgspec.structs.replace(sent, recipient=name, note="") for name in names])
        return [self._mark(sent, state="dropped", note=f"addressed to {', '.join(names)}")]

    def _mark(self, sent: Sent, **changes: object) -> Sent:
        marked = msgspec.structs.replace(sent, version=sent.version + 1, **changes)
        self._tables.post([marked])
        return marked
