"""One office for all tests of the boards: filled once, read through a session that can change nothing.

It stays open for as long as tests of this folder run: a test that opens a directory of its own belongs elsewhere.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.chdb_engine import ChdbEngine
from storage.migrate import migrate
from tests.dashboards.office import Office, fill


@pytest.fixture(scope="package")
def office(engine_directory: Path) -> Iterator[Office]:
    """Five weeks of three units, up to a Tuesday before noon."""
    writer = ChdbEngine(engine_directory, database="boards_office")
    migrate(writer)
    registry = fill(writer)
    reader = ChdbEngine(engine_directory, database="boards_office", readonly=2)
    yield Office(reader, registry)
    reader.close()
    writer.execute("DROP DATABASE boards_office")
    writer.close()


@pytest.fixture(scope="package")
def nobody(engine_directory: Path) -> Iterator[Office]:
    """A store in which nothing has happened yet: tables and no row."""
    engine = ChdbEngine(engine_directory, database="boards_nobody")
    migrate(engine)
    yield Office(engine, None)
    engine.execute("DROP DATABASE boards_nobody")
    engine.close()
