"""Accepted events as they travel between processes: packed, many to a message."""

import msgspec

from pantau.domain.events import Event
from pantau.domain.rejections import Rejection
from pantau.domain.wire import decode_data


class Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An accepted event between processes: times in ms UTC, its data as canonical JSON."""

    source: str
    id: str
    kind: str
    time: int
    arrival: int
    content: int
    data: str

    def event(self) -> Event:
        """The event, as it was accepted."""
        return Event(
            source=self.source,
            id=self.id,
            kind=self.kind,
            time=self.time,
            arrival=self.arrival,
            data=decode_data(self.kind, self.data),
            content=self.content,
        )


class Chunk(msgspec.Struct, frozen=True):
    """What some rows of a file became; ``row`` is the last one of them, ``bytes_read`` how far the file is read.

    ``unknown_services`` are codes that accepted events carry and the registry does not know, with their events.
    ``mended`` are digests of rows that were refused before and are mapped now. ``taken_again`` are, by source, numbers
    of tickets that begin anew with nothing to tell their days apart.
    """

    events: list[Packed]
    rejections: list[Rejection]
    skipped: int
    row: int
    bytes_read: int
    failure: str | None = None
    unknown_services: dict[str, int] = {}
    mended: list[str] = []
    taken_again: dict[str, list[str]] = {}
