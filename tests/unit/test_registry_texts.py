"""Every fault of a registry file can be told in Indonesian: no text that the readers can give is missing."""

import ast
import re
from collections.abc import Iterator

import pytest

from pantau.registry_file import parse
from pantau.registry_texts import KINDS, TEXTS, retold, told
from pantau.toml_rows import FileFault
from tests.architecture.tree import ROOT

READERS = ("registry_file", "registry_checks", "toml_rows")
NAMED = {"rule", "todo", "missing", "example"}
"""Variables of the readers that hold a text."""


def texts(node: ast.expr) -> Iterator[str]:
    """The texts that an expression can give, with places for what is computed; none for what is no text of its own."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from texts(one)
            yield from texts(other)
        case ast.BoolOp(values=several):
            for each in several:
                yield from texts(each)


def given(module: str) -> Iterator[str]:
    """Rules and advice that a reader writes down: the second and third of ``fault``, and variables named for them."""
    for node in ast.walk(ast.parse((ROOT / "pantau" / f"{module}.py").read_text())):
        match node:
            case ast.Call(func=ast.Attribute(attr="fault"), args=[_, rule, todo]):
                yield from texts(rule)
                yield from texts(todo)
            case ast.Call(func=ast.Attribute(attr="blame"), args=[_, _, _, rule, todo]):
                yield from texts(rule)
                yield from texts(todo)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMED:
                yield from texts(value)
            case ast.Return(value=ast.expr() as value):
                yield from (text for text in texts(value) if re.match(r"did you|choose|check|add", text))


def normal(text: str) -> str:
    return re.sub(r"\{\w*\}", "{}", text)


@pytest.mark.parametrize("module", READERS)
def test_every_text_of_a_reader_has_its_indonesian(module: str) -> None:
    known = {normal(text) for text in (*TEXTS, *KINDS)}
    # examples and placeholders inside other texts, and what is filled with another text whole
    inside = {
        "{}",
        "3 working days",
        "30 minutes",
        "{}, with - in front to move back",
        "",
        "turnaround or turnaround_working",
    }
    found = {normal(text) for text in given(module)}
    assert found
    missing = {
        text for text in found - inside if text not in known and not any(_covers(template, text) for template in known)
    }
    assert not missing


def _covers(template: str, text: str) -> bool:
    """Whether a text is one of a more general template's: ``write ["a", "b"]`` is one of ``write {}``."""
    return re.fullmatch(re.escape(template).replace(r"\{\}", ".+"), text) is not None


def test_both_languages_have_the_same_places() -> None:
    for english, indonesian in (TEXTS | KINDS).items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", indonesian)), english


def test_facts_and_what_a_value_must_be_are_told_inside() -> None:
    assert retold("is not a whole number") == "bukan bilangan bulat"
    assert retold("is not written as [[unit]]") == "bukan ditulis sebagai [[unit]]"
    assert retold("is not one of 'ticket', 'application'") == "bukan salah satu dari 'ticket', 'application'"
    assert retold("overlaps the version on line 7, valid to 2026-01-01") == (
        "tumpang tindih dengan versi pada baris 7, yang berlaku sampai 2026-01-01"
    )
    assert retold("some detail of a library") == "some detail of a library"


def test_a_fault_is_told_with_its_place() -> None:
    fault = FileFault(file="r.toml", line=3, field="unit 'x': zone", value="'WIBB'", rule="is empty", todo="mend it")
    assert told(fault, "id") == "r.toml:3: unit 'x': zone 'WIBB' kosong; perbaiki"
    assert told(fault, "en") == "r.toml:3: unit 'x': zone 'WIBB' is empty; mend it"
    assert parse("").units == ()
