"""The committed boards: as defined, valid by Grafana's own types, clean, alike in both languages."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from dashboards.build import FOLDER, built, differing, write
from dashboards.words import WORDS
from tests.architecture.tree import ROOT
from tests.dashboards import lint, schema

FILES = {path: json.loads(text) for path, text in built().items()}
BOARDS: dict[str, dict[str, Any]] = {board["uid"]: board for board in FILES.values()}


def test_the_committed_files_are_those_that_the_definitions_make() -> None:
    assert differing() == [], "run: pantau dashboards build"


def test_a_build_makes_what_is_missing_mends_what_differs_and_removes_what_is_left_over(tmp_path: Path) -> None:
    assert set(write(tmp_path)) == {*built()}
    assert write(tmp_path) == []
    (tmp_path / "id" / "ikhtisar.json").write_text("{}")
    (tmp_path / "en" / "old.json").write_text("{}")
    assert differing(tmp_path) == ["en/old.json", "id/ikhtisar.json"]
    assert write(tmp_path) == ["en/old.json", "id/ikhtisar.json"]
    assert differing(tmp_path) == []


@pytest.mark.parametrize("path", FILES)
def test_a_board_is_what_grafana_takes_for_one(path: str) -> None:
    assert schema.faults(FILES[path]) == []


@pytest.mark.parametrize("path", FILES)
def test_a_board_has_no_fault_of_its_own(path: str) -> None:
    assert lint.faults(FILES[path]) == []


def test_the_boards_lead_to_each_other_and_are_alike_in_both_languages() -> None:
    assert lint.faults_between(BOARDS) == []


def test_there_is_a_file_for_each_board_and_language() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/*.json")} == {"id", "en"}
    assert len(FILES) == len(BOARDS)
    for path, board in FILES.items():
        language, _, name = path.removesuffix(".json").partition("/")
        assert board["uid"] == f"pantau-{name}{'' if language == 'id' else '-en'}"


def test_every_word_is_used_and_said_in_both_languages() -> None:
    said = {text for board in BOARDS.values() for text in lint.texts(board)}
    said |= {str(each["value"]) for board in BOARDS.values() for each in _properties(board)}
    said |= {panel["fieldConfig"]["defaults"]["unit"] for board in BOARDS.values() for panel in board["panels"]}
    unused = [key for key, pair in WORDS.items() if not any(_fits(pair[0], text) for text in said)]
    assert unused == []
    assert not [key for key, pair in WORDS.items() if not all(word.strip() for word in pair)]
    assert not [key for key, (one, other) in WORDS.items() if one.count("{") != other.count("{")]


def _fits(words: str, text: str) -> bool:
    before, brace, _ = words.partition("{")
    return text.startswith(before) if brace else text == words


def _properties(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        each
        for panel in board["panels"]
        for override in panel.get("fieldConfig", {}).get("overrides", ())
        for each in override["properties"]
    ]


OVERVIEW = BOARDS["pantau-ikhtisar"]


def _broken(change: Any) -> dict[str, Any]:
    board = copy.deepcopy(OVERVIEW)
    change(board)
    return board


def _panel(**change: Any) -> Any:
    return lambda board: board["panels"][6].update(change)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_panel(type="gauge"), "'gauge' is no kind of panel"),
        (_panel(gridPos={"x": 0, "y": 0, "w": "wide", "h": 4}), "'wide' is not of type 'number'"),
        (_panel(colour="red"), "'colour' was unexpected"),
        (lambda board: board["panels"][7]["fieldConfig"]["defaults"]["custom"].update(drawStyle="banana"), "'banana'"),
        (
            lambda board: board["panels"][7]["fieldConfig"]["defaults"]["custom"].update(lineWith=2),
            "'lineWith' was unexpected",
        ),
        (lambda board: board["panels"][0]["options"].pop("graphMode"), "'graphMode' is a required property"),
        (lambda board: board["panels"][0]["targets"][0].update(format=7), "7 is not one of"),
        (lambda board: board["panels"][0].pop("description"), "'description' is a required property"),
        (lambda board: board["links"][0].pop("keepTime"), "'keepTime' is a required property"),
        (lambda board: board["templating"]["list"][1].update(type="list"), "'list' is not one of"),
        (
            lambda board: board["panels"][6]["fieldConfig"]["overrides"][2]["properties"].append(
                {"id": "custom.cellOptions", "value": {"type": "gauge", "mode": "rainbow"}}
            ),
            "override custom.cellOptions",
        ),
        (
            lambda board: board["panels"][6]["fieldConfig"]["overrides"][2]["properties"].append(
                {"id": "custom.wdith", "value": 3}
            ),
            "'wdith' was unexpected",
        ),
    ],
)
def test_the_schema_finds_what_grafana_would_not_take(change: Any, why: str) -> None:
    """So that the test above cannot pass because the schema allows everything."""
    found = schema.faults(_broken(change))
    assert any(why in each for each in found), found


def _sql(text: str) -> Any:
    return lambda board: board["panels"][0]["targets"][0].update(rawSql=text)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_panel(gridPos={"x": 13, "y": 40, "w": 12, "h": 4}), "columns 13 to 25 of 24"),
        (_panel(gridPos={"x": 4, "y": 4, "w": 4, "h": 4}), "panels 1 and 7 lie on each other"),
        (_panel(id=1), "panel id 1 is taken twice"),
        (_panel(title=""), "no title"),
        (_panel(description=""), "no description"),
        (_panel(description="One. Two. Three."), "longer than a sentence and what to do"),
        (_panel(type="gauge"), "the live page does not draw"),
        (_panel(targets=[]), "no query"),
        (_panel(datasource={"type": "x", "uid": "mine"}), "its data source is not ${ds}"),
        (lambda board: board["panels"][0]["fieldConfig"]["defaults"].pop("unit"), "no unit"),
        (_sql("SELECT now() AS waiting"), "reads a clock"),
        (_sql("SELECT officer FROM visits"), "reads 'officer'"),
        (_sql("SELECT original FROM rejected_events"), "reads 'original'"),
        (_sql("SELECT 1 WHERE x IN (${office:singlequote})"), "${office}, which is no choice"),
        (
            lambda board: board["annotations"]["list"].append(
                {"name": "Who", "target": {"rawSql": "SELECT note FROM alert_answers"}}
            ),
            "mark Who reads 'note'",
        ),
        (lambda board: board.update(uid="ppsc-x"), "is not pantau-name"),
        (lambda board: board.update(refresh="1s"), "not at least 5s"),
        (lambda board: board.update(refresh=""), "not at least 5s"),
        (lambda board: board.update(editable=True), "changes are lost"),
        (lambda board: board.update(schemaVersion=39), "not 42"),
        (lambda board: board["time"].update(to="now-1h"), "does not end now"),
        (lambda board: board["panels"].extend(board["panels"][:3]), "at most 10"),
        (
            lambda board: board["templating"]["list"][3].update(query="SELECT 1 WHERE ${x:singlequote}"),
            "choice unit uses ${x}",
        ),
        (
            lambda board: board["panels"][6]["fieldConfig"]["overrides"][2]["properties"][2]["value"][0]["options"][
                "below"
            ].update(text="Di bawah"),
            "'Di bawah' has no shape",
        ),
    ],
)
def test_the_lint_finds_what_grafana_would_not_say(change: Any, why: str) -> None:
    found = lint.faults(_broken(change))
    assert any(why in each for each in found), found


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda boards: boards.pop("pantau-unit"), "a link leads to pantau-unit, which is no board"),
        (lambda boards: boards.pop("pantau-ikhtisar-en"), "pantau-ikhtisar: there is no English board"),
        (lambda boards: boards["pantau-unit-en"]["panels"][2].update(id=77), "the languages differ at .panels[2].id"),
        (
            lambda boards: boards["pantau-unit-en"]["panels"][0]["targets"][0].update(rawSql="SELECT 2"),
            "the languages differ at .panels[0].targets[0].rawSql",
        ),
        (
            lambda boards: boards["pantau-unit"]["panels"][0].update(
                description="People waiting now and over the promise."
            ),
            "English in Indonesian text: 'People waiting",
        ),
    ],
)
def test_the_lint_finds_boards_that_do_not_fit_together(change: Any, why: str) -> None:
    boards = copy.deepcopy(BOARDS)
    change(boards)
    found = lint.faults_between(boards)
    assert any(why in each for each in found), found


def test_the_schema_tells_where_it_comes_from() -> None:
    folder = ROOT / "tests" / "dashboards" / "schema"
    assert "@grafana/schema" in (folder / "README.md").read_text()
    assert "Apache" in (folder / "NOTICE").read_text()
