"""Indicators as pure functions of what is known of a slice, and the clock changes that place it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain import histogram
from pantau.domain.indicator_catalogue import MAIN, catalogue, fixed
from pantau.domain.indicators import Choices, Evidence, Indicator, Value, choices_of
from pantau.domain.registry import Definitions
from pantau.domain.windows import Accumulator
from pantau.domain.zones import offset_ms
from storage.slices import offsets

ALL = catalogue(["antri"])
waits = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60)


def accumulator(values: list[int]) -> Accumulator:
    held = Accumulator()
    for value in values:
        held.add(Accumulator(1, value, 0, 0, {histogram.edge(value): 1}))
    return held


@pytest.mark.parametrize("indicator", ALL.values(), ids=ALL)
def test_nothing_known_is_unknown_with_a_reason(indicator: Indicator) -> None:
    found = indicator.compute(Evidence(), Choices())
    assert found.value is None
    assert found.reason is not None
    assert found.n == 0


@pytest.mark.parametrize("indicator", ALL.values(), ids=ALL)
def test_every_indicator_is_told_in_both_languages(indicator: Indicator) -> None:
    for text in (indicator.title, indicator.definition):
        assert text.id.strip()
        assert text.en.strip()
    assert indicator.definition.id.endswith(".")
    assert indicator.definition.en.endswith(".")


def test_the_choices_an_indicator_names_exist() -> None:
    named = {choice for indicator in ALL.values() for choice in indicator.touched_by}
    assert named <= set(Choices.__struct_fields__)
    assert set(MAIN) <= set(fixed())


@given(waits)
def test_a_mean_is_exact_and_leaving_zeros_out_changes_only_what_is_divided_by(values: list[int]) -> None:
    evidence = Evidence({"wait_to_call": accumulator(values)})
    compute = fixed()["wait_to_call.mean"].compute
    assert compute(evidence, Choices()).value == sum(values) / len(values)
    waited = [value for value in values if value]
    without = compute(evidence, Choices(zero_waits="not_counted"))
    if waited:
        assert (without.value, without.n) == (sum(values) / len(waited), len(waited))
    else:
        assert without == Value(value=None, reason="no_data")


@given(waits, st.sampled_from([("p50", 0.5), ("p90", 0.9), ("p95", 0.95)]))
def test_a_percentile_is_within_one_per_cent_of_the_nearest_rank(values: list[int], what: tuple[str, float]) -> None:
    name, q = what
    found = fixed()[f"service_time.{name}"].compute(Evidence({"service_time": accumulator(values)}), Choices()).value
    exact = sorted(values)[max(0, -(-int(q * 100) * len(values) // 100) - 1)]
    assert found == pytest.approx(exact, rel=0.01)


@given(waits)
def test_the_order_of_merging_changes_nothing(values: list[int]) -> None:
    half = len(values) // 2
    left, right = accumulator(values[:half]), accumulator(values[half:])
    right.add(left)
    once = {"wait_to_start": accumulator(values)}
    for name, indicator in fixed().items():
        if name.startswith("wait_to_start.") and not indicator.visits_only:
            merged = indicator.compute(Evidence({"wait_to_start": right}), Choices())
            assert merged == indicator.compute(Evidence(once), Choices())


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_shares_count_between_none_and_all(served: int, left: int, no_shows: int) -> None:
    cells = {
        "outcome.served": Accumulator(served),
        "outcome.left": Accumulator(left),
        "outcome.no_show": Accumulator(no_shows),
    }
    found = fixed()["abandonment"].compute(Evidence(cells), Choices())
    if served + left + no_shows:
        assert found.value == left / (served + left + no_shows)
    else:
        assert found.reason == "nobody"


def test_none_is_zero_only_where_its_family_is_known() -> None:
    """A permit office has no called tickets: that is unknown, not 0. An office with tickets had none called: 0."""
    called = fixed()["called"]
    cells = {"arrivals": Accumulator(5)}
    assert called.compute(Evidence(cells, families=frozenset({"visits"})), Choices()).reason == "no_data"
    known = Evidence(cells, families=frozenset({"visits", "tickets"}))
    assert called.compute(known, Choices()) == Value(value=0, n=0)
    assert called.compute(Evidence(families=frozenset({"tickets"})), Choices()).value is None


def test_choices_come_from_the_registry() -> None:
    chosen = choices_of(
        Definitions(zero_waits="not_counted", leavers_in_sla=False, ikm_weight="0.11", finished="approved")
    )
    assert (chosen.zero_waits, chosen.leavers, chosen.ikm_weight, chosen.finished) == (
        "not_counted",
        "not_counted",
        "0.11",
        "approved",
    )
    assert choices_of(Definitions()) == Choices()


ZONES = st.sampled_from(
    ["Asia/Jakarta", "Europe/Amsterdam", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Chicago"]
)
START = int(datetime(2019, 1, 1, tzinfo=UTC).timestamp() * 1000)
END = int(datetime(2021, 1, 1, tzinfo=UTC).timestamp() * 1000)


@given(ZONES, st.integers(START, END - 1))
def test_the_table_of_clock_changes_gives_the_offset_of_every_instant(zone: str, at: int) -> None:
    changes, found = offsets(zone, START, END)
    assert changes == sorted(changes)
    assert found[max(place for place, change in enumerate(changes) if change <= at)] == offset_ms(zone, at)


def test_a_zone_without_clock_changes_has_one_offset() -> None:
    assert offsets("Asia/Jakarta", START, END)[1] == [25_200_000]
    assert len(offsets("Europe/Amsterdam", START, END)[1]) == 5
