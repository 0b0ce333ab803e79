"""``--to kafka://…``: files and simulated worlds onto the bus, judged on the way; the verbs from the outside."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from pantau.bus.records import unpack, unpack_rejection
from pantau.bus.topics import EVENTS, REJECTED, TOPICS
from pantau.cli.main import app
from pantau.domain.errors import BadSetup, NotNow
from producers.bus_sink import BusSink
from producers.publishing import Bounds, Publisher
from producers.topics import create
from tests.bus.reading import events_of, records, topics
from tests.bus.test_publishing import large
from tests.strategies import MONDAY, event
from tests.support.kafka import Broker, eventually, free_ports

SOURCE = """
[[source]]
name = "antrian-mpp"
live = false
numbers_restart = "daily"
"""

runner = CliRunner()


def pantau(*arguments: str, code: int = 0) -> str:
    result = runner.invoke(app, [*arguments])
    assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
    return result.output


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a day's table of tickets, one row of it from a unit that the registry does not have."""
    monkeypatch.setenv("PANTAU_SECRET", "0f" * 32)
    monkeypatch.chdir(tmp_path)
    pantau("simulate", "--format", "csv", "--days", "1", "--registry", "registry.toml", "--out", "all.csv")
    header, *rows = Path("all.csv").read_text().splitlines()
    wrong = rows[-1].replace(rows[-1].split(",")[1], "nowhere")
    Path("tickets.csv").write_text("\n".join([header, *rows[:60], wrong]) + "\n")
    with Path("registry.toml").open("a") as file:
        file.write(SOURCE)
    shipped = pantau("mapping", "show", "antrian_mpp")
    Path("tickets.toml").write_text(shipped.replace('unit = "mpp"', 'unit = "{unit}"'))
    return tmp_path


def on_the_bus(broker: str) -> Counter[tuple[str, str]]:
    return Counter((one.source, one.id) for one in events_of(records(broker, EVENTS)))


def test_from_topics_to_a_replay_and_a_simulation(own_kafka: Broker, office: Path) -> None:
    bus = f"kafka://{own_kafka.bootstrap}"
    assert "missing" in pantau("topics", "check", "--bus", bus, code=1)
    assert pantau("topics", "create", "--bus", bus).splitlines() == [f"{topic.name}: made" for topic in TOPICS]
    assert "as declared" in pantau("topics", "create", "--bus", bus)
    assert "as declared" in pantau("topics", "check", "--bus", bus)

    replay = ("replay", "tickets.csv", "-m", "tickets.toml", "--to", bus, "--lang", "en")
    said = pantau(*replay, "--registry", "registry.toml")
    sent = on_the_bus(own_kafka.bootstrap)
    assert f"{sent.total()} events accepted from 61 rows" in said
    assert sent.total() > 180
    assert set(sent.values()) == {1}
    refused = [unpack_rejection(record.value) for record in records(own_kafka.bootstrap, REJECTED)]
    assert {rejection.code for rejection in refused} == {"unknown_unit"}
    assert f"{len(refused)} refused and kept" in said

    pantau(*replay, "--registry", "registry.toml", "--speed", "100000x")
    again = on_the_bus(own_kafka.bootstrap)
    assert set(again) == set(sent), "the same rows give the same events"

    pantau("simulate", "--world", "load:2x10", "--first-day", "2026-03-02", "--days", "1", "--to", bus, "--speed", "0")
    simulated = on_the_bus(own_kafka.bootstrap) - again
    assert simulated.total() == len(simulated) == 80
    assert {source.rpartition("/")[0] for source, _ in simulated} == {"/simulasi/antrian"}


def test_what_is_missing_is_said_before_anything_is_sent(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (port,) = free_ports(1)
    replay = ["replay", "tickets.csv", "-m", "tickets.toml", "--to", f"kafka://127.0.0.1:{port}"]
    result = runner.invoke(app, replay)
    assert isinstance(result.exception, BadSetup)
    assert "--registry registry.toml or PANTAU_REGISTRY" in str(result.exception)
    monkeypatch.setattr("pantau.cli.onto_bus.READY_SECONDS", 0.5)
    result = runner.invoke(app, [*replay, "--registry", "registry.toml"])
    assert isinstance(result.exception, NotNow)
    assert f"127.0.0.1:{port}" in str(result.exception)
    monkeypatch.delenv("PANTAU_SECRET")
    result = runner.invoke(app, [*replay, "--registry", "registry.toml"])
    assert isinstance(result.exception, BadSetup)
    assert "PANTAU_SECRET" in str(result.exception)


def test_what_a_broker_did_not_take_is_sent_again_until_it_does(own_kafka: Broker) -> None:
    of = topics(own_kafka.bootstrap)
    sent = [event("ticket.created", MONDAY + at, id=f"e{at}", ticket=f"A{at}") for at in range(400)]
    bounds = Bounds(delivery_seconds=1)
    with Publisher([own_kafka.bootstrap], events=of[0], rejected=of[1], bounds=bounds) as publisher:
        sink = BusSink(publisher)
        sink.put(sent[:100], [])
        sink.durable()
        own_kafka.kill()
        sink.put(sent[100:], [])
        eventually(lambda: publisher.counts().failed == 300, "what was sent to fail")
        own_kafka.start()
        sink.durable()
        assert publisher.counts().events == 400
    assert {one.id for one in events_of(records(own_kafka.bootstrap, of[0]))} == {one.id for one in sent}


def test_a_sink_gives_up_when_its_patience_ends(own_kafka: Broker) -> None:
    of = topics(own_kafka.bootstrap)
    bounds = Bounds(delivery_seconds=1)
    with Publisher([own_kafka.bootstrap], events=of[0], rejected=of[1], bounds=bounds) as publisher:
        publisher.ready(60)
        sink = BusSink(publisher, patience_seconds=0.5)
        own_kafka.stop()
        sink.put([event("ticket.created", MONDAY, ticket="A1")], [])
        with pytest.raises(NotNow):
            sink.durable()


def test_what_the_bus_never_takes_comes_there_as_a_refusal_and_the_rest_goes_on(kafka: str) -> None:
    of = topics(kafka, partitions=1)
    narrow = msgspec.structs.replace(of[0], name=of[0].name + ".narrow", record_bytes=5_000)
    create([kafka], [narrow])
    sent = [event("ticket.created", MONDAY + at, id=f"e{at}", ticket=f"A{at}") for at in range(60)]
    sent[41] = large(20_000)
    declared = msgspec.structs.replace(narrow, record_bytes=100_000)
    with Publisher([kafka], events=declared, rejected=of[1]) as publisher:
        strict = BusSink(publisher)
        strict.put([sent[41]], [])
        with pytest.raises(NotNow, match="pantau topics check"):
            strict.durable()
        sink = BusSink(publisher, secret=bytes(32))
        sink.put(sent, [])
        sink.durable()
    assert [one.id for one in events_of(records(kafka, narrow))] == [one.id for one in sent if one is not sent[41]]
    (refused,) = [unpack_rejection(record.value) for record in records(kafka, of[1])]
    assert (refused.id, refused.code, refused.retryable) == ("large", "oversize", True)
    assert unpack(b"[" + refused.original + b"]")[0].data == sent[41].data
