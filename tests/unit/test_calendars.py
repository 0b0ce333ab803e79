"""Laws of working time, checked against counting minute by minute on the wall clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain import zones
from pantau.domain.calendars import (
    LAST,
    Calendar,
    Special,
    Spell,
    Week,
    add_working_days,
    closes,
    is_open,
    is_working_day,
    opens,
    working_ms,
)

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

LONG: tuple[Spell, ...] = ((8 * 60, 12 * 60), (13 * 60, 16 * 60))
FRIDAY: tuple[Spell, ...] = ((8 * 60, 11 * 60 + 30), (13 * 60 + 30, 16 * 60))
OFFICE: Week = (LONG, LONG, LONG, LONG, FRIDAY, (), ())
SHORT: Week = (((8 * 60, 14 * 60),),) * 5 + ((), ())
ALWAYS: Week = (((0, 1440),),) * 7
NIGHTS: Week = (((0, 6 * 60), (22 * 60, 1440)),) * 7

KALIANDA = Calendar(
    zone="Asia/Jakarta",
    week=OFFICE,
    holidays=frozenset({date(2026, 3, 19), date(2026, 3, 20), date(2026, 3, 23)}),
    specials=(Special(date(2026, 2, 19), date(2026, 3, 18), SHORT),),
)
calendars = st.sampled_from(
    [
        KALIANDA,
        Calendar("Asia/Kathmandu", OFFICE),
        Calendar("Europe/Warsaw", OFFICE, frozenset({date(2026, 1, 6)})),
        Calendar("Europe/Warsaw", ALWAYS),
        Calendar("America/Havana", NIGHTS),
        Calendar("Australia/Lord_Howe", ALWAYS, frozenset({date(2026, 4, 5)})),
    ]
)
instants = st.integers(1_750_000_000_000, 1_830_000_000_000)  # mid 2025 to the end of 2027


def wib(text: str) -> int:
    return round(datetime.fromisoformat(text + "+07:00").timestamp() * 1000)


def open_on_the_wall(calendar: Calendar, at: int) -> bool:
    """What a clerk would say who looks at the clock and at the sign on the door."""
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(ZoneInfo(calendar.zone))
    if local.date() in calendar.holidays:
        return False
    week = calendar.week
    for special in calendar.specials:
        if special.first <= local.date() <= special.last:
            week = special.week
    return any(a <= local.hour * 60 + local.minute < b for a, b in week[local.weekday()])


@given(calendars, instants, st.integers(0, 3 * 24 * 60))
@settings(max_examples=60, deadline=None)
def test_working_time_is_what_counting_minutes_gives(calendar: Calendar, start: int, minutes: int) -> None:
    start -= start % MINUTE
    counted = sum(open_on_the_wall(calendar, start + n * MINUTE) for n in range(minutes))
    assert working_ms(calendar, start, start + minutes * MINUTE) == counted * MINUTE


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
@pytest.mark.parametrize(
    "week", [ALWAYS, (((30, 150), (180, 600)),) * 7, (((150, 195),),) * 7], ids=["always", "around", "inside"]
)
def test_working_time_counts_minutes_on_days_of_23_and_25_hours(change: str, week: Week) -> None:
    """The clock jumps from 02:00 to 03:00 in March and shows 02:00 to 03:00 twice in October; spells run through."""
    calendar = Calendar("Europe/Warsaw", week)
    day = date.fromisoformat(change)
    start = zones.day_start("Europe/Warsaw", day)
    end = zones.day_start("Europe/Warsaw", day + timedelta(days=1))
    spells = [
        (zones.first_instant(calendar.zone, at(day, a)), zones.first_instant(calendar.zone, at(day, b)))
        for a, b in week[0]
    ]
    assert working_ms(calendar, start, end) == sum(b - a for a, b in spells)
    if week is ALWAYS:
        assert working_ms(calendar, start, end) == (23 if day.month == 3 else 25) * HOUR
    if day.month == 3:  # nothing repeats: the sign on the door decides
        counted = sum(open_on_the_wall(calendar, n) for n in range(start, end, MINUTE))
        assert working_ms(calendar, start, end) == counted * MINUTE


def at(day: date, minute: int) -> datetime:
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)


@given(calendars, st.tuples(instants, instants, instants))
def test_working_time_adds_up(calendar: Calendar, three: tuple[int, int, int]) -> None:
    a, b, c = sorted(three)
    assert working_ms(calendar, a, b) + working_ms(calendar, b, c) == working_ms(calendar, a, c)


@given(calendars, instants, st.integers(0, 400 * DAY), st.integers(0, 400 * DAY))
def test_working_time_grows_with_its_end_and_never_faster_than_the_clock(
    calendar: Calendar, start: int, short: int, more: int
) -> None:
    first = working_ms(calendar, start, start + short)
    assert 0 <= first <= short
    assert first <= working_ms(calendar, start, start + short + more) <= first + more


@given(calendars, instants, instants)
def test_a_span_that_ends_before_it_starts_has_no_working_time(calendar: Calendar, a: int, b: int) -> None:
    assert working_ms(calendar, max(a, b), min(a, b)) == 0


@given(calendars, instants)
def test_an_office_is_open_exactly_where_working_time_runs(calendar: Calendar, moment: int) -> None:
    assert is_open(calendar, moment) == (working_ms(calendar, moment, moment + 1) == 1)


def test_the_worked_value_of_the_docstring() -> None:
    assert working_ms(KALIANDA, wib("2026-04-10T11:00"), wib("2026-04-13T09:00")) == (0.5 + 2.5 + 1) * HOUR
    plain = Calendar("Asia/Jakarta", (LONG,) * 5 + ((), ()))
    assert working_ms(plain, wib("2026-04-10T11:00"), wib("2026-04-13T09:00")) == 5 * HOUR


def test_ramadan_has_its_own_hours_and_holidays_have_none() -> None:
    # |--Wed 18 Mar, Ramadan: 08-14--|--Thu, Fri: holidays--|--Sat, Sun--|--Mon 23: cuti bersama--|--Tue 24: 08-12--|
    assert working_ms(KALIANDA, wib("2026-03-18T13:00"), wib("2026-03-24T09:00")) == 2 * HOUR
    assert is_open(KALIANDA, wib("2026-03-18T12:30"))
    assert not is_open(KALIANDA, wib("2026-03-18T14:00"))
    assert not is_open(KALIANDA, wib("2026-03-19T09:00"))
    assert opens(KALIANDA, date(2026, 3, 18)) == wib("2026-03-18T08:00")
    assert closes(KALIANDA, date(2026, 3, 18)) == wib("2026-03-18T14:00")
    assert opens(KALIANDA, date(2026, 3, 19)) is closes(KALIANDA, date(2026, 3, 19)) is None


@pytest.mark.parametrize(
    ("start", "days", "deadline"),
    [
        ("2026-04-09T09:00", 2, "2026-04-13T16:00"),  # Thursday -> Friday, Monday
        ("2026-04-09T15:59", 2, "2026-04-13T16:00"),  # the hour of the day does not matter
        ("2026-04-09T23:30", 2, "2026-04-13T16:00"),
        ("2026-04-09T09:00", 0, "2026-04-09T16:00"),
        ("2026-04-11T09:00", 0, "2026-04-13T16:00"),  # Saturday
        ("2026-04-11T09:00", 1, "2026-04-13T16:00"),
        ("2026-03-17T09:00", 1, "2026-03-18T14:00"),  # closes early in Ramadan
        ("2026-03-17T09:00", 2, "2026-03-24T16:00"),  # over Idul Fitri
    ],
)
def test_a_deadline_is_the_closing_of_the_last_promised_day(start: str, days: int, deadline: str) -> None:
    assert add_working_days(KALIANDA, wib(start), days) == wib(deadline)


@given(calendars, instants, st.integers(1, 900))
@settings(deadline=None)
def test_a_deadline_leaves_exactly_the_promised_working_days(calendar: Calendar, start: int, days: int) -> None:
    deadline = add_working_days(calendar, start, days)
    first = zones.local_day(calendar.zone, start)
    last = zones.local_day(calendar.zone, deadline - 1)
    between = [date.fromordinal(n) for n in range(first.toordinal() + 1, last.toordinal() + 1)]
    assert sum(is_working_day(calendar, day) for day in between) == days
    assert closes(calendar, last) == deadline


def test_a_zero_date_of_a_database_costs_nothing_and_is_not_office_time() -> None:
    zero, epoch, today = -62_135_596_800_000, 0, wib("2026-04-10T11:00")
    assert working_ms(KALIANDA, zero, today) == working_ms(KALIANDA, epoch, today)
    assert working_ms(KALIANDA, LAST, LAST + 10 * DAY) == 0
    assert not is_open(KALIANDA, zero)


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 7,
        (LONG,) * 6,
        (((600, 500),),) + ((),) * 6,
        (((480, 720), (700, 900)),) + ((),) * 6,
        (((480, 1441),),) + ((),) * 6,
        (((-1, 60),),) + ((),) * 6,
    ],
)
def test_hours_that_make_no_sense_are_refused(week: Week) -> None:
    with pytest.raises(ValueError, match=r"day|spells"):
        Calendar("Asia/Jakarta", week)


def test_a_promise_of_negative_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        add_working_days(KALIANDA, 0, -1)


def test_two_calendars_with_the_same_hours_are_equal_whatever_they_were_asked() -> None:
    twin = Calendar(KALIANDA.zone, KALIANDA.week, KALIANDA.holidays, KALIANDA.specials)
    working_ms(twin, 0, DAY)
    assert twin == KALIANDA
    assert hash(twin) == hash(KALIANDA)
