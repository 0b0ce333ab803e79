"""Whether a source's clock lies, how, and which correction would mend it. Detection proposes; a person decides.

A live source is judged by how far arrival is from event time: late is no fault, early is one, and a delay that hardly
varies over hours is a clock behind. An import is judged by the dates it was expected to hold.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final, Literal

import msgspec

from pantau.domain.calendars import LAST
from pantau.domain.clocks import ClockSummary, Shown, Skew, Span
from pantau.domain.registry import ClockCorrection
from pantau.domain.spans import Language, spell_out
from pantau.domain.wire import instant
from pantau.domain.zones import DAY, HOUR, MINUTE

Kind = Literal["ahead", "behind", "year_bug", "frozen", "irregular"]

LEAST_EVENTS: Final = 20
"""Fewer events than this prove no shift; they are reported as irregular."""

LEAST_BEHIND: Final = 5 * MINUTE
"""A steady delay below this is delivery, not the clock."""

STEADY: Final = 10 * MINUTE
"""How much the delay of a shifted clock may vary; or a thousandth of the shift, if that is more."""

STEADY_FOR: Final = 6 * HOUR
"""A delay must be that steady for at least so long: one upload of a buffer is steady too, but short."""

FROZEN_SNAPSHOTS: Final = 100
FROZEN_FOR: Final = 3 * DAY
"""A feed is frozen when no queue ever changed in so many snapshots over so long: longer than a weekend."""

_TOGETHER: Final = 45 * DAY  # dates of an import that lie closer are one stretch
_MOST_YEARS: Final = 20


class ClockFault(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a source's clock or feed is wrong: ``n`` events with raw times in [starts, ends).

    ``shift_ms`` is what would have to be added to them; None where nothing single would mend them.
    """

    kind: Kind
    n: int
    starts: int
    ends: int
    shift_ms: int | None = None


class ClockProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A correction to put into the registry: raw times in [starts, ends) of the source move by ``shift_ms``."""

    source: str
    starts: int
    ends: int
    shift_ms: int
    reason: str

    def ruling(self, version: int) -> ClockCorrection:
        """The correction as the registry keeps it."""
        return ClockCorrection(
            source=self.source,
            starts=self.starts,
            ends=self.ends,
            shift_ms=self.shift_ms,
            version=version,
            reason=self.reason,
        )


def _unchanged(time: int) -> int:
    return time


def judge(
    summary: ClockSummary, *, tolerance_ms: int = 5 * MINUTE, correct: Callable[[int], int] = _unchanged
) -> tuple[ClockFault, ...]:
    """Every fault of a source's clock and feed; none is a clock that tells the truth as far as can be seen.

    ``tolerance_ms`` is how far ahead a time may be; ``correct`` is the registry's correction of this source, so that
    what has been ruled on is not proposed again.
    """
    if summary.expected is not None:
        faults = _faults_of_import(summary, summary.expected, correct)
    else:
        faults = _faults_of_live(summary.skews.values(), tolerance_ms, correct)
    return (*faults, *_frozen(summary.shown.values()))


def propose(
    summary: ClockSummary,
    *,
    tolerance_ms: int = 5 * MINUTE,
    correct: Callable[[int], int] = _unchanged,
    language: Language = "id",
) -> tuple[ClockProposal, ...]:
    """Corrections that would mend the faults that one shift can mend."""
    return tuple(
        ClockProposal(
            source=summary.source,
            starts=fault.starts,
            ends=fault.ends,
            shift_ms=fault.shift_ms,
            reason=in_words(fault, language),
        )
        for fault in judge(summary, tolerance_ms=tolerance_ms, correct=correct)
        if fault.shift_ms is not None
    )


def in_words(fault: ClockFault, language: Language = "id") -> str:
    """A fault as a sentence: how many events, of which dates, and how far off."""
    first, last = instant(fault.starts).date(), instant(min(fault.ends, LAST) - 1).date()
    span = spell_out(abs(fault.shift_ms), language) if fault.shift_ms is not None else _UNSURE[language]
    return _SENTENCES[fault.kind][language].format(n=fault.n, first=first, last=last, span=span)


_UNSURE: Final[dict[Language, str]] = {"id": "(selisihnya tidak pasti)", "en": "(by how much is not certain)"}


_SENTENCES: Final[dict[Kind, dict[Language, str]]] = {
    "ahead": {
        "id": "jam terlalu cepat {span}: {n} kejadian bertanggal {first} sampai {last}",
        "en": "clock {span} ahead: {n} events dated {first} to {last}",
    },
    "behind": {
        "id": "jam terlalu lambat {span}: {n} kejadian bertanggal {first} sampai {last}",
        "en": "clock {span} behind: {n} events dated {first} to {last}",
    },
    "year_bug": {
        "id": "tahun salah, bulan dan hari benar ({span}): {n} kejadian bertanggal {first} sampai {last}",
        "en": "wrong year, right month and day ({span}): {n} events dated {first} to {last}",
    },
    "frozen": {
        "id": "data macet: {n} potret antrean dari {first} sampai {last} tidak pernah berubah",
        "en": "dead feed: {n} snapshots from {first} to {last} never changed",
    },
    "irregular": {
        "id": "waktu tidak masuk akal, satu pergeseran tidak memperbaikinya: {n} kejadian, {first} sampai {last}",
        "en": "impossible times that no single shift mends: {n} events, {first} to {last}",
    },
}


def _faults_of_live(cells: Iterable[Skew], tolerance: int, correct: Callable[[int], int]) -> list[ClockFault]:
    clusters = _clusters([_ruled(cell, correct) for cell in cells])
    faults: list[ClockFault] = []
    for cluster in clusters:
        early, steady = cluster.least < -tolerance, _is_steady(cluster)
        if not early and not (cluster.least > LEAST_BEHIND and steady and cluster.last - cluster.first >= STEADY_FOR):
            continue
        kind: Kind = "irregular"
        shift = None
        alone = all(other is cluster or other.last < cluster.first or other.first > cluster.last for other in clusters)
        if cluster.n >= LEAST_EVENTS and alone:
            years = _whole_years(cluster, tolerance)
            if years is not None:
                kind, shift = "year_bug", years
            elif steady:
                kind, shift = ("ahead" if early else "behind"), _round_shift(cluster.least)
        # a clock that is off now stays off until it is mended
        ongoing = kind in ("ahead", "behind") and cluster.last == max(other.last for other in clusters)
        ends = LAST if ongoing else cluster.last + 1
        faults.append(ClockFault(kind=kind, n=cluster.n, starts=cluster.first, ends=ends, shift_ms=shift))
    return faults


def _ruled(cell: Skew, correct: Callable[[int], int]) -> Skew:
    """The cell with its skews as they are after the corrections in force, where one covers all of it."""
    moved = correct(cell.first) - cell.first
    if moved == 0 or correct(cell.last) - cell.last != moved:
        return cell
    return Skew(cell.n, cell.least - moved, cell.most - moved, cell.first, cell.last)


def _clusters(cells: list[Skew]) -> list[Skew]:
    """Cells that one steady skew has put into neighbouring buckets are joined, and so are delays without a gap."""
    joined: list[Skew] = []
    for cell in sorted(cells, key=lambda cell: cell.least):
        if joined and (_is_steady(joined[-1] + cell) or _is_delay(joined[-1], cell)):
            joined[-1] += cell
        else:
            joined.append(cell)
    return joined


def _is_delay(before: Skew, cell: Skew) -> bool:
    """Whether a skew continues the usual delays: of a day at most, or of at most four times what was seen."""
    return before.most > -STEADY and cell.least <= max(DAY, 4 * before.most)


def _is_steady(cell: Skew) -> bool:
    return cell.most - cell.least <= max(STEADY, abs(cell.least) // 1000)


def _whole_years(cell: Skew, tolerance: int) -> int | None:
    """The shift (ms) by whole calendar years after which every event of the cell arrives within a day."""
    for years in (sign * count for count in range(1, _MOST_YEARS + 1) for sign in (-1, 1)):
        for days in _days_of_years(cell.first, cell.last, years):
            if cell.least - days * DAY >= -tolerance and cell.most - days * DAY <= DAY:
                return days * DAY
    return None


def _days_of_years(first: int, last: int, years: int) -> set[int]:
    """By how many days a date moves to the same month and day of another year; a leap day between makes two answers."""
    return {(_years_on(day, years) - day).days for day in (instant(first).date(), instant(last).date())}


def _years_on(day: date, years: int) -> date:
    year = min(max(day.year + years, 1), 9999)
    leap_day_is_missing = (day.month, day.day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400))
    return day.replace(year=year, day=28) if leap_day_is_missing else day.replace(year=year)


def _round_shift(skew: int) -> int:
    """A shift within two minutes of whole hours is those hours: a wrong zone, a day wrongly set."""
    hours = round(skew / HOUR) * HOUR
    return hours if hours and abs(skew - hours) <= 2 * MINUTE else skew


def _faults_of_import(
    summary: ClockSummary, expected: tuple[int, int], correct: Callable[[int], int]
) -> list[ClockFault]:
    faults: list[ClockFault] = []
    unruled = [
        span
        for _, span in sorted(summary.outside.items())
        if not all(expected[0] <= correct(time) < expected[1] for time in (span.first, span.last))
    ]
    stretches = _stretches(unruled)
    for stretch in stretches:
        kind: Kind = "irregular"
        shift = None
        if stretch.n >= LEAST_EVENTS:
            shift = _fitting_years(stretch, expected)
            if shift is not None:
                kind = "year_bug"
            elif len(stretches) == 1 and summary.inside is None:
                kind = "behind" if stretch.last < expected[0] else "ahead"
                shift = _fitting_days(stretch, expected)
        faults.append(ClockFault(kind=kind, n=stretch.n, starts=stretch.first, ends=stretch.last + 1, shift_ms=shift))
    return faults


def _stretches(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.first):
        if joined and span.first - joined[-1].last <= _TOGETHER:
            joined[-1] += span
        else:
            joined.append(span)
    return joined


def _fitting_years(stretch: Span, expected: tuple[int, int]) -> int | None:
    """The fewest whole years that move a stretch of dates into the expected time."""
    for years in (sign * count for count in range(1, _MOST_YEARS + 1) for sign in (-1, 1)):
        for days in sorted(_days_of_years(stretch.first, stretch.last, years)):
            if expected[0] <= stretch.first + days * DAY and stretch.last + days * DAY < expected[1]:
                return days * DAY
    return None


def _fitting_days(stretch: Span, expected: tuple[int, int]) -> int | None:
    """The only number of whole days that moves a stretch of dates into the expected time; None if several do."""
    fewest = -((stretch.first - expected[0]) // DAY)
    most = (expected[1] - 1 - stretch.last) // DAY
    return fewest * DAY if fewest == most else None


def _frozen(shown: Iterable[Shown]) -> list[ClockFault]:
    queues = list(shown)
    n = sum(queue.n for queue in queues)
    if n < FROZEN_SNAPSHOTS or any(queue.least != queue.most for queue in queues):
        return []
    first, last = min(queue.first for queue in queues), max(queue.last for queue in queues)
    if last - first < FROZEN_FOR:
        return []
    return [ClockFault(kind="frozen", n=n, starts=first, ends=last + 1)]
