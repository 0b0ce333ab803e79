"""A ClickHouse server, asked over its native protocol by clickhouse-driver.

The driver gives the connection, the protocol and the decoding of answers. Blocks are encoded by ``storage.native``, as
for the embedded engine, so both engines store the same bytes and times travel as integers; the driver's own encoder
would make a ``date`` of every day number first.

What fails because the network or the server is in a bad moment is tried again for ``patience`` seconds, a block with
the same bytes and the same token, so that a block that arrived although its answer was lost is not stored twice.
"""

import contextlib
import logging
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from clickhouse_driver import Client, errors
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.protocol import ClientPacketTypes
from clickhouse_driver.varint import write_varint
from clickhouse_driver.writer import write_binary_str
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_delay,
    stop_any,
    stop_when_event_set,
    wait_random_exponential,
)

from pantau.domain.columns import Column
from pantau.domain.errors import BadSetup, NotNow
from storage.address import Address
from storage.engine import Answer, EngineError, Params, Row
from storage.native import Bytes, encode_column
from storage.parameters import bound, quoted

PATIENCE_SECONDS = 10.0
"""How long a call goes on trying while the network fails or the server is busy, unless said otherwise."""

_WRITING = {
    "async_insert": 0,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "max_partitions_per_insert_block": 0,
    "distributed_foreground_insert": 1,  # through a Distributed table: return when the shard has the rows
    "mutations_sync": 2,
    "lightweight_deletes_sync": 2,
}
_INSERTING = {"optimize_on_insert": 0, "max_threads": 1, "max_insert_threads": 1}
"""As for the embedded engine: blocks come without repeated keys, and small."""

_BUFFERED = 1 << 16
"""A column of so many bytes is sent as it is; the driver's buffer would copy it twice."""

_CLUSTER_READING = {
    "distributed_product_mode": "global",  # a subquery over spread rows sees all of them
    "select_sequential_consistency": 1,  # with the quorum below: what was acknowledged is read, on every replica
}
_CLUSTER_WRITING = {"insert_quorum": "auto", "insert_quorum_parallel": 0}
_ROWS_AT_ONCE = 65_536
_CUSTOM_SERIALIZATION = 54_454
"""From this revision on a byte before every column says how it is serialised; 0 is plainly."""

_NETWORK = (
    errors.NetworkError,
    errors.SocketTimeoutError,
    errors.UnexpectedPacketFromServerError,
    errors.UnknownPacketFromServerError,
    EOFError,
    OSError,
)
_BUSY = frozenset(
    {
        202,  # TOO_MANY_SIMULTANEOUS_QUERIES
        209,  # SOCKET_TIMEOUT
        210,  # NETWORK_ERROR
        225,  # NO_ZOOKEEPER
        236,  # ABORTED, by a shutdown
        241,  # MEMORY_LIMIT_EXCEEDED, as a rule by others
        242,  # TABLE_IS_READ_ONLY, while a replica has lost its keeper
        252,  # TOO_MANY_PARTS, until merges catch up
        279,  # ALL_CONNECTION_TRIES_FAILED
        285,  # TOO_FEW_LIVE_REPLICAS
        286,  # UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
        319,  # UNKNOWN_STATUS_OF_INSERT
        999,  # KEEPER_EXCEPTION
    }
)
"""What a server answers in a bad moment."""

_PASSWORD = "give user and password, the latter in PANTAU_STORE_PASSWORD or PANTAU_STORE_PASSWORD_FILE"
_SETUP = {
    81: "make the database with pantau migrate",  # UNKNOWN_DATABASE
    192: _PASSWORD,  # UNKNOWN_USER
    193: _PASSWORD,  # WRONG_PASSWORD
    194: _PASSWORD,  # REQUIRED_PASSWORD
    291: "grant it to the user",  # DATABASE_ACCESS_DENIED
    497: "grant it to the user",  # ACCESS_DENIED
    516: _PASSWORD,  # AUTHENTICATION_FAILED
}
"""What a person must mend, and how; by the server's code."""

_Result = TypeVar("_Result")


class _BadMoment(Exception):
    """Try again: the network failed or the server is busy."""


class _Quoted:
    """A bound parameter; the driver puts it between quotes as it is, while a ``str`` it would escape once more."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = quoted(text)

    def __str__(self) -> str:
        return self._text


class ClickHouseEngine:
    """One database of a server. Connects when it is first asked, and again whenever a connection was lost.

    Every call takes an idle connection or opens one, so there are as many as calls ever ran at one time.
    """

    embedded = False

    def __init__(self, address: Address, *, patience: float | None = None, timeout: float = 300.0) -> None:
        self.address = address
        self.cluster = address.cluster
        self._reading = _CLUSTER_READING if address.cluster else {}
        self._writing = _WRITING | self._reading | (_CLUSTER_WRITING if address.cluster else {})
        self._patience = PATIENCE_SECONDS if patience is None else patience
        self._timeout = timeout
        self._idle: list[Any] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)  # what fails is raised, once and in words

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement. In a bad moment it may run twice, so it must be one that may."""
        self._asked(sql, lambda client: client.execute(sql, _sent(params), settings=self._writing))

    def query(self, sql: str, params: Params | None = None) -> Answer:
        """Run one query; an empty answer still has its columns."""
        rows, columns = self._asked(
            sql, lambda client: client.execute(sql, _sent(params), with_column_types=True, settings=self._reading)
        )
        return Answer(tuple((str(name), str(kind)) for name, kind in columns), rows)

    def stream(self, sql: str, params: Params | None = None) -> Iterator[list[Row]]:
        """Blocks of rows as they arrive. It is not tried again once it has begun."""
        with self._connection() as client:
            whole = False
            try:

                def begin() -> Iterator[Any]:
                    with _told(sql):
                        found: Iterator[Any] = client.execute_iter(
                            sql, _sent(params), settings=self._reading, chunk_size=_ROWS_AT_ONCE
                        )
                        return found

                blocks = self._patiently(begin)
                while True:
                    try:
                        with _told(sql):
                            rows = next(blocks, None)
                    except _BadMoment as error:
                        raise NotNow(f"{self.address}: {error}") from error
                    if rows is None:
                        break
                    yield [*rows]
                whole = True
            finally:
                if not whole:
                    client.disconnect()  # what was not read would be taken for the next answer

    def insert(
        self, table: str, columns: Sequence[tuple[str, str]], data: Sequence[Column], token: str | None = None
    ) -> None:
        """Write one block through the Native format."""
        if not data or not len(data[0]):
            return
        names = ", ".join(name for name, _ in columns)
        statement = f"INSERT INTO {table} ({names}) VALUES"
        block = _Block(columns, data)
        settings = {**self._writing, **_INSERTING, "insert_deduplication_token": token or uuid.uuid4().hex}
        self._asked(statement, lambda client: _send_block(client, statement, settings, block))

    def close(self) -> None:
        """Close every connection; whoever asks afterwards gets NotNow. Closing twice does nothing."""
        self._closing.set()
        with self._lock:
            idle, self._idle = self._idle, []
        for client in idle:
            client.disconnect()

    def _asked(self, statement: str, work: Callable[[Any], _Result]) -> _Result:
        """What comes of the work on some connection, tried again in a bad moment."""

        def once() -> _Result:
            with self._connection() as client, _told(statement):
                return work(client)

        return self._patiently(once)

    def _patiently(self, work: Callable[[], _Result]) -> _Result:
        attempts = Retrying(
            retry=retry_if_exception_type(_BadMoment),
            stop=stop_any(stop_after_delay(self._patience), stop_when_event_set(self._closing)),
            wait=wait_random_exponential(multiplier=0.05, max=2.0),
            sleep=sleep_using_event(self._closing),
        )
        try:
            return attempts(work)
        except RetryError as error:
            cause = error.last_attempt.exception()
            raise NotNow(f"{self.address}: {cause}; tried for {self._patience:g} s") from cause

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Any]:
        """A connection that nobody else uses; the driver opens it anew when it was lost."""
        if self._closing.is_set():
            raise NotNow(f"{self.address}: this engine is closed")
        with self._lock:
            client = self._idle.pop() if self._idle else None
        client = client or Client(
            self.address.host,
            port=self.address.port,
            user=self.address.user,
            password=self.address.password,
            database=self.address.database,
            secure=self.address.secure,
            client_name="pantau",
            connect_timeout=max(1.0, min(self._patience, 10.0)),
            send_receive_timeout=self._timeout,
            sync_request_timeout=min(self._timeout, 5.0),
            settings={"server_side_params": True},
        )
        try:
            yield client
        finally:
            with self._lock:
                if not self._closing.is_set():
                    self._idle.append(client)
                    client = None
            if client is not None:
                client.disconnect()


@contextlib.contextmanager
def _told(statement: str) -> Iterator[None]:
    """What the driver raises, as an error of ours."""
    try:
        yield
    except errors.ServerException as error:
        reason = str(error.message).partition("Stack trace:")[0].strip()
        if error.code in _BUSY:
            raise _BadMoment(f"the server is busy: {reason}") from error
        if error.code in _SETUP:
            raise BadSetup(f"{reason}; {_SETUP[error.code]}") from error
        raise EngineError(f"{reason}\nin: {statement[:400]}") from error
    except _NETWORK as error:
        raise _BadMoment(f"the server cannot be reached: {error or type(error).__name__}") from error
    except errors.Error as error:
        raise EngineError(f"{error}\nin: {statement[:400]}") from error


def _sent(params: Params | None) -> dict[str, _Quoted]:
    return {name: _Quoted(text) for name, text in bound(params).items()}


class _Block:
    """A block's columns, each encoded once, however often they are sent."""

    def __init__(self, columns: Sequence[tuple[str, str]], data: Sequence[Column]) -> None:
        self.rows = len(data[0])
        self._columns = columns
        self._data = data
        self._encoded: dict[str, Bytes] = {}

    def values(self, index: int, wanted: str) -> Bytes:
        """The bytes of a column's values, for a table's column of the type ``wanted``."""
        name, kind = self._columns[index]
        if name not in self._encoded:
            plain = re.sub(r"^SimpleAggregateFunction\(\w+, (.*)\)$", r"\1", wanted)
            if (kind, plain) != ("UInt16", "Date"):  # which have the same bytes
                kind = plain
            self._encoded[name] = encode_column(kind, self._data[index])
        return self._encoded[name]


def _send_block(client: Any, statement: str, settings: Mapping[str, Any], block: _Block) -> None:
    """INSERT with one block; the steps are those of the driver's ``send_data``."""
    with client.disconnect_on_error(statement, settings):
        connection = client.connection
        connection.send_query(statement)
        connection.send_external_tables(None)
        sample = client.receive_sample_block().columns_with_types
        values = [block.values(index, kind) for index, (_, kind) in enumerate(sample)]
        plainly = b"\0" if connection.server_info.used_revision >= _CUSTOM_SERIALIZATION else b""
        write_varint(ClientPacketTypes.DATA, connection.fout)
        write_binary_str("", connection.fout)  # the name of an external table
        empty = ColumnOrientedBlock()
        empty.info.write(connection.fout)
        write_varint(len(sample), connection.fout)
        write_varint(block.rows, connection.fout)
        for (name, kind), column in zip(sample, values, strict=True):
            write_binary_str(name, connection.fout)
            write_binary_str(kind, connection.fout)
            connection.fout.write(plainly)
            if len(column) < _BUFFERED:
                connection.fout.write(bytes(column))  # of anything else it would send what it does not hold
            else:
                connection.fout.flush()
                connection.socket.sendall(column)
        connection.fout.flush()
        client.receive_profile_events()
        connection.send_data(empty)
        client.receive_profile_events()
        client.receive_end_of_insert_query()
