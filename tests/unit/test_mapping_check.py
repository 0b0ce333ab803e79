"""``pantau mapping``: the report shows what comes of a file, and loses no row in silence."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pantau.cli.mapping import app
from pantau.domain.personal import MASKED
from pantau.domain.registry import Registry, Source
from producers.mapping import compile
from producers.mapping.check import Check
from producers.mapping.model import parse, ready
from producers.mapping.unnamed import KEPT, Unnamed

TEXT = """
title = "t"
source = "s"
unit = "u"
zone = "WIB"
drop = ["nama", "kontak.*"]

[[skip]]
when = { state = "test" }
why = "a trial"

[[event]]
kind = "rating.given"
id = "{id}"
time = "at"
data = { score = "{score}", scale = 4 }
"""
ROWS = """id,at,state,score,nama,loket
1,2026-03-02 08:00:00,,4,x,1
2,2026-03-02 09:00:00,test,4,x,1
3,soon,,4,x,1
4,2026-03-02 10:00:00,,11,x,1
5,later,,many,x,1
6,2026-03-02 07:00:00,,1,x,1
7
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "m.toml").write_text(TEXT, encoding="utf-8")
    return tmp_path / "rows.csv", tmp_path / "m.toml"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_every_row_is_mapped_or_skipped_or_bad(files: tuple[Path, Path]) -> None:
    report = Check(files[0], parse(TEXT, name="m")[0], language="en").finish()
    assert (report.rows, report.mapped, report.skipped.total(), report.bad) == (7, 2, 1, 4)
    assert report.mapped + report.skipped.total() + report.bad == report.rows
    assert report.events == 2
    assert [bad.row for bad in report.bad_rows] == [3, 4, 5, 7]
    assert [fault.field for fault in report.bad_rows[2].faults] == ["score", "at"] or len(
        report.bad_rows[2].faults
    ) == 1
    assert (
        report.reasons["at", "is not a time in the format iso", "correct the value, or the format in the mapping"] == 2
    )
    assert any(field == "score" and "<= 10" in rule for field, rule, _ in report.reasons), (
        "what the event's record refuses"
    )
    assert (report.first, report.last) == (1_772_409_600_000, 1_772_413_200_000)


def test_a_column_that_is_neither_used_nor_dropped_is_named(files: tuple[Path, Path]) -> None:
    report = Check(files[0], parse(TEXT, name="m")[0]).finish()
    assert report.unused == ["loket"]
    assert report.absent == []


def test_a_column_that_never_occurs_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"id": 1, "at": "2026-03-02", "kontak": {"hp": 1}}\n', encoding="utf-8")
    report = Check(path, parse(TEXT, name="m")[0]).finish()
    assert report.absent == ["state", "score"]
    assert report.unused == []


def test_no_more_bad_rows_are_kept_than_asked_but_all_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,at,state,score\n" + "1,soon,,4\n" * 500, encoding="utf-8")
    report = Check(path, parse(TEXT, name="m")[0], listed=3).finish()
    assert (len(report.bad_rows), report.bad, sum(report.reasons.values())) == (3, 500, 500)


def test_the_command_shows_events_reasons_and_rows_and_ends_with_3(files: tuple[Path, Path]) -> None:
    code, output = run("check", files[0], "-m", files[1], "--lang", "en")
    assert code == 3
    assert "2026-03-02T01:00:00.000Z  rating.given" in output
    assert "a trial" in output
    assert "data row 3: at = 'soon' is not a time in the format iso" in output
    assert "loket" in output
    code, output = run("check", files[0], "-m", files[1])
    assert "baris data 3: at = 'soon' bukan waktu dengan format iso" in output


def test_the_command_lists_twenty_bad_rows_or_all(tmp_path: Path, files: tuple[Path, Path]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,at,state,score\n" + "1,soon,,4\n" * 50, encoding="utf-8")
    _, output = run("check", path, "-m", files[1], "--lang", "en")
    assert output.count("  data row ") == 20
    assert "30 more rows" in output
    _, output = run("check", path, "-m", files[1], "--lang", "en", "--all")
    assert output.count("  data row ") == 50


def test_the_report_as_json_holds_all_of_it(files: tuple[Path, Path]) -> None:
    code, output = run("check", files[0], "-m", files[1], "--json")
    document = json.loads(output)
    assert code == 3
    assert (document["rows"], document["bad"], len(document["bad_rows"])) == (7, 4, 4)
    assert document["drafts"][0]["data"] == {"unit": "u", "scale": 4, "score": 4}
    assert sum(reason["rows"] for reason in document["reasons"]) >= 4


def test_a_faulty_mapping_or_a_missing_file_ends_with_2(files: tuple[Path, Path], tmp_path: Path) -> None:
    files[1].write_text(TEXT.replace("rating.given", "rating.givn"), encoding="utf-8")
    code, output = run("check", files[0], "-m", files[1])
    assert code == 2
    assert "m.toml:13: event.0.kind 'rating.givn' is not a kind of event; did you mean rating.given?" in output
    code, output = run("check", files[0], "-m", files[1], "--json")
    assert code == 2
    assert "did you mean rating.given?" in json.loads(output)["faults"][0]
    code, output = run("check", tmp_path / "none.csv", "-m", "bank_calls_1999")
    assert code == 2
    assert "there is no file" in output


def test_a_good_file_ends_with_0(files: tuple[Path, Path]) -> None:
    files[0].write_text(ROWS.splitlines()[0] + "\n" + ROWS.splitlines()[1] + "\n", encoding="utf-8")
    code, output = run("check", files[0], "-m", files[1])
    assert code == 0
    assert "Semua baris dapat dipetakan." in output


def test_shipped_mappings_are_listed_and_shown() -> None:
    code, output = run("list")
    assert code == 0
    assert all(name in output for name in ready())
    assert json.loads(run("list", "--json")[1])["bank_calls_1999"].startswith("Bank call centre")
    assert run("show", "antrian_mpp")[1].startswith('title = "Antrian MPP')
    assert "def events(row):" in run("show", "antrian_mpp", "--code")[1]
    code, output = run("show", "antrian_mp")
    assert code == 2
    assert "did you mean antrian_mpp?" in output


STATUS = """
title = "t"
source = "kantor"
unit = "{kantor}"
zone = "WIB"

[data]
ticket = "{id}"
service = "{layanan}"
channel = "{jalur}"

[values.jalur]
map = { a = "loket", b = "daring" }
otherwise = "lain"

[[skip]]
when = { status = "uji" }
why = "a trial"

[[event]]
kind = "ticket.created"
id = "{id}/created"
time = "dibuat"

[[event]]
kind = "ticket.no_show"
id = "{id}/no-show"
time = "dibuat"
when = { status = ["lewat", "hangus"], durasi = { below = 5 } }
"""
TICKETS = """id,kantor,layanan,jalur,status,durasi,dibuat
1,here,ktp,a,lewat,1,2026-03-02 08:00:00
2,here,ktp,b,Lewat,2,2026-03-02 08:01:00
3,here,ktp,c,ditunda,3,2026-03-02 08:02:00
4,hier,KTP,c,ditunda,4,2026-03-02 08:03:00
5,here,ktp,x,uji,5,2026-03-02 08:04:00
6,here,,,,6,2026-03-02 08:05:00
"""
KNOWN = """
[hours.kantor]
mon = "08:00-12:00"
[[kabupaten]]
code = "18.01"
name = "Lampung Selatan"
[[kecamatan]]
code = "18.01.06"
name = "Kalianda"
kabupaten = "18.01"
[[unit]]
code = "here"
name = "Here"
kecamatan = "18.01.06"
zone = "WIB"
hours = "kantor"
[[service_group]]
code = "adminduk"
name = "Adminduk"
[[service]]
code = "ktp"
name = "KTP"
group = "adminduk"
kind = "ticket"
[[source]]
name = "kantor"
live = false
"""


@pytest.fixture
def tickets(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    (tmp_path / "status.toml").write_text(STATUS, encoding="utf-8")
    return tmp_path / "tickets.csv", tmp_path / "status.toml"


def test_values_that_no_condition_names_are_counted_though_their_rows_are_mapped(tickets: tuple[Path, Path]) -> None:
    report = Check(tickets[0], parse(STATUS, name="s")[0]).finish()
    assert (report.mapped, report.skipped.total(), report.bad) == (5, 1, 0)
    assert report.unnamed == {"status": {"ditunda": 2, "Lewat": 1}}, "and durasi is compared as a number"
    code, output = run("check", tickets[0], "-m", tickets[1], "--lang", "en")
    assert code == 0
    assert "  status: 'ditunda' 2, 'Lewat' 1\n" in output


def test_texts_that_a_map_does_not_hold_are_counted_where_they_become_something_else(
    tickets: tuple[Path, Path],
) -> None:
    report = Check(tickets[0], parse(STATUS, name="s")[0]).finish()
    assert report.otherwise == {"jalur": {"c": 2, "x": 1}}, (
        "an empty cell is nothing, and a skipped row was looked at too"
    )
    assert "  jalur: 'c' 2, 'x' 1\n" in run("check", tickets[0], "-m", tickets[1], "--lang", "en")[1]


def test_a_column_of_many_values_is_counted_in_little_memory_and_shown_in_one_line(tmp_path: Path) -> None:
    path, mapping = tmp_path / "t.csv", tmp_path / "m.toml"
    mapping.write_text(STATUS, encoding="utf-8")
    rows = "".join(f"{n},here,ktp,a,status {n},9,2026-03-02 08:00:00\n" for n in range(KEPT + 500))
    path.write_text(TICKETS.splitlines()[0] + "\n" + rows, encoding="utf-8")
    report = Check(path, parse(STATUS, name="s")[0]).finish()
    assert (len(report.unnamed["status"]), report.unnamed["status"].total()) == (KEPT + 1, KEPT + 500)
    assert f"other values {KEPT + 500 - 10:,}\n" in run("check", path, "-m", mapping, "--lang", "en")[1]


def test_values_of_a_column_named_after_a_person_are_not_shown(tickets: tuple[Path, Path]) -> None:
    text = STATUS.replace('status = ["lewat", "hangus"]', 'nama = ["lewat"]').replace('status = "uji"', 'nama = "uji"')
    tickets[0].write_text(TICKETS.replace(",status,", ",nama,"), encoding="utf-8")
    report = Check(tickets[0], parse(text, name="s")[0]).finish()
    assert [*report.unnamed["nama"]] == [MASKED]


def test_numbers_that_begin_anew_every_day_are_told_until_something_tells_the_days_apart(tmp_path: Path) -> None:
    #  A1 02 Mar 08:00, 09:00 | A1 03 Mar 08:00: the same number of two days;  A2 once
    text = STATUS.replace('ticket = "{id}"', 'ticket = "{kantor}"').replace('unit = "{kantor}"', 'unit = "here"')
    rows = [("1", "A1", "02", "08"), ("2", "A1", "02", "09"), ("3", "A1", "03", "08"), ("4", "A2", "03", "08")]
    lines = [f"{n},{ticket},ktp,a,lewat,9,2026-03-{day} {hour}:00:00" for n, ticket, day, hour in rows]
    path, mapping = tmp_path / "t.csv", tmp_path / "m.toml"
    path.write_text("\n".join([TICKETS.splitlines()[0], *lines, ""]), encoding="utf-8")
    mapping.write_text(text, encoding="utf-8")
    assert Check(path, parse(text, name="s")[0]).finish().taken_again == {"kantor": ["A1"]}
    assert "numbers_restart" in run("check", path, "-m", mapping)[1]
    daily = Registry(sources=[Source(name="kantor", live=False, numbers_restart="daily")])
    assert Check(path, parse(text, name="s")[0], registry=daily).finish().taken_again == {}


def test_conditions_inside_a_value_count_too() -> None:
    text = STATUS.replace(
        'map = { a = "loket", b = "daring" }\notherwise = "lain"',
        'cases = [{ when = { jalur = "a" }, is = "loket" }, { is = "daring" }]',
    )
    unnamed = Unnamed()
    events = compile(parse(text, name="s")[0], unnamed=unnamed).events
    for way in "aabc":
        events({"id": "1", "kantor": "here", "jalur": way, "status": "lewat", "dibuat": "2026-03-02"})
    assert unnamed.conditions["jalur"] == {"b": 1, "c": 1}


def test_with_a_registry_the_check_says_what_would_be_refused_and_which_services_nobody_knows(
    tickets: tuple[Path, Path], tmp_path: Path
) -> None:
    registry = tmp_path / "registry.toml"
    registry.write_text(KNOWN, encoding="utf-8")
    code, output = run("check", tickets[0], "-m", tickets[1], "--lang", "en", "--registry", registry)
    assert code == 3
    assert "1  kantor  unknown_unit: data.unit: no such unit in the registry" in output
    assert "hier (1)" in output
    assert "or mend the code (here?)" in output
    assert "1  KTP  (nearest: ktp)" in output
    registry.write_text(KNOWN.replace('name = "kantor"\nlive', 'name = "kantoor"\nlive'), encoding="utf-8")
    code, output = run("check", tickets[0], "-m", tickets[1], "--registry", registry, "--lang", "en")
    assert code == 3
    assert "kantor  (nearest: kantoor)" in output
    assert run("check", tickets[0], "-m", tickets[1], "--lang", "en")[0] == 0


def test_a_live_source_of_an_old_export_is_told_before_anything_is_sent(
    tickets: tuple[Path, Path], tmp_path: Path
) -> None:
    registry = tmp_path / "registry.toml"
    registry.write_text(KNOWN.replace("live = false", ""), encoding="utf-8")
    tickets[0].write_text(TICKETS.replace("2026", "2019"), encoding="utf-8")
    code, output = run("check", tickets[0], "-m", tickets[1], "--lang", "en", "--registry", registry)
    assert code == 3
    assert "too_old: time:" in output
    assert "send it as an import" in output


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        (
            ('zone = "WIB"', 'zone = "WIBB"'),
            5,
            "zone 'WIBB' is not WIB, WITA, WIT or an IANA time zone; did you mean WIB?",
        ),
        (('zone = "WIB"', 'zone = "WIB"\ntime_format = "%Q"'), 6, "time_format '%Q' %Q is no directive"),
        (
            ("[[skip]]", '[times.dibuat]\ntext = "{dibuat}"\nzone = "Asia/Jakrta"\n[[skip]]'),
            18,
            "did you mean Asia/Jakarta?",
        ),
        (("[[skip]]", '[times.dibuat]\ntext = "{dibuat}"\nformat = "%Q"\n[[skip]]'), 18, "times.dibuat.format '%Q'"),
    ],
    ids=["zone", "time_format", "a time's zone", "a time's format"],
)
def test_a_typo_is_told_at_its_own_line_and_once(
    tickets: tuple[Path, Path], wrong: tuple[str, str], line: int, said: str
) -> None:
    tickets[1].write_text(STATUS.replace(*wrong), encoding="utf-8")
    code, output = run("check", tickets[0], "-m", tickets[1])
    assert code == 2
    assert output.startswith("status.toml has 1 fault:\n")
    assert f"status.toml:{line}: " in output
    assert said in output
