"""Laws of the registry: what holds at an instant, for whom, and that it survives storage unchanged."""

import random
from datetime import date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.calendars import Special, Week, is_open
from pantau.domain.registry import (
    ClockCorrection,
    Contact,
    Definitions,
    Holiday,
    Hours,
    Kabupaten,
    Kecamatan,
    Registry,
    Service,
    ServiceGroup,
    Source,
    Standard,
    Unit,
)

OFFICE: Week = (((480, 720), (780, 960)),) * 5 + ((), ())
SHORT: Week = (((480, 840),),) * 5 + ((), ())
MINUTE = 60_000


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def unit(code: str = "kec-18.01.06", **fields: Any) -> Unit:
    given: dict[str, Any] = {
        "name": "Kantor Kecamatan Kalianda",
        "kecamatan": "18.01.06",
        "kabupaten": "18.01",
        "zone": "Asia/Jakarta",
        "hours": "kantor",
    }
    return Unit(code=code, **(given | fields))


def registry(**fields: Any) -> Registry:
    hours = (
        Hours(name="kantor", week=OFFICE, specials=(Special(date(2026, 2, 19), date(2026, 3, 19), SHORT),)),
        Hours(name="singkat", week=SHORT),
    )
    given: dict[str, Any] = {"hours": hours, "units": [unit()]}
    return Registry(**(given | fields))


def whole() -> Registry:
    """A registry with something of every kind."""
    return registry(
        kabupaten=[Kabupaten(code="18.01", name="Lampung Selatan")],
        kecamatan=[
            Kecamatan(
                code="18.01.06",
                name="Kalianda",
                kabupaten="18.01",
                contacts=(Contact(role="Camat", channel="whatsapp", address_key="camat-18.01.06"),),
            )
        ],
        holidays=[
            Holiday(day=date(2026, 1, 1), name="Tahun Baru Masehi", kind="libur_nasional"),
            Holiday(day=date(2026, 1, 2), name="Libur daerah", kind="libur_daerah", kabupaten="18.01"),
        ],
        units=[unit(valid_to=date(2025, 12, 31)), unit(valid_from=date(2026, 1, 1), hours="singkat"), unit("b")],
        groups=[ServiceGroup(code="adminduk", name="Administrasi kependudukan")],
        services=[Service(code="ktp-el", name="KTP-el", group="adminduk", kind="ticket")],
        standards=[
            Standard(measure="wait_to_call", limit_ms=30 * MINUTE),
            Standard(measure="turnaround_working", working_days=3, unit="b", valid_from=date(2026, 1, 1)),
        ],
        sources=[Source(name="loket", units=frozenset({"b", "kec-18.01.06"}), max_age_ms=1, key_hash="0" * 64)],
        corrections=[ClockCorrection(source="loket", starts=0, ends=9, shift_ms=-5, version=1, reason="tahun salah")],
        definitions=Definitions(ikm_weight="0.11"),
    )


@given(st.randoms(use_true_random=False))
def test_a_registry_survives_storage_in_any_order_of_rows(shuffle: random.Random) -> None:
    rows = whole().to_rows()
    shuffle.shuffle(rows)
    stored = msgspec.json.decode(msgspec.json.encode(rows))
    again = Registry.from_rows(stored)
    assert again.to_rows() == whole().to_rows()
    assert again.version == whole().version


def test_any_change_of_content_is_another_version() -> None:
    rows = whole().to_rows()
    versions = {whole().version}
    for index in range(len(rows)):
        if rows[index]["kind"] not in ("hours", "definitions"):  # units need their hours; definitions have defaults
            versions.add(Registry.from_rows(rows[:index] + rows[index + 1 :]).version)
    assert len(versions) == 1 + sum(row["kind"] not in ("hours", "definitions") for row in rows)
    assert registry().version != registry(definitions=Definitions(zero_waits="not_counted")).version


def test_units_are_found_by_code_and_by_area() -> None:
    found = registry(
        units=[unit(), unit("x", kecamatan="18.01.04"), unit("y", kecamatan="18.72.01", kabupaten="18.72")]
    )
    assert [u.code for u in found.units] == ["kec-18.01.06", "x", "y"]
    assert [u.code for u in found.units_of("18.01")] == ["kec-18.01.06", "x"]
    assert [u.code for u in found.units_of("18.01.04")] == ["x"]
    assert found.units_of("99") == ()
    assert found.unit("nobody") is None
    assert found.zone("x") == "Asia/Jakarta"
    with pytest.raises(KeyError):
        found.zone("nobody")


def test_a_version_of_a_unit_holds_on_its_own_days() -> None:
    found = registry(
        units=[unit(name="old", valid_from=date(2020, 1, 1)), unit(name="new", valid_from=date(2025, 1, 1))],
    )
    latest = found.unit("kec-18.01.06")
    assert latest is not None
    assert latest.name == "new"
    names = {
        day: version.name if (version := found.unit_on("kec-18.01.06", date.fromisoformat(day))) else None
        for day in ("2019-12-31", "2020-01-01", "2024-12-31", "2025-01-01")
    }
    assert names == {"2019-12-31": None, "2020-01-01": "old", "2024-12-31": "old", "2025-01-01": "new"}


def test_a_unit_cannot_move_to_another_zone() -> None:
    with pytest.raises(ValueError, match="new unit"):
        registry(units=[unit(valid_to=date(2025, 1, 1)), unit(valid_from=date(2025, 1, 2), zone="Asia/Makassar")])


def test_a_unit_needs_hours_that_are_given() -> None:
    with pytest.raises(ValueError, match="not given"):
        registry(units=[unit(hours="malam")])


AT = ms("2026-04-01T09:00+07:00")
SCOPES = [("kec-18.01.06", "ktp-el"), ("kec-18.01.06", "*"), ("*", "ktp-el"), ("*", "*")]


@given(
    st.sets(st.sampled_from(SCOPES)), st.sampled_from(["kec-18.01.06", "x"]), st.sampled_from(["ktp-el", "kk", None])
)
def test_the_most_specific_promise_wins(scopes: set[tuple[str, str]], code: str, service: str | None) -> None:
    standards = [
        Standard(measure="visit_time", unit=u, service=s, limit_ms=SCOPES.index((u, s)) + 1) for u, s in scopes
    ]
    found = registry(units=[unit(), unit("x")], standards=standards).standard(code, service, AT)
    fitting = [scope for scope in SCOPES if scope in scopes and scope[0] in (code, "*") and scope[1] in (service, "*")]
    assert (found and found.limit_ms) == (SCOPES.index(fitting[0]) + 1 if fitting else None)


def test_a_visit_is_judged_by_the_promise_of_its_own_day_in_its_own_zone() -> None:
    old, new = (
        Standard(measure="visit_time", limit_ms=30, valid_from=date(2020, 1, 1)),
        Standard(measure="visit_time", limit_ms=10, valid_from=date(2026, 4, 1), valid_to=date(2026, 4, 30)),
    )
    found = registry(units=[unit(), unit("wit", zone="Asia/Jayapura")], standards=[new, old])
    # |--2020: 30--|--1 April 00:00 local: 10--|--1 May 00:00 local: nothing--|
    assert found.standard("kec-18.01.06", None, ms("2026-03-31T23:59:59+07:00")) == old
    assert found.standard("wit", None, ms("2026-03-31T23:59:59+07:00")) == new
    assert found.standard("kec-18.01.06", None, ms("2026-04-01T00:00:00+07:00")) == new
    assert found.standard("kec-18.01.06", None, ms("2026-04-30T23:59:59+07:00")) == new
    assert found.standard("kec-18.01.06", None, ms("2026-05-01T00:00:00+07:00")) is None
    assert found.standard("kec-18.01.06", None, ms("2019-12-31T23:59:59+07:00")) is None
    assert found.standard("nobody", None, AT) is None


def test_a_promise_that_ended_gives_way_to_the_general_one() -> None:
    general = Standard(measure="visit_time", limit_ms=30)
    own = Standard(measure="visit_time", unit="kec-18.01.06", limit_ms=10, valid_to=date(2026, 3, 31))
    found = registry(standards=[general, own])
    assert found.standard("kec-18.01.06", "kk", ms("2026-03-31T10:00+07:00")) == own
    assert found.standard("kec-18.01.06", "kk", AT) == general


def test_a_ticket_is_not_judged_by_a_promise_about_applications() -> None:
    wait = Standard(measure="wait_to_call", limit_ms=30)
    product = Standard(measure="turnaround_working", service="ktp-el", working_days=3)
    found = registry(standards=[wait, product])
    assert found.standard("kec-18.01.06", "ktp-el", AT, "ticket") == wait
    assert found.standard("kec-18.01.06", "ktp-el", AT, "application") == product
    assert found.standard("kec-18.01.06", "kk", AT, "application") is None
    assert found.standard("kec-18.01.06", "ktp-el", AT) == product


def test_services_that_nobody_registered_do_not_fill_memory() -> None:
    found = registry(standards=[Standard(measure="visit_time", limit_ms=30)])
    for number in range(1000):
        found.standard("kec-18.01.06", f"made-up-{number}", AT)
    assert len(found._standard_timelines) == 1


def test_leavers_break_a_promise_of_waiting_unless_it_says_otherwise() -> None:
    assert Standard(measure="wait_to_call", limit_ms=1).leavers == "counted"
    assert Standard(measure="wait_to_start", limit_ms=1).leavers == "counted"
    assert Standard(measure="visit_time", limit_ms=1).leavers == "not_counted"
    assert Standard(measure="wait_to_call", limit_ms=1, leavers="not_counted").leavers == "not_counted"


@pytest.mark.parametrize(
    "fields",
    [
        {"measure": "visit_time"},
        {"measure": "turnaround_working", "limit_ms": 1, "working_days": 1},
        {"measure": "turnaround", "working_days": 1},
    ],
)
def test_a_promise_has_one_limit_that_fits_what_is_measured(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="limit"):
        Standard(**fields)


def test_a_calendar_follows_the_version_of_the_unit_and_the_holidays_of_its_kabupaten() -> None:
    holidays = [
        Holiday(day=date(2026, 4, 3), name="Wafat Yesus Kristus", kind="libur_nasional"),
        Holiday(day=date(2026, 4, 6), name="Libur daerah", kind="libur_daerah", kabupaten="18.72"),
    ]
    found = registry(
        units=[
            unit(valid_from=date(2020, 1, 1)),
            unit(valid_from=date(2026, 4, 1), hours="singkat"),
            unit("metro", kecamatan="18.72.01", kabupaten="18.72"),
            unit("other", kecamatan="18.03.01", kabupaten="18.03"),
        ],
        holidays=holidays,
    )

    def opened(code: str, text: str) -> bool:
        at = ms(text + "+07:00")
        return is_open(found.calendar(code, at), at)

    assert opened("kec-18.01.06", "2026-03-31T15:00")
    assert not opened("kec-18.01.06", "2026-04-01T15:00")  # closes at 14:00 from April on
    assert opened("kec-18.01.06", "2019-06-03T15:00")  # before its first version: the nearest
    assert not opened("kec-18.01.06", "2026-04-03T09:00")
    assert not opened("metro", "2026-04-06T09:00")
    assert opened("other", "2026-04-06T09:00")
    with pytest.raises(KeyError):
        found.calendar("nobody", 0)
    assert found.holiday_years == (2026,)


def test_units_with_the_same_hours_and_holidays_share_one_calendar() -> None:
    found = registry(units=[unit(), unit("x"), unit("other", kecamatan="18.03.01", kabupaten="18.03")])
    assert found.calendar("kec-18.01.06", 0) is found.calendar("x", 5) is found.calendar("other", 5)


@given(st.integers(-100, 400))
def test_a_clock_is_corrected_by_the_latest_ruling_that_covers_the_time(time: int) -> None:
    # v1 |0----------------300)   v2       |100---200)
    rulings = [
        ClockCorrection(source="a", starts=0, ends=300, shift_ms=1000, version=1, reason="year"),
        ClockCorrection(source="a", starts=100, ends=200, shift_ms=0, version=2, reason="was right after all"),
    ]
    found = registry(corrections=rulings)
    expected = time + 1000 if 0 <= time < 100 or 200 <= time < 300 else time
    assert found.correct("a", time) == expected
    assert found.correct("b", time) == time


def test_a_source_speaks_only_for_its_units() -> None:
    assert Source(name="all").may_speak_for("anyone")
    assert Source(name="one", units=frozenset({"x"})).may_speak_for("x")
    assert not Source(name="one", units=frozenset({"x"})).may_speak_for("y")
    found = whole()
    assert found.source("loket") is not None
    assert found.source("stranger") is None


def test_many_machines_may_share_one_rule() -> None:
    family, special = Source(name="/antrian/*"), Source(name="/antrian/lantai-2/*")
    own = Source(name="/antrian/lantai-2/loket-9", live=False)
    found = registry(sources=[family, special, own])
    assert found.source("/antrian/lantai-1/loket-1") == msgspec.structs.replace(
        family, name="/antrian/lantai-1/loket-1"
    )
    assert found.source("/antrian/lantai-2/loket-1") == msgspec.structs.replace(
        special, name="/antrian/lantai-2/loket-1"
    )
    assert found.source("/antrian/lantai-2/loket-9") == own
    assert found.source("/lain") is None


def test_of_a_service_the_latest_version_is_asked_for() -> None:
    versions = [
        Service(code="kk", name="KK", group="a", kind="ticket"),
        Service(code="kk", name="KK", group="b", kind="ticket", valid_from=date(2026, 1, 1)),
    ]
    found = registry(services=versions)
    latest = found.service("kk")
    assert latest is not None
    assert latest.group == "b"
    assert found.service("nothing") is None
    assert [service.code for service in found.services] == ["kk"]
