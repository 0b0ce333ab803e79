"""A registry file that is followed: when it changes, or when somebody says so, what is in it is in force."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from pantau.domain.errors import BadSetup
from pantau.domain.registry import Registry
from pantau.registry_file import load

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 2.0
"""How often the file is looked at."""

_Stamp = tuple[int, int, int] | None


class FollowedRegistry:
    """The registry of a file. Raises BadSetup at first; a later version with faults is told and not put in force."""

    def __init__(self, path: Path, *, every_seconds: float = EVERY_SECONDS) -> None:
        self.path = path
        self.fault: str | None = None
        """What is wrong with the file as it is now, when it is not in force."""
        self._every = every_seconds
        self._seen = _stamp(path)
        self._current = load(path)
        self._wake = threading.Event()
        self._asked = False
        self._stop = False

    def __call__(self) -> Registry:
        """The registry in force."""
        return self._current

    def reload(self) -> None:
        """Read the file soon, also when it looks unchanged; may be called by a signal handler."""
        self._asked = True
        self._wake.set()

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Follow the file for as long as the block lasts."""
        thread = threading.Thread(target=self._run, name="registry", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop = True
            self._wake.set()
            thread.join()

    def look(self) -> bool:
        """Read the file if it has changed or if that was asked for; whether what it holds is now in force."""
        asked, self._asked = self._asked, False
        stamp = _stamp(self.path)
        if stamp == self._seen and not asked:
            return False
        self._seen = stamp
        try:
            current = load(self.path)
        except BadSetup as error:
            self.fault = str(error)
            log.error("registry not loaded; the one before stays in force", file=str(self.path), fault=self.fault)
            return False
        self.fault = None
        self._current = current
        log.info("registry loaded", file=str(self.path), units=len(current.units), sources=len(current.sources))
        return True

    def _run(self) -> None:
        while not self._stop:
            self._wake.wait(self._every)
            self._wake.clear()
            self.look()


def _stamp(path: Path) -> _Stamp:
    """What changes when the file does, also when it is replaced; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
