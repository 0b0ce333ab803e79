"""The notice that an IKM lost its grade: only when even the upper bound is below it, and once."""

from pantau.domain.alerts.bands import BandNotice, band_notices
from pantau.domain.alerts.half_hours import Day, HalfHour, day_of


def _days(plan: list[tuple[int, list[int]]]) -> dict[int, Day]:
    """(days, sums of nine marks that are given on each of them)."""
    found: dict[int, Day] = {}
    for days, marks in plan:
        for _ in range(days):
            number = len(found)
            squares = sum(each * each for each in marks)
            found[number] = day_of(number, [HalfHour(number, 20, raters=len(marks), marks=sum(marks), squares=squares)])
    return found


GOOD = [28, 30, 32, 30, 31]
"""IKM 83.9, grade B."""

POOR = [24, 26, 28, 26, 27]
"""IKM 72.8, grade C."""


def _notices(plan: list[tuple[int, list[int]]]) -> list[BandNotice]:
    return band_notices("dukcapil", _days(plan), first=0, upto=1000)


def test_a_grade_that_is_surely_lost_is_told_once() -> None:
    found = _notices([(60, GOOD), (40, POOR)])
    assert [(each.before, each.now) for each in found] == [("B", "C")]
    assert found[0].upper * 100 < 7661
    assert 60 < found[0].day < 80, "before all of the last twenty days are poor"


def test_an_ikm_just_below_the_boundary_is_no_notice() -> None:
    assert not _notices([(60, GOOD), (40, [25, 31, 26, 30, 25])]), "76.1, but it may be 77"


def test_few_raters_are_no_notice() -> None:
    assert not _notices([(60, [30]), (1, POOR)])
    assert not _notices([(60, GOOD)])


def test_a_grade_that_came_back_may_be_lost_again() -> None:
    plan = [(60, GOOD), (25, POOR), (70, GOOD), (40, POOR)]
    assert [each.before for each in _notices(plan)] == ["B", "B"]


def test_only_the_days_that_are_asked_for_are_told_of() -> None:
    days = _days([(60, GOOD), (40, POOR)])
    told = _notices([(60, GOOD), (40, POOR)])[0].day
    assert band_notices("dukcapil", days, first=told, upto=told + 1)
    assert not band_notices("dukcapil", days, first=told + 1, upto=100)
    assert not band_notices("dukcapil", days, first=0, upto=told)
