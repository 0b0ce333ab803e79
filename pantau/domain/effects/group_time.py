"""Group-time effects of Callaway and Sant'Anna (Journal of Econometrics, 2021), without covariates: the second opinion.

A group is the units whose training begins in the same column. Each effect compares the group's change since its last
column before the training with that of units not trained by then. Standard errors come from influence functions.
"""

from typing import Literal

import msgspec
import numpy as np

from pantau.domain.effects.panels import NEVER, Bools, Floats, Ints

Comparison = Literal["never", "not_yet"]


class GroupTime(msgspec.Struct, frozen=True, eq=False):
    """The effect at the units first trained in column ``group``, in column ``time``.

    ``error`` is its standard error, ``influence`` what each unit has to do with it (0 for those that have not).
    Before the training (``time < group``) it is the change since the column before: what a pre-trend would show.
    """

    group: int
    time: int
    effect: float
    error: float
    influence: Floats


class Total(msgspec.Struct, frozen=True, eq=False):
    """A weighted mean of group-time effects, its standard error and influence function."""

    effect: float
    error: float
    influence: Floats


def group_times(
    outcome: Floats, group: Ints, *, comparison: Comparison = "not_yet", anticipation: int = 0
) -> list[GroupTime]:
    """Every effect that can be estimated; outcome is (units, columns), NaN where unknown, group NEVER without training.

    ``anticipation`` columns before the training are not "before": the base column lies that much earlier.
    """
    columns = outcome.shape[1]
    found = []
    for g in sorted({*group[group < NEVER].tolist()}):
        for t in range(1, columns):
            base = t - 1 if t < g - anticipation else g - anticipation - 1
            if not 0 <= base < columns or (t < g and t >= g - anticipation):
                continue
            change = outcome[:, t] - outcome[:, base]
            others = group == NEVER if comparison == "never" else group > max(t, base) + anticipation
            here = (group == g) & ~np.isnan(change)
            there = others & (group != g) & ~np.isnan(change)
            if here.any() and there.any():
                found.append(_difference(g, t, change, here, there))
    return found


def _difference(g: int, t: int, change: Floats, here: Bools, there: Bools) -> GroupTime:
    mine, theirs = float(change[here].mean()), float(change[there].mean())
    units = len(change)
    influence = np.zeros(units)
    influence[here] = (change[here] - mine) * units / here.sum()
    influence[there] = -(change[there] - theirs) * units / there.sum()
    return GroupTime(g, t, mine - theirs, _error(influence), influence)


def simple(found: list[GroupTime], group: Ints) -> Total:
    """The mean over all columns after the training, weighted by the units of each group."""
    return _weighted([each for each in found if each.time >= each.group], group)


def event_study(found: list[GroupTime], group: Ints) -> dict[int, Total]:
    """The mean effect by columns since the training (0 is the first), weighted by the units of each group."""
    since = sorted({each.time - each.group for each in found})
    return {e: _weighted([each for each in found if each.time - each.group == e], group) for e in since}


def overall(found: list[GroupTime], group: Ints) -> Total:
    """The plain mean of the event study from the training on: the authors' summary "dynamic"."""
    return _plain([total for e, total in event_study(found, group).items() if e >= 0])


def _weighted(found: list[GroupTime], group: Ints) -> Total:
    """Weights are shares of units, which are estimated too: their part of the influence is added."""
    if not found:
        nothing = np.full(len(group), np.nan)
        return Total(float("nan"), float("nan"), nothing)
    member = np.stack([group == each.group for each in found]).astype(np.float64)
    share = member.mean(1)
    weight = share / share.sum()
    effect = np.array([each.effect for each in found])
    apart = member - share[:, None]
    of_weights = apart / share.sum() - weight[:, None] * apart.sum(0) / share.sum()
    influence = weight @ np.stack([each.influence for each in found]) + effect @ of_weights
    return Total(float(weight @ effect), _error(influence), influence)


def _plain(totals: list[Total]) -> Total:
    influence = np.mean([total.influence for total in totals], axis=0)
    return Total(float(np.mean([total.effect for total in totals])), _error(influence), influence)


def _error(influence: Floats) -> float:
    units = len(influence)
    return float(np.sqrt((influence**2).mean() / units))
