"""One file of the spool: framed entries, each with its length and checksum, appended and flushed, never changed.

A frame is a mark that occurs in no UTF-8 text, a CRC-32 of all that follows, and the entry. What a kill or a failed
write left half written is no whole frame and is passed over.
"""

import contextlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec

MARK: Final = b"\xf5PS1"
_TAIL: Final = struct.Struct("<IBIq")
_CRC: Final = struct.Struct("<I")
HEAD_BYTES: Final = len(MARK) + _CRC.size + _TAIL.size
"""Bytes that a frame adds to its entry's value."""

SUFFIX: Final = ".spool"
DAMAGED: Final = ".damaged"
REASON: Final = ".reason"
"""Of a file that was set aside, beside it: why, in words."""


class Entry(msgspec.Struct, frozen=True):
    """Something accepted: its kind (0 to 255), its bytes, how many events it holds, when it was spooled (ms UTC).

    ``end`` is where its frame ends in the segment with the number ``segment``.
    """

    kind: int
    value: bytes
    n: int
    at: int
    segment: int
    end: int


def frame(kind: int, value: bytes, *, n: int, at: int) -> bytes:
    """An entry as it is written."""
    tail = _TAIL.pack(len(value), kind, n, at)
    return b"".join((MARK, _CRC.pack(crc32(value, crc32(tail))), tail, value))


def frame_end(block: bytes, start: int) -> int | None:
    """Where the frame that starts there ends, if it is whole."""
    if start + HEAD_BYTES > len(block):
        return None
    value = start + HEAD_BYTES
    tail = block[value - _TAIL.size : value]
    end = value + int(_TAIL.unpack(tail)[0])
    if end > len(block):
        return None
    (crc,) = _CRC.unpack_from(block, start + len(MARK))
    return end if crc == crc32(memoryview(block)[value:end], crc32(tail)) else None


def entries(block: bytes, *, segment: int, offset: int = 0) -> Iterator[Entry]:
    """The whole frames of a part of a segment that begins at ``offset``; what lies between them is passed over."""
    at = 0
    while (start := block.find(MARK, at)) >= 0:
        end = frame_end(block, start)
        if end is None:
            at = start + 1
            continue
        length, kind, n, when = _TAIL.unpack_from(block, start + len(MARK) + _CRC.size)
        yield Entry(kind, block[end - length : end], n, when, segment, offset + end)
        at = end


def frame_bytes(entry: Entry) -> int:
    """How long the entry's frame is."""
    return HEAD_BYTES + len(entry.value)


class Segment:
    """A file of the spool with what is known of it: ``length`` bytes of it are whole, flushed frames."""

    def __init__(self, directory: Path, number: int) -> None:
        self.number = number
        self.path = directory / f"{number:012}{SUFFIX}"
        self.length = 0
        self.n_entries = 0
        self.n_events = 0
        """Entries, and events in them, that were not taken out."""
        self.damaged = 0
        """Bytes that cannot be read although they were whole once."""

    @classmethod
    def found(cls, path: Path) -> "Segment":
        """A segment that an earlier process left. Its torn tail is cut off; what is readable stays."""
        segment = cls(path.parent, int(path.stem))
        block = path.read_bytes()
        for entry in entries(block, segment=segment.number):
            segment.damaged += entry.end - frame_bytes(entry) - segment.length
            segment.length = entry.end
            segment.n_entries += 1
            segment.n_events += entry.n
        if segment.length < len(block):
            os.truncate(path, segment.length)
        return segment

    def entries(self, start: int, size: int) -> list[Entry]:
        """The entries in ``size`` bytes from there, or the first if it is longer; none when the rest is unreadable."""
        rest = self.length - start
        with self.path.open("rb", buffering=0) as file:
            for length in sorted({min(size, rest), rest}):
                block = os.pread(file.fileno(), length, start)
                if some := [*entries(block, segment=self.number, offset=start)]:
                    return some
        return []

    def explain(self, why: str) -> None:
        """Write down, beside the file, why it is set aside. Raises OSError."""
        self.path.with_suffix(REASON).write_text(f"{why}\n")

    def remove(self) -> None:
        """Take the file away; one of which something could not be read is set aside for a person to look at."""
        if self.damaged or self.n_entries:
            self.path.rename(self.path.with_suffix(DAMAGED))
            with contextlib.suppress(OSError):  # a full disk: the log has said it
                self.explain(f"{self.damaged} of {self.length} bytes cannot be read; the bus has whatever can be")
        else:
            self.path.unlink()


class Writing:
    """The segment that is written now. Raises OSError for whatever the disk says; then it must be given up."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self._file = os.open(segment.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def append(self, frames: bytes) -> None:
        """Write whole frames and flush them to the disk. The caller then counts them in."""
        rest = memoryview(frames)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        os.fdatasync(self._file)

    def give_up(self) -> None:
        """After a failed write: cut what it left and write here no more.

        Nothing may follow in this file: after a failed flush the kernel forgets what it could not write.
        """
        try:
            os.ftruncate(self._file, self.segment.length)
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


def flush_directory(directory: Path) -> None:
    """Make a new file's name durable."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
