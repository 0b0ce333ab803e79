"""Laws of local days and windows, checked against the time zone rules themselves."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pantau.domain import zones

ZONES = [
    "Asia/Jakarta",
    "Asia/Makassar",
    "Asia/Jayapura",
    "Asia/Kathmandu",
    "Europe/Warsaw",
    "America/New_York",
    "Australia/Lord_Howe",  # shifts by 30 minutes
    "Pacific/Chatham",  # +12:45, shifts at 02:45
    "Pacific/Apia",  # had no 30 December 2011
    "America/Sao_Paulo",  # midnight did not exist on some days
    "America/Havana",  # midnight happened twice on some days
    "America/St_Johns",  # set back at 00:01, into the day before
    "Africa/Monrovia",  # changed by 44 min 30 s in 1972
    "UTC",
]
zone_names = st.sampled_from(ZONES)
instants = st.integers(0, 2_000_000_000_000)  # 1970 to 2033


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def wall(zone: str, at: int) -> datetime:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
    return moment.astimezone(ZoneInfo(zone))


@pytest.mark.parametrize(
    ("name", "zone"),
    [("WIB", "Asia/Jakarta"), ("wita", "Asia/Makassar"), ("WIT", "Asia/Jayapura"), ("Europe/Warsaw", "Europe/Warsaw")],
)
def test_a_zone_is_known_by_its_indonesian_or_iana_name(name: str, zone: str) -> None:
    assert zones.resolve(name) == zone


@pytest.mark.parametrize(
    "name", ["WIBB", "", "Asia", "asia/nowhere", "../etc/passwd", "localtime", "right/Asia/Jakarta"]
)
def test_a_name_that_is_no_zone_everywhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not"):
        zones.resolve(name)


@given(zone_names, instants)
@example("Africa/Monrovia", ms("1972-01-07T00:44:29+00:00"))
@example("Africa/Monrovia", ms("1972-01-07T00:44:30+00:00"))
def test_the_offset_is_the_one_of_the_zone_rules(zone: str, at: int) -> None:
    expected = wall(zone, at).utcoffset()
    assert expected is not None
    assert zones.offset_ms(zone, at) == expected // timedelta(milliseconds=1)
    assert zones.offset_ms(zone, at) == expected // timedelta(milliseconds=1)  # now from the cache


@given(zone_names, instants)
def test_the_local_day_is_the_date_on_the_wall(zone: str, at: int) -> None:
    assert zones.local_day(zone, at) == wall(zone, at).date()


@given(zone_names, instants)
@example("Pacific/Apia", ms("2011-12-31T00:00:00+14:00"))
def test_a_day_starts_with_its_first_instant(zone: str, at: int) -> None:
    day = zones.local_day(zone, at)
    start = zones.day_start(zone, day)
    assert start <= at
    assert zones.local_day(zone, start) == day
    assert zones.local_day(zone, start - 1) < day


@given(zone_names, instants)
def test_a_day_window_is_the_local_day(zone: str, at: int) -> None:
    start = zones.window_start(zone, at, "1d")
    assert start == zones.day_start(zone, zones.local_day(zone, at))
    assert zones.window_start(zone, start, "1d") == start


@given(zone_names, instants, st.sampled_from([("5m", 300_000), ("30m", 1_800_000)]))
def test_a_short_window_holds_its_instant_and_starts_at_a_round_wall_time(
    zone: str, at: int, size: tuple[zones.Size, int]
) -> None:
    start = zones.window_start(zone, at, size[0])
    assert start <= at < start + size[1]
    assert (start + zones.offset_ms(zone, at)) % size[1] == 0


@pytest.mark.parametrize(
    ("zone", "at", "size", "start"),
    [
        ("Asia/Jakarta", "2026-03-02T08:34:59+07:00", "5m", "2026-03-02T08:30:00+07:00"),
        ("Asia/Jakarta", "2026-03-02T00:00:00+07:00", "1d", "2026-03-02T00:00:00+07:00"),
        ("Asia/Kathmandu", "2026-03-02T10:17:30+05:45", "30m", "2026-03-02T10:00:00+05:45"),
        # |--01:30 CEST--02:30 CEST--02:30 CET--| the hour that happens twice has its own windows
        ("Europe/Warsaw", "2020-10-25T02:40:00+02:00", "30m", "2020-10-25T02:30:00+02:00"),
        ("Europe/Warsaw", "2020-10-25T02:40:00+01:00", "30m", "2020-10-25T02:30:00+01:00"),
        ("Europe/Warsaw", "2020-10-25T23:59:00+01:00", "1d", "2020-10-25T00:00:00+02:00"),
        ("Europe/Warsaw", "2020-03-29T12:00:00+02:00", "1d", "2020-03-29T00:00:00+01:00"),
        # midnight was skipped: the day begins at 01:00
        ("America/Sao_Paulo", "2018-11-04T12:00:00-02:00", "1d", "2018-11-04T01:00:00-02:00"),
        # midnight came twice: the day begins with the first
        ("America/Havana", "2020-11-01T00:30:00-05:00", "1d", "2020-11-01T00:00:00-04:00"),
        # the clock jumped from 23:30 to 00:30: the day begins at 00:30
        ("America/Toronto", "1919-03-31T12:00:00-04:00", "1d", "1919-03-31T00:30:00-04:00"),
    ],
)
def test_windows_on_days_where_it_is_easy_to_go_wrong(zone: str, at: str, size: zones.Size, start: str) -> None:
    assert zones.window_start(zone, ms(at), size) == ms(start)


def test_days_of_a_changing_clock_have_23_and_25_hours() -> None:
    def hours(day: date) -> float:
        ends = zones.day_start("Europe/Warsaw", day + timedelta(days=1))
        return (ends - zones.day_start("Europe/Warsaw", day)) / 3_600_000

    assert [hours(date(2020, 3, 29)), hours(date(2020, 6, 1)), hours(date(2020, 10, 25))] == [23, 24, 25]


@given(zone_names, instants)
def test_a_wall_time_and_its_fold_lead_back_to_the_instant(zone: str, at: int) -> None:
    local = wall(zone, at)
    assert zones.from_local(zone, local.replace(tzinfo=None, fold=0), local.fold) == at


def test_a_time_that_was_skipped_is_read_with_the_offset_before_the_jump() -> None:
    skipped = datetime.fromisoformat("2020-03-29T02:30:00")
    assert zones.from_local("Europe/Warsaw", skipped) == ms("2020-03-29T02:30:00+01:00")
    assert zones.from_local("Europe/Warsaw", skipped, 1) == ms("2020-03-29T02:30:00+02:00")
    assert zones.first_instant("Europe/Warsaw", skipped) == ms("2020-03-29T03:00:00+02:00")


def test_a_time_with_its_own_offset_is_no_wall_time() -> None:
    with pytest.raises(ValueError, match="offset of its own"):
        zones.from_local("Asia/Jakarta", datetime(2020, 1, 1, tzinfo=UTC))


@given(zone_names, st.integers(-62_000_000_000_000, 253_000_000_000_000))
def test_no_year_that_a_clock_can_show_is_out_of_reach(zone: str, at: int) -> None:
    assert zones.day_start(zone, zones.local_day(zone, at)) <= at


def test_the_first_and_the_last_day_of_the_calendar_have_a_start() -> None:
    assert zones.day_start("Asia/Jakarta", date.max) == ms("9999-12-30T17:00:00+00:00")
    assert zones.day_start("Asia/Jakarta", date.min) < zones.day_start("Asia/Jakarta", date.min + timedelta(days=1))
    with pytest.raises(ValueError, match="ordinal"):
        zones.local_day("America/New_York", ms("0001-01-01T00:00:00+00:00"))


def test_a_source_that_sends_random_years_cannot_fill_memory() -> None:
    for number in range(zones._CACHE_LIMIT + 10):
        zones._start_of_local_day["nowhere", number] = 0
    zones.day_start("Asia/Jakarta", date(1950, 5, 5))
    assert len(zones._start_of_local_day) == 1
