"""The engine itself lets each role do its work, and refuses what is none of its work."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pantau.distributed.desk import ServerDesk
from pantau.domain.errors import PantauError
from storage.address import open_server
from storage.engine import Engine
from storage.migrate import migrate, require
from storage.store import Store
from tests.distributed.bus import Bus, Process, load_registry
from tests.storage_tests.test_roles import board_texts
from tests.strategies import MONDAY, REGISTRY, UNITS, registry, ticket
from tests.support.bridge import Bridge
from tests.support.users import config_of

DENIED = "Not enough privileges"
OUTSIDE = (
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT name FROM system.users",
    "CREATE USER another IDENTIFIED WITH no_password",
    "CREATE DATABASE another",
    "DROP DATABASE pantau",
    "DROP TABLE events",
    "TRUNCATE TABLE visits",
    "ALTER TABLE windows ADD COLUMN another Int8",
    "ALTER TABLE visits DELETE WHERE 1",
    "INSERT INTO schema_migrations SELECT * FROM schema_migrations LIMIT 0",
)
"""What no process of ours ever does."""

READ_ONLY = (
    "INSERT INTO units SELECT * FROM units LIMIT 0",
    "ALTER TABLE events DELETE WHERE 1",
    "CREATE DATABASE pantau_recomputed",
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables with a registry and some visits in them, made by somebody who may do everything."""
    directory = tmp_path_factory.mktemp("roles") / "tables"
    bridge = Bridge(directory).start()
    try:
        with closing(open_server(bridge.url("default"))) as server:
            server.execute("CREATE DATABASE pantau")
        with closing(open_server(bridge.url("pantau"))) as server:
            migrate(server)
            load_registry(Store(server), REGISTRY)
            work(server, "A")
    finally:
        bridge.stop()
    return directory


def work(engine: Engine, name: str) -> None:
    """What a worker does with a few events."""
    bus = Bus(2)
    bus.send([ticket(said, MONDAY, ticket=name, unit=unit) for unit in UNITS for said in ("created", "called")])
    process = Process(Store(engine), bus)
    process.assign((0, 1))
    process.finish()
    process.worker.close()


@contextmanager
def playing(role: str, directory: Path) -> Iterator[tuple[Engine, str]]:
    """The tables for one who has a role and no other right, and their address."""
    bridge = Bridge(directory, config=config_of(role, directory.parent)).start()
    try:
        with closing(open_server(bridge.url("pantau"))) as engine:
            yield engine, bridge.url("pantau")
    finally:
        bridge.stop()


def refuses(engine: Engine, statements: tuple[str, ...], why: str = DENIED) -> None:
    ask = {"SELECT": engine.query}
    for statement in statements:
        with pytest.raises(PantauError, match=why):  # noqa: PT012 - the message says which was taken
            ask.get(statement.split()[0], engine.execute)(statement)
            pytest.fail(f"not refused: {statement}")


def test_a_writer_works_verifies_and_loads_a_registry_and_nothing_else(directory: Path) -> None:
    with playing("pantau_writer", directory) as (engine, url):
        require(engine)
        work(engine, "B")
        with closing(ServerDesk(url)) as desk:
            desk.load_registry(registry(holidays=()))
            assert desk.verify().equal
            assert desk.remove_events(0) == 0
            (n,) = desk.query("count_events").rows[0]
        assert n == 4 * len(UNITS)
        refuses(engine, OUTSIDE)


def test_a_reader_reads_everything_within_its_limits_and_changes_nothing(directory: Path) -> None:
    with playing("pantau_reader", directory) as (engine, _):
        require(engine)
        for text in board_texts():
            engine.query(text)
        engine.query("SELECT data FROM events")
        engine.query("SELECT 1 SETTINGS max_execution_time = 10")
        refuses(engine, ("SELECT 1 SETTINGS max_execution_time = 1000",), "shouldn't be greater than 300")
        refuses(engine, ("SET readonly = 0",), "readonly")
        refuses(engine, (*OUTSIDE, *READ_ONLY))


def test_dashboards_draw_every_panel_and_see_nothing_that_a_person_wrote(directory: Path) -> None:
    with playing("pantau_dashboard", directory) as (engine, _):
        for text in board_texts():
            engine.query(text)
        for column, table in (("data", "events"), ("original", "rejected_events"), ("note", "alert_answers")):
            refuses(engine, (f"SELECT {column} FROM {table}", f"SELECT * FROM {table}"))
        refuses(engine, ("SELECT 1 SETTINGS max_execution_time = 31",), "shouldn't be greater than 30")
        refuses(engine, (*OUTSIDE, *READ_ONLY))


def test_a_migrator_brings_tables_up_to_date_and_reads_no_secret_of_the_machine(directory: Path) -> None:
    with playing("pantau_migrator", directory) as (engine, _):
        migrate(engine)
        engine.execute("CREATE TABLE later (n Int8) ENGINE = MergeTree ORDER BY n")
        engine.execute("ALTER TABLE later ADD COLUMN m Int8")
        engine.execute("DROP TABLE later")
        refuses(engine, OUTSIDE[:5])
