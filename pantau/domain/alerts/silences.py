"""Silences: somebody decided, with a reason and until a day, that a unit's alerts send no messages."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from pantau.domain.alerts.detection import Transition
from pantau.domain.alerts.incidents import Incident
from pantau.domain.alerts.policy import Indicator

ALL_UNITS = "*"

LONGEST_DAYS: Final = 92
"""Nobody orders a silence for longer than a quarter of a year: what is to be quiet for longer is decided anew."""


class Silence(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """From ``first`` to ``last`` (local dates, both included) a unit, or all, are silenced; for one indicator or all.

    ``lifted`` is the local day from which on it holds no more, where it ended before its last day.
    Raises ValueError without a reason, without who decided, or with an end before the begin: a silence that nobody can
    explain is forgotten.
    """

    unit: str
    first: date
    last: date
    reason: str
    by: str
    at: int
    indicator: Indicator | None = None
    lifted: date | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.by.strip():
            raise ValueError("a silence needs a reason and a name")
        if self.last < self.first:
            raise ValueError(f"a silence ends on or after its first day, not {self.last} before {self.first}")

    def covers(self, unit: str, indicator: Indicator, day: date) -> bool:
        """Whether an alert of this unit and indicator is silenced on a local day."""
        return (
            self.unit in (unit, ALL_UNITS)
            and self.indicator in (indicator, None)
            and self.first <= day <= self.last
            and (self.lifted is None or day < self.lifted)
        )


SilenceStep = Literal["silenced", "silence_lifted", "silence_recovered", "silence_expired"]
"""Ordered; ended by somebody; ended with the recovery it waited for; its last day is over."""


class SilenceTurn(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A step of the silence that was ordered for ``unit`` at ``silenced_at``; times are ms UTC.

    ``day`` is the local day from which on the step holds. ``by`` is who lifted it.
    """

    at: int
    unit: str
    silenced_at: int
    turn: SilenceStep
    day: date
    by: str = ""


def silence_turns(
    silences: Iterable[Silence],
    incidents: Iterable[Incident],
    *,
    known: Collection[SilenceTurn],
    begin_of: Callable[[str, date], int],
    now: int,
) -> list[SilenceTurn]:
    """The steps that silences took by ``now`` and that are not ``known``. A silence ends once, however that was.

    ``begin_of`` gives the first instant (ms UTC) of a unit's local day.
    """
    begun = {(turn.unit, turn.silenced_at) for turn in known if turn.turn == "silenced"}
    ended = {(turn.unit, turn.silenced_at) for turn in known if turn.turn != "silenced"}
    of_units: dict[str, list[Incident]] = {}
    for incident in incidents:
        of_units.setdefault(incident.unit, []).append(incident)
    found: list[SilenceTurn] = []
    for silence in silences:
        name = (silence.unit, silence.at)

        def step(turn: SilenceStep, at: int, day: date, of: Silence = silence) -> SilenceTurn:
            return SilenceTurn(at=at, unit=of.unit, silenced_at=of.at, turn=turn, day=day)

        if name not in begun:
            found.append(step("silenced", silence.at, silence.first))
        if name in ended:
            continue
        after = silence.last + timedelta(days=1)
        expires = begin_of(silence.unit, after)
        last = _recovery(silence, of_units.get(silence.unit, ()))
        if last is not None and last.at < expires and last.at <= now:
            found.append(step("silence_recovered", last.at, _date(last.day + 1)))
        elif expires <= now:
            found.append(step("silence_expired", expires, after))
    return sorted(found)


def silenced_on(incident: Incident, day: date, silences: Iterable[Silence], before: Sequence[Incident]) -> bool:
    """Whether every alert of an incident is silenced on a local day.

    A silence ends with the recovery it waited for: once an incident that it covered has closed (``before`` are the
    unit's earlier ones), it covers no other.
    """
    fresh = [
        silence
        for silence in silences
        if not any(
            _ends_with(silence, earlier) and earlier.closed is not None and earlier.closed < incident.opened
            for earlier in before
            if earlier.unit == incident.unit and earlier.opened < incident.opened
        )
    ]
    return all(any(each.covers(alert.unit, alert.indicator, day) for each in fresh) for alert in incident.alerts)


def _recovery(silence: Silence, incidents: Iterable[Incident]) -> Transition | None:
    """The end of the first incident that a silence of one unit waited for; None for a silence of all units."""
    return min((each.ends[-1] for each in incidents if _ends_with(silence, each)), default=None)


def _ends_with(silence: Silence, incident: Incident) -> bool:
    if incident.closed is None or silence.at > incident.closed:
        return False
    from_day, to_day = _date(incident.first.day), _date(incident.ends[-1].day)
    return any(
        silence.unit in (alert.unit, ALL_UNITS) and silence.indicator in (alert.indicator, None)
        for alert in incident.alerts
    ) and (silence.first <= to_day and from_day <= silence.last)


def _date(number: int) -> date:
    return date.fromordinal(719_163 + number)
