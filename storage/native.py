"""Blocks in ClickHouse's Native format at revision 0, which the embedded engine and, column by column, a server take.

Columns are encoded whole, not value by value, which is what makes writing cheap; types that this product's tables do
not have are left to clickhouse-driver's own column code, which reads every answer as well.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.bufferedreader import BufferedSocketReader
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.context import Context
from clickhouse_driver.streams.native import BlockInputStream, BlockOutputStream

from pantau.domain.columns import NULL, Array, Coded, Column, Lists, Maybe, Table
from storage.native_blocks import varint

_BUFFER = 1 << 20

Bytes = bytes | memoryview
"""Bytes that were made, or the memory that numbers are in."""


class _Revision0:
    used_revision = 0

    def get_timezone(self) -> str:
        """What a ``DateTime`` without a zone of its own is read in; the driver asks for every DateTime."""
        return "UTC"


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


def encode(columns: Sequence[tuple[str, str]], data: Sequence[Column]) -> bytes:
    """One block of the named and typed columns; ``data`` holds a column each, all of one length.

    Times travel as integers: ms for DateTime64(3), days for Date. Texts may be given as the bytes of their UTF-8.
    """
    rows = len(data[0])
    parts: list[Bytes] = [varint(len(columns)), varint(rows)]
    for (name, kind), values in zip(columns, data, strict=True):
        if len(values) != rows:
            raise ValueError(f"column {name} has {len(values)} values, the block has {rows} rows")
        parts += (_text(name.encode()), _text(kind.encode()), encode_column(kind, values))
    return b"".join(parts)


def encode_column(kind: str, values: Column) -> Bytes:
    """The values of one column of a type, as they stand in a block. Raises for a value that does not fit the type.

    What is given as an array of the type's own numbers is not copied.
    """
    encoder = _encoders.get(kind)
    if encoder is None:
        encoder = _encoders[kind] = _encoder(kind)
    return encoder(values)


_Encoder = Callable[[Any], Bytes]
_encoders: dict[str, _Encoder] = {}
_LENGTHS = [varint(length) for length in range(1 << 14)]
_SHORT = [chr(length) for length in range(1 << 7)]
"""The lengths that take a byte, as text that takes the same byte."""

_TYPECODES = {"Int8": "b", "Int16": "h", "Int32": "i", "Int64": "q", "Float64": "d"} | {
    "UInt8": "B",
    "UInt16": "H",
    "UInt32": "I",
    "UInt64": "Q",
    "Date": "H",
}


def _encoder(kind: str) -> _Encoder:
    """What encodes columns of a type."""
    if kind == "String":
        return _texts
    if kind.startswith("DateTime64("):
        return _fixed("q")
    if kind in _TYPECODES:
        return _fixed(_TYPECODES[kind])
    inner = re.fullmatch(r"(Nullable|LowCardinality|Array)\((.*)\)", kind)
    match inner.groups() if inner else ():
        case ("Nullable", "String"):
            return lambda values: _nulls(values) + _texts([text or "" for text in values])
        case ("Nullable", plain) if plain in _TYPECODES or plain.startswith("DateTime64("):
            return _nullable(_TYPECODES.get(plain, "q"))
        case ("LowCardinality", "String"):
            return _coded
        case ("LowCardinality", "Nullable(String)"):
            return _coded_or_null
        case ("Array", "Int64"):
            return _lists
        case ("Array", "Tuple(UInt16, String)"):
            return _lists_of_pairs
    return lambda values: _by_driver(kind, values)


def _fixed(typecode: str) -> _Encoder:
    """Encodes numbers of one width."""
    dtype = np.dtype(typecode)

    def encode_fixed(values: Any) -> Bytes:
        if isinstance(values, np.ndarray):
            return _bytes_of(_narrowed(values, dtype))
        return bytes(values) if typecode == "B" else array(typecode, values).tobytes()

    return encode_fixed


def _bytes_of(values: Array) -> Bytes:
    """The memory that numbers are in, copied only where they do not lie side by side."""
    return np.ascontiguousarray(values).data.cast("B") if len(values) else b""


def _narrowed(values: Array, dtype: np.dtype[Any]) -> Array:
    """The same numbers in another width. Raises OverflowError for one that has no room in it."""
    if values.dtype == dtype:
        return values
    found = values.astype(dtype)
    if not np.can_cast(values.dtype, dtype) and not np.array_equal(found, values):
        raise OverflowError(f"a number from {values.min()} to {values.max()} does not fit {dtype}")
    return found


def _nullable(typecode: str) -> _Encoder:
    """Encodes numbers of one width or NULL; most columns of most blocks have no NULL or nothing else."""
    fixed, dtype = _fixed(typecode), np.dtype(typecode)

    def encode_nullable(values: Any) -> Bytes:
        if isinstance(values, Maybe):
            nulls = values.values == NULL
            return b"".join((_bytes_of(nulls), _bytes_of(_narrowed(np.where(nulls, 0, values.values), dtype))))
        unknown: int = values.count(None)
        if not unknown:
            return b"".join((bytes(len(values)), fixed(values)))
        if unknown == len(values):
            return b"\1" * unknown + bytes(unknown * dtype.itemsize)
        return b"".join((_nulls(values), fixed([value or 0 for value in values])))

    return encode_nullable


def _nulls(values: Sequence[Any]) -> bytes:
    return bytes([value is None for value in values])


def _text(value: bytes) -> bytes:
    length = len(value)
    return (_LENGTHS[length] if length < len(_LENGTHS) else varint(length)) + value


def _texts(values: Sequence[str | bytes]) -> bytes:
    """Texts end to end, each with its length before it."""
    encoded: Sequence[Any] = values
    if isinstance(values[0], str):
        lengths = [*map(len, values)]
        if max(lengths) < len(_SHORT) and "".join(encoded).isascii():
            return "".join(_alternating([*map(_SHORT.__getitem__, lengths)], encoded)).encode()
        encoded = [value.encode() for value in encoded]
    try:
        return b"".join(_alternating([*map(_LENGTHS.__getitem__, map(len, encoded))], encoded))
    except IndexError:  # one of 16 kB or more
        return b"".join(map(_text, encoded))


def _alternating(one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    """The first of one, the first of the other, the second of one and so on."""
    found: list[Any] = [None] * (2 * len(one))
    found[::2], found[1::2] = one, other
    return found


def _line(text: str | None) -> bytes | None:
    """A text with its length before it."""
    return None if text is None else _text(text.encode())


def _coded(values: Sequence[str] | Coded) -> bytes:
    """Each text once, and which of them each row has."""
    if isinstance(values, Coded):
        lines, places = values.distinct(_line)
        return _dictionary(lines, places)
    keys = [*dict.fromkeys(values)]
    place = {key: n for n, key in enumerate(keys)}
    return _dictionary([*map(_line, keys)], [place[value] for value in values])


def _coded_or_null(values: Sequence[str | None] | Coded) -> bytes:
    """As :func:`_coded`; the first place of the dictionary stands for NULL."""
    if not isinstance(values, Coded):
        keys = ["", *(key for key in dict.fromkeys(values) if key is not None)]
        place: dict[str | None, int] = {key: n for n, key in enumerate(keys) if n} | {None: 0}
        return _dictionary([*map(_line, keys)], [place[value] for value in values])
    lines, places = values.distinct(_line)
    known = np.array([line is not None for line in lines], np.bool_)
    return _dictionary(
        [_text(b""), *(line for line in lines if line is not None)],
        np.where(known, np.cumsum(known), 0)[places],
    )


_KEYS_VERSION, _OWN_DICTIONARY = 1, 1 << 9 | 1 << 10


def _dictionary(lines: Sequence[Any], places: Any) -> bytes:
    width = 0 if len(lines) <= 1 << 8 else 1 if len(lines) <= 1 << 16 else 2
    head = array("Q", (_KEYS_VERSION, _OWN_DICTIONARY | width, len(lines))).tobytes()
    if isinstance(places, np.ndarray):
        codes = _bytes_of(places.astype("BHI"[width]))
    else:
        codes = bytes(places) if width == 0 else array("BHI"[width], places).tobytes()
    return b"".join((head, *lines, array("Q", (len(places),)).tobytes(), codes))


def _lists(values: Sequence[Sequence[int]] | Lists) -> Bytes:
    """Where each list ends, then all their values."""
    if isinstance(values, Lists):
        n = len(values.lengths)
        found = np.empty(n + len(values.values), np.int64)
        np.cumsum(values.lengths, out=found[:n])
        found[n:] = values.values
        return _bytes_of(found)
    ends = np.cumsum([*map(len, values)], dtype=np.uint64)
    return ends.tobytes() + array("q", [value for one in values for value in one]).tobytes()


def _lists_of_pairs(values: Sequence[Table]) -> bytes:
    """Where each list of a number and a text ends, then all their numbers, then all their texts."""
    some = [value.columns for value in values if len(value)]
    ends = np.cumsum([*map(len, values)], dtype=np.uint64)
    if not some:
        return ends.tobytes()
    numbers: list[Any] = [numbers for numbers, _ in some]
    lines: Iterator[Any] = chain.from_iterable(texts.each(_line) for _, texts in some)  # type: ignore[union-attr]
    return b"".join((ends.tobytes(), _narrowed(np.concatenate(numbers), np.dtype("H")).tobytes(), *lines))


def _by_driver(kind: str, values: Sequence[Any]) -> bytes:
    out = _Memory()
    block = ColumnOrientedBlock([("c", kind)], [[*values]])  # the driver writes into what it is given
    BlockOutputStream(BufferedSocketWriter(out, _BUFFER), _context()).write(block)
    head = len(varint(len(values))) + 1 + len(_text(b"c")) + len(_text(kind.encode()))
    return b"".join(out.sent)[head:]


def decode(data: bytes) -> Iterator[tuple[list[tuple[str, str]], list[tuple[Any, ...]]]]:
    """The blocks in ``data``, each as (columns with types, rows)."""
    stream = BlockInputStream(BufferedSocketReader(_Memory(data), _BUFFER), _context())
    while True:
        try:
            block = stream.read()
        except EOFError:
            return
        yield block.columns_with_types, block.get_rows()
