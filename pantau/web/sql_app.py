"""ClickHouse's HTTP interface in front of the embedded store: a locally installed Grafana draws the boards through it.

It reads and never writes, answers nobody without the token, and is off unless asked for. Settings that a client sends
are not taken over; what limits a query is fixed.
"""

import hmac
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
from litestar import HttpMethod, Litestar, Request, Response, route

from pantau.domain.errors import NotNow
from storage.chdb_engine import ChdbEngine
from storage.engine import EngineError
from storage.native_blocks import Column, of_bytes, read_block, write_block
from storage.reading_rules import NotAllowed, ReadingRules
from storage.roles import DASHBOARD

READERS: Final = 2
"""Queries that run at once; the others wait, so that Grafana never takes the process from those who send events."""

LIMITS: Final = ("max_execution_time = 30", "max_memory_usage = 2000000000", "max_result_rows = 1000000")

_LARGEST: Final = 1_000_000
_CUSTOM: Final = 54_454
"""From this revision of the protocol on, a byte before each column says how it is serialised."""

_FORMAT: Final = re.compile(r"\bFORMAT\s+(\w+)\s*\Z", re.IGNORECASE)
_ANSWERS_ROWS: Final = re.compile(r"[\s(]*(SELECT|WITH)\b", re.IGNORECASE)
_CODE: Final = re.compile(r"Code: (\d+)")


class SqlReader:
    """The store for whoever asks in SQL: read-only sessions, and the rules of what may be asked. Blocks."""

    def __init__(self, store: Path) -> None:
        looking = ChdbEngine(store, readonly=1)
        columns = looking.query("SELECT table, name FROM system.columns WHERE database = currentDatabase()").rows
        looking.close()
        closed = ", ".join(f"'{table}': '0'" for table in sorted({table for table, _ in columns} - {*DASHBOARD}))
        self._engine = ChdbEngine(store, readonly=1, limits=(*LIMITS, f"additional_table_filters = {{{closed}}}"))
        functions = self._engine.query("SELECT name FROM system.table_functions").rows
        self._rules = ReadingRules(
            functions=[name for (name,) in functions],
            columns={table: [name for of, name in columns if of == table] for table, _ in columns},
            hidden={
                table: [name for of, name in columns if of == table and name not in allowed]
                for table, allowed in DASHBOARD.items()
                if allowed
            },
        )
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="sql")

    def ask(self, sql: str, *, output: str, params: Mapping[str, str], revision: int) -> tuple[str, bytes]:
        """The name of the format and the answer in it. Raises NotAllowed, EngineError, NotNow."""
        return self._pool.submit(self._ask, sql, output, params, revision).result()

    def _ask(self, sql: str, output: str, params: Mapping[str, str], revision: int) -> tuple[str, bytes]:
        text = self._rules.judge(sql)
        found = _FORMAT.search(text)
        if found:
            output, text = found[1], text[: found.start()].rstrip()
        answer = self._engine.raw(text, output, params)
        if output == "Native":
            answer = self._framed(text, answer, params, revision)
        return output, answer

    def _framed(self, text: str, answer: bytes, params: Mapping[str, str], revision: int) -> bytes:
        """Blocks as a client of that revision reads them; an answer without rows is its columns."""
        info, custom = revision > 0, revision >= _CUSTOM
        if not answer and _ANSWERS_ROWS.match(text):
            described = self._engine.query(f"DESCRIBE ({text})", dict(params)).rows
            return write_block([Column(row[0], row[1], b"") for row in described], 0, info=info, custom=custom)
        if not revision:
            return answer
        wire, blocks = of_bytes(answer), []
        while wire.left():
            blocks.append(write_block(*read_block(wire, info=False, custom=False), info=info, custom=custom))
        return b"".join(blocks)

    def close(self) -> None:
        """Let what runs end."""
        self._pool.shutdown()
        self._engine.close()


def create_sql_app(reader: SqlReader, token: str) -> Litestar:
    """``/`` takes queries, ``/ping`` says that it is there."""

    @route("/ping", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
    async def ping() -> Response[bytes]:
        return Response(b"Ok.\n", media_type="text/plain")

    @route("/", http_method=[HttpMethod.GET, HttpMethod.POST], status_code=200, include_in_schema=False)
    async def query(request: Request[Any, Any, Any]) -> Response[bytes]:
        given = {name: str(value) for name, value in request.query_params.items()}
        if not hmac.compare_digest(_password(request, given).encode(), token.encode()):
            return _refusal(401, 516, "Code: 516. DB::Exception: the token is wrong. (AUTHENTICATION_FAILED)")
        if request.headers.get("content-encoding"):
            return _refusal(400, 1, "Code: 1. DB::Exception: send the query uncompressed. (UNSUPPORTED_METHOD)")
        sql = given.get("query", "")
        if "multipart/form-data" in request.headers.get("content-type", ""):
            given |= {name: str(value) for name, value in (await request.form()).items()}
            sql = given.get("query", "")
        elif body := (await request.body()).decode("utf-8", "replace"):
            sql = f"{sql}\n{body}" if sql else body
        if not sql:
            return Response(b"Ok.\n", media_type="text/plain")
        params = {name[6:]: value for name, value in given.items() if name.startswith("param_")}
        output = given.get("default_format") or request.headers.get("x-clickhouse-format") or "TabSeparated"
        revision = given.get("client_protocol_version", "0")
        try:
            wanted, answer = await anyio.to_thread.run_sync(
                lambda: reader.ask(
                    sql, output=output, params=params, revision=int(revision) if revision.isdigit() else 0
                )
            )
        except NotAllowed as error:
            return _refusal(403, error.code, str(error))
        except NotNow as error:
            return _refusal(503, 210, f"Code: 210. DB::Exception: {error}. (NETWORK_ERROR)")
        except EngineError as error:
            found = _CODE.search(str(error))
            code = int(found[1]) if found else 0
            return _refusal({60: 404, 81: 404, 164: 403}.get(code, 400), code, str(error))
        headers = {"x-clickhouse-format": wanted, "x-clickhouse-summary": "{}", "x-clickhouse-timezone": "UTC"}
        return Response(answer, headers=headers, media_type="application/octet-stream")

    return Litestar([ping, query], openapi_config=None, logging_config=None, request_max_body_size=_LARGEST)


def _password(request: Request[Any, Any, Any], given: Mapping[str, str]) -> str:
    """What the client shows, wherever ClickHouse's clients put a password; the user's name says nothing."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode("utf-8", "replace").partition(":")[2]
        except NotBase64:
            return ""
    return request.headers.get("x-clickhouse-key") or given.get("password", "")


def _refusal(status: int, code: int, message: str) -> Response[bytes]:
    headers = {"x-clickhouse-exception-code": str(code)}
    if status == 401:
        headers["www-authenticate"] = 'Basic realm="pantau"'
    return Response(f"{message}\n".encode(), status_code=status, headers=headers, media_type="text/plain")
