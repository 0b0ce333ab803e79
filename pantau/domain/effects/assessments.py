"""One programme judged by one outcome: the effect, and how it differs by kind of training and by hours."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import exp

import msgspec
import numpy as np

from pantau.domain.effects.doses import Dose, dose
from pantau.domain.effects.evaluation import RULES, Effect, Rules, Second, SecondWeek, evaluate, point
from pantau.domain.effects.imputation import impute, unit_effects
from pantau.domain.effects.outcomes import Outcome, WeekSums, as_told, value
from pantau.domain.effects.panels import Panel, floats, monday
from pantau.domain.effects.programmes import Kind, Place, Programme, Training, place

LEAST_UNITS_OF_A_TYPE = 2


class OfType(msgspec.Struct, frozen=True):
    """The effect at units whose training was of one SIASN type (jenisDiklatId)."""

    siasn_type: int
    effect: Effect


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a programme by one outcome, in the outcome's own terms: points, or percent for durations.

    ``before``, ``after`` and the path of a duration are its geometric mean in ms. ``units_trained`` had the programme,
    whether or not they could be compared. ``last_week`` is the Monday of the last week that was read.
    """

    kind: Kind
    programme: str
    title: str
    outcome: str
    first_day: date
    last_day: date
    last_week: date
    units_trained: tuple[str, ...]
    effect: Effect
    types: tuple[OfType, ...] = ()
    dose: Dose | None = None


def measured(outcome: Outcome, sums: Mapping[tuple[str, int], WeekSums], units: Sequence[str], weeks: range) -> Panel:
    """An outcome of these units in these weeks (numbers of weeks), whoever was trained."""
    cells = [[sums.get((unit, week)) for week in weeks] for unit in units]
    shape = len(units), len(weeks)
    values = floats([[value(outcome, cell) for cell in row] for row in cells]).reshape(shape)
    n = np.array([[cell.n if cell else 0 for cell in row] for row in cells], dtype=np.int64).reshape(shape)
    return Panel(tuple(units), weeks.start, values, n)


def assess(
    programme: Programme,
    outcome: Outcome,
    whole: Panel,
    trainings: Sequence[Training],
    *,
    rules: Rules = RULES,
    live: bool = False,
) -> Assessment:
    """Judge a programme over the units and weeks of a panel; ``trainings`` are all that are known.

    ``live`` gives the estimate alone, without an interval and so without a verdict.
    """
    weeks = range(whole.first_week, whole.first_week + whole.outcome.shape[1])
    found = place(programme, trainings, whole.units, weeks, rules.quiet_weeks)
    panel = Panel(whole.units, whole.first_week, np.where(found.hidden, np.nan, whole.outcome), whole.n)
    everyone = np.ones(len(whole.units), dtype=bool)
    types: tuple[OfType, ...] = ()
    slope = None
    if live:
        effect = point(panel, found.timing, everyone, rules=rules)
    else:
        effect = evaluate(panel, found.timing, everyone, better=outcome.better, rules=rules)
        if effect.effect is not None:
            types = _by_type(panel, found, effect, outcome, rules)
            slope = _slope(panel, found, rules)
    return Assessment(
        kind=programme.kind,
        programme=programme.key,
        title=programme.title,
        outcome=outcome.key,
        first_day=programme.first_day,
        last_day=programme.last_day,
        last_week=monday(weeks.stop - 1),
        units_trained=programme.units,
        effect=told(outcome, effect),
        types=tuple(OfType(each.siasn_type, told(outcome, each.effect)) for each in types),
        dose=_told_dose(outcome, slope),
    )


def told(outcome: Outcome, effect: Effect) -> Effect:
    """An effect in the terms people read: percent and ms in place of logarithms."""
    if outcome.scale != "percent":
        return effect
    differences = {
        name: None if (found := getattr(effect, name)) is None else as_told(outcome, found)
        for name in ("effect", "low", "high", "naive", "common")
    }
    levels = {name: None if (found := getattr(effect, name)) is None else exp(found) for name in ("before", "after")}
    path = tuple(
        msgspec.structs.replace(week, actual=exp(week.actual), expected=exp(week.expected)) for week in effect.path
    )
    second = effect.second
    if second is not None:
        second = Second(
            *_told_pair(outcome, second.effect, second.error),
            *_told_pair(outcome, second.overall, second.overall_error),
            tuple(SecondWeek(week.since, *_told_pair(outcome, week.effect, week.error)) for week in second.weeks),
        )
    return msgspec.structs.replace(effect, **differences, **levels, path=path, second=second)


def _told_pair(outcome: Outcome, effect: float, error: float) -> tuple[float, float]:
    """An estimate and its standard error; one of logarithms is one of shares, as long as it is small."""
    return as_told(outcome, effect), 100 * exp(effect) * error


def _by_type(panel: Panel, found: Place, whole: Effect, outcome: Outcome, rules: Rules) -> tuple[OfType, ...]:
    """By the type of each unit's first training, where several types were compared."""
    trained = {*whole.trained}
    types = [kind if unit in trained else -1 for unit, kind in zip(panel.units, found.types, strict=True)]
    several = sorted({kind for kind in types if kind >= 0})
    if len(several) < 2:
        return ()
    plain = msgspec.structs.replace(rules, check_draws=0)
    return tuple(
        OfType(kind, evaluate(panel, found.timing, np.array(types) == kind, better=outcome.better, rules=plain))
        for kind in several
        if types.count(kind) >= LEAST_UNITS_OF_A_TYPE
    )


def _slope(panel: Panel, found: Place, rules: Rules) -> Dose | None:
    imputed = impute(panel, found.timing, np.ones(len(panel.units), dtype=bool), rules.reach)
    if imputed is None:
        return None
    return dose(unit_effects(panel, imputed), found.jp, draws=rules.draws, level=rules.level)


def _told_dose(outcome: Outcome, slope: Dose | None) -> Dose | None:
    if slope is None:
        return None
    return Dose(
        as_told(outcome, slope.slope), as_told(outcome, slope.low), as_told(outcome, slope.high), slope.p, slope.units
    )
