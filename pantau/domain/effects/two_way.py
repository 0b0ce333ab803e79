"""Weighted least squares on unit and week effects, for unbalanced panels and many masks at once.

A value is unit effect + week effect + rest. Unit effects are eliminated; what remains is one system of as many
equations as there are weeks. Where the units and weeks of a mask fall into parts that share nothing, each part stands
for itself.
"""

import msgspec
import numpy as np

from pantau.domain.effects.panels import Bools, Floats, Ints


class Fit(msgspec.Struct, frozen=True, eq=False):
    """Effects by mask and outcome: ``unit`` is (masks, outcomes, units), ``week`` (masks, outcomes, weeks).

    ``known`` (masks, units, weeks) says where their sum is determined: the unit and the week are linked by the data.
    """

    unit: Floats
    week: Floats
    known: Bools

    def values(self) -> Floats:
        """Unit plus week effect, (masks, outcomes, units, weeks); meaningful where ``known``."""
        total: Floats = self.unit[..., :, None] + self.week[..., None, :]
        return total


def fit(outcomes: Floats, weight: Floats) -> Fit:
    """Fit outcomes (masks or 1, outcomes, units, weeks) under weights (masks, units, weeks); weight 0 leaves out.

    An outcome where the weight is 0 may be anything but infinite or NaN.
    """
    of_unit, of_week = weight.sum(2), weight.sum(1)
    safe = np.where(of_unit > 0, of_unit, 1.0)
    unit_part, week_part = _parts(weight > 0)
    scaled = weight / safe[..., None]
    matrix = -np.swapaxes(scaled, 1, 2) @ weight
    diagonal = np.arange(weight.shape[2])
    matrix[:, diagonal, diagonal] += of_week
    # within a part only differences of week effects are determined: fix their sum; a week without data gets 0
    same = (week_part[:, :, None] == week_part[:, None, :]) & (week_part >= 0)[:, :, None]
    matrix += same * np.maximum(of_week.max(1), 1.0)[:, None, None]
    matrix[:, diagonal, diagonal] += week_part < 0
    mean = np.einsum("bkut,but->bku", outcomes, scaled)
    right = np.einsum("bkut,but->bkt", outcomes, weight) - np.einsum("bku,but->bkt", mean, weight)
    week = np.swapaxes(np.linalg.solve(matrix, np.swapaxes(right, 1, 2)), 1, 2)
    unit = mean - np.einsum("bkt,but->bku", week, scaled)
    known = (unit_part[:, :, None] == week_part[:, None, :]) & (unit_part >= 0)[:, :, None]
    return Fit(unit, week, known)


def residuals(outcomes: Floats, weight: Floats) -> Floats:
    """What is left of outcomes (masks, outcomes, units, weeks) after unit and week effects; 0 where the weight is 0."""
    found: Floats = np.where(weight[:, None] > 0, outcomes - fit(outcomes, weight).values(), 0.0)
    return found


def _parts(present: Bools) -> tuple[Ints, Ints]:
    """Labels of the linked parts of units and weeks by mask, -1 where nothing is present."""
    used: Bools = np.any(present, axis=1)
    week = np.where(used, 0, -1)
    unit = np.where(present.any(2), 0, -1)
    linking: Bools = np.all(present | ~used[:, None, :], axis=2)  # a unit seen in every used week links them all
    one = linking.any(1)
    for index in np.flatnonzero(~one):
        unit[index], week[index] = _parts_of_one(present[index])
    return unit, week


def _parts_of_one(present: Bools) -> tuple[Ints, Ints]:
    weeks = present.shape[1]
    week = np.arange(weeks)
    while True:
        unit = np.where(present, week[None, :], weeks).min(1)
        following = np.where(present, unit[:, None], weeks).min(0)
        if np.array_equal(following, week):
            return np.where(unit < weeks, unit, -1), np.where(week < weeks, week, -1)
        week = following
