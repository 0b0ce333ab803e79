"""How the embedded engine lets go of its directory, and that a process ends cleanly however it was used."""

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from pantau.domain.errors import BadSetup, NotNow
from storage.chdb_engine import ChdbEngine


def run(code: str, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, args)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_closed_engine_says_so_and_closes_twice(tmp_path: Path) -> None:
    engine = ChdbEngine(tmp_path)
    stream = engine.stream("SELECT number FROM numbers(3000000)")
    next(iter(stream))
    engine.close()
    engine.close()
    attempts: list[Callable[[], object]] = [
        lambda: engine.query("SELECT 1"),
        lambda: engine.insert("progress", (("name", "String"),), [["a"]]),
        lambda: list(engine.stream("SELECT 1")),
        lambda: list(stream),
    ]
    for attempt in attempts:
        with pytest.raises(NotNow, match="closed"):
            attempt()


def test_the_directory_is_free_after_closing(tmp_path: Path) -> None:
    for _ in range(2):
        engine = ChdbEngine(tmp_path)
        engine.execute("CREATE TABLE IF NOT EXISTS t (n UInt8) ENGINE = MergeTree ORDER BY n")
        engine.execute("INSERT INTO t VALUES (1)")
        engine.close()
    other = ChdbEngine(tmp_path / "other")
    other.close()


def test_no_query_is_held_up_by_being_compiled(engine: ChdbEngine) -> None:
    compiled = "SELECT sum(value) FROM system.events WHERE event = 'CompileFunction'"
    before = engine.query(compiled).rows
    for _ in range(5):
        engine.query(
            "SELECT sum(number * 3 + 1) AS total FROM numbers(10) WHERE number * 7 + 2 > 5 AND number + 1 != 4 "
            "GROUP BY number % 3 ORDER BY total"
        )
    assert engine.query(compiled).rows == before


def test_a_directory_that_cannot_be_opened_is_a_matter_of_setup(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "metadata").write_text("not a directory")
    with pytest.raises(BadSetup):
        ChdbEngine(tmp_path)


def test_a_second_process_is_told_that_the_directory_has_an_owner(engine: ChdbEngine, engine_directory: Path) -> None:
    second = run(
        """
        import sys
        from pathlib import Path
        from pantau.domain.errors import NotNow
        from storage.chdb_engine import ChdbEngine
        try:
            ChdbEngine(Path(sys.argv[1]))
        except NotNow as refusal:
            print(refusal)
        """,
        engine_directory,
    )
    assert "another process owns this data directory" in second.stdout, second.stderr
    assert second.returncode == 0


def test_a_second_directory_in_one_process_is_refused(engine: ChdbEngine, tmp_path: Path) -> None:
    with pytest.raises(NotNow, match="another data directory"):
        ChdbEngine(tmp_path)


@pytest.mark.parametrize(
    "ending",
    [
        "engine.close()",
        "sys.exit(7)",
        "stream = engine.stream('SELECT number FROM numbers(1000000)'); next(stream); engine.close()",
        "stream = engine.stream('SELECT number FROM numbers(1000000)'); next(stream); sys.exit(7)",
        "threading.Thread(target=work, args=(10**9,), daemon=True).start(); time.sleep(0.3); engine.close()",
        "threading.Thread(target=work, args=(10**9,), daemon=True).start(); time.sleep(0.3); sys.exit(7)",
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]; engine.close()",
    ],
)
def test_a_process_ends_cleanly_however_the_engine_was_used(tmp_path: Path, ending: str) -> None:
    ended = run(
        f"""
        import sys, threading, time
        from pathlib import Path
        from pantau.domain.errors import NotNow
        from storage.chdb_engine import ChdbEngine
        engine = ChdbEngine(Path(sys.argv[1]))
        engine.execute("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
        def work(times):
            try:
                for n in range(times):
                    engine.insert("t", (("n", "UInt64"),), [[n]])
            except NotNow:
                pass
        threads = [threading.Thread(target=work, args=(20,)) for _ in range(4)]
        {ending}
        """,
        tmp_path,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (7 if "exit(7)" in ending else 0, "", "")
