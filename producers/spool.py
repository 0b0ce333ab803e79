"""What was accepted while the bus did not answer: kept on disk, in order, until the bus has it.

An entry is durable when the future of :meth:`Spool.append` is done: flushed to the disk, one flush for all that wait at
the time. Entries come out in the order in which they went in. After a crash everything durable is there; what was taken
out shortly before may come out again.

Files of our own and not SQLite, which would be the shorter program: on a full disk SQLite cannot delete either (seen:
WAL, synchronous=FULL, a full tmpfs: DELETE and checkpoint both say "database or disk is full"), so a spool that filled
the disk could not be emptied. Here taking out is unlinking a file, which needs no room. The queues on the package index
that were looked at flush late or only at their close.
"""

import fcntl
import os
import threading
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from pantau.bus.spooled import Spooled
from pantau.domain.errors import BadSetup, NotNow
from producers.spool_segments import DAMAGED, REASON, SUFFIX, Entry, Segment, Writing, flush_directory, frame

log = structlog.get_logger(__name__)

SEGMENT_BYTES: Final = 8 * 1024 * 1024
"""A segment that is longer is followed by a new one; room is won a segment at a time."""

GROUP_BYTES: Final = 4 * 1024 * 1024
"""Frames that are written and flushed together, unless one alone is longer."""

WAITING_BYTES: Final = 64 * 1024 * 1024
"""Frames that may wait in memory for a slow disk."""

READ_BYTES: Final = 256 * 1024


class _Waiting(NamedTuple):
    frame: bytes
    n: int
    done: "Future[None]"


class Spool:
    """A directory of segments, owned by one process. Thread-safe, but only one thread at a time takes out.

    Raises BadSetup for a directory that cannot be used, NotNow when another process has it.
    """

    def __init__(self, directory: Path, *, limit_bytes: int, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.directory = directory
        self.limit_bytes = limit_bytes
        self._segment_bytes = min(segment_bytes, limit_bytes // 8)
        self._lock = threading.Condition()
        self._queue: deque[_Waiting] = deque()
        self._queued_bytes = 0
        self._writing_now = False
        self._closed = False
        self._failure: str | None = None
        self._active: Writing | None = None
        self._front = 0
        """How far the first segment was taken out, in bytes."""
        self._aside_bytes = 0
        """What was set aside takes, as of the last look."""
        try:
            self._owned = _own(directory)
            self._segments = _left_behind(directory)
            self._next = 1 + max((int(path.stem) for path in directory.iterdir() if path.stem.isdigit()), default=0)
        except OSError as error:
            raise BadSetup(f"{directory}: no spool can be kept there: {error.strerror or error}") from error
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    @property
    def size_bytes(self) -> int:
        """Bytes of its segments on the disk."""
        with self._lock:
            return sum(segment.length for segment in self._segments)

    @property
    def n_entries(self) -> int:
        """Durable entries that were not taken out."""
        with self._lock:
            return sum(segment.n_entries for segment in self._segments)

    @property
    def n_events(self) -> int:
        """Events in durable entries that were not taken out."""
        with self._lock:
            return sum(segment.n_events for segment in self._segments)

    @property
    def empty(self) -> bool:
        """Whether nothing is in it and nothing waits to get in."""
        with self._lock:
            return not (self._queue or self._writing_now or self.n_entries)

    @property
    def n_damaged(self) -> int:
        """Files that were set aside because something in them could not be read."""
        return sum(1 for _ in self.directory.glob(f"*{DAMAGED}"))

    @property
    def room_bytes(self) -> int:
        """What may still be added: what waits in it and what was set aside are below the limit together."""
        self._aside_bytes = sum(path.stat().st_size for path in self.directory.glob(f"*{DAMAGED}"))
        return self.limit_bytes - self.size_bytes - self._aside_bytes

    @property
    def failure(self) -> str | None:
        """Why the last write failed; None when it did not."""
        return self._failure

    def append(self, kind: int, value: bytes, *, n: int, at: int) -> "Future[None]":
        """Hand in an entry of ``n`` events at a time (ms UTC); the future is done when it is durable.

        Raises NotNow when the spool has no room for it; the future does when the disk has none or fails.
        """
        framed = frame(kind, value, n=n, at=at)
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()
        with self._lock:
            if self._closed:
                raise NotNow("the spool is closed")
            wanted = self._queued_bytes + len(framed)
            if wanted > self.limit_bytes - self.size_bytes - self._aside_bytes and wanted > self.room_bytes:
                raise NotNow(self._full())
            if self._queued_bytes + len(framed) > WAITING_BYTES:
                raise NotNow(f"{self._queued_bytes:,} bytes wait for the spool's disk; send again in a second")
            self._queue.append(_Waiting(framed, n, done))
            self._queued_bytes += len(framed)
            self._lock.notify_all()
        return done

    def settled(self, timeout_seconds: float) -> bool:
        """Wait until everything handed in is durable or failed, and told so; False when it is not in time."""
        with self._lock:
            return self._lock.wait_for(lambda: not (self._queue or self._writing_now), timeout_seconds)

    def first(self, size: int = READ_BYTES) -> list[Entry]:
        """The first entries, at least one if there is any, about ``size`` bytes of them; they stay where they are."""
        found: list[Entry] = []
        with self._lock:
            places = [(segment, 0 if index else self._front) for index, segment in enumerate(self._segments)]
        for segment, start in places:
            while size > 0 and start < segment.length:
                some = segment.entries(start, max(size, READ_BYTES))
                if not some:
                    break
                found += some
                size -= some[-1].end - start
                start = some[-1].end
            if not found and start < segment.length:
                self._set_aside(segment)
            elif size <= 0 or start < segment.length:
                break
        return found

    def take_out(self, taken: Sequence[Entry]) -> None:
        """Remove the first entries, as :meth:`first` gave them: the bus has them."""
        if not taken:
            return
        entries, events = Counter[int](), Counter[int]()
        for entry in taken:
            entries[entry.segment] += 1
            events[entry.segment] += entry.n
        with self._lock:
            for segment in self._segments:
                segment.n_entries -= entries[segment.number]
                segment.n_events -= events[segment.number]
            while self._segments[0].number < taken[-1].segment:
                _remove(self._segments.pop(0))
            self._front = taken[-1].end
            self._drop_finished()

    def set_aside(self, entries: Sequence[Spooled], *, why: str) -> None:
        """Keep entries in a file of their own, of which nothing comes out again, and why in one beside it.

        Renamed to ``.spool`` it holds entries as any other at the next start. Raises OSError.
        """
        segment = Segment(self.directory, self._number())
        writing = Writing(segment)
        try:
            writing.append(b"".join(frame(each.kind, each.value, n=each.n, at=each.at) for each in entries))
            segment.explain(why)
        except OSError:
            writing.give_up()
            segment.path.unlink()
            segment.path.with_suffix(REASON).unlink(missing_ok=True)
            raise
        writing.close()
        segment.path.rename(segment.path.with_suffix(DAMAGED))
        flush_directory(self.directory)
        with self._lock:
            self._aside_bytes += segment.path.with_suffix(DAMAGED).stat().st_size

    def oldest_at(self) -> int | None:
        """When the first entry was spooled, ms UTC; None when there is none."""
        with self._lock:  # nothing is taken out meanwhile
            first = self.first(1)
        return first[0].at if first else None

    def close(self) -> None:
        """Write what waits, stop and let go of the directory; closing twice does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._lock.notify_all()
        self._thread.join()
        if self._active is not None:
            self._active.close()
        os.close(self._owned)

    def _full(self) -> str:
        said = f"the spool is full: {self.size_bytes:,} of {self.limit_bytes:,} bytes"
        aside = f" and {self._aside_bytes:,} set aside in *{DAMAGED}" if self._aside_bytes else ""
        return f"{said}{aside}; the bus must take some first"

    def _drop_finished(self) -> None:
        """Remove what was taken out wholly; called with the lock held."""
        while self._segments and self._front >= self._segments[0].length and self._rests(self._segments[0]):
            _remove(self._segments.pop(0))
            self._front = 0

    def _set_aside(self, segment: Segment) -> None:
        """Nothing that is left in the first segment can be read: somebody must look at the file, we go on."""
        with self._lock:
            if self._segments and self._segments[0] is segment and self._rests(segment):
                log.error("spool damaged", file=segment.path.name, bytes=segment.length - self._front)
                segment.damaged += segment.length - self._front
                self._front = segment.length
                self._drop_finished()

    def _rests(self, segment: Segment) -> bool:
        """Whether nothing will be written to it any more; called with the lock held."""
        writing = self._active
        if writing is None or writing.segment is not segment:
            return True
        if self._writing_now:
            return False
        self._active = None
        writing.close()
        return True

    def _run(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._queue or self._closed)
                if not self._queue:
                    return
                group = [self._queue.popleft()]
                size = len(group[0].frame)
                while self._queue and size + len(self._queue[0].frame) <= GROUP_BYTES:
                    size += len(self._queue[0].frame)
                    group.append(self._queue.popleft())
                self._writing_now = True
            failure = self._write(group)
            self._failure = None if failure is None else str(failure)
            for waiting in group:
                if failure is None:
                    waiting.done.set_result(None)
                else:
                    waiting.done.set_exception(failure)
            with self._lock:
                self._queued_bytes -= size
                self._writing_now = False
                self._drop_finished()
                self._lock.notify_all()

    def _write(self, group: Sequence[_Waiting]) -> NotNow | None:
        """Make a group durable: all of it, or none. Returns why not."""
        frames = b"".join(waiting.frame for waiting in group)
        try:
            writing = self._writing()
            writing.append(frames)
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must hear, and the next may try
            why = getattr(error, "strerror", None) or repr(error)
            self._give_up()
            log.warning("spool not written", error=why, entries=len(group))
            return NotNow(f"{self.directory}: the spool cannot be written: {why}")
        with self._lock:
            segment = writing.segment
            segment.length += len(frames)
            segment.n_entries += len(group)
            segment.n_events += sum(waiting.n for waiting in group)
        return None

    def _writing(self) -> Writing:
        if self._active is not None:
            if self._active.segment.length < self._segment_bytes:
                return self._active
            self._active.close()
            self._active = None
        segment = Segment(self.directory, self._number())
        writing = self._active = Writing(segment)
        flush_directory(self.directory)
        with self._lock:
            self._segments.append(segment)
        return writing

    def _number(self) -> int:
        with self._lock:
            number, self._next = self._next, self._next + 1
        return number

    def _give_up(self) -> None:
        """Write to the active segment no more; what is whole in it stays."""
        writing, self._active = self._active, None
        if writing is None:
            return
        segment = writing.segment
        try:
            writing.give_up()
            if not segment.length:
                segment.path.unlink()
        except OSError as error:  # what was half written is passed over by its checksum
            log.warning("spool segment not cut", file=segment.path.name, error=error.strerror or str(error))
        with self._lock:
            if not segment.length and segment in self._segments:
                self._segments.remove(segment)


def _own(directory: Path) -> int:
    """Make the directory and take its lock, which the system lets go of when the process ends in whatever way."""
    if not directory.is_dir():
        directory.mkdir(parents=True)
        flush_directory(directory.parent)
    owned = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(owned)
        raise NotNow(f"{directory}: another process has this spool; give each gateway a --spool of its own") from None
    return owned


def _left_behind(directory: Path) -> list[Segment]:
    """The segments of earlier processes, cut to what is whole in them."""
    found = []
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        size = path.stat().st_size
        segment = Segment.found(path)
        if size > segment.length:
            log.info("spool cut", file=path.name, bytes=size - segment.length)
        if segment.damaged:
            log.error("spool damaged", file=path.name, bytes=segment.damaged)
        if segment.length:
            found.append(segment)
        else:
            path.unlink()
    return found


def _remove(segment: Segment) -> None:
    try:
        segment.remove()
    except OSError as error:  # it comes out again at the next start
        log.warning("spool segment not removed", file=segment.path.name, error=error.strerror or str(error))
