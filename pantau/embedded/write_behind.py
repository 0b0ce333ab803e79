"""Blocks written in order by a thread of their own, so that merging the next batch does not wait for the disk."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from pantau.domain.errors import NotNow
from storage.store import Block

DEPTH = 6
"""Groups of blocks that may wait; beyond it the one who hands them in waits."""


class WriteBehind:
    """First in, first out. After a failed write nothing more is written: what follows may rest on what failed."""

    def __init__(self, insert: Callable[[Sequence[Block]], None]) -> None:
        self._insert = insert
        self._queue: queue.Queue[tuple[Sequence[Block], Future[None]] | None] = queue.Queue(DEPTH)
        self._failure: BaseException | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="disk", daemon=True)
        self._thread.start()

    def put(self, blocks: Sequence[Block]) -> "Future[None]":
        """Hand in blocks; the future is done when they are durable. Raises NotNow after a failed write or the end."""
        if self._closed:
            raise NotNow("the store is closed")
        if self._failure is not None:
            raise NotNow(f"the store cannot be written: {self._failure}") from self._failure
        done: Future[None] = Future()
        self._queue.put((blocks, done))
        return done

    def drain(self) -> None:
        """Wait until everything handed in is written. Raises what a write raised."""
        self.put([]).result()

    def close(self) -> None:
        """Write what waits and stop; closing twice does nothing."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            blocks, done = item
            try:
                if self._failure is not None:
                    raise NotNow(f"the store cannot be written: {self._failure}") from self._failure
                self._insert(blocks)
            except Exception as error:  # noqa: BLE001 - kept, and raised to whoever hands in or waits next
                self._failure = self._failure or error
                done.set_exception(error)
            else:
                done.set_result(None)
