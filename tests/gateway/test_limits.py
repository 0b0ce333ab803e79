"""Limits of size and rate: what is too much is told at once, nothing more of it is read, and waiting helps."""

import asyncio
import http.client
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from pantau.domain.errors import BadSetup
from pantau.domain.wire import STRUCTURED
from pantau.gateway.limits import Allowance, GatewayLimits
from pantau.gateway.problems import URN
from tests.gateway.office import NOW, SOURCE, Clock, MemoryRuntime, app, encoded, event, key, registry

SMALL = GatewayLimits(
    request_bytes=4096, batch_events=10, event_bytes=512, events_per_second=10, burst_events=20, refusal_cost=5
)


class Stream:
    """A request body that is asked for piece by piece, and counts how many pieces were taken."""

    def __init__(self, piece: bytes, headers: dict[str, str]) -> None:
        self.piece = piece
        self.taken = 0
        self.answer: list[Any] = []
        fields = [(name.encode(), value.encode()) for name, value in (key() | headers).items()]
        self.scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/v1/events",
            "raw_path": b"/v1/events",
            "root_path": "",
            "query_string": b"",
            "headers": fields,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }

    async def receive(self) -> dict[str, Any]:
        self.taken += 1
        assert self.taken < 100, "this body would be read for ever"
        return {"type": "http.request", "body": self.piece, "more_body": True}

    async def send(self, message: Any) -> None:
        self.answer.append(message)

    def post(self, limits: GatewayLimits) -> tuple[int, dict[bytes, bytes]]:
        asked = app(MemoryRuntime(registry()), limits)
        asyncio.run(asked(self.scope, self.receive, self.send))  # type: ignore[arg-type]
        return self.answer[0]["status"], dict(self.answer[0]["headers"])


def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    stream = Stream(b" " * 1000, {"content-length": "4097", "content-type": STRUCTURED})
    assert stream.post(SMALL)[0] == 413
    assert stream.taken == 0


def test_an_endless_body_is_cut_at_the_limit_and_the_connection_closed() -> None:
    stream = Stream(b" " * 1000, {"transfer-encoding": "chunked", "content-type": STRUCTURED})
    status, headers = stream.post(SMALL)
    assert (status, headers[b"connection"]) == (413, b"close")
    assert stream.taken == 5  # 4 * 1000 fit into 4096, the fifth does not


def test_without_a_known_key_no_byte_of_the_body_is_read() -> None:
    stream = Stream(b" ", {"transfer-encoding": "chunked", "authorization": "Bearer nobody"})
    status, headers = stream.post(SMALL)
    assert (status, headers[b"connection"]) == (401, b"close")
    assert stream.taken == 0


def test_a_sender_over_http_hears_of_a_body_that_is_too_long(served: tuple[str, int]) -> None:
    """A real socket: the answer must arrive although the sender is still sending, and the connection must go on."""
    connection = http.client.HTTPConnection(*served, timeout=20)
    for size in (GatewayLimits().request_bytes + 1, 3 * GatewayLimits().request_bytes):
        connection.request("POST", "/v1/events", body=b"[" + b" " * (size - 2) + b"]", headers=key())
        answer = connection.getresponse()
        assert answer.status == 413
        assert msgspec.json.decode(answer.read())["type"] == URN + "too-large"
    connection.request("POST", "/v1/events", body=encoded(event()), headers=key())
    assert connection.getresponse().status == 202
    connection.close()


def test_a_chunked_body_within_the_limit_is_accepted(served: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*served, timeout=20)
    body = encoded(event("1"), event("2"))
    connection.request("POST", "/v1/events", body=iter([body[:20], body[20:]]), headers=key(), encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, msgspec.json.decode(answer.read())["accepted"]) == (202, 2)
    connection.close()


def test_a_request_of_exactly_the_limit_is_read() -> None:
    runtime = MemoryRuntime(registry())
    body = encoded(event("1"))
    for limit, status in ((len(body), 202), (len(body) - 1, 413)):
        limits = GatewayLimits(request_bytes=limit)
        with TestClient(app(runtime, limits)) as client:
            assert client.post("/v1/events", content=body, headers=key()).status_code == status


def test_too_many_events_in_one_request_are_refused_whole() -> None:
    runtime = MemoryRuntime(registry())
    with TestClient(app(runtime, SMALL)) as client:
        ten = [event(str(number)) for number in range(10)]
        assert client.post("/v1/events", content=encoded(*ten), headers=key()).status_code == 202
        answer = client.post("/v1/events", content=encoded(*ten, event("11")), headers=key())
        assert (answer.status_code, answer.json()["type"]) == (413, URN + "too-many")
    assert len(runtime.events) == 10


def test_an_event_that_is_too_large_is_refused_and_its_beginning_kept() -> None:
    runtime = MemoryRuntime(registry())
    large = event("1", service="x" * 600)
    with TestClient(app(runtime, SMALL)) as client:
        alone = client.post("/v1/events", content=encoded(large), headers=key())
        assert (alone.status_code, alone.json()["type"]) == (413, URN + "too-large")
        assert alone.json()["rejected"][0]["code"] == "oversize"
        among = client.post("/v1/events", content=encoded(large, event("2")), headers=key())
        assert (among.status_code, among.json()["accepted"]) == (202, 1)
    assert [rejection.code for rejection in runtime.rejections] == ["oversize", "oversize"]


def test_who_sends_too_fast_is_told_when_to_come_back() -> None:
    runtime, clock = MemoryRuntime(registry()), Clock()
    ten = encoded(*(event(str(number)) for number in range(10)))
    with TestClient(app(runtime, SMALL, clock)) as client:
        statuses = [client.post("/v1/events", content=ten, headers=key()).status_code for _ in range(3)]
        assert statuses == [202, 202, 429]
        refused = client.post("/v1/events", content=ten, headers=key())
        assert (refused.json()["type"], refused.headers["retry-after"]) == (URN + "rate-limited", "1")
        assert len(runtime.events) == 20
        clock.now += 1000 * int(refused.headers["retry-after"])
        assert client.post("/v1/events", content=ten, headers=key()).status_code == 202


def test_one_source_that_runs_wild_takes_nothing_from_another() -> None:
    runtime = MemoryRuntime(registry())
    with TestClient(app(runtime, SMALL)) as client:
        ten = encoded(*(event(str(number)) for number in range(10)))
        assert [client.post("/v1/events", content=ten, headers=key()).status_code for _ in range(3)][-1] == 429
        other = event() | {"source": "impor"}
        answer = client.post("/v1/events", content=encoded(other), headers=key("pantau_of-the-import-of-everything"))
        assert answer.status_code == 202


def test_refused_events_count_for_more_than_accepted_ones() -> None:
    """20 events may be sent at once; four refused ones count as twenty, and a fifth finds nothing left."""
    runtime = MemoryRuntime(registry())
    bad = [event(str(number), unit="nowhere") for number in range(4)]
    with TestClient(app(runtime, SMALL)) as client:
        assert client.post("/v1/events", content=encoded(*bad), headers=key()).status_code == 422
        assert client.post("/v1/events", content=encoded(event("5")), headers=key()).status_code == 429


def test_limits_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(BadSetup, match="burst_events"):
        GatewayLimits(batch_events=100, burst_events=99)
    with pytest.raises(BadSetup, match="request_bytes"):
        GatewayLimits(request_bytes=0)


UNEVEN = GatewayLimits(batch_events=10, events_per_second=7, burst_events=20)
"""A rate that does not divide a second."""

steps = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 30), st.booleans()), max_size=40)


@given(steps)
def test_nobody_gets_more_than_the_burst_and_the_rate(steps: list[tuple[int, int, bool]]) -> None:
    clock = Clock()
    allowance = Allowance(UNEVEN, clock)
    taken = 0
    for passed, events, charged in steps:
        clock.now += passed
        if charged:
            allowance.charge(SOURCE, events)
            taken += events
        elif allowance.take(SOURCE, events) == 0:
            taken += events
            assert taken * 1000 <= UNEVEN.burst_events * 1000 + (clock.now - NOW) * UNEVEN.events_per_second


@given(steps, st.integers(1, 20))
def test_after_the_wait_that_was_told_the_events_pass_and_not_a_millisecond_before(
    steps: list[tuple[int, int, bool]], events: int
) -> None:
    clock = Clock()
    allowance = Allowance(UNEVEN, clock)
    for passed, before, charged in steps:
        clock.now += passed
        if charged:
            allowance.charge(SOURCE, before)
        else:
            allowance.take(SOURCE, before)
    wait = allowance.wait(SOURCE, events)
    if wait:
        clock.now += wait - 1
        assert allowance.take(SOURCE, events) == 1
        clock.now += 1
    assert allowance.take(SOURCE, events) == 0


def test_a_clock_set_back_takes_nothing_away() -> None:
    clock = Clock()
    allowance = Allowance(SMALL, clock)
    assert allowance.take(SOURCE, 10) == 0
    clock.now -= 1_000_000
    assert allowance.wait(SOURCE, 10) == 0
    assert allowance.take(SOURCE, 10) == 0
    assert allowance.wait(SOURCE, 1) == 100
