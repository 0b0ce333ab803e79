"""The door for SQL: ClickHouse's HTTP interface on a port of its own, for reading, closed unless asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import structlog

from pantau.domain.errors import BadSetup

log = structlog.get_logger(__name__)

SHORTEST: Final = 16
"""Letters of a token at least; whoever has it reads every number of every unit."""


class SqlDoor(msgspec.Struct, frozen=True):
    """Where it listens, and the token that opens it. Port 0 takes a free one."""

    port: int
    token: str
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        if len(self.token) < SHORTEST:
            raise BadSetup(f"PANTAU_SQL_TOKEN has fewer than {SHORTEST} letters; make one: openssl rand -hex 24")


@contextmanager
def sql_served(door: SqlDoor | None, store: Path) -> Iterator[None]:
    """Keep the door open for as long as the block lasts; without one nothing happens.

    Raises BadSetup when the port is taken. The process must own the store.
    """
    if door is None:
        yield
        return
    from pantau.web.server import beside, bind
    from pantau.web.sql_app import SqlReader, create_sql_app

    with bind(door.host, door.port) as listening:
        reader = SqlReader(store)
        try:
            with beside(create_sql_app(reader, door.token), listening):
                log.info("SQL is answered", host=door.host, port=listening.getsockname()[1])
                yield
        finally:
            reader.close()
