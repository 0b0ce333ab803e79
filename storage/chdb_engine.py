"""The embedded engine: chDB, ClickHouse inside this process, in one data directory.

Facts that shape this file (measured): one process per directory, even for readers; a fork after opening hangs; a query
in the main thread keeps signal handlers from running; two threads on one session run one after the other, on their own
sessions side by side. So every thread gets a session of its own and callers query from worker threads.

A session that is closed during an insert hangs; a process that ends with a session in use by a thread hangs or prints
``global_context->shutdown()``; one that ends with an unfinished stream hangs even if its session was closed. So
:meth:`ChdbEngine.close` waits for what runs, cancels streams, closes sessions, and is called at exit if nobody did.
"""

import atexit
import contextlib
import fcntl
import os
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pantau.domain.columns import Column
from pantau.domain.errors import BadSetup, NotNow
from storage.engine import Answer, EngineError, Params, Row
from storage.native import decode, encode
from storage.parameters import bound, quoted

_SETTINGS = (
    "async_insert=0&max_partitions_per_insert_block=0&deduplicate_blocks_in_dependent_materialized_views=1"
    "&compile_expressions=0&compile_aggregate_expressions=0&compile_sort_description=0"
)
"""Compiling a query at its fourth run holds it up by 0.1 to 0.7 s, and none was seen to be quicker afterwards."""

_INSERTING = "optimize_on_insert = 0, max_threads = 1, max_insert_threads = 1"
"""Blocks come without repeated keys and small: merging each by itself and sharing it among threads doubles its cost."""


class _Session:
    """A session, the lock that is held while it works, and the stream it feeds if it feeds one."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.busy = threading.Lock()
        self.stream: Any = None

    def close(self) -> None:
        with self.busy:
            if self.stream is not None:
                self.stream.cancel()
            self.session.close()


class ChdbEngine:
    """chDB on one directory. ``database`` is created if it is missing and used by every session.

    ``readonly`` is ClickHouse's own: 1 reads and changes no setting, 2 reads and may change settings for a query.
    ``limits`` are settings of every session, as ``NAME = VALUE`` in SQL.
    """

    embedded = True
    cluster = None

    def __init__(
        self,
        directory: Path,
        *,
        database: str = "pantau",
        threads: int | None = None,
        readonly: Literal[0, 1, 2] = 0,
        limits: Sequence[str] = (),
    ) -> None:
        self._path = str(directory)
        self._database = database
        self._options = _SETTINGS + (f"&max_threads={threads}" if threads else "")
        self._readonly = readonly
        self._limits = tuple(limits)
        self._local = threading.local()
        self._sessions: set[_Session] = set()
        self._lock = threading.Lock()
        self._closed = False
        directory.mkdir(parents=True, exist_ok=True)
        self._session()
        atexit.register(self.close)

    def _session(self) -> _Session:
        session: _Session | None = None if self._closed else getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._open()
        return session

    def _open(self) -> _Session:
        from chdb.session import Session  # late: loading the engine takes a tenth of a second

        with self._lock:
            if self._closed:
                raise NotNow(f"{self._path}: this engine is closed")
            if not self._sessions and _owned_elsewhere(Path(self._path)):
                raise NotNow(f"{self._path}: another process owns this data directory; ask it or stop it")
            session = None
            try:
                session = Session(f"{self._path}?{self._options}")
                session.query(f"CREATE DATABASE IF NOT EXISTS {self._database}")
                session.query(f"USE {self._database}")
                for limit in self._limits:
                    session.query(f"SET {limit}")
                if self._readonly:
                    session.query(f"SET readonly = {self._readonly}")
            except RuntimeError as error:
                if session is not None:
                    session.close()
                if "already initialized" in str(error):
                    raise NotNow(f"{self._path}: this process has another data directory open; close it") from error
                if not self._sessions and _owned_elsewhere(Path(self._path)):  # both began at the same moment
                    raise NotNow(f"{self._path}: another process owns this data directory") from error
                raise BadSetup(f"{self._path}: the data directory cannot be opened: {error}") from error
            opened = _Session(session)
            self._sessions.add(opened)
        return opened

    @contextlib.contextmanager
    def _working(self, session: _Session, statement: str) -> Iterator[Any]:
        """The session for as long as it works; what it raises becomes an error of ours."""
        with session.busy:
            if self._closed:
                raise NotNow(f"{self._path}: this engine is closed")
            try:
                yield session.session
            except RuntimeError as error:
                raise EngineError(f"{error}\nin: {statement[:400]}") from error

    def _run(self, sql: str, params: Params | None, output: str) -> Any:
        with self._working(self._session(), sql) as session:
            return session.query(sql, output, params=bound(params))

    def raw(self, sql: str, output: str, params: Mapping[str, str]) -> bytes:
        """The answer to one query in an output format; parameters are written as ClickHouse's HTTP interface has them.

        A query without rows in the format Native is no bytes at all.
        """
        with self._working(self._session(), sql) as session:
            answer: bytes = session.query(sql, output, params=dict(params) or None).bytes()
        return answer

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
        own = self._open()
        try:
            with self._working(own, sql) as session:
                own.stream = session.send_query(sql, "Native", params=bound(params))
            while True:
                with self._working(own, sql):
                    chunk = own.stream.fetch()
                if chunk is None:
                    return
                for _, rows in decode(chunk.bytes()):
                    yield rows
        finally:
            with self._lock:
                self._sessions.discard(own)
            own.close()

    def insert(
        self, table: str, columns: Sequence[tuple[str, str]], data: Sequence[Column], token: str | None = None
    ) -> None:
        """Write one block through the Native format."""
        if not data or not len(data[0]):
            return
        names = ", ".join(name for name, _ in columns)
        block = encode(columns, data)
        statement = f"INSERT INTO {table} ({names})"
        token = quoted(token or uuid.uuid4().hex)
        named = f"{statement} SETTINGS {_INSERTING}, insert_deduplication_token = '{token}'"
        with (
            self._working(self._session(), statement) as session,
            session.send_insert(named, "Native") as inserter,
        ):
            inserter.append(block)
            inserter.finish()

    def close(self) -> None:
        """Wait for what runs, cancel streams, close every session; the directory is free afterwards.

        Whoever asks afterwards gets NotNow. Closing twice does nothing.
        """
        with self._lock:
            self._closed = True
            sessions, self._sessions = self._sessions, set()
        for session in sessions:
            session.close()
        self._local = threading.local()
        atexit.unregister(self.close)


def _owned_elsewhere(directory: Path) -> bool:
    """Whether another process has the directory open: it holds a lock on the file ``status``, which names its id."""
    try:
        with (directory / "status").open("rb") as status:
            try:
                fcntl.flock(status, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return f"PID: {os.getpid()}\n".encode() not in status.read()
    except FileNotFoundError:
        pass
    return False
