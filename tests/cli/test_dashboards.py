"""``pantau dashboards build``: writes what is missing, tells what differs, changes nothing when asked to check."""

from pathlib import Path

from typer.testing import CliRunner

from dashboards.definitions import boards
from pantau.cli.main import app


def build(*options: str) -> tuple[int, list[str]]:
    answer = CliRunner().invoke(app, ["dashboards", "build", *options])
    return answer.exit_code, answer.stdout.splitlines()


def test_boards_are_written_once_and_then_found_as_they_should_be(tmp_path: Path) -> None:
    code, told = build("--to", str(tmp_path))
    assert code == 0
    assert len(told) == 2 * len(boards()) == len(list(tmp_path.glob("*/*.json")))
    assert build("--to", str(tmp_path)) == (0, ["every board is as defined"])
    assert build("--to", str(tmp_path), "--check") == (0, ["every board is as defined"])


def test_a_check_names_what_differs_and_leaves_it(tmp_path: Path) -> None:
    build("--to", str(tmp_path))
    changed = tmp_path / "en" / "unit.json"
    changed.write_text("{}")
    assert build("--to", str(tmp_path), "--check") == (1, ["en/unit.json"])
    assert changed.read_text() == "{}"
