"""Events and refusals as records of the bus, and back.

A packed record is a CloudEvents JSON batch of accepted events, in their order. Each carries its time of arrival in the
extension attribute ``pantauarrival``; the header ``pantau-accepted`` says that our own edge judged them, so that a
worker takes them as they are. A record without that header comes from a foreign producer: it is read as CloudEvents
(structured, batch or binary mode of the Kafka protocol binding) and judged event by event.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import xxhash

from pantau.domain.errors import BadEvent, BadSetup, Fault
from pantau.domain.events import PREFIX, VOCABULARY, Data, Event
from pantau.domain.rejections import Rejection
from pantau.domain.wire import BATCH, JSON, STRUCTURED, RawEvent, join_binary, split_batch

ACCEPTED: Final = "pantau-accepted"
VERSION: Final = b"1"
PACKED_HEADERS: Final = (("content-type", BATCH.encode()), (ACCEPTED, VERSION))
"""The headers of a packed record."""

RECORD_EVENTS: Final = 500
RECORD_BYTES: Final = 256 * 1024
"""How many events a packed record holds at most, and how many bytes of them unless one alone is larger."""

Headers = Mapping[str, bytes | None] | Iterable[tuple[str, bytes | None]]
"""A record's headers as Kafka's clients hand them out."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Written(msgspec.Struct, frozen=True, gc=False):
    """The envelope that a packed record has of an event."""

    specversion: str
    type: str
    source: str
    id: str
    time: datetime
    pantauarrival: datetime
    data: Data


class _Read(msgspec.Struct, frozen=True, gc=False):
    """What is read of it."""

    type: str
    source: str
    id: str
    time: datetime
    pantauarrival: datetime
    data: msgspec.Raw


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(list[_Read]).decode
_rejection: Final = msgspec.json.Decoder(Rejection)
_types: Final = {
    PREFIX + kind: (kind, kind.encode() + b"\n%d\n%b", msgspec.json.Decoder(record).decode)
    for kind, record in VOCABULARY.items()
}
"""CloudEvents type -> kind, what its content hash is taken over (see ``wire.content_hash``), decoder of its data."""


def pack(events: Iterable[Event]) -> bytes:
    """Accepted events, all of one partition, as the value of one record; send it with ``PACKED_HEADERS``."""
    return joined(packed(events))


def packed(events: Iterable[Event]) -> list[bytes]:
    """Accepted events, each as it stands in a packed record."""
    parts: list[bytes] = []
    encode, written, epoch, delta = _encode, _Written, _EPOCH, timedelta
    last, arrived = 0, epoch
    for event in events:
        arrival = event.arrival
        if arrival != last:  # events that came in one request arrived at one instant
            last, arrived = arrival, epoch + delta(0, 0, 0, arrival)
        time = epoch + delta(0, 0, 0, event.time)
        parts.append(encode(written("1.0", PREFIX + event.kind, event.source, event.id, time, arrived, event.data)))
    return parts


def joined(parts: Iterable[bytes]) -> bytes:
    """What :func:`packed` made of events as the value of one record: two bytes, and a comma between them."""
    return b"[" + b",".join(parts) + b"]"


def in_records(events: Iterable[Event]) -> Iterator[bytes]:
    """Accepted events, all of one partition and however many, as the values of the records that they fill."""
    parts: list[bytes] = []
    size = 0
    for part in packed(events):
        if parts and (len(parts) >= RECORD_EVENTS or size + len(part) > RECORD_BYTES):
            yield joined(parts)
            parts, size = [], 0
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield joined(parts)


def unpack(value: bytes) -> list[Event]:
    """The events that :func:`pack` wrote, about 1.5 µs each.

    Raises BadEvent when the value is no such record: the broker's checksum holds, so it was written by something else.
    """
    events: list[Event] = []
    digest, types, epoch = xxhash.xxh64_intdigest, _types, _EPOCH
    last, arrival = epoch, 0
    try:
        for read in _decode(value):
            kind, content, decode = types[read.type]
            arrived = read.pantauarrival
            if arrived != last:
                last, arrival = arrived, _ms(arrived - epoch)
            since = read.time - epoch
            time = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
            data = read.data
            events.append(
                Event(
                    source=read.source,
                    id=read.id,
                    kind=kind,
                    time=time,
                    arrival=arrival,
                    data=decode(data),
                    content=digest(content % (time, data)),
                )
            )
    except KeyError as error:
        raise _unreadable(value, f"unknown type of event {error}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise _unreadable(value, str(error)) from error
    return events


def is_packed(headers: Headers) -> bool:
    """Whether a record holds events accepted at our own edge, for :func:`unpack`; else it is a foreign one.

    Raises BadSetup for a packed record of a later version than this one can read.
    """
    version = dict(headers).get(ACCEPTED)
    if version is None or version == VERSION:
        return version is not None
    raise BadSetup(
        f"a record says {ACCEPTED}: {version.decode('utf-8', 'replace')}, and this version reads {VERSION.decode()}: "
        "upgrade the workers before the producers"
    )


def read_foreign(value: bytes | None, headers: Headers) -> list[RawEvent]:
    """The events of a foreign producer's record, each as structured JSON, for ``validation.accept`` to judge.

    The mode is said by ``content-type``; without one, ``ce_`` headers mean binary mode, a value that begins with ``[``
    a batch, anything else one structured event. Raises BadEvent when the record as a whole cannot be read.
    """
    body = value or b""
    said = {name.lower(): (content or b"").decode("utf-8", "replace") for name, content in dict(headers).items()}
    content_type = said.get("content-type", "")
    media = content_type.partition(";")[0].strip().lower()
    if media == BATCH:
        return split_batch(body)
    if media == STRUCTURED:
        return [body]
    attributes = {name[3:]: content for name, content in said.items() if name.startswith("ce_")}
    if attributes:
        return [join_binary(body, attributes, media)]
    if not body:
        raise _unreadable(body, "the record is empty")
    if media in ("", JSON):
        return split_batch(body) if body.lstrip()[:1] == b"[" else [body]
    raise _unreadable(body, f"the content type {content_type[:80]!r} is not known")


def pack_rejection(rejection: Rejection) -> bytes:
    """A refusal as the value of a record of ``pantau.rejected``; the original is in base64."""
    try:
        return _encode(rejection)
    except UnicodeEncodeError:  # half a surrogate pair, in an id or a field name of a file read carelessly
        return _encode(_sayable(msgspec.to_builtins(rejection)))


def rejection_headers(rejection: Rejection) -> list[tuple[str, bytes]]:
    """What explains a refusal without its value: the reason's code, who sent it, the fields at fault."""
    fields = dict.fromkeys(fault.field for fault in rejection.reasons)
    return [
        ("content-type", JSON.encode()),
        ("reason", rejection.code.encode()),
        ("source", rejection.source.encode()),
        ("fields", ",".join(fields).encode("utf-8", "replace")),
    ]


def unpack_rejection(value: bytes) -> Rejection:
    """The refusal that :func:`pack_rejection` wrote. Raises BadEvent when the value is none."""
    try:
        return _rejection.decode(value)
    except (ValueError, RecursionError) as error:
        raise _unreadable(value, str(error)) from error


def _sayable(tree: Any) -> Any:
    """The same with a question mark for every letter that has no UTF-8 form."""
    if isinstance(tree, str):
        return tree.encode("utf-8", "replace").decode()
    if isinstance(tree, dict):
        return {name: _sayable(value) for name, value in tree.items()}
    return [_sayable(value) for value in tree] if isinstance(tree, list | tuple) else tree


def _ms(since: timedelta) -> int:
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def _unreadable(value: bytes, detail: str) -> BadEvent:
    return BadEvent(
        (
            Fault(
                field="(record)",
                value=f"{len(value)} bytes",
                rule=f"cannot be read: {detail}",
                todo=f"send CloudEvents as {STRUCTURED}, as {BATCH}, or in binary mode with ce_ headers",
            ),
        )
    )
