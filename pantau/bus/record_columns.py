"""A packed record's events of plain tickets in columns, beside it in a header: a worker need not read their JSON.

Reading JSON into an object for each event is a third of what an event costs a worker. The edge has the objects at
hand, so it says the same once more in columns, in the header ``pantau-columns``. It adds nothing that the record's
value does not say: a reader that does not know the header, or finds that it does not fit the value, reads the value.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from pantau.bus.records import PACKED_HEADERS, RECORD_BYTES, joined, packed, unpack
from pantau.domain.accepted import CODED, KIND_CODE, Accepted, TicketEvents, ticket_events
from pantau.domain.columns import Array, Coded, Ints
from pantau.domain.entries import IMPUTED
from pantau.domain.errors import BadEvent, Fault
from pantau.domain.events import Event
from pantau.domain.visit_columns import KINDS

COLUMNS: Final = "pantau-columns"
VERSION: Final = 1

LEAST_EVENTS: Final = 50
"""Fewer events are read as quickly from JSON: columns cost something for each record, too."""

_OTHER: Final = 255
"""Stands for the kind of an event that is only in the value."""

_MOST_NAMES: Final = 1 << 16
_DATA: Final = b',"data":'
"""What precedes the data of an event in :func:`pantau.bus.records.packed`; in a string its quotes are escaped."""

_OPENS, _CLOSES = b"{}"

Headers = list[tuple[str, bytes]]


class _Numbers(msgspec.Struct, frozen=True, array_like=True):
    """Integers as what they lie above the least of them, in so many bytes each, little-endian."""

    least: int
    width: int
    above: bytes


class _Columns(msgspec.Struct, frozen=True, array_like=True):
    """Of every event its kind and how many bytes of the value it takes; of those of plain tickets the rest.

    ``codes`` are rows of two bytes each: unit, source, service, channel, counter, officer, extra.
    """

    version: int
    kinds: bytes
    lengths: _Numbers
    data_lengths: _Numbers
    times: _Numbers
    arrivals: _Numbers
    contents: bytes
    provenances: bytes
    ids: list[str]
    subjects: list[str]
    units: list[str | None]
    sources: list[str | None]
    services: list[str | None]
    texts: list[str | None]
    codes: bytes


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Columns).decode


def pack_record(events: Sequence[Event]) -> tuple[bytes, Headers]:
    """Accepted events, all of one partition, as value and headers of one record."""
    parts = packed(events)
    return joined(parts), record_headers(parts, events)


def record_headers(parts: Sequence[bytes], events: Sequence[Event], room: int = RECORD_BYTES) -> Headers:
    """The headers of a record of events; ``parts`` is what :func:`pantau.bus.records.packed` made of each.

    Columns that take more bytes than there is ``room`` for are left out.
    """
    columns = _columns_of(parts, events) if len(events) >= LEAST_EVENTS else None
    return [*PACKED_HEADERS] if columns is None or len(columns) > room else [*PACKED_HEADERS, (COLUMNS, columns)]


def read_record(value: bytes, headers: Mapping[str, bytes | None]) -> Accepted | None:
    """The events of a record by its columns; None where it has none that this version reads.

    Raises BadEvent for columns that do not fit the value.
    """
    header = headers.get(COLUMNS)
    if header is None or header[1:2] != bytes([VERSION]):
        return None
    try:
        return _accepted(value, _decode(header))
    except (ValueError, OverflowError) as error:
        raise BadEvent(
            (
                Fault(
                    field=COLUMNS,
                    value=f"{len(header)} bytes",
                    rule=f"do not fit the record: {error}",
                    todo="send the record without them",
                ),
            )
        ) from error


def _columns_of(parts: Sequence[bytes], events: Sequence[Event]) -> bytes | None:
    kinds = bytes([KIND_CODE.get(event.kind, _OTHER) for event in events])
    plain = [(part, event) for part, event, kind in zip(parts, events, kinds, strict=True) if kind != _OTHER]
    tickets = ticket_events([event for _, event in plain], ())
    coded = [getattr(tickets, name) for name in CODED]
    if len(tickets) < LEAST_EVENTS or max(len(column.names) for column in coded) > _MOST_NAMES:
        return None
    return _encode(
        _Columns(
            VERSION,
            kinds,
            _numbers(np.array([*map(len, parts)])),
            _numbers(np.array([len(part) - part.index(_DATA) - len(_DATA) - 1 for part, _ in plain])),
            _numbers(tickets.time),
            _numbers(tickets.arrival),
            tickets.content.astype("<u8").tobytes(),
            tickets.provenance.astype("u1").tobytes(),
            [*tickets.id],
            [*tickets.subject],
            [*tickets.unit.names],
            [*tickets.source.names],
            [*tickets.service.names],
            [*tickets.channel.names],
            b"".join(column.codes.astype("<u2").tobytes() for column in coded),
        )
    )


def _accepted(value: bytes, columns: _Columns) -> Accepted:
    kinds = np.frombuffer(columns.kinds, np.uint8).astype(np.int64)
    lengths = _read(columns.lengths, len(kinds))
    ends = np.cumsum(lengths + 1)
    if not len(kinds) or ends[-1] + 1 != len(value):
        raise ValueError("they are of another value")
    ticket = kinds < len(KINDS)
    stops = ends[ticket] - 1
    n = len(stops)
    starts = stops - _read(columns.data_lengths, n)
    if n and (starts.min() < 1 or not _are_objects(value, starts, stops)):
        raise ValueError("what was said stands elsewhere")
    codes = np.frombuffer(columns.codes, "<u2").reshape(len(CODED), n).astype(np.int64)
    texts = columns.texts
    names = (columns.units, columns.sources, columns.services, texts, texts, texts, texts)
    if len(columns.ids) != n or len(columns.subjects) != n:
        raise ValueError("they are of another number of events")
    for row, among, required in zip(codes, names, (True, True, *(False for _ in names[2:])), strict=True):
        missing = required and (not row.all() or None in among[1:])
        if row.max(initial=0) >= len(among) or among[0] is not None or missing:
            raise ValueError("a name is missing")
    provenances = _raw(columns.provenances, "u1", n).astype(np.int64)
    if provenances.max(initial=0) > IMPUTED:
        raise ValueError("a provenance is not known")
    others = np.flatnonzero(~ticket).tolist()
    tickets = TicketEvents(
        columns.ids,
        columns.subjects,
        [value[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)],
        kinds[ticket],
        _read(columns.times, n),
        _read(columns.arrivals, n),
        _raw(columns.contents, "<u8", n),
        provenances,
        *(Coded(among, row) for among, row in zip(names, codes, strict=True)),
    )
    return Accepted(tickets, _others(value, lengths, others))


def _are_objects(value: bytes, starts: Ints, stops: Ints) -> bool:
    """Whether an object of JSON may stand in each of some places of a value."""
    signs = np.frombuffer(value, np.uint8)
    return bool((signs[starts] == _OPENS).all() and (signs[stops - 1] == _CLOSES).all())


def _others(value: bytes, lengths: Ints, places: Sequence[int]) -> list[Event]:
    """The events at some places of the value."""
    if not places:
        return []
    ends = np.cumsum(lengths + 1)
    parts = [value[end - length : end] for end, length in zip(ends[places], lengths[places], strict=True)]
    return unpack(joined(parts))


def _numbers(values: Any) -> _Numbers:
    least = int(values.min())
    above = values - least
    width = 4 if int(above.max()) < 1 << 32 else 8
    return _Numbers(least, width, above.astype(f"<u{width}").tobytes())


def _read(numbers: _Numbers, n: int) -> Ints:
    if numbers.width not in (4, 8):
        raise ValueError("a number has another width")
    return _raw(numbers.above, f"<u{numbers.width}", n).astype(np.int64) + numbers.least


def _raw(numbers: bytes, dtype: str, n: int) -> Array:
    found = np.frombuffer(numbers, dtype)
    if len(found) != n:
        raise ValueError("they are of another number of events")
    return found
