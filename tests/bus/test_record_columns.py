"""A record's columns say what its value says, or are not used."""

import contextlib
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.bus import record_columns
from pantau.bus.record_columns import COLUMNS, LEAST_EVENTS, VERSION, pack_record, read_record, record_headers
from pantau.bus.records import PACKED_HEADERS, is_packed, packed, unpack
from pantau.domain.accepted import Accepted, TicketEvents, TicketNames, accepted, joined
from pantau.domain.errors import BadEvent
from pantau.domain.events import Event
from tests.strategies import MONDAY, UNITS, event, events, streams, ticket


def rows(tickets: TicketEvents) -> list[tuple[Any, ...]]:
    """Events in columns as rows that can be compared."""
    columns: Iterable[Any] = (getattr(tickets, name) for name in TicketEvents.__struct_fields__)
    return [*zip(*([*each] for each in columns), strict=True)]


@pytest.fixture(autouse=True, scope="module")
def _columns_for_every_record() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_columns, "LEAST_EVENTS", 1)
        yield


def of_record(sent: list[Event]) -> Accepted | None:
    value, headers = pack_record(sent)
    assert is_packed(headers)
    assert unpack(value) == sent
    return read_record(value, dict(headers))


@given(st.one_of(st.lists(events(), min_size=1, max_size=30), streams()))
def test_columns_say_what_the_value_says(sent: list[Event]) -> None:
    found, meant = of_record(sent), accepted(sent)
    if found is None:
        assert not len(meant.tickets), "only a record without tickets has no columns"
        return
    assert rows(found.tickets) == rows(meant.tickets)
    assert [*found.others] == [*meant.others]
    assert found.counts() == meant.counts()
    assert sorted(found.arrivals().tolist()) == sorted(each.arrival for each in sent)


@given(st.lists(st.lists(events(), max_size=8), max_size=5))
def test_events_end_to_end_are_those_of_all_parts(parts: list[list[Event]]) -> None:
    together = joined([accepted(part).tickets for part in parts], TicketNames())
    assert rows(together) == [row for part in parts for row in rows(accepted(part).tickets)]


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), min_size=1, max_size=9))
def test_whatever_a_text_holds_its_data_is_found_in_the_value(texts: list[str]) -> None:
    ids = [f'{n},"data":{text}' for n, text in enumerate(texts)]
    sent = [ticket("created", MONDAY, id=id, ticket=text, counter=text) for id, text in zip(ids, texts, strict=True)]
    found = of_record(sent)
    assert found is not None
    assert rows(found.tickets) == rows(accepted(sent).tickets)


def test_times_far_apart_have_room() -> None:
    sent = [ticket("created", MONDAY, arrival=at, ticket=str(at)) for at in (-(2**40), 0, MONDAY, 2**41)]
    found = of_record(sent)
    assert found is not None
    assert found.arrivals().tolist() == [each.arrival for each in sent]


SENT = [ticket("created", MONDAY + n, unit=UNITS[n % 2], ticket=f"A{n}", officer=f"p{n}") for n in range(4)]


def test_a_header_of_a_later_version_is_not_read() -> None:
    value, headers = pack_record(SENT)
    later = dict(headers)[COLUMNS].replace(bytes([VERSION]), bytes([VERSION + 1]), 1)
    assert read_record(value, {**dict(headers), COLUMNS: later}) is None
    assert read_record(value, dict(PACKED_HEADERS)) is None


@pytest.mark.parametrize("column", ["units", "sources"])
def test_an_event_without_a_unit_or_a_source_is_not_believed(column: str) -> None:
    value, headers = pack_record(SENT)
    said = msgspec.msgpack.decode(dict(headers)[COLUMNS])
    place = {"units": 10, "sources": 11}[column]
    assert said[place][0] is None
    said[place] = [None] * len(said[place])
    with pytest.raises(BadEvent, match="a name is missing"):
        read_record(value, {COLUMNS: msgspec.msgpack.encode(said)})


@given(st.data())
@settings(max_examples=300)
def test_columns_that_were_spoilt_are_refused_or_say_the_same_number_of_events(data: st.DataObject) -> None:
    value, headers = pack_record([*SENT, event("rating.given", MONDAY, score=3)])
    header = bytearray(dict(headers)[COLUMNS])
    place = data.draw(st.integers(2, len(header) - 1))
    header[place] ^= data.draw(st.integers(1, 255))
    found = None
    with contextlib.suppress(BadEvent):
        found = read_record(value, {COLUMNS: bytes(header)})
    if found is not None:
        assert len(found) == 5
        assert len(rows(found.tickets)) == len(found.tickets), "every name is there"
        assert None not in {*found.tickets.unit, *found.tickets.source}
        assert {*found.tickets.provenance.tolist()} <= {0, 1, 2}
        assert all(data[:1] + data[-1:] == b"{}" for data in found.tickets.data)


def test_columns_of_another_record_are_refused() -> None:
    _, headers = pack_record(SENT)
    value, _ = pack_record(SENT[:3])
    with pytest.raises(BadEvent, match="another value"):
        read_record(value, dict(headers))


def test_small_records_and_columns_without_room_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [name for name, _ in record_headers(packed(SENT), SENT)][-1] == COLUMNS
    assert record_headers(packed(SENT), SENT, room=10) == [*PACKED_HEADERS]
    monkeypatch.setattr(record_columns, "LEAST_EVENTS", LEAST_EVENTS)
    assert record_headers(packed(SENT), SENT) == [*PACKED_HEADERS]
    with_others = [*SENT, *(event("rating.given", MONDAY, id=str(n), score=3) for n in range(LEAST_EVENTS))]
    assert record_headers(packed(with_others), with_others) == [*PACKED_HEADERS]


def test_a_record_is_not_much_larger_for_its_columns() -> None:
    """Compared uncompressed, as a worker is handed them; codecs take most of it away."""
    sent = [ticket("called", MONDAY + n, ticket=f"A{n}", counter=str(n % 5), service="ktp") for n in range(500)]
    value, headers = pack_record(sent)
    assert len(dict(headers)[COLUMNS]) < len(value) / 3
    assert msgspec.msgpack.decode(dict(headers)[COLUMNS])[0] == VERSION
