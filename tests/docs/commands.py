"""The ``pantau …`` command lines that our pages show, and whether the command line understands them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer.main

from pantau.cli.main import app
from tests.architecture.tree import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_CALL = re.compile(r"(?:[A-Z_]+=\S+ +)*(?:bin/)?pantau(?= |$)")
_END = {"|", "||", "&&", ";", ">", ">>", "2>", "<", "&"}


class Shown(NamedTuple):
    """A command line on a page: ``whole`` when it stands in a block to be copied, not in a sentence."""

    page: str
    line: int
    words: list[str]
    whole: bool


def shown(page: Path) -> Iterator[Shown]:
    """Every command line of a page, cut off where another command begins."""
    block: str | None = None
    text = page.read_text(encoding="utf-8").replace("\\\n", "\\ ")
    for number, line in enumerate(text.splitlines(), 1):
        if fence := re.match(r" *(```+|~~~+) *(\w*)", line):
            block = fence[2] or "sh" if block is None else None
        elif block in ("sh", "console", "bash", "text"):
            for part in re.split(r"(?<= )(?:\||&&|;)(?= )", line.removeprefix("$ ").replace("\\ ", " ")):
                if call := _CALL.match(part.strip()):
                    yield Shown(_name(page), number, _words(part.strip()[call.end() :]), whole=True)
        elif block is None:
            for code in re.findall(r"`([^`]+)`", line):
                if call := _CALL.match(code):
                    yield Shown(_name(page), number, _words(code[call.end() :]), whole=False)


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _words(text: str) -> list[str]:
    """The arguments, up to whatever the shell does with them; brackets of optional parts are taken off."""
    words = []
    for word in shlex.split(text.replace("[", "").replace("]", ""), comments=True):
        if word in _END:
            break
        words.append(word)
    return words


def verbs() -> dict[tuple[str, ...], Any]:
    """Every verb by its words: ("rejects", "list") and what it takes. Groups are among them, with their own options."""
    found: dict[tuple[str, ...], Any] = {}

    def walk(path: tuple[str, ...], command: Any) -> None:
        found[path] = command
        for name, child in getattr(command, "commands", {}).items():
            walk((*path, name), child)

    walk((), typer.main.get_command(app))
    return found


def fault(command: Shown) -> str | None:
    """What the command line would refuse, if anything."""
    known = verbs()
    path: tuple[str, ...] = ()
    rest = list(command.words)
    while rest and (*path, rest[0]) in known:
        path = (*path, rest.pop(0))
    verb = known[path]
    group = bool(getattr(verb, "commands", {}))
    if rest[:1] == ["VERB"]:  # any of them
        return None
    if group and rest and not rest[0].startswith("-"):
        return f"there is no verb {' '.join((*path, rest[0]))!r}"
    options = {name: option for option in verb.params for name in (*option.opts, *option.secondary_opts)}
    given = 0
    named = set()
    while rest:
        word = rest.pop(0)
        name, equals, _ = word.partition("=")
        if not word.startswith("-") or word == "-":
            given += 1
        elif name in ("--help", "--version"):
            return None if name == "--help" or not path else f"{name} belongs to pantau alone"
        elif name not in options:
            return f"{' '.join(path)} has no option {name}"
        else:
            named.add(options[name].name)
            if not equals and not getattr(options[name], "is_flag", False):
                if not rest and command.whole:
                    return f"{name} wants a value"
                rest[:1] = []
    arguments = [each for each in verb.params if each.param_type_name == "argument"]
    if all(each.nargs != -1 for each in arguments) and given > len(arguments):
        return f"{' '.join(path)} takes {len(arguments)} arguments, not {given}"
    if command.whole:
        missing = [
            each.opts[0] for each in verb.params if each.required and each not in arguments and each.name not in named
        ]
        if missing or given < sum(each.required for each in arguments):
            return f"{' '.join(path)} wants {missing or [each.name for each in arguments]}"
    return None
