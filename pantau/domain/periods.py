"""The periods of reports: a calendar year, its halves (semester), its quarters (*triwulan*), its months."""

import re
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

Kind = Literal["year", "half", "quarter", "month"]

PARTS: Final[dict[Kind, int]] = {"year": 1, "half": 2, "quarter": 4, "month": 12}
"""How many of a kind make a year."""

_SPELLINGS: Final = re.compile(r"(\d{4})(?:-(?:(?P<half>[SH])|(?P<quarter>Q|TW))?(?P<number>\d{1,2}))?", re.IGNORECASE)


class Period(msgspec.Struct, frozen=True, order=True):
    """Part ``number`` (from 1) of a year that is parted into ``PARTS[kind]``; its days are local dates."""

    kind: Kind
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9998 and 1 <= self.number <= PARTS[self.kind]):
            raise ValueError(f"a year has no {self.kind} {self.number}, or {self.year} is no year")

    @property
    def first(self) -> date:
        """Its first day: 2026-S2 begins on 1 July 2026."""
        return date(self.year, 1 + (self.number - 1) * 12 // PARTS[self.kind], 1)

    @property
    def last(self) -> date:
        """Its last day: 2026-S1 ends on 30 June 2026."""
        return self.following.first - timedelta(1)

    @property
    def following(self) -> "Period":
        """The next of its kind."""
        if self.number == PARTS[self.kind]:
            return Period(self.kind, self.year + 1)
        return Period(self.kind, self.year, self.number + 1)

    @property
    def previous(self) -> "Period":
        """The one before of its kind: 2025-Q4 before 2026-Q1."""
        if self.number == 1:
            return Period(self.kind, self.year - 1, PARTS[self.kind])
        return Period(self.kind, self.year, self.number - 1)

    @property
    def code(self) -> str:
        """As it is written on the command line and in names of files: 2026, 2026-S1, 2026-Q1, 2026-03."""
        if self.kind == "year":
            return f"{self.year}"
        return f"{self.year}-" + {"half": "S{}", "quarter": "Q{}", "month": "{:02}"}[self.kind].format(self.number)


def parse(text: str) -> Period:
    """The period that a text means: ``2026``, ``2026-S1``, ``2026-Q1`` or ``2026-TW1``, ``2026-03``.

    Raises ValueError for any other.
    """
    found = _SPELLINGS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a period; write 2026, 2026-S1, 2026-Q1 (or 2026-TW1) or 2026-03")
    number = found["number"]
    kind: Kind = "half" if found["half"] else "quarter" if found["quarter"] else "month" if number else "year"
    return Period(kind, int(found[1]), int(number or 1))


def last_of(period: Period, n: int) -> list[Period]:
    """``n`` periods of a kind in order, the given one last."""
    found = [period]
    while len(found) < n:
        found.append(found[-1].previous)
    return found[::-1]
