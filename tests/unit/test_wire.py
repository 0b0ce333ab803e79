"""Events survive their way onto the wire and back, in every mode of CloudEvents."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.errors import BadEvent
from pantau.domain.event_rules import in_utc
from pantau.domain.events import PREFIX, Data, Event, TicketData
from pantau.domain.wire import (
    BATCH,
    STRUCTURED,
    content_hash,
    decode_data,
    decode_envelope,
    encode_data,
    encode_event,
    epoch_ms,
    instant,
    read_request,
)
from tests.vocabulary import anything, moments, times


def event(kind: str, data: Data, time: int = 1_770_081_330_123, id: str = "e-1") -> Event:
    content = content_hash(kind, time, encode_data(data))
    return Event(source="antrian", id=id, kind=kind, time=time, arrival=time, data=data, content=content)


CALLED = event("ticket.called", TicketData(unit="kec", ticket="A012", counter="3"))


@given(anything)
def test_data_of_every_kind_survives_encoding(said: tuple[str, Data]) -> None:
    kind, data = said
    assert decode_data(kind, encode_data(data)) == data


@given(anything)
def test_the_canonical_form_does_not_depend_on_how_the_data_was_written(said: tuple[str, Data]) -> None:
    """Fields in another order, defaults spelt out and times of another zone are the same content."""
    kind, data = said
    spelt_out = {name: getattr(data, name) for name in reversed(data.__struct_fields__)}
    again = decode_data(kind, msgspec.json.encode(spelt_out))
    assert encode_data(in_utc(again)) == encode_data(in_utc(data))


@given(anything, times, st.text(min_size=1, max_size=50))
def test_an_event_survives_as_a_cloud_event(said: tuple[str, Data], time: int, id: str) -> None:
    sent = event(said[0], in_utc(said[1]), time, id)
    envelope = decode_envelope(encode_event(sent))
    kind = envelope.type.removeprefix(PREFIX)
    assert (kind, envelope.source, envelope.id, epoch_ms(envelope.time)) == (sent.kind, sent.source, id, time)
    assert decode_data(kind, bytes(envelope.data)) == sent.data


@given(moments())
def test_an_instant_and_its_milliseconds_are_one_to_one(at: object) -> None:
    assert instant(epoch_ms(at)) == at  # type: ignore[arg-type]


@pytest.mark.parametrize(("ms", "text"), [(-1, "1969-12-31T23:59:59.999000+00:00"), (0, "1970-01-01T00:00:00+00:00")])
def test_instants_before_1970_are_rounded_down_too(ms: int, text: str) -> None:
    assert instant(ms).isoformat() == text
    assert epoch_ms(instant(ms).replace(microsecond=instant(ms).microsecond + 999)) == ms


def test_the_content_hash_is_the_one_that_sql_computes() -> None:
    """The value is what ClickHouse 26.9 gives for xxHash64(concat('ticket.called', '\\n', '-5', '\\n', data))."""
    assert content_hash("ticket.called", -5, b'{"unit":"a"}') == 18362162070770219780


def test_kind_time_and_data_each_change_the_content_hash() -> None:
    base = ("ticket.called", 1, b"{}")
    others = [("ticket.recalled", 1, b"{}"), ("ticket.called", 2, b"{}"), ("ticket.called", 1, b"{ }")]
    assert len({content_hash(*said) for said in [base, *others]}) == 4


def test_structured_mode_is_the_body_itself() -> None:
    body = encode_event(CALLED)
    assert read_request(body, {"content-type": f"{STRUCTURED}; charset=utf-8"}) == [body]


@pytest.mark.parametrize("headers", [{"content-type": BATCH}, {"content-type": "application/json"}, {}])
def test_a_batch_is_taken_apart_in_order(headers: dict[str, str]) -> None:
    events = [event("ticket.called", CALLED.data, id=f"e-{number}") for number in range(3)]
    raws = read_request(b" \n[" + b",".join(map(encode_event, events)) + b"]", headers)
    assert [bytes(raw) for raw in raws] == [encode_event(each) for each in events]


def test_binary_mode_joins_headers_and_body() -> None:
    headers = {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "kantor%20%2F%201",
        "ce-source": "antrian",
        "ce-type": "id.pantau.ticket.called",
        "ce-time": "2026-02-03T08:15:30.123+07:00",
        "ce-traceparent": "00-ab-cd-01",
        "host": "localhost",
    }
    (raw,) = read_request(encode_data(CALLED.data), headers)
    envelope = decode_envelope(raw)
    assert (envelope.id, envelope.source, epoch_ms(envelope.time)) == ("kantor / 1", "antrian", CALLED.time)
    assert decode_data("ticket.called", bytes(envelope.data)) == CALLED.data
    assert b"localhost" not in bytes(raw)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_a_binary_body_that_is_no_json_still_names_its_event(body: bytes) -> None:
    (raw,) = read_request(body, {"ce-id": "e-1", "ce-specversion": "1.0"})
    assert msgspec.json.decode(raw)["id"] == "e-1"


@pytest.mark.parametrize("body", [b"", b"{}", b"[1,", b"[" * 100_000])
def test_a_batch_that_cannot_be_read_is_one_bad_request(body: bytes) -> None:
    with pytest.raises(BadEvent) as caught:
        read_request(body, {"content-type": BATCH})
    assert len(caught.value.faults) == 1


def test_an_unknown_content_type_is_named() -> None:
    with pytest.raises(BadEvent) as caught:
        read_request(b"a,b", {"content-type": "text/csv"})
    assert caught.value.faults[0].value == "text/csv"
