"""The gateway on the real runtime: what was answered is in the tables, also after a restart."""

from pathlib import Path

from litestar.testing import TestClient

from pantau.embedded.runtime import Runtime
from pantau.gateway.limits import GatewayLimits
from tests.gateway.office import THERE, Clock, app, encoded, event, key, registry


def test_what_was_answered_is_stored_and_sending_again_changes_nothing(tmp_path: Path) -> None:
    transfer = event("3", kind="ticket.transferred", to_unit=THERE)
    sent = encoded(event("1"), event("2", unit="nowhere"), transfer)
    runtime = Runtime.open(tmp_path, registry=registry(), clock=Clock())
    try:
        with TestClient(app(runtime)) as client:
            answer = client.post("/v1/events", content=sent, headers=key())
            assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
            assert client.get("/health/ready").status_code == 200
        runtime.settled()
        visits = runtime.query("count_visits").rows
        (kept,) = runtime.between_flushes(runtime.rejects().open)
        assert (kept.id, kept.code, kept.seen) == ("2", "unknown_unit", 1)
    finally:
        runtime.close()

    runtime = Runtime.open(tmp_path, registry=None, clock=Clock())
    try:
        with TestClient(app(runtime)) as client:
            assert client.post("/v1/events", content=sent, headers=key()).json() == answer.json()
        runtime.settled()
        assert runtime.query("count_visits").rows == visits
        (kept,) = runtime.between_flushes(runtime.rejects().open)
        assert (kept.code, kept.seen) == ("unknown_unit", 2)
        assert runtime.verify().equal
    finally:
        runtime.close()


def test_a_runtime_that_was_stopped_promises_nothing(tmp_path: Path) -> None:
    runtime = Runtime.open(tmp_path, registry=registry(), clock=Clock())
    limits = GatewayLimits(durable_wait_seconds=0.3)
    with TestClient(app(runtime, limits)) as client:
        try:
            assert client.post("/v1/events", content=b"[]", headers=key()).json() == {"accepted": 0, "rejected": []}
            assert client.post("/v1/events", content=encoded(event()), headers=key()).status_code == 202
        finally:
            runtime.close()
        assert client.post("/v1/events", content=encoded(event()), headers=key()).status_code == 503
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200
