"""``pantau retention`` counts what it would remove, removes it when told to, and leaves every number as it was."""

import time
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from pantau.cli.main import app
from pantau.domain.zones import DAY
from pantau.embedded.desk import Load, open_desk
from tests.cli.test_sources_and_rejects import packed
from tests.strategies import REGISTRY, ticket


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.stdout.strip()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three old events and two of today, by when they arrived."""
    now = time.time_ns() // 1_000_000
    said = [
        msgspec.structs.replace(packed(ticket("created", at, ticket=str(n))), arrival=at)
        for n, at in enumerate([now - 30 * DAY] * 3 + [now - DAY] * 2)
    ]
    with open_desk(tmp_path, registry=REGISTRY) as desk:
        desk.take(Load(said, [])).result()
        desk.settled()
    return tmp_path


def test_old_raw_events_are_counted_then_removed_and_every_visit_stays(data: Path) -> None:
    keep = ("retention", "--keep-days", 20, "--data", data)
    assert run(*keep).startswith("3 kejadian mentah berumur lebih dari 20 hari; --remove")
    assert run(*keep, "--remove", "--lang", "en") == (
        "3 raw events older than 20 days were removed; visits and numbers stay"
    )
    assert run(*keep, "--lang", "en").startswith("0 raw events")
    with open_desk(data) as desk:
        assert desk.query("count_visits").rows[0][0] == 5
    assert run("verify", "--data", data).startswith("sama: ")


def test_what_the_bus_may_still_bring_is_not_removed(data: Path) -> None:
    run("retention", "--keep-days", 7, "--data", data, "--remove", code=2)
