"""What chance alone would have shown: the trainings' dates are dealt to the units anew, many times, from a fixed seed.

Under "no effect" every deal is as likely as the one that happened, whatever the weeks of a unit have to do with each
other. The interval holds the effects that the deals do not refute (test inversion); the estimator being linear, a deal
costs one fit of two outcomes: what was measured, and the effect of size one that is asked about.
"""

from math import comb, floor, inf

import msgspec
import numpy as np

from pantau.domain.effects.imputation import Reach, effects
from pantau.domain.effects.panels import Bools, Floats, Ints, Panel, Timing

SEED = 20_140_017
"""The same deals at every run: the same data give the same verdict."""

_CHUNK = 4_000_000
"""Numbers that a batch of deals may take in one array."""


class Chance(msgspec.Struct, frozen=True):
    """How an estimate stands to chance: the share of deals at least as far from none, and the effects not refuted."""

    p: float
    low: float
    high: float


def deals(units: int, draws: int, seed: int = SEED) -> Ints:
    """``draws`` orders of the units (draws, units). NumPy keeps the numbers of this generator for ever."""
    generator = np.random.RandomState(seed)
    return np.array([generator.permutation(units) for _ in range(draws)], dtype=np.int64).reshape(draws, units)


def different_deals(timing: Timing, counted: Bools) -> int:
    """In how many ways the dates can be dealt to the units."""
    left, ways = len(counted), 1
    columns = (timing.quiet, timing.starts, timing.counts, counted)
    pairs = list(zip(*(column.tolist() for column in columns), strict=True))
    for pair in set(pairs):
        same = pairs.count(pair)
        ways *= comb(left, same)
        left -= same
    return ways


def chance(
    panel: Panel,
    timing: Timing,
    counted: Bools,
    reach: Reach,
    estimate: float,
    *,
    draws: int,
    level: float = 0.95,
    weight: Floats | None = None,
) -> Chance:
    """The estimate under all deals. ``counted`` travels with the dates."""
    known = panel.known
    outcome = np.where(known, panel.outcome, 0.0)
    column = np.arange(known.shape[1])
    effect_of_one = known & counted[:, None] & (column >= timing.counts[:, None])
    outcomes = np.stack([outcome, effect_of_one.astype(np.float64)])
    weights = np.ones(outcome.shape) if weight is None else weight
    orders = deals(len(panel.units), draws)
    step = max(1, _CHUNK // (outcome.size * 4 + known.shape[1] ** 2))
    both = np.concatenate(
        [
            effects(outcomes, known, timing, counted, orders[start : start + step], reach, weights)
            for start in range(0, draws, step)
        ]
    )
    return invert(estimate, both[:, 0], both[:, 1], level)


def invert(estimate: float, dealt: Floats, slope: Floats, level: float = 0.95) -> Chance:
    """The p-value of no effect and the interval of the effects δ with p(δ) > 1 - level.

    A deal gives ``dealt - δ·slope`` when the true effect is δ and refutes δ less if that is at least as far from 0 as
    ``estimate - δ``. Deals that could not be estimated count against the estimate.
    """
    draws = len(dealt)
    lost = np.isnan(dealt) | np.isnan(slope)
    far = lost | (np.abs(np.where(lost, 0.0, dealt)) >= abs(estimate) - 1e-12)
    p = (1 + int(far.sum())) / (draws + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        one = (dealt - estimate) / (slope - 1)
        two = (dealt + estimate) / (slope + 1)
    endless = lost | (np.abs(slope) >= 1 - 1e-9)
    low = np.where(endless, -inf, np.fmin(one, two))
    high = np.where(endless, inf, np.fmax(one, two))
    least = floor((1 - level) * (draws + 1) + 1e-9)
    if draws < 1 or least < 1:
        return Chance(p, -inf, inf)
    return Chance(p, float(np.sort(low)[least - 1]), float(np.sort(high)[draws - least]))
