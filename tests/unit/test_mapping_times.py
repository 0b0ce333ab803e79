"""Times as sources write them: whatever is written is read back as the instant that was meant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.mapping.times import DateClock, Days, Pattern, iso_instant, later, moments, parse_span

ZONES = ["WIB", "WITA", "WIT", "UTC", "Europe/Warsaw", "America/Chicago", "Asia/Kathmandu", "Australia/Lord_Howe"]
IANA = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
seconds = st.integers(0, 2_000_000_000)


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def wall(zone: str, second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(IANA.get(zone, zone)))


@pytest.mark.parametrize(
    ("format", "written"),
    [
        ("iso", "%Y-%m-%d %H:%M:%S"),
        ("iso", "%Y-%m-%dT%H:%M:%S"),
        ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S"),
        ("%y-%m-%d %H:%M:%S", "%y-%m-%d %H:%M:%S"),
        ("%d %b %Y %I:%M:%S %p", "%d %b %Y %I:%M:%S %p"),
        ("%Y%m%d%H%M%S", "%Y%m%d%H%M%S"),
        ("%A, %d %B %Y %T", "%A, %d %B %Y %H:%M:%S"),
    ],
)
@given(zone=st.sampled_from(ZONES), second=seconds)
def test_a_wall_clock_time_is_read_in_the_zone_it_was_written_in(
    format: str, written: str, zone: str, second: int
) -> None:
    local = wall(zone, second)
    if local.fold:  # shown twice: the first is meant
        local = local.replace(fold=0)
    assert moments(format, zone)(local.strftime(written)) == round(local.timestamp() * 1000)


@given(zone=st.sampled_from(ZONES), second=seconds, other=st.sampled_from(ZONES))
def test_an_offset_in_the_text_wins_over_the_zone(zone: str, second: int, other: str) -> None:
    written = wall(other, second)
    assert moments("iso", zone)(written.isoformat()) == second * 1000
    assert moments("%Y-%m-%d %H:%M:%S %z", zone)(written.strftime("%Y-%m-%d %H:%M:%S %z")) == second * 1000


@given(zone=st.sampled_from(ZONES), second=seconds)
def test_a_date_and_a_clock_apart_are_the_instant_they_are_together(zone: str, second: int) -> None:
    local = wall(zone, second).replace(tzinfo=None)
    together = moments("iso", zone)(local.isoformat())
    apart = DateClock("%y%m%d", "iso", zone)
    for _ in range(2):  # the second time from the cache
        assert apart.read(local.strftime("%y%m%d"), f"{local.hour}:{local:%M:%S}") == together


def test_the_named_zones_of_indonesia_and_an_own_zone_in_the_text() -> None:
    assert moments("iso", "WIB")("2026-03-02 08:00:00") == ms("2026-03-02T08:00:00+07:00")
    assert moments("iso", "WITA")("2026-03-02 08:00:00") == ms("2026-03-02T08:00:00+08:00")
    assert moments("iso", "WIT")("2026-03-02 08:00:00") == ms("2026-03-02T08:00:00+09:00")
    assert moments("%d-%m-%Y %H:%M:%S %Z", "UTC")("16-03-2021 11:32:49 WIB") == ms("2021-03-16T11:32:49+07:00")


def test_month_names_are_indonesian_or_english() -> None:
    read = moments("%d %B %Y", "UTC")
    assert read("17 Agustus 2026") == read("17 August 2026") == ms("2026-08-17T00:00:00+00:00")
    assert read("1 Mei 2026") == read("1 May 2026")
    assert moments("%d %b %Y", "UTC")("5 Des. 2026") == ms("2026-12-05T00:00:00+00:00")
    assert read("1 Foo 2026") is None


def test_a_two_digit_year_is_1969_to_2068() -> None:
    read = moments("%y-%m-%d", "UTC")
    assert read("99-01-01") == ms("1999-01-01T00:00:00+00:00")
    assert read("22-07-06") == ms("2022-07-06T00:00:00+00:00")
    assert read("69-01-01") == ms("1969-01-01T00:00:00+00:00")
    assert read("68-01-01") == ms("2068-01-01T00:00:00+00:00")


def test_epochs_in_seconds_and_milliseconds() -> None:
    assert moments("epoch_ms", "UTC")("1616559330000") == 1616559330000
    assert moments("epoch_s", "WIB")("1616559330") == 1616559330000
    assert moments("epoch_s", "UTC")("1616559330.25") == 1616559330250
    assert moments("epoch_s", "UTC")("1616559330000") is None, "milliseconds taken for seconds are the year 53,000"
    assert moments("epoch_s", "UTC")("nan") is None


def test_formats_are_tried_in_order() -> None:
    read = moments(("%d/%m/%Y", "iso"), "UTC")
    assert read("02/03/2026") == read("2026-03-02") == ms("2026-03-02T00:00:00+00:00")


@given(st.text(max_size=30))
def test_no_text_whatever_raises(text: str) -> None:
    for format in ("iso", "epoch_s", "epoch_ms", "%d/%m/%Y %H:%M", "%y-%m-%d %T %z", "%Y %Z"):
        assert moments(format, "WIB")(text) is None or isinstance(moments(format, "WIB")(text), int)
    clocks = DateClock("iso", "iso", "WIB")
    found = clocks.read(text, "08:00")
    assert found is None or isinstance(found, int)
    assert clocks.read("2026-03-02", text) is None or clocks.clock(text) is not None


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01 00:00:00", "2026-03-02 25:00:00", "2026-03-02 10:61:00", ""]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert moments("iso", "WIB")(text) is None
    assert moments("%Y-%m-%d %H:%M:%S", "WIB")(text) is None


@pytest.mark.parametrize("text", ["24:00:01", "12:60", "7", "25:00", "-1:00", "8:5:00"])
def test_what_is_no_time_of_day_is_none(text: str) -> None:
    assert DateClock("iso", "iso", "WIB").read("2026-03-02", text) is None


def test_twenty_four_oclock_is_the_next_midnight() -> None:
    clocks = DateClock("iso", "iso", "WIB")
    assert (
        clocks.read("2026-03-02", "24:00")
        == clocks.read("2026-03-03", "0:00:00")
        == clocks.read("2026-03-02", "0:00", 1)
    )


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/Chicago", "America/Sao_Paulo", "WIB"])
def test_the_next_day_is_the_calendar_day_on_days_of_23_and_25_hours(zone: str) -> None:
    """|--27 March 23:30--| 02:00 -> 03:00 |--28 March 04:00--|: four and a half wall hours, three and a half real."""
    clocks = DateClock("iso", "iso", zone)
    for day in (date(2021, 3, 27), date(2021, 10, 30), date(2018, 11, 3), date(2018, 2, 17)):
        after = clocks.read((day + timedelta(days=1)).isoformat(), "04:00")
        assert clocks.read(day.isoformat(), "04:00", 1) == after


def test_a_clock_set_back_means_the_first_of_two_times() -> None:
    """|--02:30 CEST--02:59--|--02:00--02:30 CET--|"""
    assert moments("iso", "Europe/Warsaw")("2019-10-27 02:30:00") == ms("2019-10-27T02:30:00+02:00")
    assert DateClock("iso", "iso", "Europe/Warsaw").read("2019-10-27", "02:30:00") == ms("2019-10-27T02:30:00+02:00")


def test_months_and_years_follow_the_calendar_and_the_wall_clock() -> None:
    london = Days("Europe/London")
    assert later(ms("2017-03-01T00:00:00+00:00"), 1, "month", london) == ms("2017-04-01T00:00:00+01:00")
    assert later(ms("2020-01-31T00:00:00+00:00"), 1, "month", london) == ms("2020-02-29T00:00:00+00:00")
    assert later(ms("2019-12-01T00:00:00+00:00"), 1, "month", london) == ms("2020-01-01T00:00:00+00:00")
    assert later(ms("2020-02-29T00:00:00+00:00"), 1, "year", london) == ms("2021-02-28T00:00:00+00:00")
    assert later(ms("2017-03-25T12:00:00+00:00"), 1, "day", london) == ms("2017-03-26T12:00:00+01:00")
    assert later(0, 90, "min", london) == 5_400_000
    assert later(ms("9999-12-31T00:00:00+00:00"), 1, "year", london) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1 month", ("1", "month")),
        ("30 min", ("30", "min")),
        ("{sec} s", ("{sec}", "s")),
        ("2 days", ("2", "day")),
        ("1 d", ("1", "day")),
    ],
)
def test_spans_are_an_amount_and_a_unit(text: str, parts: tuple[str, str]) -> None:
    assert parse_span(text) == parts


def test_a_span_without_a_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a span"):
        parse_span("30")


def test_an_unknown_directive_or_a_part_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="%Q is no directive"):
        Pattern("%Y-%Q")
    with pytest.raises(ValueError, match="twice"):
        Pattern("%Y %Y")


@given(st.integers(-30_000_000_000_000, 30_000_000_000_000))
def test_an_instant_written_out_is_read_back(instant: int) -> None:
    assert moments("iso", "WIB")(iso_instant(instant)) == instant
