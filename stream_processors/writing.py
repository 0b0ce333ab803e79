"""Rows on their way to the tables: in the order in which they are handed over, each write known again by its token."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from stream_processors.patience import Patience
from stream_processors.tables import Tables


class Writer:
    """Writes by a thread of its own, and waits as long as storage does not answer. One thread calls it."""

    def __init__(self, tables: Tables, patience: Patience, *, owner: str) -> None:
        self._tables = tables
        self._patience = patience
        self._owner = owner
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="tables")
        self._last: Future[None] | None = None
        self._writes = 0

    def put(self, blocks: Sequence[Any]) -> "Future[None]":
        """Hand over blocks, behind what waits; after a failed write nothing more is written, and this raises it."""
        before = self._last
        if before is not None and before.done():
            before.result()
        token = self._token()

        def write() -> None:
            if before is not None:
                before.result()  # what failed there must not be overtaken
            self._patience.ask(self._tables.insert, blocks, token=token)

        self._last = self._disk.submit(write)
        return self._last

    def write(self, blocks: Sequence[Any]) -> None:
        """Write blocks now, beside what waits."""
        self._patience.ask(self._tables.insert, blocks, token=self._token())

    def drain(self) -> None:
        """Wait until everything handed over is in the tables; raises what a write raised."""
        if self._last is not None:
            self._last.result()

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._disk.shutdown()

    def _token(self) -> str:
        self._writes += 1
        return f"{self._owner}:{self._writes}"
