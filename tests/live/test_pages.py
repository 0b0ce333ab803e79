"""The page's addresses: what they answer, and the headers that go with every answer."""

import re
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from dashboards.live.pages import assets, routes
from dashboards.live.secured import HEADERS
from tests.live.stub import NOW, StubRuntime

ADDRESSES = [
    "/", "/unit/natar", "/kesehatan", "/tv",
    "/assets/app.js", "/assets/texts.js", "/assets/base.css", "/assets/icon.svg", "/assets/uPlot.iife.min.js",
    "/api/overview", "/api/unit/natar", "/api/sources",
]  # fmt: skip


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    app = Litestar(route_handlers=routes(StubRuntime(), lambda: NOW), openapi_config=None)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("address", [*ADDRESSES, "/assets/nothing.js", "/api/unit/nowhere"])
def test_every_answer_carries_the_security_headers(client: TestClient[Litestar], address: str) -> None:
    answer = client.get(address)
    for name, value in HEADERS:
        assert answer.headers[name.decode()] == value.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_answers(client: TestClient[Litestar], address: str) -> None:
    assert client.get(address).status_code == 200


def test_the_policy_allows_nothing_but_this_server() -> None:
    policy = dict(HEADERS)[b"content-security-policy"].decode()
    assert policy.startswith("default-src 'self'")
    assert not re.search(r"unsafe|\*|https?:|data:", policy)


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    page = assets()["index.html"].content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    for name, asset in assets().items():
        text = asset.content.decode()
        found = {hit for hit in re.findall(r"https?://[^\s\"'`)]+", text) if not hit.startswith("http://www.w3.org/")}
        found -= {"https://github.com/leeoniya/uPlot"} if name.startswith("uPlot.") else set()  # in its first comment
        assert not found, name
        assert "innerHTML" not in text, name
        assert "eval(" not in text, name


def test_every_asset_that_the_page_or_a_module_names_is_there() -> None:
    page = assets()["index.html"].content.decode()
    named = set(re.findall(r'"/assets/([^"]+)"', page))
    for name, asset in assets().items():
        if name.endswith(".js"):
            named |= set(re.findall(r'from "\./([^"]+)"', asset.content.decode()))
    assert named <= {*assets()}
    assert {*assets()} - named == {"index.html", "alert.css", "record.css"}, "those are of pages that pantau.web serves"


def test_what_others_wrote_is_as_they_wrote_it_and_has_its_licence() -> None:
    folder = files("dashboards.live") / "vendored" / "uplot"
    origin = tomllib.loads((folder / "origin.toml").read_text())
    sums = {each.name: sha256(each.read_bytes()).hexdigest() for each in folder.iterdir() if each.name != "origin.toml"}
    assert sums == origin["sha256"]
    assert f"(v{origin['version']})" in (folder / "uPlot.iife.min.js").read_text()[:80]
    assert (folder / "LICENSE").read_text().startswith("The MIT License (MIT)")
    assert {
        name: sha256(assets()[name].content).hexdigest() for name in sums if name != "LICENSE"
    }.items() <= sums.items()


def test_a_browser_that_has_a_file_is_told_so(client: TestClient[Litestar]) -> None:
    first = client.get("/assets/app.js")
    again = client.get("/assets/app.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_unknown_unit_is_a_problem_with_a_way_out(client: TestClient[Litestar]) -> None:
    answer = client.get("/api/unit/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "/api/overview" in answer.json()["detail"]


def test_data_is_never_kept_by_a_cache(client: TestClient[Litestar]) -> None:
    assert client.get("/api/overview").headers["cache-control"] == "no-store"


def test_a_first_start_knows_nothing_and_says_so(client: TestClient[Litestar]) -> None:
    model = client.get("/api/overview").json()
    assert model["started"] is False
    assert {unit["state"]["key"] for unit in model["units"]} == {"none"}
    assert [model["strip"][name] for name in ("waiting", "longest_since", "counters_open")] == [None] * 3
    assert model["strip"]["ikm"]["value"] is None
    unit = client.get("/api/unit/natar").json()
    assert {*unit["day"]["arrivals"]} == {None}
    assert unit["elements"][0]["mean"] is None
    assert unit["promise"]["limit_ms"] == 30 * 60_000
