"""A training or another measure as somebody fills it in on a form, made into the events that a source would send.

The form brings three things that nobody else can make: when it was opened, a word of its own, and a seal over both and
over who opened it. So no other page can send it, and sent twice it is the same events under the same ids.
"""

import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

from pantau.domain.errors import Fault
from pantau.domain.events import PREFIX, Event
from pantau.domain.registry import Registry
from pantau.domain.rejections import Language, Rejection
from pantau.domain.zones import DAY
from pantau.gateway.intake import Terms, judge

SOURCE: Final = "pantau-halaman"
"""The source of the registry in whose name the page records; without it nothing is recorded."""

TRAINING: Final = "training"
CATEGORIES: Final = ("sistem_baru", "program_camat", "sarana", "lainnya")
"""What a measure may be that is no training."""

OPEN_FOR_MS: Final = DAY
LARGEST_EVENT: Final = 65_536

_WORD: Final = re.compile(r"[A-Za-z0-9_-]{8,40}")


class Opened(msgspec.Struct, frozen=True):
    """One opening of the form: when (ms UTC), its word, and the seal."""

    at: int
    word: str
    seal: str


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody filled in, as text. ``kind`` is a SIASN code or ``m:`` and a category."""

    kind: str = ""
    title: str = ""
    units: tuple[str, ...] = ()
    starts: str = ""
    ends: str = ""
    jp: str = ""
    participants: str = ""
    completed: bool = True


def opened(secret: bytes, viewer: str, now: int) -> Opened:
    """A new opening of the form for a viewer."""
    word = secrets.token_urlsafe(12)
    return Opened(now, word, _seal(secret, viewer, now, word))


def is_open(secret: bytes, viewer: str, given: Mapping[str, str], now: int) -> Opened | None:
    """The opening that a form was sent with, if it is ours, of this viewer and of the last day; else None."""
    at, word = given.get("at", ""), given.get("word", "")
    if not at.isdecimal() or len(at) > 15 or not _WORD.fullmatch(word):
        return None
    seal = _seal(secret, viewer, int(at), word)
    if not hmac.compare_digest(seal.encode(), given.get("seal", "").encode()) or abs(now - int(at)) > OPEN_FOR_MS:
        return None
    return Opened(int(at), word, seal)


def events_of(
    filled: Filled, form: Opened, *, registry: Registry, secret: bytes, now: int, language: Language
) -> tuple[list[Event], list[Fault]]:
    """The events that a form says, one a unit and what follows from it, or everything that is wrong with it.

    Judged as the gateway judges what a source sends. Faults name the fields of the form.
    """
    source = registry.source(SOURCE)
    if source is None:
        raise ValueError(f"the registry has no source {SOURCE}")
    terms = Terms(
        registry=registry, source=source, now=now, secret=secret, event_bytes=LARGEST_EVENT, language=language
    )
    raws = [msgspec.json.encode(_event(filled, form, unit)) for unit in filled.units or ("",)]
    events: list[Event] = []
    faults: dict[str, Fault] = {}
    for judged in judge(raws, terms):
        if isinstance(judged, Rejection):
            for fault in judged.reasons:
                field = _FIELDS.get(fault.field.removeprefix("data."), "")
                faults.setdefault(field, msgspec.structs.replace(fault, field=field))
        else:
            events += judged
    return ([], [*faults.values()]) if faults else (events, [])


_FIELDS: Final = {
    "unit": "units",
    "title": "title",
    "siasn_type": "kind",
    "category": "kind",
    "jp": "jp",
    "participants": "participants",
    "starts": "starts",
    "ends": "ends",
}


def _event(filled: Filled, form: Opened, unit: str) -> dict[str, Any]:
    measure = filled.kind.startswith("m:")
    said: dict[str, Any] = {
        "unit": unit,
        "title": filled.title,
        "starts": filled.starts,
        "ends": filled.ends,
    }
    if measure:
        said |= {"measure": f"H-{form.word}", "category": filled.kind.removeprefix("m:")}
    else:
        said |= {
            "training": f"H-{form.word}",
            "siasn_type": _whole(filled.kind),
            "jp": _whole(filled.jp),
            "participants": _whole(filled.participants),
            "completed": filled.completed,
        }
    return {
        "specversion": "1.0",
        "type": f"{PREFIX}{'measure' if measure else TRAINING}.recorded",
        "source": SOURCE,
        "id": f"{form.word}/{unit}",
        "time": datetime.fromtimestamp(form.at / 1000, UTC).isoformat(timespec="milliseconds"),
        "data": {name: value for name, value in said.items() if value != ""},
    }


def _whole(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) < 15 else text


def _seal(secret: bytes, viewer: str, at: int, word: str) -> str:
    parts: Sequence[str] = ("record", viewer, str(at), word)
    return hmac.new(secret, "\x1f".join(parts).encode(), sha256).hexdigest()
