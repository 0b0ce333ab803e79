"""When an office is open, and how much of a span of time is working time.

A calendar is the opening hours of a week on the zone's wall clock, periods with other hours (Ramadan), and the days
on which the office is closed. Working time is the part of a span in which the office is open.

The answers come from tables of 256 days, built when first asked for and kept with the calendar: a call costs two
binary searches, whatever the span.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from pantau.domain import zones

Spell = tuple[int, int]
"""One spell of opening: minutes after local midnight, opening included, closing excluded; 1440 is 24:00."""

Week = tuple[tuple[Spell, ...], ...]
"""Seven tuples of spells, Monday first; an empty one is a day of rest."""

FIRST: Final = 0
LAST: Final = 7_258_118_400_000
"""Working time is counted from 1970-01-01 to 2200-01-01 UTC: a database's zero date (0001-01-01) is not office time."""

_TABLE_DAYS: Final = 256
_TABLE_MS: Final = _TABLE_DAYS * zones.DAY
_MINUTES_OF_DAY: Final = 1440
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Special:
    """Other hours from ``first`` to ``last`` (local dates, both included), such as those of Ramadan."""

    first: date
    last: date
    week: Week


@dataclass(frozen=True, slots=True)
class _Spells:
    """The spells in one stretch of time: ``before[i]`` is the working time in it before ``opens[i]``."""

    opens: list[int]
    closes: list[int]
    before: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The opening hours of an office: its zone, its week, its special periods and its holidays.

    Raises ValueError when it is never open, or when spells of a day overlap or are not in order.
    """

    zone: str
    week: Week
    holidays: frozenset[date] = frozenset()
    specials: tuple[Special, ...] = ()
    _spells: dict[int, _Spells] = field(default_factory=dict, init=False, repr=False, compare=False)
    _working_days: dict[int, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for week in (self.week, *(special.week for special in self.specials)):
            check_week(week)
        if not any(self.week):
            raise ValueError("a calendar needs at least one day of the week with opening hours")


def check_week(week: Week) -> None:
    """Raise ValueError unless there are seven days whose spells lie in the day, in order, without overlap."""
    if len(week) != 7:
        raise ValueError(f"a week has seven days, not {len(week)}")
    for spells in week:
        edges = [edge for spell in spells for edge in spell]
        in_order = all(a < b for a, b in spells) and all(a <= b for a, b in pairwise(edges))
        if not in_order or (edges and not 0 <= edges[0] <= edges[-1] <= _MINUTES_OF_DAY):
            raise ValueError(f"spells must be in order, apart, and between 00:00 and 24:00, not {spells}")


def working_ms(calendar: Calendar, start: int, end: int) -> int:
    """Milliseconds of [start, end) in which the office is open; 0 when ``end`` is not after ``start``.

    Open 08:00-12:00 and 13:00-16:00: Friday 11:00 to Monday 09:00 is 1 + 3 + 1 = 5 hours.
    Adds up exactly: working(a, b) + working(b, c) = working(a, c) for a <= b <= c.
    """
    start, end = max(start, FIRST), min(end, LAST)
    if end <= start:
        return 0
    first, last = start // _TABLE_MS, end // _TABLE_MS
    worked = _worked(calendar, last, end) - _worked(calendar, first, start)
    for number in range(first, last):
        worked += _table(calendar, number).total
    return worked


def is_open(calendar: Calendar, at: int) -> bool:
    """Whether the office is open at the instant: the opening counts, the closing does not."""
    if not FIRST <= at < LAST:
        return False
    table = _table(calendar, at // _TABLE_MS)
    index = bisect_right(table.opens, at) - 1
    return index >= 0 and at < table.closes[index]


def add_working_days(calendar: Calendar, start: int, days: int) -> int:
    """The deadline of a promise of ``days`` working days: the closing time of the n-th working day after the start's.

    The local day of the start itself never counts, whatever its hour, and the whole last day does: handed in on
    Thursday 09:00 or 15:59 with a promise of 2 working days is due on Monday at closing time. With 0 days it is due
    at the closing of the same day or, where that is no working day, of the next one.
    """
    if days < 0:
        raise ValueError(f"a promise has at least 0 working days, not {days}")
    number = zones.local_day(calendar.zone, start).toordinal() - _EPOCH_DAY
    if days == 0:
        number, days = number - 1, 1
    block = number // _TABLE_DAYS
    listed = _days_of(calendar, block)
    index = bisect_right(listed, number) + days - 1
    while index >= len(listed):
        index -= len(listed)
        block += 1
        listed = _days_of(calendar, block)
    closing = closes(calendar, date.fromordinal(listed[index] + _EPOCH_DAY))
    assert closing is not None  # only working days are listed
    return closing


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether the office opens at all on this local day."""
    return bool(_spells_on(calendar, day))


def opens(calendar: Calendar, day: date) -> int | None:
    """The instant at which the office first opens on a local day; None on a day without hours."""
    spells = _instants(calendar, day)
    return spells[0][0] if spells else None


def closes(calendar: Calendar, day: date) -> int | None:
    """The instant at which the office closes for the day; None on a day without hours."""
    spells = _instants(calendar, day)
    return spells[-1][1] if spells else None


def _worked(calendar: Calendar, number: int, at: int) -> int:
    """Working time from the start of the table to the instant."""
    table = _table(calendar, number)
    index = bisect_right(table.opens, at) - 1
    if index < 0:
        return 0
    return table.before[index] + min(at, table.closes[index]) - table.opens[index]


def _table(calendar: Calendar, number: int) -> _Spells:
    found = calendar._spells.get(number)
    if found is None:
        found = calendar._spells[number] = _build(calendar, number * _TABLE_MS, (number + 1) * _TABLE_MS)
    return found


def _build(calendar: Calendar, start: int, end: int) -> _Spells:
    """The spells of [start, end), cut at its ends, so that tables add up to the whole."""
    table_opens: list[int] = []
    table_closes: list[int] = []
    before: list[int] = []
    total, edge = 0, start
    first, last = zones.local_day(calendar.zone, start), zones.local_day(calendar.zone, end)
    for number in range(first.toordinal(), last.toordinal() + 1):
        for opening, closing in _instants(calendar, date.fromordinal(number)):
            opening, closing = max(opening, edge), min(closing, end)
            if opening < closing:
                table_opens.append(opening)
                table_closes.append(closing)
                before.append(total)
                total += closing - opening
                edge = closing
    return _Spells(table_opens, table_closes, before, total)


def _instants(calendar: Calendar, day: date) -> Sequence[tuple[int, int]]:
    """The spells of a local day as instants, by the first time the wall clock shows them or has jumped past them."""
    spells = _spells_on(calendar, day)
    if not spells:
        return ()
    midnight, next_midnight = (zones.day_start(calendar.zone, day + timedelta(days=n)) for n in (0, 1))
    if next_midnight - midnight == zones.DAY:
        return [(midnight + a * zones.MINUTE, midnight + b * zones.MINUTE) for a, b in spells]

    def instant(minute: int) -> int:
        if minute == _MINUTES_OF_DAY:
            return next_midnight
        return zones.first_instant(calendar.zone, datetime.combine(day, time(minute // 60, minute % 60)))

    return [(instant(a), instant(b)) for a, b in spells]


def _spells_on(calendar: Calendar, day: date) -> tuple[Spell, ...]:
    if day in calendar.holidays:
        return ()
    for special in calendar.specials:
        if special.first <= day <= special.last:
            return special.week[day.weekday()]
    return calendar.week[day.weekday()]


def _days_of(calendar: Calendar, block: int) -> list[int]:
    """The working days among 256, by number since 1970-01-01."""
    listed = calendar._working_days.get(block)
    if listed is None:
        numbers = range(block * _TABLE_DAYS, (block + 1) * _TABLE_DAYS)
        listed = [n for n in numbers if is_working_day(calendar, date.fromordinal(n + _EPOCH_DAY))]
        calendar._working_days[block] = listed
    return listed
