"""Servers for the tests of sources: one of each kind for a run; every test has a database of its own in it."""

from collections.abc import Iterator

import pytest

from tests.support.databases import MariaDb, PostgreSql, Server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    """A running MariaDB."""
    server = MariaDb()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A running PostgreSQL."""
    server = PostgreSql()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(params=["mariadb", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each of the two in turn."""
    found: Server = request.getfixturevalue(request.param)
    return found
