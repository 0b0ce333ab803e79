"""Mapping files: how a table or a log becomes events, with no code for the common case.

``load`` a mapping by path or name, ``compile`` it, ``read`` a file by it and call ``events(row)`` for each row.
"""

from pathlib import Path

from producers.mapping.compile import RowMapper, compile
from producers.mapping.drafts import Draft, Skipped, UnmappedRow, Unreadable
from producers.mapping.model import Mapping, parse, ready, text_of
from producers.mapping.planner import plan
from producers.mapping.readers import Rows, estimate, read

__all__ = [
    "Draft",
    "Mapping",
    "RowMapper",
    "Rows",
    "Skipped",
    "UnmappedRow",
    "Unreadable",
    "compile",
    "estimate",
    "load",
    "read",
    "ready",
]


def load(path_or_name: str | Path) -> Mapping:
    """A mapping by the path of its file or, for a shipped one, by its name.

    Raises :class:`pantau.domain.errors.BadSetup` with every fault of the file and its line.
    """
    name, text = text_of(path_or_name)
    mapping, lines = parse(text, name=name)
    plan(mapping, lines)
    return mapping
