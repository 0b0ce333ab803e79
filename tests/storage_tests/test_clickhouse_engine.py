"""A server that dies, hangs, loses an answer or refuses: what its engine tells; no block is lost or doubled."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pantau.domain.errors import BadSetup, NotNow
from storage.address import open_server, read_address
from storage.clickhouse_engine import ClickHouseEngine
from storage.engine import EngineError
from tests.support.bridge import Bridge

NUMBERS = (("n", "UInt64"),)
TABLE = "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 1000"


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    bridge = Bridge(tmp_path).start()
    yield bridge
    bridge.stop()


@pytest.fixture
def engine(bridge: Bridge) -> Iterator[ClickHouseEngine]:
    engine = patient(bridge, 120.0)  # eight restarts, on a machine that has more to do
    engine.execute(TABLE)
    yield engine
    engine.close()


def patient(bridge: Bridge, seconds: float, **options: Any) -> ClickHouseEngine:
    return ClickHouseEngine(read_address(bridge.url("default")), patience=seconds, **options)


def stored(engine: ClickHouseEngine) -> list[int]:
    return [row[0] for row in engine.query("SELECT n FROM t ORDER BY n").rows]


def test_a_server_that_died_is_found_again_after_its_restart(bridge: Bridge, engine: ClickHouseEngine) -> None:
    engine.insert("t", NUMBERS, [[1, 2]])
    bridge.kill()
    bridge.start()
    assert stored(engine) == [1, 2]


def test_while_a_server_is_away_a_call_waits_for_it(bridge: Bridge, engine: ClickHouseEngine) -> None:
    bridge.kill()
    waiting = threading.Thread(target=engine.insert, args=("t", NUMBERS, [[7]]))
    waiting.start()
    bridge.start()
    waiting.join()
    assert stored(engine) == [7]


def test_a_server_that_stays_away_is_told_as_not_now(bridge: Bridge, engine: ClickHouseEngine) -> None:
    hasty = patient(bridge, 0.2)
    bridge.kill()
    attempts: list[Callable[[], object]] = [
        lambda: hasty.query("SELECT 1"),
        lambda: hasty.execute("SELECT 1"),
        lambda: hasty.insert("t", NUMBERS, [[1]]),
        lambda: [*hasty.stream("SELECT 1")],
    ]
    for attempt in attempts:
        with pytest.raises(NotNow, match="cannot be reached"):
            attempt()
    bridge.start()
    assert stored(hasty) == []
    hasty.close()


def test_a_server_that_hangs_is_told_as_not_now(bridge: Bridge, engine: ClickHouseEngine) -> None:
    hasty = patient(bridge, 0.2, timeout=0.3)
    assert stored(hasty) == []
    bridge.stall()
    with pytest.raises(NotNow, match="cannot be reached"):
        hasty.query("SELECT 1")
    bridge.resume()
    assert stored(hasty) == []
    hasty.close()


def test_a_block_whose_answer_was_lost_is_stored_once(bridge: Bridge, engine: ClickHouseEngine) -> None:
    bridge.lose_answers(3)
    engine.insert("t", NUMBERS, [[1, 2, 3]])
    assert stored(engine) == [1, 2, 3]
    bridge.lose_answers(1)
    engine.insert("t", NUMBERS, [[1, 2, 3]])
    assert stored(engine) == [1, 1, 2, 2, 3, 3], "equal rows of another call are other rows"


def test_a_block_sent_again_by_another_process_with_its_token_is_stored_once(
    bridge: Bridge, engine: ClickHouseEngine
) -> None:
    hasty = patient(bridge, 0.0)
    bridge.lose_answers(1)
    with pytest.raises(NotNow):
        hasty.insert("t", NUMBERS, [[1]], token="events:3:100-199")
    hasty.close()
    bridge.kill()
    bridge.start()
    engine.insert("t", NUMBERS, [[1]], token="events:3:100-199")
    assert stored(engine) == [1]


def test_a_server_killed_again_and_again_during_inserts_loses_and_doubles_nothing(
    bridge: Bridge, engine: ClickHouseEngine
) -> None:
    rows, done = 2_000, threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for block in range(40):
                engine.insert("t", NUMBERS, [[*range(block * rows, (block + 1) * rows)]], token=f"block:{block}")
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    kills = 0
    while not done.wait(0.05) and kills < 8:
        bridge.kill()
        bridge.start()
        kills += 1
    writer.join()
    assert failures == []
    assert kills > 2, "or nothing was tried"
    assert stored(engine) == [*range(40 * rows)]


def test_connections_that_were_cut_are_opened_anew(bridge: Bridge, engine: ClickHouseEngine) -> None:
    streams = [engine.stream("SELECT n FROM t") for _ in range(3)]
    for stream in streams:
        assert [*stream] == []
    for _ in range(3):
        bridge.drop()
        engine.insert("t", NUMBERS, [[1]], token="once")
    assert stored(engine) == [1]


def test_a_stream_that_breaks_off_is_told_as_not_now(bridge: Bridge, engine: ClickHouseEngine) -> None:
    stream = engine.stream("SELECT number FROM numbers(100000000)")
    next(stream)
    bridge.kill()
    with pytest.raises(NotNow):
        for _ in stream:
            pass
    bridge.start()
    assert stored(engine) == []


def test_a_stream_that_is_left_disturbs_no_other_answer(engine: ClickHouseEngine) -> None:
    for _ in range(3):
        next(engine.stream("SELECT number + 5 FROM numbers(1000000)"))
        assert engine.query("SELECT 1").rows == [(1,)]


def test_many_threads_share_as_many_connections_as_they_need(engine: ClickHouseEngine) -> None:
    failures: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for n in range(10):
                engine.insert("t", NUMBERS, [[name * 100 + n]])
                assert engine.query("SELECT {x:UInt64}", {"x": name}).rows == [(name,)]
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(stored(engine)) == 80


def test_a_closed_engine_says_so_and_closes_twice(engine: ClickHouseEngine) -> None:
    engine.close()
    engine.close()
    attempts: list[Callable[[], object]] = [
        lambda: engine.query("SELECT 1"),
        lambda: engine.insert("t", NUMBERS, [[1]]),
        lambda: [*engine.stream("SELECT 1")],
    ]
    for attempt in attempts:
        with pytest.raises(NotNow, match="closed"):
            attempt()


def test_closing_ends_the_wait_for_a_server_that_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = open_server(f"clickhouse://127.0.0.1:{silent.getsockname()[1]}/default", patience=3600.0)
        told: list[BaseException] = []

        def ask() -> None:
            try:
                engine.query("SELECT 1")
            except NotNow as error:
                told.append(error)

        waiting = threading.Thread(target=ask)
        waiting.start()
        for _ in range(3):
            silent.accept()[0].close()
        engine.close()
        waiting.join(timeout=60)
        assert len(told) == 1


@pytest.mark.parametrize(
    ("database", "password", "todo"),
    [("nowhere", "secret", "pantau migrate"), ("default", "wrong", "PANTAU_STORE_PASSWORD")],
)
def test_what_a_person_must_mend_is_told_at_once(tmp_path: Path, database: str, password: str, todo: str) -> None:
    bridge = Bridge(tmp_path, password="secret").start()
    engine = open_server(bridge.url(database), password, patience=3600.0)
    with pytest.raises(BadSetup, match=todo) as refused:
        engine.query("SELECT 1")
    assert "secret" not in str(refused.value)
    engine.close()
    bridge.stop()


def test_a_block_that_does_not_fit_its_table_is_refused(engine: ClickHouseEngine) -> None:
    with pytest.raises(EngineError, match="nope"):
        engine.insert("t", (("n", "UInt64"), ("nope", "UInt64")), [[1], [2]])
    with pytest.raises(Exception, match=r".+"):
        engine.insert("t", NUMBERS, [["one"]])
    assert stored(engine) == []
    engine.insert("t", NUMBERS, [[1]])
    assert stored(engine) == [1], "and the connection still works"
