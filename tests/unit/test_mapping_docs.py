"""docs/mapping.md says what is so: its example gives its output, and no key of a mapping file is missing from it."""

import re
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from pantau.cli.mapping import app
from producers.mapping.conditions import parse_condition
from producers.mapping.model import Case, EventRule, Mapping, Reading, Skip, Time, Value, ready

PAGE = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert isinstance(found, str)
    return found


def test_the_example_gives_the_output_that_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("antrian.csv").write_text(block("csv"), encoding="utf-8")
    Path("kantor.toml").write_text(block("toml"), encoding="utf-8")
    command, _, shown = block("console").partition("\n")
    result = CliRunner().invoke(app, command.removeprefix("$ pantau mapping ").split())
    assert result.exit_code == 3
    assert result.output == shown


@pytest.mark.parametrize("table", [Mapping, Reading, Value, Case, Time, Skip, EventRule])
def test_every_key_is_explained(table: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(table):
        if field.encode_name not in ("name", "values", "times", "event", "skip", "read", "function"):
            assert re.search(rf"`\[?{field.encode_name}\b|\b{field.encode_name} =", PAGE), field.encode_name


def test_every_shipped_mapping_and_every_test_of_a_condition_is_named() -> None:
    for name in ready():
        assert f"`{name}`" in PAGE
    with pytest.raises(ValueError, match="the tests are") as refused:
        parse_condition({"a": {"none": 1}})
    for name in str(refused.value).partition("the tests are ")[2].split(", "):
        assert re.search(rf"\b{name}\b", PAGE), name
