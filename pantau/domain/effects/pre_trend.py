"""Were trained units already on a path of their own before? The check of Borusyak, Jaravel and Spiess.

Only untouched weeks are used: the last weeks before the training get effects of their own beside unit and week effects.
How much they explain is compared with what they explain under other deals of the dates. It is shown beside a verdict
and decides nothing: a verdict that is kept only when a check was passed is biased by the check.
"""

import msgspec
import numpy as np

from pantau.domain.effects.imputation import Imputed
from pantau.domain.effects.panels import Bools, Floats, Ints, Panel, Timing
from pantau.domain.effects.permutation import deals
from pantau.domain.effects.two_way import residuals

MOST_LEADS = 8
_REFERENCE_WEEKS = 4
"""Earlier weeks that must be left to compare the leads with."""


class PreTrend(msgspec.Struct, frozen=True):
    """The share of deals whose last ``weeks`` before explain as much or more; small: "already different before"."""

    p: float
    weeks: int


def pre_trend(panel: Panel, timing: Timing, counted: Bools, found: Imputed, *, draws: int) -> PreTrend | None:
    """The check for the trainings as they were; None where there are too few weeks before."""
    known = panel.known
    units = found.treated.any(1)
    leads = min(MOST_LEADS, int(np.median(found.before_weeks[units].sum(1))) - _REFERENCE_WEEKS)
    if leads < 2:
        return None
    outcome = np.where(known, panel.outcome, 0.0)
    orders = np.concatenate([np.arange(len(panel.units))[None], deals(len(panel.units), draws)])
    explained = np.concatenate(
        [
            _explained(outcome, known, timing.quiet[part], counted[part], leads)
            for start in range(0, len(orders), 50)
            for part in [orders[start : start + 50]]
        ]
    )
    return PreTrend(float((explained >= explained[0] - 1e-12).mean()), leads)


def _explained(outcome: Floats, known: Bools, quiet: Ints, counted: Bools, leads: int) -> Floats:
    """The share of what unit and week effects leave that the leads explain, by assignment."""
    column = np.arange(outcome.shape[1])
    untreated = (known & (column < quiet[..., None])).astype(np.float64)
    until = np.where(counted, quiet, -1)[..., None] - column
    lead = np.stack([until == k for k in range(1, leads + 1)], axis=1).astype(np.float64)
    stacked = np.concatenate([np.broadcast_to(outcome, (len(quiet), 1, *outcome.shape)), lead], axis=1)
    rest = residuals(stacked, untreated).reshape(len(quiet), leads + 1, -1)
    y, x = rest[:, 0], rest[:, 1:]
    gram, right = x @ np.swapaxes(x, 1, 2), x @ y[..., None]
    fitted = np.swapaxes(right, 1, 2) @ np.linalg.pinv(gram, hermitian=True) @ right
    total = (y**2).sum(1)
    share: Floats = np.where(total > 0, fitted[:, 0, 0] / np.where(total > 0, total, 1.0), 0.0)
    return share
