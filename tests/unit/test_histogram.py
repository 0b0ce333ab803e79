"""Histograms: laws of the merge, the promised error against exact quantiles, and edges that SQL finds as well."""

from collections import Counter
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.histogram import EDGES, MAX_MS, edge, merge, midpoint, quantile
from storage.chdb_engine import ChdbEngine

DURATIONS = st.one_of(
    st.integers(0, 200),
    st.integers(0, 3_600_000),
    st.integers(0, MAX_MS),
    st.sampled_from(EDGES).flatmap(lambda at: st.integers(max(0, at - 1), min(MAX_MS, at + 1))),
)
VALUES = st.lists(DURATIONS, max_size=60)
SHARES = st.one_of(st.sampled_from((0.5, 0.9, 0.95, 0.99, 1.0)), st.floats(0.001, 1.0))


def histogram(values: list[int]) -> dict[int, int]:
    return dict(Counter(map(edge, values)))


@given(VALUES, VALUES, VALUES)
def test_merge_is_associative_and_commutative(a: list[int], b: list[int], c: list[int]) -> None:
    one, two, three = map(histogram, (a, b, c))
    assert merge(merge(one, two), three) == merge(one, merge(two, three))
    assert merge(one, two) == merge(two, one)


@given(VALUES, VALUES)
def test_the_merge_of_parts_is_the_histogram_of_the_whole(a: list[int], b: list[int]) -> None:
    assert merge(histogram(a), histogram(b)) == histogram(a + b)


@given(VALUES, VALUES)
def test_what_is_taken_out_again_leaves_no_trace(a: list[int], b: list[int]) -> None:
    negative = {lower: -n for lower, n in histogram(b).items()}
    assert merge(merge(histogram(a), histogram(b)), negative) == histogram(a)
    assert merge(histogram(a), {}) == histogram(a)


@given(st.lists(DURATIONS, min_size=1, max_size=60), SHARES)
def test_a_quantile_is_within_one_percent_of_the_exact_nearest_rank(values: list[int], q: float) -> None:
    exact = sorted(values)[max(1, ceil(q * len(values) - 1e-9)) - 1]
    found = quantile(histogram(values), q)
    assert found is not None
    assert abs(found - exact) <= exact * 0.01


@given(st.lists(st.integers(0, 99), min_size=1, max_size=60), SHARES)
def test_below_a_tenth_of_a_second_a_quantile_is_exact(values: list[int], q: float) -> None:
    assert quantile(histogram(values), q) == sorted(values)[max(1, ceil(q * len(values) - 1e-9)) - 1]


@given(DURATIONS)
def test_a_bucket_holds_its_value_and_is_named_by_its_lower_edge(value: int) -> None:
    lower = edge(value)
    above = EDGES[EDGES.index(lower) + 1]
    assert lower <= value < above
    assert edge(lower) == lower
    assert abs(midpoint(lower) - value) <= value * 0.01


def test_no_bucket_is_wider_than_two_percent() -> None:
    assert EDGES[:101] == tuple(range(101)), "one value a bucket below 100 ms"
    assert all(above - lower - 1 <= lower * 0.02 for lower, above in pairwise(EDGES))
    assert all(above > lower for lower, above in pairwise(EDGES))
    assert (edge(1250), EDGES[EDGES.index(1234) + 1]) == (1234, 1258)


def test_a_duration_beyond_the_last_edge_shares_the_last_bucket() -> None:
    assert edge(2**62) == EDGES[-1] > MAX_MS


def test_an_empty_histogram_has_no_quantile() -> None:
    assert quantile({}, 0.5) is None


def test_a_count_below_zero_is_a_bug_and_said() -> None:
    with pytest.raises(ValueError, match="negative"):
        quantile({5: -1}, 0.5)


@pytest.mark.parametrize(("q", "rank"), [(0.5, 5), (0.9, 9), (0.95, 10), (0.1, 1), (0.3, 3), (1.0, 10)])
def test_the_rank_is_the_nearest_one(q: float, rank: int) -> None:
    """0.1 * 3 is 0.30000000000000004 to a computer, and still the first of three."""
    assert quantile(histogram(list(range(1, 11))), q) == rank


def test_sql_finds_the_same_bucket_around_every_edge(engine: ChdbEngine) -> None:
    around = sorted({max(0, at + off) for at in EDGES for off in (-1, 0, 1)} | {2**62})
    rows = engine.query(
        "SELECT arrayJoin({values:Array(Int64)}) AS value, roundDown(value, {edges:Array(Int64)})",
        {"values": around, "edges": [*EDGES]},
    ).rows
    assert rows == [(value, edge(value)) for value in around]
