"""The states an indicator of a unit is in, as the page, the tables and the messages call them."""

from datetime import date, timedelta
from typing import Final, Literal, Protocol

import msgspec

from pantau.domain.alerts.detection import Turn

State = Literal["normal", "watched", "falling", "acknowledged", "recovered", "no_data", "silenced"]

ON_SCREEN: Final[dict[State, str]] = {
    "normal": "Normal",
    "watched": "Dipantau",
    "falling": "Menurun",
    "acknowledged": "Ditindaklanjuti",
    "recovered": "Pulih",
    "no_data": "Tanpa data",
    "silenced": "Dibisukan",
}

RECOVERED_FOR_DAYS: Final = 7
"""How many days a recovery is shown as such before it is normal."""


class Step(Protocol):
    """What of a transition says in which state an indicator is: its turn, and its local day."""

    @property
    def turn(self) -> Turn: ...  # noqa: D102
    @property
    def day(self) -> int: ...  # noqa: D102


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Somebody takes an incident on: who, at which instant (ms UTC), what is being done, until when.

    ``alert`` is any alert of the incident.
    """

    alert: str
    at: int
    by: str
    note: str = ""
    due: date | None = None
    done: bool = False


LONGEST_DUE_DAYS: Final = 366


def is_due_day(due: date, today: date) -> bool:
    """Whether somebody may promise to be done by a day: from today on, a year ahead at most."""
    return today <= due <= today + timedelta(days=LONGEST_DUE_DAYS)


def state_of(
    last: Step | None, *, today: int, acknowledged: bool = False, silenced: bool = False, no_data: bool = False
) -> State:
    """The state that the latest transition leads to on local day ``today``, and what was done about it.

    No data hides a normal state and a watched one, never an open alert: silence ends no fall.
    """
    falling = last is not None and last.turn == "falling"
    if falling:
        return "silenced" if silenced else "acknowledged" if acknowledged else "falling"
    if no_data:
        return "no_data"
    if last is None or last.turn in ("normal", "settled", "withdrawn"):
        return "normal"
    if last.turn == "watched":
        return "watched"
    return "recovered" if today - last.day < RECOVERED_FOR_DAYS else "normal"
