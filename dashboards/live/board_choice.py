"""What a viewer of a board has chosen: a time range and values of its variables, as the address says them.

An address is Grafana's own: ``from``, ``to`` and ``var-NAME``, once for each value or ``$__all``. What is not known is
refused, never passed on. Values are only ever compared with those that a board's own query offers.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec

from dashboards.live.board_files import DrawnBoard
from pantau.domain.errors import Fault
from pantau.domain.zones import day_start, local_day

ALL: Final = "$__all"
DAY_MS: Final = 86_400_000
LONGEST_MS: Final = 400 * DAY_MS
"""The longest time range."""

MOST_POINTS: Final = 120
"""In how many buckets a time range is cut at most; a panel may want wider ones."""

_WIDTHS_S: Final = (60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800)
_UNITS_MS: Final = {"m": 60_000, "h": 3_600_000, "d": DAY_MS, "w": 7 * DAY_MS}
_RELATIVE: Final = re.compile(r"now(?:-(\d{1,4})([mhdw]))?(/d)?")
_NOT_OURS: Final = frozenset({"lang", "kiosk", "refresh", "orgId", "timezone", "theme", "var-ds"})
"""What an address may say that is not about the data."""


class Refused(LookupError):
    """An address asks for what there is not: a board, a variable, a value or a time. ``fault`` says which and why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class Choice(msgspec.Struct, frozen=True):
    """A board with a time range as it was written, and values by variable; what was not chosen is not there."""

    uid: str
    since: str
    until: str
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Range(msgspec.Struct, frozen=True):
    """A time range, ms UTC, both ends included."""

    from_ms: int
    to_ms: int

    def interval_s(self, least_s: int) -> int:
        """The width of a time bucket: as the panel wants it, wider where there would be too many."""
        wanted = max(least_s, (self.to_ms - self.from_ms) / 1000 / MOST_POINTS)
        return next((width for width in _WIDTHS_S if width >= wanted), _WIDTHS_S[-1])


def read_choice(board: DrawnBoard, address: Iterable[tuple[str, str]]) -> Choice:
    """What an address chooses of a board; whether the values exist is found when the board is built.

    Raises Refused for a variable that the board does not have, several values where one is meant, or a wrong time.
    """
    known = {variable.name: variable for variable in board.variables}
    times = {"from": board.since, "to": board.until}
    values: dict[str, list[str]] = {}
    for name, value in address:
        if name in times:
            _check_time(name, value)
            times[name] = value
        elif name in _NOT_OURS:
            continue
        elif name.removeprefix("var-") in known and name.startswith("var-"):
            values.setdefault(name[4:], []).append(value)
        else:
            offered = ", ".join(["from", "to", *(f"var-{each}" for each in known)])
            raise Refused(Fault(field=name, value=_short(value), rule="is not known here", todo=f"known are {offered}"))
    for name, chosen in values.items():
        if not known[name].many and (len(chosen) > 1 or chosen[0] == ALL):
            shown = _short(" ".join(chosen))
            raise Refused(Fault(field=f"var-{name}", value=shown, rule="takes one value", todo="choose one"))
    # one choice is one computation: the order of values and a value given twice make no difference
    each = tuple((name, tuple(sorted({*values[name]}))) for name in sorted(values))
    return Choice(board.uid, times["from"], times["to"], each)


def range_at(choice: Choice, now: int, zone: str) -> Range:
    """The time range at an instant; days are those of the zone, and nothing lies after now.

    Raises Refused for one that is empty or too long.
    """
    start = _instant(choice.since, now, zone, end=False)
    end = min(_instant(choice.until, now, zone, end=True), now)
    if start >= end:
        raise Refused(
            Fault(field="from", value=choice.since, rule="is not before the end", todo="choose an earlier one")
        )
    if end - start > LONGEST_MS:
        days = LONGEST_MS // DAY_MS
        raise Refused(
            Fault(field="from", value=choice.since, rule=f"is more than {days} days", todo="choose a later one")
        )
    return Range(start, end)


def chosen_of(name: str, many: bool, given: Sequence[str] | None, offered: Sequence[str]) -> list[str]:
    """The values of a variable that hold, of those offered: what was given, else all, or the first where one is meant.

    Raises Refused for a value that is not offered.
    """
    if given is None:
        return [*offered] if many else [*offered[:1]]
    if ALL in given:
        return [*offered]
    for value in given:
        if value not in offered:
            todo = "choose one that is offered; without it the board chooses by itself"
            raise Refused(Fault(field=f"var-{name}", value=_short(value), rule="is not offered here", todo=todo))
    return [value for value in offered if value in given]


def _check_time(name: str, text: str) -> None:
    try:
        _instant(text, 4_102_444_800_000, "UTC", end=False)
    except ValueError:
        todo = "write now, now/d, now-30d, a date such as 2026-11-10, or milliseconds since 1970"
        raise Refused(Fault(field=name, value=_short(text), rule="is not a time", todo=todo)) from None


def _instant(text: str, now: int, zone: str, *, end: bool) -> int:
    """The instant a text means. Raises ValueError for one that means none."""
    if found := _RELATIVE.fullmatch(text):
        at = now - (int(found[1]) * _UNITS_MS[found[2]] if found[1] else 0)
        return _day_of(local_day(zone, at), zone, end=end) if found[3] else at
    if re.fullmatch(r"\d{12,13}", text):
        return int(text)
    return _day_of(date.fromisoformat(text), zone, end=end)


def _day_of(day: date, zone: str, *, end: bool) -> int:
    """The first instant of a local day, or its last millisecond."""
    return day_start(zone, date.fromordinal(day.toordinal() + 1)) - 1 if end else day_start(zone, day)


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "…"
