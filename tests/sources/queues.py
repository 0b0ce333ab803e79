"""The table ``queues`` of a Laravel queue system, as subdpmptsp/antrianmpp has it, in a real database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from producers.database import Database, url_of
from producers.mapping import Mapping, compile, load
from producers.polling import Order, Place, Poller, digest, for_typed_rows
from tests.sources.places import SECRET, Kept
from tests.support.databases import PASSWORD, Server

COLUMNS = (
    "id BIGINT {key}, counter_id INT, service_id INT, number VARCHAR(16), status VARCHAR(16), source VARCHAR(16), "
    "visitor VARCHAR(80), created_at {time}, updated_at {time} NULL, called_at {time} NULL, served_at {time} NULL, "
    "canceled_at {time} NULL, finished_at {time} NULL"
)
INSERT = text(
    "INSERT INTO queues (id, counter_id, service_id, number, status, source, visitor, created_at, updated_at, "
    "called_at, served_at, canceled_at, finished_at) VALUES (:id, :counter_id, :service_id, :number, :status, :source, "
    ":visitor, :created_at, :updated_at, :called_at, :served_at, :canceled_at, :finished_at)"
)
NO_WAIT = threading.Event()


def now() -> datetime:
    """What a Laravel clock writes now: UTC, in whole seconds, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def ticket(id: int, at: datetime, *, status: str = "waiting", **given: Any) -> dict[str, Any]:
    """A row of the table; ``at`` is when it was made and, unless ``updated_at`` says otherwise, last touched."""
    row: dict[str, Any] = dict.fromkeys(("called_at", "served_at", "canceled_at", "finished_at"))
    row |= {"id": id, "counter_id": 3, "service_id": 12, "number": f"A{id:03}", "status": status, "source": "kiosk"}
    row |= {"visitor": "Nama Contoh", "created_at": at, "updated_at": at}
    return row | given


class Queues:
    """The table in a fresh database of a server."""

    def __init__(self, server: Server, *, key: str = "PRIMARY KEY", time: str | None = None) -> None:
        self.server = server
        self.database = server.new_database()
        stamp = time or ("DATETIME" if server.scheme == "mysql" else "TIMESTAMP(0)")
        server.execute(self.database, f"CREATE TABLE queues ({COLUMNS.format(key=key, time=stamp)})")
        self.mapping: Mapping = for_typed_rows(load("antrian_mpp"))
        self._opened: list[Database] = []

    def close(self) -> None:
        """Let go of every connection of the pollers."""
        for database in self._opened:
            database.close()

    def insert(self, *rows: dict[str, Any]) -> None:
        """Insert and commit."""
        with self.transaction() as connection:
            connection.execute(INSERT, list(rows))

    def update(self, id: int, **changes: Any) -> None:
        """Change a row and commit."""
        changes = {"updated_at": now(), **changes}
        assigned = ", ".join(f"{name} = :{name}" for name in changes)
        with self.transaction() as connection:
            connection.execute(text(f"UPDATE queues SET {assigned} WHERE id = :id"), {**changes, "id": id})

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection of the queue system; commits at the end of the block."""
        with create_engine(self.server.url(self.database), poolclass=NullPool).begin() as connection:
            yield connection

    def address(self) -> str:
        return self.server.address(self.database)

    def opened(self, kind: type[Database] = Database, name: str = "queues", **reader: str) -> Database:
        """The table (or view) as a poller opens it, by the administrator or by another ``user`` and ``password``."""
        address = self.server.address(self.database, reader.get("user"))
        self._opened.append(kind(url_of(address, reader.get("password", PASSWORD)), name))
        return self._opened[-1]

    def poller(
        self, folder: Path, cursor: str = "updated_at", database: Database | None = None, **order: Any
    ) -> Poller:
        """A poller as it is after a start, with its bookmark in a folder."""
        place = Place(self.address(), "queues", "here", digest(self.mapping))
        mapper = compile(self.mapping, key=SECRET)
        order.setdefault("overlap", timedelta(minutes=10))
        return Poller(database or self.opened(), Order(cursor, **order), mapper, folder / "bookmark.json", place)


def ask(poller: Poller, kept: Kept, mapping: Mapping) -> int:
    """One round; how many rows were handed in."""
    before = poller.summary.rows
    with kept.feed(mapping) as feed:
        poller.round(feed, NO_WAIT)
    return poller.summary.rows - before
