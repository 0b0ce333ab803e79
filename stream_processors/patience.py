"""Waiting for a storage that does not answer."""

import threading
import time
from collections.abc import Callable
from itertools import chain, repeat
from typing import Any, TypeVar

import structlog

from pantau.domain.errors import NotNow

log = structlog.get_logger(__name__)

T = TypeVar("T")

_WAITS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Patience:
    """Asks storage until it answers or the process is to stop. Any thread may ask."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self.away_since: float | None = None
        """Since when storage does not answer (monotonic seconds), if it does not."""

    def stop(self) -> None:
        """No longer wait."""
        self._stopping.set()

    def ask(self, do: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Do it as often as it takes for storage to answer. Raises NotNow when the process is to stop meanwhile."""
        for wait in chain(_WAITS, repeat(_WAITS[-1])):
            try:
                result = do(*arguments, **named)
            except NotNow as error:
                if self._stopping.is_set():
                    raise
                if self.away_since is None:
                    self.away_since = time.monotonic()
                    log.warning("storage does not answer; waiting", error=str(error))
                self._stopping.wait(wait)
            else:
                since, self.away_since = self.away_since, None
                if since is not None:
                    log.info("storage answers again", seconds=round(time.monotonic() - since, 1))
                return result
        raise AssertionError("unreachable")
