"""A file judged by a process of its own: rows are read, mapped and validated there, accepted events come out packed.

Reading and mapping cost as much as merging; with two processes each has a core of its own. The judging process holds
no engine; it is given the registry and the secret, and is a pure function of the file, the mapping and those.
"""

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from pantau.domain.errors import BadSetup
from pantau.domain.events import Event
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Flaw, Rejection, reject
from pantau.domain.validation import accept_data, expand
from pantau.domain.wire import encode_data
from producers.mapping import UnmappedRow, compile, load, read
from producers.mapping.drafts import Skipped
from producers.packed import Chunk, Packed

CHUNK_EVENTS = 5_000
"""Events that travel in one message."""

_EVENT_BYTES = 65_536


class Order(msgspec.Struct, frozen=True):
    """What a judging process is to do: one file from a row on."""

    path: str
    mapping: str
    registry: list[dict[str, Any]]
    secret: bytes
    after_row: int


def judge_file(order: Order) -> Iterator[Chunk]:
    """The chunks of a file, in the order of its rows; rows up to ``after_row`` are passed over.

    Raises BadSetup for a mapping that is wrong or a source that the registry does not have.
    """
    registry = Registry.from_rows(order.registry)
    mapping = load(order.mapping)
    mapper = compile(mapping, key=order.secret)
    rows = read(order.path, mapping)
    sources: dict[str, Source] = {}
    events: list[Packed] = []
    rejections: list[Rejection] = []
    skipped = number = 0
    now = time.time_ns() // 1_000_000
    for number, row in rows:
        if number <= order.after_row:
            continue
        try:
            drafts = mapper.events(row)
        except UnmappedRow as error:
            source = _source(registry, sources, error.source or mapping.source)
            rejections.append(
                reject(
                    [Flaw("malformed", fault) for fault in error.faults],
                    source=source,
                    id=f"{Path(order.path).name}:{number}",
                    original=msgspec.json.encode(row),
                    secret=order.secret,
                    now=now,
                    event_bytes=_EVENT_BYTES,
                )
            )
            continue
        if isinstance(drafts, Skipped):
            skipped += 1
        for draft in drafts:
            judged = accept_data(
                draft.kind,
                draft.data,
                id=draft.id,
                time=draft.time,
                registry=registry,
                source=_source(registry, sources, draft.source),
                now=now,
                secret=order.secret,
            )
            if isinstance(judged, Rejection):
                rejections.append(judged)
            else:
                for event in expand(judged):
                    events.append(_packed(event))
        if len(events) >= CHUNK_EVENTS or len(rejections) >= CHUNK_EVENTS:
            yield Chunk(events, rejections, skipped, number, rows.bytes_read)
            events, rejections, skipped = [], [], 0
            now = time.time_ns() // 1_000_000
    yield Chunk(events, rejections, skipped, number, rows.bytes_total)


def _packed(event: Event) -> Packed:
    return Packed(
        event.source,
        event.id,
        event.kind,
        event.time,
        event.arrival,
        event.content,
        encode_data(event.data).decode(),
    )


def _source(registry: Registry, known: dict[str, Source], name: str) -> Source:
    source = known.get(name)
    if source is None:
        source = registry.source(name)
        if source is None:
            raise BadSetup(f"the registry has no source {name!r}; add a [[source]] with this name to registry.toml")
        known[name] = source
    return source


def _work(order_bytes: bytes, out: Connection) -> None:
    encoder = msgspec.msgpack.Encoder()
    try:
        for chunk in judge_file(msgspec.msgpack.decode(order_bytes, type=Order)):
            out.send_bytes(encoder.encode(chunk))
    except Exception as error:  # noqa: BLE001 - told to the process that waits, which raises it again
        kind = "" if isinstance(error, BadSetup) else f"{type(error).__name__}: "
        out.send_bytes(encoder.encode(Chunk([], [], 0, 0, 0, failure=f"{kind}{error}")))
    finally:
        out.close()


def judge_aside(order: Order) -> Iterator[Chunk]:
    """As :func:`judge_file`, in a fresh process that reads ahead while its chunks are worked on here."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(msgspec.msgpack.encode(order), sender), daemon=True)
    worker.start()
    sender.close()
    decoder = msgspec.msgpack.Decoder(Chunk)
    try:
        while True:
            try:
                chunk = decoder.decode(receiver.recv_bytes())
            except EOFError:
                break
            if chunk.failure is not None:
                raise BadSetup(chunk.failure)
            yield chunk
        worker.join()
        if worker.exitcode:
            raise BadSetup(f"the process that read {order.path} ended with {worker.exitcode}")
    finally:
        receiver.close()
        worker.terminate()
        worker.join()
