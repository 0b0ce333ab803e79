"""How the process that owns a data directory is found by others of the same user."""

import os
import secrets
from pathlib import Path

import msgspec

from pantau.domain.errors import BadSetup

RUN_FILE = "run.json"


class Running(msgspec.Struct, frozen=True):
    """How to reach the process that owns a data directory: written by it, readable by its user alone."""

    pid: int
    url: str
    token: str


def announce(data_dir: Path, url: str) -> Running:
    """Say in the data directory how to reach this process; :func:`withdraw` takes it back."""
    running = Running(os.getpid(), url, secrets.token_urlsafe(32))
    path = data_dir / RUN_FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(running))
    return running


def withdraw(data_dir: Path) -> None:
    """This process no longer owns the directory."""
    (data_dir / RUN_FILE).unlink(missing_ok=True)


def running_process(data_dir: Path) -> Running | None:
    """The live process that owns a directory, if there is one; a file left by a killed process does not count."""
    try:
        running = msgspec.json.decode((data_dir / RUN_FILE).read_bytes(), type=Running)
        os.kill(running.pid, 0)
    except (FileNotFoundError, ProcessLookupError, msgspec.DecodeError):
        return None
    except PermissionError as error:
        raise BadSetup(f"{data_dir}: belongs to a process of another user") from error
    return running
