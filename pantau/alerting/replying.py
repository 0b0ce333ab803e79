"""Reads replies: what one says is remembered as an answer to its alert, and whoever wrote it is told so.

What it says back goes through the outbox like every message, under a key of the reply, so a reply that is brought or
read twice is answered once. Only those are answered whom the alert was sent to; to strangers nothing is said at all.
"""

from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from pantau.alert_texts import ROLES
from pantau.alerting.answers import remember
from pantau.alerting.intake import channel_of, sender_of
from pantau.alerting.recipients import AddressBook
from pantau.alerting.together import read_together
from pantau.domain.alerts.messages import Role
from pantau.domain.alerts.replies import NotUnderstood, Understood, understand
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.registry import Registry
from pantau.domain.zones import MINUTE, local_day
from pantau.reply_texts import noted_text, puzzled_text, unknown_text
from storage.alert_reading import Reply, Sent, read_outbox, read_with_code
from storage.alerts import AlertTables

log = structlog.get_logger(__name__)

ARRIVED: Final = ("sent", "delivered", "read")

EXPLAINS_WITHIN_MS: Final = 10 * MINUTE
EXPLAINS: Final = 3
"""So often within that time: who mends a slip and makes another is told, a machine that answers everything is not."""


class Replying:
    """Reads the inbox of one set of tables; driven by one thread."""

    def __init__(
        self,
        tables: AlertTables,
        registry: Callable[[], Registry],
        clock: Callable[[], int],
        *,
        secret: bytes,
    ) -> None:
        self._tables = tables
        self._registry = registry
        self._clock = clock
        self._secret = secret

    def read(self, book: AddressBook) -> int:
        """Read what came, and put into the outbox what is said back; how many replies those were."""
        waiting = self._tables.inbox()
        if not waiting:
            return 0
        registry, known = self._registry(), self._senders(book)
        for place, reply in enumerate(waiting):
            names = known.get((reply.channel, reply.sender), ())
            outcome = self._read(reply, names, registry, book, place) if names else "stranger"
            log.info("reply", channel=reply.channel, outcome=outcome)
            self._tables.receive([msgspec.structs.replace(reply, outcome=outcome, text="", version=2)])
        return len(waiting)

    def _senders(self, book: AddressBook) -> dict[tuple[str, str], tuple[str, ...]]:
        """The names under which the book knows each sender."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for name in book.names():
            where = channel_of(book.address(name) or "")
            if where is not None and where[0] in book.replies:
                sender = (where[0], sender_of(self._secret, *where))
                found[sender] = (*found.get(sender, ()), name)
        return found

    def _read(self, reply: Reply, names: tuple[str, ...], registry: Registry, book: AddressBook, place: int) -> str:
        """What becomes of a reply; answers to those of one round go out in the order of their ``place`` in it."""
        now = self._clock() + place
        read = understand(reply.text, today=local_day(_zone(registry, None), reply.at))
        told = self._told(read.code, names) if read.code else None
        if told is not None:
            read = understand(reply.text, today=local_day(_zone(registry, told.unit), reply.at))
        if isinstance(read, NotUnderstood):
            if not read.code and _in_group(names, book):
                return "chatter"
            if self._explained_enough(names, now):
                return "unclear"
            self._say_back(reply, told, names, puzzled_text(read), now, explains=True)
            return "unclear"
        if told is None:
            if self._explained_enough(names, now):
                return "not_sent"
            self._say_back(reply, None, names, unknown_text(read.code, read.language), now, explains=True)
            return "not_sent"
        self._remember(reply, read, told)
        name = registry.unit(told.unit)
        unit = name.name if name else told.unit
        by = _by(told.role, read)
        self._say_back(reply, told, names, noted_text(read, unit, by), now)
        return "done" if read.done else "taken"

    def _remember(self, reply: Reply, read: Understood, told: Sent) -> None:
        remember(
            self._tables,
            Acknowledgement(
                alert=told.alert, at=reply.at, by=_by(told.role, read), note=read.note, due=read.due, done=read.done
            ),
        )

    def _told(self, code: str, names: tuple[str, ...]) -> Sent | None:
        """The latest message that one of these names was sent about the incident of an alert with this code."""
        for alert, unit in read_with_code(self._tables.query, code):
            for sent in reversed(read_together(self._tables.query, alert, unit).messages()):
                if sent.recipient in names and sent.kind != "reply" and sent.state in ARRIVED:
                    return sent
        return None

    def _explained_enough(self, names: tuple[str, ...], now: int) -> bool:
        lately = read_outbox(self._tables.query, since=now - EXPLAINS_WITHIN_MS)
        return sum(sent.key.startswith("explains:") and sent.recipient in names for sent in lately) >= EXPLAINS

    def _say_back(
        self, reply: Reply, told: Sent | None, names: tuple[str, ...], text: str, now: int, *, explains: bool = False
    ) -> None:
        self._tables.post(
            [
                Sent(
                    key=f"{'explains' if explains else 'reply'}:{reply.key}",
                    recipient=told.recipient if told else names[0],
                    kind="reply",
                    role=told.role if told else "operator",
                    unit=told.unit if told else "",
                    alert=told.alert if told else "",
                    due_at=now,
                    next_at=0,
                    text=text,
                    text_en=text,
                )
            ]
        )


def _by(role: str, read: Understood) -> str:
    roles: dict[str, Role] = {name: name for name in ROLES}
    return ROLES[roles[role]].read(read.language) if role in roles else role


def _zone(registry: Registry, unit: str | None) -> str:
    some = unit or next(iter(registry.unit_codes), None)
    return registry.zone(some) if some is not None else "UTC"


def _in_group(names: tuple[str, ...], book: AddressBook) -> bool:
    """Whether people write to each other there too: the chats of Telegram's groups have negative numbers."""
    where = channel_of(book.address(names[0]) or "")
    return where is not None and where[0] == "telegram" and where[1].startswith("-")
