"""Events of plain tickets as entries in columns, and entries as the texts that a visit's history is made of."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, Final

import msgspec
import numpy as np

from pantau.domain.columns import Array, Ints, Names
from pantau.domain.entries import EARLIEST, LATEST, PROVENANCE_CODE, Entry, FactId, History, day_prefix, time_meant
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.visit_columns import BY_SYSTEM, CANCELLED, CREATED, ENTRY, KINDS, ONCE, RANK

WORDS: Final = ENTRY.itemsize // 8
"""An entry is copied as so many integers: numpy copies those fast, and records slowly."""

KIND_CODE: Final = {kind: code for code, kind in enumerate(KINDS)}
_lines: Final = msgspec.json.Encoder().encode_lines
"""Values as JSON, one a line: cheaper than one by one."""

_decode: Final = msgspec.json.Decoder(Entry).decode


class TicketNames:
    """The codes of texts in entries and visits."""

    def __init__(self, units: Names, services: Names) -> None:
        self.units = units
        self.services = services
        self.sources = Names()
        self.texts = Names()
        """Channels, counters, officers, units that tickets came from."""


class Plain(msgspec.Struct):
    """Entries of plain tickets: whose each is, what it says, and its text; ``rows`` is where its visit is held."""

    ids: Sequence[FactId]
    entries: Array
    texts: Array
    rows: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, places: Ints) -> "Plain":
        """Those at some places."""
        ids = self.ids
        return Plain(
            [ids[place] for place in places.tolist()],
            self.entries.take(places, axis=0),
            self.texts.take(places),
            self.rows.take(places),
        )


def entry_of(text: bytes) -> Entry:
    """The entry that a text was made of."""
    return _decode(text)


def is_plain(entries: Iterable[Entry]) -> bool:
    """Whether a fact's entries make a plain ticket."""
    kinds, order, n = [], set(), 0
    for entry in entries:
        kind = KIND_CODE.get(entry.kind)
        if kind is None:
            return False
        kinds.append(kind)
        order.add((entry.time, int(RANK[kind])))
        n += 1
    return len(order) == n and all(kinds.count(kind) <= 1 for kind in ONCE.tolist())


def from_events(events: Sequence[Event], names: TicketNames, registry: Registry) -> Plain:
    """An entry for each event of ``KINDS``, as :func:`pantau.domain.entries.lifecycle_entry` makes it."""
    said: list[Any] = [event.data for event in events]
    sources = [event.source for event in events]
    kinds = [event.kind for event in events]
    times = [event.time for event in events]
    corrected = {correction.source for correction in registry.corrections}
    if not corrected.isdisjoint(sources) or (times and (min(times) < EARLIEST or max(times) >= LATEST)):
        times = [time_meant(registry, source, time) for source, time in zip(sources, times, strict=True)]
    extras: list[Any] = [None] * len(said)
    for place, kind in enumerate(kinds):
        if kind == "ticket.created":
            extras[place] = said[place].came_from
        elif kind == "ticket.cancelled":
            extras[place] = said[place].by
    subjects = [
        data.ticket if data.service_day is None else day_prefix(data.service_day) + data.ticket for data in said
    ]
    return _plain(
        names,
        [*zip(repeat("visits"), [data.unit for data in said], sources, subjects)],
        times,
        [event.id for event in events],
        [event.content for event in events],
        kinds,
        [PROVENANCE_CODE[data.provenance] for data in said],
        [data.service for data in said],
        [data.channel for data in said],
        [data.counter for data in said],
        [data.officer for data in said],
        extras,
    )


def from_histories(histories: Iterable[tuple[FactId, History]], names: TicketNames) -> Plain:
    """The entries of stored visits, which are plain tickets."""
    found = [(fact_id, entry) for fact_id, history in histories for entry in history.values()]
    columns = zip(*(msgspec.structs.astuple(entry) for _, entry in found), strict=True)
    return _plain(names, [fact_id for fact_id, _ in found], *columns)


def _plain(
    names: TicketNames,
    fact_ids: Sequence[FactId],
    times: Sequence[int],
    ids: Sequence[str],
    contents: Sequence[int],
    kinds: Sequence[str],
    provenances: Sequence[int],
    services: Sequence[str | None],
    channels: Sequence[str | None],
    counters: Sequence[str | None],
    officers: Sequence[str | None],
    extras: Sequence[Any],
) -> Plain:
    """Entries by field, the fields in the order of :class:`Entry`."""
    n = len(fact_ids)
    entries = np.zeros((n, WORDS), np.int64)
    held = entries.view(ENTRY)[:, 0]
    held["time"] = times
    held["content"] = np.fromiter(contents, np.uint64, n)
    held["id"] = np.fromiter(map(hash, ids), np.int64, n)
    held["kind"] = np.fromiter(map(KIND_CODE.__getitem__, kinds), np.int64, n)
    held["provenance"] = provenances
    held["service"] = names.services.codes(services)
    for field, values in (("channel", channels), ("counter", counters), ("officer", officers)):
        held[field] = names.texts.codes(values)
    for place in np.flatnonzero((held["kind"] == CREATED) | (held["kind"] == CANCELLED)).tolist():
        extra = extras[place]
        if extra is not None:
            created = held["kind"][place] == CREATED
            held["extra"][place] = names.texts.code(extra) if created else BY_SYSTEM * (extra == "system")
    rows = [*zip(times, ids, contents, kinds, provenances, services, channels, counters, officers, extras, strict=True)]
    texts = np.empty(n, object)
    texts[:] = _lines(rows).split(b"\n")[:n]
    return Plain(fact_ids, entries, texts, np.zeros(n, np.int64))
