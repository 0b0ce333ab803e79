"""The estimate: exact without noise, unmoved by what everybody shares, and never compared with trained units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.effects.evaluation import Rules, evaluate
from pantau.domain.effects.group_time import group_times, overall, simple
from pantau.domain.effects.imputation import Reach, effects, impute, unit_effects
from pantau.domain.effects.panels import NEVER, Floats, Panel, Timing, monday, week_number
from tests.effects.dummies import expected
from tests.effects.worlds import COHORTS, world

seeds = st.integers(0, 2**32 - 1)
FAST = Rules(draws=99, check_draws=0)


def everyone(panel: Panel) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.ones(len(panel.units), dtype=bool)


def with_outcome(panel: Panel, outcome: Floats) -> Panel:
    return Panel(panel.units, panel.first_week, outcome, panel.n)


@given(seeds, st.floats(-5, 5))
def test_without_noise_the_effect_is_recovered_exactly_whatever_is_missing(seed: int, effect: float) -> None:
    chance = np.random.default_rng(seed)
    panel, timing = world(chance, 12)
    week = np.arange(panel.outcome.shape[1])
    outcome = (
        chance.normal(0, 9, (12, 1)) + chance.normal(0, 9, (1, len(week))) + effect * (week >= timing.counts[:, None])
    )
    outcome[chance.uniform(size=outcome.shape) < 0.1] = np.nan
    found = impute(with_outcome(panel, outcome), timing, everyone(panel), Reach())
    assert found is not None
    assert found.effect == pytest.approx(effect, abs=1e-8)
    units = unit_effects(with_outcome(panel, outcome), found)
    np.testing.assert_allclose(units[~np.isnan(units)], effect, atol=1e-7)


@given(seeds)
def test_levels_of_units_and_what_all_weeks_share_do_not_matter(seed: int) -> None:
    chance = np.random.default_rng(seed)
    panel, timing = world(chance, 10)
    shared = chance.normal(0, 50, (10, 1)) + chance.normal(0, 50, (1, panel.outcome.shape[1])).cumsum(1)
    here, there = (
        impute(each, timing, everyone(panel), Reach()) for each in (panel, with_outcome(panel, panel.outcome + shared))
    )
    assert here is not None
    assert there is not None
    assert there.effect == pytest.approx(here.effect, abs=1e-6)


def test_before_and_after_alone_is_the_effect_and_what_happened_anyway() -> None:
    panel, timing = world(np.random.default_rng(3), 12, effect=2, trend=0.3)
    found = impute(panel, timing, everyone(panel), Reach())
    assert found is not None
    assert found.naive == pytest.approx(found.effect + found.common, abs=1e-9)
    assert found.naive > 2 * found.effect, "a rising kabupaten flatters every training"


def test_trained_units_are_no_comparison_once_they_are_trained() -> None:
    """What happens to a unit after its training changes nothing in the effect found at others."""
    panel, timing = world(np.random.default_rng(4), 12)
    early, late = timing.counts == COHORTS[0], timing.counts == COHORTS[1]
    changed = panel.outcome + 100 * (np.arange(panel.outcome.shape[1]) >= timing.counts[:, None]) * late[:, None]
    here, there = (impute(each, timing, early, Reach()) for each in (panel, with_outcome(panel, changed)))
    assert here is not None
    assert there is not None
    assert there.effect == pytest.approx(here.effect, abs=1e-9)
    assert not (here.beside & early[:, None]).any()


def test_the_quiet_weeks_are_read_at_no_unit_of_the_cohort_and_at_no_other() -> None:
    panel, timing = world(np.random.default_rng(5), 12, cohorts=(20,))
    quiet, starts = int(timing.quiet[timing.trained][0]), int(timing.starts[timing.trained][0])
    bent = panel.outcome.copy()
    bent[:, quiet:starts] += np.random.default_rng(1).normal(0, 99, (12, starts - quiet))
    here, there = (impute(each, timing, everyone(panel), Reach()) for each in (panel, with_outcome(panel, bent)))
    assert here is not None
    assert there is not None
    assert there.effect == pytest.approx(here.effect, abs=1e-9)


def test_a_week_without_weight_is_a_week_without_data() -> None:
    panel, timing = world(np.random.default_rng(7), 10)
    out = np.random.default_rng(8).uniform(size=panel.outcome.shape) < 0.1
    gone = with_outcome(panel, np.where(out, np.nan, panel.outcome))
    reach = Reach(least_before=1, least_after=1)
    here = impute(gone, timing, everyone(panel), reach)
    there = impute(panel, timing, everyone(panel), reach, weight=np.where(out, 0.0, 1.0))
    assert here is not None
    assert there is not None
    assert there.effect == pytest.approx(here.effect, abs=1e-9)


@given(seeds)
def test_a_pooled_fit_is_that_of_dummies(seed: int) -> None:
    panel, timing = world(np.random.default_rng(seed), 8)
    found = impute(panel, timing, everyone(panel), Reach(pooled=True))
    assert found is not None
    untouched = np.arange(panel.outcome.shape[1]) < timing.quiet[:, None]
    plain = panel.outcome - expected(panel.outcome, untouched)
    assert found.effect == pytest.approx(plain[found.treated].mean(), abs=1e-8)


def test_the_order_dealt_first_is_the_estimate_itself() -> None:
    panel, timing = world(np.random.default_rng(6), 12)
    found = impute(panel, timing, everyone(panel), Reach())
    weight = np.ones(panel.outcome.shape)
    dealt = effects(panel.outcome[None], panel.known, timing, everyone(panel), np.arange(12)[None], Reach(), weight)
    assert found is not None
    assert dealt[0, 0] == pytest.approx(found.effect, abs=1e-9)


def test_group_times_by_hand() -> None:
    """Two groups and one never trained: |--1--[2--3--4] and |--1--2--[3--4|; each against those not trained yet."""
    outcome = np.array([[1.0, 5, 6, 7], [2.0, 2, 8, 9], [3.0, 3.5, 4, 5]])
    group = np.array([1, 2, NEVER])
    found = {(each.group, each.time): each.effect for each in group_times(outcome, group)}
    assert found[1, 1] == pytest.approx(4 - (0 + 0.5) / 2)
    assert found[1, 2] == pytest.approx(5 - 1)
    assert found[2, 1] == pytest.approx(0 - 0.5), "before the training: the change since the week before"
    assert found[2, 3] == pytest.approx(7 - 1.5)
    cells = group_times(outcome, group)
    assert simple(cells, group).effect == pytest.approx(
        np.mean([found[k] for k in ((1, 1), (1, 2), (1, 3), (2, 2), (2, 3))])
    )
    assert overall(cells, group).effect == pytest.approx(
        np.mean([np.mean([found[1, 1], found[2, 2]]), np.mean([found[1, 2], found[2, 3]]), found[1, 3]])
    )


@pytest.mark.parametrize(
    ("units", "weeks", "after", "n", "reason"),
    [
        (12, 40, 20, 20, None),
        (7, 40, 20, 20, "few_units"),
        (12, 40, 10, 20, "few_weeks_before"),
        (12, 23, 20, 20, "few_weeks_after"),
        (12, 40, 20, 0, "few_answers"),
        (12, 40, NEVER, 20, "trained_otherwise"),
    ],
)
def test_what_is_too_little_is_said_and_no_number_with_it(
    units: int, weeks: int, after: int, n: int, reason: str | None
) -> None:
    chance = np.random.default_rng(1)
    counts = np.where(np.arange(units) < units // 2, after, NEVER)
    timing = Timing(np.where(counts < NEVER, counts - 5, NEVER), np.where(counts < NEVER, counts - 1, NEVER), counts)
    outcome = chance.normal(size=(units, weeks))
    panel = Panel(tuple(map(str, range(units))), 0, outcome, np.full(outcome.shape, n))
    found = evaluate(panel, timing, everyone(panel), better=1, rules=FAST)
    assert found.reason == reason
    if reason is None:
        assert found.effect is not None
    else:
        assert found.verdict == "too_little"
        assert [found.effect, found.naive, found.common, found.low, found.high, found.before, found.after] == [None] * 7


def test_the_second_opinion_is_that_of_the_same_weeks() -> None:
    """Without noise it is the effect in every week, whatever the quiet weeks held."""
    panel, timing = world(np.random.default_rng(2), 12)
    week = np.arange(panel.outcome.shape[1])
    outcome = np.arange(12.0)[:, None] + np.sin(week) + 3 * (week >= timing.counts[:, None])
    outcome = outcome - 9 * ((week >= timing.quiet[:, None]) & (week < timing.counts[:, None]))
    found = evaluate(with_outcome(panel, outcome), timing, everyone(panel), better=1, rules=FAST).second
    assert found is not None
    assert [found.effect, found.overall] == [pytest.approx(3), pytest.approx(3)]
    assert [each.since for each in found.weeks] == [*range(FAST.horizon)]
    assert all(each.effect == pytest.approx(3) for each in found.weeks)


def test_where_everybody_is_trained_at_once_nothing_can_be_said() -> None:
    panel, _ = world(np.random.default_rng(1), 12)
    counts = np.full(12, 20)
    found = evaluate(panel, Timing(counts - 5, counts - 1, counts), everyone(panel), better=1, rules=FAST)
    assert (found.verdict, found.reason) == ("too_little", "no_comparison")


@pytest.mark.parametrize(
    ("effect", "better", "verdict"), [(9, 1, "better"), (-9, 1, "worse"), (9, -1, "worse"), (-9, -1, "better")]
)
def test_less_is_better_where_it_is(effect: float, better: int, verdict: str) -> None:
    panel, timing = world(np.random.default_rng(1), 12, effect=effect)
    assert evaluate(panel, timing, everyone(panel), better=better, rules=FAST).verdict == verdict


def test_weeks_are_numbered_from_monday() -> None:
    assert [week_number(monday(week)) for week in (0, 1, 2900)] == [0, 1, 2900]
    assert monday(1).isoformat() == "1970-01-05"
    assert monday(2950).weekday() == 0
