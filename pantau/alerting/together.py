"""What people take for one thing: the alerts of a unit that were open together, with all that was answered and told."""

from datetime import date

import msgspec

from pantau.domain.alerts.detection import Transition
from pantau.domain.alerts.incidents import incident_with
from pantau.domain.alerts.silences import Silence
from pantau.domain.alerts.states import Acknowledgement, State, state_of
from storage.alert_reading import (
    EPOCH,
    Query,
    Sent,
    read_answers,
    read_messages,
    read_silences,
    read_transitions_of,
)


class Together(msgspec.Struct, frozen=True):
    """``alerts`` of one incident in the order of their begin, and their steps in order; one alert if it never fell."""

    query: Query
    alerts: tuple[str, ...]
    steps: tuple[Transition, ...]

    def answers(self) -> list[Acknowledgement]:
        """What was answered to any of them, in order. Blocks."""
        return sorted((each for alert in self.alerts for each in read_answers(self.query, alert)), key=lambda x: x.at)

    def messages(self) -> list[Sent]:
        """What was told of any of them, in order. Blocks."""
        return sorted(
            (each for alert in self.alerts for each in read_messages(self.query, alert)), key=lambda x: x.due_at
        )

    def state(self, today: date) -> State:
        """The state it is in on a local day: that of what is open still, else of what ended last. Blocks."""
        last = {step.alert: step for step in self.steps}
        still = [step for step in last.values() if step.turn == "falling"]
        silences: list[Silence] = read_silences(self.query) if still else []
        return state_of(
            still[0] if still else self.steps[-1],
            today=today.toordinal() - EPOCH.toordinal(),
            acknowledged=bool(still and self.answers()),
            silenced=bool(still)
            and all(any(each.covers(step.unit, step.indicator, today) for each in silences) for step in still),
        )


def read_together(query: Query, alert: str, unit: str) -> Together:
    """The alerts that were open together with one of a unit. Blocks."""
    steps = [row.transition for row, _ in read_transitions_of(query, unit)]
    incident = incident_with(steps, alert)
    alerts = tuple(each.alert for each in incident.alerts) if incident else (alert,)
    return Together(query, alerts, tuple(step for step in steps if step.alert in alerts))
