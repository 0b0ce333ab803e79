"""What a person or a program gets from ``pantau registry``."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pantau.cli.registry import app

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "lampung_selatan" / "registry.toml")

BROKEN = """\
[defaults]
zone = "WIBB"
[[unit]]
code = "kec-x"
nama = "X"
"""


FEW = """\
[hours.kantor]
mon = '08:00-12:00'
[[kabupaten]]
code = "18.01"
name = "Lampung Selatan"
[[kecamatan]]
code = "18.01.06"
name = "Kalianda"
kabupaten = "18.01"
[[unit]]
code = "x"
name = "X"
kecamatan = "18.01.06"
zone = "WIB"
hours = "kantor"
"""


def run(*arguments: str, ends: int = 0, lang: str = "en") -> str:
    result = CliRunner().invoke(app, list(arguments), env={"PANTAU_LANG": lang})
    assert result.exit_code == ends, result.output
    return result.stdout if ends == 0 else result.output


@pytest.fixture
def broken(tmp_path: Path) -> str:
    path = tmp_path / "registry.toml"
    path.write_text(BROKEN, "utf-8")
    return str(path)


def test_check_sums_up_a_good_file() -> None:
    printed = run("check", EXAMPLE)
    for line in ("units      19", "kecamatan  17", "zones      Asia/Jakarta", "holidays   135 days in 2023-2027"):
        assert f"  {line}\n" in printed


def test_check_tells_every_fault_with_its_line_and_ends_with_2(broken: str) -> None:
    printed = run("check", broken, ends=2).splitlines()
    assert printed[0] == "registry.toml has 5 faults:"
    assert [line.split(": ")[0] for line in printed[1:]] == [f"registry.toml:{n}" for n in (2, 3, 3, 3, 5)]
    assert printed[1].endswith("zone 'WIBB' is not WIB, WITA, WIT or an IANA time zone; did you mean WIB?")
    assert printed[-1] == "registry.toml:5: unit 'kec-x': nama is not a key that is known here; did you mean name?"


def test_check_speaks_json_to_programs(broken: str) -> None:
    good = json.loads(run("check", EXAMPLE, "--json"))
    assert (good["units"], good["faults"]) == (19, [])
    bad = json.loads(run("check", broken, "--json", ends=2))
    assert [fault["line"] for fault in bad["faults"]] == [2, 3, 3, 3, 5]
    assert bad["faults"][0]["todo"] == "did you mean WIB?"


def test_a_file_that_is_not_there_is_a_fault_of_the_set_up(tmp_path: Path) -> None:
    missing = str(tmp_path / "registri.toml")
    assert "cannot be read" in run("check", missing, ends=2)
    assert "cannot be read" in json.loads(run("check", missing, "--json", ends=2))["faults"][0]["text"]


def test_show_prints_units_hours_and_promises() -> None:
    printed = run("show", EXAMPLE)
    assert "kec-18.01.06       Kantor Kecamatan Kalianda" in printed
    assert "Fri                       07:30-11:30 13:00-16:30" in printed
    assert "wait_to_call        30 minutes       leavers counted" in printed


def test_show_tells_what_one_unit_promises_on_a_day() -> None:
    printed = run("show", EXAMPLE, "--unit", "disdukcapil-18.01", "--on", "2026-03-02")
    promises = printed.split("promises of disdukcapil-18.01 on 2026-03-02\n")[1].splitlines()
    assert [line.split() for line in promises if line.split()[0] == "ktp-el"] == [
        ["ktp-el", "wait_to_call", "45", "minutes", "leavers", "counted"],
        ["ktp-el", "turnaround_working", "1", "working", "days", "leavers", "not_counted"],
    ]


def test_show_gives_programs_the_rows_that_are_stored() -> None:
    rows = json.loads(run("show", EXAMPLE, "--json"))
    assert sum(row["kind"] == "unit" for row in rows) == 19
    (only,) = json.loads(run("show", EXAMPLE, "--json", "--unit", "kec-18.01.06"))
    assert only["body"]["name"] == "Kantor Kecamatan Kalianda"


def test_show_helps_with_a_wrong_unit_or_day() -> None:
    assert "did you mean kec-18.01.06?" in run("show", EXAMPLE, "--unit", "kec18.01.06", ends=2)
    assert "is not a date" in run("show", EXAMPLE, "--unit", "kec-18.01.06", "--on", "tomorrow", ends=2)


def test_a_file_without_a_unit_is_not_good(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("", "utf-8")
    printed = run("check", str(path), ends=2)
    assert "empty.toml:1: holds no unit; add a [[unit]]; docs/registry.md has a whole file to start from" in printed
    assert "tidak memuat satu unit pun" in run("check", str(path), ends=2, lang="id")
    assert "holds no unit" in run("show", str(path), ends=2)


def test_a_good_file_that_lets_nobody_send_and_promises_nothing_says_so(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_text(FEW, "utf-8")
    printed = run("check", str(path))
    assert "registry.toml: good" in printed
    assert "every weekday is worked" in printed
    assert "no [[source]] yet: every event is refused until one is added" in printed
    assert "no [[standard]] yet: no visit is judged by a promise" in printed
    assert "belum ada [[source]]" in run("check", str(path), lang="id")
    assert "no [[source]]" not in run("check", EXAMPLE)


@pytest.mark.parametrize(
    ("extra", "hint"),
    [
        ("[[promise]]\n", "promise is not a key that is known here; write [[standard]]"),
        ("[[kantor]]\n", "kantor is not a key that is known here; write [[unit]]"),
        ("[[hours]]\nname = 'x'\n", "is not written as [hours]; write [hours.kantor]"),
        (
            "[[service]]\ncode = 'a'\nname = 'A'\nkind = 'ticket'\n",
            'group = "adminduk", the code of a [[service_group]]',
        ),
        ("[[service]]\ncode = 'a'\nname = 'A'\nkind = 'ticket'\ngroup = 'g'\n", "add [[service_group]] first"),
    ],
)
def test_what_people_write_by_mistake_is_answered_with_what_is_meant(tmp_path: Path, extra: str, hint: str) -> None:
    path = tmp_path / "registry.toml"
    path.write_text((FEW.replace("[hours.kantor]\nmon = '08:00-12:00'\n", "") if "[[hours" in extra else FEW) + extra)
    assert hint in run("check", str(path), ends=2)


def test_hours_that_a_unit_names_and_nobody_wrote_are_asked_for_in_the_way_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_text(FEW.replace("[hours.kantor]\nmon = '08:00-12:00'\n", ""))
    assert 'add [hours.kantor] first, such as mon-fri = "08:00-16:00"' in run("check", str(path), ends=2)


@pytest.mark.parametrize("verb", ["check", "show"])
def test_a_report_is_in_one_language(verb: str, broken: str) -> None:
    english, indonesian = run(verb, EXAMPLE), run(verb, EXAMPLE, lang="id")
    assert english != indonesian
    for word in ("days", "leavers", "units", "minutes", "closed", "good", "from"):
        assert word not in indonesian.replace(EXAMPLE, "").split()
    refused = run(verb, broken, ends=2, lang="id")
    for word in (" missing", " known", " faults:", "did you", "; add "):
        assert word not in refused


def test_the_command_is_imported_without_what_only_its_work_needs() -> None:
    """``pantau --help`` imports every verb; a late import is what keeps it fast."""
    late = ["pantau.registry_file", "pantau.domain.registry", "holidays", "msgspec", "tomllib", "zoneinfo"]
    code = f"import sys, pantau.cli.registry; print([m for m in {late!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_load_makes_the_directory_that_its_fault_told_to_make(tmp_path: Path) -> None:
    assert "in force as version" in run("load", EXAMPLE, "--data", str(tmp_path / "new"))
