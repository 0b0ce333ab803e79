"""Accepted events of a batch: those of plain tickets in columns, so that what is done for each is done for all at once.

They are by far the most; all others stay what they are. What a plain ticket is: :mod:`pantau.domain.visit_columns`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final

import msgspec
import numpy as np

from pantau.domain.columns import Array, Coded, Ints, Names
from pantau.domain.entries import PROVENANCE_CODE, day_prefix
from pantau.domain.events import Event
from pantau.domain.visit_columns import CANCELLED, CREATED, KINDS
from pantau.domain.wire import encode_lines

KIND_CODE: Final = {kind: code for code, kind in enumerate(KINDS)}
"""The kinds of events that plain tickets have."""

TEXTS: Final = ("channel", "counter", "officer", "extra")
CODED: Final = ("unit", "source", "service", *TEXTS)
"""Columns of texts by code; ``TEXTS`` share their codes."""


class TicketNames:
    """The codes of texts in events of plain tickets, and in what is made of them."""

    def __init__(self, units: Names | None = None, services: Names | None = None) -> None:
        self.units = Names() if units is None else units
        self.services = Names() if services is None else services
        self.sources = Names()
        self.texts = Names()
        """Channels, counters, officers, units that tickets came from."""

    def of(self, field: str) -> Names:
        """The codes of one of the ``CODED`` columns."""
        return {"unit": self.units, "source": self.sources, "service": self.services}.get(field, self.texts)


class TicketEvents(msgspec.Struct, frozen=True):
    """Events of the kinds in ``KINDS`` by field, an event a row; times are ms UTC.

    ``kind`` is the place in ``KINDS``, ``subject`` as :func:`pantau.domain.entries.subject_of` has it, ``extra`` what
    the kind adds to an :class:`pantau.domain.entries.Entry`, ``data`` the canonical JSON of what was said.
    """

    id: Sequence[str]
    subject: Sequence[str]
    data: Sequence[bytes]
    kind: Ints
    time: Ints
    arrival: Ints
    content: Array
    provenance: Ints
    unit: Coded
    source: Coded
    service: Coded
    channel: Coded
    counter: Coded
    officer: Coded
    extra: Coded

    def __len__(self) -> int:
        return len(self.id)


class Accepted(msgspec.Struct, frozen=True):
    """Accepted events: ``tickets`` in columns, and the others. Their order among each other is not kept."""

    tickets: TicketEvents
    others: Sequence[Event]

    def __len__(self) -> int:
        return len(self.tickets) + len(self.others)

    def counts(self, named: Callable[[str | None], str] = str) -> dict[tuple[str, str], int]:
        """How many there are by (kind, source), or by what ``named`` makes of a source, of each always the same."""
        found = Counter((event.kind, named(event.source)) for event in self.others)
        sources = Names()
        codes = sources.codes(self.tickets.source.each(named))
        pairs, n = np.unique(codes * len(KINDS) + self.tickets.kind, return_counts=True)
        for pair, times in zip(pairs.tolist(), n.tolist(), strict=True):
            found[KINDS[pair % len(KINDS)], sources.names[pair // len(KINDS)]] += times
        return dict(found)

    def arrivals(self) -> Ints:
        """When each arrived, ms UTC."""
        return np.concatenate([self.tickets.arrival, np.array([event.arrival for event in self.others], np.int64)])


def accepted(events: Iterable[Event]) -> Accepted:
    """Events as a batch."""
    plain: list[Event] = []
    others: list[Event] = []
    for event in events:
        (plain if event.kind in KIND_CODE else others).append(event)
    return Accepted(ticket_events(plain), others)


def ticket_events(events: Sequence[Event], data: Sequence[bytes] | None = None) -> TicketEvents:
    """Events of the kinds in ``KINDS`` in columns; ``data`` is their canonical JSON where it is known already."""
    said: list[Any] = [event.data for event in events]
    kinds = [event.kind for event in events]
    extras: list[str | None] = [None] * len(said)
    for place, kind in enumerate(kinds):
        if kind == KINDS[CREATED]:
            extras[place] = said[place].came_from
        elif kind == KINDS[CANCELLED]:
            extras[place] = said[place].by
    names = TicketNames()
    coded: list[Sequence[str | None]] = [
        [one.unit for one in said],
        [event.source for event in events],
        [one.service for one in said],
        [one.channel for one in said],
        [one.counter for one in said],
        [one.officer for one in said],
        extras,
    ]
    return TicketEvents(
        [event.id for event in events],
        [one.ticket if one.service_day is None else day_prefix(one.service_day) + one.ticket for one in said],
        encode_lines(said).split(b"\n")[: len(said)] if data is None else data,
        np.fromiter(map(KIND_CODE.__getitem__, kinds), np.int64, len(said)),
        np.array([event.time for event in events], np.int64),
        np.array([event.arrival for event in events], np.int64),
        np.array([event.content for event in events], np.uint64),
        np.array([PROVENANCE_CODE[one.provenance] for one in said], np.int64),
        *(_coded(values, names.of(field)) for field, values in zip(CODED, coded, strict=True)),
    )


def joined(parts: Sequence[TicketEvents], names: TicketNames) -> TicketEvents:
    """Events end to end, their texts coded by ``names``."""
    if not parts:
        return ticket_events([])
    numbers: list[Any] = [np.concatenate([getattr(part, name) for part in parts]) for name in _NUMBERS]
    all_codes = zip(*(_recoded(part, names) for part in parts), strict=True)
    coded = [Coded(names.of(field).names, np.concatenate(codes)) for field, codes in zip(CODED, all_codes, strict=True)]
    return TicketEvents(
        [*chain.from_iterable(part.id for part in parts)],
        [*chain.from_iterable(part.subject for part in parts)],
        [*chain.from_iterable(part.data for part in parts)],
        *numbers,
        *coded,
    )


_NUMBERS: Final = ("kind", "time", "arrival", "content", "provenance")


def _coded(values: Sequence[str | None], names: Names) -> Coded:
    return Coded(names.names, names.codes(values))


def _recoded(events: TicketEvents, names: TicketNames) -> list[Ints]:
    """The codes that the texts of the ``CODED`` columns have among other names; what columns share is coded once."""
    shared: dict[tuple[int, int], Ints] = {}
    found = []
    for field in CODED:
        column, among = getattr(events, field), names.of(field)
        if column.names is among.names:
            found.append(column.codes)
            continue
        both = id(column.names), id(among)
        if both not in shared:
            shared[both] = among.codes(column.names)
        found.append(shared[both][column.codes])
    return found


def recoded(column: Coded, names: Names) -> Ints:
    """The codes that a column's texts have among other names, new ones included."""
    if column.names is names.names:
        return column.codes
    return names.codes(column.names)[column.codes]
