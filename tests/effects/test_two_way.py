"""Unit and week effects by elimination are those of one dummy a unit and a week, whatever is missing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.effects.two_way import fit, residuals
from tests.effects.dummies import expected, regression, slopes

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 7), st.integers(1, 7), st.floats(0.1, 1))
def test_fitted_values_are_those_of_dummies(seed: int, units: int, weeks: int, share: float) -> None:
    chance = np.random.default_rng(seed)
    outcome, weight = chance.normal(size=(units, weeks)), chance.uniform(0.5, 2, (units, weeks))
    used = chance.uniform(size=(units, weeks)) < share
    found = fit(outcome[None, None], (weight * used)[None])
    np.testing.assert_allclose(
        np.where(used, found.values()[0, 0], 0), np.where(used, expected(outcome, used, weight), 0), atol=1e-8
    )
    assert (found.known[0] >= used).all()


@given(seeds)
def test_where_data_link_unit_and_week_the_sum_is_recovered_exactly(seed: int) -> None:
    chance = np.random.default_rng(seed)
    truth = chance.normal(size=(6, 1)) + chance.normal(size=(1, 8))
    used = chance.uniform(size=truth.shape) < 0.4
    found = fit(truth[None, None], used[None].astype(float))
    np.testing.assert_allclose(found.values()[0, 0][found.known[0]], truth[found.known[0]], atol=1e-8)


def test_parts_that_share_nothing_tell_nothing_of_each_other() -> None:
    used = np.zeros((4, 6), dtype=bool)
    used[:2, :3] = used[2:, 3:] = True
    found = fit(np.ones((1, 1, 4, 6)), used[None].astype(float))
    assert (found.known[0] == used).all()


def test_a_week_and_a_unit_without_data_are_unknown() -> None:
    used = np.ones((3, 4), dtype=bool)
    used[1], used[:, 2] = False, False
    found = fit(np.ones((1, 1, 3, 4)), used[None].astype(float))
    assert (found.known[0] == used).all()


def test_many_masks_at_once_are_each_by_itself() -> None:
    chance = np.random.default_rng(1)
    outcome = chance.normal(size=(1, 2, 5, 6))
    masks = (chance.uniform(size=(9, 5, 6)) < 0.6).astype(float)
    together = residuals(outcome, masks)
    for index, mask in enumerate(masks):
        np.testing.assert_allclose(together[index], residuals(outcome, mask[None])[0], atol=1e-10)


@given(seeds)
def test_coefficients_are_those_of_dummies(seed: int) -> None:
    chance = np.random.default_rng(seed)
    outcome, regressors = chance.normal(size=(9, 6)), chance.normal(size=(2, 9, 6))
    used = chance.uniform(size=outcome.shape) < 0.9
    found = slopes(outcome, regressors, used)
    np.testing.assert_allclose(found, regression(outcome, regressors, used)[0], atol=1e-8)


def test_nothing_is_left_of_what_the_effects_explain() -> None:
    explained = np.arange(6.0)[None, None, None] * np.ones((1, 1, 5, 6))
    np.testing.assert_allclose(residuals(explained, np.ones((1, 5, 6))), 0, atol=1e-10)
