"""How often verdicts on trainings err, and what they find: ``python -m benchmarks.effects [ROW …]``; seeds are fixed.

In the worlds of ``tests/effects/worlds.py`` (40 weeks, four cohorts, effect of the first eight weeks). The interval
moves with the true effect, the estimator being linear, so that one set of runs tells power for every effect.
"""

import sys
import time
from statistics import mean, stdev
from typing import Any, Final

import numpy as np

from pantau.domain.effects.evaluation import Effect, Rules, evaluate
from pantau.domain.effects.imputation import Reach, impute
from pantau.domain.effects.panels import NEVER, Panel, Timing
from pantau.domain.students_t import quantile
from tests.effects.worlds import world

RUNS: Final = 200
RULES: Final = Rules(draws=399, check_draws=99)

ROWS: Final[dict[str, dict[str, Any]]] = {
    "8": {"units": 8},
    "12": {"units": 12},
    "20": {"units": 20},
    "40": {"units": 40},
    "trend": {"units": 20, "trend": 0.15},
    "bad-month": {"units": 20, "chosen": "bad month"},
    "bad-month-12": {"units": 12, "chosen": "bad month"},
    "low": {"units": 20, "chosen": "low"},
    "falling": {"units": 20, "chosen": "falling"},
    "all-trained": {"units": 20, "never": 0.0},
    "one-of-17": {"units": 17, "trained": 1, "cohorts": (30,)},
    "one-of-17-early": {"units": 17, "trained": 1, "cohorts": (16,)},
    "two-of-10": {"units": 10, "trained": 2, "cohorts": (24,)},
}
"""Name -> what is special about the world."""


def main(names: list[str]) -> None:
    """Print a line a row."""
    if not names or {*names} & {*ROWS}:
        _head()
    for name in names or ROWS:
        if name in ("one-sided", "cost"):
            {"one-sided": _one_sided, "cost": _cost}[name]()
            continue
        print(f"{name:<16} {_row(ROWS[name])}", flush=True)
    if not names:
        _one_sided()
        _cost()


def _head() -> None:
    print("percent of runs; without effect, then with one of 1, 2 and 4 points; ± is half the interval")
    print(
        f"{'world':<16} {'better':>6} {'worse':>6} {'holds':>6} | {'+1':>4} {'+2':>4} {'+4':>4} | {'bias':>6} "
        f"{'sd':>5} {'±':>5} | {'before/after better':>19} {'C&S better':>10} | {'pre-trend p<.05':>15} {'ms':>5}"
    )


def _row(special: dict[str, Any]) -> str:
    chance = np.random.default_rng(20_261_126)
    found: list[Effect] = []
    naive: list[float] = []
    begun = time.process_time()
    for _ in range(RUNS):
        panel, timing = world(chance, **special)
        found.append(evaluate(panel, timing, np.ones(len(panel.units), dtype=bool), better=1, rules=RULES))
        naive.append(_paired_low(panel, timing))
    ms = (time.process_time() - begun) * 1000 / RUNS
    said = [each for each in found if each.effect is not None and each.low is not None and each.high is not None]
    lows, highs = np.array([each.low for each in said]), np.array([each.high for each in said])
    estimates = [each.effect for each in said if each.effect is not None]
    second = [each.second.effect - 1.96 * each.second.error for each in said if each.second is not None]
    checks = [each.pre_trend.p < 0.05 for each in said if each.pre_trend is not None]

    def percent(yes: Any) -> str:
        return f"{100 * np.mean(yes):.1f}" if len(yes) else "-"

    return (
        f"{percent(lows > 0):>6} {percent(highs < 0):>6} {percent((lows <= 0) & (highs >= 0)):>6} | "
        f"{percent(lows > -1):>4} {percent(lows > -2):>4} {percent(lows > -4):>4} | {mean(estimates):>6.2f} "
        f"{stdev(estimates):>5.2f} {np.median((highs - lows) / 2):>5.2f} | {percent(np.array(naive) > 0):>19} "
        f"{percent(np.array(second) > 0):>10} | {percent(checks):>15} {ms:>5.0f}"
        + (f"  ({RUNS - len(said)} too little)" if len(said) < RUNS else "")
    )


def _paired_low(panel: Panel, timing: Timing) -> float:
    """The lower end of the interval that a paired t test of before and after gives; of one unit, over its weeks."""
    differences = []
    for unit in np.flatnonzero(timing.counts < NEVER):
        before = panel.outcome[unit, : timing.quiet[unit]]
        after = panel.outcome[unit, timing.counts[unit] : timing.counts[unit] + RULES.horizon]
        if (timing.counts < NEVER).sum() == 1:
            error = np.sqrt(before.var(ddof=1) / len(before) + after.var(ddof=1) / len(after))
            return float(after.mean() - before.mean() - quantile(0.975, len(before) + len(after) - 2) * error)
        differences.append(after.mean() - before.mean())
    error = stdev(differences) / len(differences) ** 0.5
    return float(mean(differences) - quantile(0.975, len(differences) - 1) * error)


def _one_sided() -> None:
    """What comes out for no effect if the quiet weeks are left out at trained units alone, and as we leave them out."""
    for chosen in ("by lot", "bad month", "low", "falling"):
        chance = np.random.default_rng(20_261_126)
        found: list[tuple[float, float]] = []
        for _ in range(RUNS):
            panel, timing = world(chance, 20, chosen=chosen)
            everyone = np.ones(20, dtype=bool)
            alone = impute(panel, timing, everyone, Reach(pooled=True))
            ours = impute(panel, timing, everyone, Reach())
            if alone is not None and ours is not None:
                found.append((alone.effect, ours.effect))
        alone_mean, ours_mean = np.mean(found, axis=0)
        print(
            f"chosen {chosen:<10} quiet weeks at trained units alone {alone_mean:+.2f}, at all units {ours_mean:+.2f}"
        )


def _cost() -> None:
    for units, weeks in ((20, 40), (200, 104), (1000, 104)):
        panel, timing = world(np.random.default_rng(1), units, weeks=weeks)
        begun = time.process_time()
        draws = 999 if units <= 200 else 199
        evaluate(panel, timing, np.ones(units, dtype=bool), better=1, rules=Rules(draws=draws))
        print(f"{units} units, {weeks} weeks, {draws} deals: {time.process_time() - begun:.2f} s of CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
