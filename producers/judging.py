"""A file judged by a process of its own: rows are read, mapped and validated there, accepted events come out packed.

Reading and mapping cost as much as merging; with two processes each has a core of its own. The judging process holds
no engine; it is given the registry and the secret, and is a pure function of the file, the mapping and those.
"""

import multiprocessing
import time
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from pantau.domain.errors import BadSetup
from pantau.domain.events import VOCABULARY, Data, Event, TicketData
from pantau.domain.personal import keyed_digest
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Flaw, Rejection, reject
from pantau.domain.validation import accept_data, expand
from pantau.domain.wire import encode_data
from pantau.domain.zones import local_day
from pantau.interpreter import set_for_batches
from producers.mapping import RowMapper, UnmappedRow, compile, load, read
from producers.mapping.drafts import Draft, Row, Skipped
from producers.mapping.taken_again import TakenAgain
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
    refused_rows: dict[str, str] = {}
    """Rows of the file that were refused before, as "file:row", with the digest of what they were."""


def judge_file(order: Order) -> Iterator[Chunk]:
    """The chunks of a file, in the order of its rows; rows up to ``after_row`` are passed over.

    Raises BadSetup for a mapping that is wrong or a source that the registry does not have.
    """
    mapping = load(order.mapping)
    registry = Registry.from_rows(order.registry)
    judge = Judge(compile(mapping, key=order.secret), registry, order.secret, order.refused_rows)
    rows = read(order.path, mapping)
    name = Path(order.path).name
    number = 0
    for number, row in rows:
        if number <= order.after_row:
            continue
        judge.row(row, f"{name}:{number}")
        if judge.full:
            yield _chunk(judge, number, rows.bytes_read)
    yield _chunk(judge, number, rows.bytes_total)


def _chunk(judge: "Judge", row: int, bytes_read: int) -> Chunk:
    return Chunk(
        *judge.taken(),
        row,
        bytes_read,
        unknown_services=judge.unknown_services(),
        mended=judge.mended(),
        taken_again={**judge.taken_again()},
    )


class Judge:
    """Rows become accepted events and refusals, by one mapping, one registry and one key of pseudonyms."""

    def __init__(
        self, mapper: RowMapper, registry: Registry, secret: bytes, refused_rows: Mapping[str, str] | None = None
    ) -> None:
        self._refused_rows = refused_rows or {}
        self._mended: list[str] = []
        self._taken_again = TakenAgain()
        self._mapper = mapper
        self._registry = registry
        self._secret = secret
        self._services = frozenset(service.code for service in registry.services)
        self._unknown_services: dict[str, int] = {}
        self._sources: dict[str, Source] = {}
        self._now = time.time_ns() // 1_000_000
        self._events: list[Packed] = []
        self._rejections: list[Rejection] = []
        self._skipped = 0

    @property
    def full(self) -> bool:
        """Whether as much is held as should travel together."""
        return len(self._events) >= CHUNK_EVENTS or len(self._rejections) >= CHUNK_EVENTS

    def taken(self) -> tuple[list[Packed], list[Rejection], int]:
        """Accepted events, refusals and the number of rows skipped on purpose since this was last asked."""
        found = self._events, self._rejections, self._skipped
        self._events, self._rejections, self._skipped = [], [], 0
        self._now = time.time_ns() // 1_000_000
        return found

    def unknown_services(self) -> dict[str, int]:
        """Services that the registry does not know, with their accepted events, since this was last asked.

        Nothing where the registry names no service at all.
        """
        found, self._unknown_services = self._unknown_services, {}
        return found

    def taken_again(self) -> Mapping[str, list[str]]:
        """Source -> numbers of tickets that begin anew with nothing to tell their days apart, since last asked."""
        return self._taken_again.taken()

    def mended(self) -> list[str]:
        """Digests of the same rows that were refused before and can be mapped now, since this was last asked."""
        found, self._mended = self._mended, []
        return found

    def row(self, row: Row, name: str) -> None:
        """Judge one row; ``name`` is what a refusal of the whole row is known by.

        Raises BadSetup for a source that the registry does not have; what was judged before then stays held.
        """
        try:
            drafts = self._mapper.events(row)
        except UnmappedRow as error:
            self._rejections.append(
                reject(
                    [Flaw("malformed", fault) for fault in error.faults],
                    source=self._source(error.source or self._mapper.mapping.source),
                    id=name,
                    original=msgspec.json.encode(row),
                    secret=self._secret,
                    now=self._now,
                    event_bytes=_EVENT_BYTES,
                )
            )
            return
        if name in self._refused_rows:
            digest = keyed_digest(msgspec.json.encode(row), self._secret)
            if digest == self._refused_rows[name]:
                self._mended.append(digest)
        if isinstance(drafts, Skipped):
            self._skipped += 1
        for draft in self._of_one_day(drafts):
            judged = accept_data(
                draft.kind,
                draft.data,
                id=draft.id,
                time=draft.time,
                registry=self._registry,
                source=self._source(draft.source),
                now=self._now,
                secret=self._secret,
            )
            if isinstance(judged, Rejection):
                self._rejections.append(judged)
            else:
                service = draft.data.get("service")
                if service is not None and service not in self._services and self._services:
                    self._unknown_services[str(service)] = self._unknown_services.get(str(service), 0) + 1
                self._taken_again.see(draft, self._source(draft.source))
                for event in expand(judged):
                    self._events.append(_packed(event))

    def _of_one_day(self, drafts: list[Draft]) -> list[Draft]:
        """Drafts of a row, those of one ticket on one service day: the day of the first thing the row tells of it.

        Where numbers restart daily, an event by itself is of the day on which it happened; but a row tells of one
        visit, and one that ends after midnight would fall in two.
        """
        if len(drafts) < 2 or self._source(drafts[0].source).numbers_restart != "daily":
            return drafts
        first: dict[tuple[object, object], int] = {}
        for draft in drafts:
            if _is_of_a_ticket(draft):
                ticket = draft.data.get("unit"), draft.data.get("ticket")
                first[ticket] = min(first.get(ticket, draft.time), draft.time)
        return [
            self._on_day(draft, first[draft.data.get("unit"), draft.data.get("ticket")])
            if _is_of_a_ticket(draft)
            else draft
            for draft in drafts
        ]

    def _on_day(self, draft: Draft, time: int) -> Draft:
        """A draft with the local day of a time as its service day, unless it says one itself or no such day is."""
        try:
            day = local_day(self._registry.zone(str(draft.data.get("unit"))), time)
        except (KeyError, ValueError):
            return draft  # it is refused, and told why, when it is judged
        return msgspec.structs.replace(draft, data={"service_day": day, **draft.data})

    def _source(self, name: str) -> Source:
        source = self._sources.get(name)
        if source is None:
            source = self._registry.source(name)
            if source is None:
                raise BadSetup(f"the registry has no source {name!r}; add a [[source]] with this name to registry.toml")
            self._sources[name] = source
        return source


def _is_of_a_ticket(draft: Draft) -> bool:
    return issubclass(VOCABULARY.get(draft.kind, Data), TicketData)


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


def _work(order_bytes: bytes, out: Connection) -> None:
    encoder = msgspec.msgpack.Encoder()
    set_for_batches()
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
