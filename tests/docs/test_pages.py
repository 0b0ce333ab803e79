"""Our pages say what is so: commands are understood, links lead somewhere, settings and exit codes are real."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from pantau.domain import errors
from pantau.settings import catalogue
from tests.architecture.tree import ROOT
from tests.docs.commands import PAGES, Shown, fault, shown, verbs

REFERENCE = ROOT / "docs" / "reference" / "command-line.md"

_names = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_every_command_that_a_page_shows_is_understood(page: Path) -> None:
    wrong = [f"line {each.line}: pantau {' '.join(each.words)}: {why}" for each in shown(page) if (why := fault(each))]
    assert not wrong


def test_commands_are_found_on_the_pages() -> None:
    """So that the test above cannot pass because it sees nothing."""
    assert sum(1 for page in PAGES for _ in shown(page)) > 40


@pytest.mark.parametrize(
    ("words", "whole", "why"),
    [
        ("demo --sped 2", True, "demo has no option --sped"),
        ("rejects lsit", True, "there is no verb 'rejects lsit'"),
        ("verify all", True, "verify takes 0 arguments, not 1"),
        ("replay file.csv", True, "replay wants ['--mapping']"),
        ("replay --mapping bank", True, "replay wants ['files']"),
        ("indicators --data", True, "--data wants a value"),
        ("replay file.csv", False, None),
        ("replay a.csv b.csv --mapping=m --to data", True, None),
        ("simulate --no-faults --out -", True, None),
    ],
)
def test_a_command_that_would_be_refused_is_found(words: str, whole: bool, why: str | None) -> None:
    assert fault(Shown("page", 1, words.split(), whole)) == why


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    wrong = []
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in _anchors(file)):
            wrong.append(target)
    assert not wrong


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ +(.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_every_file_and_module_that_a_page_tells_to_run_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    modules = set(re.findall(r"python -m ([\w.]+)", text))
    scripts = set(re.findall(r"(?<![\w/.])((?:bin|benchmarks|\.ci)/[\w.]+)", text))
    assert not {name for name in modules if find_spec(name) is None}
    assert not {name for name in scripts if not (ROOT / name.rstrip(".")).exists()}


def _rows() -> list[list[str]]:
    lines = [line for line in REFERENCE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_verb_has_its_row() -> None:
    told = {cells[0].strip("`") for cells in _rows() if cells[0].startswith("`pantau ")}
    assert told == {" ".join(("pantau", *path)) for path, verb in verbs().items() if not hasattr(verb, "commands")}


def test_every_exit_code_has_its_row() -> None:
    raised = {each.exit_code for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "exit_code")}
    told = {int(cells[0]) for cells in _rows() if cells[0].isdigit()}
    assert told == raised | {0, 130}


def test_every_setting_has_its_row_word_for_word() -> None:
    told = [cells for cells in _rows() if cells[0].startswith("`PANTAU_")]
    assert told == [
        [f"`{each.variable}`{' (secret)' if each.secret else ''}", each.type, each.default, each.unit, each.meaning]
        for each in catalogue()
    ]
