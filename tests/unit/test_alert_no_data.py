"""Silence is counted in visits that were expected while the office was open, and nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.alerts.no_data import EXPECTED_VISITS, NoData, SilentSource, no_data, rhythm_of, silent_sources
from pantau.domain.calendars import Calendar
from pantau.domain.zones import DAY, HOUR, MINUTE

ZONE = "Asia/Jakarta"
MONDAY = 1_774_803_600_000
"""2026-03-30, midnight in Jakarta."""

WEEK = tuple(((8 * 60, 12 * 60), (13 * 60, 16 * 60)) if day < 5 else () for day in range(7))
CALENDAR = Calendar(ZONE, WEEK, holidays=frozenset({date(2026, 4, 3)}))
NUMBER = 20_542


def _rhythm(visits_a_half_hour: int) -> dict[int, int]:
    slots = [*range(16, 24), *range(26, 32)]
    days = [NUMBER - 7 * week + weekday for week in (1, 2) for weekday in range(5)]
    return dict(rhythm_of((day, slot, visits_a_half_hour) for day in days for slot in slots))


def _silent(last: int, now: int, visits: int = 6) -> int | None:
    found = no_data("dukcapil", last=last, now=now, rhythm=_rhythm(visits), calendar=CALENDAR)
    return None if found is None else found.at


def test_twelve_expected_visits_that_did_not_come_are_no_data() -> None:
    """6 a half hour: |08:00 last event|---- 12 visits ----|09:00|"""
    eight = MONDAY + 8 * HOUR
    assert _silent(eight, eight + 59 * MINUTE) is None
    assert _silent(eight, eight + HOUR) == eight + HOUR
    assert _silent(eight, eight + 5 * HOUR) == eight + HOUR, "when it was plain, not when somebody looked"


@pytest.mark.parametrize(("visits", "hours"), [(1, 7), (3, 2), (12, 0.5), (24, 0.5)])
def test_a_busy_office_is_missed_sooner(visits: int, hours: float) -> None:
    """At one visit a half hour it takes 12 half hours of opening, lunch between them."""
    eight = MONDAY + 8 * HOUR
    assert _silent(eight, eight + DAY, visits) == eight + round(hours * HOUR)


def test_nobody_is_expected_at_lunch_at_night_on_weekends_and_holidays() -> None:
    thursday_16 = MONDAY + 3 * DAY + 16 * HOUR
    assert _silent(thursday_16, MONDAY + 7 * DAY + 8 * HOUR) is None, "Friday is a holiday"
    assert _silent(thursday_16, MONDAY + 7 * DAY + 10 * HOUR) == MONDAY + 7 * DAY + 9 * HOUR
    noon = MONDAY + 12 * HOUR
    assert _silent(noon, noon + HOUR) is None


def test_a_new_office_has_no_rhythm_to_miss() -> None:
    assert rhythm_of((NUMBER + day, 16, 40) for day in range(4)) == {}
    assert no_data("baru", last=MONDAY, now=MONDAY + DAY, rhythm={}, calendar=CALENDAR) is None


@given(st.integers(0, 7 * 48), st.integers(0, 7 * 48), st.integers(1, 20))
def test_what_is_silent_stays_silent_until_an_event_comes(last: int, later: int, visits: int) -> None:
    start = MONDAY + last * 30 * MINUTE
    early, late = (_silent(start, start + hours * 30 * MINUTE, visits) for hours in (later, later + 1))
    assert early is None or late == early


def _sources(heard: dict[str, dict[str, int]], now: int, *silent: str) -> list[SilentSource]:
    """Units expect a word every minute; ``silent`` have none since their last; six minutes of silence are too many."""
    last = {unit: max(words.get(unit, 0) for words in heard.values()) for unit in silent}
    gaps = [NoData(unit, last[unit], now, 12_000) for unit in silent]
    return silent_sources(gaps, heard, lambda _, since: now - since >= 6 * MINUTE)


def test_a_source_that_falls_silent_explains_all_its_units_also_those_that_are_not_yet_missed() -> None:
    heard = {"pusat": {"a": 8 * MINUTE, "b": 9 * MINUTE, "c": 10 * MINUTE}, "sendiri": {"d": 25 * MINUTE}}
    found = _sources(heard, 25 * MINUTE, "a", "b")
    assert found == [SilentSource("pusat", 10 * MINUTE, 25 * MINUTE, ("a", "b", "c"), ("a", "b"))]


def test_a_unit_that_is_silent_while_its_source_speaks_of_others_is_told_by_itself() -> None:
    assert not _sources({"pusat": {"a": 8 * MINUTE, "b": 24 * MINUTE}}, 25 * MINUTE, "a")


def test_a_source_of_one_unit_is_that_unit() -> None:
    assert not _sources({"sendiri": {"a": 8 * MINUTE}, "lain": {"b": 9 * MINUTE}}, 25 * MINUTE, "a", "b")


def test_a_survey_that_speaks_rarely_is_not_blamed_for_a_queue_machine() -> None:
    """Both units answered surveys of one source a while ago; then the machine of one of them died."""
    heard = {"antrean-a": {"a": 8 * MINUTE}, "antrean-b": {"b": 24 * MINUTE}, "skm": {"a": MINUTE, "b": 2 * MINUTE}}
    assert not _sources(heard, 25 * MINUTE, "a")


def test_the_rule_is_the_one_that_is_written() -> None:
    assert EXPECTED_VISITS == 12
