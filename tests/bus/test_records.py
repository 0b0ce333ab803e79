"""What is packed comes out as it went in; what a foreign producer sends is read in every mode CloudEvents has."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.bus.records import (
    ACCEPTED,
    PACKED_HEADERS,
    in_records,
    is_packed,
    pack,
    pack_rejection,
    read_foreign,
    rejection_headers,
    unpack,
    unpack_rejection,
)
from pantau.domain.errors import BadEvent, BadSetup
from pantau.domain.events import PREFIX, VOCABULARY, Data, Event
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept, accept_data
from pantau.domain.wire import BATCH, STRUCTURED, content_hash, encode_data, encode_event
from tests.strategies import MONDAY, REGISTRY, event, events, streams, ticket
from tests.vocabulary import anything

SOURCE = REGISTRY.source("antrian")
SECRET = b"a secret of at least sixteen bytes"
arrivals = st.integers(MONDAY, MONDAY + 10**12)


def judge(raw: bytes | msgspec.Raw, now: int = MONDAY) -> Event | Rejection:
    assert SOURCE is not None
    return accept(raw, registry=REGISTRY, source=SOURCE, now=now, secret=SECRET)


@given(st.lists(st.tuples(events(), arrivals), max_size=30))
def test_unpacking_is_the_inverse_of_packing(drawn: list[tuple[Event, int]]) -> None:
    sent = [msgspec.structs.replace(event, arrival=arrival) for event, arrival in drawn]
    assert unpack(pack(sent)) == sent


@given(streams())
def test_events_of_one_arrival_come_out_as_they_went_in(sent: list[Event]) -> None:
    assert unpack(pack(sent)) == sent


@given(st.lists(st.integers(0, 6_000), max_size=40), st.integers(1, 5), st.integers(200, 5_000))
def test_however_many_events_there_are_each_record_of_them_keeps_its_bounds(
    sizes: list[int], most: int, most_bytes: int
) -> None:
    sent = [event("ticket.created", MONDAY, id=f"{n}" + "x" * size, ticket="A") for n, size in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pantau.bus.records.RECORD_EVENTS", most)
        patch.setattr("pantau.bus.records.RECORD_BYTES", most_bytes)
        values = [*in_records(sent)]
    found = [unpack(value) for value in values]
    assert [each for some in found for each in some] == sent
    assert all(0 < len(some) <= most for some in found)
    assert all(len(value) <= most_bytes + 2 or len(some) == 1 for value, some in zip(values, found, strict=True))


@given(anything, st.integers(-2_208_988_800_000, 10_413_792_000_000 - 1), arrivals)
def test_every_record_of_the_vocabulary_at_every_time_that_is_accepted_survives(
    content: tuple[str, Data], time: int, arrival: int
) -> None:
    kind, data = content
    data = msgspec.json.decode(encode_data(data), type=VOCABULARY[kind])
    sent = Event(source="a", id="1", kind=kind, time=time, arrival=arrival, data=data,
                 content=content_hash(kind, time, encode_data(data)))  # fmt: skip
    (got,) = unpack(pack([sent]))
    assert got == sent
    assert (got.data, type(got.data)) == (sent.data, type(sent.data))


@given(streams())
def test_a_packed_record_is_a_batch_that_anybody_can_read(sent: list[Event]) -> None:
    """A reader that knows CloudEvents and nothing of us finds the same events; the extension is not in its way."""
    read = [json.loads(bytes(raw)) for raw in read_foreign(pack(sent), {"content-type": BATCH.encode()})]
    assert [(each["source"], each["id"], each["type"]) for each in read] == [
        (event.source, event.id, PREFIX + event.kind) for event in sent
    ]
    assert all(each["specversion"] == "1.0" and each["pantauarrival"].endswith("Z") for each in read)


def test_arrival_travels_as_a_time_of_its_own() -> None:
    sent = msgspec.structs.replace(event("ticket.created", MONDAY, ticket="A1"), arrival=MONDAY + 1)
    (read,) = json.loads(pack([sent]))
    assert (read["time"], read["pantauarrival"]) == ("2026-03-30T00:00:00Z", "2026-03-30T00:00:00.001000Z")


def test_the_header_says_which_records_were_judged_already() -> None:
    assert is_packed(PACKED_HEADERS)
    assert is_packed(dict(PACKED_HEADERS))
    assert not is_packed([("content-type", BATCH.encode())])
    assert not is_packed([])


def test_a_record_of_a_later_version_says_to_upgrade_the_workers() -> None:
    with pytest.raises(BadSetup, match="upgrade the workers before the producers"):
        is_packed([(ACCEPTED, b"2")])


@pytest.mark.parametrize(
    "value",
    [b"", b"{}", b"[1]", b"not json", b"[" * 5000, pack([event("ticket.created", MONDAY, ticket="A1")])[:-1],
     pack([event("ticket.created", MONDAY, ticket="A1")]).replace(b"ticket.created", b"ticket.creatable"),
     pack([event("ticket.created", MONDAY, ticket="A1")]).replace(b'"ticket":', b'"tiket":'),
     pack([event("ticket.created", MONDAY, ticket="A1")]).replace(b'"pantauarrival":', b'"arrival":'),
     pack([event("ticket.created", MONDAY, ticket="A1")]).replace(b"2026-03-30T00:00:00Z", b"2026-03-30T00:00:00")],
)  # fmt: skip
def test_what_was_not_packed_is_refused_whole(value: bytes) -> None:
    with pytest.raises(BadEvent, match="cannot be read"):
        unpack(value)


# foreign producers

SENT = [ticket("created", MONDAY), ticket("called", MONDAY + 60_000), ticket("ended", MONDAY + 300_000)]


def parts(sent: Event) -> tuple[bytes, list[tuple[str, bytes | None]]]:
    """An event as the Kafka protocol binding has it in binary mode."""
    said = json.loads(encode_event(sent))
    value = msgspec.json.encode(said.pop("data"))
    media = said.pop("datacontenttype")
    return value, [("content-type", media.encode()), *((f"ce_{name}", text.encode()) for name, text in said.items())]


def judged(value: bytes | None, headers: list[tuple[str, bytes | None]]) -> list[Event | Rejection]:
    return [judge(raw) for raw in read_foreign(value, headers)]


def arrived(*sent: Event) -> list[Event]:
    return [msgspec.structs.replace(each, arrival=MONDAY) for each in sent]


@pytest.mark.parametrize("content_type", [STRUCTURED, STRUCTURED + "; charset=utf-8", "application/json", None])
def test_a_structured_record_is_one_event(content_type: str | None) -> None:
    headers: list[tuple[str, bytes | None]] = [("content-type", content_type.encode())] if content_type else []
    assert judged(encode_event(SENT[0]), headers) == arrived(SENT[0])


@pytest.mark.parametrize("content_type", [BATCH, "application/json", None])
def test_a_batched_record_is_many(content_type: str | None) -> None:
    headers: list[tuple[str, bytes | None]] = [("content-type", content_type.encode())] if content_type else []
    assert judged(b"[" + b",".join(map(encode_event, SENT)) + b"]", headers) == arrived(*SENT)


def test_a_binary_record_has_its_attributes_in_headers() -> None:
    value, headers = parts(SENT[1])
    assert judged(value, headers) == arrived(SENT[1])
    assert judged(value, headers[1:]) == arrived(SENT[1])


@given(events(sources=("antrian",)))
def test_structured_and_binary_mode_say_the_same(sent: Event) -> None:
    late = 4_102_444_800_001
    (binary,) = read_foreign(*parts(sent))
    assert judge(binary, late) == judge(encode_event(sent), late)


def test_headers_of_the_kafka_binding_are_not_percent_encoded() -> None:
    value, headers = parts(SENT[0])
    named = [(name, "A%20é".encode() if name == "ce_id" else text) for name, text in headers]
    (got,) = judged(value, named)
    assert isinstance(got, Event)
    assert got.id == "A%20é"


def test_an_event_that_is_wrong_is_one_refusal_and_the_others_of_its_record_go_on() -> None:
    batch = b"[" + b",".join([encode_event(SENT[0]), b'{"id":7}', encode_event(SENT[2])]) + b"]"
    first, second, third = judged(batch, [("content-type", BATCH.encode())])
    assert isinstance(second, Rejection)
    assert [first, third] == arrived(SENT[0], SENT[2])


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (None, []),
        (b"", [("content-type", b"application/json")]),
        (b"[1,", [("content-type", BATCH.encode())]),
        (b"<xml/>", [("content-type", b"text/xml")]),
    ],
)
def test_a_record_that_cannot_be_read_at_all_says_why(value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
    with pytest.raises(BadEvent):
        read_foreign(value, headers)


NAMES = st.sampled_from(["content-type", "ce_id", "ce_type", "ce_time", "x"])
CONTENTS = st.one_of(st.none(), st.sampled_from([BATCH.encode(), STRUCTURED.encode(), b"\xff", b"application/json"]))


@given(st.binary(max_size=60), st.dictionaries(NAMES, CONTENTS))
def test_whatever_comes_is_judged_or_refused(value: bytes, headers: dict[str, bytes | None]) -> None:
    try:
        raws = read_foreign(value, headers)
    except BadEvent:
        return
    for raw in raws:
        assert isinstance(judge(raw), Rejection)


# refusals


@given(st.binary(max_size=200), st.integers(0, 10**13))
def test_a_refusal_comes_out_as_it_went_in(raw: bytes, now: int) -> None:
    refused = judge(raw, now)
    assert isinstance(refused, Rejection)
    assert unpack_rejection(pack_rejection(refused)) == refused


def test_a_refusal_is_explained_by_its_headers_alone() -> None:
    refused = judge(encode_event(ticket("created", MONDAY, unit="nowhere", service="x" * 200)))
    assert isinstance(refused, Rejection)
    headers = dict(rejection_headers(refused))
    assert headers["reason"] == refused.code.encode()
    assert headers["source"] == b"antrian"
    assert headers["fields"].decode().split(",") == [fault.field for fault in refused.reasons]


def test_a_refusal_with_half_a_surrogate_pair_is_kept_too() -> None:
    assert SOURCE is not None
    refused = accept_data(
        "ticket.created", {"unit": "dukcapil", "ticket": "A\ud800", "\ud801": 1}, id="\ud800", time=MONDAY,
        registry=REGISTRY, source=SOURCE, now=MONDAY, secret=SECRET,
    )  # fmt: skip
    assert isinstance(refused, Rejection)
    kept = unpack_rejection(pack_rejection(refused))
    assert (kept.id, kept.code, kept.digest) == ("?", refused.code, refused.digest)
    assert dict(rejection_headers(refused))["fields"] == b"data.?,id,data.ticket"


@pytest.mark.parametrize("value", [b"", b"[]", b"{}", b"[" * 5000])
def test_what_is_no_refusal_is_refused(value: bytes) -> None:
    with pytest.raises(BadEvent):
        unpack_rejection(value)
