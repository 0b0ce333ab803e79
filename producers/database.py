"""A table (or view) of somebody else's database: opened to read and nothing else, read in pages by a cursor."""

import logging
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    URL,
    Connection,
    Select,
    and_,
    column,
    create_engine,
    event,
    exc,
    inspect,
    make_url,
    or_,
    select,
    table,
    text,
)

from pantau.domain.errors import BadSetup, NotNow
from producers.mapping.drafts import Row

ANSWER_SECONDS = 60
CONNECT_SECONDS = 10

_DRIVERS = {
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "postgresql": "postgresql+pg8000",
    "postgres": "postgresql+pg8000",
}
_READ_ONLY = {
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
}
_MYSQL_SETUP = frozenset({1044, 1045, 1049, 1054, 1064, 1142, 1143, 1146, 1698})
"""Access denied, no such database, column or table, not allowed."""
_POSTGRES_SETUP = ("28", "3D", "42")
"""Classes of SQLSTATE: refused credentials, no such database, no such name or not allowed."""


def url_of(address: str, password: str | None) -> URL:
    """A database's address with its password; ``mysql://reader@10.1.2.3/antrian``.

    Raises BadSetup for another kind of database, and for a password in the address.
    """
    try:
        url = make_url(address)
    except exc.ArgumentError as error:
        raise BadSetup("--database is not an address such as mysql://reader@10.1.2.3:3306/antrian") from error
    if url.password is not None:
        raise BadSetup(
            "--database holds a password, which every user of this machine could read; take it out and "
            "put it into PANTAU_DATABASE_PASSWORD or a file named by PANTAU_DATABASE_PASSWORD_FILE"
        )
    if url.drivername not in _DRIVERS:
        raise BadSetup(f"--database {url.drivername}://: known are mysql://, mariadb:// and postgresql://")
    return url.set(drivername=_DRIVERS[url.drivername], password=password)


class Layout(msgspec.Struct, frozen=True):
    """What a table is like: its columns, the one column of its primary key, and whether a cursor is slow or empty."""

    columns: tuple[str, ...]
    key: str | None
    cursor_may_be_null: bool
    cursor_is_indexed: bool


class Database:
    """A table of a database. Every method raises NotNow when the server is away, BadSetup for what a person must mend.

    Each page is a short transaction of its own, which the server knows to be read-only.
    """

    def __init__(self, url: URL, name: str, *, ca: Path | None = None) -> None:
        schema, _, self._bare = name.rpartition(".")
        self._schema = schema or None
        self.name = name
        self._engine = create_engine(
            url, pool_size=1, max_overflow=0, connect_args=_connect_args(url, ca), hide_parameters=True
        )
        # a connection that broke is told once, as NotNow; the pool would print a traceback for each attempt to close it
        logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
        read_only = _READ_ONLY[self._engine.dialect.name]

        @event.listens_for(self._engine, "connect")
        def _only_read(connection: Any, record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute(read_only)
            cursor.close()
            connection.commit()

    def close(self) -> None:
        """Let go of the connection."""
        self._engine.dispose()

    def layout(self, cursor: str) -> Layout:
        """What the table is like. Raises BadSetup where there is no such table or cursor column."""
        with self._connected() as connection:
            read = self._mysql_layout if self._engine.dialect.name == "mysql" else self._postgresql_layout
            nullable, primary, indexed = read(connection)
        if not nullable:
            raise BadSetup(f"the database has no table {self.name}, or this user may not see it")
        if cursor not in nullable:
            raise BadSetup(f"--cursor {cursor}: {self.name} has the columns {', '.join(nullable)}")
        return Layout(
            columns=tuple(nullable),
            key=primary[0] if len(primary) == 1 else None,
            cursor_may_be_null=nullable[cursor],
            cursor_is_indexed=cursor in indexed or cursor in primary[:1],
        )

    def _mysql_layout(self, connection: Connection) -> tuple[dict[str, bool], list[str], set[str]]:
        """Columns and whether each may be NULL, the primary key, columns that an index begins with.

        SQLAlchemy would ask SHOW CREATE TABLE, which a user who may only read a view is refused.
        """
        of = {"schema": self._schema, "name": self._bare}
        there = "WHERE table_schema = COALESCE(:schema, DATABASE()) AND table_name = :name"
        columns = connection.execute(
            text(
                "SELECT column_name, is_nullable, column_key FROM information_schema.columns "
                f"{there} ORDER BY ordinal_position"
            ),
            of,
        ).all()
        indexes = connection.execute(
            text(f"SELECT column_name FROM information_schema.statistics {there} AND seq_in_index = 1"), of
        )
        return (
            {name: nullable == "YES" for name, nullable, _ in columns},
            [name for name, _, key in columns if key == "PRI"],
            {name for (name,) in indexes},
        )

    def _postgresql_layout(self, connection: Connection) -> tuple[dict[str, bool], list[str], set[str]]:
        found = inspect(connection)
        try:
            columns = found.get_columns(self._bare, self._schema)
        except exc.NoSuchTableError:
            return {}, [], set()
        primary = found.get_pk_constraint(self._bare, self._schema)["constrained_columns"]
        indexes = [each["column_names"] for each in found.get_indexes(self._bare, self._schema)]
        return (
            {each["name"]: bool(each["nullable"]) for each in columns},
            list(primary),
            {str(names[0]) for names in indexes if names},
        )

    def page(
        self,
        names: Sequence[str],
        cursor: str,
        tie: str | None,
        *,
        since: object | None = None,
        beyond: bool = False,
        after: tuple[object, object] | None = None,
        most: int,
    ) -> list[dict[str, Any]]:
        """At most ``most`` rows in order: behind ``after``, else from ``since`` on, or ``beyond`` it."""
        at: Any = column(cursor)
        by: Any = column(tie) if tie is not None else None
        query = self._select(names).where(at.is_not(None))
        if after is not None and by is not None:
            query = query.where(or_(at > after[0], and_(at == after[0], by > after[1])))
        elif after is not None:
            query = query.where(at >= after[0])
        elif since is not None:
            query = query.where(at > since if beyond else at >= since)
        query = query.order_by(at, by) if by is not None else query.order_by(at)
        return self._rows(query.limit(most))

    def without_cursor(
        self, names: Sequence[str], cursor: str, tie: str | None, *, after: object | None = None, most: int
    ) -> list[dict[str, Any]]:
        """At most ``most`` rows whose cursor is NULL, in the order of ``tie`` and behind ``after``."""
        query = self._select(names).where(column(cursor).is_(None))
        if tie is not None:
            query = query.order_by(column(tie))
            if after is not None:
                query = query.where(column(tie) > after)
        return self._rows(query.limit(most))

    def newest(self, names: Sequence[str], cursor: str, *, most: int) -> list[dict[str, Any]]:
        """The last rows by the cursor, oldest first."""
        query = self._select(names).where(column(cursor).is_not(None)).order_by(column(cursor).desc())
        return self._rows(query.limit(most))[::-1]

    def _select(self, names: Sequence[str]) -> Select[Any]:
        columns: list[Any] = [column(name) for name in names]
        return select(*columns).select_from(table(self._bare, *columns, schema=self._schema))

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        with self._connected() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except (exc.DBAPIError, exc.TimeoutError, OSError) as error:
            self._engine.dispose()
            raise _judged(error) from error
        except RuntimeError as error:
            if "cryptography" not in str(error):
                raise
            raise BadSetup(
                "this MySQL user has a password of a kind (caching_sha2_password) that is sent only over TLS; "
                "give --ca, or make the user with mysql_native_password"
            ) from error


def _connect_args(url: URL, ca: Path | None) -> dict[str, Any]:
    tls = None
    if ca is not None:
        try:
            tls = ssl.create_default_context(cafile=str(ca))
        except (OSError, ssl.SSLError) as error:
            raise BadSetup(f"--ca {ca}: cannot be read as certificates: {error}") from error
    if url.drivername.startswith("mysql"):
        timeouts = {"connect_timeout": CONNECT_SECONDS, "read_timeout": ANSWER_SECONDS, "write_timeout": ANSWER_SECONDS}
        return {**timeouts, **({"ssl": tls} if tls else {})}
    return {"timeout": ANSWER_SECONDS, "application_name": "pantau", **({"ssl_context": tls} if tls else {})}


def _judged(error: Exception) -> BadSetup | NotNow:
    """What a failure of the database calls for: a person, or patience."""
    found = getattr(error, "orig", None) or error
    given = found.args[0] if found.args else ""
    if isinstance(given, dict):  # pg8000 hands on the server's fields
        told, state = given.get("M", ""), str(given.get("C", ""))
        to_mend = state.startswith(_POSTGRES_SETUP)
    else:
        told = found.args[1] if len(found.args) > 1 else given
        to_mend = given in _MYSQL_SETUP
    if to_mend:
        return BadSetup(f"the database refuses: {told}")
    return NotNow(f"the database does not answer: {type(found).__name__}: {told}")


def texts(row: dict[str, Any], names: Sequence[str]) -> Row:
    """A row as a mapping reads it: what it would be in an export of the table."""
    return {name: _text(row[name]) for name in names}


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case timedelta():  # how PyMySQL gives a TIME
            seconds, rest = divmod(value // timedelta(microseconds=1), 1_000_000)
            clock = f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
            return f"{clock}.{rest:06}" if rest else clock
        case Decimal():
            return format(value, "f")
        case bytes() | bytearray() | memoryview():
            return _text_of_bytes(bytes(value))
        case dict() | list():
            return msgspec.json.encode(value).decode()
    return str(value)


def _text_of_bytes(value: bytes) -> str:
    if len(value) == 1 and value < b"\x02":  # BIT(1), a yes or no
        return str(value[0])
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
