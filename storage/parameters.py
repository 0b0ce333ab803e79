"""Parameters of queries as ClickHouse reads them: ``{name:Type}`` in the text, the value in TSV escaping beside it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any


def bound(params: Mapping[str, Any] | None) -> dict[str, str]:
    """Values as both engines take them: text in TSV escaping, arrays and tuples as literals, None as NULL."""
    return {name: _literal(value) for name, value in (params or {}).items()}


def quoted(text: str) -> str:
    """A text as it stands between single quotes in a statement."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _literal(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    if isinstance(value, list | tuple):
        return "[" + _elements(value) + "]"
    return _plain(value)


def _elements(values: Sequence[Any]) -> str:
    """The values of an array; texts alone and integers alone, of which there may be thousands, all at once."""
    kinds = {*map(type, values)}
    if kinds == {int}:
        return ",".join(map(str, values))
    if kinds == {str}:
        texts = "\0".join(values)
        if texts.count("\0") == len(values) - 1:
            return "'" + _escaped(texts).replace("\0", "','") + "'"
    return ",".join(map(_element, values))


def _escaped(text: str) -> str:
    """A text as it stands between the quotes of an array's literal."""
    text = text.replace("\\", "\\\\").replace("'", "\\'").replace("\t", "\\t").replace("\n", "\\n")
    return text.replace("\r", "\\r")


def _element(value: Any) -> str:
    """A value inside an array or a tuple."""
    if value is None:
        return "NULL"
    if isinstance(value, str | date):
        return "'" + _escaped(_plain(value)) + "'"
    if isinstance(value, tuple):
        return "(" + ",".join(_element(item) for item in value) + ")"
    return _literal(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        at = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return at.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)
