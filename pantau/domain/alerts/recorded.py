"""What was found is never taken back: how a new fold of the past joins the recorded history of transitions.

Late data may change the past. A step that is new is added and marked as found late; a fall that the data no longer
support is not erased but ended by a step of its own, ``withdrawn``; and a fall whose begin merely moved stays the alert
that people were told of, under the id they know.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from pantau.domain.alerts.detection import Transition
from pantau.domain.alerts.incidents import ENDS
from pantau.domain.zones import DAY

LATE_AFTER_MS: Final = DAY
"""A step that is found so long after its half hour was found late (data susulan)."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A transition as it is kept: when it was found (ms UTC), and whether only late data told of it."""

    transition: Transition
    found_at: int
    late: bool = False


def reconciled(
    recorded: Sequence[Recorded], folded: Iterable[Transition], *, since: int, now: int, first_time: bool = False
) -> list[Recorded]:
    """The rows to add so that the history of ``recorded`` follows the fold of the half hours from ``since`` on.

    ``first_time``: nothing was evaluated before, so what is old is not late.
    """
    known = {(row.transition.alert, row.transition.turn) for row in recorded}
    folded = sorted(folded)
    held = {(turn.alert, turn.turn) for turn in folded}
    aliases: dict[str, str] = {}
    added: list[Recorded] = []

    def add(turn: Transition) -> None:
        if (turn.alert, turn.turn) not in known:
            known.add((turn.alert, turn.turn))
            added.append(Recorded(transition=turn, found_at=now, late=not first_time and now - turn.at > LATE_AFTER_MS))

    open_before = _open(recorded)
    for turn in folded:
        place = (turn.unit, turn.group, turn.indicator)
        if turn.turn == "falling" and (turn.alert, "falling") not in known:
            before = open_before.get(place)
            if before is not None and before.at >= since and (before.alert, "falling") not in held:
                aliases[turn.alert] = before.alert  # the same fall; late data moved its begin
        alert = aliases.get(turn.alert)
        if alert is None:
            add(turn)
        elif turn.turn in ENDS:
            add(msgspec.structs.replace(turn, alert=alert))
    kept = set(aliases.values())
    for before in open_before.values():
        if before.at >= since and (before.alert, "falling") not in held and before.alert not in kept:
            add(msgspec.structs.replace(before, turn="withdrawn", at=max(now, before.at), evidence=0))
    return added


def _open(recorded: Iterable[Recorded]) -> dict[tuple[str, str, str], Transition]:
    """The falls that nothing recorded has ended, by unit, group and indicator."""
    still: dict[tuple[str, str, str], Transition] = {}
    for row in sorted(recorded, key=lambda row: row.transition):
        turn = row.transition
        place = (turn.unit, turn.group, turn.indicator)
        if turn.turn == "falling":
            still[place] = turn
        elif turn.turn in ENDS and place in still and still[place].alert == turn.alert:
            del still[place]
    return still
