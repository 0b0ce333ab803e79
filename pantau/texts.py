"""How numbers, times and days are written for people, in Indonesian and in English.

Indonesian: 1.234,5 · 18 mnt · 10.32 WIB · Sel 10 Nov. English: 1,234.5 · 18 min · 10:32 WIB · Tue 10 Nov.
"""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from pantau.domain.indicators import Language
from pantau.domain.zones import INDONESIAN

_WEEKDAYS: Final = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS: Final = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_UNITS: Final = {"id": ("hr", "jam", "mnt", "dtk"), "en": ("d", "h", "min", "s")}
_ZONE_NAMES: Final = {zone: name for name, zone in INDONESIAN.items()}


def number_text(value: float, language: Language, decimals: int = 0) -> str:
    """A number: 1234.5 with one decimal is 1.234,5 in Indonesian and 1,234.5 in English."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def share_text(value: float, language: Language, decimals: int = 1) -> str:
    """A share of 0 to 1 as a percentage: 0.7163 is 71,6 %."""
    return f"{number_text(value * 100, language, decimals)} %"


def duration_text(ms: float, language: Language) -> str:
    """A length of time in its two largest units: 18 mnt 30 dtk, 45 dtk; below ten seconds in tenths: 8,3 dtk.

    Days are of 24 hours: "hr" counts elapsed time, not working days.
    """
    days, hours, minutes, seconds = _UNITS[language]
    tenths = round(ms / 100)
    if 0 < tenths < 100:
        return f"{number_text(tenths / 10, language, 1)} {seconds}"
    whole = round(ms / 1000)
    if whole < 60:
        return f"{whole} {seconds}"
    if whole < 3600:
        return _two(divmod(whole, 60), minutes, seconds)
    whole = round(ms / 60_000)
    if whole < 48 * 60:
        return _two(divmod(whole, 60), hours, minutes)
    return _two(divmod(round(ms / 3_600_000), 24), days, hours)


def _two(parts: tuple[int, int], large: str, small: str) -> str:
    return f"{parts[0]} {large} {parts[1]} {small}" if parts[1] else f"{parts[0]} {large}"


def day_text(day: date, language: Language, *, year: bool = True) -> str:
    """A day: Sel 10 Nov 2026; without the year where it is plain."""
    text = f"{_WEEKDAYS[language][day.weekday()]} {day.day} {_MONTHS[language][day.month - 1]}"
    return f"{text} {day.year}" if year else text


def clock_text(at: int, zone: str, language: Language) -> str:
    """The time of day on a zone's wall clock: 10.32 WIB."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    name = _ZONE_NAMES.get(zone) or local.tzname() or zone
    return f"{local:%H.%M} {name}" if language == "id" else f"{local:%H:%M} {name}"
