"""``pantau gateway`` as a process on a real Kafka: what comes in over HTTP is on the bus, what is wrong is told."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pantau.domain.events import TicketCreated
from producers.topics import create
from tests.architecture.tree import ROOT
from tests.gateway.bus_process import Gateway, first_heard, gateway, heard, numbered, refused
from tests.gateway.office import ELSEWHERE, KEY, OTHER_KEY, event
from tests.gateway.office_file import registry_toml
from tests.support.kafka import Broker, eventually


@pytest.fixture
def served(own_kafka: Broker, tmp_path: Path) -> Iterator[Gateway]:
    create([own_kafka.bootstrap])
    with gateway(own_kafka.bootstrap, tmp_path) as running:
        eventually(lambda: running.condition()["bus"] == "answers", "the bus to be found", running.log)
        yield running


@pytest.mark.slow
def test_what_is_accepted_is_on_the_bus_and_what_is_refused_too(served: Gateway, own_kafka: Broker) -> None:
    bus = own_kafka.bootstrap
    answer = served.post([event("1"), event("2", unit=ELSEWHERE), event("3", ticket="A-1", phone="0812345678901")])
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    eventually(lambda: len(heard(bus)) == 1 and len(refused(bus)) == 2, "all of it on the bus", served.log)
    (arrived,) = heard(bus)
    assert (arrived.id, arrived.kind) == ("1", "ticket.created")
    assert isinstance(arrived.data, TicketCreated)
    assert arrived.arrival > arrived.time
    kept = {each.id: each for each in refused(bus)}
    assert {id: each.code for id, each in kept.items()} == {"2": "unknown_unit", "3": "personal"}
    assert b"0812345678901" not in kept["3"].original
    assert served.post([event("4", unit="")]).status_code == 422
    eventually(lambda: len(refused(bus)) == 3, "the refusal on the bus", served.log)

    assert served.condition() == {
        "status": "ready", "bus": "answers", "spooled_events": 0, "spool_bytes": 0, "set_aside_files": 0,
        "registry": "current",
    }  # fmt: skip
    metrics = served.metrics()
    assert 'pantau_gateway_events_total{outcome="accepted",source="antrian-dukcapil"} 1.0' in metrics
    assert served.stop() == 0
    assert [path.name for path in sorted(served.spool.iterdir())] == ["lock", "secret"]


@pytest.mark.slow
def test_a_changed_registry_file_is_in_force_and_a_broken_one_is_not(served: Gateway) -> None:
    assert served.post(numbered(0, 1), OTHER_KEY).status_code == 401
    served.registry.write_text(registry_toml(OTHER_KEY))
    served.hang_up()
    eventually(lambda: served.post(numbered(0, 1), OTHER_KEY).status_code == 202, "the new key", served.log)
    assert served.post(numbered(0, 1), KEY).status_code == 401
    served.registry.write_text("[[unit]]")
    eventually(lambda: served.condition()["registry"] == "stale", "the fault to be seen", served.log)
    assert served.post(numbered(1, 1), OTHER_KEY).status_code == 202


@pytest.mark.slow
def test_it_starts_without_the_bus_and_stops_in_good_order_with_events_in_the_spool(
    own_kafka: Broker, tmp_path: Path
) -> None:
    create([own_kafka.bootstrap])
    own_kafka.stop()
    with gateway(own_kafka.bootstrap, tmp_path, spool_after_seconds="0.3") as served:
        for number in range(5):
            assert served.post(numbered(number, 1)).status_code == 202
        assert served.condition()["spooled_events"] == 5
        secret = (served.spool / "secret").read_text()
        assert served.stop() == 0
        own_kafka.start()
        served.start()
        assert served.post(numbered(5, 1)).status_code == 202
        served.drained()
        assert first_heard(own_kafka.bootstrap) == [*range(6)]
        assert (served.spool / "secret").read_text() == secret
        other = subprocess.run(
            [sys.executable, "-m", "pantau.cli.main", "gateway", "--bus", f"kafka://{own_kafka.bootstrap}",
             "--registry", served.registry, "--spool", served.spool, "--port", "0"],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (other.returncode, "another process has this spool" in other.stderr) == (4, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "the bus is not given"),
        (("--bus", "http://127.0.0.1:9092"), "write --bus kafka://host:port"),
        (("--bus", "kafka://127.0.0.1:1"), "a gateway needs the registry"),
        (("--bus", "kafka://127.0.0.1:1", "--registry", "none.toml"), "none.toml cannot be read"),
    ],
)
def test_a_wrong_set_up_is_told(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pantau.cli.main", "gateway", *arguments],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert (ran.returncode, said in ran.stderr) == (2, True), ran.stderr


def test_a_gateway_on_a_bus_loads_neither_engine_nor_stream_processor() -> None:
    code = "import sys, pantau.distributed.gateway; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "kafka" in loaded
    assert not {"chdb", "faust", "clickhouse_driver", "pantau.embedded", "storage", "stream_processors"} & loaded
