"""Rows of Parquet files, read by the product's own engine: no other library is needed.

The engine allows one data directory a process and dislikes forks (it may be open in this one), so by default a fresh
Python process reads the file and streams its rows out as NDJSON.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from pantau.domain.errors import BadSetup

Query = Callable[[str], Iterable[bytes]]
"""Runs one SELECT or DESCRIBE and gives its result as JSONEachRow, in chunks cut anywhere."""

_CHILD = """
import sys
from chdb.session import Session
session = Session()
session.query("SET session_timezone = 'UTC'")
sql = sys.stdin.read()
if sql.startswith("SELECT"):
    for chunk in session.send_query(sql, "JSONEachRow"):
        sys.stdout.buffer.write(chunk.bytes())
else:  # the engine streams nothing else
    sys.stdout.buffer.write(session.query(sql, "JSONEachRow").bytes())
"""


def in_fresh_process(sql: str) -> Iterator[bytes]:
    """The result of a query, run by the engine in a Python process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            child.stdin.write(sql.encode())
            child.stdin.close()
            while chunk := child.stdout.read(1 << 16):
                yield chunk
            trouble = child.stderr.read().decode(errors="replace").strip()
            if child.wait() != 0:
                reason = trouble.splitlines()[-1] if trouble else "no reason given"
                raise BadSetup(f"the Parquet file cannot be read: {reason}")
        finally:
            if child.poll() is None:  # the reader stopped early
                child.kill()


def rows_of_parquet(
    path: Path, query: Query | None, progress: Callable[[float], None]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a file; ``progress`` is told the share that was read."""
    run = query or in_fresh_process
    file = "file('" + str(path.resolve()).replace("\\", "\\\\").replace("'", "\\'") + "', 'Parquet')"
    kinds = {str(row["name"]): str(row["type"]) for row in _objects(run(f"DESCRIBE TABLE {file}"))}
    counted = next(iter(_objects(run(f"SELECT count() AS n FROM {file}"))))
    total = int(str(counted["n"])) or 1
    columns = ", ".join(_column(name, kind) for name, kind in kinds.items())
    for number, row in enumerate(_objects(run(f"SELECT {columns} FROM {file}")), 1):
        if number % 1024 == 0:
            progress(number / total)
        yield number, {name: "" if value is None else str(value) for name, value in row.items()}
    progress(1.0)


def _column(name: str, kind: str) -> str:
    """A column as text. An instant keeps saying that it is UTC, as its type does; a wall-clock time says no zone."""
    quoted = "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
    suffix = "'Z'" if "DateTime" in kind and "'UTC'" in kind else "''"
    return f"toString({quoted}) || {suffix} AS {quoted}"


def _objects(chunks: Iterable[bytes]) -> Iterator[dict[str, object]]:
    decode = msgspec.json.Decoder(dict[str, object]).decode
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line:
                yield decode(line)
    if rest.strip():
        yield decode(rest)
