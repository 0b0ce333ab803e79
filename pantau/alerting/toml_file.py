"""Settings of alerting that stand in a TOML file of their own, because they hold what no screen may show."""

import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from pantau.domain.errors import BadSetup

T = TypeVar("T")


def read_secret_toml(path: Path, kind: type[T], what: str) -> T:
    """The record in a file of ``what``. Raises BadSetup, which shows no value of it, for a file that is none."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except FileNotFoundError as error:
        raise BadSetup(f"{path}: there is no such file of {what}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSetup(f"{path}: is no TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise BadSetup(f"{path}: {error}; see docs/alerts.md") from error
