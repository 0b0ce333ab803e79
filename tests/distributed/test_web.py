"""The live page on a server's tables: it follows what workers write, and tells when the tables are away."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pantau.distributed.desk import ServerDesk
from pantau.distributed.web import run_web
from pantau.domain.errors import BadSetup
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.zones import HOUR, MINUTE
from pantau.settings import load
from storage.address import open_server
from storage.migrate import migrate
from storage.store import Store
from storage.verify import verify
from tests.distributed.bus import Bus
from tests.distributed.bus import Process as Worker
from tests.strategies import registry, ticket
from tests.support.bridge import Bridge
from tests.support.processes import Process


def _noon() -> str:
    """A zone where it is between 12 and 13 now, so that no day ends and no office closes while a test runs."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def wall() -> int:
    return time.time_ns() // 1_000_000


class Tables:
    """A server's tables, and the worker that writes to them."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.registry: Registry = registry(zones={"dukcapil": _noon(), "camat": _noon()})
        self._engine = open_server(address)
        migrate(self._engine)
        desk = ServerDesk(address)
        desk.load_registry(self.registry)
        desk.close()

    def write(self, *events: Event) -> None:
        """What one worker writes of these events, until it is stopped."""
        store = Store(self._engine)
        bus = Bus(2)
        bus.send(events)
        worker = Worker(store, bus)
        worker.assign((0, 1))
        worker.finish()
        assert verify(store, self.registry).equal

    def close(self) -> None:
        self._engine.close()


@contextmanager
def page(folder: Path, address: str, *words: str, settings: Mapping[str, str] | None = None) -> Iterator[Process]:
    process = Process(folder, "web", "--store", address, "--port", "0", *words, settings=settings).start()
    try:
        yield process
    finally:
        process.stop()


def told(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """The events of a stream, each with its data."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@contextmanager
def following(url: str, path: str = "/api/stream") -> Iterator[Iterator[tuple[str, Any]]]:
    with httpx.stream("GET", url + path, timeout=60) as answer:
        yield told(answer.iter_lines())


def waiting(model: Any, unit: str = "dukcapil") -> int | None:
    found: int | None = next(row["waiting"] for row in model["units"] if row["code"] == unit)
    return found


@pytest.fixture
def tables(clickhouse: str) -> Iterator[Tables]:
    made = Tables(clickhouse)
    yield made
    made.close()


def test_the_page_shows_what_workers_wrote_and_every_viewer_sees_what_they_write_next(
    tables: Tables, tmp_path: Path
) -> None:
    now = wall()
    tables.write(ticket("created", now - 5 * MINUTE, ticket="A1"))
    with page(tmp_path, tables.address) as served:
        url = served.url
        assert httpx.get(url + "/health/ready").json() == {"status": "ready"}
        assert "<!doctype html>" in httpx.get(url).text.lower()
        assert waiting(httpx.get(url + "/api/overview").json()) == 1
        board = httpx.get(url + "/api/boards/pantau-ikhtisar/frames").json()
        assert board["panels"]["1"]["fields"][0] == {"name": "waiting", "kind": "number", "values": [1]}
        with following(url) as one, following(url, "/api/stream?unit=dukcapil") as other:
            assert waiting(next(data for name, data in one if name == "overview")) == 1
            assert next(data for name, data in other if name == "unit")["row"]["waiting"] == 1
            tables.write(ticket("created", now - 4 * MINUTE, ticket="A2"))
            assert any(waiting(data) == 2 for name, data in one if name == "overview")
            assert any(data["row"]["waiting"] == 2 for name, data in other if name == "unit")


def test_a_viewer_of_another_kecamatan_sees_nothing_of_a_servers_tables(tables: Tables, tmp_path: Path) -> None:
    tables.write(ticket("created", wall() - MINUTE))
    listed = "".join(
        f"[[viewer]]\nname = '{name}'\nidentity = '{name}'\nkecamatan = ['{code}']\n"
        for name, code in (("his", "18.01.06"), ("another", "18.01.21"))
    )
    (tmp_path / "viewers.toml").write_text(listed, encoding="utf-8")
    settings = {"PANTAU_VIEWERS": str(tmp_path / "viewers.toml"), "PANTAU_IDENTITY_HEADER": "X-User"}
    with page(tmp_path, tables.address, settings=settings) as served:
        asked = served.url + "/v1/indicators?indicator=arrivals&by=unit"
        assert httpx.get(served.url + "/api/overview").status_code == httpx.get(asked).status_code == 401

        def seen(name: str) -> tuple[int, int, int]:
            headers = {"X-User": name}
            lines = httpx.get(asked, headers=headers, timeout=30).json()["lines"]
            units = httpx.get(served.url + "/api/overview", headers=headers).json()["units"]
            board = httpx.get(served.url + "/api/boards/pantau-tv/frames", headers=headers, timeout=30).json()
            return len(units), len(board["panels"]["7"]["fields"][0]["values"]), len(lines)

        assert seen("his") == (2, 2, 2)
        assert seen("another") == (0, 0, 0)


def test_a_registry_that_is_loaded_shows_without_a_restart(tables: Tables, tmp_path: Path) -> None:
    tables.write(ticket("created", wall() - MINUTE))
    with page(tmp_path, tables.address) as served, following(served.url) as stream:
        assert next(data for name, data in stream if name == "overview")["units"]
        rows = tables.registry.to_rows()
        for row in rows:
            if row["kind"] == "unit":
                row["body"]["name"] = f"Kantor {row['body']['code']}"
        desk = ServerDesk(tables.address)
        desk.load_registry(Registry.from_rows(rows))
        desk.close()
        after = ({row["name"] for row in data["units"]} for name, data in stream if name == "overview")
        assert any(names == {"Kantor dukcapil", "Kantor camat"} for names in after)


def test_a_server_that_dies_leaves_a_page_that_says_so_and_recovers_by_itself(tmp_path: Path) -> None:
    bridge = Bridge(tmp_path / "server").start()
    try:
        engine = open_server(bridge.url("default"))
        engine.execute("CREATE DATABASE pantau")
        engine.close()
        tables = Tables(bridge.url("pantau"))
        now = wall()
        tables.write(ticket("created", now - 5 * MINUTE, ticket="A1"))
        with page(tmp_path, tables.address) as served:
            url = served.url
            with following(url) as stream:
                seen = next(data for name, data in stream if name == "overview")
                bridge.kill()
                stale = next(data for name, data in stream if name == "stale")
                assert seen["as_of"] - 1_000 < stale["since"] <= stale["now"], "when the last build began"
                assert httpx.get(url + "/health/live").status_code == 200
                away = httpx.get(url + "/health/ready", timeout=30)
                assert (away.status_code, away.json()["type"]) == (503, "urn:pantau:problem:not-ready")
                assert httpx.get(url + "/api/overview", timeout=30).status_code == 503
                assert httpx.get(url).status_code == 200
                with following(url) as late:
                    assert waiting(next(data for name, data in late if name == "overview")) == 1
                    assert next(name for name, _ in late) == "stale"
                bridge.start()
                assert waiting(next(data for name, data in stream if name == "overview")) == 1
                assert next(name for name, _ in stream) == "tick"
                tables.write(ticket("created", now - 4 * MINUTE, ticket="A2"))
                assert any(waiting(data) == 2 for name, data in stream if name == "overview")
            assert httpx.get(url + "/health/ready").status_code == 200
        tables.close()
    finally:
        bridge.stop()


def test_a_page_that_starts_before_its_server_waits_for_it(tmp_path: Path) -> None:
    bridge = Bridge(tmp_path / "server").start()
    try:
        tables = Tables(bridge.url("default"))
        tables.write(ticket("created", wall() - HOUR // 4))
        bridge.kill()
        with page(tmp_path, tables.address) as served:
            url = served.url
            with following(url) as stream:
                assert next(stream)[0] == "stale"
                bridge.start()
                assert waiting(next(data for name, data in stream if name == "overview")) == 1
        tables.close()
    finally:
        bridge.stop()


def test_it_stops_in_good_order_while_pages_are_open(tables: Tables, tmp_path: Path) -> None:
    with page(tmp_path, tables.address) as served, following(served.url) as stream:
        assert next(stream)[0] == "overview"
        assert served.stop() == 0
        assert [name for name, _ in stream if name == "overview"] == []
        assert "Traceback" not in served.log()


@pytest.mark.parametrize(
    ("store", "said"),
    [(None, "scheme of a store"), ("clickhouse://127.0.0.1:1/pantau/x", "must be the name of a database")],
)
def test_a_store_that_is_none_ends_it_with_what_to_do(store: str | None, said: str) -> None:
    with pytest.raises(BadSetup, match=said):
        run_web(load({"store": store}).settings)


def test_tables_that_are_not_made_yet_end_it_with_what_to_do(clickhouse: str) -> None:
    settings = load({"store": clickhouse}).settings
    with pytest.raises(BadSetup, match="pantau migrate"):
        run_web(settings)
    engine = open_server(clickhouse)
    migrate(engine)
    engine.close()
    with pytest.raises(BadSetup, match="pantau registry load"):
        run_web(settings)
