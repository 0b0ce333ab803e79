"""The spool: in the order handed in, nothing acknowledged lost, bounded, and whole again after every kind of end."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pantau.domain.errors import BadSetup, NotNow
from producers.spool import Spool
from producers.spool_segments import HEAD_BYTES, MARK, frame

LIMIT = 1 << 20


class Aside(NamedTuple):
    """An entry to be set aside."""

    kind: int
    value: bytes
    n: int
    at: int


SIZES = st.sampled_from([0, 1, 7, 40, 300, 2_000])
values = st.binary(max_size=40) | SIZES.map(lambda size: b"x" * size)


@contextmanager
def opened(directory: Path, limit_bytes: int = LIMIT, segment_bytes: int = 1_000) -> Iterator[Spool]:
    spool = Spool(directory, limit_bytes=limit_bytes, segment_bytes=segment_bytes)
    try:
        yield spool
    finally:
        spool.close()


def put(spool: Spool, *several: bytes) -> None:
    """Hand in, and wait until all are durable."""
    for future in [spool.append(1, value, n=1, at=number) for number, value in enumerate(several)]:
        future.result(timeout=30)


def held(spool: Spool) -> list[bytes]:
    """Everything in the spool, without taking it out."""
    return [entry.value for entry in spool.first(1 << 40)]


def files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.spool"))


def copied(directory: Path, to: Path) -> Path:
    """What a kill leaves of a spool at this moment."""
    shutil.copytree(directory, to)
    return to


class AnyHistory(RuleBasedStateMachine):
    """A list is the model: what was acknowledged and not taken out, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.lives = 0
        self.spool = self.open()
        self.model: list[bytes] = []
        self.taken_since_start: list[bytes] = []

    def open(self) -> Spool:
        return Spool(Path(self.folder.name) / str(self.lives), limit_bytes=LIMIT, segment_bytes=1_000)

    @rule(some=st.lists(values, min_size=1, max_size=6))
    def append(self, some: list[bytes]) -> None:
        put(self.spool, *some)
        self.model += some

    @rule(size=st.integers(1, 3_000), share=st.floats(0, 1))
    def take_out(self, size: int, share: float) -> None:
        first = self.spool.first(size)
        assert bool(first) == bool(self.model)
        first = first[: int(len(first) * share) + 1]
        assert [entry.value for entry in first] == self.model[: len(first)]
        self.spool.take_out(first)
        self.taken_since_start += self.model[: len(first)]
        del self.model[: len(first)]

    @rule(torn=st.binary(max_size=60) | values.map(lambda value: frame(1, value + b"?", n=1, at=0)[:-1]))
    def kill(self, torn: bytes) -> None:
        before = self.spool.directory
        self.lives += 1
        after = copied(before, Path(self.folder.name) / str(self.lives))
        self.spool.close()
        shutil.rmtree(before)
        if written := files(after):
            with written[-1].open("ab") as file:
                file.write(torn)
        self.spool = self.open()
        back = held(self.spool)
        # what was taken out shortly before may come again, as the end of what was taken out
        again = back[: len(back) - len(self.model)]
        assert back == again + self.model
        assert again == self.taken_since_start[len(self.taken_since_start) - len(again) :]
        self.model = back
        self.taken_since_start = []

    @rule()
    def close(self) -> None:
        self.spool.close()
        self.spool = self.open()
        back = held(self.spool)
        assert back[len(back) - len(self.model) :] == self.model
        self.model = back
        self.taken_since_start = []

    @invariant()
    def holds_the_list(self) -> None:
        assert held(self.spool) == self.model
        assert self.spool.n_entries == self.spool.n_events == len(self.model)
        assert self.spool.empty == (not self.model)
        on_disk = [path.stat().st_size for path in files(self.spool.directory)]
        assert self.spool.size_bytes == sum(on_disk)
        assert self.model or not on_disk, "what is empty leaves no file behind"

    def teardown(self) -> None:
        self.spool.close()
        self.folder.cleanup()


AnyHistory.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestAnyHistory = AnyHistory.TestCase


def test_a_file_cut_at_any_byte_gives_back_the_whole_entries_before_the_cut(tmp_path: Path) -> None:
    whole = [b"", b"one", b"two" * 9, b"\xf5PS1 is no mark inside a frame"]
    frames = [frame(2, value, n=3, at=77) for value in whole]
    written = b"".join(frames)
    for cut in range(len(written) + 1):
        directory = tmp_path / str(cut)
        directory.mkdir()
        (directory / "000000000001.spool").write_bytes(written[:cut])
        with opened(directory) as spool:
            n = sum(len(b"".join(frames[: number + 1])) <= cut for number in range(len(frames)))
            assert held(spool) == whole[:n]
            assert spool.size_bytes == len(b"".join(frames[:n])), "the torn tail is cut off"
            put(spool, b"next")
            assert held(spool) == [*whole[:n], b"next"]


@given(byte=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_byte_that_rotted_costs_one_entry_and_the_file_is_set_aside(byte: int, flip: int) -> None:
    several = [bytes([number]) * 30 for number in range(6)]
    frames = [frame(1, value, n=1, at=0) for value in several]
    block = bytearray(b"".join(frames))
    place = byte % (len(block) - len(frames[-1]))
    block[place] ^= flip
    hit = place // len(frames[0])
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "000000000001.spool").write_bytes(block)
        with opened(directory) as spool:
            assert held(spool) == [value for number, value in enumerate(several) if number != hit]
            spool.take_out(spool.first())
            assert spool.empty
        assert (directory / "000000000001.damaged").read_bytes() == bytes(block)
        assert "cannot be read" in (directory / "000000000001.reason").read_text()
        with opened(directory) as spool:
            put(spool, b"later")
        assert [path.name for path in files(directory)] == ["000000000002.spool"]


def test_what_becomes_unreadable_while_the_spool_is_open_stops_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, segment_bytes=1) as spool:
        for value in (b"first", b"second", b"third"):
            put(spool, value)
        first, second, _ = files(tmp_path)
        first.write_bytes(b"?" * first.stat().st_size)
        assert held(spool) == [b"second", b"third"]
        assert first.with_suffix(".damaged").exists()
        second.write_bytes(b"?" * second.stat().st_size)
        assert held(spool) == [b"third"]
        spool.take_out(spool.first())
        assert spool.empty


def test_what_an_entry_says_of_itself_comes_back(tmp_path: Path) -> None:
    with opened(tmp_path) as spool:
        spool.append(7, b"{}", n=12, at=1_772_418_600_000).result(timeout=30)
        spool.append(1, b"[]", n=30, at=1_772_418_600_001).result(timeout=30)
        assert spool.n_events == 42
    with opened(tmp_path) as spool:
        first, second = spool.first()
        assert (first.kind, first.value, first.n, first.at) == (7, b"{}", 12, 1_772_418_600_000)
        assert (spool.n_entries, spool.n_events, spool.oldest_at()) == (2, 42, 1_772_418_600_000)
        spool.take_out([first])
        assert (spool.n_events, spool.oldest_at()) == (30, 1_772_418_600_001)
        spool.take_out([second])
        assert spool.oldest_at() is None


def test_an_entry_longer_than_what_is_read_at_once_comes_out_whole(tmp_path: Path) -> None:
    long = os.urandom(700_000).replace(MARK, b"????")
    with opened(tmp_path, limit_bytes=8 << 20) as spool:
        put(spool, b"before", long, b"after")
        assert held(spool) == [b"before", long, b"after"]


def test_requests_that_wait_together_share_one_flush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flush, flushes = os.fdatasync, []
    first_began, go_on = threading.Event(), threading.Event()

    def slow(handle: int) -> None:
        first_began.set()
        assert go_on.wait(timeout=30)
        flushes.append(handle)
        flush(handle)

    monkeypatch.setattr(os, "fdatasync", slow)
    with opened(tmp_path, segment_bytes=1 << 16) as spool:
        pending = [spool.append(1, b"0", n=1, at=0)]
        assert first_began.wait(timeout=30)
        pending += [spool.append(1, b"%d" % number, n=1, at=0) for number in range(1, 500)]
        assert not any(future.done() for future in pending), "nothing is acknowledged before it is flushed"
        assert held(spool) == []
        assert not spool.settled(0.01)
        go_on.set()
        assert not wait(pending, timeout=30).not_done
        assert held(spool) == [b"%d" % number for number in range(500)]
    assert len(flushes) == 2


def test_a_full_spool_says_not_now_and_takes_again_when_room_was_made(tmp_path: Path) -> None:
    with opened(tmp_path, limit_bytes=10_000, segment_bytes=1_000) as spool:
        kept = [b"%3d" % number * 30 for number in range(10_000 // (HEAD_BYTES + 90))]
        put(spool, *kept)
        with pytest.raises(NotNow, match=r"full: 9,\d\d\d of 10,000 bytes"):
            spool.append(1, kept[0], n=1, at=0)
        assert held(spool) == kept
        assert sum(path.stat().st_size for path in files(tmp_path)) <= 10_000
        spool.take_out(spool.first(1)[:30])
        put(spool, b"there is room again")
        assert held(spool)[-1] == b"there is room again"
        with pytest.raises(NotNow, match="full"):
            spool.append(1, b"x" * 10_000, n=1, at=0)


def test_a_disk_too_slow_for_what_comes_says_not_now_instead_of_filling_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(os, "fdatasync", lambda handle: go_on.wait(30))
    with opened(tmp_path, limit_bytes=1 << 30, segment_bytes=1 << 20) as spool:
        pending = [spool.append(1, bytes(10 << 20), n=1, at=0) for _ in range(6)]
        with pytest.raises(NotNow, match="wait for the spool's disk"):
            spool.append(1, bytes(10 << 20), n=1, at=0)
        go_on.set()
        assert not wait(pending, timeout=30).not_done
        put(spool, b"goes on")


def test_one_process_has_a_spool(tmp_path: Path) -> None:
    other = "import pathlib, sys, producers.spool as s; s.Spool(pathlib.Path(sys.argv[1]), limit_bytes=9)"
    with opened(tmp_path):
        with pytest.raises(NotNow, match="another process has this spool"):
            Spool(tmp_path, limit_bytes=LIMIT)
        ran = subprocess.run([sys.executable, "-c", other, tmp_path], capture_output=True, text=True, check=False)
        assert "NotNow" in ran.stderr
    with opened(tmp_path) as spool:
        assert spool.empty
    with pytest.raises(NotNow, match="closed"):
        spool.append(1, b"", n=1, at=0)


def test_a_directory_that_cannot_be_made_is_a_wrong_set_up(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadSetup, match=r"file/spool: no spool can be kept there: Not a directory"):
        Spool(tmp_path / "file" / "spool", limit_bytes=LIMIT)


def test_a_failed_flush_acknowledges_nothing_and_nothing_follows_in_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(handle: int) -> None:
        raise OSError(5, "Input/output error")

    with opened(tmp_path, segment_bytes=1 << 16) as spool:
        put(spool, b"before")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            for _ in range(3):
                with pytest.raises(NotNow, match="cannot be written: Input/output error"):
                    put(spool, b"lost")
            assert str(spool.failure).endswith("Input/output error")
        put(spool, b"after")
        assert not spool.failure
        assert held(spool) == [b"before", b"after"]
        assert [path.stat().st_size for path in files(tmp_path)] == [HEAD_BYTES + 6, HEAD_BYTES + 5]


LIMITED = """
import resource, sys
from pathlib import Path
from pantau.domain.errors import NotNow
from pantau.logs import to_stderr
from producers.spool import Spool

to_stderr()
spool = Spool(Path(sys.argv[1]), limit_bytes=1 << 30, segment_bytes=1 << 30)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
refused = 0
for number in range(60):
    size = 5_000 if number % 3 else 33_333
    try:
        spool.append(1, b"%5d" % number * (size // 5), n=1, at=0).result(30)
        print(number)
    except NotNow as error:
        assert "File too large" in str(error), error
        refused += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
spool.append(1, b"   60", n=1, at=0).result(30)
print(60)
assert refused, "the limit was never met"
"""


def test_a_disk_that_takes_half_an_entry_acknowledges_none_of_it_and_the_spool_goes_on(tmp_path: Path) -> None:
    """A limit on the size of a file is met in the middle of a write, as a full disk is."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    ran = subprocess.run([sys.executable, "-c", LIMITED, tmp_path], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    acknowledged = [int(line) for line in ran.stdout.split()]
    with opened(tmp_path) as spool:
        assert [int(value[:5]) for value in held(spool)] == acknowledged
        assert acknowledged[-1] == 60


def test_what_is_set_aside_is_counted_and_comes_out_again_only_when_somebody_renames_it(tmp_path: Path) -> None:
    with opened(tmp_path) as spool:
        put(spool, b"one", b"two")
        spool.set_aside([Aside(2, b"aside", 1, 5)], why="nobody can read it")
        put(spool, b"three")
        assert (held(spool), spool.n_damaged) == ([b"one", b"two", b"three"], 1)
    with opened(tmp_path) as spool:
        assert (held(spool), spool.n_damaged) == ([b"one", b"two", b"three"], 1)
    (aside,) = tmp_path.glob("*.damaged")
    assert aside.with_suffix(".reason").read_text() == "nobody can read it\n"
    aside.rename(aside.with_suffix(".spool"))
    with opened(tmp_path) as spool:
        assert sorted(held(spool)) == [b"aside", b"one", b"three", b"two"]
        assert spool.n_damaged == 0


def test_what_is_set_aside_takes_room_until_somebody_removes_it(tmp_path: Path) -> None:
    with opened(tmp_path, limit_bytes=10_000) as spool:
        spool.set_aside([Aside(2, b"x" * 1_900, 1, 5)] * 4, why="")
        with pytest.raises(NotNow, match=r"full: 0 of 10,000 bytes and 7,\d\d\d set aside in \*\.damaged"):
            spool.append(1, b"x" * 3_000, n=1, at=0)
        (aside,) = tmp_path.glob("*.damaged")
        aside.unlink()
        put(spool, b"x" * 3_000)
