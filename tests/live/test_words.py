"""Every word of the page is there in both languages, and every word that is there is used."""

import re
from importlib.resources import files
from typing import get_args

import pytest

from dashboards.live.states import SourceKey, UnitKey
from dashboards.live.texts import ABBREVIATIONS, WORDS
from pantau.domain.rejections import Code
from pantau.domain.skm import BANDS, ELEMENTS

SCRIPTS = {
    path.name: path.read_text(encoding="utf-8")
    for path in (files("dashboards.live") / "static").iterdir()
    if path.name.endswith(".js")
}
CODE = "\n".join(SCRIPTS.values())
NAMED = {key for key in re.findall(r'"([a-z]+\.[a-z0-9_]+)"', CODE) if key.partition(".")[0] != "svg"}
PATTERNS = [
    re.compile("^" + re.sub(r"\\\$\\\{.*?\\\}", "[A-Za-z_]+", re.escape(text)) + "$")
    for text in re.findall(r"\bt\(\s*`([^`]*)`", CODE)
]
"""Keys that are put together: a template such as verdict.${key} stands for all of them."""


def names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_key_that_the_scripts_name_has_words() -> None:
    missing = {key for key in NAMED if key not in WORDS and not key.endswith(".js")}
    assert not missing


def test_every_word_is_used() -> None:
    # the reasons of rejects are looked up by their code
    unused = {
        key
        for key in WORDS
        if key not in NAMED and f'"{key}"' not in CODE and not any(pattern.match(key) for pattern in PATTERNS)
        and not key.startswith("reject.")
    }  # fmt: skip
    assert not unused


@pytest.mark.parametrize("key", sorted(WORDS))
def test_both_languages_fill_in_the_same_names_and_stay_calm(key: str) -> None:
    indonesian, english = WORDS[key]
    assert indonesian
    assert english
    assert names(indonesian) == names(english)
    assert "!" not in indonesian + english


def test_every_state_reason_grade_and_element_has_its_words() -> None:
    wanted = {f"state.{key}" for key in get_args(UnitKey)} | {f"count.{key}" for key in get_args(UnitKey)}
    wanted |= {f"source.{key}" for key in get_args(SourceKey)}
    wanted |= {f"todo.{key}" for key in get_args(SourceKey)}
    wanted |= {f"reject.{code}" for code in get_args(Code)}
    wanted |= {f"grade.{band.grade}" for band in BANDS} | {f"element.{element.key}" for element in ELEMENTS}
    wanted |= {
        f"verdict.{key}{form}" for key in ("falling", "overdue", "below", "silent") for form in ("", "_one", "_two")
    }
    assert wanted - {*WORDS} == set()


def test_every_value_that_a_text_names_is_given_by_some_script() -> None:
    """A text with a name that no script fills in would show it in brackets."""
    given = set(re.findall(r"\b(\w+)(?=\s*[:,}])", CODE))
    assert not {name for pair in WORDS.values() for name in names(pair[0])} - given


def test_abbreviations_shorten_and_do_not_chain() -> None:
    for long, short in ABBREVIATIONS:
        assert len(short) < len(long)
        assert all(other not in short for other, _ in ABBREVIATIONS)
