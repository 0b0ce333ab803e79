"""Days folded into transitions: which alerts began, recovered or settled, under which ids.

A week is folded with the baselines that held at its begin. The fold is a pure function of baselines and closed half
hours, so a replay, another order of arrival, and two workers give the same transitions with the same ids.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, Literal

import msgspec

from pantau.domain.alerts.baselines import Baseline, estimate, observed
from pantau.domain.alerts.evidence import NOTHING, Sum, added
from pantau.domain.alerts.half_hours import ALL, Day, Stream
from pantau.domain.alerts.policy import INDICATORS, QUIET, Indicator, Policy

WEEK: Final = 7

Turn = Literal["watched", "normal", "falling", "recovered", "settled", "withdrawn"]
"""What a transition leads to: Dipantau, back to Normal without an alert, Menurun, Pulih, the new usual level; and the
end of a fall that data which came late no longer support, which is found beside the fold (``recorded``)."""

_CODE: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that nobody mistakes for another on a phone."""

CODE_SIGNS: Final = 4
CODES: Final = len(_CODE) ** CODE_SIGNS


class Transition(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One step in an alert's life; a row that is only ever added.

    ``at`` is the start of the half hour that decided, ``since`` that in which the fall is thought to have begun, both
    in ms UTC. ``evidence`` is in micro-nats, ``threshold`` what it had to reach. ``baseline`` is the version it was
    judged against, the local day from which it holds.
    """

    at: int
    unit: str
    group: str
    indicator: Indicator
    turn: Turn
    alert: str
    day: int
    since: int
    evidence: int
    threshold: int
    baseline: int


class Track(msgspec.Struct, frozen=True):
    """One indicator of one stream: its sums, the baseline that an open alert keeps, its alert, and days it lasts."""

    sum: Sum = NOTHING
    watched: bool = False
    kept: Baseline | None = None
    alert: str = ""
    days: int = 0


Tracks = Mapping[Indicator, Track]
START: Final[Tracks] = {}


def alert_id(unit: str, group: str, indicator: Indicator, baseline: int, first: int) -> str:
    """The alert's identity, 16 hex digits: the same wherever and whenever it is computed."""
    text = "\x1f".join((unit, group, indicator, str(baseline), str(first)))
    return blake2b(text.encode(), digest_size=8).hexdigest()


def code_of(alert: str) -> str:
    """The short code that people read and answer with, made of the id: four signs."""
    number, letters = int(alert, 16), ""
    for _ in range(CODE_SIGNS):
        number, sign = divmod(number, len(_CODE))
        letters += _CODE[sign]
    return letters


def residue_of(code: str) -> int | None:
    """What the ids of all alerts with a code leave when divided by ``CODES``; None for what is no code."""
    signs = [_CODE.find(letter) for letter in code.strip().upper()]
    if len(signs) != CODE_SIGNS or min(signs) < 0:
        return None
    rest = 0
    for sign in reversed(signs):
        rest = rest * len(_CODE) + sign
    return rest


def monday(day: int) -> int:
    """The Monday on or before a local day, both as day numbers."""
    return day - (day + 3) % WEEK


def fold_day(
    stream: Stream, day: Day, baseline: Baseline | None, tracks: Tracks, policy: Policy = QUIET
) -> tuple[Tracks, list[Transition]]:
    """One stream's tracks after the closed half hours of a day, and the transitions in them, in order.

    Half hours that were folded before must not be among them; a day may be given in parts.
    """
    after = dict(tracks)
    turns: list[Transition] = []
    for indicator in INDICATORS:
        track = tracks.get(indicator, Track())
        used = track.kept or baseline
        if used is None or indicator not in used.scales:
            continue
        scale = used.scales[indicator]
        for half_hour, at in zip(day.half_hours, day.sums, strict=True):
            n, x = observed(half_hour, at, used, indicator)
            if not n:
                continue
            before, lasted = track.sum, track.days
            lasted += before.falling and before.day != day.number
            recovery = scale.recovery or policy.recovery
            cell = scale.cell(day.weekday, half_hour.slot)
            now = added(
                before,
                day=day.number,
                start=half_hour.start,
                n=n,
                x=x,
                cell=cell,
                scale=scale,
                recovery=recovery,
            )
            turn: Turn | None = None
            if now.falling != before.falling:
                turn = "falling" if now.falling else "recovered"
            elif now.falling and lasted > policy.settled_days:
                turn, now = "settled", NOTHING
            elif not now.falling and not track.watched and now.evidence >= policy.watch:
                turn = "watched"
            elif not now.falling and track.watched and now.evidence < policy.calm:
                turn = "normal"
            if turn is None:
                track = Track(now, track.watched, track.kept, track.alert, lasted)
                continue
            alert = track.alert or alert_id(*stream, indicator, used.version, now.since)
            turns.append(
                Transition(
                    at=half_hour.start,
                    unit=stream[0],
                    group=stream[1],
                    indicator=indicator,
                    turn=turn,
                    alert=alert,
                    day=day.number,
                    since=now.since or before.since,
                    evidence=recovery if turn == "recovered" else now.evidence,
                    threshold=scale.threshold,
                    baseline=used.version,
                )
            )
            track = _turned(track, now, turn, used, alert)
            if turn in ("recovered", "settled"):
                used = baseline or used
                if indicator not in used.scales:
                    break
                scale = used.scales[indicator]
        after[indicator] = track
    return after, sorted(turns)


def _turned(track: Track, now: Sum, turn: Turn, used: Baseline, alert: str) -> Track:
    if turn == "falling":
        return Track(now, True, used, alert, 1)
    if turn == "watched":
        return Track(now, True, None, alert, 0)
    return Track(now)


class Week(msgspec.Struct, frozen=True):
    """Everything that the fold of a week begins with: the version of its baselines, they, and every stream's tracks.

    ``unusual`` are days of each stream that baselines leave out, for an alert was open on them.
    """

    version: int
    baselines: dict[Stream, Baseline]
    tracks: dict[Stream, Tracks]
    unusual: dict[Stream, frozenset[int]]


History = Mapping[Stream, Mapping[int, Day]]
"""Per stream its local days that have data, by number."""


def begin_week(
    monday: int, before: Week | None, history: History, policy: Policy, closed: Callable[[str, int], bool]
) -> Week:
    """The week that begins at ``monday``: new baselines, and the tracks that the week before ended with.

    ``closed`` says on which local days a unit's office is closed: what was counted on them is nobody's usual.
    """
    tracks = {} if before is None else before.tracks
    unusual = {} if before is None else before.unusual
    pool = {}
    for stream, days in history.items():
        left_out = unusual.get(stream, frozenset())
        numbers = sorted(n for n in days if n < monday and n not in left_out and not closed(stream[0], n))
        chosen = chosen_days(numbers, policy)
        if len(chosen) >= policy.early_days:
            pool[stream] = [days[number] for number in chosen]
    groups: dict[str, int] = {}
    for unit, group in pool:
        groups[unit] = groups.get(unit, 0) + (group != ALL)
    baselines = estimate(pool, version=monday, policy=policy, groups_of=lambda unit: groups.get(unit, 1))
    return Week(monday, baselines, dict(tracks), dict(unusual))


def chosen_days(numbers: Sequence[int], policy: Policy) -> Sequence[int]:
    """Of the days with data so far, in order, those that make the baseline: the last ones before the gap.

    A short history gives up the gap first: 25 days with a gap of 10 make a baseline of the first 20.
    """
    end = max(len(numbers) - policy.gap_days, min(len(numbers), policy.armed_days))
    return numbers[max(end - policy.baseline_days, 0) : end]


def fold_week(week: Week, history: History, policy: Policy, upto: int) -> tuple[Week, list[Transition]]:
    """The week after its days below ``upto`` (a day number), and the transitions in it."""
    tracks = dict(week.tracks)
    unusual = dict(week.unusual)
    turns: list[Transition] = []
    for stream, days in history.items():
        mine = tracks.get(stream, START)
        left_out = set(unusual.get(stream, frozenset()))
        for number in range(week.version, min(week.version + WEEK, upto)):
            day = days.get(number)
            if day is None:
                continue
            mine, turned = fold_day(stream, day, week.baselines.get(stream), mine, policy)
            turns += turned
            for turn in turned:
                if turn.turn == "settled":
                    left_out.clear()
            if any(track.sum.falling for track in mine.values()):
                left_out.add(number)
        tracks[stream] = mine
        if left_out:
            oldest = week.version - 26 * WEEK
            unusual[stream] = frozenset(n for n in left_out if n >= oldest)
        else:
            unusual.pop(stream, None)
    return Week(week.version, week.baselines, tracks, unusual), sorted(turns)


def replay(
    history: History,
    *,
    first: int,
    upto: int,
    policy: Policy = QUIET,
    closed: Callable[[str, int], bool] = lambda _unit, _day: False,
) -> list[Transition]:
    """All transitions of the local days [first, upto), with what came before them as history."""
    turns: list[Transition] = []
    week: Week | None = None
    at = monday(first)
    while at < upto:
        week, turned = fold_week(begin_week(at, week, history, policy, closed), history, policy, upto)
        turns += turned
        at += WEEK
    return sorted(turns)


def days_of(half_hours: Iterable[tuple[Stream, Day]]) -> dict[Stream, dict[int, Day]]:
    """A history of days in any order."""
    history: dict[Stream, dict[int, Day]] = {}
    for stream, day in half_hours:
        history.setdefault(stream, {})[day.number] = day
    return history
