"""Offices with few visits are asked for less, never for more, and always for clearly more than what is watched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.alerts_world import GROUP, history_of, office, simulate, working_day
from pantau.domain.alerts.baselines import Baseline
from pantau.domain.alerts.detection import begin_week
from pantau.domain.alerts.few_visits import ease
from pantau.domain.alerts.half_hours import ALL, Stream
from pantau.domain.alerts.policy import ALERT_SOONER, INDICATORS, MICRO, QUIET, Indicator, Policy

OF_GROUPS: tuple[tuple[str, Indicator], ...] = ((GROUP, "late"), (GROUP, "time"), (ALL, "satisfaction"))
INDICATOR = st.sampled_from(INDICATORS)
POLICY = st.sampled_from((QUIET, ALERT_SOONER))
VISITS = st.floats(0.5, 2000)
SHARED = st.integers(0, MICRO)


@given(INDICATOR, POLICY, VISITS, VISITS, SHARED)
def test_fewer_visits_never_raise_the_threshold_nor_the_shift(
    indicator: Indicator, policy: Policy, one: float, other: float, shared: int
) -> None:
    few, more = (ease(indicator, visits, shared, policy) for visits in sorted((one, other)))
    assert few.less >= more.less >= 0
    assert 0 < few.gentle <= more.gentle <= 1


@given(INDICATOR, POLICY, VISITS, SHARED)
def test_a_threshold_is_an_integer_clearly_above_what_is_watched(
    indicator: Indicator, policy: Policy, visits: float, shared: int
) -> None:
    eased = ease(indicator, visits, shared, policy)
    assert isinstance(eased.less, int)
    assert policy.thresholds[indicator] - eased.less > policy.watch + MICRO // 2


@given(INDICATOR, POLICY, st.floats(0, 1000), SHARED)
def test_an_office_like_the_reference_or_larger_is_spared_nothing(
    indicator: Indicator, policy: Policy, more: float, shared: int
) -> None:
    eased = ease(indicator, policy.reference_visits[indicator] + more, shared, policy)
    assert (eased.less, eased.gentle) == (0, 1.0)


@given(INDICATOR, VISITS, SHARED, SHARED)
def test_days_that_scatter_more_spare_less(indicator: Indicator, visits: float, one: int, other: int) -> None:
    """Where a shock is common to all visits of a day, more visits tell little more."""
    calm, wild = (ease(indicator, visits, shared, QUIET) for shared in sorted((one, other)))
    assert wild.less <= calm.less


def test_what_is_spared_is_the_logarithm_of_what_is_told_less() -> None:
    """With rho 1/80, 80 visits tell as much as 40 independent ones, and 40 as much as 26.7: half as much again."""
    eased = ease("satisfaction", 10, 50_000, QUIET)
    assert (eased.less, eased.gentle) == (405_465, 1.0), "ln 1.5: 20 raters tell as much as 10, and 10 as much as 6.7"
    eased = ease("time", 40, 12_500, QUIET)
    assert eased.gentle == pytest.approx(1 - 0.3 * 0.405_465, abs=1e-6)
    assert eased.less == 535_163, "ln 1.5, and of a shift of 0.878: 0.130"
    assert eased.recovery(6_000_000) == 4_279_536, "(6 - 0.535) * 0.878 / 1.122"


@pytest.fixture(scope="module")
def judged() -> dict[str, dict[Stream, Baseline]]:
    """Baselines of three offices each with 20 and with 100 visits a day."""
    found = {}
    for visits in (20, 100):
        made = [(f"u{i}", *simulate(office(f"few/{i}"), visits, range(50))) for i in range(3)]
        for order, name in ((made, f"{visits}"), (made[::-1], f"{visits} from behind")):
            found[name] = begin_week(working_day(50), None, history_of(order), QUIET, lambda *_: False).baselines
    return found


def test_a_small_office_has_a_lower_threshold_and_gentler_weights(judged: dict[str, dict[Stream, Baseline]]) -> None:
    for unit in ("u0", "u1", "u2"):
        for group, indicator in OF_GROUPS:
            few, many = judged["20"][unit, group].scales[indicator], judged["100"][unit, group].scales[indicator]
            asked = QUIET.thresholds[indicator] + (QUIET.late_beside_time if indicator == "late" else 0)
            assert many.threshold == asked
            assert asked - 1_600_000 < few.threshold < asked - 700_000
            assert few.recovery < many.recovery == QUIET.recovery
            assert few.cap == round(few.threshold * QUIET.day_cap)
            if indicator != "satisfaction":
                assert few.other.gain < many.other.gain


def test_thresholds_are_the_same_in_whatever_order_offices_come(judged: dict[str, dict[Stream, Baseline]]) -> None:
    for visits in ("20", "100"):
        assert judged[visits] == judged[f"{visits} from behind"]
