"""Receipts: what a service tells of a message after it took it over, and what of that the outbox keeps.

WhatsApp Cloud API tells ``sent``, ``delivered``, ``read`` and ``failed`` in its webhook, in any order and more than
once. A Fonnte-type gateway tells ``status`` (invalid, expired …) and ``state`` (sent, delivered, read), at first with
both of its ids of the message and later with the second alone.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

import msgspec

from pantau.domain.alerts.delivery import State
from pantau.domain.personal import mask
from pantau.domain.zones import DAY, HOUR
from storage.alert_reading import Receipt, Sent
from storage.alerts import AlertTables

KNOWN_FOR_MS: Final = 3 * DAY
"""So long a receipt may wait for its message, and a service may tell of one by its second id."""

LOOKS_BACK_DAYS: Final = 30
PREFIX: Final = "receipt "

_RANK: Final[dict[str, int]] = {"sent": 0, "delivered": 1, "read": 2}
_LONGEST: Final = 200
_FAILED: Final = frozenset({"failed", "invalid", "expired", "url unreachable"})


def receipt_of(channel: str, id: object) -> str:
    """What stands for a service's id of a message, which may hold the number of a telephone."""
    return sha256(f"{channel}\x1f{id}".encode()).hexdigest()[:32]


def note_of(channel: str, id: object) -> str:
    """What the outbox notes of a message that a service took over under this id."""
    return PREFIX + receipt_of(channel, id)


def whatsapp_receipts(body: bytes, *, now: int) -> list[Receipt]:
    """The receipts in a notification of the Cloud API. Raises ValueError for no JSON."""
    told = msgspec.json.decode(body, type=_Notification)
    found = []
    for each in (each for entry in told.entry for change in entry.changes for each in change.value.statuses):
        status = "failed" if each.status in _FAILED else each.status
        if status not in (*_RANK, "failed"):
            continue
        error = each.errors[0] if each.errors else _Error()
        why = mask(f"{error.code}: {error.title or error.message}")[:_LONGEST] if status == "failed" else ""
        found.append(
            Receipt(
                channel="whatsapp",
                receipt=receipt_of("whatsapp", each.id),
                status=status,
                at=now,
                why=why,
            )
        )
    return found


def fonnte_receipts(body: bytes, *, now: int) -> list[Receipt]:
    """The receipts that a Fonnte-type gateway brings; none for what is a message. Raises ValueError for no JSON."""
    told = msgspec.json.decode(body, type=_Update)
    id, second = (str(each) if each else "" for each in (told.id, told.stateid))
    if told.message or not (id or second):
        return []
    found = []
    receipt = receipt_of("fonnte", id or f"state {second}")
    if id and second:
        alias = receipt_of("fonnte", f"state {second}")
        found.append(Receipt(channel="fonnte", receipt=alias, status="alias", at=now, why=receipt))
    status, state = (str(each).casefold() for each in (told.status or "", told.state or ""))
    if status in _FAILED:
        found.append(Receipt(channel="fonnte", receipt=receipt, status="failed", at=now, why=status))
    elif state in _RANK:
        found.append(Receipt(channel="fonnte", receipt=receipt, status=state, at=now))
    return found


def apply_receipts(tables: AlertTables, now: int) -> list[Sent]:
    """Bring into the outbox what services told; the rows that changed. What comes before its message waits for it."""
    told = tables.receipts(since=now - KNOWN_FOR_MS)
    aliases = {(each.channel, each.receipt): each.why for each in told if each.status == "alias"}
    fresh = [each for each in told if each.status != "alias"]
    if not fresh:
        return []
    waiting = {
        sent.note.removeprefix(PREFIX): sent
        for sent in tables.outbox(since=now - LOOKS_BACK_DAYS * DAY)
        if sent.note.startswith(PREFIX)
    }
    changed: dict[str, Sent] = {}
    done = []
    for each in fresh:
        receipt = aliases.get((each.channel, each.receipt), each.receipt)
        sent = changed.get(receipt) or waiting.get(receipt)
        if sent is not None:
            done.append(each)
            state = _following(sent.state, each.status)
            if state is not None:
                note = f"failed: {each.why}" if state == "dead" else sent.note
                changed[receipt] = msgspec.structs.replace(
                    sent, state=state, note=note, next_at=now, version=sent.version + 1
                )
        elif now - each.at > HOUR:
            done.append(each)  # of a message that is none of ours
    tables.post(changed.values())
    tables.keep_receipts(done, applied=True)
    return [*changed.values()]


def _following(state: str, status: str) -> State | None:
    """The state that a status leads to; None where it is known or comes too late."""
    if status == "failed":
        return "dead" if state == "sent" else None
    if _RANK.get(status, -1) > _RANK.get(state, 9):
        return "delivered" if status == "delivered" else "read"
    return None


class _Error(msgspec.Struct, frozen=True):
    code: Any = "?"
    title: str = ""
    message: str = ""


class _Status(msgspec.Struct, frozen=True):
    id: str
    status: str
    errors: list[_Error] = []


class _Value(msgspec.Struct, frozen=True):
    statuses: list[_Status] = []


class _Change(msgspec.Struct, frozen=True):
    value: _Value = _Value()


class _Entry(msgspec.Struct, frozen=True):
    changes: list[_Change] = []


class _Notification(msgspec.Struct, frozen=True):
    entry: list[_Entry] = []


class _Update(msgspec.Struct, frozen=True):
    id: Any = None
    stateid: Any = None
    status: Any = None
    state: Any = None
    message: Any = None


def unreached(outbox: Iterable[Sent]) -> dict[str, dict[str, int]]:
    """Alert, role, and when it was known that no message of its begin or of the ladder reaches that role."""
    copies: dict[tuple[str, str], list[Sent]] = {}
    for sent in outbox:
        if sent.kind in ("fall", "unstable", "escalated") and sent.alert and sent.state != "dropped":
            copies.setdefault((sent.alert, sent.role), []).append(sent)
    found: dict[str, dict[str, int]] = {}
    for (alert, role), listed in copies.items():
        if all(sent.state == "dead" for sent in listed):
            found.setdefault(alert, {})[role] = max(sent.next_at for sent in listed)
    return found
