"""``pantau verify`` says what it compared; where there is nothing, it says so and where the events went."""

import json
from pathlib import Path

from typer.testing import CliRunner

from pantau.cli.main import app
from pantau.domain.rejections import flaw
from pantau.embedded.desk import Load, open_desk
from tests.cli.test_sources_and_rejects import packed, refusal
from tests.strategies import MONDAY, REGISTRY, ticket


def run(*arguments: object, lang: str = "en") -> str:
    result = CliRunner().invoke(app, ["verify", *map(str, arguments)], env={"PANTAU_LANG": lang})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_store_without_events_is_not_called_equal_and_its_refusals_are_named(tmp_path: Path) -> None:
    unknown = flaw("unknown_unit", "data.unit", "kec-x", "id", nearest="").fault
    with open_desk(tmp_path, registry=REGISTRY) as desk:
        desk.take(Load([], [refusal(n, "unknown_unit", unknown) for n in range(3)])).result()
    assert run("--data", tmp_path).splitlines() == [
        "nothing to compare: the log holds no event",
        f"3 refused and in no number: pantau rejects list --data {tmp_path}",
    ]
    told = json.loads(run("--data", tmp_path, "--json"))
    assert (told["equal"], told["events"], told["refused"]) == (True, 0, 3)


def test_different_events_are_counted_and_not_their_deliveries(tmp_path: Path) -> None:
    said = [packed(ticket("created", MONDAY + n, ticket=str(n))) for n in range(5)]
    with open_desk(tmp_path, registry=REGISTRY) as desk:
        for _ in range(3):
            desk.take(Load(said, [])).result()
        desk.settled()
    assert run("--data", tmp_path).startswith("equal: 5 events, 5 facts, ")
    assert run("--data", tmp_path, lang="id").startswith("sama: 5 kejadian, 5 fakta, ")
