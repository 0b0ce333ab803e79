"""Chance for one or a few trained units, where dates can be dealt in too few ways: trainings that never were.

The same estimate is made for every made-up training day at every unit that leaves as many untouched weeks on both
sides, each divided by the spread of its own weeks before. The interval of the real one comes from theirs.
"""

from collections.abc import Iterator
from math import ceil, inf

import numpy as np

from pantau.domain.effects.imputation import Imputed
from pantau.domain.effects.panels import Bools, Floats, Ints, Panel, Timing
from pantau.domain.effects.permutation import SEED, Chance
from pantau.domain.effects.two_way import fit

ENOUGH = 200
"""Made-up trainings that are wanted: they overlap, so many are needed; fewer weeks before give more of them."""

LEAST = 60
"""Made-up trainings below which nothing is said."""

_BORROWED_WEEKS = 6
"""Weeks of everybody's spread that are mixed into each unit's own, which rests on few weeks."""


def chance(
    panel: Panel, timing: Timing, found: Imputed, *, horizon: int, least_before: int, draws: int, level: float
) -> Chance | None:
    """The estimate against made-up trainings; None where too few can be made up."""
    units = np.flatnonzero(found.treated.any(1))
    weeks = found.treated[units].sum(1)
    gap = int(np.median(timing.counts[units] - timing.quiet[units]))
    untouched = panel.known & (np.arange(panel.outcome.shape[1]) < timing.quiet[:, None])
    after = min(horizon, int(weeks.min()))
    # with fewer weeks before, made-up estimates are noisier than the real one: the interval errs to the wide side
    for before in range(int(found.before_weeks[units].sum(1).min()), least_before - 1, -1):
        days = [*_days(untouched, gap, after, before)]
        if sum(len(whole) for *_, whole in days) >= ENOUGH:
            break
    outcome = np.where(panel.known, panel.outcome, 0.0)
    made = np.concatenate([np.empty((0, 2)), *(_estimates(outcome, *day) for day in days)])
    own = _spreads(panel, found, units)
    if len(made) < LEAST or not (own > 0).all():
        return None
    typical = float(np.median(made[:, 1]))
    ratios = made[:, 0] / _mixed(made[:, 1], before, typical)
    scale = _mixed(own, found.before_weeks[units].sum(1), typical)
    if len(units) == 1:
        noise = ratios * scale[0]
    else:
        generator = np.random.RandomState(SEED)
        noise = (ratios[generator.randint(len(ratios), size=(draws, len(units)))] * scale * weeks / weeks.sum()).sum(1)
    size = np.sort(np.abs(noise))
    p = (1 + int((size >= abs(found.effect) - 1e-12).sum())) / (len(size) + 1)
    rank = ceil(level * (len(size) + 1)) - 1
    half = float(size[rank]) if rank < len(size) else inf
    return Chance(p, found.effect - half, found.effect + half)


def _mixed(spread: Floats, weeks: Ints | int, typical: float) -> Floats:
    mixed: Floats = np.sqrt((spread**2 * weeks + typical**2 * _BORROWED_WEEKS) / (weeks + _BORROWED_WEEKS))
    return mixed


def _spreads(panel: Panel, found: Imputed, units: Ints) -> Floats:
    """The week-to-week spread of what unit and week effects leave of each unit's weeks before."""
    rest = np.where(found.before_weeks, panel.outcome - found.expected, 0.0)[units]
    weeks = found.before_weeks[units].sum(1)
    spread: Floats = np.sqrt((rest**2).sum(1) / np.maximum(weeks - 1, 1))
    return spread


def _days(untouched: Bools, gap: int, after: int, before: int) -> Iterator[tuple[Bools, Bools, Ints]]:
    """The unit-weeks before and after each day that a training could have had, and the units that have them all."""
    column = np.arange(untouched.shape[1])
    for counts in range(before + gap, len(column) - after + 1):
        earlier = untouched & (column >= counts - gap - before) & (column < counts - gap)
        later = untouched & (column >= counts) & (column < counts + after)
        whole = np.flatnonzero((earlier.sum(1) == before) & (later.sum(1) == after))
        if len(whole):
            yield earlier, later, whole


def _estimates(outcome: Floats, earlier: Bools, later: Bools, whole: Ints) -> Floats:
    """(estimate, spread of the weeks before) of a made-up training at each of these units."""
    mask = np.repeat((earlier | later)[None], len(whole), axis=0)
    mine = np.arange(len(whole)), whole
    mask[mine] &= ~later[whole]
    fitted = fit(outcome[None, None], mask.astype(np.float64))
    rest = outcome[whole] - fitted.values()[mine[0], 0, mine[1]]
    usable = np.all(fitted.known[mine] | ~(earlier | later)[whole], axis=1)
    estimate = np.where(later[whole], rest, 0.0).sum(1) / later[whole].sum(1)
    spread = np.sqrt((np.where(earlier[whole], rest, 0.0) ** 2).sum(1) / np.maximum(earlier[whole].sum(1) - 1, 1))
    made: Floats = np.stack([estimate, spread], axis=1)[usable & (spread > 0)]
    return made
