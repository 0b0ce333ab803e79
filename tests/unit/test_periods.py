"""Periods as people write them, and the laws of a calendar."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.periods import PARTS, Period, last_of, parse

periods = st.sampled_from([*PARTS]).flatmap(
    lambda kind: st.builds(Period, st.just(kind), st.integers(1000, 9997), st.integers(1, PARTS[kind]))
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-S1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-s2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-TW4", date(2026, 10, 1), date(2026, 12, 31)),
        (" 2028-02 ", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, first: date, last: date) -> None:
    assert (parse(text).first, parse(text).last) == (first, last)


@pytest.mark.parametrize("text", ["", "26", "2026-S3", "2026-Q0", "2026-TW5", "2026-13", "2026-00", "2026-Q", "S1"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a period|a year has no"):
        parse(text)


@given(periods)
def test_periods_follow_each_other_without_a_gap(period: Period) -> None:
    assert period.following.previous == period.previous.following == period
    assert period.last + timedelta(1) == period.following.first
    assert period.first <= period.last
    assert period.first.replace(day=1) == period.first


@given(periods)
def test_a_code_is_read_back(period: Period) -> None:
    assert parse(period.code) == period


@settings(max_examples=30)
@given(periods, st.integers(1, 9))
def test_the_last_periods_end_with_the_given_one(period: Period, n: int) -> None:
    found = last_of(period, n)
    assert len(found) == n
    assert found[-1] == period
    assert all(one.following == other for one, other in pairwise(found))
