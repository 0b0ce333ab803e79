"""Which trainings belong together, which weeks they leave, and what a unit-week is worth."""

from datetime import date, timedelta
from math import log

import numpy as np
import pytest

from pantau.domain.effects.outcomes import OUTCOMES, WeekSums, as_told, outcome_named, value
from pantau.domain.effects.panels import NEVER, week_number
from pantau.domain.effects.programmes import Training, place, programmes
from pantau.domain.histogram import edge

MONDAY = date(2026, 3, 2)
FIRST = week_number(MONDAY)
WEEKS = range(FIRST, FIRST + 30)


def training(unit: str, code: str, title: str, week: int, *, days: int = 2, jp: int = 20, kind: int = 4) -> Training:
    starts = MONDAY + timedelta(weeks=week)
    return Training(unit, "siasn", code, title, kind, jp, 5, starts, starts + timedelta(days - 1))


A = training("a", "1", "Pelayanan prima", 10)
B = training("b", "2", " pelayanan  PRIMA ", 14, jp=40, kind=9)
C = training("c", "3", "Magang", 12, days=14)
AGAIN = training("a", "4", "Magang", 20)
ALL = [A, B, C, AGAIN]


def test_an_effect_is_asked_of_all_of_each_title_and_of_each_training() -> None:
    found = programmes(ALL)
    assert [(each.kind, each.key) for each in found] == [
        ("all", ""),
        ("programme", "pelayanan prima"),
        ("programme", "magang"),
        ("training", "siasn/1"),
        ("training", "siasn/3"),
        ("training", "siasn/2"),
        ("training", "siasn/4"),
    ]
    assert found[1].trainings == (A, B)
    assert programmes([]) == []


def test_one_training_at_two_units_is_no_programme_beside_itself() -> None:
    assert [each.kind for each in programmes([A, training("b", "1", "Pelayanan prima", 10)])] == ["all", "training"]


def test_the_weeks_of_a_training() -> None:
    """week 6 7 8 9 | 10 training | 11 counts: four before are quiet; a magang of two weeks counts from the third."""
    found = place(programmes([A])[0], [A], ["a", "x"], WEEKS, 4)
    assert (found.timing.quiet.tolist(), found.timing.starts.tolist()) == ([6, NEVER], [10, NEVER])
    assert found.timing.counts.tolist() == [11, NEVER]
    assert place(programmes([C])[0], [C], ["c"], WEEKS, 4).timing.counts.tolist() == [14]
    assert not found.hidden.any()


def test_another_training_hides_the_weeks_it_touches() -> None:
    prima = next(each for each in programmes(ALL) if each.key == "pelayanan prima")
    found = place(prima, ALL, ["a", "b", "c", "x"], WEEKS, 4)
    assert found.hidden.argmax(1).tolist() == [20, 0, 12, 0], "from a second training on; from one of another title on"
    assert found.hidden.any(1).tolist() == [True, False, True, False]
    assert found.timing.counts.tolist() == [11, 15, NEVER, NEVER]
    assert found.jp[:2].tolist() == [20, 40]
    assert list(found.types) == [4, 9, -1, -1]


def test_a_unit_that_had_another_training_before_tells_nothing_of_this_one() -> None:
    magang = next(each for each in programmes(ALL) if each.key == "siasn/4")
    found = place(magang, ALL, ["a"], WEEKS, 4)
    assert found.timing.counts.tolist() == [NEVER]
    assert found.hidden[0].argmax() == 10


def test_all_trainings_together_count_from_the_first() -> None:
    found = place(programmes(ALL)[0], ALL, ["a"], WEEKS, 4)
    assert found.timing.counts.tolist() == [11]
    assert not found.hidden.any()


@pytest.mark.parametrize(
    ("key", "sums", "worth"),
    [
        ("kompetensi", WeekSums(10, 30), 75.0),
        ("ikm", WeekSums(5, 5 * 36), 100.0),
        ("promise", WeekSums(20, 15), 75.0),
        ("kompetensi", WeekSums(4, 16), None),
        ("promise", WeekSums(19, 19), None),
        ("ikm", None, None),
    ],
)
def test_the_worth_of_a_unit_week(key: str, sums: WeekSums | None, worth: float | None) -> None:
    outcome = outcome_named(key)
    assert outcome is not None
    assert value(outcome, sums) == (pytest.approx(worth) if worth is not None else None)


def test_a_duration_is_worth_its_mean_logarithm_within_a_percent() -> None:
    outcome = outcome_named("service_time")
    assert outcome is not None
    times = np.random.default_rng(1).lognormal(log(600_000), 0.6, 500).astype(int).tolist()
    edges = sorted({edge(each) for each in times})
    counts = [sum(edge(each) == lower for each in times) for lower in edges]
    found = value(outcome, WeekSums(len(times), sum(times), edges, counts))
    assert found == pytest.approx(np.log(times).mean(), abs=0.01)
    assert as_told(outcome, log(0.9)) == pytest.approx(-10)


def test_placebo_outcomes_are_cost_and_facilities() -> None:
    assert [each.key for each in OUTCOMES if each.role == "placebo"] == ["biaya", "sarana"]
    assert {each.key for each in OUTCOMES if each.role == "primary"} == {"kompetensi", "perilaku", "service_time"}
