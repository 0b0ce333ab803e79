"""docker-compose.yml as Docker would read it: variables filled in, one service after the other."""

import re
from collections.abc import Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]  # only what is parsed matters

from tests.architecture.tree import ROOT

COMPOSE = ROOT / "docker-compose.yml"

_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::([-?])([^}]*))?\})")


class Missing(Exception):
    """A variable that must be set is not."""


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Fill in ``${NAME}``, ``${NAME:-default}`` and ``${NAME:?message}``; ``$$`` is a dollar."""

    def value(found: re.Match[str]) -> str:
        name, how, what = found[1], found[2], found[3]
        if name is None:
            return "$"
        if variables.get(name):
            return variables[name]
        if how == "?":
            raise Missing(f"{name}: {what}")
        return what if how == "-" else ""

    return _VARIABLE.sub(value, text)


def raw() -> dict[str, Any]:
    """The file as it stands."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return found


def filled(variables: Mapping[str, str]) -> dict[str, Any]:
    """The file with its variables filled in. Raises Missing."""

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: fill(each) for name, each in value.items()}
        if isinstance(value, list):
            return [fill(each) for each in value]
        return interpolate(value, variables) if isinstance(value, str) else value

    found: dict[str, Any] = fill(raw())
    return found


def verbs(service: Mapping[str, Any]) -> list[list[str]]:
    """The ``pantau`` command lines of one of our services, without the name of the program."""
    if "entrypoint" not in service:
        return [[*map(str, service["command"])]]
    assert service["entrypoint"] == ["sh", "-ec"]
    (script,) = service["command"]
    steps = [step.split() for step in script.replace("\n", " ").split("&&")]
    assert {step[0] for step in steps} == {"pantau"}
    return [step[1:] for step in steps]
