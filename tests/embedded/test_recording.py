"""Trainings and other measures recorded on the page: by those who may, judged as the gateway does, once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from dashboards.live.viewers import Access, Viewer, token_hash
from pantau.domain.registry import Kecamatan, Registry, Source
from pantau.embedded.desk import LocalDesk
from pantau.embedded.runtime import Runtime
from pantau.web.app import create_app
from pantau.web.recording import SOURCE, is_open, opened
from pantau.web.server import beside, bind
from tests.alerts.world import REGISTRY, at


def registered(*sources: Source) -> Registry:
    """The three offices, one of them in another kecamatan."""
    return Registry(
        kabupaten=REGISTRY.kabupaten,
        kecamatan=[*REGISTRY.kecamatan, Kecamatan(code="18.01.13", name="Jati Agung", kabupaten="18.01")],
        hours=REGISTRY.hours,
        units=[*REGISTRY.units[:2], msgspec.structs.replace(REGISTRY.units[2], kecamatan="18.01.13")],
        groups=REGISTRY.groups,
        services=REGISTRY.services,
        standards=REGISTRY.standards,
        sources=[*REGISTRY.sources, *sources],
    )


CAMAT = Viewer(name="Camat", token_hash=token_hash("camat"), kecamatan=frozenset({"18.01.13"}), may_record=True)
LOOKER = Viewer(name="Tamu", token_hash=token_hash("tamu"))
WORKSHOP = {
    "kind": "4",
    "title": "Workshop pelayanan prima",
    "units": ["u0", "u1"],
    "starts": "2026-03-02",
    "ends": "2026-03-04",
    "jp": "20",
    "participants": "8",
    "completed": "1",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalDesk]:
    directory: Path = tmp_path_factory.mktemp("recording") / "data"
    runtime = Runtime.open(directory, registry=registered(Source(name=SOURCE, live=False)), clock=lambda: at(20, 9))
    yield LocalDesk(runtime, directory)
    runtime.close()


@contextmanager
def served(desk: LocalDesk, access: Access | None = None) -> Iterator[httpx.Client]:
    app = create_app(desk.runtime, desk, token="t", access=access)
    listening = bind("127.0.0.1", 0)
    with beside(app, listening), httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
        yield client


@pytest.fixture(scope="module")
def client(desk: LocalDesk) -> Iterator[httpx.Client]:
    with served(desk) as client:
        yield client


def form(client: httpx.Client, **more: Any) -> dict[str, Any]:
    """The hidden fields of a form that was just opened, and these."""
    shown = client.get("/catat")
    assert shown.status_code == 200, shown.text
    return {**dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text)), **more}


def recorded(desk: LocalDesk) -> list[tuple[Any, ...]]:
    desk.settled()
    rows = desk.runtime.engine.query(
        "SELECT unit, subject, title, siasn_type, jp, participants, completed "
        "FROM interventions FINAL ORDER BY unit, title"
    ).rows
    return [*rows]


def told(answer: httpx.Response, field: str) -> str:
    """What stands at a field."""
    found = re.search(rf'id="{field}-fault">(.*?)</span>', answer.text)
    assert found, f"nothing at {field}: {answer.text}"
    assert f'href="#{field}"' in answer.text, "and the summary leads there"
    return unescape(found[1])


def test_a_training_of_two_units_is_recorded_once_however_often_it_is_sent(
    client: httpx.Client, desk: LocalDesk
) -> None:
    filled = form(client, **WORKSHOP)
    for headers in ({}, {"origin": "null", "sec-fetch-site": "same-origin"}):
        answer = client.post("/catat", data=filled, headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (303, "/catat?saved=2")
    rows = recorded(desk)
    assert [(row[0], *row[2:]) for row in rows] == [
        (unit, "Workshop pelayanan prima", 4, 20, 8, 1) for unit in ("u0", "u1")
    ]
    assert "Tersimpan untuk 2 unit." in client.get("/catat?saved=2").text
    assert "u0" in {unit for unit, _, _ in desk.query("alert_trainings", {}).rows}, "it joins every indicator"
    assert desk.verify().equal


def test_another_measure_may_go_on_and_makes_nobody_trained(client: httpx.Client, desk: LocalDesk) -> None:
    before = [*desk.query("alert_trainings", {}).rows]
    measure = form(client, kind="m:sistem_baru", title="Antrian daring", units="u2", starts="2026-03-09", lang="en")
    assert client.post("/catat", data=measure).headers["location"] == "/catat?saved=1&lang=en"
    assert ("u2", "Antrian daring") in {(row[0], row[2]) for row in recorded(desk)}
    assert [*desk.query("alert_trainings", {}).rows] == before


def test_what_is_wrong_is_told_at_its_field_and_what_is_right_stays(client: httpx.Client, desk: LocalDesk) -> None:
    before = recorded(desk)
    wrong = {**WORKSHOP, "title": "Untuk NIK 1801060101900001", "jp": "dua puluh", "ends": "2026-02-01", "kind": ""}
    answer = client.post("/catat", data=form(client, **wrong))
    assert answer.status_code == 422
    assert told(answer, "kind") == "pilih salah satu"
    assert told(answer, "jp") == "harus bilangan bulat 0 sampai 2000"
    assert 'value="2026-03-02"' in answer.text
    answer = client.post("/catat", data=form(client, **{**wrong, "kind": "4", "jp": "20"}))
    assert "data pribadi" in told(answer, "title")
    assert "berakhir sebelum mulai" in told(answer, "ends")
    answer = client.post("/catat", data=form(client, lang="en", kind="9"))
    assert told(answer, "starts").startswith("is required")
    assert told(answer, "units") == "choose at least one unit"
    assert recorded(desk) == before


def test_no_other_page_can_send_the_form(client: httpx.Client, desk: LocalDesk) -> None:
    before, filled = recorded(desk), form(client, **WORKSHOP)
    for changed in ({"seal": ""}, {"seal": "0" * 64}, {"word": "another-word"}, {"at": "1"}):
        assert client.post("/catat", data={**filled, **changed}).status_code == 400
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"host": "evil.example"},
        {"x-forwarded-for": "10.0.0.9"},
    ):
        assert client.post("/catat", data=filled, headers=headers).status_code == 403
    assert client.get("/catat", headers={"host": "evil.example"}).status_code == 403
    assert client.post("/catat", content=b"x" * 200_000).status_code == 413
    assert "form-action 'self'; frame-ancestors 'none'" in client.get("/catat").headers["content-security-policy"]
    assert recorded(desk) == before


def test_a_form_is_open_for_a_day_and_for_who_opened_it() -> None:
    secret, now = b"x" * 32, at(20, 9)
    given = {name: str(value) for name, value in msgspec.structs.asdict(opened(secret, "Camat", now)).items()}
    day = 86_400_000
    assert is_open(secret, "Camat", given, now + day)
    assert not is_open(secret, "Camat", given, now + day + 1)
    assert not is_open(secret, "Tamu", given, now)
    assert not is_open(b"y" * 32, "Camat", given, now)


def test_viewers_record_only_where_they_may_and_only_for_units_that_they_see(desk: LocalDesk) -> None:
    before = recorded(desk)
    with served(desk, Access(viewers=(CAMAT, LOOKER))) as client:
        assert client.get("/catat").status_code == 401
        client.headers["authorization"] = "Bearer tamu"
        assert client.get("/api/viewer").json()["records"] is False
        assert client.get("/catat").status_code == 403
        client.headers["authorization"] = "Bearer camat"
        assert client.get("/api/viewer").json()["records"] is True
        shown = client.get("/catat").text
        assert 'value="u2"' in shown
        assert 'value="u0"' not in shown
        answer = client.post("/catat", data=form(client, **WORKSHOP))
        assert told(answer, "units") == "unit ini di luar kewenangan Anda"
        assert recorded(desk) == before
        assert client.post("/catat", data=form(client, **{**WORKSHOP, "units": "u2"})).status_code == 303
    assert len(recorded(desk)) == len(before) + 1


def test_without_its_source_in_the_registry_the_page_says_what_is_missing(desk: LocalDesk) -> None:
    desk.load_registry(registered())
    with served(desk) as client:
        assert client.get("/api/viewer").json()["records"] is False
        answer = client.get("/catat")
        assert answer.status_code == 404
        assert "pantau-halaman" in answer.text
