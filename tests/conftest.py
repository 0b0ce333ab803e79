"""What every test may ask for: an engine with an empty, migrated database of its own.

The embedded engine takes one directory a process at a time: as long as any session is open, a second directory is
refused. So ``engine`` and ``module_engine`` share one directory and differ by their database, and whoever opens a
directory of their own (a ``Runtime``, a ``Pipeline`` that is killed) does so while neither of the two is in use.
"""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from storage.address import open_server
from storage.chdb_engine import ChdbEngine
from storage.migrate import migrate
from tests.support.bridge import Bridge, Server
from tests.support.kafka import Broker, broker

settings.register_profile(
    "pantau",
    deadline=None,  # two cores shared with the engine: a slow example is not a wrong one
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    print_blob=True,
    derandomize="CI" in os.environ,  # a change is judged by the same examples twice; new ones are sought elsewhere
)
settings.load_profile("pantau")

_databases = count()
_keeper: list[ChdbEngine] = []
"""An engine that keeps the directory open between the tests that use it: opening anew costs more than such a test."""


def _let_go() -> None:
    while _keeper:
        _keeper.pop().close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that uses no engine of ours may open a directory of its own."""
    if "engine_directory" not in getattr(item, "fixturenames", ()):
        _let_go()


@pytest.fixture(scope="session")
def engine_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The one directory of the engines below."""
    yield tmp_path_factory.mktemp("store")
    _let_go()


def _open(directory: Path) -> Iterator[ChdbEngine]:
    if not _keeper:
        _keeper.append(ChdbEngine(directory, database="keeper"))
    database = f"test_{next(_databases)}"
    engine = ChdbEngine(directory, database=database)
    try:
        migrate(engine)
        yield engine
        engine.execute(f"DROP DATABASE {database}")
    finally:
        engine.close()


@pytest.fixture
def engine(engine_directory: Path) -> Iterator[ChdbEngine]:
    """An engine with an empty, migrated database: about 0.1 s."""
    yield from _open(engine_directory)


@pytest.fixture(scope="module")
def module_engine(engine_directory: Path) -> Iterator[ChdbEngine]:
    """The same, shared by the tests of a module, for those that only read what one fixture wrote."""
    yield from _open(engine_directory)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Kafka that all tests share: make topics with names of your own."""
    with broker(tmp_path_factory.mktemp("kafka")) as bootstrap:
        yield bootstrap


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Broker]:
    """A running broker of the test's own, to stop, kill and start: about 3 s."""
    own = Broker(tmp_path / "own_kafka")
    try:
        own.start()
        yield own
    finally:
        own.stop()


@pytest.fixture(scope="session")
def clickhouse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server: a bridge to the embedded engine, or the one that PANTAU_TEST_CLICKHOUSE=user:password@host:port names.

    Tests that stop or stall one start a ``Bridge`` of their own.
    """
    given = os.environ.get("PANTAU_TEST_CLICKHOUSE")
    if given:
        yield Server(given)
        return
    bridge = Bridge(tmp_path_factory.mktemp("server")).start()
    yield bridge
    bridge.stop()


@pytest.fixture
def clickhouse(clickhouse_server: Server) -> Iterator[str]:
    """The address of an empty database of its own on a server; nothing is migrated."""
    yield from _database_on(clickhouse_server)


@pytest.fixture(scope="module")
def module_clickhouse(clickhouse_server: Server) -> Iterator[str]:
    """The same, shared by the tests of a module."""
    yield from _database_on(clickhouse_server)


@pytest.fixture(scope="module", params=["server", "cluster"])
def server_or_cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, module_clickhouse: str
) -> Iterator[str]:
    """The address of an empty database on a server, and then of one that is spread over the shards of a cluster."""
    if request.param == "server":
        yield module_clickhouse
        return
    bridge = Bridge(tmp_path_factory.mktemp("cluster") / "store", cluster="lampung").start()
    try:
        maker = open_server(bridge.url("default"))
        maker.execute("CREATE DATABASE spread ON CLUSTER lampung")
        maker.close()
        yield bridge.url("spread")
    finally:
        bridge.stop()


def _database_on(server: Server) -> Iterator[str]:
    database = f"pantau_test_{os.getpid()}_{next(_databases)}"
    engine = open_server(server.url("default"))
    try:
        engine.execute(f"CREATE DATABASE {database}")
        yield server.url(database)
        engine.execute(f"DROP DATABASE {database} SYNC")
    finally:
        engine.close()
