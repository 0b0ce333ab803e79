"""No data where there should be some: a state of its own, told to the operator, which ends no alert.

Silence is counted in visits that were expected, not in minutes: 12 expected visits that did not come have a chance of
exp(-12) in an office that works as usual, whether it has 20 or 400 visitors a day.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from pantau.domain.calendars import Calendar, working_ms
from pantau.domain.zones import MINUTE, local_day, offset_ms, window_start

EXPECTED_VISITS: Final = 12
HALF_EXPECTED: Final = EXPECTED_VISITS // 2
"""So many expected since a source's last word show that it is silent itself, and not between two of its sendings."""

DAYS_KNOWN: Final = 5
"""From so many days with arrivals on, there is a usual rhythm to miss."""

_HALF_HOUR: Final = 30 * MINUTE
_EPOCH_ORDINAL: Final = 719_163
_LONGEST: Final = 28 * 48
"""Half hours that are looked at: what is silent for four weeks has been told."""


class NoData(msgspec.Struct, frozen=True):
    """A unit that says nothing since ``since`` (ms UTC), the time of its last event, though visits were expected.

    ``at`` is when that was plain; ``expected`` visits in between, in thousandths.
    """

    unit: str
    since: int
    at: int
    expected: int


class SilentSource(msgspec.Struct, frozen=True):
    """A source that says nothing of any of its ``units`` since ``since`` (ms UTC), though it should have.

    It is why the units ``explained`` have no data; ``at`` is when that was plain of the first of them.
    """

    source: str
    since: int
    at: int
    units: tuple[str, ...]
    explained: tuple[str, ...]


class Silent(msgspec.Struct, frozen=True):
    """Who says nothing at an instant: units, and the sources that several of them fell silent with."""

    units: tuple[NoData, ...] = ()
    sources: tuple[SilentSource, ...] = ()


Rhythm = Mapping[int, int]
"""Usual arrivals in a half hour of the week, weekday * 48 + slot, in thousandths."""


def rhythm_of(arrivals: Iterable[tuple[int, int, int]]) -> Rhythm:
    """The usual arrivals from (local day, slot, arrivals); nothing for an office known for less than five days.

    The mean over all days that the weekday had arrivals at all: holidays do not thin it.
    """
    days: dict[int, set[int]] = {}
    sums: dict[int, int] = {}
    for day, slot, n in arrivals:
        if n > 0:
            weekday = (day + 3) % 7
            days.setdefault(weekday, set()).add(day)
            sums[weekday * 48 + slot] = sums.get(weekday * 48 + slot, 0) + n
    if sum(len(known) for known in days.values()) < DAYS_KNOWN:
        return {}
    return {key: round(1000 * n / len(days[key // 48])) for key, n in sums.items()}


def no_data(
    unit: str, *, last: int, now: int, rhythm: Rhythm, calendar: Calendar, visits: int = EXPECTED_VISITS
) -> NoData | None:
    """Whether the unit is silent at ``now`` with its last event at ``last`` (ms UTC); None while it need not worry.

    ``visits`` is how many must have been expected since.
    Only opening hours count: over lunch, a weekend or a holiday nobody is expected.
    """
    expected = 0
    start = window_start(calendar.zone, last, "30m")
    for _ in range(_LONGEST):
        if start >= now:
            return None
        end = start + _HALF_HOUR
        usual = rhythm.get(_cell(calendar.zone, start), 0)
        if usual:
            open_all = working_ms(calendar, start, end)
            open_now = working_ms(calendar, max(start, last), min(end, now))
            if open_all:
                expected += usual * open_now // open_all
            if expected >= visits * 1000:
                return NoData(unit, last, min(end, now), expected)
        start = end
    return None


def silent_sources(
    gaps: Iterable[NoData], heard: Mapping[str, Mapping[str, int]], missed: Callable[[str, int], bool]
) -> list[SilentSource]:
    """The sources whose own silence explains that units have no data, so that one message says it of all of them.

    ``heard`` is by source and unit when it last spoke; ``missed`` says whether ``HALF_EXPECTED`` visits were expected
    of a unit since an instant. That must be so of two units of a source, counted from its last word of any unit. The
    last word of a unit must have been the source's, lest a source that speaks rarely (a survey) is blamed for a queue
    machine.
    """
    last_of: dict[str, int] = {}
    for words in heard.values():
        for unit, at in words.items():
            last_of[unit] = max(last_of.get(unit, at), at)
    silent = {gap.unit: gap for gap in gaps}
    found = []
    for source, words in sorted(heard.items()):
        since = max(words.values())
        mine = [unit for unit in sorted(words) if words[unit] == last_of[unit]]
        explained = [unit for unit in mine if unit in silent and missed(unit, since)]
        if explained and any(unit != explained[0] and missed(unit, since) for unit in mine):
            at = min(silent[unit].at for unit in explained)
            found.append(SilentSource(source, since, at, tuple(sorted(words)), tuple(explained)))
    return found


def _cell(zone: str, start: int) -> int:
    day = local_day(zone, start).toordinal() - _EPOCH_ORDINAL
    slot = (start + offset_ms(zone, start)) // _HALF_HOUR % 48
    return (day + 3) % 7 * 48 + slot
