"""The desk of a place given on the command line: a data directory, or the tables of a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pantau.domain.registry import Registry
    from pantau.embedded.desk import Desk


@contextmanager
def open_desk(where: str | Path, *, registry: "Registry | None" = None) -> Iterator["Desk"]:
    """A desk on a data directory (whoever owns it) or on ``clickhouse://user@host:port/database``.

    A registry given is put in force first. Raises BadSetup for a place that is neither or not set up.
    """
    from storage.address import is_server

    if not is_server(where):
        from pantau.embedded.desk import open_desk as open_directory

        with open_directory(Path(where), registry=registry) as desk:
            yield desk
        return
    from pantau.distributed.desk import ServerDesk
    from pantau.settings import load, revealed

    settings = load().settings
    password, secret = revealed(settings.store_password), revealed(settings.secret)
    server = ServerDesk(str(where), password, bus=settings.bus, secret=secret)
    try:
        if registry is not None:
            server.load_registry(registry)
        yield server
    finally:
        server.close()
