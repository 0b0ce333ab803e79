"""Lengths of time as people write them: "45 minutes", "1 h 30 min", "3 working days", in English or Indonesian."""

import re
from typing import Final

import msgspec

_WORKING: Final = re.compile(r"\b(working|kerja)\b")
_PART: Final = re.compile(r"(\d+)\s*([a-z]+)\s*")
_UNITS: Final[dict[str, int]] = {
    name: ms
    for ms, names in (
        (1, "ms millisecond milliseconds"),
        (1_000, "s sec second seconds detik"),
        (60_000, "m min minute minutes menit"),
        (3_600_000, "h hour hours jam"),
        (86_400_000, "d day days hari"),
    )
    for name in names.split()
}
_DAYS: Final = frozenset({"d", "day", "days", "hari"})


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """A length: ``ms`` of clock time, ``ms`` of working time (``working``), or a number of working days."""

    ms: int | None = None
    working_days: int | None = None
    working: bool = False


def parse(text: str) -> Length:
    """The length a text means: "1 hour 30 minutes" is 5,400,000 ms.

    Working days are counted, never turned into hours; they do not mix with other units. Raises ValueError that says
    how a length is written.
    """
    lowered = text.strip().lower()
    working = bool(_WORKING.search(lowered))
    rest = _WORKING.sub(" ", lowered).strip()
    total = position = 0
    units = []
    while match := _PART.match(rest, position):
        number, unit = int(match[1]), match[2]
        if unit not in _UNITS:
            break
        total += number * _UNITS[unit]
        units.append(unit)
        position = match.end()
    counts_days = working and bool(_DAYS & set(units))
    if not units or position != len(rest) or (counts_days and len(units) > 1):
        raise ValueError('write it like "30 minutes", "2 hours" or "3 working days"')
    if counts_days:
        return Length(working_days=total // _UNITS["day"], working=True)
    return Length(ms=total, working=working)
