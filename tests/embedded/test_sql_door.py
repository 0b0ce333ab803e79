"""ClickHouse's HTTP interface on the embedded store: its official client reads through it, and nothing else goes."""

import json
import socket
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import clickhouse_connect
import httpx
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from dashboards.expand import expand
from dashboards.live.board_choice import Range
from dashboards.live.board_files import drawn_boards
from pantau.domain.errors import BadSetup
from pantau.domain.registry import Registry
from pantau.embedded.sql_door import SqlDoor, sql_served
from storage.chdb_engine import ChdbEngine
from storage.migrate import migrate
from storage.native_blocks import of_bytes, read_block
from storage.reading_rules import NotAllowed, ReadingRules
from storage.roles import DASHBOARD
from tests.dashboards.office import AS_OF, fill, left_end

TOKEN = "a token that is long enough"


class Door:
    """A store with five weeks in it, its door, and the store's own answers to compare with."""

    def __init__(self, engine: ChdbEngine, registry: Registry, port: int) -> None:
        self.engine = engine
        self.registry = registry
        self.port = port

    def client(self, password: str = TOKEN) -> Client:
        return clickhouse_connect.get_client(host="127.0.0.1", port=self.port, username="grafana", password=password)

    def post(self, sql: str, *, token: str = TOKEN, **query: str) -> httpx.Response:
        url = f"http://127.0.0.1:{self.port}"
        return httpx.post(url, params=query, content=sql.encode(), auth=("grafana", token), timeout=60)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    store = tmp_path_factory.mktemp("door") / "store"
    engine = ChdbEngine(store)
    migrate(engine)
    registry = fill(engine)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with sql_served(SqlDoor(port, TOKEN), store):
        yield Door(engine, registry, port)
    engine.close()


@pytest.fixture(scope="module")
def client(door: Door) -> Iterator[Client]:
    with door.client() as client:
        yield client


def test_the_official_client_reads_what_the_store_holds(door: Door, client: Client) -> None:
    sql = "SELECT unit, count() AS visits, min(created_at) AS first FROM visits FINAL GROUP BY unit ORDER BY unit"
    answer = client.query(sql)
    assert answer.column_names == ("unit", "visits", "first")
    assert len(answer.result_rows) == 3
    wanted = door.engine.query(sql).rows
    assert [(row[0], row[1]) for row in answer.result_rows] == [(row[0], row[1]) for row in wanted]
    assert client.query("SELECT unit FROM units WHERE 0").column_names == ("unit",)
    assert client.command("SELECT 1 + 1") == 2


def test_values_are_bound_by_the_client(client: Client) -> None:
    found = client.query("SELECT {word:String} AS word, {n:UInt32} AS n", parameters={"word": "it's \\ \n", "n": 7})
    assert found.result_rows == [("it's \\ \n", 7)]


@pytest.mark.parametrize("uid", [uid for uid in sorted(drawn_boards()) if not uid.endswith("-en")])
def test_every_board_is_answered_as_by_the_store_itself(door: Door, client: Client, uid: str) -> None:
    """As Grafana asks: the text expanded, over HTTP, nothing else."""
    board = drawn_boards()[uid]
    span = Range(left_end(board.since), AS_OF)
    variables = {
        "unit": [unit.code for unit in door.registry.units],
        "kecamatan": sorted({unit.kecamatan for unit in door.registry.units}),
        "service": [service.code for service in door.registry.services],
        "trained": ["any"],
    }
    queries = [(each.sql, each.least_s) for each in board.queries]
    queries += [(variable.sql, 60) for variable in board.variables if variable.sql]  # else it is one of given choices
    queries += [(marks.sql, 60) for marks in board.marks]
    for sql, least_s in queries:
        text = expand(
            sql,
            time_from_ms=span.from_ms,
            time_to_ms=span.to_ms,
            interval_s=span.interval_s(least_s),
            variables=variables,
        )
        wanted, answer = door.engine.query(text), client.query(text)
        assert answer.column_names == tuple(name for name, _ in wanted.columns)
        assert [tuple(map(_plain, row)) for row in answer.result_rows] == [
            tuple(map(_plain, row)) for row in wanted.rows
        ]


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


@pytest.mark.parametrize("revision", [0, 54_405, 54_460])
def test_a_block_has_what_a_client_of_its_revision_expects(door: Door, revision: int) -> None:
    """Grafana's driver says 54460: a note before the block, and a byte before each column."""
    for sql, rows in (("SELECT unit, name FROM units FINAL ORDER BY unit", 3), ("SELECT unit FROM units WHERE 0", 0)):
        answer = door.post(sql, default_format="Native", client_protocol_version=str(revision))
        assert answer.headers["x-clickhouse-format"] == "Native"
        columns, found = read_block(of_bytes(answer.content), info=revision > 0, custom=revision >= 54_454)
        assert (columns[0].name, found) == ("unit", rows)


def test_a_program_gets_the_format_it_asks_for(door: Door) -> None:
    sql = "SELECT name FROM units FINAL WHERE unit = {unit:String}"
    answer = door.post(f"{sql} FORMAT JSON", param_unit="kec-18.01.21")
    assert json.loads(answer.content)["data"] == [{"name": "Kantor Kecamatan Bakauheni"}]
    assert door.post(sql, param_unit="kec-18.01.21").text == "Kantor Kecamatan Bakauheni\n"


def test_without_the_token_nothing_is_answered(door: Door) -> None:
    for token in ("", "wrong", TOKEN + "x"):
        answer = door.post("SELECT 1", token=token)
        assert (answer.status_code, answer.headers["x-clickhouse-exception-code"]) == (401, "516")
    assert httpx.get(f"http://127.0.0.1:{door.port}/?query=SELECT+1").status_code == 401
    assert httpx.get(f"http://127.0.0.1:{door.port}/ping").text == "Ok.\n"
    with pytest.raises(ClickHouseError):
        door.client("wrong")


WRITES = [
    "INSERT INTO units (unit) VALUES ('x')",
    "CREATE TABLE x (a Int8) ENGINE = Memory",
    "DROP TABLE visits",
    "ALTER TABLE visits DELETE WHERE 1",
    "TRUNCATE TABLE visits",
    "SET readonly = 0",
    "SYSTEM STOP MERGES",
    "OPTIMIZE TABLE visits FINAL",
    "KILL QUERY WHERE 1",
    "ATTACH TABLE x",
    "USE system",
    "/* SELECT */ DROP TABLE visits",
    "SELECT 1; DROP TABLE visits",
]
OUTSIDE = [
    "SELECT file('/etc/hostname')",
    "SELECT * FROM file('/etc/hostname', 'LineAsString')",
    "SELECT `file`('/etc/hostname')",
    "SELECT * FROM url('http://127.0.0.1/', 'CSV')",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT * FROM merge('pantau', 'ev.*')",
    "SELECT * FROM remote('127.0.0.1', 'pantau', 'events')",
    "SELECT * FROM executable('id', 'TSV', 'x String')",
    "SELECT * FROM system.processes",
    "SELECT * FROM {table:Identifier}",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT * FROM python('x')",
    "SELECT * FROM viewExplain('', '', (SELECT data FROM events))",
]
HIDDEN = [
    "SELECT data FROM events",
    "SELECT * FROM events",
    "SELECT e.* FROM pantau.events AS e",
    "SELECT `data` FROM `events`",
    'SELECT "data" FROM "events"',
    "SELECT COLUMNS('dat') FROM events",
    "SELECT * EXCEPT unit FROM events",
    "SELECT (SELECT any(data) FROM events)",
    "WITH x AS (SELECT * FROM events) SELECT 1 FROM x",
    "SELECT DATA FROM events",
    "SELECT original FROM rejected_events",
    "SELECT any(reasons) FROM rejected_events",
    "SELECT count(), * FROM rejected_events",
    "SELECT ‘ ' ’, data FROM events --'",
    "SELECT $a$ ' $a$, data FROM events --'",
    "SELECT subject FROM events",
    "SELECT 1 FROM visits WHERE ticket IN (SELECT data FROM events)",
    "EXPLAIN SELECT data FROM events",
    "SELECT (SELECT e.data) FROM events AS e",
    "SELECT (SELECT e.data FROM units LIMIT 1) FROM events AS e",
    "SELECT (SELECT data FROM services LIMIT 1) FROM events",
    "SELECT (SELECT e.* FROM units LIMIT 1) FROM events AS e",
    "SELECT * FROM (SELECT unit FROM units) AS u JOIN events USING (unit)",
    "SELECT (SELECT ((e.data))) FROM events AS e",
    "SELECT ((*)) FROM events",
    "SELECT (SELECT ((e.*))) FROM events AS e",
    "SELECT tuple(*) FROM ((events))",
    "(((SELECT * FROM events)))",
    "SELECT 1 WHERE ('a', 'b') IN events",
    "SELECT name FROM alert_answers",
    "SELECT officer, count() FROM visits FINAL GROUP BY officer",
    "SELECT history FROM visits FINAL",
    "SELECT sex, age_group FROM surveys",
    "SELECT * FROM counter_days",
    "SELECT (SELECT max(a.name) FROM units AS u) FROM alert_answers AS a",
]


@pytest.mark.parametrize("sql", [*WRITES, *OUTSIDE, *HIDDEN])
def test_what_is_not_for_reading_is_refused(door: Door, sql: str) -> None:
    before = door.engine.query("SELECT count() FROM visits").rows
    answer = door.post(sql)
    assert answer.status_code in (400, 403), answer.text
    assert int(answer.headers["x-clickhouse-exception-code"]) in (164, 497, 62)
    assert door.engine.query("SELECT count() FROM visits").rows == before


def test_tables_that_no_board_reads_are_empty(door: Door) -> None:
    assert door.engine.query("SELECT count() > 0 FROM schema_migrations").rows == [(1,)]
    assert "schema_migrations" not in DASHBOARD
    for sql in (
        "SELECT * FROM schema_migrations",
        "SELECT m.* FROM pantau.schema_migrations AS m",
        "SELECT * FROM registries",
    ):
        assert door.post(sql).text == ""


def test_a_client_cannot_lift_what_limits_it(door: Door) -> None:
    answer = door.post("SELECT getSetting('max_execution_time')", max_execution_time="9999", readonly="0")
    assert answer.text == "30\n"


def test_an_error_of_the_engine_keeps_its_code(door: Door) -> None:
    answer = door.post("SELECT nothing FROM units")
    assert (answer.status_code, answer.headers["x-clickhouse-exception-code"]) == (400, "47")
    assert door.post("SELECT 1 FROM nowhere").status_code == 404


def test_a_short_token_is_no_token() -> None:
    with pytest.raises(BadSetup, match="PANTAU_SQL_TOKEN"):
        SqlDoor(0, "short")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM events",
        "SELECT 2 * count() FROM events WHERE kind = 'data'",
        "SELECT unit FROM events -- data",
        "SELECT * FROM visits",
        "SHOW TABLES",
        "DESCRIBE TABLE visits",
        "(SELECT 1) UNION ALL (SELECT 2);",
        "SELECT format('{}', unit) FROM units",
        "WITH 1 AS one SELECT one FROM numbers(3)",
        "SELECT 'file(' FROM units",
        "SELECT * FROM (SELECT unit, kind FROM events) AS e JOIN (SELECT unit, data FROM units) AS u USING (unit)",
        "SELECT unit, (SELECT any(units.data) FROM units) FROM events",
    ],
)
def test_what_is_for_reading_is_not_refused(sql: str) -> None:
    rules = ReadingRules(
        functions=["file", "url", "numbers", "format"],
        columns={"events": ["unit", "kind", "data", "subject"], "units": ["unit", "name", "data"], "visits": ["unit"]},
        hidden={"events": ["data", "subject"]},
    )
    assert rules.judge(sql) == sql.rstrip("; ")
    with pytest.raises(NotAllowed):
        rules.judge(f"INSERT INTO x {sql}")
