"""What the evaluation of a unit is written from: service against promises, satisfaction, trainings, falls."""

from collections.abc import Sequence

import msgspec

from pantau.domain.alerts.no_data import NoData
from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.programmes import Training
from pantau.domain.indicators import Value
from pantau.domain.periods import Period
from pantau.domain.registry_records import Standard
from pantau.domain.reports.satisfaction import SkmFigures
from pantau.domain.requests import About


class Compared(msgspec.Struct, frozen=True):
    """One indicator in the period and in the one before."""

    about: About
    now: Value
    before: Value


class ServiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One service: what is promised (None: nothing), how often it was kept, how long people waited and were served."""

    name: str
    standard: Standard | None
    promise: Value
    before: Value
    wait: Value
    serving: Value


class Silence(msgspec.Struct, frozen=True):
    """A time without data in the period; ``ended`` is None while it lasts (ms UTC)."""

    gap: NoData
    ended: int | None


class UnitFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that an evaluation says. ``trainings`` were completed by the end of the period.

    ``effects`` are those of these trainings and of their programmes, as computed at ``computed_at`` (ms UTC).
    ``promise_trend`` ends with the period itself.
    """

    skm: SkmFigures
    compared: tuple[Compared, ...]
    services: tuple[ServiceLine, ...]
    promise_trend: tuple[tuple[Period, Value], ...]
    trainings: tuple[Training, ...]
    effects: tuple[Assessment, ...]
    computed_at: int
    silences: tuple[Silence, ...]

    def value(self, name: str) -> Compared | None:
        """An indicator by its name."""
        return next((each for each in self.compared if each.about.name == name), None)


def effects_of(assessments: Sequence[Assessment], trainings: Sequence[Training], unit: str) -> tuple[Assessment, ...]:
    """What is said of these trainings of a unit, and of the programmes they belong to, in that order."""
    mine = {f"{each.source}/{each.code}" for each in trainings}
    titles = {" ".join(each.title.casefold().split()) for each in trainings}
    of_trainings = [each for each in assessments if each.kind == "training" and each.programme in mine]
    of_programmes = [
        each
        for each in assessments
        if each.kind == "programme" and unit in each.units_trained and each.programme in titles
    ]
    return (*of_trainings, *of_programmes)
