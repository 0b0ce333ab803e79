"""What an alert's message tells of training: the unit's latest one, and what its programme changed, if known."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from pantau.alert_texts import Training
from pantau.domain.alerts.policy import Indicator
from pantau.domain.effects.assessments import Assessment
from storage.alert_reading import Query
from storage.effects import stored

OUTCOME_OF: Final[dict[Indicator, str]] = {"late": "promise", "time": "service_time", "satisfaction": "ikm"}
"""By which outcome the effect is told beside an indicator that fell."""


def latest_training(query: Query, unit: str, indicator: Indicator, today: date) -> Training | None:
    """The latest training that ended at a unit by ``today`` (local); None if none did. Blocks.

    With its programme's effect on what fell, as last computed, where that has been.
    """
    for of, title, last_day in query("alert_trainings", {}).rows:
        day = date.fromisoformat(last_day[:10])
        if of == unit and day <= today:
            known = (each.assessment for each in stored(query))
            effect = effect_of(known, unit, title, day, OUTCOME_OF[indicator])
            return Training(title=title, day=day, weeks=(today - day).days // 7, effect=effect)
    return None


def effect_of(known: Iterable[Assessment], unit: str, title: str, day: date, outcome: str) -> Assessment | None:
    """Of what is known, the effect of the programme of this title that the unit had, else of the unit's own training.

    Of the training itself only where it ended on that day: a unit may have had one of this title before.
    """
    wanted = " ".join(title.casefold().split())
    mine = [
        each
        for each in known
        if each.outcome == outcome
        and unit in each.units_trained
        and " ".join(each.title.casefold().split()) == wanted
        and (each.kind == "programme" or (each.kind == "training" and each.last_day == day))
    ]
    return min(mine, key=lambda each: each.kind, default=None)
