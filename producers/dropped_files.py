"""Files that a queue system drops into a folder: taken once they are whole, and again where they grow.

The folder is looked at again and again instead of asking the system for changes, because a share of another machine
(SMB, NFS) tells of none. A file is taken when its size and time have stood still for a while; one whose last line does
not end waits twelve times as long, because a program that writes in blocks stops anywhere. What is taken is a snapshot
of those bytes. How far each file is taken, and a hash of that much of it, is remembered: a file that only grew goes on
where it ended, one that was rewritten is taken anew, and neither counts a row twice.
"""

import hashlib
import shutil
import threading
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from os import stat_result
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from pantau.domain.errors import BadSetup, NotNow
from producers.feeding import Feed, Named, refused_for
from producers.mapping import Mapping, RowMapper, read
from producers.mapping.readers import form_of
from producers.replay import Summary

log = structlog.get_logger(__name__)

UNENDED_TIMES = 12
"""How many times longer a file waits whose last line does not end."""

CHUNK_ROWS = 2_000
DONE, FAILED = "done", "failed"

Outcome = Literal["begun", "taken", "set aside"]


class Seen(msgspec.Struct, frozen=True):
    """How far a file is taken: ``rows`` of the content whose first ``size`` bytes have the hash ``content``."""

    name: str
    size: int
    modified_ns: int
    content: str
    rows: int
    outcome: Outcome
    mapping: str
    reason: str = ""

    def same_as(self, stat: stat_result) -> bool:
        """Whether the file has not changed since."""
        return (stat.st_size, stat.st_mtime_ns) == (self.size, self.modified_ns)


class Folder:
    """A folder and what was taken from it; see the module. A :class:`producers.rounds.Source`."""

    def __init__(
        self,
        directory: Path,
        pattern: str,
        mapper: RowMapper,
        *,
        state: Path,
        mapping_digest: str,
        settle_seconds: float,
        move: bool,
        until_settled: bool = False,
    ) -> None:
        self.summary = Summary()
        self.set_aside = 0
        self._directory = directory
        self._pattern = pattern
        self._mapper = mapper
        self._state = state
        self._digest = mapping_digest
        self._settle = settle_seconds
        self._move = move
        self._until_settled = until_settled
        self._seen: dict[str, Seen | None] = {}
        self._looked_at: set[str] = set()
        """Names of files that were done with before this process, or in it."""
        self._still: dict[str, tuple[tuple[int, int], float]] = {}
        """By name: size and time as last seen, and since when they are so."""

    def round(self, feed: Feed, stop: threading.Event) -> None:
        """Take every file that is whole and not taken; where asked to, wait for those that are not whole yet."""
        while not stop.is_set():
            waiting = False
            for path, stat in self._files():
                if stop.is_set():
                    return
                seen = self._remembered(path.name)
                if seen is not None and seen.outcome != "begun" and seen.same_as(stat) and seen.mapping == self._digest:
                    if path.name not in self._looked_at:  # whoever took it may have been killed before it was moved
                        self._looked_at.add(path.name)
                        self._move_away(path, stat, seen)
                    continue
                if stat.st_size == 0:  # made, and not yet written to
                    continue
                if not self._is_still(path, stat):
                    waiting = True
                    continue
                self._take(path, stat, seen, feed, stop)
            if not (waiting and self._until_settled):
                return
            stop.wait(min(max(self._settle / 5, 0.02), 1.0))

    def _files(self) -> list[tuple[Path, stat_result]]:
        """The files of the folder that match, oldest first. Raises NotNow when the folder cannot be read."""
        found = []
        try:
            for path in self._directory.iterdir():
                if path.name.startswith((".", "~")) or not fnmatchcase(path.name, self._pattern):
                    continue
                try:
                    stat = path.stat()
                except FileNotFoundError:
                    continue
                if path.is_file():
                    found.append((path, stat))
        except OSError as error:
            raise NotNow(f"the folder {self._directory} cannot be read: {error.strerror or error}") from error
        self._still = {name: since for name, since in self._still.items() if name in {path.name for path, _ in found}}
        return sorted(found, key=lambda each: (each[1].st_mtime_ns, each[0].name))

    def _is_still(self, path: Path, stat: stat_result) -> bool:
        now = time.monotonic()
        shape = (stat.st_size, stat.st_mtime_ns)
        before = self._still.get(path.name)
        if before is None or before[0] != shape:
            self._still[path.name] = before = (shape, now)
        try:
            wait = self._settle * (1 if _ends(path) else UNENDED_TIMES)
        except OSError:  # locked by its writer, or gone: who takes it says so
            return True
        return now - before[1] >= wait

    def _take(self, path: Path, stat: stat_result, seen: Seen | None, feed: Feed, stop: threading.Event) -> None:
        taking = self._state / "taking"
        shutil.rmtree(taking, ignore_errors=True)
        taking.mkdir(parents=True)
        snapshot = taking / path.name
        try:
            content, earlier = _copied(path, snapshot, stat.st_size, seen.size if seen else 0)
        except OSError as error:
            log.warning("file_cannot_be_read", file=path.name, because=error.strerror)
            return
        if content is None:  # it became shorter meanwhile
            return
        begin = 0
        if seen is not None and seen.mapping == self._digest:
            grown = earlier == seen.content and (seen.same_as(stat) or self._can_go_on(snapshot))
            if grown:
                begin = seen.rows
            elif "#row" in self._mapper.columns:
                self._end(path, stat, self._as_seen(path, stat, content, 0, "set aside", _REWRITTEN))
                return
        before = self.summary.rows, self.summary.events, self.summary.rejected, self.summary.skipped
        try:
            last = self._feed(path, stat, snapshot, content, begin, feed, stop)
        except _Unusable as error:
            self._end(path, stat, self._as_seen(path, stat, content, 0, "set aside", str(error)))
            return
        finally:
            shutil.rmtree(taking, ignore_errors=True)
        if last is None:
            return
        after = self.summary.rows, self.summary.events, self.summary.rejected, self.summary.skipped
        rows, events, rejected, skipped = (new - old for new, old in zip(after, before, strict=True))
        log.info(
            "file_taken",
            file=path.name,
            after_row=begin,
            rows=rows,
            events=events,
            rejected=rejected,
            skipped=skipped,
            **({"refused_for": refused_for(self.summary)} if rejected else {}),
        )
        reason = ""
        if rejected and not begin and not events and not skipped:
            reason = f"none of its {rows:,} rows gave an event that could be accepted; see: pantau rejects list"
        self._end(path, stat, self._as_seen(path, stat, content, last, "set aside" if reason else "taken", reason))

    def _feed(
        self,
        path: Path,
        stat: stat_result,
        snapshot: Path,
        content: str,
        begin: int,
        feed: Feed,
        stop: threading.Event,
    ) -> int | None:
        """Hand in the rows behind ``begin``; the last row that need not be read again, ``None`` when stopped."""
        chunk: list[Named] = []
        number = begin
        for number, named in _rows(snapshot, self._mapper.mapping, path.name):
            if number <= begin:
                continue
            chunk.append(named)
            if len(chunk) >= CHUNK_ROWS:
                feed.take(chunk, self.summary)
                feed.durable()
                self._keep(self._as_seen(path, stat, content, number, "begun"))
                chunk = []
                if stop.is_set():
                    return None
        feed.take(chunk, self.summary)
        feed.durable()
        return number if _ends(snapshot) else number - 1

    def _can_go_on(self, snapshot: Path) -> bool:
        """Whether rows of a longer file are those of the shorter one and more: not where a row is made of several."""
        return not self._mapper.mapping.stateful and _is_text(snapshot, self._mapper.mapping)

    def _as_seen(
        self, path: Path, stat: stat_result, content: str, rows: int, outcome: Outcome, reason: str = ""
    ) -> Seen:
        return Seen(path.name, stat.st_size, stat.st_mtime_ns, content, rows, outcome, self._digest, reason)

    def _end(self, path: Path, stat: stat_result, seen: Seen) -> None:
        """Remember a file as taken or set aside, and move it where that is asked for."""
        self._keep(seen)
        self._looked_at.add(path.name)
        if seen.outcome == "set aside":
            self.set_aside += 1
            log.error("file_set_aside", file=path.name, reason=seen.reason)
        self._move_away(path, stat, seen)

    def _move_away(self, path: Path, stat: stat_result, seen: Seen) -> None:
        if not self._move:
            return
        try:
            if (path.stat().st_size, path.stat().st_mtime_ns) != (stat.st_size, stat.st_mtime_ns):
                return  # it grew meanwhile, and stays until that is taken too
            folder = self._directory / (DONE if seen.outcome == "taken" else FAILED)
            folder.mkdir(exist_ok=True)
            target = _free(folder / path.name)
            path.rename(target)
            if seen.reason:
                target.with_name(target.name + ".reason.txt").write_text(seen.reason + "\n", encoding="utf-8")
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("file_cannot_be_moved", file=path.name, because=error.strerror)

    def _path(self, name: str) -> Path:
        return self._state / f"{hashlib.sha256(name.encode(errors='surrogateescape')).hexdigest()[:24]}.json"

    def _remembered(self, name: str) -> Seen | None:
        if name not in self._seen:
            try:
                self._seen[name] = msgspec.json.decode(self._path(name).read_bytes(), type=Seen)
            except (FileNotFoundError, msgspec.DecodeError):
                self._seen[name] = None
        return self._seen[name]

    def _keep(self, seen: Seen) -> None:
        self._state.mkdir(parents=True, exist_ok=True)
        path = self._path(seen.name)
        aside = path.with_suffix(".new")
        aside.write_bytes(msgspec.json.encode(seen))
        aside.replace(path)
        self._seen[seen.name] = seen


_REWRITTEN = (
    "its content was replaced, and the mapping makes ids of the file's name and the row's number, so its rows would be "
    "taken for those of before; let the system give each export a name of its own, or make ids from a column"
)


class _Unusable(Exception):
    """A file cannot be read by its mapping at all."""


def _rows(snapshot: Path, mapping: Mapping, name: str) -> Iterator[tuple[int, Named]]:
    try:
        for number, row in read(snapshot, mapping):
            yield number, (f"{name}:{number}", row)
    except BadSetup as error:
        raise _Unusable(str(error)) from error


def _is_text(path: Path, mapping: Mapping) -> bool:
    return not path.name.endswith(".gz") and (mapping.read.format or form_of(path)) in ("csv", "ndjson")


def _ends(path: Path) -> bool:
    """Whether a file ends with a line's end; a packed or binary one has no such sign and counts as ended."""
    with path.open("rb") as file:
        start = file.read(4)
        if start[:2] == b"\x1f\x8b" or start == b"PAR1" or path.suffix.lower() == ".xes":
            return True
        file.seek(-1, 2)
        return file.read(1) in (b"\n", b"\r")


def _copied(path: Path, snapshot: Path, size: int, mark: int) -> tuple[str | None, str]:
    """Copy the first ``size`` bytes; their hash (``None`` where there are fewer), and that of the first ``mark``."""
    hashed, earlier = hashlib.blake2b(digest_size=16), ""
    done = 0
    with path.open("rb") as source, snapshot.open("wb") as target:
        while done < size:
            stop = mark if done < mark <= size else size
            block = source.read(min(1 << 20, stop - done))
            if not block:
                return None, ""
            target.write(block)
            hashed.update(block)
            done += len(block)
            if done == mark:
                earlier = hashed.hexdigest()
    return hashed.hexdigest(), earlier


def _free(path: Path) -> Path:
    """The path, or one like it where nothing lies yet."""
    found, n = path, 1
    while found.exists():
        n += 1
        found = path.with_name(f"{path.stem}-{n}{path.suffix}")
    return found
