"""Files dropped into a folder: half-written, growing, rewritten, broken; and the one who takes them killed."""

import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pantau.domain.errors import BadSetup, NotNow
from producers.dropped_files import Folder
from producers.feeding import JudgingFeed
from producers.mapping import compile
from producers.mapping.model import Mapping, parse
from producers.polling import digest
from tests.sources.places import SECRET, Gateway, Kept, registry_of
from tests.support.kafka import eventually

ROOT = Path(__file__).parents[2]
KILLS = 4
HEADER = "id,dibuat,dipanggil\n"
TOML = """
title = "Antrean kantor"
source = "kantor"
unit = "kantor"
zone = "WIB"
[data]
ticket = "{id}"
[[event]]
kind = "ticket.created"
id = "{id}/created"
time = "dibuat"
required = true
[[event]]
kind = "ticket.called"
id = "{id}/called"
time = "dipanggil"
"""


def _mapping(text: str = TOML) -> Mapping:
    return parse(text, name="kantor")[0]


def line(id: int, called: str = "") -> str:
    return f"{id},2025-03-03 08:{id // 60 % 60:02}:{id % 60:02},{called}\n"


class Drop:
    """A folder, the state of who watches it, and where its rows go."""

    def __init__(self, folder: Path, mapping: Mapping) -> None:
        self.folder = folder / "ekspor"
        self.folder.mkdir()
        self.state = folder / "state"
        self.mapping = mapping
        self.kept = Kept()

    def write(self, name: str, *lines: str, more: bool = False) -> Path:
        path = self.folder / name
        with path.open("a" if more else "w") as file:
            file.writelines(lines if more else (HEADER, *lines))
        return path

    def watcher(self, **given: Any) -> Folder:
        """One as it is after a start."""
        return Folder(
            self.folder,
            "*.csv*",
            compile(self.mapping, key=SECRET),
            state=self.state,
            mapping_digest=digest(self.mapping),
            **{"settle_seconds": 0.0, "move": False, **given},
        )

    def look(self, watcher: Folder | None = None) -> int:
        """One round; how many rows were handed in."""
        watcher = watcher or self.watcher()
        before = watcher.summary.rows
        with self.kept.feed(self.mapping) as feed:
            watcher.round(feed, threading.Event())
        return watcher.summary.rows - before

    def ids(self) -> set[str]:
        return {id.split("/")[0] for id in self.kept.events}


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    return Drop(tmp_path, _mapping())


def test_a_file_is_taken_once_also_over_a_restart(drop: Drop) -> None:
    drop.write("senin.csv", line(1), line(2))
    watcher = drop.watcher()
    assert [drop.look(watcher), drop.look(watcher), drop.look()] == [2, 0, 0]
    assert drop.ids() == {"1", "2"}


def test_a_file_that_grows_is_taken_further(drop: Drop) -> None:
    drop.write("senin.csv", line(1), line(2))
    watcher = drop.watcher()
    drop.look(watcher)
    drop.write("senin.csv", line(3), more=True)
    assert drop.look(watcher) == 1
    drop.write("senin.csv", line(4), line(5), more=True)
    assert drop.look() == 2, "also by another start"
    assert set(drop.kept.times.values()) == {1}


def test_a_file_that_is_rewritten_is_taken_anew_and_counts_its_rows_once(drop: Drop) -> None:
    drop.write("senin.csv", line(1), line(2))
    drop.look()
    drop.write("senin.csv", line(1, "2025-03-03 08:30:00"), line(2), line(3))
    assert drop.look() == 3
    assert set(drop.kept.events) == {"1/created", "1/called", "2/created", "3/created"}


def test_a_file_is_taken_when_it_has_stood_still(drop: Drop) -> None:
    """Its size changes from look to look until its writer is done."""
    watcher = drop.watcher(settle_seconds=0.2)
    drop.write("senin.csv", line(1))
    for n in range(2, 6):
        assert drop.look(watcher) == 0
        drop.write("senin.csv", line(n), more=True)
    eventually(lambda: drop.look(watcher) == 5, "the file to be taken")


def test_half_a_line_waits_for_its_end(drop: Drop) -> None:
    """
    12,2025-03-03 08:00:1▏  ...  ▕2,\\n      a program that writes in blocks stops anywhere
    """
    watcher = drop.watcher(settle_seconds=0.05)
    path = drop.write("senin.csv", line(1), line(12)[:-3])
    eventually(lambda: len(list(path.read_bytes().splitlines())) == 3 and drop.look(watcher) == 0, "a look")
    drop.write("senin.csv", line(12)[-3:], more=True)
    eventually(lambda: drop.look(watcher) == 2, "the whole file")
    assert drop.ids() == {"1", "12"}
    assert not drop.kept.rejections


def test_a_last_line_without_an_end_is_taken_at_last_and_again_when_it_grows(drop: Drop) -> None:
    drop.write("senin.csv", line(1), line(2).rstrip("\n"))
    watcher = drop.watcher(settle_seconds=0.01)
    eventually(lambda: drop.look(watcher) == 2, "the last line")
    drop.write("senin.csv", "\n", line(3), more=True)
    eventually(lambda: drop.look(watcher) == 2, "the grown file")
    assert drop.ids() == {"1", "2", "3"}


def test_what_is_appended_while_a_file_is_taken_comes_in_the_next_round(drop: Drop) -> None:
    drop.write("senin.csv", *(line(n) for n in range(1, 4)))

    class Appending(Kept):
        def durable(self) -> None:
            super().durable()
            if len(self.events) == 3:
                drop.write("senin.csv", line(4)[:9], more=True)

    drop.kept = Appending()
    watcher = drop.watcher()
    drop.look(watcher)
    assert drop.ids() == {"1", "2", "3"}
    drop.write("senin.csv", line(4)[9:], more=True)
    drop.look(watcher)
    assert drop.ids() == {"1", "2", "3", "4"}
    assert not drop.kept.rejections


def test_a_file_whose_taker_was_killed_before_moving_it_is_moved_by_the_next(drop: Drop) -> None:
    path = drop.write("senin.csv", line(1))
    assert drop.look() == 1  # as far as it came: taken, remembered, not moved
    assert drop.look(drop.watcher(move=True)) == 0
    assert (path.exists(), (drop.folder / "done" / "senin.csv").exists()) == (False, True)


def test_taken_files_are_moved_away_where_asked_for(drop: Drop) -> None:
    for _ in range(2):
        drop.write("senin.csv", line(1))
        drop.look(drop.watcher(move=True))
    assert sorted(path.name for path in drop.folder.rglob("*.csv")) == ["senin-2.csv", "senin.csv"]
    assert [path.name for path in drop.folder.iterdir()] == ["done"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", ""),
        ("nomor,jam\n1,2\n", "lacks the column dibuat, id, dipanggil"),
        ("\x00\xff" * 50, "lacks the column"),
        (HEADER + "1,kemarin,\n2,lusa,\n", "none of its 2 rows"),
    ],
    ids=["empty", "other columns", "no text", "every row wrong"],
)
def test_a_file_that_cannot_be_read_is_set_aside_with_the_reason_and_the_others_go_on(
    drop: Drop, content: str, why: str
) -> None:
    (drop.folder / "a.csv").write_text(content)
    drop.write("b.csv", line(1))
    watcher = drop.watcher(move=True)
    drop.look(watcher)
    assert drop.ids() == {"1"}
    if not content:  # made and not written to yet: nothing is lost by waiting
        assert (drop.folder / "a.csv").exists()
        return
    reason = (drop.folder / "failed" / "a.csv.reason.txt").read_text()
    assert set(why.replace(",", "").split()) <= set(reason.replace(",", "").replace(";", "").split()), reason
    assert (drop.folder / "failed" / "a.csv").read_text() == content
    assert watcher.set_aside == 1


def test_a_file_set_aside_is_tried_again_when_file_or_mapping_changed(drop: Drop) -> None:
    drop.write("a.csv", "1,kemarin,\n")
    watcher = drop.watcher()
    assert [drop.look(watcher), drop.look(watcher), drop.look()] == [1, 0, 0]
    drop.write("a.csv", line(1))
    assert drop.look(watcher) == 1
    drop.mapping = msgspec.structs.replace(drop.mapping, title="Lain")
    assert drop.look() == 1


def test_a_rewritten_file_of_rows_without_ids_is_set_aside(drop: Drop) -> None:
    """Its rows would be taken for those of before, and nobody would see that they are not."""
    drop.mapping = _mapping(TOML.replace('"{id}/created"', '"{#file}/{#row}"').replace('"{id}/called"', '"{#row}/c"'))
    drop.write("senin.csv", line(1), line(2))
    drop.look()
    drop.write("senin.csv", line(3), more=True)
    assert drop.look() == 1
    drop.write("senin.csv", line(7), line(8), line(9))
    watcher = drop.watcher()
    assert drop.look(watcher) == 0
    assert watcher.set_aside == 1


def test_packed_files_and_hidden_ones(drop: Drop) -> None:
    (drop.folder / "senin.csv.gz").write_bytes(gzip.compress((HEADER + line(1)).encode()))
    drop.write(".selasa.csv", line(2))
    drop.write("~$rabu.csv", line(3))
    (drop.folder / "folder.csv").mkdir()
    drop.look()
    assert drop.ids() == {"1"}


def test_a_place_that_is_away_loses_nothing(drop: Drop) -> None:
    drop.write("senin.csv", line(1), line(2))
    drop.kept.away = True
    watcher = drop.watcher(move=True)
    with pytest.raises(NotNow):
        drop.look(watcher)
    assert (drop.folder / "senin.csv").exists()
    drop.kept.away = False
    drop.look(watcher)
    assert drop.ids() == {"1", "2"}


def test_a_long_file_goes_on_where_the_last_durable_rows_end(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producers.dropped_files.CHUNK_ROWS", 10)

    class Leaving(Kept):
        def durable(self) -> None:
            self.away = len(self.events) >= 30
            super().durable()

    drop.kept = Leaving()
    drop.write("senin.csv", *(line(n) for n in range(1, 101)))
    with pytest.raises(NotNow):
        drop.look()
    drop.kept = Kept()
    assert drop.look() == 70
    assert drop.ids() == {str(n) for n in range(31, 101)}


def test_a_folder_that_is_away_is_waited_for(drop: Drop) -> None:
    drop.write("senin.csv", line(1))
    away = drop.folder.with_name("putus")
    drop.folder.rename(away)
    watcher = drop.watcher()
    with pytest.raises(NotNow, match="cannot be read"):
        drop.look(watcher)
    away.rename(drop.folder)
    assert drop.look(watcher) == 1


def test_a_registry_without_the_source_stops_the_command_and_not_the_file(drop: Drop) -> None:
    drop.write("senin.csv", line(1))
    watcher = drop.watcher(move=True)
    registry = registry_of(source="lain", unit="kantor")
    feed = JudgingFeed(compile(drop.mapping, key=SECRET), drop.kept, lambda: registry, SECRET)
    with pytest.raises(BadSetup, match="no source"):
        watcher.round(feed, threading.Event())
    assert (drop.folder / "senin.csv").exists()


def _watch(drop: Drop, to: str, *more: str) -> "subprocess.Popen[bytes]":
    (drop.state.parent / "kantor.toml").write_text(TOML)
    with (drop.state.parent / "said").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "pantau.cli.main", "watch", str(drop.folder), "--to", to, "--mapping",
             str(drop.state.parent / "kantor.toml"), "--state", str(drop.state), "--every", "20ms", "--settle", "20ms",
             *more],
            cwd=ROOT, stdout=said, stderr=said, env={**os.environ, "PYTHONPATH": str(ROOT), "PANTAU_KEY": "kunci"},
        )  # fmt: skip


@pytest.mark.slow
def test_a_watcher_killed_at_any_moment_misses_no_row(drop: Drop) -> None:
    """Files come, grow and are rewritten all the time; the last watcher stops in good order on SIGTERM."""
    chance, end, written = random.Random(5), threading.Event(), set[str]()

    def export() -> None:
        id = 0
        while not end.wait(0.02):
            id += 1
            name = f"{id // 40}.csv"
            if id % 40 == 0 or not (drop.folder / name).exists():
                drop.write(name, line(id))
            else:
                drop.write(name, line(id), more=True)
            written.add(f"{id}/created")

    exporting = threading.Thread(target=export)
    with Gateway() as gateway:
        exporting.start()
        process = _watch(drop, gateway.url)
        try:
            for _ in range(KILLS):
                wanted = len(gateway.data) + chance.randrange(1, 60)
                eventually(lambda wanted=wanted: len(gateway.data) > wanted, "rows")  # type: ignore[misc]
                process.kill()
                process.wait()
                process = _watch(drop, gateway.url)
            end.set()
            exporting.join()
            eventually(lambda: written <= set(gateway.data), "the rest")
        finally:
            end.set()
            process.send_signal(signal.SIGTERM)
            ended = process.wait(30)
        assert ended == 0
        assert set(gateway.data) == written
    assert "Traceback" not in (drop.state.parent / "said").read_text()


@pytest.mark.slow
def test_asked_once_the_command_waits_until_files_are_whole_and_ends(drop: Drop) -> None:
    drop.write("senin.csv", line(1), line(2).rstrip("\n"))
    (drop.folder / "kosong.csv").touch()
    with Gateway() as gateway:
        assert _watch(drop, gateway.url, "--once", "--move").wait(60) == 0
        assert set(gateway.data) == {"1/created", "2/created"}
    assert [path.name for path in (drop.folder / "done").iterdir()] == ["senin.csv"]
    shutil.rmtree(drop.folder)
    assert _watch(drop, "http://127.0.0.1:1", "--once").wait(60) == 2
