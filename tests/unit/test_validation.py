"""An event is accepted as it was said, by the rules of its source; and what follows from it."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from pantau.domain import personal
from pantau.domain.events import Event, TicketCreated, TicketTransferred
from pantau.domain.registry import ClockCorrection, Source
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept_data, expand
from pantau.domain.wire import content_hash, encode_data, encode_event
from pantau.domain.zones import DAY, HOUR, MINUTE
from tests.unit.envelopes import (
    DAILY,
    IMPORT,
    LIMITED,
    NIK,
    NOW,
    REGISTRY,
    SECRET,
    SOURCE,
    TIME,
    accepted,
    judge,
    rating,
    refused,
    registry,
    said,
    transfer,
    unit,
    with_data,
)


def test_a_sound_event_is_accepted_as_it_was_said() -> None:
    event = accepted(said())
    data = TicketCreated(unit="kec-kalianda", ticket="A012", service="ktp-el", counter="3")
    assert event == Event(
        source="antrian",
        id="antrian-1:7:created",
        kind="ticket.created",
        time=TIME,
        arrival=NOW,
        data=data,
        content=content_hash("ticket.created", TIME, encode_data(data)),
    )


def test_extension_attributes_are_ignored_as_the_standard_asks() -> None:
    assert accepted(said(traceparent="00-ab", sequence=3)) == accepted(said())


@pytest.mark.parametrize(
    ("source", "envelope", "code"),
    [
        (LIMITED, said(), "not_allowed"),
        (LIMITED, with_data(unit="kec-natar"), None),
        (Source(name="antrian", units=frozenset({"kec-kalianda"})), transfer(to_unit="kec-natar"), "not_allowed"),
        (SOURCE, transfer(to_unit="kec-natar"), None),
        (IMPORT, said(time="2020-02-03T08:15:30+07:00"), "clock"),
        (IMPORT, said(time="2026-01-31T23:59:59+07:00"), "clock"),
        (IMPORT, said(time="2026-02-01T00:00:00+07:00"), None),
        (
            IMPORT,
            said(time="2026-01-31T22:00:00+07:00", data={"unit": "kec-merauke", "ticket": "1"}),
            None,
        ),  # 00:00 WIT
        (IMPORT, said(time="2026-02-28T23:59:59+07:00"), "future"),  # expected, but not yet
        (Source(name="antrian"), said(time="1970-01-01T00:00:00Z"), None),  # no age limit
        (Source(name="antrian", tolerance_ms=2 * HOUR), said(time="2026-02-03T10:20:00+07:00"), None),
        (Source(name="antrian", tolerance_ms=2 * HOUR), said(time="2026-02-03T10:20:00.001+07:00"), "future"),
    ],
)
def test_a_source_has_its_units_its_tolerance_and_its_dates(source: Source, envelope: Any, code: str | None) -> None:
    judged = judge(envelope, source=source)
    assert (judged.code if isinstance(judged, Rejection) else None) == code


def test_a_clock_correction_decides_what_a_time_means_and_leaves_it_as_it_was_said() -> None:
    """|2012-02-09, as the source says| + 2881 days = 2019-12-30, inside what the import should hold."""
    wrong = said(time="2012-02-09T08:00:00+07:00")
    source = Source(name="antrian", live=False, expect_from=date(2019, 12, 30), expect_to=date(2020, 1, 22))
    assert refused(wrong, source=source).code == "clock"
    ruling = ClockCorrection(
        source="antrian", starts=0, ends=NOW - 1000 * DAY, shift_ms=2881 * DAY, version=1, reason="jam 2012"
    )
    event = accepted(wrong, source=source, known=registry(corrections=(ruling,)))
    assert event.time == 1_328_749_200_000
    assert event.arrival == NOW


def test_numbers_that_restart_daily_get_the_local_day_of_the_sources_own_time() -> None:
    data = accepted(
        said(time="2026-02-02T22:30:00+07:00", data={"unit": "kec-merauke", "ticket": "1"}), source=DAILY
    ).data
    assert isinstance(data, TicketCreated)
    assert data.service_day == date(2026, 2, 3)  # 00:30 in Merauke
    ruling = ClockCorrection(source="antrian", starts=0, ends=NOW, shift_ms=-DAY, version=1, reason="satu hari maju")
    ruled = accepted(said(), source=DAILY, known=registry(corrections=(ruling,)))
    assert ruled == accepted(said(), source=DAILY), "sent again after a ruling it is the same event of the same ticket"


def test_a_time_that_the_log_cannot_hold_is_refused_whatever_a_ruling_makes_of_it() -> None:
    raw = round(datetime(900, 2, 2, 8, tzinfo=UTC).timestamp() * 1000)
    ruling = ClockCorrection(
        source="antrian", starts=raw, ends=raw + 1, shift_ms=NOW - HOUR - raw, version=1, reason="tahun 900"
    )
    rejection = refused(said(time="0900-02-02T08:00:00Z"), source=DAILY, known=registry(corrections=(ruling,)))
    assert rejection.code == "clock"
    assert "1900-01-01" in rejection.reasons[0].rule


def test_a_service_day_that_was_said_is_kept_and_other_kinds_have_none() -> None:
    data = accepted(with_data(service_day="2026-01-30"), source=DAILY).data
    assert isinstance(data, TicketCreated)
    assert data.service_day == date(2026, 1, 30)
    assert accepted(with_data(), source=SOURCE).data == accepted(with_data()).data
    assert accepted(rating(), source=DAILY) == accepted(rating())


def test_times_inside_data_are_kept_in_utc_so_that_equal_contents_are_equal() -> None:
    at = [
        accepted(
            said(type="id.pantau.application.submitted", data={"unit": "kec-natar", "application": "p", "due": due})
        )
        for due in ("2026-02-10T07:00:00+07:00", "2026-02-10T00:00:00Z")
    ]
    assert at[0] == at[1]


DATA = said()["data"]


def hand_in(
    kind: str = "ticket.created",
    data: Any = None,
    id: Any = "antrian-1:7:created",
    time: Any = TIME,
    source: Source = SOURCE,
) -> Event | Rejection:
    return accept_data(
        kind, DATA if data is None else data, id=id, time=time, registry=REGISTRY, source=source, now=NOW, secret=SECRET
    )


def test_python_values_and_json_give_the_same_event() -> None:
    assert hand_in() == accepted(said())
    data = DATA | {"service_day": date(2026, 2, 3)}
    assert hand_in(data=data) == accepted(with_data(service_day="2026-02-03"))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "ticket.create"}, "unknown_kind", "type"),
        ({"id": ""}, "missing", "id"),
        ({"id": None}, "missing", "id"),
        ({"id": 7}, "type", "id"),
        ({"id": "x" * 257}, "type", "id"),
        ({"time": 1.5}, "type", "time"),
        ({"time": True}, "type", "time"),
        ({"time": 10**18}, "type", "time"),
        ({"time": -(10**13)}, "clock", "time"),
        ({"time": NOW + 6 * MINUTE}, "future", "time"),
        ({"data": DATA | {"ticket": "A\ud812"}}, "type", "data.ticket"),
        ({"id": "A\ud812"}, "type", "id"),
        ({"data": DATA | {"ticket": 10**30}}, "type", "data.ticket"),
        ({"data": DATA | {"ticket": NIK}}, "personal", "data.ticket"),
        ({"data": {}}, "missing", "data.ticket"),
    ],
)
def test_wrong_python_values_are_named_too(changes: dict[str, Any], code: str, field: str) -> None:
    rejection = hand_in(**changes)
    assert isinstance(rejection, Rejection)
    assert rejection.code == code
    assert field in [fault.field for fault in rejection.reasons]
    assert len(rejection.reasons) == (2 if changes.get("data") == {} else 1)
    assert personal.find(rejection.original.decode()) == ()


def test_python_values_have_the_same_limit_of_size() -> None:
    buckets = [{"upto_ms": limit, "n": limit} for limit in range(5_000)]
    data = {"unit": "kec-kalianda", "measure": "wait", "ends": "2026-02-03T08:20:00+07:00", "buckets": buckets}
    rejection = hand_in(kind="aggregate.reported", data=data)
    assert isinstance(rejection, Rejection)
    assert (rejection.code, len(rejection.reasons)) == ("oversize", 1)
    assert isinstance(hand_in(kind="aggregate.reported", data=data | {"buckets": buckets[:100]}), Event)


def test_a_refused_python_value_can_be_retried_as_the_event_it_is() -> None:
    rejection = hand_in(data=DATA | {"unit": "kec-baru", "service_day": date(2026, 2, 3)})
    assert isinstance(rejection, Rejection)
    assert rejection.retryable
    later = accepted(rejection.original, known=registry(unit("kec-baru")))
    assert later == accepted(with_data(unit="kec-baru", service_day="2026-02-03"), known=registry(unit("kec-baru")))


def test_a_transfer_to_another_unit_opens_a_ticket_there() -> None:
    event = accepted(
        transfer(to_unit="kec-natar", to_service="kk", service="ktp-el", channel="online", service_day="2026-02-03")
    )
    first, opened = expand(event)
    assert first is event
    assert (opened.id, opened.source, opened.kind) == (event.id + "/opens", event.source, "ticket.created")
    assert (opened.time, opened.arrival) == (event.time, event.arrival)
    assert opened.data == TicketCreated(
        unit="kec-natar",
        ticket="A012",
        service="kk",
        channel="online",
        service_day=date(2026, 2, 3),
        came_from="kec-kalianda",
    )
    assert opened.content == content_hash(opened.kind, opened.time, encode_data(opened.data))
    assert expand(event) == (first, opened)
    assert expand(opened) == (opened,)
    assert accepted(encode_event(opened)) == opened


def test_a_transfer_inside_the_unit_opens_nothing() -> None:
    event = accepted(transfer(to_counter="4"))
    assert expand(event) == (event,)
    assert expand(accepted(said())) == (accepted(said()),)
    same = msgspec.structs.replace(
        event, data=TicketTransferred(unit="kec-kalianda", ticket="1", to_unit="kec-kalianda")
    )
    assert expand(same) == (same,)
