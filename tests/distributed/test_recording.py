"""A training recorded on the page of a server's tables comes onto the bus as a gateway would have sent it."""

import re
from pathlib import Path

from litestar import Litestar
from litestar.testing import TestClient

from dashboards.live.viewers import Access, Viewer, token_hash
from pantau.distributed.recording import BusRuntime, recording_on_the_bus
from pantau.domain.registry import Registry, Source
from pantau.settings import load
from pantau.web.record_page import Recording, routes
from pantau.web.recording import SOURCE
from producers.publishing import Publisher
from storage.engine import Answer
from tests.alerts.world import REGISTRY, at
from tests.bus.reading import events_of, records, topics

CAMAT = Viewer(name="Camat", token_hash=token_hash("camat"), may_record=True)


class Tables:
    """Tables whose registry lets the page record."""

    registry = Registry.from_rows(
        [*REGISTRY.to_rows()[1:], *Registry(sources=[Source(name=SOURCE, live=False)]).to_rows()]
    )

    def query(self, name: str, params: object = None) -> Answer:
        raise AssertionError("only the registry is asked for")


def test_it_comes_onto_the_bus_and_waits_to_be_told_while_there_is_none(kafka: str) -> None:
    events, rejected = topics(kafka)
    with Publisher([kafka], events=events, rejected=rejected) as publisher:
        publisher.ready(30)
        recording = Recording(
            BusRuntime(Tables(), publisher), lambda: at(20, 9), secret=b"x" * 32, at_the_machine=False
        )
        app = Litestar(route_handlers=routes(recording, Access(viewers=(CAMAT,))), openapi_config=None)
        with TestClient(app) as client:
            client.headers["authorization"] = "Bearer camat"
            hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', client.get("/catat").text))
            training = {"kind": "9", "title": "Seminar etika", "starts": "2026-03-02", "ends": "2026-03-02"}
            filled = {**hidden, **training, "jp": "8", "participants": "3", "completed": "1", "units": ["u0", "u2"]}
            assert client.post("/catat", data=filled, follow_redirects=False).status_code == 303
            publisher.close()
            later = client.post("/catat", data=filled, follow_redirects=False)
            assert later.status_code == 503
            assert "simpan lagi" in later.text
            assert 'value="Seminar etika"' in later.text
    sent = events_of(records(kafka, events))
    assert sorted((event.kind, event.source, event.data.unit) for event in sent) == [
        ("training.recorded", SOURCE, "u0"),
        ("training.recorded", SOURCE, "u2"),
    ]


def test_a_page_without_viewers_or_without_the_bus_records_nothing(tmp_path: Path) -> None:
    for given in ({"bus": "kafka://localhost:9092"}, {"viewers": tmp_path / "viewers.toml"}):
        with recording_on_the_bus(Tables(), load(given).settings) as recording:
            assert recording is None
