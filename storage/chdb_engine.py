"""The embedded engine: chDB, ClickHouse inside this process, in one data directory.

Facts that shape this file (measured): one process per directory, even for readers; a fork after opening hangs; a query
in the main thread keeps signal handlers from running; two threads on one session run one after the other, on their own
sessions side by side. So every thread gets a session of its own and callers query from worker threads.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pantau.domain.errors import BadSetup, NotNow, PantauError
from storage.engine import Answer, Params, Row
from storage.native import decode, encode

_SETTINGS = "async_insert=0&max_partitions_per_insert_block=0&deduplicate_blocks_in_dependent_materialized_views=1"


class EngineError(PantauError):
    """The engine refused a statement; the message holds the engine's reason and the statement's beginning."""


def _literal(value: Any) -> str:
    """A bound parameter as the engine wants it: text in TSV escaping, arrays as array literals."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ",".join(_element(item) for item in value) + "]"
    return str(value)


def _element(value: Any) -> str:
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace("'", "\\'").replace("\t", "\\t").replace("\n", "\\n")
        return "'" + text + "'"
    if isinstance(value, tuple):
        return "(" + ",".join(_element(item) for item in value) + ")"
    return _literal(value)


class ChdbEngine:
    """chDB on one directory. ``database`` is created if it is missing and used by every session."""

    embedded = True

    def __init__(
        self, directory: Path, *, database: str = "pantau", threads: int | None = None, readonly: bool = False
    ) -> None:
        self._path = str(directory)
        self._database = database
        self._options = _SETTINGS + (f"&max_threads={threads}" if threads else "")
        self._readonly = readonly
        self._local = threading.local()
        self._sessions: list[Any] = []
        self._lock = threading.Lock()
        directory.mkdir(parents=True, exist_ok=True)
        self._session()

    def _session(self) -> Any:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._open()
        return session

    def _open(self) -> Any:
        from chdb.session import Session  # late: loading the engine takes a tenth of a second

        try:
            session = Session(f"{self._path}?{self._options}")
            session.query(f"CREATE DATABASE IF NOT EXISTS {self._database}")
            session.query(f"USE {self._database}")
            if self._readonly:
                session.query("SET readonly = 1")
        except RuntimeError as error:
            if "Cannot lock" in str(error) or "already initialized" in str(error):
                raise NotNow(f"{self._path}: another process owns this data directory; ask it or stop it") from error
            raise BadSetup(f"{self._path}: the data directory cannot be opened: {error}") from error
        with self._lock:
            self._sessions.append(session)
        return session

    def _run(self, sql: str, params: Params | None, output: str) -> Any:
        bound = {name: _literal(value) for name, value in (params or {}).items()}
        try:
            return self._session().query(sql, output, params=bound)
        except RuntimeError as error:
            raise EngineError(f"{error}\nin: {sql[:400]}") from error

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement."""
        self._run(sql, params, "Null")

    def query(self, sql: str, params: Params | None = None) -> Answer:
        """Run one query; an empty answer still has its columns."""
        data = self._run(sql, params, "Native").bytes()
        columns: Sequence[tuple[str, str]] = ()
        rows: list[Row] = []
        for found, block in decode(data):
            columns = found
            rows.extend(block)
        if not columns:
            described = self._run(f"DESCRIBE ({sql})", params, "Native").bytes()
            columns = [(row[0], row[1]) for _, block in decode(described) for row in block]
        return Answer(tuple((str(name), str(kind)) for name, kind in columns), rows)

    def stream(self, sql: str, params: Params | None = None) -> Iterator[list[Row]]:
        """Blocks of rows as the engine makes them, on a session of its own: one that streams can do nothing else."""
        bound = {name: _literal(value) for name, value in (params or {}).items()}
        session = self._open()
        try:
            with session.send_query(sql, "Native", params=bound) as chunks:
                for chunk in chunks:
                    for _, rows in decode(chunk.bytes()):
                        yield rows
        except RuntimeError as error:
            raise EngineError(f"{error}\nin: {sql[:400]}") from error
        finally:
            with self._lock:
                self._sessions.remove(session)
            session.close()

    def insert(self, table: str, columns: Sequence[tuple[str, str]], data: Sequence[Sequence[Any]]) -> None:
        """Write one block through the Native format."""
        if not data or not len(data[0]):
            return
        names = ", ".join(name for name, _ in columns)
        try:
            with self._session().send_insert(f"INSERT INTO {table} ({names})", "Native") as inserter:
                inserter.append(encode(columns, data))
                inserter.finish()
        except RuntimeError as error:
            raise EngineError(f"{error}\nin: INSERT INTO {table}") from error

    def close(self) -> None:
        """Close every session; the directory is free afterwards."""
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()
        self._local = threading.local()


def bound(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as the engine takes them; for tests of the escaping."""
    return {name: _literal(value) for name, value in params.items()}
