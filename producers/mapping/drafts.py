"""What goes into a row function and what comes out of it."""

import msgspec

from pantau.domain.errors import BadEvent, Fault

Row = dict[str, str]
"""Texts by column; a column that is not there counts as empty."""

Numbered = tuple[int, Row]
"""A row and its number in the file: from 1, header and empty lines not counted."""


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An event as a mapping makes it, not yet checked. ``time`` is ms UTC; ``data`` holds plain JSON values."""

    source: str
    id: str
    kind: str
    time: int
    data: dict[str, object]


class Skipped(list[Draft]):
    """No events, on purpose: what a row gives that a ``[[skip]]`` rule names, with the rule's ``why``."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class UnmappedRow(BadEvent):
    """A row that gives no events. ``source`` is who it is from, ``None`` where even that cannot be told."""

    def __init__(self, faults: tuple[Fault, ...], source: str | None) -> None:
        super().__init__(faults)
        self.source = source


class Unreadable(dict[str, str]):
    """A row that its reader could not read; mapping it raises its ``faults``."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults
