"""Replies as services bring them: Telegram's updates, the webhooks of WhatsApp Cloud API and of a Fonnte-type gateway.

What is kept of one is a digest of its id, a keyed digest of who sent it, and its text with numbers of persons masked:
no address is stored. Whether the sender is somebody whom alerts are sent to is judged by whoever has the address book.
"""

import hmac
import re
from hashlib import sha256
from typing import Any, Final, Literal
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from pantau.domain.alerts.replies import LONGEST_REPLY
from pantau.domain.personal import mask
from storage.alert_reading import Reply

Channel = Literal["telegram", "whatsapp", "fonnte"]

_DIGITS: Final = 32


def sender_of(secret: bytes, channel: str, address: str) -> str:
    """What stands for the address of a sender: the same for 0812…, 62812… and +62 812…, and for nobody else."""
    plain = address if channel == "telegram" else _number(address)
    return hmac.new(secret, f"sender\x1f{channel}\x1f{plain}".encode(), sha256).hexdigest()[:_DIGITS]


def channel_of(address: str) -> tuple[Channel, str] | None:
    """The channel of an address of the book and who is reached there; None where nobody can reply."""
    parts = urlsplit(address)
    match parts.scheme:
        case "telegram":
            return "telegram", parts.netloc.rpartition("@")[2]
        case "whatsapp":
            return "whatsapp", parts.path.strip("/")
        case "fonnte":
            return "fonnte", parts.hostname or ""
    return None


def token_of(address: SplitResult) -> str:
    """The token of a Telegram bot; it holds a colon, so it stands as user and password."""
    return unquote(address.netloc.rpartition("@")[0])


def telegram_replies(answer: bytes, bot: str, secret: bytes) -> tuple[list[Reply], int | None]:
    """The replies in an answer to ``getUpdates``, and from which update on to ask next; None when there were none.

    ``bot`` names the bot in digests. Raises ValueError for an answer that is none.
    """
    told = msgspec.json.decode(answer, type=_Updates)
    if not told.ok:
        raise ValueError(told.description or "not ok")
    replies = [
        _reply(
            "telegram",
            f"{bot}:{update.update_id}",
            str(update.message.chat.id),
            update.message.text,
            update.message.date * 1000,
            secret,
        )
        for update in told.result
        if update.message is not None and update.message.text
    ]
    last = max((update.update_id for update in told.result), default=None)
    return replies, None if last is None else last + 1


def whatsapp_replies(body: bytes, secret: bytes, *, now: int) -> list[Reply]:
    """The replies in a notification of the Cloud API; receipts and pictures are none. Raises ValueError for no JSON."""
    told = msgspec.json.decode(body, type=_Notification)
    return [
        _reply("whatsapp", each.id, each.sender, each.text.body, _written_at(each.timestamp, now), secret)
        for entry in told.entry
        for change in entry.changes
        for each in change.value.messages
        if each.text is not None and each.text.body
    ]


def fonnte_replies(body: bytes, secret: bytes, *, now: int) -> list[Reply]:
    """The reply that a Fonnte-type gateway brings, as JSON; none without sender or text. Raises ValueError for no JSON.

    Where it has no id, the same text of the same sender is one reply for a day.
    """
    told = msgspec.json.decode(body, type=_Brought)
    sender = told.member or told.sender
    if not sender or not told.message:
        return []
    id = str(told.inboxid or told.id or f"{_number(sender)}\x1f{told.message}\x1f{now // 86_400_000}")
    return [_reply("fonnte", id, sender, told.message, now, secret)]


def is_from_whatsapp(app_secret: str, body: bytes, signature: str) -> bool:
    """Whether ``X-Hub-Signature-256`` is that of the body; takes the same time whatever is wrong with it."""
    right = "sha256=" + hmac.new(app_secret.encode(), body, sha256).hexdigest()
    return hmac.compare_digest(right.encode(), signature.encode())


class _Chat(msgspec.Struct, frozen=True):
    id: int


class _Message(msgspec.Struct, frozen=True):
    chat: _Chat
    date: int
    text: str = ""


class _Update(msgspec.Struct, frozen=True):
    update_id: int
    message: _Message | None = None


class _Updates(msgspec.Struct, frozen=True):
    ok: bool
    result: list[_Update] = []
    description: str = ""


class _Text(msgspec.Struct, frozen=True):
    body: str


class _Sent(msgspec.Struct, frozen=True):
    id: str
    timestamp: str
    sender: str = msgspec.field(name="from")
    text: _Text | None = None


class _Value(msgspec.Struct, frozen=True):
    messages: list[_Sent] = []


class _Change(msgspec.Struct, frozen=True):
    value: _Value


class _Entry(msgspec.Struct, frozen=True):
    changes: list[_Change] = []


class _Notification(msgspec.Struct, frozen=True):
    entry: list[_Entry] = []


class _Brought(msgspec.Struct, frozen=True):
    sender: str = ""
    member: str | None = None
    message: str = ""
    inboxid: Any = None
    id: Any = None


def _reply(channel: Channel, id: str, sender: str, text: str, at: int, secret: bytes) -> Reply:
    """``at`` gets milliseconds of the id, so that replies of one second stay different answers."""
    key = sha256(f"{channel}\x1f{id}".encode()).hexdigest()[:_DIGITS]
    return Reply(
        key=key,
        channel=channel,
        sender=sender_of(secret, channel, sender),
        text=mask(text[:LONGEST_REPLY]),
        at=at // 1000 * 1000 + int(key[:8], 16) % 1000,
    )


def _number(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return "62" + digits[1:] if digits.startswith("0") else digits


def _written_at(seconds: str, now: int) -> int:
    """When something was written, ms UTC; now where that cannot be read or lies ahead."""
    return min(int(seconds) * 1000, now) if seconds.isdecimal() and len(seconds) < 12 else now
