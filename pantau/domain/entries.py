"""What an event says about the one thing it belongs to, in the compact form that is folded and kept.

A fact (a visit, a complaint, a counter's day, an answer…) is the set of its entries; sets merge by union, so
duplicates, replays and any order of arrival give the same set (law 1). Two contents under one event id are settled by
the smaller content hash, which is a minimum and so keeps the merge associative, commutative and idempotent.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

import msgspec
import xxhash

from pantau.domain.events import (
    VOCABULARY,
    ApplicationData,
    ApplicationSubmitted,
    CounterData,
    Event,
    MeasureRecorded,
    TicketCancelled,
    TicketCreated,
    TicketData,
    TicketTransferred,
)
from pantau.domain.registry import Registry
from pantau.domain.wire import encode_data
from pantau.domain.zones import local_day

OBSERVED, AUTO_CLOSED, IMPUTED = 0, 1, 2
"""Provenance as stored, from best to worst; the worst of two times is that of their difference."""

PROVENANCE_CODE = {"observed": OBSERVED, "auto_closed": AUTO_CLOSED, "imputed": IMPUTED}


EARLIEST = 86_400_000
LATEST = 4_102_444_800_000
"""1970-01-02 and 2100-01-01: within them every zone's day and window has a place in every table."""


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event inside its fact. ``time`` is ms UTC after any declared clock correction."""

    time: int
    id: str
    content: int
    kind: str
    provenance: int = OBSERVED
    service: str | None = None
    channel: str | None = None
    counter: str | None = None
    officer: str | None = None
    extra: str | int | None = None
    """What the kind adds: the unit a transfer goes to or comes from, who cancelled, a deadline in ms; for a fact that
    is one record (a rating, an answer, a snapshot, an aggregate, an intervention) its ``data`` as canonical JSON."""


History = dict[str, Entry]
"""A fact's entries by event id."""

FactId = tuple[str, str, str, str]
"""(table, unit, source, subject)."""


def fact_number(fact_id: FactId) -> int:
    """64 bits that stand for a fact where its identity would take too much room; the tables reckon the same."""
    return xxhash.xxh64_intdigest("\0".join(fact_id).encode())


class FactKey(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Identity of a fact: immutable, whatever its events say later."""

    unit: str
    source: str
    subject: str


FAMILY = {
    "ticket": "visits",
    "service": "visits",
    "application": "visits",
    "complaint": "complaints",
    "counter": "counter_days",
    "officer": "counter_days",
    "rating": "ratings",
    "survey": "surveys",
    "aggregate": "aggregates",
    "training": "interventions",
    "measure": "interventions",
}
"""First word of a kind -> the table its facts are rows of; ``counter.snapshot`` is the one exception."""


TABLE_OF: dict[str, str] = {
    kind: "snapshots" if kind == "counter.snapshot" else FAMILY[kind.partition(".")[0]] for kind in VOCABULARY
}
"""The table whose facts an event of a kind belongs to."""


RECORD_TABLES = frozenset({"ratings", "surveys", "snapshots", "aggregates", "interventions"})
"""Tables whose facts are one record each, not a life cycle."""


def time_meant(registry: Registry, source: str, time: int) -> int:
    """When a source meant: its word after any declared correction, held within what every table can place.

    A correction is declared after its events were accepted, so a wrong one could move them anywhere.
    """
    meant = registry.correct(source, time)
    return meant if EARLIEST <= meant < LATEST else min(max(meant, EARLIEST), LATEST - 1)


@lru_cache(maxsize=10_000)
def day_prefix(day: date) -> str:
    """How a subject begins that is of one local day."""
    return f"{day}@"


def subject_of(event: Event, time: int, registry: Registry) -> str:
    """Which thing of its unit and source an event is about; with the service day where numbers restart.

    The day stands first, so that rows sorted by subject lie in the order of days, and whoever asks for one day reads
    few of them: ``2026-03-30@A17``.

    Applications and measures share a table with tickets and trainings, so their numbers, which a source may count from
    1 for each, are marked: ``application:17``.
    """
    data = event.data
    if isinstance(data, TicketData):
        return data.ticket if data.service_day is None else day_prefix(data.service_day) + data.ticket
    if isinstance(data, ApplicationData):
        return "application:" + data.application
    if isinstance(data, MeasureRecorded):
        return "measure:" + data.measure
    if isinstance(data, CounterData):
        return day_prefix(local_day(registry.zone(data.unit), time)) + data.counter
    field = data.subject_field
    return event.id if field is None else str(getattr(data, field))


def record_entry(event: Event, time: int) -> Entry:
    """The entry of a fact that is one record: its data travels whole."""
    provenance = PROVENANCE_CODE[event.data.provenance]
    return Entry(time, event.id, event.content, event.kind, provenance, extra=encode_data(event.data).decode())


def lifecycle_entry(event: Event, time: int) -> Entry:
    """The entry an event puts into the history of a visit, a complaint or a counter's day."""
    data = event.data
    service: str | None = getattr(data, "service", None)
    extra: str | int | None = None
    if isinstance(data, TicketTransferred):
        extra = data.to_unit
        service = data.to_service if data.to_unit is None and data.to_service else service
    elif isinstance(data, TicketCancelled):
        extra = data.by
    elif isinstance(data, TicketCreated):
        extra = data.came_from
    elif isinstance(data, ApplicationSubmitted) and data.due is not None:
        extra = round(data.due.timestamp() * 1000)
    return Entry(
        time,
        event.id,
        event.content,
        event.kind,
        PROVENANCE_CODE[data.provenance],
        service,
        getattr(data, "channel", None),
        getattr(data, "counter", None),
        getattr(data, "officer", None),
        extra,
    )


def merge(left: Mapping[str, Entry], right: Iterable[Entry]) -> History:
    """The union of two sets of entries; under one id the smaller content hash wins."""
    merged = dict(left)
    for entry in right:
        held = merged.get(entry.id)
        if held is None or (entry.content, entry.time) < (held.content, held.time):
            merged[entry.id] = entry
    return merged


_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            "ticket.created",
            "application.submitted",
            "complaint.opened",
            "counter.opened",
            "officer.at_counter",
            "ticket.called",
            "ticket.recalled",
            "service.started",
            "ticket.parked",
            "ticket.resumed",
            "ticket.transferred",
            "application.returned",
            "application.resubmitted",
        )
    )
}


def in_order(history: Mapping[str, Entry]) -> list[Entry]:
    """Entries by (time, place in the life cycle, id): a total order that no order of arrival can change.

    The place in the life cycle orders events of one instant (a ticket taken and called in the same second); the source
    is the same for all entries of a fact.
    """
    rank = _RANK
    return sorted(history.values(), key=lambda entry: (entry.time, rank.get(entry.kind, 99), entry.id))


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[Entry])


def encode_history(history: Mapping[str, Entry]) -> str:
    """A fact's entries as text to be kept in its row; equal sets give equal texts."""
    return encode_entries(in_order(history))


def encode_entries(entries: Sequence[Entry]) -> str:
    """As :func:`encode_history`, for entries that are in order already."""
    return _encoder.encode(entries).decode()


def decode_history(text: str) -> History:
    """The entries that :func:`encode_history` wrote."""
    return {entry.id: entry for entry in _decoder.decode(text)}
