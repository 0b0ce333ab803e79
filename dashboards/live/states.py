"""Which state a unit or a source is in, from its numbers at an instant. Pure rules; every limit is named here.

A unit is *falling* when today's share within the promise is lower than its own last four weeks explain: less than one
day in a thousand would be that bad by chance (exact binomial tail), and it is at least ten points lower. One citizen
waiting longer than promised makes a unit *overdue*, whatever the sample. The alert rules of the stream come on top of
this page later; these states are only about what is seen now.
"""

from math import exp, lgamma, log
from typing import Final, Literal, get_args

import msgspec

UnitKey = Literal["falling", "overdue", "below", "silent", "good", "few", "closed", "none"]
"""In order of need. ``below``: more than one in ten waited longer than promised today. ``few``: too few to say."""

SourceKey = Literal["clock", "frozen", "silent", "late", "rejects", "good", "rare", "none"]
"""In order of need. ``rare``: it sends so seldom that silence says nothing."""

UNIT_ORDER: Final[dict[UnitKey, int]] = {key: place for place, key in enumerate(get_args(UnitKey))}
SOURCE_ORDER: Final[dict[SourceKey, int]] = {key: place for place, key in enumerate(get_args(SourceKey))}

FALL_CHANCE: Final = 0.001
"""How rare by chance a day must be to be called falling: about one unit-day in a thousand is a false alarm."""

FALL_LEAST: Final = 0.10
"""How far below its usual share a unit must be: a difference nobody notices at the counter is no fall."""

USUAL_LEAST: Final = 100
"""Judged visits in the four weeks before, below which a unit's usual share is not known."""

SILENT_AFTER_MS: Final = 30 * 60_000
"""Office time without a single event after which a unit or a source counts as silent."""

SILENT_GAPS: Final = 12
"""A pause counts as silence when it is also this many usual gaps long: by chance once in e^12, or 160,000, gaps."""

CLOSED_FACTOR: Final = 3
"""How many times longer office time must have been quiet once an office is closed: some days end early."""

RHYTHM_LEAST: Final = 20
"""Events in seven days from which a unit or a source has a usual gap."""

RARE_GAP_MS: Final = 4 * 60 * 60_000
"""A source whose usual gap is longer sends too seldom for its silence to mean anything."""

LATE_MS: Final = 10 * 60_000
"""A usual delay between an event and its arrival above which a source is late."""

REJECTS_SHARE: Final = 0.001
"""Refused events per event, in a day, from which a source needs somebody; one in ten thousand is only shown."""

CLOCK_CODES: Final = frozenset({"clock", "future", "too_old"})
"""Reasons for refusing an event that speak of the source's clock."""


class UnitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the state of a unit depends on. Times are ms UTC; ``None`` is unknown.

    ``quiet_ms`` is the office time since the last event, ``usual_gap_ms`` office time per event in the last days,
    ``ratio`` what nine of ten waits of the day stayed under, over what was promised, of ``ratio_n`` waits.
    """

    ever: bool
    is_open: bool
    last_event: int | None
    quiet_ms: int
    usual_gap_ms: int | None
    judged: int
    kept: int
    judged_before: int
    kept_before: int
    falling_since: int | None
    ratio: float | None
    ratio_n: int
    overdue: int
    overdue_since: int | None
    minimum: int


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A state and since when it holds; ``None`` where that cannot be said."""

    key: UnitKey
    since: int | None = None


def unit_state(facts: UnitFacts) -> State:
    """The most pressing state that holds."""
    if not facts.ever:
        return State(key="none")
    if is_falling(facts.kept, facts.judged, facts.kept_before, facts.judged_before):
        return State(key="falling", since=facts.falling_since)
    if is_quiet(facts):
        return State(key="silent", since=facts.last_event)
    if facts.overdue and facts.is_open:
        return State(key="overdue", since=facts.overdue_since)
    if facts.ratio_n >= facts.minimum and facts.ratio is not None and facts.ratio > 1:
        return State(key="below")
    if not facts.is_open:
        return State(key="closed")
    return State(key="few" if facts.judged < facts.minimum else "good")


def is_quiet(facts: UnitFacts) -> bool:
    """Whether nothing was heard for so long that nobody can say how it is now."""
    return facts.quiet_ms > silent_after(facts.usual_gap_ms) * (1 if facts.is_open else CLOSED_FACTOR)


def silent_after(usual_gap_ms: int | None) -> int:
    """The pause (ms of office time) after which somebody who usually speaks so often is silent."""
    return max(SILENT_AFTER_MS, SILENT_GAPS * (usual_gap_ms or 0))


def is_falling(kept: int, judged: int, kept_before: int, judged_before: int) -> bool:
    """Whether today's share within the promise is worse than the four weeks before explain."""
    if judged_before < USUAL_LEAST or not judged:
        return False
    # one imagined broken promise on top: a unit that never broke one must not fall at its first
    usual = kept_before / (judged_before + 1)
    return kept / judged <= usual - FALL_LEAST and at_most(kept, judged, usual) < FALL_CHANCE


def at_most(successes: int, n: int, share: float) -> float:
    """The chance of at most so many successes in ``n`` tries: ``at_most(0, 10, 0.5)`` is 1/1024."""
    if share <= 0 or successes >= n:
        return 1.0
    if share >= 1:
        return 0.0
    total = 0.0
    for k in range(successes, -1, -1):
        ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
        term = exp(ways + k * log(share) + (n - k) * log(1 - share))
        total += term
        if term < total * 1e-12 and k < n * share:
            break
    return min(1.0, total)


class SourceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the state of a source depends on. ``usual_gap_ms`` is office time per event in the last days.

    ``delay_ms`` is the usual time from an event to its arrival; ``clock_faults`` counts the faults found in its clock
    and the events refused for their time; ``events`` and ``rejects`` are of a day; a feed is ``frozen`` when it repeats
    itself for days.
    """

    ever: bool
    live: bool
    working: bool
    quiet_ms: int | None
    usual_gap_ms: int | None
    delay_ms: int | None
    clock_faults: int
    frozen: bool
    events: int
    rejects: int


def source_state(facts: SourceFacts) -> SourceKey:
    """The most pressing state that holds."""
    if facts.clock_faults:
        return "clock"
    if facts.frozen:
        return "frozen"
    if not facts.ever:
        return "rejects" if facts.rejects else "none"
    gap = facts.usual_gap_ms
    often = gap is not None and gap <= RARE_GAP_MS
    if facts.live and facts.working and often and facts.quiet_ms is not None and facts.quiet_ms > silent_after(gap):
        return "silent"
    if facts.live and facts.delay_ms is not None and facts.delay_ms > LATE_MS:
        return "late"
    if facts.rejects >= REJECTS_SHARE * (facts.rejects + facts.events) and facts.rejects:
        return "rejects"
    return "good" if often else "rare"
