"""``pantau simulate`` from the outside."""

import gzip
import json
import time
from pathlib import Path

import typer
from typer.testing import CliRunner

from pantau.cli.simulate import simulate

app = typer.Typer()
app.command()(simulate)
runner = CliRunner()


def test_the_same_call_writes_the_same_file(tmp_path: Path) -> None:
    names = [tmp_path / "a.ndjson.gz", tmp_path / "b.ndjson.gz"]
    for name in names:
        assert runner.invoke(app, ["--seed", "5", "--out", str(name), "--faults"]).exit_code == 0
    assert names[0].read_bytes() == names[1].read_bytes()
    lines = gzip.decompress(names[0].read_bytes()).splitlines()
    assert len(lines) > 1000
    assert json.loads(lines[0])["specversion"] == "1.0"


def test_days_and_the_world_can_be_chosen(tmp_path: Path) -> None:
    out = tmp_path / "events.ndjson"
    result = runner.invoke(app, ["--world", "load:2x10", "--first-day", "2026-11-11", "--days", "2", "--out", str(out)])
    assert result.exit_code == 0
    events = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(events) == 2 * 10 * 4 * 2
    assert {event["time"][:10] for event in events} == {"2026-11-11", "2026-11-12"}
    assert "160 events, 2026-11-11 to 2026-11-12" in result.stderr


def test_the_table_goes_to_stdout_and_the_talk_to_stderr(tmp_path: Path) -> None:
    registry = tmp_path / "registry.toml"
    result = runner.invoke(app, ["--format", "csv", "--days", "1", "--registry", str(registry)])
    assert result.exit_code == 0
    header, *rows = result.stdout.splitlines()
    assert header.startswith("id,unit,service_id")
    assert all(row.count(",") == header.count(",") for row in rows)
    assert f"{len(rows)} rows" in result.stderr
    assert "kec-18.01.06" in registry.read_text()


def test_a_rate_holds_the_events_back(tmp_path: Path) -> None:
    """40 events at 100 a second: the last is let go 0.39 seconds after the first, never sooner."""
    began = time.monotonic()
    args = ["--world", "load:1x10", "--days", "1", "--rate", "100", "--out", str(tmp_path / "e.ndjson")]
    assert runner.invoke(app, args).exit_code == 0
    assert time.monotonic() - began >= 0.39


def test_an_unknown_world_is_named() -> None:
    result = runner.invoke(app, ["--world", "atlantis"])
    assert result.exit_code != 0
    assert "atlantis" in str(result.exception)
