"""What a sender is told, and what is kept: ``POST /v1/events`` against a runtime in memory."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from pantau.domain.wire import BATCH, STRUCTURED
from pantau.gateway.limits import GatewayLimits
from pantau.gateway.problems import STATUS, TEXTS, URN
from tests.gateway.office import (
    ELSEWHERE,
    HERE,
    IMPORT,
    KEY,
    NOW,
    OTHER_KEY,
    SOURCE,
    THERE,
    Clock,
    MemoryRuntime,
    app,
    at,
    encoded,
    event,
    key,
    registry,
)

Client = TestClient[Litestar]


def send(client: Client, *events: dict[str, Any], **headers: str) -> Any:
    return client.post("/v1/events", content=encoded(*events), headers=key() | {"content-type": BATCH} | headers)


def send_one(client: Client, sent: dict[str, Any], **headers: str) -> Any:
    body = msgspec.json.encode(sent)
    return client.post("/v1/events", content=body, headers=key() | {"content-type": STRUCTURED} | headers)


def test_structured_batched_and_binary_mode_say_the_same_event(client: Client, runtime: MemoryRuntime) -> None:
    sent = event("7", service="ktp-el")
    send_one(client, sent)
    send(client, sent)
    binary = {f"ce-{name}": sent[name] for name in ("specversion", "id", "source", "type", "time")}
    answer = client.post(
        "/v1/events",
        content=msgspec.json.encode(sent["data"]),
        headers=key() | binary | {"content-type": "application/json"},
    )
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1, "rejected": []}
    first, second, third = runtime.events
    assert first == second == third
    assert (first.id, first.data.unit, first.arrival) == ("7", HERE, NOW)


def test_a_batch_keeps_the_good_and_names_the_bad_with_all_their_faults(client: Client, runtime: MemoryRuntime) -> None:
    bad = event("2", unit="dukcapi", size="XL") | {"time": at(NOW + 86_400_000)}
    answer = send(client, event("1"), bad, event("3"))
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 2
    (rejected,) = answer.json()["rejected"]
    assert (rejected["index"], rejected["id"]) == (1, "2")
    assert {fault["field"] for fault in rejected["faults"]} == {"data.unit", "data.size", "time"}
    assert all(set(fault) == {"field", "value", "rule", "todo"} and fault["todo"] for fault in rejected["faults"])
    assert [event.id for event in runtime.events] == ["1", "3"]
    assert [rejection.id for rejection in runtime.rejections] == ["2"]


def test_when_no_event_is_good_the_answer_is_a_problem_and_all_are_kept(client: Client, runtime: MemoryRuntime) -> None:
    answer = send(client, event("1", unit="x"), event("2", unit="y"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == URN + "rejected"
    assert [rejected["index"] for rejected in answer.json()["rejected"]] == [0, 1]
    assert len(runtime.rejections) == 2
    assert not runtime.events


@given(st.lists(st.sampled_from(["good", "unit", "kind", "json"]), max_size=12))
def test_every_event_of_a_batch_is_either_accepted_or_rejected(fates: list[str]) -> None:
    def made(id: str, fate: str) -> Any:
        kinds: dict[str, Any] = {
            "good": event(id),
            "unit": event(id, unit="nowhere"),
            "kind": event(id, kind="ticket.eaten"),
            "json": 5,
        }
        return kinds[fate]

    runtime = MemoryRuntime(registry())
    with TestClient(app(runtime)) as client:
        answer = send(client, *(made(str(index), fate) for index, fate in enumerate(fates)))
    told = answer.json()
    good = [index for index, fate in enumerate(fates) if fate == "good"]
    assert [rejected["index"] for rejected in told.get("rejected", [])] == [
        index for index in range(len(fates)) if index not in good
    ]
    assert answer.status_code == (202 if good or not fates else 400 if set(fates) == {"json"} else 422)
    assert told.get("accepted", 0) == len(good)
    assert [event.id for event in runtime.events] == [str(index) for index in good]
    assert len(runtime.rejections) == len(fates) - len(good)


def test_the_same_events_again_are_answered_alike(client: Client, runtime: MemoryRuntime) -> None:
    first = send(client, event("1"), event("2"))
    again = send(client, event("1"), event("2"))
    assert (
        (first.status_code, first.json()) == (again.status_code, again.json()) == (202, {"accepted": 2, "rejected": []})
    )
    assert runtime.events[:2] == runtime.events[2:]


def test_a_transfer_to_another_unit_also_opens_a_ticket_there(client: Client, runtime: MemoryRuntime) -> None:
    answer = send_one(client, event("1", kind="ticket.transferred", to_unit=THERE))
    assert answer.json()["accepted"] == 1
    assert [(event.kind, event.data.unit) for event in runtime.events] == [
        ("ticket.transferred", HERE),
        ("ticket.created", THERE),
    ]


@pytest.mark.parametrize("body", [b"{", b"[{]", b"[" * 100_000, b"\xff\xfe", b""])
@pytest.mark.parametrize("content_type", [STRUCTURED, BATCH, "application/json"])
def test_what_is_not_json_is_refused_with_400_and_kept(runtime: MemoryRuntime, body: bytes, content_type: str) -> None:
    limits = GatewayLimits(event_bytes=1_000_000)
    with TestClient(app(runtime, limits)) as client:
        answer = client.post("/v1/events", content=body, headers=key() | {"content-type": content_type})
    assert answer.status_code == 400
    assert answer.json()["type"] == URN + "malformed"
    (kept,) = runtime.rejections
    assert kept.code == "malformed"
    told = answer.json()
    assert told.get("faults") or told["rejected"][0]["faults"]


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": ""}, {"authorization": "Basic abc"}, {"authorization": "Bearer "}]
)
def test_without_a_key_nothing_is_read_or_kept(client: Client, runtime: MemoryRuntime, headers: dict[str, str]) -> None:
    answer = client.post("/v1/events", content=encoded(event()), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, URN + "no-key")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not runtime.events
    assert not runtime.rejections


def test_an_unknown_key_is_refused(client: Client, runtime: MemoryRuntime) -> None:
    for wrong in (KEY[:-1], KEY + "x", KEY.upper(), "none", "é"):
        answer = client.post(
            "/v1/events", content=encoded(event()), headers=[(b"authorization", b"Bearer " + wrong.encode())]
        )
        assert (answer.status_code, answer.json()["type"]) == (401, URN + "unknown-key")
    assert not runtime.events


def test_a_new_registry_ends_an_old_key_at_once(client: Client, runtime: MemoryRuntime) -> None:
    assert send(client, event()).status_code == 202
    runtime.registry = registry(key="pantau_new")
    assert send(client, event()).status_code == 401
    assert send(client, event(), **key("pantau_new")).status_code == 202


def test_a_key_speaks_only_for_its_own_source(client: Client, runtime: MemoryRuntime) -> None:
    answer = send(client, event("1") | {"source": IMPORT})
    assert (answer.status_code, answer.json()["type"]) == (403, URN + "not-allowed")
    assert answer.json()["rejected"][0]["faults"][0]["field"] == "source"
    assert runtime.rejections[0].source == SOURCE
    answer = send(client, event("1") | {"source": IMPORT}, **key(OTHER_KEY))
    assert answer.status_code == 202
    assert runtime.events[0].source == IMPORT


def test_a_key_speaks_only_for_the_units_of_its_source(client: Client, runtime: MemoryRuntime) -> None:
    answer = send(client, event("1", unit=ELSEWHERE), event("2", unit=ELSEWHERE))
    assert answer.status_code == 403
    assert not runtime.events
    mixed = send(client, event("1", unit=ELSEWHERE), event("2"))
    assert mixed.status_code == 202
    assert [rejected["code"] for rejected in mixed.json()["rejected"]] == ["not_allowed"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "text/csv"}, b"id;time"),
        ({"content-type": "application/xml"}, b"<event/>"),
        ({"content-type": STRUCTURED, "content-encoding": "gzip"}, b"\x1f\x8b"),
    ],
)
def test_other_content_is_refused_with_415(client: Client, headers: dict[str, str], body: bytes) -> None:
    answer = client.post("/v1/events", content=body, headers=key() | headers)
    assert (answer.status_code, answer.json()["type"]) == (415, URN + "unsupported-type")
    assert STRUCTURED in answer.json()["detail"]


def test_personal_data_is_neither_kept_nor_sent_back(client: Client, runtime: MemoryRuntime) -> None:
    nik, phone = "1801060107900001", "0812-3456-7890"
    answer = send(client, event("1", ticket=nik, nama="Budi Santoso"), event("2", service=f"WA {phone}"))
    assert answer.status_code == 422
    for secret in (nik, phone, "Budi"):
        assert secret not in answer.text
        assert all(secret.encode() not in rejection.original for rejection in runtime.rejections)
    assert {rejected["code"] for rejected in answer.json()["rejected"]} == {"personal"}


def test_reasons_are_indonesian_unless_english_is_asked_for(client: Client) -> None:
    bad = event("1", unit="nowhere")
    indonesian, english = send(client, bad), send(client, bad, **{"accept-language": "en-GB, id;q=0.5"})
    assert indonesian.json()["title"] == TEXTS["rejected"]["id"][0]
    assert english.json()["title"] == TEXTS["rejected"]["en"][0]
    assert indonesian.json()["rejected"][0]["faults"][0]["rule"] == "unit tidak ada di registri"
    assert english.json()["rejected"][0]["faults"][0]["rule"] == "no such unit in the registry"


def test_an_empty_batch_is_accepted(client: Client, runtime: MemoryRuntime) -> None:
    assert send(client).json() == {"accepted": 0, "rejected": []}
    assert not runtime.events


def test_an_address_or_a_method_that_is_not_served_is_a_problem_too(client: Client) -> None:
    nowhere = client.get("/v1/nothing")
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, URN + "not-found")
    wrong = client.put("/v1/events")
    assert (wrong.status_code, wrong.json()["type"]) == (405, URN + "method-not-allowed")
    assert "POST" in wrong.headers["allow"]


def test_every_problem_has_a_status_and_words_in_both_languages() -> None:
    assert set(STATUS) == set(TEXTS)
    assert all(set(words) == {"id", "en"} for words in TEXTS.values())


def test_what_was_counted_can_be_read(client: Client) -> None:
    send(client, event("1"), event("2", unit="nowhere"))
    client.post("/v1/events", content=b"")
    shown = client.get("/metrics").text
    assert 'pantau_gateway_requests_total{status="202"} 1.0' in shown
    assert 'pantau_gateway_requests_total{status="401"} 1.0' in shown
    assert f'pantau_gateway_events_total{{outcome="accepted",source="{SOURCE}"}} 1.0' in shown
    assert f'pantau_gateway_rejections_total{{code="unknown_unit",source="{SOURCE}"}} 1.0' in shown
    assert "pantau_gateway_request_seconds_count 2.0" in shown


def test_two_gateways_in_one_process_count_apart() -> None:
    runtime = MemoryRuntime(registry())
    with TestClient(app(runtime)) as one, TestClient(app(runtime, clock=Clock())) as other:
        send(one, event())
        assert 'status="202"' not in other.get("/metrics").text
