"""``pantau dashboards``: ``build`` writes what is missing and tells what differs, ``annotate`` marks what happened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboards.definitions import boards
from pantau.cli.main import app
from pantau.embedded.desk import Load, open_desk
from tests.cli.test_sources_and_rejects import packed
from tests.dashboards.grafana_stub import TOKEN, Stub
from tests.strategies import MONDAY, REGISTRY, event


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


@pytest.fixture
def grafana() -> Iterator[Stub]:
    stub = Stub()
    yield stub
    stub.close()


def annotate(grafana: Stub, *options: str) -> str:
    answer = CliRunner().invoke(app, ["dashboards", "annotate", grafana.url, *options], env={"GRAFANA_TOKEN": TOKEN})
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_what_a_store_holds_is_marked_once(grafana: Stub, tmp_path: Path) -> None:
    training = event(
        "training.recorded", MONDAY, training="t1", title="Workshop", siasn_type=1, jp=8, participants=12,
        starts="2026-03-30", ends="2026-03-30",
    )  # fmt: skip
    with open_desk(tmp_path, registry=REGISTRY) as desk:
        desk.take(Load([packed(training)], [])).result()
        desk.settled()
    data = ("--data", str(tmp_path))
    assert annotate(grafana, *data) == "anotasi: 2 baru, 0 diperbarui, 0 dihapus, 0 sudah sama\n"
    assert annotate(grafana, *data, "--lang", "en").endswith("2 the same already\n")
