"""202 means durable: what is answered before, after and instead of it."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from pantau.gateway.limits import GatewayLimits
from pantau.gateway.problems import URN
from tests.gateway.office import KEY, MemoryRuntime, app, encoded, event, key, registry

Client = TestClient[Litestar]


def post(client: Client, *events: dict[str, Any]) -> Any:
    return client.post("/v1/events", content=encoded(*events), headers=key())


class Slow(MemoryRuntime):
    """Tells when something was handed in, and lets it become durable when it is told to."""

    def __init__(self) -> None:
        super().__init__(registry())
        self.held = []
        self.handed_in = threading.Semaphore(0)

    def _future(self) -> "Future[Any]":
        future = super()._future()
        self.handed_in.release()
        return future


@pytest.mark.parametrize("last", ["events", "rejections"])
def test_nothing_is_answered_before_events_and_rejections_are_durable(last: str) -> None:
    runtime = Slow()
    with TestClient(app(runtime)) as client, ThreadPoolExecutor(1) as sender:
        answer = sender.submit(post, client, event("1"), event("2", unit="nowhere"))
        assert runtime.handed_in.acquire(timeout=20)
        assert runtime.handed_in.acquire(timeout=20)
        events, rejections = runtime.held or []
        first, second = (rejections, events) if last == "events" else (events, rejections)
        assert not answered(client, answer)
        first.set_result(None)
        assert not answered(client, answer)
        second.set_result(None)
        assert answer.result(timeout=20).status_code == 202


def answered(client: Client, answer: "Future[Any]") -> bool:
    """Whether the answer is there, after the server has had its turn a few times."""
    for _ in range(5):
        assert client.get("/health/live").status_code == 200
    return answer.done()


def test_giving_up_the_wait_says_503_and_cancels_nothing() -> None:
    runtime = Slow()
    with TestClient(app(runtime, GatewayLimits(durable_wait_seconds=0.05, retry_after_seconds=7))) as client:
        answer = post(client, event("1"))
        assert (answer.status_code, answer.json()["type"]) == (503, URN + "not-now")
        assert answer.headers["retry-after"] == "7"
        (events,) = runtime.held or []
        assert not events.cancelled()
        events.set_result(None)  # the writer finishes what it had taken
        runtime.held = None
        assert post(client, event("1")).status_code == 202


def test_a_full_queue_says_503_with_retry_after(client: Client, runtime: MemoryRuntime) -> None:
    runtime.busy = True
    for sent in (event("1"), event("2", unit="nowhere")):
        answer = post(client, sent)
        assert (answer.status_code, answer.json()["type"]) == (503, URN + "not-now")
        assert answer.headers["retry-after"] == "2"
    assert "200000" not in answer.text
    assert 'status="202"' not in client.get("/metrics").text


def test_readiness_follows_the_writer() -> None:
    runtime = MemoryRuntime(registry())
    with TestClient(app(runtime)) as client:
        assert client.get("/health/ready").status_code == 200
        runtime.busy = True
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()["type"]) == (503, URN + "not-ready")
        assert client.get("/health/live").status_code == 200


def test_a_bug_is_told_as_500_without_its_details_and_logged_without_keys(capfd: Any) -> None:
    runtime = MemoryRuntime(registry())
    runtime.failure = RuntimeError("disk on fire")
    with TestClient(app(runtime), raise_server_exceptions=False) as client:
        answer = post(client, event("1"))
        assert (answer.status_code, answer.json()["type"]) == (500, URN + "internal")
        assert "fire" not in answer.text
        assert 'pantau_gateway_requests_total{status="500"} 1.0' in client.get("/metrics").text
    logged = "".join(capfd.readouterr())
    assert "disk on fire" in logged
    assert KEY not in logged
