"""Alerts of one unit that are open together are one incident: a message when it begins, one when all have recovered."""

from collections.abc import Iterable
from typing import Final

import msgspec

from pantau.domain.alerts.detection import Transition, Turn

ENDS: Final[frozenset[Turn]] = frozenset({"recovered", "settled", "withdrawn"})


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """``alerts`` are the falls in it, in order; ``opened`` and ``closed`` are the half hours that decided, in ms UTC.

    ``closed`` is None while an alert is open. ``code`` names it to people and is that of the first alert.
    """

    unit: str
    alerts: tuple[Transition, ...]
    opened: int
    closed: int | None
    ends: tuple[Transition, ...]

    @property
    def first(self) -> Transition:
        """The alert that began it."""
        return self.alerts[0]


def incidents(transitions: Iterable[Transition]) -> list[Incident]:
    """The incidents that transitions make, in order of their begin. A fall that joins an open one makes no new one."""
    found: list[Incident] = []
    begun: dict[str, tuple[list[Transition], list[Transition], set[str]]] = {}

    def close(unit: str, at: int | None) -> None:
        alerts, ends, _ = begun.pop(unit)
        found.append(
            Incident(unit=unit, alerts=tuple(alerts), opened=alerts[0].at, closed=at, ends=tuple(ends)),
        )

    for turn in sorted(transitions):
        if turn.turn == "falling":
            alerts, _, still = begun.setdefault(turn.unit, ([], [], set()))
            alerts.append(turn)
            still.add(turn.alert)
        elif turn.turn in ENDS and turn.unit in begun:
            _, ends, still = begun[turn.unit]
            if turn.alert in still:
                ends.append(turn)
                still.remove(turn.alert)
                if not still:
                    close(turn.unit, turn.at)
    for unit in sorted(begun):
        close(unit, None)
    return sorted(found, key=lambda incident: (incident.opened, incident.unit))


def incident_with(transitions: Iterable[Transition], alert: str) -> Incident | None:
    """The incident that an alert belongs to; None for one that never fell."""
    return next((each for each in incidents(transitions) if any(own.alert == alert for own in each.alerts)), None)
