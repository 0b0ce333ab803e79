"""Blocks in ClickHouse's Native format, written and read by clickhouse-driver's own column code.

The embedded engine takes and gives Native at revision 0, which is what clickhouse-driver writes when it is told
that its peer has revision 0; so one encoder serves both engines and no pandas or pyarrow is needed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.bufferedreader import BufferedSocketReader
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.context import Context
from clickhouse_driver.streams.native import BlockInputStream, BlockOutputStream

_BUFFER = 1 << 20


class _Revision0:
    used_revision = 0


def _context() -> Context:
    context = Context()
    context.server_info = _Revision0()
    context.settings = {}
    context.client_settings = {
        "use_numpy": False,
        "strings_as_bytes": False,
        "strings_encoding": "utf-8",
        "opentelemetry_traceparent": None,
        "namedtuple_as_json": True,
        "input_format_null_as_default": False,
    }
    return context


class _Memory:
    """The two socket calls the driver's buffers make, over bytes in memory."""

    def __init__(self, data: bytes = b"") -> None:
        self.sent: list[bytes] = []
        self._rest = memoryview(data)

    def sendall(self, data: bytes) -> None:
        self.sent.append(bytes(data))

    def recv_into(self, buffer: memoryview) -> int:
        n = min(len(buffer), len(self._rest))
        buffer[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n


def encode(columns: Sequence[tuple[str, str]], data: Sequence[Sequence[Any]]) -> bytes:
    """One block of the named and typed columns; ``data`` holds a sequence per column, all of one length.

    Times travel as integers: ms for DateTime64(3), days for Date.
    """
    out = _Memory()
    block = ColumnOrientedBlock(columns, [[*column] for column in data])  # the driver writes into what it is given
    BlockOutputStream(BufferedSocketWriter(out, _BUFFER), _context()).write(block)
    return b"".join(out.sent)


def decode(data: bytes) -> Iterator[tuple[list[tuple[str, str]], list[tuple[Any, ...]]]]:
    """The blocks in ``data``, each as (columns with types, rows)."""
    stream = BlockInputStream(BufferedSocketReader(_Memory(data), _BUFFER), _context())
    while True:
        try:
            block = stream.read()
        except EOFError:
            return
        yield block.columns_with_types, block.get_rows()
