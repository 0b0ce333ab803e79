"""Evaluates the closed half hours of the tables and records what was found."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final

from pantau.alerting.figures import figures_about
from pantau.domain.alerts.bands import band_notices
from pantau.domain.alerts.baselines import Baseline
from pantau.domain.alerts.detection import WEEK, Transition, Week, begin_week, fold_week, monday
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.half_hours import ALL, Day, Stream
from pantau.domain.alerts.no_data import HALF_EXPECTED, NoData, Rhythm, Silent, no_data, rhythm_of, silent_sources
from pantau.domain.alerts.policy import QUIET, Policy
from pantau.domain.alerts.recorded import Recorded, reconciled
from pantau.domain.calendars import is_working_day
from pantau.domain.registry import Registry
from pantau.domain.zones import DAY, MINUTE, day_start, local_day, offset_ms
from storage.alert_reading import areas, day_from, read_half_hours
from storage.alerts import AlertTables

HISTORY_DAYS: Final = 18 * WEEK
"""Local days before a week that its baselines may reach back to: 40 working days, the gap, and days left out."""

LOOKS_BACK_DAYS: Final = 28
"""So many days before this week are folded again when late data change them."""

_OPEN_FOR_DAYS: Final = 400
_EPOCH: Final = date(1970, 1, 1).toordinal()

Days = dict[Stream, dict[int, Day]]


class Evaluation:
    """Folds the tables' half hours into recorded transitions, again and again; driven by one thread.

    A kabupaten at a time: its units are each other's peers, and what is read at once stays small. Memory is a cache of
    what the tables hold: a new one goes on where the last one ended.
    """

    def __init__(self, tables: AlertTables, policy: Policy = QUIET) -> None:
        self._tables = tables
        self._policy = policy
        self._folds: dict[tuple[str, ...], _Fold] = {}
        self._rhythms: tuple[int, dict[str, Rhythm]] = (-1, {})
        self._graded = -1

    def evaluate(self, registry: Registry, now: int) -> list[tuple[Recorded, tuple[Figure, ...]]]:
        """Fold what is closed at ``now`` (ms UTC); what was added to the history, which is stored when this returns."""
        today = local_today(registry, now)
        recorded: dict[str, list[Recorded]] = {}
        for row, _ in self._tables.transitions(since=(today - _OPEN_FOR_DAYS) * DAY):
            recorded.setdefault(row.transition.unit, []).append(row)
        found: list[tuple[Recorded, tuple[Figure, ...]]] = []
        for units in areas(registry):
            fold = self._folds.setdefault(units, _Fold(self._tables, units, self._policy))
            known = [row for unit in units for row in recorded.get(unit, [])]
            told = fold.evaluate(registry, known, today, now)
            self._tables.record(told)
            found += told
        return found

    def silent(self, registry: Registry, now: int) -> Silent:
        """Units that say nothing though visits are expected, as of ``now``, and the sources that explain it.

        Units that have become silent and ends are recorded.
        """
        known = {gap.unit: gap for gap, ended in self._tables.gaps(since=now) if ended is None}
        asked = {"since": now - LOOKS_BACK_DAYS * DAY, "as_of": now}
        last: dict[str, int] = {}
        shares: dict[str, int] = {}
        heard: dict[str, dict[str, int]] = {}
        for unit, source, at, per_mille in self._tables.query("alert_last_events", asked).rows:
            last[unit] = max(last.get(unit, at), at)
            shares[unit] = per_mille
            heard.setdefault(source, {})[unit] = at
        rhythms = {
            unit: {cell: usual * shares[unit] // 1000 for cell, usual in rhythm.items()}
            for unit, rhythm in self._usual_arrivals(registry, now).items()
            if unit in last
        }
        found: list[NoData] = []
        changes: list[tuple[NoData, int | None]] = []
        for unit in registry.unit_codes:
            gap = None
            if unit in rhythms:
                calendar = registry.calendar(unit, now)
                gap = no_data(unit, last=last[unit], now=now, rhythm=rhythms[unit], calendar=calendar)
            before = known.get(unit)
            if before is not None and last.get(unit, 0) > before.since:
                changes.append((before, last[unit]))
            if gap is not None:
                found.append(gap)
                if before is None or before.since != gap.since:
                    changes.append((gap, None))
        self._tables.keep_gaps(changes, version=now)

        def missed(unit: str, since: int) -> bool:
            if unit not in rhythms:
                return False
            calendar, rhythm = registry.calendar(unit, now), rhythms[unit]
            return bool(no_data(unit, last=since, now=now, rhythm=rhythm, calendar=calendar, visits=HALF_EXPECTED))

        return Silent(tuple(found), tuple(silent_sources(found, heard, missed)))

    def _usual_arrivals(self, registry: Registry, now: int) -> dict[str, Rhythm]:
        today = now // DAY
        if self._rhythms[0] != today:
            asked = {"first_day": max(today - LOOKS_BACK_DAYS, 0), "upto_day": today}
            arrivals: dict[str, list[tuple[int, int, int]]] = {}
            for unit, day, start, n in self._tables.query("alert_arrivals", asked).rows:
                if registry.unit(unit) is not None:
                    slot = (start + offset_ms(registry.zone(unit), start)) // (30 * MINUTE) % 48
                    arrivals.setdefault(unit, []).append((day, slot, n))
            self._rhythms = today, {unit: rhythm_of(rows) for unit, rows in arrivals.items()}
        return self._rhythms[1]

    def lost_grades(self, registry: Registry, now: int) -> None:
        """Record units whose IKM lost a grade by yesterday, once a day."""
        today = now // DAY
        if self._graded == today:
            return
        for units in areas(registry):
            history = read_half_hours(
                self._tables.query, registry, units, first_day=today - 2 * HISTORY_DAYS, upto_day=today, now=now
            )
            self._tables.keep_band_notices(
                [
                    notice
                    for (unit, group), days in history.items()
                    if group == ALL
                    for notice in band_notices(unit, days, first=today - LOOKS_BACK_DAYS, upto=today)
                ]
            )
        self._graded = today


class _Fold:
    """The fold of the units of one kabupaten."""

    def __init__(self, tables: AlertTables, units: tuple[str, ...], policy: Policy) -> None:
        self._tables = tables
        self._units = units
        self._policy = policy
        self._weeks: dict[int, Week] = {}
        self._seen: int | None = None

    def evaluate(
        self, registry: Registry, recorded: Sequence[Recorded], today: int, now: int
    ) -> list[tuple[Recorded, tuple[Figure, ...]]]:
        """What is to be added to the history of these units."""
        newest = self._tables.newest_week(self._units, monday(today))
        start = self._start(today, newest)
        if start is None:
            return []
        turns, history = self._fold(registry, start, today + 1, now)
        rows = reconciled(recorded, turns, since=start * DAY, now=now, first_time=newest is None)
        return self._with_figures(registry, rows, history, now)

    def _start(self, today: int, newest: int | None) -> int | None:
        """The Monday from which on half hours must be folded again; None while there are none."""
        this = monday(today)
        if newest is None:
            asked: dict[str, Any] = {"first_day": max(this - 26 * WEEK, 0), "units": [*self._units]}
            first, cells = self._tables.query("alert_first_day", asked).rows[0]
            return monday(first) if cells else None
        asked = {
            "version": self._seen or 0,
            "first_day": max(this - LOOKS_BACK_DAYS, 0),
            "upto_day": today + 2,
            "units": [*self._units],
        }
        changed_day, changed, version = self._tables.query("alert_changed_day", asked).rows[0]
        start = (
            newest if self._seen is not None else newest - WEEK
        )  # while no process ran, the last week may have grown
        if changed and self._seen is not None:
            start = min(start, monday(changed_day))
        self._seen = version
        while start < newest and self._week(start) is None:
            start += WEEK
        return start

    def _week(self, number: int) -> Week | None:
        found = self._weeks.get(number) or self._tables.week(self._units, number)
        if found is not None:
            self._weeks[number] = found
            for old in sorted(self._weeks)[:-6]:
                del self._weeks[old]
        return found

    def _fold(self, registry: Registry, start: int, upto: int, now: int) -> tuple[list[Transition], Days]:
        last = monday(upto - 1)
        whole = all(self._week(at) is not None for at in range(start, last + 1, WEEK))
        first = start if whole else start - HISTORY_DAYS
        history = self._read(registry, first, upto, now)
        turns: list[Transition] = []
        after: Week | None = None
        for at in range(start, last + 1, WEEK):
            week = self._begun(registry, at, after, history, now)
            after, turned = fold_week(week, history, self._policy, upto)
            turns += turned
        return turns, history

    def _read(self, registry: Registry, first: int, upto: int, now: int) -> Days:
        return read_half_hours(self._tables.query, registry, self._units, first_day=first, upto_day=upto, now=now)

    def _begun(self, registry: Registry, at: int, before: Week | None, history: Days, now: int) -> Week:
        """What the fold of a week begins with: the baselines frozen when it first began, and the sums as they are."""
        stored = self._week(at)
        if stored is not None and before is None:
            return stored
        if stored is not None and before is not None:
            week = Week(at, stored.baselines, before.tracks, before.unusual)
            if week == stored:
                return stored
        else:
            week = begin_week(at, before, history, self._policy, closed_days(registry))
        self._weeks[at] = week
        self._tables.keep_week(week, version=now)
        return week

    def _with_figures(
        self, registry: Registry, rows: Sequence[Recorded], history: Days, now: int
    ) -> list[tuple[Recorded, tuple[Figure, ...]]]:
        """Each row with the numbers it is told with: what fell or recovered, and satisfaction beside it."""
        telling = [row.transition for row in rows if row.transition.turn in ("falling", "recovered")]
        if telling:
            first = min(turn.since for turn in telling) // DAY - 1
            if first < min((number for days in history.values() for number in days), default=first + 1):
                history = self._read(registry, first, max(turn.day for turn in telling) + 2, now)
        return [(row, self._figures(row.transition, history)) for row in rows]

    def _figures(self, turn: Transition, history: Days) -> tuple[Figure, ...]:
        if turn.turn not in ("falling", "recovered"):
            return ()
        since = turn.since if turn.turn == "falling" else turn.at - DAY
        return figures_about(
            turn, history, lambda stream: self._baseline(turn.baseline, stream), since=since, upto=turn.at
        )

    def _baseline(self, version: int, stream: Stream) -> Baseline | None:
        week = self._week(version)
        return None if week is None else week.baselines.get(stream)


def open_days(registry: Registry, unit: str, days: Iterable[int]) -> int:
    """How many of these local days are working days of a unit."""
    closed = closed_days(registry)
    return sum(not closed(unit, day) for day in days)


def closed_days(registry: Registry) -> Callable[[str, int], bool]:
    """Whether a unit's office is closed on a local day, remembered."""
    return _ClosedDays(registry)


def local_today(registry: Registry, now: int) -> int:
    """The latest local day of any unit, as a day number."""
    return max((_day(registry.zone(unit.code), now) for unit in registry.units), default=now // DAY)


class _ClosedDays:
    """Whether a unit's office is closed on a local day."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: dict[tuple[str, int], bool] = {}

    def __call__(self, unit: str, day: int) -> bool:
        known = self._known.get((unit, day))
        if known is None:
            at = day_start(self._registry.zone(unit), day_from(day))
            known = not is_working_day(self._registry.calendar(unit, at), day_from(day))
            self._known[unit, day] = known
        return known


def _day(zone: str, now: int) -> int:
    return local_day(zone, now).toordinal() - _EPOCH
