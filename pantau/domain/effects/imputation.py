"""The imputation estimator of Borusyak, Jaravel and Spiess (Review of Economic Studies, 2024), cohort by cohort.

Unit and week effects are fitted on unit-weeks that no training has touched; they say what a trained unit would have had
in the weeks after. The effect is the mean difference to what it had. Units that are trained later are comparison until
then, so that no trained unit serves as one.

Units trained in the same weeks are a cohort and get a fit of their own, from which the weeks just before their training
are left out at every unit, not at theirs alone. Who is chosen for a bad month recovers by himself, and who is not
chosen had a good one: leaving out only the first makes the comparison look better than it is (docs/effects.md has the
figures). ``pooled`` is one fit for all cohorts, the estimator as published.
"""

from collections.abc import Iterator

import msgspec
import numpy as np

from pantau.domain.effects.panels import Bools, Floats, Ints, Panel, Timing
from pantau.domain.effects.two_way import fit


class Reach(msgspec.Struct, frozen=True):
    """Which weeks count: the first ``horizon`` after the training, at most ``most_before`` before the quiet ones.

    A unit is part of the effect with ``least_before`` and ``least_after`` known weeks.
    """

    horizon: int = 8
    least_before: int = 8
    least_after: int = 4
    most_before: int = 52
    pooled: bool = False


class Cohort(msgspec.Struct, frozen=True, eq=False):
    """The unit-weeks of one cohort by deal, each (deals, units, weeks).

    ``treated`` are the cohort's own weeks after; ``before`` and ``beside`` what it is compared with: everybody's weeks
    before, and those of units without training in the weeks after.
    """

    treated: Bools
    before: Bools
    beside: Bools


class Imputed(msgspec.Struct, frozen=True, eq=False):
    """The estimate for the trainings as they were; arrays are (units, weeks).

    ``treated`` are the unit-weeks it is the mean of, ``beside`` those of other units in these weeks; ``before`` is the
    mean of each trained unit's weeks before, ``before_weeks`` which these are. ``expected`` is what a trained unit
    would have had without. ``effect`` is ``naive`` (before and after alone) less ``common`` (what changed without
    training too).
    """

    effect: float
    naive: float
    common: float
    expected: Floats
    treated: Bools
    beside: Bools
    before: Floats
    before_weeks: Bools


def cohorts(timing: Timing, counted: Bools) -> list[tuple[int, int]]:
    """The (quiet, counts) columns of the trainings that are part of the effect."""
    mine = counted & timing.trained
    return sorted({*zip(timing.quiet[mine].tolist(), timing.counts[mine].tolist(), strict=True)})


def dealt(
    known: Bools, timing: Timing, counted: Bools, orders: Ints, reach: Reach
) -> Iterator[tuple[tuple[int, int], Cohort]]:
    """Each cohort when the dates (and who is counted) are dealt to the units in these orders (deals, units)."""
    column = np.arange(known.shape[1])
    quiet, counts, part = timing.quiet[orders], timing.counts[orders], counted[orders]
    untouched = known & (column < timing.starts[orders][..., None])
    for quiet_from, counts_from in cohorts(timing, counted):
        window = (column >= counts_from) & (column < counts_from + reach.horizon)
        mine = part & (quiet == quiet_from) & (counts == counts_from)
        if reach.pooled:
            before, beside = known & (column < quiet[..., None]), untouched & window
        else:
            before = untouched & (column < quiet_from) & (column >= quiet_from - reach.most_before)
            beside = untouched & window
        treated = known & mine[..., None] & window
        enough = (before.sum(2) >= reach.least_before) & (treated.sum(2) >= reach.least_after)
        yield (quiet_from, counts_from), Cohort(treated & enough[..., None], before, beside)


def effects(
    outcomes: Floats, known: Bools, timing: Timing, counted: Bools, orders: Ints, reach: Reach, weight: Floats
) -> Floats:
    """The mean effect by deal and outcome, outcomes being (outcomes, units, weeks); NaN where there is none.

    ``weight`` (units, weeks) weighs both the fits and the mean.
    """
    sums = np.zeros((len(orders), len(outcomes)))
    total = np.zeros(len(orders))
    for _, cohort in dealt(known, timing, counted, orders, reach):
        learnt = cohort.before if reach.pooled else cohort.before | cohort.beside
        # weeks that no deal uses cost as much as others: the system to solve has one equation a week
        weeks = np.flatnonzero(np.any(learnt | cohort.treated, axis=(0, 1)))
        here = weight[:, weeks]
        fitted = fit(outcomes[None, ..., weeks], here * learnt[..., weeks])
        counts = here * (cohort.treated[..., weeks] & fitted.known)
        sums += np.einsum("bkut,but->bk", outcomes[None, ..., weeks] - fitted.values(), counts)
        total += counts.sum((1, 2))
    means: Floats = sums / np.where(total > 0, total, np.nan)[:, None]
    return means


def impute(panel: Panel, timing: Timing, counted: Bools, reach: Reach, weight: Floats | None = None) -> Imputed | None:
    """The estimate for the trainings as they were; None where no unit-week can be compared."""
    known = panel.known
    shape = known.shape
    outcome = np.where(known, panel.outcome, 0.0)
    weights = np.ones(shape) if weight is None else weight
    expected, before = np.full(shape, np.nan), np.full(shape[0], np.nan)
    treated, beside, before_weeks = (np.zeros(shape, dtype=bool) for _ in range(3))
    for (quiet, counts), cohort in dealt(known, timing, counted, np.arange(shape[0])[None], reach):
        earlier, aside = cohort.before[0], cohort.beside[0]
        used = earlier if reach.pooled else earlier | aside
        fitted = fit(outcome[None, None], (weights * used)[None])
        mine = counted & (timing.quiet == quiet) & (timing.counts == counts)
        inside = cohort.treated[0] & fitted.known[0]
        values = np.where(fitted.known[0], fitted.values()[0, 0], np.nan)
        if not reach.pooled:
            values = _carried_on(values, fitted.unit[0, 0], outcome, weights * _untouched(known, timing), used)
        expected[mine] = values[mine]
        own = weights * earlier
        means = (own * outcome).sum(1) / np.where(own.sum(1) > 0, own.sum(1), np.nan)
        before[mine] = means[mine]
        treated |= inside
        before_weeks |= earlier & np.any(inside, axis=1, keepdims=True)
        beside |= aside & inside.any(0)
    share = weights * treated
    if not share.sum() > 0:
        return None
    share = share / share.sum()

    def mean(values: Floats) -> float:
        return float((np.where(treated, values, 0.0) * share).sum())

    return Imputed(
        effect=mean(outcome - expected),
        naive=mean(outcome - before[:, None]),
        common=mean(expected - before[:, None]),
        expected=expected,
        treated=treated,
        beside=beside,
        before=before,
        before_weeks=before_weeks,
    )


def unit_effects(panel: Panel, found: Imputed) -> Floats:
    """The mean effect at each unit, NaN where a unit is not part of the estimate."""
    difference = np.where(found.treated, panel.outcome - found.expected, 0.0)
    weeks = found.treated.sum(1)
    means: Floats = difference.sum(1) / np.where(weeks > 0, weeks, np.nan)
    return means


def _untouched(known: Bools, timing: Timing) -> Bools:
    found: Bools = known & (np.arange(known.shape[1]) < timing.starts[:, None])
    return found


def _carried_on(values: Floats, unit: Floats, outcome: Floats, weight: Floats, used: Bools) -> Floats:
    """Expected values in weeks outside of the fit too, from the units without training then: drawn, never counted."""
    mine = np.any(used, axis=1, keepdims=True)
    seen = weight * mine
    total = seen.sum(0)
    week = ((outcome - unit[:, None]) * seen).sum(0) / np.where(total > 0, total, np.nan)
    return np.where(np.isnan(values) & mine, unit[:, None] + week, values)
