"""What a report concludes from numbers: the sample, the priorities, who may be told apart, what became of a fall."""

from datetime import date
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.alerts.detection import Transition, Turn
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.reports.followups import FollowUp, Progress, followups
from pantau.domain.reports.satisfaction import (
    LEAST_IN_A_GROUP,
    best,
    graded,
    priorities,
    sample_of,
    told_together,
)
from pantau.domain.skm import ELEMENTS, Sums, ikm
from tests.reports.figures import DAY, FALL, NOON, answers, index


@pytest.mark.parametrize(
    ("served", "needed"),
    [(10, 10), (50, 44), (100, 80), (200, 132), (500, 217), (1_000, 278), (5_000, 357), (10_000, 370), (75_000, 382)],
)
def test_the_sample_is_judged_by_the_printed_table(served: int, needed: int) -> None:
    """Rows of Krejcie and Morgan (1970): as many answers as the table asks for are enough, one fewer is not."""
    assert sample_of(index(needed, served)) == "enough"
    assert sample_of(index(needed - 1, served)) == "below"
    assert index(1, served).minimum == needed


def test_a_sample_without_its_population_is_not_judged() -> None:
    assert sample_of(index(400, None)) == "unknown"
    assert sample_of(index(0, 50)) == "none"


def test_a_mark_is_graded_on_the_scale_of_the_index() -> None:
    assert [graded(Fraction(mark)).grade for mark in ("2.59", "2.60", "3.0640", "3.0644", "3.5320", "3.5324")] == [
        "D", "C", "C", "B", "B", "A",
    ]  # fmt: skip


def test_the_lowest_elements_come_first_and_their_equals_with_them() -> None:
    found = priorities(index(4, 50))
    assert found[0].element.code == "U9"
    assert found[0].mark == 2
    assert len(found) == 9, "the other eight are equal: none of them is left out"
    assert [each.mark for each in best(index(4, 50))] == [3] * 8


marks = st.lists(st.integers(1, 4), min_size=9, max_size=9)


@settings(max_examples=50)
@given(st.lists(marks, min_size=1, max_size=6))
def test_priorities_hold_all_that_is_below_grade_b_and_never_fewer_than_three(people: list[list[int]]) -> None:
    sums = Sums(
        answers=len(people),
        counts=(len(people),) * 9,
        totals=tuple(sum(column) for column in zip(*people, strict=True)),
        complete=len(people),
    )
    found = ikm(sums, population=100)
    first = priorities(found)
    assert len(first) >= 3
    assert [each.mark for each in first] == sorted(each.mark for each in first)
    known = dict(zip((element.code for element in ELEMENTS), found.nrr, strict=True))
    left = {code for code, mark in known.items() if code not in {each.element.code for each in first}}
    for code in left:
        mark = known[code]
        assert mark is not None
        assert graded(mark).grade in ("A", "B")
        assert all(mark > each.mark for each in first)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 40), max_size=8))
def test_nobody_can_be_told_apart_and_nobody_is_lost(counts: dict[str, int]) -> None:
    groups = told_together(counts)
    total = sum(counts.values())
    assert sum(group.n for group in groups) == total
    assert all(group.n >= LEAST_IN_A_GROUP for group in groups) or total < LEAST_IN_A_GROUP
    assert [group.name for group in groups].count(None) <= 1
    assert all(counts[group.name] == group.n for group in groups if group.name is not None)


def test_a_small_group_is_not_found_by_subtraction() -> None:
    """|  P 40  |  L 3  |  would name the three; together they are 43."""
    assert [(each.name, each.n) for each in told_together({"P": 40, "L": 3})] == [(None, 43)]
    assert [(each.name, each.n) for each in told_together({"a": 40, "b": 9, "c": 3, "d": 2})] == [
        ("a", 40), ("b", 9), (None, 5),
    ]  # fmt: skip


def turn(kind: Turn, at: int, *, alert: str = "00000000000000aa", unit: str = "dukcapil") -> Transition:
    return Transition(
        at=at, unit=unit, group="adminduk", indicator="late", turn=kind, alert=alert, day=20_550, since=at - DAY,
        evidence=1, threshold=1, baseline=20_500,
    )  # fmt: skip


def told(
    *turns: Transition, answers: tuple[Acknowledgement, ...] = (), since: int = 0, until: int = NOON + 99 * DAY
) -> tuple[FollowUp, ...]:
    return followups(((each, ()) for each in turns), answers, unit="dukcapil", since=since, until=until)


def test_an_answer_to_any_alert_of_an_incident_is_the_incidents() -> None:
    """late  |----------|     time    |------|      one incident, answered through its second alert."""
    other = "00000000000000bb"
    (one,) = told(
        turn("falling", NOON),
        turn("falling", NOON + DAY, alert=other),
        turn("recovered", NOON + 3 * DAY),
        turn("recovered", NOON + 4 * DAY, alert=other),
        answers=(
            Acknowledgement(alert=other, at=NOON + 2 * DAY, by="Sekcam", note="loket kedua", due=date(2026, 4, 20)),
            Acknowledgement(alert=other, at=NOON + 5 * DAY, by="Sekcam", done=True),
        ),
    )
    assert len(one.falls) == 2
    assert (one.since, one.ended, one.answered_at) == (NOON - DAY, NOON + 4 * DAY, NOON + 2 * DAY)
    assert (one.note, one.due, one.done_at) == ("loket kedua", date(2026, 4, 20), NOON + 5 * DAY)
    assert one.progress(date(2026, 7, 1)) == "done"


def test_only_what_lies_in_the_time_is_told() -> None:
    """begun before and ended within, within, and still open count; ended before, begun after, taken back do not."""
    turns = [turn("falling", NOON), turn("recovered", NOON + 2 * DAY)]
    assert len(told(*turns, since=NOON + DAY)) == 1
    assert len(told(turns[0], since=NOON + 50 * DAY)) == 1, "it is open"
    assert not told(*turns, since=NOON + 3 * DAY)
    assert not told(*turns, until=NOON - 2 * DAY)
    assert not told(turns[0], turn("withdrawn", NOON + DAY))
    assert not told(turn("falling", NOON, unit="other"))


@pytest.mark.parametrize(
    ("answered", "due", "done", "ended", "progress"),
    [
        (1, None, 1, None, "done"),
        (1, date(2026, 4, 30), None, None, "under_way"),
        (1, date(2026, 4, 9), None, None, "overdue"),
        (None, None, None, None, "unanswered"),
        (None, None, None, 1, "passed"),
    ],
)
def test_how_far_a_follow_up_is(
    answered: int | None, due: date | None, done: int | None, ended: int | None, progress: Progress
) -> None:
    each = msgspec.structs.replace(FALL, answered_at=answered, due=due, done_at=done, ended=ended)
    assert each.progress(date(2026, 4, 10)) == progress


def test_the_example_is_what_it_says() -> None:
    found = ikm(answers(4), population=50)
    assert str(found.value) == "72.22"
    assert found.band is not None
    assert found.band.grade == "C"
