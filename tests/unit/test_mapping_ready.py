"""The shipped mappings on small tables of the systems they are for (tests/data, origins in its README)."""

from pathlib import Path

import pytest

from producers.mapping import Draft, load, ready
from producers.mapping.check import Check, Report

DATA = Path(__file__).parent.parent / "data"

FILES = {
    "antrian_live": "queue_systems/antrian_live.csv",
    "antrian_mpp": "queue_systems/antrian_mpp.csv",
    "antrian_ptsp": "queue_systems/antrian_ptsp.csv",
    "antrian_uas": "queue_systems/antrian_uas.csv",
    "bank_calls_1999": "bank_calls_1999/january1999_excerpt.csv",
    "bpjs_antrean": "queue_systems/bpjs_antrean.ndjson",
    "pelatihan": "queue_systems/pelatihan.csv",
    "nhs_ae_four_hours": "nhs_ae_four_hours/ae_attendances_excerpt.csv",
    "qmatic": "queue_systems/qmatic.csv",
    "qminder": "queue_systems/qminder.ndjson",
    "skm_database": "queue_systems/skm_database.csv",
    "skm_lembar": "queue_systems/skm_lembar.csv",
    "smiley_mqtt": "queue_systems/smiley_mqtt.ndjson",
    "warsaw_counters": "warsaw_counters/snapshots_excerpt.csv",
}
WHOLE_SETS_ONLY = {"airport_passport_control", "hcahps", "permit_receipt", "permit_receipt_phase"}
"""Tested in tests/real: no excerpt of these may or needs to be kept here."""


def check(name: str) -> Report:
    return Check(DATA / FILES[name], load(name), examples=10_000, language="en").finish()


def said(report: Report, *, of: str) -> list[str]:
    """The events of a ticket in order of time: ``08:00 ticket.created imputed`` (wall clock UTC)."""
    drafts = [draft for draft in report.drafts if draft.data.get("ticket") == of]
    return [
        f"{clock(draft)} {draft.kind} {draft.data.get('provenance', '')}".strip()
        for draft in sorted(drafts, key=lambda d: d.time)
    ]


def clock(draft: Draft) -> str:
    seconds = draft.time // 1000 % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def test_every_shipped_mapping_is_tested_on_a_file() -> None:
    assert {*FILES, *WHOLE_SETS_ONLY} == {*ready()}


@pytest.mark.parametrize("name", sorted(ready()))
def test_a_shipped_mapping_has_no_fault_and_says_what_it_is(name: str) -> None:
    mapping = load(name)
    assert mapping.title
    assert len(mapping.about) > 100


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_two_events_of_a_file_share_an_id_but_differ(name: str) -> None:
    seen: dict[tuple[str, str], Draft] = {}
    for draft in check(name).drafts:
        assert seen.setdefault((draft.source, draft.id), draft) == draft


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_column_of_a_file_is_forgotten(name: str) -> None:
    forgotten = {"qminder": ["data.name"], "skm_database": ["Bagaimana pendapat Saudara tentang parkir?"]}
    assert check(name).unused == forgotten.get(name, [])


@pytest.mark.parametrize("name", ["qminder", "antrian_ptsp", "skm_lembar"])
def test_names_phones_and_addresses_are_in_no_event(name: str) -> None:
    text = str(check(name).drafts)
    for personal in ("Contoh", "0800000000", "@", "user.a"):
        assert personal not in text


def test_mpp_times_that_a_migration_filled_in_are_imputed() -> None:
    report = check("antrian_mpp")
    assert said(report, of="101") == [
        "01:00:10 ticket.created",
        "01:12:03 ticket.called",
        "01:12:41 service.started",
        "01:20:45 service.ended",
    ]
    assert said(report, of="102") == [
        "01:02:00 ticket.created",
        "01:25:00 ticket.called",
        "01:25:00 service.started imputed",
        "01:30:00 service.ended imputed",
    ]
    assert said(report, of="103") == [
        "01:03:00 ticket.created",
        "02:00:00 ticket.called imputed",
        "02:00:00 service.started imputed",
        "02:00:00 service.ended imputed",
    ]
    assert said(report, of="106") == ["03:02:00 ticket.created", "03:09:00 ticket.cancelled"]
    assert [bad.row for bad in report.bad_rows] == [7], "a status nobody has mapped"


def test_ptsp_ends_by_the_next_call_are_auto_closed() -> None:
    report = check("antrian_ptsp")
    assert said(report, of="1")[-1] == "00:40:00 service.ended auto_closed"
    assert said(report, of="2")[-1] == "00:50:00 service.ended"
    assert said(report, of="3") == [
        "00:02:00 ticket.created",
        "00:12:00 ticket.called",
        "00:15:00 ticket.no_show imputed",
    ]
    assert report.skipped == {"dipesan, belum datang": 1, "dibatalkan sebelum datang": 1}
    assert not report.bad


def test_antrianlive_has_no_start() -> None:
    report = check("antrian_live")
    assert said(report, of="1") == ["01:00:00 ticket.created", "01:05:00 ticket.called", "01:12:00 service.ended"]
    assert said(report, of="2")[-1] == "01:16:00 ticket.no_show imputed"


def test_text_times_with_two_digit_years() -> None:
    report = check("antrian_uas")
    assert said(report, of="1") == ["01:16:25 ticket.created", "01:16:25 service.ended imputed"]
    assert said(report, of="2")[1] == "01:28:44 ticket.called imputed", "the call time is the insert time"
    assert said(report, of="3")[1] == "01:36:10 ticket.called"
    assert [(bad.row, bad.faults[0].field) for bad in report.bad_rows] == [(6, "tanggal")]
    assert all(1_675_000_000_000 < draft.time < 1_676_000_000_000 for draft in report.drafts), "February 2023"


def test_qminder_spells_of_service() -> None:
    report = check("qminder")
    assert said(report, of="7001") == [
        "01:00:00 ticket.created",
        "01:09:00 ticket.called",
        "01:10:00 ticket.recalled",
        "01:10:30 service.started",
        "01:15:00 ticket.parked",
        "01:20:00 ticket.resumed",
        "01:30:00 service.ended",
    ]
    assert said(report, of="7002") == ["01:05:00 ticket.created", "01:40:00 ticket.no_show"]
    assert said(report, of="7003") == ["01:06:00 ticket.cancelled imputed"], "nobody wrote down when it came in"
    assert [bad.row for bad in report.bad_rows] == [10, 11]


def test_qmatic_outcomes() -> None:
    report = check("qmatic")
    last = {
        str(draft.data["ticket"]): draft
        for draft in report.drafts
        if draft.kind not in ("ticket.called", "ticket.created")
    }
    assert last["900"].kind == "service.ended"
    assert said(report, of="900")[3] == "01:20:00 ticket.transferred"
    assert last["901"].kind == "ticket.no_show"
    assert [last[ticket].data["by"] for ticket in ("902", "903", "904")] == ["citizen", "staff", "system"]
    assert said(report, of="905")[-1] == "09:00:00 service.ended auto_closed"
    assert said(report, of="906") == [
        "01:09:00 ticket.created",
        "01:23:00 ticket.called",
        "01:24:00 ticket.created",
        "01:33:00 ticket.called",
        "01:34:00 service.started",
        "01:36:00 ticket.parked",
    ]
    assert {draft.source for draft in report.drafts} == {"qmatic/mpp-kalianda"}
    assert [(bad.row, bad.faults[0].field) for bad in report.bad_rows] == [(10, "outcome")]


def test_answers_in_a_sheet_are_kept_by_the_name_of_the_element() -> None:
    report = check("skm_lembar")
    first, second, third = (draft.data for draft in report.drafts)
    assert first["elements"] == {
        "persyaratan": 3,
        "prosedur": 4,
        "waktu": 3,
        "biaya": 4,
        "produk": 3,
        "kompetensi": 4,
        "perilaku": 4,
        "pengaduan": 3,
        "sarana": 2,
    }
    assert (first["age_group"], first["sex"], second["age_group"], second["sex"]) == ("26-35", "P", "56 ke atas", "L")
    assert third["elements"] == {
        "persyaratan": 4,
        "prosedur": 3,
        "waktu": 2,
        "biaya": 1,
        "produk": 4,
        "kompetensi": 3,
        "perilaku": 2,
        "pengaduan": 1,
    }
    assert [draft.time for draft in report.drafts] == [1_772_427_600_000, 1_772_514_000_000, 1_772_514_000_000]
    assert [(bad.row, bad.faults[0].field, bad.faults[0].value) for bad in report.bad_rows] == [(4, "U2", "e")]


def test_answers_in_a_database_become_one_respondent_whatever_their_order() -> None:
    report = check("skm_database")
    assert [draft.data["elements"] for draft in report.drafts] == [
        {
            "persyaratan": 3,
            "prosedur": 4,
            "waktu": 2,
            "biaya": 4,
            "produk": 3,
            "kompetensi": 3,
            "perilaku": 3,
            "pengaduan": 4,
            "sarana": 1,
        },
        {"persyaratan": 4},
    ]


def test_one_bpjs_booking_is_three_waits() -> None:
    report = check("bpjs_antrean")
    assert said(report, of="20260302A001-admisi") == [
        "01:00:00 ticket.created",
        "01:05:00 ticket.called",
        "01:05:00 service.started",
        "01:10:00 service.ended",
    ]
    assert said(report, of="20260302A001-poli")[0] == "01:10:00 ticket.created"
    assert said(report, of="20260302A001-poli")[-1] == "01:40:00 service.ended"
    assert said(report, of="20260302A001-farmasi")[0] == "01:40:00 ticket.created"
    assert said(report, of="20260302A001-farmasi")[-1] == "01:56:40 service.ended"
    assert said(report, of="20260302B002-poli") == ["01:11:40 ticket.created", "01:41:40 ticket.cancelled"]
    assert said(report, of="20260302B002-admisi") == [], "an old patient has no admission"
    assert report.skipped == {"batal sebelum datang": 1}


def test_warsaw_clocks_are_mapped_as_they_were_written() -> None:
    report = check("warsaw_counters")
    assert {draft.source for draft in report.drafts if draft.time < 1_400_000_000_000} == {"warsaw/UD_Srodmiescie_2"}
    assert {draft.source for draft in report.drafts if draft.time > 1_600_000_000_000} == {
        "warsaw/UD_Bielany",
        "warsaw/USC_Andersa",
    }
    assert len({(draft.source, draft.id) for draft in report.drafts}) == report.events - 6, "six exact duplicates"
    first = next(draft for draft in report.drafts if draft.source == "warsaw/UD_Wola")
    assert first.id == "2019-12-30T07:59/182"
    assert first.data == {
        "unit": "ud_wola",
        "queue": "182",
        "service": "ud_wola-182",
        "waiting": 0,
        "open_counters": 4,
    }


def test_attendances_less_breaches_are_within_four_hours() -> None:
    report = check("nhs_ae_four_hours")
    first = report.drafts[0].data
    assert (first["n"], first["within"], first["limit_ms"], first["service"]) == (21_289, 18_410, 14_400_000, "type-1")
    assert first["ends"] == "2017-03-31T23:00:00.000Z", "1 April is summer time in London"


def test_a_smiley_terminal_sends_a_digit_or_a_word_or_an_object() -> None:
    drafts = check("smiley_mqtt").drafts
    assert [(draft.data["score"], draft.data["scale"]) for draft in drafts] == [(4, 4), (1, 4), (3, 3)]
    assert [clock(draft) for draft in drafts] == ["01:00:00", "01:02:10", "01:03:00"]
    assert drafts[2].id == "loket-2/p-17", "an id of the terminal's own makes a repeated press one"
    assert {(draft.data["unit"], draft.data["counter"]) for draft in drafts} == {
        ("kalianda", "loket-1"),
        ("kalianda", "loket-2"),
    }


def test_a_sheet_of_trainings_makes_units_trained_when_they_are_over() -> None:
    """Equal codes at two units are one training; a planned one is recorded as planned, and later as done."""
    drafts = check("pelatihan").drafts
    assert [(draft.data["unit"], draft.data["training"], draft.data["completed"]) for draft in drafts] == [
        ("kalianda", "ST-12/2026", True),
        ("natar", "ST-12/2026", True),
        ("palas", "ST-31/2026", False),
    ]
    assert drafts[0].data["siasn_type"] == 4
    assert (drafts[0].data["starts"], drafts[0].data["ends"]) == ("2026-08-10", "2026-08-12")
    assert [clock(draft) for draft in drafts] == ["09:00:00", "09:00:00", "17:00:00"], "16.00 WIB, and of old"
    assert drafts[2].time < drafts[0].time, "what is planned may lie ahead; an event may not"
    assert "893" not in str(drafts)
