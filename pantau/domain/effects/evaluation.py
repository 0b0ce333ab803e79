"""The effect of a training on one outcome, and what may be said of it: one of four verdicts."""

from math import isinf
from typing import Final, Literal

import msgspec
import numpy as np

from pantau.domain.effects import permutation, placebo
from pantau.domain.effects.group_time import event_study, group_times, overall, simple
from pantau.domain.effects.imputation import Imputed, Reach, impute
from pantau.domain.effects.panels import NEVER, Bools, Panel, Timing, floats
from pantau.domain.effects.pre_trend import PreTrend, pre_trend

Verdict = Literal["better", "unproven", "worse", "too_little"]
Reason = Literal[
    "trained_otherwise",
    "not_in_data",
    "few_weeks_before",
    "few_weeks_after",
    "no_comparison",
    "few_units",
    "few_answers",
    "few_dates",
]
Inference = Literal["permutation", "placebo"]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """When a verdict may be given, and how. Values from simulations; see docs/effects.md.

    ``quiet_weeks`` before a training are left out: units may have been chosen for a bad spell, which ends by itself.
    The effect is that of the first ``horizon`` weeks after. Below ``least_dates`` ways of dealing the dates, made-up
    trainings take their place. ``level`` is that of the interval; the verdict says "better" only when all of it is.
    """

    quiet_weeks: int = 4
    horizon: int = 8
    least_weeks_before: int = 8
    least_weeks_after: int = 4
    least_units: int = 8
    least_answers: int = 30
    least_dates: int = 100
    draws: int = 999
    check_draws: int = 199
    level: float = 0.95

    @property
    def reach(self) -> Reach:
        """The weeks that count."""
        return Reach(self.horizon, self.least_weeks_before, self.least_weeks_after)


RULES: Final = Rules()


class SecondWeek(msgspec.Struct, frozen=True):
    """The second opinion of one week since the training (0 is the first that counts), and its standard error."""

    since: int
    effect: float
    error: float


class Second(msgspec.Struct, frozen=True):
    """What Callaway and Sant'Anna's estimator says of the same weeks, and its standard errors.

    ``effect`` is the mean over unit-weeks (their "simple"), ``overall`` that over ``weeks`` (their "dynamic").
    """

    effect: float
    error: float
    overall: float
    overall_error: float
    weeks: tuple[SecondWeek, ...] = ()


class Week(msgspec.Struct, frozen=True):
    """Trained units in one week: ``since`` weeks after the training (below 0: before), as it was and as expected
    without.
    """

    since: int
    actual: float
    expected: float
    units: int


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """An effect with everything that must stand beside it; numbers are None where there is too little data.

    ``effect`` is ``naive`` (before and after alone) less ``common`` (what changed where nobody was trained yet as
    well). ``before`` and ``after`` are the trained units' means. ``n_*`` are answers or visits behind them.
    """

    verdict: Verdict
    reason: Reason | None = None
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    naive: float | None = None
    common: float | None = None
    before: float | None = None
    after: float | None = None
    inference: Inference | None = None
    trained: tuple[str, ...] = ()
    comparison: tuple[str, ...] = ()
    weeks_before: int = 0
    weeks_after: int = 0
    n_before: int = 0
    n_after: int = 0
    n_comparison: int = 0
    pre_trend: PreTrend | None = None
    second: Second | None = None
    path: tuple[Week, ...] = ()


def evaluate(panel: Panel, timing: Timing, counted: Bools, *, better: int, rules: Rules = RULES) -> Effect:
    """The effect of the trainings at units where ``counted``; ``better``: 1 where more is better, -1 where less is."""
    found, effect = _estimated(panel, timing, counted, rules)
    if found is None or effect.reason is not None:
        return effect
    chance = None
    inference: Inference = "permutation"
    if permutation.different_deals(timing, counted) >= rules.least_dates:
        chance = permutation.chance(
            panel, timing, counted, rules.reach, found.effect, draws=rules.draws, level=rules.level
        )
    if chance is None or isinf(chance.low) or isinf(chance.high):
        inference = "placebo"
        chance = placebo.chance(
            panel,
            timing,
            found,
            horizon=rules.horizon,
            least_before=rules.least_weeks_before,
            draws=rules.draws,
            level=rules.level,
        )
    if chance is None or isinf(chance.low) or isinf(chance.high):
        return _too_little(effect, "few_dates")
    return msgspec.structs.replace(
        effect,
        verdict=_verdict(chance.low * better, chance.high * better),
        low=chance.low,
        high=chance.high,
        p=chance.p,
        inference=inference,
        pre_trend=pre_trend(panel, timing, counted, found, draws=rules.check_draws) if rules.check_draws else None,
        second=_second(panel, timing, counted, rules),
        path=_path(panel, timing, found),
    )


def point(panel: Panel, timing: Timing, counted: Bools, *, rules: Rules = RULES) -> Effect:
    """The effect without interval or verdict ("unproven"), in a fraction of the time: for the running week."""
    return _estimated(panel, timing, counted, rules)[1]


def _verdict(low: float, high: float) -> Verdict:
    return "better" if min(low, high) > 0 else "worse" if max(low, high) < 0 else "unproven"


def _estimated(panel: Panel, timing: Timing, counted: Bools, rules: Rules) -> tuple[Imputed | None, Effect]:
    found = impute(panel, timing, counted, rules.reach)
    if found is None:
        return None, Effect(verdict="too_little", reason=_why_nothing(panel, timing, counted, rules))
    treated, before = found.treated, found.before_weeks
    units: Bools = np.any(treated, axis=1)
    others: Bools = np.any(found.beside, axis=1)
    share = treated / treated.sum()
    effect = Effect(
        verdict="unproven",
        effect=found.effect,
        naive=found.naive,
        common=found.common,
        before=float((np.where(treated, found.before[:, None], 0.0) * share).sum()),
        after=float((np.where(treated, panel.outcome, 0.0) * share).sum()),
        trained=_named(panel, units),
        comparison=_named(panel, others),
        weeks_before=int(np.median(before[units].sum(1))),
        weeks_after=int(np.median(treated[units].sum(1))),
        n_before=int(panel.n[before].sum()),
        n_after=int(panel.n[treated].sum()),
        n_comparison=int(panel.n[found.beside].sum()),
    )
    if not others.any():
        return found, _too_little(effect, "no_comparison")
    if int((units | others).sum()) < rules.least_units:
        return found, _too_little(effect, "few_units")
    if min(effect.n_before, effect.n_after, effect.n_comparison) < rules.least_answers:
        return found, _too_little(effect, "few_answers")
    return found, effect


def _too_little(effect: Effect, reason: Reason) -> Effect:
    """No number is kept: a difference that cannot be judged would be believed."""
    return msgspec.structs.replace(
        effect, verdict="too_little", reason=reason, effect=None, naive=None, common=None, before=None, after=None
    )


def _named(panel: Panel, chosen: Bools) -> tuple[str, ...]:
    return tuple(unit for unit, yes in zip(panel.units, chosen.tolist(), strict=True) if yes)


def _why_nothing(panel: Panel, timing: Timing, counted: Bools, rules: Rules) -> Reason:
    column = np.arange(panel.outcome.shape[1])
    mine = panel.known & (counted & timing.trained)[:, None]
    before = (mine & (column < timing.quiet[:, None])).sum(1)
    after = (mine & (column >= timing.counts[:, None]) & (column < timing.counts[:, None] + rules.horizon)).sum(1)
    if not (counted & timing.trained).any():
        return "trained_otherwise"
    if not mine.any():
        return "not_in_data"
    if after.max() < rules.least_weeks_after:
        return "few_weeks_after"
    if not ((before >= rules.least_weeks_before) & (after >= rules.least_weeks_after)).any():
        return "few_weeks_before"
    return "no_comparison"


def _second(panel: Panel, timing: Timing, counted: Bools, rules: Rules) -> Second | None:
    """Over the weeks that count; the quiet weeks are the estimator's "anticipation"."""
    outcome = floats(panel.outcome)
    column = np.arange(outcome.shape[1])
    beyond = column >= timing.counts[:, None] + rules.horizon
    outcome[beyond | (timing.trained & ~counted)[:, None] & (column >= timing.quiet[:, None])] = np.nan
    group = np.where(timing.trained & counted, timing.counts, np.where(timing.trained, timing.quiet, NEVER))
    gaps = timing.counts[timing.trained & counted] - timing.quiet[timing.trained & counted]
    if not len(gaps):
        return None
    found = group_times(outcome, group, anticipation=int(gaps.max()))
    mine = {*timing.counts[timing.trained & counted].tolist()}
    after = [each for each in found if each.group in mine and each.time >= each.group]
    if not after:
        return None
    total, mean = simple(after, group), overall(after, group)
    weeks = tuple(SecondWeek(since, each.effect, each.error) for since, each in event_study(after, group).items())
    return Second(total.effect, total.error, mean.effect, mean.error, weeks)


def _path(panel: Panel, timing: Timing, found: Imputed) -> tuple[Week, ...]:
    """Trained units by weeks since the training, from a year before to half a year after."""
    units: Bools = np.any(found.treated, axis=1)
    usable = panel.known & ~np.isnan(found.expected) & units[:, None]
    row, column = np.nonzero(usable)
    since = column - timing.counts[row]
    weeks = []
    for week in range(max(-52, int(since.min())), min(26, int(since.max())) + 1):
        here = since == week
        if here.any():
            at = (row[here], column[here])
            actual, expected = panel.outcome[at].mean(), found.expected[at].mean()
            weeks.append(Week(week, float(actual), float(expected), int(here.sum())))
    return tuple(weeks)
