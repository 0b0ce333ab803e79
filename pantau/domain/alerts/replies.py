"""What somebody who got an alert writes back, understood: ``OK 7K3P rapat dengan petugas loket, selesai 30 Nov``.

A word that says what is meant, the code of the alert, and for those who take it on what is being done and until when.
Nothing is guessed: what lacks the word, the code or a possible day is not understood, and the answer says which.
"""

import re
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from pantau.domain.alerts.detection import residue_of
from pantau.domain.alerts.states import is_due_day
from pantau.domain.spans import Language

LONGEST_NOTE: Final = 300
LONGEST_REPLY: Final = 1_000

Why = Literal["verb", "code", "day", "past"]
"""What is missing or wrong: a word that says what is meant, the code, a day that there is, a day still to come."""

_TAKES: Final[dict[Language, frozenset[str]]] = {
    "id": frozenset(
        {
            *("1", "ok", "oke", "ya", "iya", "siap", "diterima", "ambil", "proses"),
            *("tindak", "tindaklanjut", "tindaklanjuti", "ditindaklanjuti"),
        }
    ),
    "en": frozenset(
        {
            *("okay", "yes", "ack", "acknowledge", "acknowledged", "accept", "accepted"),
            *("take", "taking", "taken"),
        }
    ),
}
_ENDS: Final[dict[Language, frozenset[str]]] = {
    "id": frozenset(["2", "selesai", "beres", "sudah", "tuntas", "rampung"]),
    "en": frozenset(["done", "finished", "fixed", "resolved"]),
}
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu agt aug",
            "september sep sept",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "senin monday",
            "selasa tuesday",
            "rabu wednesday",
            "kamis thursday",
            "jumat jum'at friday",
            "sabtu saturday",
            "minggu ahad sunday",
        )
    )
    for name in names.split()
}
_SOON: Final = {"hari ini": 0, "today": 0, "besok": 1, "tomorrow": 1, "lusa": 2}

_UNTIL: Final = re.compile(
    r"(?:^|(?<=[\s,;.(]))"
    r"(?:selesai|tenggat|target|sampai|hingga|s\.?d\.?|paling lambat|sebelum|by|until|till|due|before)"
    r"(?:\s+(?:pada|tanggal|tgl\.?|hari(?!\s+ini)|on))*\s*:?\s*"
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{1,2}\s+[a-z]{3,9}\.?(?:\s+\d{4})?"
    r"|hari ini|[a-z']{4,9})(?=$|[\s,;.)])",
    re.IGNORECASE,
)
_SEPARATORS: Final = " \t,;:.-–—"
_EDGES: Final = " \t,;:.-–—!()[]\"'*_"


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody takes the alert of a code on, or says that it is done; ``language`` is that of the word he used."""

    code: str
    done: bool = False
    note: str = ""
    due: date | None = None
    language: Language = "id"


class NotUnderstood(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing or wrong, and the code if there was one."""

    why: Why
    code: str = ""
    language: Language = "id"


def understand(text: str, *, today: date) -> Understood | NotUnderstood:
    """What a reply means; ``today`` is the day on which it was written, where the unit is.

    ``OK 7K3P tambah petugas, sampai Kamis``: takes 7K3P on, due on the next Thursday. ``SELESAI 7K3P``: it is done.
    The code may stand first. A day without a year is the next such day.
    """
    words = text[:LONGEST_REPLY].split()
    verb, code, rest = _head(words)
    if verb is None:
        return NotUnderstood(why="verb", code=code)
    done, language = verb
    if not code:
        return NotUnderstood(why="code", language=language)
    note, due = " ".join(rest).strip(_SEPARATORS), None
    if not done:
        found = _until(note, today)
        if isinstance(found, str):
            return NotUnderstood(why=found, code=code, language=language)
        note, due = found
    if len(note) > LONGEST_NOTE:
        note = note[: LONGEST_NOTE - 1] + "…"
    return Understood(code=code, done=done, note=note, due=due, language=language)


def _head(words: list[str]) -> tuple[tuple[bool, Language] | None, str, list[str]]:
    """The word and the code that a reply begins with, in either order, and what follows."""
    verb: tuple[bool, Language] | None = None
    code = ""
    at = 0
    for word in words[:2]:
        plain = word.strip(_EDGES)
        meant = _verb(plain)
        if verb is None and meant is not None:
            verb = meant
        elif not code and residue_of(plain) is not None:
            code = plain.upper()
        else:
            break
        at += 1
    return verb, code, words[at:]


def _verb(word: str) -> tuple[bool, Language] | None:
    folded = word.casefold()
    languages: tuple[Language, ...] = ("id", "en")
    for language in languages:
        if folded in _TAKES[language]:
            return False, language
        if folded in _ENDS[language]:
            return True, language
    return None


def _until(note: str, today: date) -> tuple[str, date | None] | Why:
    """A note and the day until which it is meant to be done, or what is wrong with that day."""
    found: re.Match[str] | None = None
    due: date | Why | None = None
    for each in _UNTIL.finditer(note):
        day = _day(each["day"], today)
        if day is not None:
            found, due = each, day
    if found is None or due is None:
        return note, None
    if isinstance(due, str):
        return due
    left = note[: found.start()].rstrip(_SEPARATORS) if not note[found.end() :].strip(_SEPARATORS) else note
    return left, due


def _day(text: str, today: date) -> date | Why | None:
    """The day that a text names: "day" for one that there is not, "past" for one that is over, None for no day."""
    folded = text.casefold()
    if folded in _SOON:
        return today + timedelta(_SOON[folded])
    if folded in _WEEKDAYS:
        return today + timedelta((_WEEKDAYS[folded] - today.weekday() - 1) % 7 + 1)
    numbers = re.findall(r"\d+", folded)
    name = re.search(r"[a-z]+", folded)
    if not numbers or (name is not None and name[0] not in _MONTHS):
        return None
    if len(numbers[0]) == 4:
        year, month, day = (int(number) for number in numbers)
        return _dated(year, month, day, today)
    month = _MONTHS[name[0]] if name is not None else int(numbers[1])
    years = numbers[1:] if name is not None else numbers[2:]
    if years:
        year = int(years[0]) + (2000 if len(years[0]) == 2 else 0)
        return _dated(year, month, int(numbers[0]), today)
    coming = [_dated(year, month, int(numbers[0]), today) for year in range(today.year, today.year + 2)]
    return next((day for day in coming if isinstance(day, date)), "day")


def _dated(year: int, month: int, day: int, today: date) -> date | Why:
    try:
        found = date(year, month, day)
    except ValueError:
        return "day"
    if found < today:
        return "past"
    return found if is_due_day(found, today) else "day"
