"""Events of plain tickets as entries in columns, and entries as the texts that a visit's history is made of."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, Final

import msgspec
import numpy as np

from pantau.domain.accepted import KIND_CODE, TEXTS, TicketEvents, TicketNames, recoded
from pantau.domain.columns import Array, Ints
from pantau.domain.entries import EARLIEST, LATEST, Entry, FactId, History, time_meant
from pantau.domain.registry import Registry
from pantau.domain.visit_columns import BY_SYSTEM, CANCELLED, CREATED, ENTRY, KINDS, ONCE, RANK

WORDS: Final = ENTRY.itemsize // 8
"""An entry is copied as so many integers: numpy copies those fast, and records slowly."""

_lines: Final = msgspec.json.Encoder().encode_lines
"""Values as JSON, one a line: cheaper than one by one."""

_decode: Final = msgspec.json.Decoder(Entry).decode


class Plain(msgspec.Struct):
    """Entries of plain tickets: whose each is, what it says, and its text; ``rows`` is where its visit is held.

    ``units`` and ``sources`` are those of ``ids`` as codes.
    """

    ids: Sequence[FactId]
    units: Ints
    sources: Ints
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
            self.units.take(places),
            self.sources.take(places),
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


def from_tickets(events: TicketEvents, names: TicketNames, registry: Registry) -> Plain:
    """An entry for each event, as :func:`pantau.domain.entries.lifecycle_entry` makes it."""
    times, sources = events.time, [*events.source]
    corrected = {correction.source for correction in registry.corrections}
    if not corrected.isdisjoint(sources) or (len(times) and not EARLIEST <= times.min() <= times.max() < LATEST):
        meant = zip(sources, times.tolist(), strict=True)
        times = np.array([time_meant(registry, source, time) for source, time in meant], np.int64)
    rows = zip(
        times.tolist(),
        events.id,
        events.content.tolist(),
        [KINDS[kind] for kind in events.kind.tolist()],
        events.provenance.tolist(),
        events.service,
        events.channel,
        events.counter,
        events.officer,
        events.extra,
        strict=True,
    )
    fact_ids: list[Any] = [*zip(repeat("visits"), events.unit, sources, events.subject, strict=False)]
    return _plain(
        fact_ids,
        recoded(events.unit, names.units),
        recoded(events.source, names.sources),
        rows,
        times,
        events.id,
        events.content,
        events.kind,
        events.provenance,
        recoded(events.service, names.services),
        *(recoded(getattr(events, field), names.texts) for field in TEXTS),
        system=names.texts.code("system"),
    )


def from_histories(histories: Iterable[tuple[FactId, History]], names: TicketNames) -> Plain:
    """The entries of stored visits, which are plain tickets."""
    found = [(fact_id, entry) for fact_id, history in histories for entry in history.values()]
    entries: list[Any] = [entry for _, entry in found]
    return _plain(
        [fact_id for fact_id, _ in found],
        names.units.codes([fact_id[1] for fact_id, _ in found]),
        names.sources.codes([fact_id[2] for fact_id, _ in found]),
        entries,
        [entry.time for entry in entries],
        [entry.id for entry in entries],
        np.array([entry.content for entry in entries], np.uint64),
        [KIND_CODE[entry.kind] for entry in entries],
        [entry.provenance for entry in entries],
        names.services.codes([entry.service for entry in entries]),
        *(names.texts.codes([getattr(entry, field) for entry in entries]) for field in TEXTS),
        system=names.texts.code("system"),
    )


def _plain(
    fact_ids: Sequence[FactId],
    units: Ints,
    sources: Ints,
    rows: Iterable[Any],
    times: Any,
    ids: Sequence[str],
    contents: Array,
    kinds: Any,
    provenances: Any,
    services: Ints,
    channels: Ints,
    counters: Ints,
    officers: Ints,
    extras: Ints,
    *,
    system: int,
) -> Plain:
    """Entries in columns; ``rows`` are what their texts are made of: their fields in the order of :class:`Entry`."""
    n = len(fact_ids)
    entries = np.empty((n, WORDS), np.int64)
    held = entries.view(ENTRY)[:, 0]
    held["time"], held["content"], held["kind"], held["provenance"] = times, contents, kinds, provenances
    held["id"] = np.fromiter(map(hash, ids), np.int64, n)
    held["service"], held["channel"], held["counter"], held["officer"] = services, channels, counters, officers
    cancelled = held["kind"] == CANCELLED
    held["extra"] = np.where(held["kind"] == CREATED, extras, np.where(cancelled & (extras == system), BY_SYSTEM, 0))
    texts = np.empty(n, object)
    texts[:] = _lines(rows).split(b"\n")[:n]
    return Plain(fact_ids, units, sources, entries, texts, np.zeros(n, np.int64))
