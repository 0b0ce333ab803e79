"""Events as CloudEvents 1.0 JSON, and back: structured, batched and binary mode.

Whatever the mode, a request becomes a list of structured JSON events (bytes); ``validation.accept`` judges each.
The canonical JSON of an event's ``data`` is what storage keeps and what the content hash is taken over.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote

import msgspec
import xxhash

from pantau.domain.errors import BadEvent, Fault
from pantau.domain.events import PREFIX, VOCABULARY, CloudEvent, Data, Event

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
JSON: Final = "application/json"

RawEvent = bytes | msgspec.Raw
"""One structured JSON event, not yet looked at."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_encoder: Final = msgspec.json.Encoder()
_writer: Final = msgspec.json.Encoder(enc_hook=str)
_envelope: Final = msgspec.json.Decoder(CloudEvent)
_events: Final = msgspec.json.Decoder(list[msgspec.Raw])
_anything: Final = msgspec.json.Decoder(msgspec.Raw)
_decoders: Final = {kind: msgspec.json.Decoder(record) for kind, record in VOCABULARY.items()}
decode_envelope: Final = _envelope.decode
"""A CloudEvent from structured JSON; raises ValueError (msgspec's errors are) or RecursionError."""

TYPES: Final = {PREFIX + kind: (kind, decoder.decode) for kind, decoder in _decoders.items()}
"""CloudEvents ``type`` -> (kind, decoder of its data): one look-up where every event passes."""

encode_data: Final = _encoder.encode
"""The canonical JSON of a data record: fields in the order of its definition, defaults left out.

Equal records give equal bytes; times must be in UTC, as :mod:`pantau.domain.validation` leaves them.
"""

encode_lines: Final = _encoder.encode_lines
"""The canonical JSON of many data records, one a line: cheaper than one by one."""


def decode_data(kind: str, data: bytes | str) -> Data:
    """The record that :func:`encode_data` wrote. Raises KeyError for a kind outside the vocabulary."""
    return _decoders[kind].decode(data)


def content_hash(kind: str, time: int, data: bytes) -> int:
    """64 bits, unsigned, over what an event says: its kind, its own time (ms) and the canonical JSON of its data.

    SQL computes the same: ``xxHash64(concat(kind, '\\n', toString(time), '\\n', data))``.
    """
    return xxhash.xxh64_intdigest(f"{kind}\n{time}\n".encode() + data)


def epoch_ms(at: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00:00Z, rounded down."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def instant(ms: int) -> datetime:
    """The instant of a count of milliseconds, in UTC. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(milliseconds=ms)


def encode_event(event: Event) -> bytes:
    """An accepted event as a structured CloudEvent; accepting it again gives the same event."""
    return encode_raw(event.source, event.id, event.kind, event.time, event.data)


def encode_raw(source: str, id: object, kind: str, time: object, data: object) -> bytes:
    """Anything that claims to be an event as a structured CloudEvent; what has no JSON form is written as text."""
    try:
        at: object = instant(time) if isinstance(time, int) else time
    except OverflowError:
        at = time
    envelope = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": PREFIX + kind,
        "time": at,
        "datacontenttype": JSON,
        "data": data,
    }
    try:
        return _writer.encode(envelope)
    except (TypeError, ValueError, RecursionError):  # keys that are no text, half a surrogate pair, a cycle
        return _writer.encode(ascii(envelope))


def read_request(body: bytes, headers: Mapping[str, str]) -> list[RawEvent]:
    """The events of one HTTP request, each as structured JSON, in the order sent.

    ``headers`` have lower-case names. Plain ``application/json`` (or no type) without ``ce-`` headers is read as a
    batch when it begins with ``[``, else as one event. Raises BadEvent when the request as a whole cannot be read.
    """
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == BATCH:
        return split_batch(body)
    if content_type == STRUCTURED:
        return [body]
    if any(name.startswith("ce-") for name in headers):
        attributes = {name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
        return [join_binary(body, attributes, content_type)]
    if content_type in ("", JSON):
        return split_batch(body) if body.lstrip()[:1] == b"[" else [body]
    raise BadEvent(
        (
            Fault(
                field="Content-Type",
                value=content_type,
                rule="jenis isi ini tidak dikenal",
                todo=f"kirim {STRUCTURED} (satu kejadian), {BATCH} (banyak), atau {JSON} dengan header ce-*",
            ),
        )
    )


def split_batch(body: bytes) -> list[RawEvent]:
    """The events of a JSON batch. Raises BadEvent when it is no JSON array."""
    try:
        return list(_events.decode(body))
    except (ValueError, RecursionError) as error:
        raise BadEvent(
            (
                Fault(
                    field="(isi)",
                    value=f"{len(body)} byte",
                    rule=f"bukan larik JSON yang utuh: {error}",
                    todo="kirim larik JSON berisi kejadian CloudEvents",
                ),
            )
        ) from error


def join_binary(body: bytes, attributes: Mapping[str, str], content_type: str) -> bytes:
    """Binary mode as structured JSON: the attributes came beside the body, which is ``data``."""
    envelope: dict[str, object] = {**attributes}
    if content_type:
        envelope["datacontenttype"] = content_type
    if body:
        try:
            envelope["data"] = _anything.decode(body)
        except (ValueError, RecursionError):  # kept as text, so that the fault can name the event and its data
            envelope["data"] = body.decode("utf-8", "replace")
    return _encoder.encode(envelope)
