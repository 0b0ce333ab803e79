"""Rows out of files: CSV, NDJSON, XES and Parquet, plain or gzip, one row at a time in little memory.

What cannot be read as a row comes out as an :class:`Unreadable` row with the reason, and reading goes on behind it.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import msgspec

from pantau.domain.errors import BadSetup, PantauError
from pantau.domain.spans import Language
from producers.mapping.csv_rows import rows_of_csv
from producers.mapping.drafts import Numbered, Row, Unreadable
from producers.mapping.model import Mapping
from producers.mapping.parquet import Query, rows_of_parquet
from producers.mapping.planner import plan
from producers.mapping.wording import Wording
from producers.mapping.xes import rows_of_xes

Shape = Callable[[Iterable[Numbered]], Iterator[Numbered]]
"""What a mapping's ``[function]`` makes: rows in, rows out; see :mod:`producers.mapping.shapes`."""


class Rows:
    """An iterator over a file's numbered rows that knows how far it is. The numbers rise from row to row.

    ``bytes_read`` of ``bytes_total`` (both of the file as it lies on disk, packed or not) is what a progress bar shows.
    """

    def __init__(self, path: Path, mapping: Mapping, query: Query | None, say: Wording) -> None:
        self.bytes_total = estimate(path)
        self._path = path
        self._say = say
        self._raw: BinaryIO | None = None
        self._share = 0.0
        self._rows = self._shaped(mapping, query)

    @property
    def bytes_read(self) -> int:
        """How much of the file has been read."""
        if self._raw is not None:
            return self.bytes_total if self._raw.closed else self._raw.tell()
        return round(self._share * self.bytes_total)

    def __iter__(self) -> Iterator[Numbered]:
        return self._rows

    def __next__(self) -> Numbered:
        return next(self._rows)

    def _shaped(self, mapping: Mapping, query: Query | None) -> Iterator[Numbered]:
        checked = plan(mapping)
        optional = mapping.read.optional
        needed = tuple(name for name in checked.columns if name not in optional) if mapping.function is None else ()
        rows = self._plain(mapping, needed, query)
        if "#file" in checked.columns or "#row" in checked.columns:
            rows = _with_place(rows, self._path.name.removesuffix(".gz"))
        return rows if mapping.function is None else _guarded(shape(mapping)(rows), self._say)

    def _plain(self, mapping: Mapping, needed: tuple[str, ...], query: Query | None) -> Iterator[Numbered]:
        form = mapping.read.format or form_of(self._path)
        if form == "parquet":
            yield from rows_of_parquet(self._path, query, self._progress)
            return
        with self._path.open("rb") as raw:
            self._raw = raw
            source: BinaryIO = raw
            if raw.peek(2)[:2] == b"\x1f\x8b":
                source = io.BufferedReader(gzip.GzipFile(fileobj=raw), 1 << 18)
            if form == "xes":
                rows = rows_of_xes(source, self._say)
            elif form == "ndjson":
                rows = rows_of_ndjson(source, self._say)
            else:
                rows = rows_of_csv(source, mapping.read, needed, self._path.name, self._say)
            number = 0
            try:
                for number, row in rows:
                    yield number, row
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                yield number + 1, Unreadable(self._say.fault("packed", "file", self._path.name, what=error))

    def _progress(self, share: float) -> None:
        self._share = share


def read(path: str | Path, mapping: Mapping, *, query: Query | None = None, language: Language = "id") -> Rows:
    """The numbered rows of a file, by the mapping's ``[read]`` and ``[function]``.

    ``query`` runs SQL for Parquet files; by default a fresh process does. Raises :class:`BadSetup`, also while reading,
    where the file is missing, has no header, or lacks columns that the mapping uses.
    """
    path = Path(path)
    if not path.is_file():
        raise BadSetup(f"there is no file {path}; check the path")
    return Rows(path, mapping, query, Wording(language))


def estimate(path: str | Path) -> int:
    """The size of a file in bytes, which is what ``bytes_read`` grows to."""
    return Path(path).stat().st_size


_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "ndjson",
    ".jsonl": "ndjson",
    ".ndjson": "ndjson",
    ".xes": "xes",
    ".parquet": "parquet",
}


def form_of(path: Path) -> str:
    """The format of a file by its name, else by its first bytes."""
    name = Path(path.name.lower().removesuffix(".gz"))
    if name.suffix in _SUFFIXES:
        return _SUFFIXES[name.suffix]
    with path.open("rb") as raw:
        start = raw.read(64)
        if start[:2] == b"\x1f\x8b":
            raw.seek(0)
            start = gzip.GzipFile(fileobj=raw).read(64)
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:4] == b"PAR1":
        return "parquet"
    return {b"<": "xes", b"{": "ndjson"}.get(start[:1], "csv")


def shape(mapping: Mapping) -> Shape:
    """The function of a mapping, made with its options. Raises :class:`BadSetup` where there is none of that name."""
    function = mapping.function
    assert function is not None
    module, _, attribute = function.name.partition(":")
    try:
        make: Callable[..., Shape] = getattr(import_module(module), attribute)
        return make(**function.options)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BadSetup(f"mapping {mapping.name}: the function {function.name} cannot be used: {error}") from error


def _guarded(rows: Iterator[Numbered], say: Wording) -> Iterator[Numbered]:
    """The rows of a function; where it fails a last, unreadable row says so."""
    number = 0
    try:
        for number, row in rows:
            yield number, row
    except PantauError:
        raise
    except Exception as error:  # noqa: BLE001 - a user's function may raise anything, and an import must end with a report
        yield number + 1, Unreadable(say.fault("function", "row", "", what=f"{type(error).__name__}: {error}"))


def _with_place(rows: Iterator[Numbered], file: str) -> Iterator[Numbered]:
    for number, row in rows:
        row["#row"] = str(number)
        row["#file"] = file
        yield number, row


def rows_of_ndjson(source: BinaryIO, say: Wording) -> Iterator[Numbered]:
    """The objects of an NDJSON file, one a line, flattened: ``{"data": {"id": 7}}`` has the column ``data.id``."""
    decode = msgspec.json.Decoder(dict[str, object]).decode
    number = 0
    for line in source:
        if not line.strip():
            continue
        number += 1
        try:
            row: Row = {}
            flatten(decode(line), "", row)
            yield number, row
        except (ValueError, RecursionError) as error:
            yield number, Unreadable(say.fault("json", "row", "", what=error))


def flatten(found: dict[str, object], prefix: str, into: Row) -> None:
    """Put the fields of a JSON object into a row, those of inner objects and lists under dotted names."""
    for key, value in found.items():
        if isinstance(value, list):
            value = {str(n): item for n, item in enumerate(value)}
        if isinstance(value, dict):
            flatten(value, f"{prefix}{key}.", into)
        elif isinstance(value, str):
            into[prefix + key] = value
        elif isinstance(value, bool):
            into[prefix + key] = "true" if value else "false"
        else:
            into[prefix + key] = "" if value is None else str(value)
