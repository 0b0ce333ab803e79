"""What every engine must do with a statement, its parameters, a block and a stream: in this process and on a server."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.columns import NULL, Coded, Column, Lists, Maybe, Table
from storage.address import open_server
from storage.chdb_engine import ChdbEngine
from storage.engine import Engine, EngineError
from storage.migrate import migrate

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
"""Any text that JSON can carry: quotes, backslashes, tabs, newlines, NUL, letters of any script."""


@pytest.fixture(scope="module", params=["embedded", "server"])
def engine(request: pytest.FixtureRequest, module_engine: ChdbEngine, module_clickhouse: str) -> Iterator[Engine]:
    if request.param == "embedded":
        yield module_engine
        return
    server = open_server(module_clickhouse)
    migrate(server)
    yield server
    server.close()


def one(engine: Engine, sql: str, **params: Any) -> Any:
    return engine.query(sql, params).rows[0][0]


# parameters


@given(TEXT)
@settings(max_examples=100)
def test_a_text_parameter_arrives_as_it_was(engine: Engine, text: str) -> None:
    assert one(engine, "SELECT {x:String}", x=text) == text
    assert one(engine, "SELECT {x:Nullable(String)}", x=text) == text


@pytest.mark.parametrize(
    "text", ["'", '"', "\\", "\\'", "\\n", "\n", "\t", "\r", "\r\n", "\0", "\\N", "NULL", "ꦲꦏ 😀", ""]
)
def test_a_text_that_looks_like_syntax_arrives_as_it_was(engine: Engine, text: str) -> None:
    assert one(engine, "SELECT {x:String}", x=text) == text
    assert one(engine, "SELECT {x:Array(String)}", x=[text, text]) == [text, text]
    assert one(engine, "SELECT {x:Array(Tuple(String, UInt8))}", x=[(text, 1)]) == [(text, 1)]


@given(st.lists(TEXT, max_size=8), st.lists(st.integers(-(2**63), 2**63 - 1), max_size=8))
@settings(max_examples=100)
def test_an_array_of_texts_or_integers_arrives_as_it_was(engine: Engine, texts: list[str], numbers: list[int]) -> None:
    assert one(engine, "SELECT {x:Array(String)}", x=texts) == texts
    assert one(engine, "SELECT {x:Array(Nullable(String))}", x=[*texts, None]) == [*texts, None]
    assert one(engine, "SELECT {x:Array(Int64)}", x=numbers) == numbers


@given(st.lists(st.tuples(TEXT, st.integers(0, 65_535), st.one_of(st.none(), TEXT)), max_size=8))
@settings(max_examples=100)
def test_an_array_of_tuples_arrives_as_it_was(engine: Engine, rows: list[tuple[str, int, str | None]]) -> None:
    assert one(engine, "SELECT {x:Array(Tuple(String, UInt16, Nullable(String)))}", x=rows) == rows


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("Nullable(String)", None, None),
        ("Nullable(Int64)", None, None),
        ("Array(Nullable(Int64))", [1, None, -3], [1, None, -3]),
        ("UInt8", True, 1),
        ("Int64", -(2**63), -(2**63)),
        ("UInt64", 2**64 - 1, 2**64 - 1),
        ("Float64", 1e-300, 1e-300),
        ("Date", date(2026, 2, 28), date(2026, 2, 28)),
        ("Array(Date)", [date(2026, 2, 28)], [date(2026, 2, 28)]),
        ("Array(Int64)", [], []),
        ("Array(String)", [], []),
        ("Array(UInt8)", [True, False], [1, 0]),
        ("Array(Array(UInt8))", [[1], []], [[1], []]),
    ],
)
def test_a_parameter_of_any_type_arrives_as_it_was(engine: Engine, kind: str, value: Any, expected: Any) -> None:
    assert one(engine, f"SELECT {{x:{kind}}}", x=value) == expected


def test_a_time_parameter_means_the_same_instant_in_any_zone(engine: Engine) -> None:
    noon = datetime(2026, 3, 29, 12, 0, 0, 125_000, tzinfo=timezone(timedelta(hours=7)))
    found = one(engine, "SELECT toUnixTimestamp64Milli({x:DateTime64(3, 'UTC')})", x=noon)
    assert found == int(datetime(2026, 3, 29, 5, 0, tzinfo=UTC).timestamp() * 1000) + 125


def test_a_parameter_cannot_become_sql(engine: Engine) -> None:
    assert one(engine, "SELECT count() FROM visits WHERE unit = {x:String}", x="' OR 1 = 1 --") == 0
    with pytest.raises(EngineError):
        engine.query("SELECT {x:UInt64}", {"x": "1) UNION ALL SELECT (2"})


# answers


def test_an_empty_answer_still_has_its_columns(engine: Engine) -> None:
    answer = engine.query("SELECT unit, created_at, 1 AS one FROM visits WHERE unit = {x:String}", {"x": "nowhere"})
    assert answer.rows == []
    assert answer.columns == (
        ("unit", "LowCardinality(String)"),
        ("created_at", "Nullable(DateTime64(3, 'UTC'))"),
        ("one", "UInt8"),
    )


def test_a_wrong_statement_names_its_reason_and_itself(engine: Engine) -> None:
    for run in (engine.query, engine.execute, lambda sql: list(engine.stream(sql))):
        with pytest.raises(EngineError, match=r"nope[\s\S]*in: SELECT nope"):
            run("SELECT nope FROM visits")
    assert one(engine, "SELECT 1") == 1, "and the session still works"


COLUMNS = (
    ("id", "UInt64"),
    ("text", "String"),
    ("maybe", "Nullable(String)"),
    ("low", "LowCardinality(String)"),
    ("low_maybe", "LowCardinality(Nullable(String))"),
    ("number", "Nullable(Int64)"),
    ("share", "Nullable(Float64)"),
    ("numbers", "Array(Int64)"),
)
WIDE = st.tuples(
    TEXT,
    st.one_of(st.none(), TEXT),
    TEXT,
    st.one_of(st.none(), TEXT),
    st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    st.one_of(st.none(), st.floats(allow_nan=False)),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4),
)


@given(st.lists(WIDE, min_size=1, max_size=30))
@settings(max_examples=40)
def test_a_block_is_read_back_as_it_was_written(engine: Engine, rows: list[tuple[Any, ...]]) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
    engine.execute(f"CREATE OR REPLACE TABLE wide ({columns}) ENGINE = MergeTree ORDER BY id")
    numbered = [(index, *row) for index, row in enumerate(rows)]
    engine.insert("wide", COLUMNS, [*zip(*numbered, strict=True)])
    assert engine.query("SELECT * FROM wide ORDER BY id").rows == numbered
    assert [row for block in engine.stream("SELECT * FROM wide ORDER BY id") for row in block] == numbered


@pytest.mark.parametrize("rows", [3, 100_000])
def test_a_block_of_arrays_is_stored_as_they_are_however_long_they_are(engine: Engine, rows: int) -> None:
    """Where blocks were put end to end a text may be in a dictionary twice."""
    columns = (
        ("at", "DateTime64(3, 'UTC')"),
        ("day", "Date"),
        ("version", "UInt64"),
        ("numbers", "Array(Int64)"),
        ("maybe", "Nullable(Int64)"),
        ("low", "LowCardinality(String)"),
        ("low_maybe", "LowCardinality(Nullable(String))"),
    )
    described = ", ".join(f"{name} {kind}" for name, kind in columns)
    engine.execute(f"CREATE OR REPLACE TABLE arrays ({described}) ENGINE = MergeTree ORDER BY version")
    n = np.arange(rows)
    lists = Lists(n % 3, np.repeat(n, n % 3))
    maybe = Maybe(np.where(n % 2, n, NULL))
    texts = [Coded(["x", "y", "x", "of no row"], n % 3), Coded(["x", None, "x", None], n % 4)]
    data: list[Column] = [n * 1_000, (20_000 + n % 100).astype(np.int32), n.astype(np.uint64), lists, maybe, *texts]
    engine.insert("arrays", [(name, "UInt16" if kind == "Date" else kind) for name, kind in columns], data)
    values = "toUnixTimestamp64Milli(at), toUInt16(day), version, numbers, maybe, low, low_maybe"
    assert engine.query(f"SELECT {values} FROM arrays ORDER BY version").rows == [*Table(data)]
    counts = engine.query("SELECT low, count() FROM arrays GROUP BY low ORDER BY low").rows
    assert counts == [("x", rows - rows // 3 - (rows % 3 > 1)), ("y", rows // 3 + (rows % 3 > 1))]


def test_times_travel_as_milliseconds_and_days(engine: Engine) -> None:
    engine.execute(
        "CREATE TABLE times (at DateTime64(3, 'UTC'), maybe Nullable(DateTime64(3, 'UTC')), day Date)"
        " ENGINE = MergeTree ORDER BY at"
    )
    columns = (("at", "DateTime64(3, 'UTC')"), ("maybe", "Nullable(DateTime64(3, 'UTC'))"), ("day", "UInt16"))
    engine.insert("times", columns, [[1_774_747_800_125, 0], [None, 4_102_444_799_999], [20_541, 0]])
    assert engine.query(
        "SELECT toUnixTimestamp64Milli(at), toUnixTimestamp64Milli(maybe), toUInt16(day) FROM times ORDER BY at"
    ).rows == [(0, 4_102_444_799_999, 0), (1_774_747_800_125, None, 20_541)]


def test_an_empty_block_changes_nothing(engine: Engine) -> None:
    engine.insert("progress", (("name", "String"),), [[]])
    engine.insert("progress", (("name", "String"),), [])
    assert one(engine, "SELECT count() FROM progress") == 0


def test_a_block_that_cannot_be_written_is_refused_whole(engine: Engine) -> None:
    with pytest.raises(EngineError, match="nope"):
        engine.insert("progress", (("name", "String"), ("nope", "String")), [["a"], ["b"]])
    with pytest.raises(Exception, match=r".+"):
        engine.insert("progress", (("name", "String"), ("seq", "UInt64")), [["a", "b"], [1, "x"]])
    assert one(engine, "SELECT count() FROM progress") == 0
    engine.insert("progress", (("name", "String"), ("seq", "UInt64")), [["a"], [1]])
    assert one(engine, "SELECT count() FROM progress") == 1, "and the session still works"


def test_of_blocks_with_one_token_the_first_is_taken(engine: Engine) -> None:
    """Also when they touch several partitions, and when other data comes under it: so a token must name its rows."""
    engine.execute(
        "CREATE TABLE parts (n UInt64) ENGINE = MergeTree PARTITION BY n % 3 ORDER BY n"
        " SETTINGS non_replicated_deduplication_window = 100"
    )
    column = (("n", "UInt64"),)
    for _ in range(3):
        engine.insert("parts", column, [[1, 2, 3]], token="events:0:1-3")
    engine.insert("parts", column, [[1, 2, 3, 4]], token="events:0:1-3")
    assert engine.query("SELECT n FROM parts ORDER BY n").rows == [(1,), (2,), (3,)]
    engine.insert("parts", column, [[4]], token="it's \\ another")
    assert one(engine, "SELECT count() FROM parts") == 4


def test_equal_blocks_without_a_token_are_all_written(engine: Engine) -> None:
    """The engine would take them for one sent twice, by their content."""
    for _ in range(3):
        engine.insert("retentions", (("events", "UInt64"),), [[7]])
    assert one(engine, "SELECT count() FROM retentions WHERE events = 7") == 3


# streams


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT number FROM numbers(300000)",
        "SELECT number FROM numbers(300000) ORDER BY number % 1000 DESC, number",
        "SELECT number % 150000 AS k, count() FROM numbers(300000) GROUP BY k ORDER BY k",
        "SELECT number FROM numbers(10) WHERE number > 100",
    ],
)
def test_a_stream_gives_every_row_of_the_answer(engine: Engine, sql: str) -> None:
    assert [row for block in engine.stream(sql) for row in block] == engine.query(sql).rows


def test_while_a_stream_is_read_its_thread_may_ask_and_write(engine: Engine) -> None:
    engine.execute("CREATE TABLE numbers_1 (n UInt64) ENGINE = MergeTree ORDER BY n")
    engine.execute("CREATE TABLE numbers_2 AS numbers_1")
    engine.execute("INSERT INTO numbers_1 SELECT number FROM numbers(200000)")
    read = inner = 0
    for block in engine.stream("SELECT n FROM numbers_1 ORDER BY n"):
        read += len(block)
        engine.insert("numbers_2", (("n", "UInt64"),), [*zip(*block, strict=True)])
        assert one(engine, "SELECT count() FROM numbers_2") == read
        inner += sum(map(len, engine.stream("SELECT n FROM numbers_1 LIMIT 5")))
    assert read == 200_000
    assert inner > 0


def test_a_failure_in_the_middle_of_a_stream_is_raised(engine: Engine) -> None:
    with pytest.raises(EngineError):
        for _ in engine.stream("SELECT throwIf(number = 250000) FROM numbers(300000)"):
            pass


def test_an_abandoned_stream_leaves_the_engine_usable(engine: Engine) -> None:
    stream = engine.stream("SELECT number FROM numbers(1000000)")
    assert next(iter(stream))
    del stream
    assert one(engine, "SELECT 1") == 1


# threads


def test_threads_write_and_read_side_by_side(engine: Engine) -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for seq in range(25):
                engine.insert("progress", (("name", "String"), ("seq", "UInt64")), [[name], [seq]])
                engine.query("SELECT count() FROM progress")
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(str(name),)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert one(engine, "SELECT count() FROM progress WHERE name != 'a'") == 100
