"""Incidents of a unit in a time, and what was done about each (*tindak lanjut*)."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from pantau.domain.alerts.detection import Transition, Turn, code_of
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.incidents import Incident, incidents
from pantau.domain.alerts.policy import Indicator
from pantau.domain.alerts.states import Acknowledgement

Progress = Literal["done", "under_way", "overdue", "unanswered", "passed"]
"""``done``: said to be done; ``under_way``: taken on; ``overdue``: its due date is past; ``unanswered``: falling, and
nobody has taken it on; ``passed``: it ended before anybody did."""


class Fall(msgspec.Struct, frozen=True):
    """One indicator of a group of services that fell, and the figures that were told of it."""

    indicator: Indicator
    group: str
    figures: tuple[Figure, ...]


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """One incident: when it is thought to have begun and when it ended (ms UTC; None: open), and what people answered.

    ``note`` is what is being done, in the words of who took it on; who that was is not told. ``end`` is how it ended.
    """

    code: str
    falls: tuple[Fall, ...]
    since: int
    found: int
    ended: int | None = None
    end: Turn | None = None
    answered_at: int | None = None
    note: str = ""
    due: date | None = None
    done_at: int | None = None

    def progress(self, today: date) -> Progress:
        """How far it is on a local day."""
        if self.done_at is not None:
            return "done"
        if self.answered_at is None:
            return "unanswered" if self.ended is None else "passed"
        return "overdue" if self.due is not None and self.due < today else "under_way"


def followups(
    steps: Iterable[tuple[Transition, tuple[Figure, ...]]],
    answers: Iterable[Acknowledgement],
    *,
    unit: str,
    since: int,
    until: int,
) -> tuple[FollowUp, ...]:
    """The incidents of a unit that lie in [since, until) at least in part, in order.

    What was answered later counts as well: a report is read afterwards. An incident of which data that came late took
    everything back (``withdrawn``) is none.
    """
    mine = [(turn, figures) for turn, figures in steps if turn.unit == unit]
    figures_of = {turn.alert: figures for turn, figures in mine if turn.turn == "falling"}
    given = sorted(answers, key=lambda each: each.at)
    found = []
    for incident in incidents(turn for turn, _ in mine):
        begun = min(turn.since for turn in incident.alerts)
        if begun >= until or (incident.closed is not None and incident.closed < since):
            continue
        if incident.closed is not None and all(turn.turn == "withdrawn" for turn in incident.ends):
            continue
        alerts = {turn.alert for turn in incident.alerts}
        found.append(_told(incident, begun, figures_of, [each for each in given if each.alert in alerts]))
    return tuple(found)


def _told(
    incident: Incident, begun: int, figures: dict[str, tuple[Figure, ...]], said: list[Acknowledgement]
) -> FollowUp:
    return FollowUp(
        code=code_of(incident.first.alert),
        falls=tuple(Fall(turn.indicator, turn.group, figures[turn.alert]) for turn in incident.alerts),
        since=begun,
        found=incident.opened,
        ended=incident.closed,
        end=incident.ends[-1].turn if incident.closed is not None else None,
        answered_at=said[0].at if said else None,
        note=next((each.note for each in reversed(said) if each.note), ""),
        due=next((each.due for each in reversed(said) if each.due), None),
        done_at=next((each.at for each in said if each.done), None),
    )
