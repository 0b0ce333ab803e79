"""``pantau mapping``: the report shows what comes of a file, and loses no row in silence."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pantau.cli.mapping import app
from producers.mapping.check import Check
from producers.mapping.model import parse, ready

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
    assert "row 3: at = 'soon' is not a time in the format iso" in output
    assert "loket" in output
    code, output = run("check", files[0], "-m", files[1])
    assert "baris 3: at = 'soon' bukan waktu dengan format iso" in output


def test_the_command_lists_twenty_bad_rows_or_all(tmp_path: Path, files: tuple[Path, Path]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,at,state,score\n" + "1,soon,,4\n" * 50, encoding="utf-8")
    _, output = run("check", path, "-m", files[1], "--lang", "en")
    assert output.count("  row ") == 20
    assert "30 more rows" in output
    _, output = run("check", path, "-m", files[1], "--lang", "en", "--all")
    assert output.count("  row ") == 50


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
