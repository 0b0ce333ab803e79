"""Chance for one or a few trained units, where dates can be dealt in too few ways: trainings that never were.

The same estimate is made for every made-up training day at every unit that leaves as many untouched weeks on both
sides. What they show is noise, in units of each unit's own week-to-week spread; the interval is the estimate with that
noise.
"""

from math import inf

import numpy as np

from pantau.domain.effects.imputation import Imputed, untouched_fit
from pantau.domain.effects.panels import Bools, Floats, Panel, Timing
from pantau.domain.effects.permutation import SEED, Chance

LEAST_MADE_UP = 60
"""Made-up trainings below which nothing is said: their weeks overlap, so few of them say little."""


def chance(panel: Panel, timing: Timing, found: Imputed, *, horizon: int, draws: int, level: float) -> Chance | None:
    """The estimate against made-up trainings; None where too few can be made up."""
    rest, untouched = untouched_fit(panel, timing)
    spread = _spread(rest)
    units = np.flatnonzero(found.treated.any(1))
    weeks = found.treated[units].sum(1)
    least_after = int(min(weeks.min(), horizon))
    gap = int(np.median(timing.counts[units] - timing.quiet[units]))
    least_before = int(min(found.before_weeks[units].sum(1).min(), 12))
    pool = made_up(rest, spread, untouched, gap, horizon, least_before, least_after)
    if len(pool) < LEAST_MADE_UP or not (spread[units] > 0).all():
        return None
    share = weeks / weeks.sum()
    if len(units) == 1:
        noise = pool * spread[units[0]]
    else:
        generator = np.random.RandomState(SEED)
        noise = (pool[generator.randint(len(pool), size=(draws, len(units)))] * spread[units] * share).sum(1)
    size = np.sort(np.abs(noise))
    p = (1 + int((size >= abs(found.effect) - 1e-12).sum())) / (len(size) + 1)
    rank = int(np.ceil(level * (len(size) + 1))) - 1
    half = float(size[rank]) if rank < len(size) else inf
    return Chance(p, found.effect - half, found.effect + half)


def _spread(rest: Floats) -> Floats:
    """Each unit's week-to-week spread of what unit and week effects leave; 0 where it is not known."""
    weeks = (~np.isnan(rest)).sum(1)
    many = max(2, int((weeks > 0).sum()))
    squares = np.nansum(rest**2, axis=1)
    # each week effect is learnt from the unit itself too, which takes a share of 1/units from its rest
    spread = np.sqrt(squares / np.maximum(weeks - 1, 1) * many / (many - 1))
    return np.where(weeks > 1, spread, 0.0)


def made_up(
    rest: Floats, spread: Floats, untreated: Bools, gap: int, horizon: int, least_before: int, least_after: int
) -> Floats:
    """The estimate of every made-up training, divided by its unit's spread."""
    known = untreated & ~np.isnan(rest)
    values = np.where(known, rest, 0.0)
    zero = np.zeros((len(rest), 1))
    sums = np.concatenate([zero, values.cumsum(1)], axis=1)
    counts = np.concatenate([zero, known.cumsum(1)], axis=1)
    columns = rest.shape[1]
    found = []
    for quiet in range(1, columns - gap):
        first, end = quiet + gap, min(quiet + gap + horizon, columns)
        before, after = counts[:, quiet], counts[:, end] - counts[:, first]
        usable = (before >= least_before) & (after >= least_after) & (spread > 0)
        if usable.any():
            difference = (sums[usable, end] - sums[usable, first]) / after[usable]
            difference -= sums[usable, quiet] / before[usable]
            found.append(difference / spread[usable])
    return np.concatenate(found) if found else np.empty(0)
