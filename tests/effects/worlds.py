"""Made-up units whose training does what we say, to see whether the estimators find it.

Forty weeks, four cohorts in weeks 16, 20, 24 and 28, a quarter of the units never trained; a common drift and season,
levels and volumes that differ by unit, shocks that carry over to the next week (AR .4, sd 1.5 points).
"""

from typing import Literal

import numpy as np

from pantau.domain.effects.panels import NEVER, Panel, Timing

WEEKS = 40
COHORTS = (16, 20, 24, 28)
QUIET_WEEKS = 4
_CARRIED_OVER = 0.4

Chosen = Literal["by lot", "bad month", "low", "falling"]
"""How units are chosen for training: by lot; those with the worst luck in the month before; the lowest in that month;
those that fell most against their own past."""


def world(
    chance: np.random.Generator, units: int, *, effect: float = 0.0, trend: float = 0.0, chosen: Chosen = "by lot",
    never: float = 0.25, cohorts: tuple[int, ...] = COHORTS, weeks: int = WEEKS, trained: int | None = None,
) -> tuple[Panel, Timing]:  # fmt: skip
    """A panel and its timing; the training takes the week before a cohort's column and adds ``effect`` from then on."""
    spread = 1.5 * (volume := chance.uniform(0.5, 1.8, units)) / volume.mean()
    fresh = chance.normal(size=(units, weeks + 20)) * np.sqrt(1 - _CARRIED_OVER**2)
    shocks = np.zeros_like(fresh)
    for week in range(1, weeks + 20):
        shocks[:, week] = _CARRIED_OVER * shocks[:, week - 1] + fresh[:, week]
    shocks = shocks[:, 20:] * spread[:, None]
    column = np.arange(weeks)
    common = chance.normal(0, 0.3, weeks).cumsum() + 1.5 * np.sin(column * 2 * np.pi / 52) + trend * column
    outcome = 80 + chance.normal(0, 3, units)[:, None] + common + shocks
    many = round(units * (1 - never)) if trained is None else trained
    counts = np.full(units, NEVER)
    left = [int(unit) for unit in chance.permutation(units)]
    for first, part in zip(cohorts, np.array_split(np.arange(many), len(cohorts)), strict=True):
        if chosen != "by lot":
            month = slice(first - 1 - QUIET_WEEKS, first - 1)
            past = slice(0, first - 1 - QUIET_WEEKS)
            seen = {
                "bad month": shocks[:, month].mean(1),
                "low": outcome[:, month].mean(1),
                "falling": outcome[:, month].mean(1) - outcome[:, past].mean(1),
            }[chosen]
            left.sort(key=lambda unit, seen=seen: float(seen[unit]))  # type: ignore[misc]  # bound at once
        counts[left[: len(part)]] = first
        left = left[len(part) :]
    outcome = outcome + effect * (column >= counts[:, None])
    starts = np.where(counts < NEVER, counts - 1, NEVER)
    quiet = np.where(counts < NEVER, starts - QUIET_WEEKS, NEVER)
    panel = Panel(tuple(f"u{unit}" for unit in range(units)), 2900, outcome, np.full(outcome.shape, 20))
    return panel, Timing(quiet, starts, counts)
