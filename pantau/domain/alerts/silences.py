"""Silences: somebody decided, with a reason and until a day, that a unit's alerts send no messages."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from pantau.domain.alerts.incidents import Incident
from pantau.domain.alerts.policy import Indicator

ALL_UNITS = "*"


class Silence(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """From ``first`` to ``last`` (local dates, both included) a unit, or all, are silenced; for one indicator or all.

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

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.by.strip():
            raise ValueError("a silence needs a reason and a name")
        if self.last < self.first:
            raise ValueError(f"a silence ends on or after its first day, not {self.last} before {self.first}")

    def covers(self, unit: str, indicator: Indicator, day: date) -> bool:
        """Whether an alert of this unit and indicator is silenced on a local day."""
        return self.unit in (unit, ALL_UNITS) and self.indicator in (indicator, None) and self.first <= day <= self.last


def silenced_on(incident: Incident, day: date, silences: Iterable[Silence], before: Sequence[Incident]) -> bool:
    """Whether every alert of an incident is silenced on a local day.

    A silence ends with the recovery it waited for: once an incident that it covered has closed (``before`` are the
    unit's earlier ones), it covers no other.
    """
    fresh = [
        silence
        for silence in silences
        if not any(
            earlier.closed is not None
            and earlier.closed < incident.opened
            and silence.at <= earlier.closed
            and _touches(silence, earlier)
            for earlier in before
            if earlier.unit == incident.unit and earlier.opened < incident.opened
        )
    ]
    return all(any(each.covers(alert.unit, alert.indicator, day) for each in fresh) for alert in incident.alerts)


def _touches(silence: Silence, incident: Incident) -> bool:
    from_day, to_day = (date.fromordinal(719_163 + each.day) for each in (incident.first, incident.ends[-1]))
    return any(
        silence.unit in (alert.unit, ALL_UNITS) and silence.indicator in (alert.indicator, None)
        for alert in incident.alerts
    ) and (silence.first <= to_day and from_day <= silence.last)
