"""ClickHouse's native protocol, byte by byte: numbers, texts, and blocks cut into columns without decoding them.

The embedded engine speaks blocks of revision 0; a client of today expects two things more: a note about the block in
front, and from revision 54454 on a byte before each column that says how it is serialised (0: plainly). So a block is
cut column by column to put that byte in or take it out. Cutting needs the length of each column, which for text is
only found by walking over it; the driver's compiled reader does that.
"""

import re
import struct
from collections.abc import Callable
from typing import NamedTuple

from clickhouse_driver.bufferedreader import BufferedReader

BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"

_SIZES = {
    "UInt8 Int8 Bool Enum8 Nothing": 1,
    "UInt16 Int16 Enum16 Date BFloat16": 2,
    "UInt32 Int32 Float32 DateTime Date32 IPv4 Time": 4,
    "UInt64 Int64 Float64 DateTime64 Time64": 8,
    "UInt128 Int128 UUID IPv6": 16,
    "UInt256 Int256": 32,
}
_FIXED = {name: size for names, size in _SIZES.items() for name in names.split()}


class Column(NamedTuple):
    """A column of a block: its name, its type and its values as they travel."""

    name: str
    kind: str
    raw: bytes


def varint(number: int) -> bytes:
    """A number as it travels: seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def text(value: str | bytes) -> bytes:
    """A text as it travels: its length in bytes before it."""
    raw = value.encode() if isinstance(value, str) else value
    return varint(len(raw)) + raw


class Wire(BufferedReader):  # type: ignore[misc]  # the driver has no types
    """Reads from a source of chunks; what was read since ``mark`` can be had once more as it came."""

    buffer: bytearray
    position: int
    current_buffer_size: int

    def __init__(self, source: Callable[[], bytes]) -> None:
        super().__init__(0)
        self._source = source
        self._taken: list[bytes] = []
        self._mark = 0

    def read_into_buffer(self) -> None:
        """Called by the compiled reader when it has come to the end; it sets the position itself."""
        self._taken.append(bytes(self.buffer[self._mark : self.current_buffer_size]))
        self._mark = 0
        chunk = self._source()
        if not chunk:
            raise EOFError
        self.buffer = bytearray(chunk)
        self.current_buffer_size = len(chunk)

    def left(self) -> bool:
        """Whether the chunk in hand has bytes that were not read."""
        return bool(self.position < self.current_buffer_size)

    def u8(self) -> int:
        """One byte."""
        return int(self.read_one())

    def varint(self) -> int:
        """A number of varying length."""
        shift = number = 0
        while True:
            byte = self.u8()
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def text(self) -> str:
        """A text with its length before it."""
        return bytes(self.read(self.varint())).decode("utf-8", "replace")

    def u64(self) -> int:
        """Eight bytes, the lowest first."""
        return int(struct.unpack("<Q", self.read(8))[0])

    def skip(self, count: int) -> None:
        """Go on by so many bytes."""
        while count:
            if not self.left():
                self.read_into_buffer()
                self.position = 0
            step = min(count, self.current_buffer_size - self.position)
            self.position += step
            count -= step

    def mark(self) -> None:
        """Remember this place for ``marked``."""
        self._taken.clear()
        self._mark = self.position

    def marked(self) -> bytes:
        """Everything since ``mark``."""
        taken = b"".join([*self._taken, self.buffer[self._mark : self.position]])
        self._taken.clear()
        self._mark = self.position
        return taken


def of_bytes(data: bytes) -> Wire:
    """A wire over bytes in memory."""
    chunks = iter([data])
    wire = Wire(lambda: next(chunks, b""))
    if data:
        wire.read_into_buffer()
        wire.mark()
    return wire


def read_block(wire: Wire, *, info: bool, custom: bool) -> tuple[list[Column], int]:
    """The columns of one block and its number of rows; ``info`` and ``custom`` say which extras it carries."""
    if info:
        while field := wire.varint():
            wire.skip(1 if field == 1 else 4)
    width, rows = wire.varint(), wire.varint()
    columns = []
    for _ in range(width):
        name, kind = wire.text(), wire.text()
        if custom and wire.u8():
            raise ValueError(f"{name}: a serialisation other than the plain one is not handled")
        wire.mark()
        if rows:
            _skip_prefix(wire, kind)
            _skip_values(wire, kind, rows)
        columns.append(Column(name, kind, wire.marked()))
    return columns, rows


def write_block(columns: list[Column], rows: int, *, info: bool, custom: bool) -> bytes:
    """A block with the extras that its reader expects."""
    parts = [BLOCK_INFO if info else b"", varint(len(columns)), varint(rows)]
    for name, kind, raw in columns:
        parts += [text(name), text(kind), b"\0" if custom else b"", raw]
    return b"".join(parts)


def arguments(kind: str) -> list[str]:
    """The arguments of ``Type(a, b(c, d), e)``; of named ones without their names."""
    depth, current, found, quoted = 0, "", [], False
    for char in kind[kind.index("(") + 1 : -1]:
        quoted ^= char == "'"
        depth += (char == "(") - (char == ")") if not quoted else 0
        if char == "," and depth == 0 and not quoted:
            found.append(current.strip())
            current = ""
        else:
            current += char
    return [re.sub(r"^(`[^`]*`|\w+) (?=\w)", "", argument) for argument in [*found, current.strip()]]


def _skip_prefix(wire: Wire, kind: str) -> None:
    outer = kind.partition("(")[0]
    if outer == "LowCardinality":
        wire.skip(8)
    elif outer == "SimpleAggregateFunction":
        _skip_prefix(wire, arguments(kind)[1])
    elif outer in ("Array", "Nullable", "Map", "Tuple", "Nested"):
        for inner in arguments(kind):
            _skip_prefix(wire, inner)


def _skip_values(wire: Wire, kind: str, rows: int) -> None:
    outer = kind.partition("(")[0]
    if outer in _FIXED:
        wire.skip(rows * _FIXED[outer])
    elif outer == "String":
        wire.read_strings_arrow(rows)
    elif outer == "FixedString":
        wire.skip(rows * int(arguments(kind)[0]))
    elif outer == "Decimal":
        digits = int(arguments(kind)[0])
        wire.skip(rows * (4 if digits < 10 else 8 if digits < 19 else 16 if digits < 39 else 32))
    elif outer == "SimpleAggregateFunction":
        _skip_values(wire, arguments(kind)[1], rows)
    elif outer == "Nullable":
        wire.skip(rows)
        _skip_values(wire, arguments(kind)[0], rows)
    elif outer in ("Array", "Map", "Nested"):
        if rows:
            wire.skip(8 * (rows - 1))
            total = wire.u64()
            for inner in arguments(kind):
                _skip_values(wire, inner, total)
    elif outer == "Tuple":
        for inner in arguments(kind):
            _skip_values(wire, inner, rows)
    elif outer == "LowCardinality":
        if rows:
            key_size = 1 << (wire.u64() & 0xFF)
            _skip_values(wire, re.sub(r"^Nullable\((.*)\)$", r"\1", arguments(kind)[0]), wire.u64())
            wire.skip(wire.u64() * key_size)
    else:
        raise ValueError(f"a column of type {kind} cannot be cut")
