"""Rows of delimited text: whatever offices, databases and Excel write under the name of CSV."""

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
    decoded = _decoded(source, reading.encoding, file)
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
    columns = list(reading.columns) or [name.strip() for name in next(reader, [])]
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
                    yield number, Unreadable(say.fault("encoding", "row", "", what=reading.encoding))
                elif len(cells) == width:
                    yield number, dict(zip(columns, cells, strict=True))
                else:
                    yield number, Unreadable(say.fault("width", "row", "", what=f"{len(cells)} ≠ {width}"))
            return
        except csv.Error as error:
            number += 1
            yield number, Unreadable(say.fault("csv", "row", "", what=error))


def _decoded(source: BinaryIO, encoding: str, file: str) -> _Decoded:
    try:
        "".encode(encoding)
    except LookupError as error:
        raise BadSetup(f"{file}: {error}; correct encoding in [read]") from error
    if len("\n".encode(encoding)) == 1:
        return _Decoded(source, encoding)
    return _Decoded(_lines_of_wide_signs(source, encoding), "utf-8")


def _lines_of_wide_signs(source: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Lines as UTF-8 of an encoding in which a line feed is several bytes, such as UTF-16."""
    text = io.TextIOWrapper(source, encoding, errors="replace", newline="")
    try:
        for line in text:
            yield line.encode()
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
