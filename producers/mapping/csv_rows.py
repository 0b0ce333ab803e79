"""Rows of delimited text: whatever offices, databases and Excel write under the name of CSV."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from pantau.domain.errors import BadSetup
from producers.mapping.drafts import Numbered, Unreadable
from producers.mapping.model import Reading
from producers.mapping.wording import Wording

_WIDEST_CELL = 1 << 20
"""Letters of one cell. A quotation mark that is not closed swallows no more than this."""

_LOOKED_AT = 1 << 13
"""Bytes by which the encoding and the ends of lines are told."""


class _Decoded:
    """Lines of text out of lines of bytes; ``bad`` says that a line since it was reset could not be decoded."""

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


def rows_of_csv(
    source: BinaryIO, reading: Reading, needed: tuple[str, ...], file: str, say: Wording
) -> Iterator[Numbered]:
    """The rows of a file as dictionaries by its header.

    Raises :class:`BadSetup` where there is no header or it lacks a column that is ``needed``.
    """
    encoding = _encoding(source, reading.encoding)
    decoded = _decoded(source, encoding, file)
    texts = iter(decoded)
    for _ in range(reading.skip_lines):
        next(texts, "")
    head = "" if reading.columns else next(texts, "").removeprefix("\ufeff")
    delimiter = reading.delimiter
    if head.startswith("sep=") and len(head.rstrip("\r\n")) == 5:  # how Excel marks a delimiter
        delimiter = delimiter or head[4]
        head = next(texts, "")
    if delimiter is None:
        delimiter = max(",;\t|", key=head.count) if head else ","
    whole = (line for part in ((head,) if head else (), texts) for line in part)
    csv.field_size_limit(_WIDEST_CELL)
    if reading.quote:
        reader = csv.reader(whole, delimiter=delimiter, quotechar=reading.quote)
    else:
        reader = csv.reader(whole, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    columns = list(reading.columns) or _header(reader, file)
    _check_columns(columns, needed, file, delimiter)
    width = len(columns)
    number = 0
    while True:
        try:
            for cells in reader:
                if not cells:
                    continue
                number += 1
                if decoded.bad:
                    decoded.bad = False
                    yield number, Unreadable(say.fault("encoding", "row", "", what=encoding))
                elif len(cells) == width:
                    yield number, dict(zip(columns, cells, strict=True))
                else:
                    yield number, Unreadable(say.fault("width", "row", "", what=f"{len(cells)} ≠ {width}"))
            return
        except csv.Error as error:
            number += 1
            yield number, Unreadable(say.fault("csv", "row", "", what=error))


def _encoding(source: BinaryIO, said: str) -> str:
    """The encoding that the mapping names, unless the file begins with the mark of UTF-16 ("Unicode text" of Excel)."""
    return "utf-16" if _begins(source)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else said


def _begins(source: BinaryIO) -> bytes:
    """The first bytes of a file, which stay to be read; nothing of a file that cannot be looked at beforehand."""
    peek = getattr(source, "peek", None)
    return b"" if peek is None else bytes(peek(_LOOKED_AT))


def _header(reader: Iterator[list[str]], file: str) -> list[str]:
    try:
        return [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise BadSetup(f"the header of {file} is not CSV ({error}); look for a stray quotation mark") from error


def _decoded(source: BinaryIO, encoding: str, file: str) -> _Decoded:
    try:
        "".encode(encoding)
    except LookupError as error:
        raise BadSetup(f"{file}: {error}; correct encoding in [read]") from error
    begins = _begins(source)
    old_mac = b"\r" in begins and b"\n" not in begins  # lines end with a carriage return alone
    wide = len("\n".encode(encoding)) > 1
    if not wide and not old_mac:
        return _Decoded(source, encoding)
    return _Decoded(_lines_of_text(source, encoding, "replace" if wide else "surrogateescape"), "utf-8")


def _lines_of_text(source: BinaryIO, encoding: str, errors: str) -> Iterator[bytes]:
    """Lines as UTF-8, where they do not end with the one byte of a line feed: in UTF-16, or on an old Macintosh."""
    text = io.TextIOWrapper(source, encoding, errors=errors, newline="")
    try:
        for line in text:
            yield line.encode("utf-8", errors)
    finally:
        text.detach()  # the file is closed by whoever opened it


def _check_columns(columns: list[str], needed: tuple[str, ...], file: str, delimiter: str) -> None:
    if not any(columns):
        raise BadSetup(f"{file} has no header line; name the columns by columns = [...] in [read]")
    twice = sorted({name for name in columns if name in needed and columns.count(name) > 1})
    missing = [name for name in needed if name not in columns and not name.startswith("#")]
    if missing or twice:
        what = f"lacks the column {', '.join(missing)}" if missing else f"has the column {', '.join(twice)} twice"
        raise BadSetup(f"{file} {what}; its header, split at {delimiter!r}, names {', '.join(columns)}")
