"""``pantau alerts``: what fell is listed, its story told, answers and silences kept, a rule tried on the past."""

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pantau.cli.main import app
from pantau.domain.zones import DAY
from pantau.embedded.desk import open_desk
from pantau.texts import day_text
from tests.alerts.world import FALLS, FIRST, REGISTRY, day_of_events
from tests.support.processes import Process

WEEK = 7 * DAY
RECENT = FIRST + (time.time_ns() // 1_000_000 - FIRST) // WEEK * WEEK - 7 * WEEK
"""The Monday seven weeks before this one, so that the fall began last week whenever the test runs."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("alerts") / "data"
    with open_desk(directory, registry=REGISTRY) as desk:
        events = [event for number in range(FALLS + 5) for event in day_of_events(number, first=RECENT)]
        desk.runtime.submit(events).result(60)  # type: ignore[attr-defined]
        desk.settled()
    return directory


def run(data: Path, *words: str, lang: str = "id") -> Result:
    return CliRunner().invoke(app, ["alerts", *words, "--data", str(data)], env={"PANTAU_LANG": lang, "COLUMNS": "200"})


def rows(data: Path, *words: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run(data, "list", "--json", *words).stdout.splitlines()]


def falling(data: Path) -> list[dict[str, object]]:
    return [row for row in rows(data) if row["unit"] == "u0" and row["state"] != "no_data"]


def test_an_alert_from_its_finding_to_its_answer(data: Path) -> None:
    """One story, for each verb needs what the one before it did."""
    assert not falling(data)
    assert run(data, "evaluate").exit_code == 0
    found = falling(data)
    assert found
    assert {row["state"] for row in found} == {"falling"}
    listed = run(data, "list")
    assert listed.exit_code == 1
    assert "Menurun" in listed.stdout
    code = str(found[0]["code"])
    assert "bukti" in run(data, "show", code.lower()).stdout
    assert "evidence" in run(data, "show", code, lang="en").stdout

    due = f"{datetime.now(UTC).date() + timedelta(days=9)}"
    acked = run(data, "ack", code, "--by", "Sekcam", "--note", "tambah petugas", "--due", due)
    assert acked.stdout == f"{code}: ditindaklanjuti oleh Sekcam\n"
    assert f"tambah petugas, tenggat {day_text(date.fromisoformat(due), 'id')}" in run(data, "show", code).stdout
    assert "acknowledged" in {row["state"] for row in falling(data)}

    until = f"{datetime.now(UTC).date() + timedelta(days=40)}"
    silenced = run(data, "silence", "u0", "--until", until, "--reason", "pindah gedung", "--by", "Operator")
    assert silenced.exit_code == 0
    assert {row["state"] for row in falling(data)} == {"silenced"}
    assert "pindah gedung" in run(data, "silences").stdout
    assert run(data, "lift", "u0", "--by", "Camat").exit_code == 0
    assert {row["state"] for row in falling(data)} == {"acknowledged"}, "an answer holds for the whole incident"
    assert run(data, "silences").stdout == "Tidak ada yang dibisukan.\n"
    assert "diakhiri oleh Camat" in run(data, "silences", "--all").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "ZZZZ"), "no alert has the code 'ZZZZ'"),
        (("silence", "kec-x", "--until", "2099-01-01", "--reason", "x", "--by", "y"), "no unit 'kec-x'"),
        (("silence", "u0", "--until", "2099-01-01", "--reason", " ", "--by", "y"), "needs a reason"),
        (("silence", "u0", "--until", "2099-01-01", "--reason", "x", "--by", "y"), "at most 92 days"),
        (("lift", "u2", "--by", "y"), "'u2' is not silenced"),
        (("silence", "u0", "--until", "2001-01-01", "--reason", "x", "--by", "y"), "ends on or after its first day"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(data: Path, words: tuple[str, ...], says: str) -> None:
    refused = run(data, *words)
    assert refused.exit_code != 0
    assert says in str(refused.exception)


def test_a_rule_is_tried_on_the_stored_history(data: Path) -> None:
    quiet = json.loads(run(data, "backtest", "--days", "21", "--json").stdout)
    assert [each["unit"] for each in quiet["found"]] == ["u0"]
    assert quiet["messages"]["fall"] == 1
    deaf = json.loads(run(data, "backtest", "--days", "21", "--json", "--late", "900", "--time", "900").stdout)
    assert not deaf["found"]
    table = run(data, "backtest", "--days", "21").stdout
    assert "Kantor u0" in table
    assert "penurunan per unit dan 240 hari kerja" in table


@pytest.mark.slow
def test_a_process_looks_and_delivers_until_it_is_told_to_stop(data: Path, tmp_path: Path) -> None:
    process = Process(tmp_path, "alerts", "run", "--data", str(data))
    process.start()
    try:
        process.wait(lambda: True if "looks for alerts" in process.log() else None, "it has begun")
    finally:
        code = process.stop()
    assert code == 0
