"""The states of units and sources: what makes one, which of several is told, and how rarely chance makes a fall."""

from fractions import Fraction
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.live.states import (
    CLOSED_FACTOR,
    FALL_CHANCE,
    SILENT_AFTER_MS,
    SILENT_GAPS,
    SOURCE_ORDER,
    UNIT_ORDER,
    SourceFacts,
    UnitFacts,
    at_most,
    is_falling,
    source_state,
    unit_state,
)

WELL: dict[str, Any] = {
    "ever": True, "is_open": True, "last_event": 1000, "quiet_ms": 0, "usual_gap_ms": 60_000, "judged": 100, "kept": 95,
    "judged_before": 2000, "kept_before": 1900, "falling_since": 7, "ratio": 0.5, "ratio_n": 90, "overdue": 0,
    "overdue_since": None, "minimum": 30,
}  # fmt: skip
HEALTHY: dict[str, Any] = {
    "ever": True, "live": True, "working": True, "quiet_ms": 0, "usual_gap_ms": 60_000, "delay_ms": 0,
    "clock_faults": 0, "frozen": False, "events": 999, "rejects": 0,
}  # fmt: skip


def unit(**facts: Any) -> str:
    return unit_state(UnitFacts(**{**WELL, **facts})).key


def source(**facts: Any) -> str:
    return source_state(SourceFacts(**{**HEALTHY, **facts}))


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "good"),
        ({"ever": False}, "none"),
        ({"kept": 60}, "falling"),
        ({"overdue": 1, "overdue_since": 5}, "overdue"),
        ({"ratio": 1.01}, "below"),
        ({"ratio": 1.01, "ratio_n": 29}, "good"),
        ({"judged": 29, "kept": 28}, "few"),
        ({"is_open": False}, "closed"),
        ({"quiet_ms": SILENT_AFTER_MS + 1}, "silent"),
        ({"quiet_ms": SILENT_AFTER_MS + 1, "is_open": False}, "closed"),
        ({"quiet_ms": CLOSED_FACTOR * SILENT_AFTER_MS + 1, "is_open": False}, "silent"),
        ({"kept": 60, "quiet_ms": 10**8}, "falling"),
        ({"overdue": 1, "quiet_ms": 10**8}, "silent"),
        ({"overdue": 1, "is_open": False}, "closed"),
    ],
)
def test_the_most_pressing_state_of_a_unit_is_told(facts: dict[str, Any], state: str) -> None:
    assert unit(**facts) == state


def test_an_office_that_seldom_speaks_is_given_more_time() -> None:
    rare = 10 * 60_000
    assert unit(usual_gap_ms=rare, quiet_ms=SILENT_GAPS * rare) == "good"
    assert unit(usual_gap_ms=rare, quiet_ms=SILENT_GAPS * rare + 1) == "silent"
    assert unit(usual_gap_ms=None, quiet_ms=SILENT_AFTER_MS + 1) == "silent"


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "good"),
        ({"ever": False}, "none"),
        ({"ever": False, "rejects": 3}, "rejects"),
        ({"clock_faults": 1, "rejects": 3}, "clock"),
        ({"frozen": True}, "frozen"),
        ({"quiet_ms": SILENT_AFTER_MS + 1}, "silent"),
        ({"quiet_ms": SILENT_AFTER_MS + 1, "working": False}, "good"),
        ({"quiet_ms": SILENT_AFTER_MS + 1, "live": False}, "good"),
        ({"quiet_ms": 10**9, "usual_gap_ms": None}, "rare"),
        ({"quiet_ms": 10**9, "usual_gap_ms": 5 * 60 * 60_000}, "rare"),
        ({"delay_ms": 11 * 60_000}, "late"),
        ({"delay_ms": 11 * 60_000, "live": False}, "good"),
        ({"rejects": 1}, "rejects"),
        ({"rejects": 1, "events": 1000}, "good"),
    ],
)
def test_the_most_pressing_state_of_a_source_is_told(facts: dict[str, Any], state: str) -> None:
    assert source(**facts) == state


def test_every_state_has_its_place_in_the_order_of_need() -> None:
    assert [*UNIT_ORDER] == ["falling", "overdue", "below", "silent", "good", "few", "closed", "none"]
    assert [*SOURCE_ORDER] == ["clock", "frozen", "silent", "late", "rejects", "good", "rare", "none"]


@given(st.integers(0, 120), st.data(), st.integers(1, 99))
def test_the_tail_is_that_of_the_exact_binomial(n: int, data: st.DataObject, percent: int) -> None:
    successes = data.draw(st.integers(0, n))
    p = Fraction(percent, 100)
    exact = sum((comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(successes + 1)), Fraction())
    assert at_most(successes, n, percent / 100) == pytest.approx(float(exact), rel=1e-9, abs=1e-300)


@given(st.integers(1, 400), st.integers(100, 5000), st.data())
def test_keeping_one_more_promise_never_makes_a_fall(judged: int, before: int, data: st.DataObject) -> None:
    kept_before = data.draw(st.integers(0, before))
    falls = [is_falling(kept, judged, kept_before, before) for kept in range(judged + 1)]
    assert falls == sorted(falls, reverse=True)


@given(st.integers(1, 300), st.integers(50, 99))
def test_a_usual_day_is_called_a_fall_less_than_once_in_a_thousand(judged: int, percent: int) -> None:
    """Whatever the size of the office: the exact chance that a day like all others is called falling."""
    before, share = 10_000, percent / 100
    kept_before = percent * 100
    worst = max((kept for kept in range(judged + 1) if is_falling(kept, judged, kept_before, before)), default=None)
    assert worst is None or at_most(worst, judged, share) < FALL_CHANCE * 1.01


def test_an_office_that_never_broke_a_promise_does_not_fall_at_its_first() -> None:
    assert not is_falling(9, 10, 5000, 5000)
    assert not is_falling(0, 0, 5000, 5000)
    assert not is_falling(0, 50, 99, 99)
