"""A server that speaks ClickHouse's native protocol in front of the embedded engine. For tests: loopback, one user.

What a client sees is the real engine's: its SQL, its types, its errors with their codes, its deduplication. What is
ours is the transport: one session of the engine a connection, no compression, no progress, no clusters and no roles.
What makes roles and grants them is taken and forgotten; of rights there is one: a user called ``reader`` only reads.
"""

import contextlib
import re
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

from chdb.session import Session

from storage.native_blocks import Column, Wire, of_bytes, read_block, text, varint, write_block

REVISION = 54_468
"""What the driver knows; parameters of queries need 54459."""
_PROFILE_EVENTS_IN_INSERT = 54_456
_CUSTOM = 54_454

_HELLO, _QUERY, _DATA, _CANCEL, _PING = range(5)
_S_HELLO, _S_DATA, _S_EXCEPTION, _S_PROGRESS, _S_PONG, _S_END = range(6)
_S_PROFILE_EVENTS = 14

_INSERT = re.compile(
    r"\s*INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`\"]+)\s*(\([^()]*\))?\s*(?:VALUES|FORMAT\s+Native)\s*;?\s*", re.I
)
_READS = re.compile(r"[\s(]*(SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS|CHECK|VALUES)\b", re.I)
_ACCESS = re.compile(r"\s*(GRANT|REVOKE|(CREATE|ALTER|DROP)\s+(USER|ROLE|SETTINGS\s+PROFILE|QUOTA))\b", re.I)
_HAS_HEADER = re.compile(r"[\s(]*(SELECT|WITH)\b", re.I)
_COMMENTS = re.compile(r"^(\s*(--[^\n]*\n|/\*.*?\*/))*", re.S)


class Refusal(Exception):
    """An error with a code, as a server tells it."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {message}. ({name})")


_CLUSTER = """<clickhouse>
  <tcp_port>9000</tcp_port>
  <remote_servers><{name}>
    <shard><internal_replication>true</internal_replication>
      <replica><host>127.0.0.1</host><port>9000</port></replica></shard>
  </{name}></remote_servers>
</clickhouse>
"""
"""A cluster of one shard, which is the engine itself: it reaches that without a connection, by this port alone."""

_REPLICATED = re.compile(r"\bENGINE = Replicated(\w+)\('[^']*', '[^']*'(?:, )?")


class NativeServer(socketserver.ThreadingTCPServer):
    """Listens on loopback. The next ``lose_answers`` inserts are stored and their connection is cut instead.

    With a ``cluster`` the engine knows one of that name, and takes what is meant for all its servers as meant for
    itself; replicated tables, for which it would need a keeper, become the same ones without replicas.
    With a ``config`` the engine has the user of that file; without one, statements about users and roles do nothing.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, directory: Path, port: int, password: str = "", cluster: str = "", config: Path | None = None
    ) -> None:
        self.path = str(directory) + (f"?config-file={config}" if config else "")
        self.password = password
        self.cluster = cluster
        if cluster:
            servers = directory.with_suffix(".xml")
            servers.write_text(_CLUSTER.format(name=cluster), encoding="utf-8")
            self.path += f"?config-file={servers}"
        self.has_users = config is not None
        self.lose_answers = 0
        self.altered = 0
        self.open: set[socketserver.BaseRequestHandler] = set()
        self.keeper = Session(self.path)  # holds the directory while nobody is connected
        super().__init__(("127.0.0.1", port), _Connection)

    def drop(self) -> None:
        """Cut every connection."""
        for handler in [*self.open]:
            with contextlib.suppress(OSError):
                handler.request.shutdown(2)


class _Connection(socketserver.BaseRequestHandler):
    server: NativeServer

    def setup(self) -> None:
        self.server.open.add(self)
        self.request.setsockopt(6, 1, 1)  # TCP_NODELAY
        self.session = Session(self.server.path)
        self.wire = Wire(lambda: self.request.recv(1 << 20))
        self.out: list[bytes] = []
        self.applied: dict[str, str] = {}
        self.described: dict[str, list[Column]] = {}
        self.described_at = 0

    def finish(self) -> None:
        self.server.open.discard(self)
        self.session.close()

    def handle(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            try:
                self._greet()
            except RuntimeError as error:
                self._fail(error)
                return
            while True:
                packet = self.wire.varint()
                if packet == _PING:
                    self._send(varint(_S_PONG))
                elif packet == _QUERY:
                    self._answer()
                elif packet != _CANCEL:
                    return

    def _greet(self) -> None:
        wire = self.wire
        if wire.varint() != _HELLO:
            raise EOFError
        wire.text(), wire.varint(), wire.varint()
        self.revision = min(wire.varint(), REVISION)
        database, user, password = wire.text(), wire.text(), wire.text()
        if password != self.server.password:
            raise RuntimeError(str(Refusal(516, "AUTHENTICATION_FAILED", f"{user}: Authentication failed")))
        if database:
            self._run(f"USE `{database}`")
        if user == "reader":
            self._run("SET readonly = 2")
        zone, version = self._run("SELECT timezone(), version()", "TSV").decode().split()
        major, minor, patch = (int(part) for part in version.split(".")[:3])
        hello = [varint(_S_HELLO), text("ClickHouse"), varint(major), varint(minor), varint(REVISION)]
        hello += [text(zone), text("bridge"), varint(patch)]
        hello += [varint(0)] if self.revision >= 54_461 else []  # rules of passwords
        hello += [b"\0" * 8] if self.revision >= 54_462 else []  # a nonce between servers
        self._send(*hello)
        if self.revision >= 54_458:
            wire.text()  # the quota key

    # one query

    def _answer(self) -> None:
        settings, sql, params = self._read_query()
        try:
            insert = _INSERT.fullmatch(sql)
            if _ACCESS.match(sql) and not self.server.has_users:
                pass
            elif insert:
                self._insert(insert[1], insert[2], settings)
            else:
                self._apply(settings)
                self._select(sql, params)
            self._send(varint(_S_END))
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is told to the client
            self._fail(error)

    def _read_query(self) -> tuple[dict[str, str], str, dict[str, str]]:
        wire, revision = self.wire, self.revision
        wire.text()  # the query's id
        if wire.u8():  # who asks, from where and by which version
            wire.text(), wire.text(), wire.text()
            wire.skip(8 if revision >= 54_449 else 0)
            wire.u8(), wire.text(), wire.text(), wire.text(), wire.varint(), wire.varint(), wire.varint(), wire.text()
            if revision >= 54_448:
                wire.varint()
            wire.varint()
            if revision >= 54_442 and wire.u8():
                wire.read(24), wire.text(), wire.u8()
            if revision >= 54_453:
                wire.varint(), wire.varint(), wire.varint()
        settings = self._read_settings()
        if revision >= 54_441:
            wire.text()  # the secret between servers
        wire.varint()  # the stage
        if wire.varint():
            raise EOFError  # compression is not offered here
        sql = _COMMENTS.sub("", wire.text())
        if self.server.cluster:
            sql = _REPLICATED.sub(r"ENGINE = \1(", sql.replace(f" ON CLUSTER {self.server.cluster}", ""))
        params = {}
        if revision >= 54_459:
            # a parameter comes as a quoted literal; inside is the escaped text that the engine wants
            for name, value in self._read_settings().items():
                params[name] = re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.S) if value.startswith("'") else value
        while self._read_packet(_DATA):  # tables sent along; only the empty one that ends them is expected
            pass
        return settings, sql, params

    def _read_settings(self) -> dict[str, str]:
        found = {}
        while name := self.wire.text():
            self.wire.varint()
            found[name] = self.wire.text()
        return found

    def _read_packet(self, wanted: int) -> tuple[list[Column], int] | None:
        packet = self.wire.varint()
        if packet != wanted:
            raise EOFError
        self.wire.text()
        block = read_block(self.wire, info=True, custom=self.revision >= _CUSTOM)
        return block if block[0] else None

    def _apply(self, settings: dict[str, str]) -> None:
        """The settings of this query, and no longer those of the last one."""
        changed = {name: value for name, value in settings.items() if self.applied.get(name) != value}
        gone = self.applied.keys() - settings.keys()
        assigned = [f"{name} = {_quote(value)}" for name, value in changed.items()] + [
            f"{name} = DEFAULT" for name in gone
        ]
        if assigned:
            self.applied = {}
            self._run("SET " + ", ".join(assigned))
        self.applied = settings

    def _select(self, sql: str, params: dict[str, str]) -> None:
        if not _READS.match(sql):
            self.server.altered += 1
            self._run(sql, "Null", params)
            return
        custom = self.revision >= _CUSTOM
        headed = False
        for chunk in self._chunks(sql, params):
            wire = of_bytes(chunk)
            while wire.left():
                columns, rows = read_block(wire, info=False, custom=False)
                if not headed:  # a server sends the header first, as an empty block
                    self._data(_header(columns), 0)
                    headed = True
                self._data(columns, rows)
                self._flush()
        if not headed and _HAS_HEADER.match(sql):
            plain = re.sub(r"\bFORMAT\s+\w+\s*;?\s*$", "", sql, flags=re.I).rstrip("; \n")
            self.out.append(varint(_S_DATA) + text(""))
            self.out.append(write_block(self._describe(f"({plain})", params), 0, info=True, custom=custom))

    def _chunks(self, sql: str, params: dict[str, str]) -> Iterator[bytes]:
        with self.session.send_query(sql, "Native", params=params) as stream:
            for chunk in stream:
                if data := chunk.bytes():
                    yield data

    def _insert(self, table: str, names: str | None, settings: dict[str, str]) -> None:
        known = {column.name: column for column in self._columns(table)}
        wanted = [name.strip().strip('`"') for name in names[1:-1].split(",")] if names else [*known]
        for name in wanted:
            if name not in known:
                message = f"No such column {name} in table {table}"
                raise Refusal(16, "NO_SUCH_COLUMN_IN_TABLE", message)
        self._data([known[name] for name in wanted], 0)
        self._flush()
        told = ", ".join(f"{name} = {_quote(value)}" for name, value in settings.items())
        listed = ", ".join(f"`{name}`" for name in wanted)
        statement = f"INSERT INTO {table} ({listed})" + (f" SETTINGS {told}" if told else "")
        inserter = self.session.send_insert(statement, "Native")
        try:
            while block := self._read_packet(_DATA):
                inserter.append(write_block(*block, info=False, custom=False))
                self._insert_event()
            inserter.finish()
        except BaseException:
            with contextlib.suppress(Exception):
                inserter.cancel()
            raise
        if self.server.lose_answers:
            self.server.lose_answers -= 1
            raise EOFError
        self._insert_event()

    def _insert_event(self) -> None:
        if self.revision >= _PROFILE_EVENTS_IN_INSERT:  # the client waits for it after every block
            self._send(varint(_S_PROFILE_EVENTS), text(""), write_block([], 0, info=True, custom=False))

    # the engine

    def _run(self, sql: str, output: str = "Null", params: dict[str, str] | None = None) -> bytes:
        return bytes(self.session.query(sql, output, params=params or {}).bytes())

    def _columns(self, table: str) -> list[Column]:
        """The columns of a table that can be inserted into, remembered until some table is altered."""
        if self.described_at != self.server.altered:
            self.described.clear()
            self.described_at = self.server.altered
        if table not in self.described:
            self.described[table] = self._describe(f"TABLE {table}", {})
        return self.described[table]

    def _describe(self, what: str, params: dict[str, str]) -> list[Column]:
        rows = self._run(f"DESCRIBE {what}", "TSV", params).decode().rstrip("\n").split("\n")
        parts = [[part.replace("\\'", "'").replace("\\\\", "\\") for part in row.split("\t")] for row in rows if row]
        return [Column(part[0], part[1], b"") for part in parts if part[2] not in ("MATERIALIZED", "ALIAS")]

    # the answer

    def _data(self, columns: list[Column], rows: int) -> None:
        block = write_block(columns, rows, info=True, custom=self.revision >= _CUSTOM)
        self.out.append(varint(_S_DATA) + text("") + block)

    def _send(self, *parts: bytes) -> None:
        self.out += parts
        self._flush()

    def _flush(self) -> None:
        data, self.out = b"".join(self.out), []
        self.request.sendall(data)

    def _fail(self, error: Exception) -> None:
        found = re.search(r"Code: (\d+)\. (DB::\w+): (.*)", str(error), re.S)
        code, name, message = (int(found[1]), found[2], found[3]) if found else (1000, "DB::Exception", str(error))
        with contextlib.suppress(OSError):
            self._send(
                varint(_S_EXCEPTION), struct.pack("<i", code), text(name), text(f"{name}: {message}"), text(""), b"\0"
            )


def _header(columns: list[Column]) -> list[Column]:
    return [Column(name, kind, b"") for name, kind, _ in columns]


def _quote(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def serve(
    directory: Path, port: int, password: str = "", cluster: str = "", config: Path | None = None
) -> NativeServer:
    """A server that answers from a thread of its own."""
    server = NativeServer(directory, port, password, cluster, config)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


__all__ = ["NativeServer", "Refusal", "serve"]
