"""Rows out of files: CSV, NDJSON, XES and Parquet, plain or gzip, one row at a time in little memory.

What cannot be read as a row comes out as an :class:`Unreadable` row with the reason, and reading goes on behind it.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import msgspec

from pantau.domain.errors import BadSetup, Fault
from producers.mapping.drafts import Unreadable
from producers.mapping.model import Mapping, Reading
from producers.mapping.parquet import Query, rows_of_parquet
from producers.mapping.plan import plan
from producers.mapping.xes import rows_of_xes

Row = dict[str, str]
Numbered = tuple[int, Row]
"""A row and its number in the file: from 1, header and empty lines not counted."""

Shape = Callable[[Iterable[Numbered]], Iterator[Numbered]]

csv.field_size_limit(1 << 20)


class Rows:
    """An iterator over a file's numbered rows that knows how far it is.

    ``bytes_read`` of ``bytes_total`` (both of the file as it lies on disk, packed or not) is what a progress bar shows.
    """

    def __init__(self, path: Path, mapping: Mapping, query: Query | None) -> None:
        self.bytes_total = estimate(path)
        self._raw: BinaryIO | None = None
        self._share = 0.0
        self._path = path
        self._rows = self._shaped(mapping, query)

    @property
    def bytes_read(self) -> int:
        """How much of the file has been read."""
        if self._raw is not None:
            return self._raw.tell() if not self._raw.closed else self.bytes_total
        return round(self._share * self.bytes_total)

    def __iter__(self) -> Iterator[Numbered]:
        return self._rows

    def __next__(self) -> Numbered:
        return next(self._rows)

    def _shaped(self, mapping: Mapping, query: Query | None) -> Iterator[Numbered]:
        rows = self._plain(mapping, query)
        wanted = plan(mapping).columns
        if "#file" in wanted or "#row" in wanted:
            rows = _with_place(rows, self._path.name.removesuffix(".gz"))
        return shape(mapping)(rows) if mapping.function is not None else rows

    def _plain(self, mapping: Mapping, query: Query | None) -> Iterator[Numbered]:
        reading = mapping.read
        form = reading.format or form_of(self._path)
        if form == "parquet":
            yield from rows_of_parquet(self._path, query, self._progress)
            return
        with self._path.open("rb") as raw:
            self._raw = raw
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            unpacked = io.BufferedReader(gzip.GzipFile(fileobj=raw), 1 << 18) if packed else raw  # type: ignore[type-var]
            try:
                if form == "xes":
                    yield from rows_of_xes(unpacked)
                elif form == "ndjson":
                    yield from rows_of_ndjson(unpacked)
                else:
                    needed = plan(mapping).columns if mapping.function is None else ()
                    yield from rows_of_csv(unpacked, reading, needed, self._path.name)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                yield 0, Unreadable(
                    Fault(
                        field="file",
                        value=self._path.name,
                        rule=f"the compressed file ends early or is damaged ({error})",
                        todo="copy the file again; what came before was read",
                    )
                )

    def _progress(self, share: float) -> None:
        self._share = share


def read(path: str | Path, mapping: Mapping, *, query: Query | None = None) -> Rows:
    """The numbered rows of a file, by the mapping's ``[read]`` and ``[function]``.

    ``query`` runs SQL for Parquet files; by default a fresh process does. Raises :class:`BadSetup` (also while reading)
    where the file is missing, has no header, or lacks columns that the mapping uses.
    """
    path = Path(path)
    if not path.is_file():
        raise BadSetup(f"there is no file {path}; check the path")
    return Rows(path, mapping, query)


def estimate(path: str | Path) -> int:
    """The size of a file in bytes, which is what ``bytes_read`` grows to."""
    return Path(path).stat().st_size


def form_of(path: Path) -> str:
    """The format of a file by its name, else by its first bytes."""
    name = path.name.lower().removesuffix(".gz")
    by_name = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson", ".xes": "xes", ".parquet": "parquet"}
    for suffix, form in {**by_name, ".csv": "csv", ".tsv": "csv"}.items():
        if name.endswith(suffix):
            return form
    with path.open("rb") as raw:
        start = raw.read(64)
        if start[:2] == b"\x1f\x8b":
            raw.seek(0)
            start = gzip.GzipFile(fileobj=raw).read(64)
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "parquet" if start[:4] == b"PAR1" else "xes" if start[:1] == b"<" else "ndjson" if start[:1] == b"{" else "csv"


def shape(mapping: Mapping) -> Shape:
    """The function of a mapping, made with its options. Raises :class:`BadSetup` where there is none of that name."""
    function = mapping.function
    assert function is not None
    module, _, attribute = function.name.partition(":")
    try:
        make = getattr(import_module(module), attribute)
        made: Shape = make(**function.options)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BadSetup(f"mapping {mapping.name}: the function {function.name} cannot be used: {error}") from error
    return made


def _with_place(rows: Iterator[Numbered], file: str) -> Iterator[Numbered]:
    for number, row in rows:
        row["#row"] = str(number)
        row["#file"] = file
        yield number, row


class _Decoded:
    """Lines of text out of lines of bytes; remembers whether one of them since ``bad`` was reset could not be decoded."""

    def __init__(self, lines: Iterable[bytes], encoding: str) -> None:
        self._lines = lines
        self._encoding = encoding
        self.bad = False

    def __iter__(self) -> Iterator[str]:
        encoding = self._encoding
        for line in self._lines:
            try:
                text = line.decode(encoding)
            except UnicodeDecodeError:
                self.bad = True
                text = line.decode(encoding, "replace")
            yield text


def rows_of_csv(source: BinaryIO, reading: Reading, needed: tuple[str, ...], file: str) -> Iterator[Numbered]:
    """The rows of a CSV file as dictionaries by its header."""
    wide = reading.encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32"))
    lines: Iterable[bytes] = source
    if wide:  # a line feed is several bytes there
        lines = (line.encode() for line in io.TextIOWrapper(source, reading.encoding, errors="replace", newline=""))
    try:
        decoded = _Decoded(lines, "utf-8" if wide else reading.encoding)
        texts = iter(decoded)
        for _ in range(reading.skip_lines):
            next(texts, "")
        head = "" if reading.columns else next(texts, "").removeprefix("\ufeff")
    except LookupError as error:
        raise BadSetup(f"{file}: {error}; correct encoding in [read]") from error
    delimiter = reading.delimiter
    if head.startswith("sep=") and len(head.strip()) == 5:  # how Excel marks a delimiter
        delimiter = delimiter or head[4]
        head = next(texts, "")
    if delimiter is None:
        delimiter = max(",;\t|", key=head.count) if head else ","
    header_first = (line for part in ((head,), texts) for line in part) if head else texts
    reader = csv.reader(header_first, delimiter=delimiter, quotechar=reading.quote or None, strict=False)
    columns = list(reading.columns) or [name.strip() for name in next(reader, [])]
    if not any(columns):
        raise BadSetup(f"{file} has no header line; name the columns by columns = [...] in [read]")
    _check_columns(columns, needed, file, delimiter)
    width = len(columns)
    number = 0
    while True:
        try:
            for cells in reader:
                if len(cells) == width:
                    number += 1
                    if decoded.bad:
                        decoded.bad = False
                        yield number, Unreadable(_undecodable(reading.encoding))
                    else:
                        yield number, dict(zip(columns, cells, strict=True))
                elif cells:
                    number += 1
                    decoded.bad = False
                    yield number, Unreadable(_wrong_width(len(cells), width))
            return
        except csv.Error as error:
            number += 1
            yield number, Unreadable(
                Fault(field="row", value=f"line {reader.line_num}", rule=f"is not CSV: {error}", todo="look for a quotation mark that is not closed")
            )


def _check_columns(columns: list[str], needed: tuple[str, ...], file: str, delimiter: str) -> None:
    twice = sorted({name for name in columns if columns.count(name) > 1 and name in needed})
    missing = [name for name in needed if name not in columns and not name.startswith("#")]
    if missing or twice:
        what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(twice)} twice"
        raise BadSetup(f"{file} {what}; its header, split at {delimiter!r}, names {', '.join(columns)}")


def _undecodable(encoding: str) -> Fault:
    todo = "set encoding in [read], for instance cp1252 for files saved by Excel"
    return Fault(field="row", value="bytes", rule=f"holds bytes that are not {encoding}", todo=todo)


def _wrong_width(cells: int, width: int) -> Fault:
    rule = f"has {cells} cells where the header has {width}"
    return Fault(field="row", value=f"{cells} cells", rule=rule, todo="look for a missing or extra delimiter or quotation mark")


def rows_of_ndjson(source: BinaryIO) -> Iterator[Numbered]:
    """The objects of an NDJSON file, one a line, flattened: ``{"data": {"id": 7}}`` has the column ``data.id``."""
    decode = msgspec.json.Decoder().decode
    number = 0
    for line in source:
        if not line.strip():
            continue
        number += 1
        try:
            found = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            fault = Fault(field="row", value=f"{len(line)} bytes", rule=f"is not JSON: {error}", todo="write one JSON object a line")
            yield number, Unreadable(fault)
            continue
        if not isinstance(found, dict):
            fault = Fault(field="row", value=type(found).__name__, rule="is not an object", todo="write one JSON object a line")
            yield number, Unreadable(fault)
            continue
        row: Row = {}
        _flatten(found, "", row)
        yield number, row


def _flatten(found: dict[str, object], prefix: str, into: Row) -> None:
    for key, value in found.items():
        if isinstance(value, list):
            value = {str(n): item for n, item in enumerate(value)}
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", into)
        elif isinstance(value, str):
            into[prefix + key] = value
        elif isinstance(value, bool):
            into[prefix + key] = "true" if value else "false"
        else:
            into[prefix + key] = "" if value is None else str(value)
