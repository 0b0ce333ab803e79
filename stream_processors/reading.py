"""Records of the bus become events: our own packed ones as they are, those of foreign producers after judging each."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from pantau.bus.record_columns import read_record
from pantau.bus.records import is_packed, read_foreign, unpack
from pantau.domain.accepted import Accepted, TicketEvents, TicketNames, accepted, joined
from pantau.domain.columns import Coded, Names
from pantau.domain.errors import BadEvent
from pantau.domain.events import Event
from pantau.domain.inspection import malformed
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Rejection, reject
from pantau.domain.validation import LIMITS, accept, expand
from pantau.domain.wire import encode_event

UNREADABLE: Final = Source(name="bus", units=frozenset())
"""Whom a record is put down to that does not say where it comes from."""


class Record(msgspec.Struct, frozen=True):
    """One record of the bus as it was fetched; ``arrival`` is the bus's own time of it, ms UTC."""

    offset: int
    value: bytes
    headers: Mapping[str, bytes]
    arrival: int


class Read(msgspec.Struct):
    """What records were found to hold: events of this partition, events that belong in another one, refusals."""

    events: Accepted
    misplaced: list[Event]
    rejections: list[Rejection]


class _Name(msgspec.Struct):
    source: str = UNREADABLE.name


_name = msgspec.json.Decoder(_Name)


def read(
    records: Sequence[Record], *, units: frozenset[str], names: TicketNames, registry: Registry, secret: bytes
) -> Read:
    """Every event of some records of one partition, whose units are given; texts are coded by ``names``.

    ``names`` has no other units than these, in whatever it coded before.
    Events that were accepted before they came onto the bus are not judged again, except that their unit must be known.
    A record that cannot be read is refused as one event; the stream goes on.
    """
    tickets: list[TicketEvents] = []
    events: list[Event] = []
    misplaced: list[Event] = []
    rejections: list[Rejection] = []
    for record in records:
        columns = _columns_of(record)
        coded = None if columns is None else _coded(columns.tickets, units, names.units)
        if columns is not None and coded is not None:
            tickets.append(coded)
            found: Sequence[Event] = columns.others
        else:
            found = _events_of(record, registry, secret, rejections)
        for event in found:
            if event.data.unit in units:
                events.append(event)
            elif registry.unit(event.data.unit) is not None:
                misplaced.append(event)
            else:  # accepted by a registry that had it
                judged = _judged(encode_event(event), record.arrival, registry, secret)
                assert isinstance(judged, Rejection), "an event of an unknown unit is refused"
                rejections.append(judged)
    rest = accepted(events)
    return Read(Accepted(joined([*tickets, rest.tickets], names), rest.others), misplaced, rejections)


def _coded(tickets: TicketEvents, units: frozenset[str], names: Names) -> TicketEvents | None:
    """Events with their units coded by ``names``, which has none but ``units``; None where one is of another unit."""
    said = tickets.unit.names
    codes = names.known(said)
    if (codes < 0).any():
        if not units.issuperset(said[1:]):
            return None
        codes = names.codes(said)
    return msgspec.structs.replace(tickets, unit=Coded(names.names, codes[tickets.unit.codes]))


def _columns_of(record: Record) -> Accepted | None:
    """The events of a record that says them in columns; they were accepted."""
    if not is_packed(record.headers):
        return None
    try:
        return read_record(record.value, record.headers)
    except BadEvent:
        return None  # its value says what it holds


def _events_of(record: Record, registry: Registry, secret: bytes, rejections: list[Rejection]) -> Sequence[Event]:
    if is_packed(record.headers):
        try:
            return unpack(record.value)
        except BadEvent:
            pass  # whoever says that it was accepted did not write it as we do: it is judged like a foreign one
    try:
        raws = read_foreign(record.value, record.headers)
    except BadEvent as error:
        rejections.append(_unreadable(record, str(error.__cause__ or error), secret))
        return ()
    events: list[Event] = []
    for raw in raws:
        judged = _judged(bytes(raw), record.arrival, registry, secret)
        if isinstance(judged, Rejection):
            rejections.append(judged)
        else:
            events += expand(judged)
    return events


def _judged(raw: bytes, arrival: int, registry: Registry, secret: bytes) -> Event | Rejection:
    return accept(raw, registry=registry, source=_source_of(raw, registry), now=arrival, secret=secret)


def _source_of(raw: bytes, registry: Registry) -> Source:
    """The source an event names, as the registry has it; one that it does not have may speak for no unit."""
    try:
        name = _name.decode(raw).source
    except (ValueError, RecursionError):
        return UNREADABLE
    return registry.source(name) or Source(name=name, units=frozenset())


def _unreadable(record: Record, why: str, secret: bytes) -> Rejection:
    return reject(
        [malformed(f"{len(record.value)} byte", why, LIMITS.language)],
        source=UNREADABLE,
        id=None,
        original=record.value,
        secret=secret,
        now=record.arrival,
        event_bytes=LIMITS.event_bytes,
    )
