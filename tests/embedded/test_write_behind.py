"""The disk's own thread: first in, first out, and after a failure nothing more."""

import threading
from collections.abc import Sequence

import pytest

from pantau.domain.errors import NotNow
from pantau.embedded.write_behind import DEPTH, WriteBehind
from storage.store import Block


def block(name: str) -> Block:
    return Block(name, (), ())


class Disk:
    """A disk that can be held, and fails at a block of a name."""

    def __init__(self, fails_at: str = "") -> None:
        self.written: list[str] = []
        self.free = threading.Event()
        self.free.set()
        self._fails_at = fails_at

    def __call__(self, blocks: Sequence[Block]) -> None:
        assert self.free.wait(10)
        for one in blocks:
            if one.table == self._fails_at:
                raise OSError("disk full")
            self.written.append(one.table)


def test_blocks_are_written_in_the_order_they_came() -> None:
    disk = Disk()
    behind = WriteBehind(disk)
    for n in range(50):
        behind.put([block(f"{n}a"), block(f"{n}b")])
    behind.drain()
    assert disk.written == [name for n in range(50) for name in (f"{n}a", f"{n}b")]
    behind.close()


def test_a_future_is_done_only_when_its_blocks_are_written() -> None:
    disk = Disk()
    behind = WriteBehind(disk)
    disk.free.clear()
    done = behind.put([block("a")])
    assert not done.done()
    disk.free.set()
    assert done.result(10) is None
    assert disk.written == ["a"]
    behind.close()


def test_after_a_failure_nothing_more_is_written_and_everyone_hears() -> None:
    """What follows may rest on what failed: facts without the names of the cells they leave, windows without facts."""
    disk = Disk("bad")
    behind = WriteBehind(disk)
    disk.free.clear()
    before, failed, after = (behind.put([block(name)]) for name in ("good", "bad", "next"))
    disk.free.set()
    assert before.result(10) is None
    assert isinstance(failed.exception(10), OSError)
    assert isinstance(after.exception(10), NotNow)
    assert disk.written == ["good"]
    for attempt in (behind.drain, lambda: behind.put([block("later")])):
        with pytest.raises(NotNow, match="disk full"):
            attempt()
    behind.close()


def test_a_failure_within_a_group_writes_nothing_of_its_rest() -> None:
    disk = Disk("bad")
    behind = WriteBehind(disk)
    assert isinstance(behind.put([block("a"), block("bad"), block("b")]).exception(10), OSError)
    behind.close()
    assert disk.written == ["a"]


def test_who_hands_in_faster_than_the_disk_waits() -> None:
    disk = Disk()
    behind = WriteBehind(disk)
    disk.free.clear()
    handed_in = 0

    def hand_in() -> None:
        nonlocal handed_in
        for n in range(DEPTH * 3):
            behind.put([block(str(n))])
            handed_in += 1

    thread = threading.Thread(target=hand_in)
    thread.start()
    thread.join(0.3)
    assert handed_in <= DEPTH + 1
    disk.free.set()
    thread.join(10)
    assert handed_in == DEPTH * 3
    behind.close()
    assert len(disk.written) == DEPTH * 3


def test_closing_writes_what_waits_and_refuses_what_comes_after() -> None:
    disk = Disk()
    behind = WriteBehind(disk)
    for n in range(DEPTH):
        behind.put([block(str(n))])
    behind.close()
    behind.close()
    assert len(disk.written) == DEPTH
    for attempt in (behind.drain, lambda: behind.put([block("later")])):
        with pytest.raises(NotNow, match="closed"):
            attempt()
