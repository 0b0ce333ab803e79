"""Times as sources write them, read into milliseconds UTC at the speed of a dictionary.

A wall-clock text has no zone of its own: it is read in the mapping's zone (WIB, WITA, WIT or any IANA zone), unless the
text holds an offset, which wins. Where the clock was set back and shows a time twice, the first is meant.
A two-digit year is 1969 to 2068. Unreadable text gives ``None``; who calls knows the column and says so.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from pantau.domain.zones import DAY, HOUR, MINUTE, from_local, local_day, offset_ms, resolve

Reader = Callable[[str], int | None]
"""From a text to ms UTC, or ``None`` where the text is not such a time."""

Formats = str | tuple[str, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_KEPT = 100_000
"""Texts a cache keeps before it starts anew: every second of a day fits."""
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999
"""The years 1 to 9999."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari",
            "feb february februari peb",
            "mar march maret",
            "apr april",
            "may mei",
            "jun june juni",
            "jul july juli",
            "aug august agustus agu agt ags",
            "sep sept september",
            "oct october oktober okt",
            "nov november nop",
            "dec december desember des",
        ),
        1,
    )
    for name in names.split()
}

_DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<b>[^\W\d]+)\.?",
    "B": r"(?P<b>[^\W\d]+)",
    "a": r"[^\W\d]+\.?",
    "A": r"[^\W\d]+",
    "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<I>\d{1,2})",
    "M": r"(?P<M>\d{2})",
    "S": r"(?P<S>\d{2})",
    "f": r"(?P<f>\d{1,9})",
    "p": r"(?P<p>[AaPp])\.?[Mm]\.?",
    "z": r"(?P<z>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})",
    "Z": r"(?P<Z>[A-Za-z]+)",
    "%": "%",
}


class Pattern:
    """A time format of ``%`` directives as in strptime (Y y m d b B a A H I M S f p z Z T), compiled to an expression.

    Month names are understood in Indonesian and English, ``%Z`` as WIB, WITA, WIT or an IANA name without a slash.
    Raises ValueError for a directive it does not know.
    """

    def __init__(self, pattern: str) -> None:
        expression = ""
        rest = iter(pattern.replace("%T", "%H:%M:%S"))
        for sign in rest:
            if sign == "%":
                directive = next(rest, "")
                if directive not in _DIRECTIVES:
                    raise ValueError(f"%{directive} is no directive; they are %{' %'.join(_DIRECTIVES)} %T")
                expression += _DIRECTIVES[directive]
            else:
                expression += r"\s+" if sign.isspace() else re.escape(sign)
        try:
            self._match = re.compile(expression).fullmatch
        except re.error as error:
            raise ValueError(f"{pattern!r} names a part of the time twice ({error})") from error

    def parts(self, text: str) -> dict[str, str] | None:
        """The named parts of a text, or ``None``."""
        found = self._match(text)
        return found.groupdict() if found else None


def _day_of(parts: dict[str, str]) -> date | None:
    year = int(parts["Y"]) if parts.get("Y") else int(parts.get("y") or 0)
    if not parts.get("Y"):
        year += 1900 if year >= 69 else 2000
    month = _MONTHS.get(parts["b"].lower(), 0) if parts.get("b") else int(parts.get("m") or 1)
    try:
        return date(year, month, int(parts.get("d") or 1))
    except ValueError:
        return None


def _clock_of(parts: dict[str, str]) -> int | None:
    """Milliseconds since midnight."""
    hour = int(parts.get("H") or parts.get("I") or 0)
    if parts.get("I"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if (parts.get("p") or "a").lower() == "p" else 0)
    minute, second = int(parts.get("M") or 0), int(parts.get("S") or 0)
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    return hour * HOUR + minute * MINUTE + second * 1000 + int((parts.get("f") or "0").ljust(3, "0")[:3])


def _offset_of(text: str) -> int:
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "")
    size = int(digits[:2]) * HOUR + int(digits[2:] or 0) * MINUTE
    return -size if text[0] == "-" else size


class Days:
    """From a wall-clock date and the ms since its midnight to an instant; remembers each date of one zone."""

    def __init__(self, zone: str) -> None:
        self.zone = resolve(zone)
        self._base: dict[date, int | None] = {}

    def at(self, day: date, clock_ms: int) -> int | None:
        """The instant, or ``None`` outside the years 1 to 9999."""
        try:
            base = self._base[day]
        except KeyError:
            base = self._learn(day)
        if base is not None:
            return base + clock_ms
        try:
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock is naive
            return from_local(self.zone, midnight + timedelta(milliseconds=clock_ms))
        except OverflowError:
            return None

    def _learn(self, day: date) -> int | None:
        """The instant of midnight, if every time of the day lies as far after it as the clock says."""
        if len(self._base) >= _KEPT:
            self._base.clear()
        base: int | None = None
        try:
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock is naive
            start, end = from_local(self.zone, midnight), from_local(self.zone, midnight + timedelta(days=1))
            base = start if end - start == DAY else None
        except OverflowError:
            pass
        self._base[day] = base
        return base


def _iso(days: Days) -> Reader:
    parse = datetime.fromisoformat
    at = days.at

    def read(text: str) -> int | None:
        try:
            found = parse(text)
        except ValueError:
            return None
        if found.tzinfo is not None:
            return (found - _EPOCH) // _MS
        clock = found.hour * HOUR + found.minute * MINUTE + found.second * 1000 + found.microsecond // 1000
        return at(found.date(), clock)

    return read


def _epoch(ms_per_unit: int) -> Reader:
    def read(text: str) -> int | None:
        try:
            found = int(text) * ms_per_unit if text.lstrip("-").isdigit() else round(float(text) * ms_per_unit)
        except (ValueError, OverflowError):
            return None
        return found if _FIRST <= found <= _LAST else None

    return read


def _patterned(pattern: Pattern, days: Days) -> Reader:
    def read(text: str) -> int | None:
        parts = pattern.parts(text)
        if parts is None:
            return None
        day, clock = _day_of(parts), _clock_of(parts)
        if day is None or clock is None:
            return None
        if offset := parts.get("z"):
            wall = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return (wall - _EPOCH) // _MS + clock - _offset_of(offset)
        if named := parts.get("Z"):
            try:
                return Days(named).at(day, clock)
            except ValueError:
                return None
        return days.at(day, clock)

    return read


def moments(formats: Formats, zone: str) -> Reader:
    """A reader of whole instants in the formats, tried in order.

    ``"22-07-06 08:16:25"`` with ``"%y-%m-%d %H:%M:%S"`` and ``WIB`` is 2022-07-06T01:16:25Z.
    Raises ValueError for a format or a zone that does not exist.
    """
    days = Days(zone)
    readers = [
        _iso(days)
        if name == "iso"
        else _epoch(1000)
        if name == "epoch_s"
        else _epoch(1)
        if name == "epoch_ms"
        else _patterned(Pattern(name), days)
        for name in ((formats,) if isinstance(formats, str) else formats)
    ]
    known: dict[str, int | None] = {}

    def read(text: str) -> int | None:
        try:
            return known[text]
        except KeyError:
            pass
        found = next((instant for reader in readers if (instant := reader(text)) is not None), None)
        if len(known) >= _KEPT:
            known.clear()
        known[text] = found
        return found

    return read


def _dates(formats: Formats) -> Callable[[str], date | None]:
    patterns = [
        None if name == "iso" else Pattern(name) for name in ((formats,) if isinstance(formats, str) else formats)
    ]

    def read(text: str) -> date | None:
        for pattern in patterns:
            if pattern is not None:
                parts = pattern.parts(text)
                if parts is not None and (day := _day_of(parts)) is not None:
                    return day
            else:
                try:
                    return datetime.fromisoformat(text).date()
                except ValueError:
                    continue
        return None

    return read


def _clocks(formats: Formats) -> Callable[[str], int | None]:
    names = (formats,) if isinstance(formats, str) else formats
    patterns = [
        Pattern(p) for name in names for p in (("%H:%M:%S", "%H:%M", "%H:%M:%S.%f") if name == "iso" else (name,))
    ]

    def read(text: str) -> int | None:
        for pattern in patterns:
            if (parts := pattern.parts(text)) is not None:
                return _clock_of(parts)
        return None

    return read


class DateClock:
    """Instants from a date and a time of day in two columns: ``("990101", "0:00:31")``.

    ``read(date, clock, days)`` gives ms UTC ``days`` after that date; ``day`` and ``clock`` read one of the two alone.
    """

    def __init__(self, date_formats: Formats, clock_formats: Formats, zone: str) -> None:
        self._days = Days(zone)
        self._date = _dates(date_formats)
        self._clock = _clocks(clock_formats)
        self._known_dates: dict[str, date | None] = {}
        self._known_clocks: dict[str, int | None] = {}
        self._midnights: dict[str, int] = {}

    def read(self, date_text: str, clock_text: str, days: int = 0) -> int | None:
        """The instant; ``None`` where either text cannot be read."""
        clock = self._known_clocks.get(clock_text)
        if clock is None:
            clock = self.clock(clock_text)
        midnight = self._midnights.get(date_text)
        if midnight is not None and clock is not None and not days:
            return midnight + clock
        day = self.day(date_text)
        if day is None or clock is None:
            return None
        if not days and (start := self._days.at(day, 0)) is not None and self._days.at(day, DAY) == start + DAY:
            if len(self._midnights) >= _KEPT:
                self._midnights.clear()
            self._midnights[date_text] = start
        try:
            return self._days.at(day + timedelta(days=days), clock)
        except OverflowError:
            return None

    def day(self, text: str) -> date | None:
        """The date a text means."""
        if text not in self._known_dates:
            if len(self._known_dates) >= _KEPT:
                self._known_dates.clear()
            self._known_dates[text] = self._date(text)
        return self._known_dates[text]

    def clock(self, text: str) -> int | None:
        """The ms since midnight a text means."""
        if text not in self._known_clocks:
            if len(self._known_clocks) >= _KEPT:
                self._known_clocks.clear()
            self._known_clocks[text] = self._clock(text)
        return self._known_clocks[text]


_SPAN = re.compile(r"\s*(-?\d+(?:\.\d+)?|\{[^{}]+\})\s*(ms|s|min|h|d|days?|months?|years?)\s*")
_SPAN_MS = {"ms": 1, "s": 1000, "min": MINUTE, "h": HOUR}


def parse_span(text: str) -> tuple[str, str]:
    """A span's amount (a number, or a column in braces) and unit: ``"30 min"`` gives ``("30", "min")``."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError("is not a span such as 30 min, 1 month or {seconds} s")
    unit = found[2].rstrip("s") if found[2] not in ("ms", "s") else found[2]
    return found[1], "day" if unit == "d" else unit


def later(start: int, amount: float, unit: str, days: Days) -> int | None:
    """The instant a span after another; days, months and years keep the wall clock of the zone.

    A month after 31 January is the last day of February. ``None`` outside the years 1 to 9999.
    """
    if unit in _SPAN_MS:
        return start + round(amount * _SPAN_MS[unit])
    day = local_day(days.zone, start)
    clock = (start + offset_ms(days.zone, start)) % DAY
    try:
        if unit == "day":
            moved = day + timedelta(days=int(amount))
        else:
            months = day.year * 12 + day.month - 1 + int(amount) * (12 if unit == "year" else 1)
            year, month = divmod(months, 12)
            following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
            moved = date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
        return days.at(moved, clock)
    except (OverflowError, ValueError):
        return None


def iso_instant(instant: int) -> str:
    """An instant as ISO text in UTC with milliseconds: ``2011-12-06T12:41:31.788Z``."""
    return (_EPOCH + instant * _MS).isoformat(timespec="milliseconds").replace("+00:00", "Z")
