"""Who may look at what: a camat's link shows his kecamatan alone, in every board and every address of the page."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from dashboards.live.board_files import drawn_boards
from dashboards.live.pages import routes
from dashboards.live.scope import Narrowed, registry_of
from dashboards.live.secured import HEADERS
from dashboards.live.viewers import COOKIE, Access, Viewer, read_access, token_hash
from pantau.domain.alerts.silences import ALL_UNITS
from pantau.domain.errors import BadSetup
from storage.roles import DASHBOARD
from storage.row_filter import BY_ALERT, BY_SOURCE, BY_TRAINED, BY_UNIT, FIND_TABLES, FOR_ALL, narrowed
from tests.dashboards.fallen import QUIET
from tests.dashboards.office import AS_OF, Office
from tests.dashboards.test_live import OfficeRuntime
from tests.dashboards.test_queries import FALLING

HIS = "18.01.21"
ALL, CAMAT, PROXIED = "sees-all", "sees-his", "camat@kalianda"
ACCESS = Access(
    viewers=(
        Viewer(name="Tim pemantau", token_hash=token_hash(ALL)),
        Viewer(name="Camat Bakauheni", token_hash=token_hash(CAMAT), kecamatan=frozenset({HIS})),
        Viewer(name="Camat Kalianda", identity=PROXIED, kecamatan=frozenset({"18.01.06"})),
    ),
    header="X-Forwarded-User",
    proxies=frozenset({"testclient"}),
)
ADDRESSES = [
    "/api/overview", "/api/sources", "/api/viewer", f"/api/unit/{FALLING}", "/api/stream", "/api/boards",
    *(f"/api/boards/{uid}{kind}" for uid in sorted(drawn_boards()) for kind in ("", "/frames", "/stream")),
]  # fmt: skip


@pytest.fixture(scope="module")
def runtime(office: Office) -> OfficeRuntime:
    return OfficeRuntime(office)


@pytest.fixture(scope="module")
def client(runtime: OfficeRuntime) -> Iterator[TestClient[Litestar]]:
    app = Litestar(route_handlers=routes(runtime, lambda: AS_OF, ACCESS), openapi_config=None)
    with TestClient(app) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_token_there_is_no_data(client: TestClient[Litestar], address: str) -> None:
    for headers in ({}, bearer("wrong"), {"cookie": f"{COOKIE}=wrong"}, {"X-Forwarded-User": "nobody"}):
        answer = client.get(address, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert {name.decode() for name, _ in HEADERS} <= {*answer.headers}


def test_the_page_itself_says_so_and_holds_no_data(client: TestClient[Litestar]) -> None:
    for address in ("/", "/papan", "/d/pantau-ikhtisar", "/assets/app.js"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert not [unit for unit in ("kec-18.01.06", FALLING) if unit in answer.text]


def test_a_link_is_opened_once_and_leaves_the_address(client: TestClient[Litestar]) -> None:
    answer = client.get(f"/d/pantau-unit?var-unit=a%20b&token={CAMAT}&from=now-7d", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/d/pantau-unit?var-unit=a+b&from=now-7d")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={CAMAT};")
    assert re.search("httponly", cookie, re.IGNORECASE)
    assert re.search("samesite=lax", cookie, re.IGNORECASE)
    assert client.get("/api/viewer", headers={"cookie": f"{COOKIE}={CAMAT}"}).json()["kecamatan"] == [HIS]
    assert not re.search("; secure", cookie, re.IGNORECASE)
    behind = {"x-forwarded-proto": "https"}
    secure = client.get(f"/?token={CAMAT}", headers=behind, follow_redirects=False).headers["set-cookie"]
    assert re.search("; secure", secure, re.IGNORECASE), "a proxy that is believed says that the browser speaks TLS"
    client.cookies.clear()
    wrong = client.get("/?token=wrong", follow_redirects=False)
    assert wrong.status_code == 303
    assert "set-cookie" not in wrong.headers


def test_a_name_is_believed_from_the_proxy_alone(runtime: OfficeRuntime, client: TestClient[Litestar]) -> None:
    named = {"X-Forwarded-User": PROXIED}
    his = {"name": "Camat Kalianda", "kecamatan": ["18.01.06"], "records": False}
    assert client.get("/api/viewer", headers=named).json() == his
    strict = Access(viewers=ACCESS.viewers, header=ACCESS.header, proxies=frozenset({"10.0.0.1"}))
    app = Litestar(route_handlers=routes(runtime, lambda: AS_OF, strict), openapi_config=None)
    with TestClient(app) as elsewhere:
        assert elsewhere.get("/api/viewer", headers=named).status_code == 401


def test_a_camat_sees_his_kecamatan_in_every_answer(client: TestClient[Litestar], office: Office) -> None:
    assert office.registry is not None
    elsewhere = [unit for unit in office.registry.units if unit.kecamatan != HIS]
    assert elsewhere
    assert office.registry.unit(FALLING) in office.registry.units
    hidden = [text for unit in elsewhere for text in (f'"{unit.code}"', unit.name)]
    boards = [f"/api/boards/{uid}/frames" for uid in sorted(drawn_boards())]
    for address in ("/api/overview", "/api/sources", f"/api/unit/{FALLING}", *boards):
        his = client.get(address, headers=bearer(CAMAT))
        assert his.status_code == 200, address
        assert [text for text in hidden if text in his.text] == [], address
    for address in ("/api/overview", "/api/sources", "/api/boards/pantau-ikhtisar/frames"):
        assert any(text in client.get(address, headers=bearer(ALL)).text for text in hidden), address
    assert client.get(f"/api/unit/{elsewhere[0].code}", headers=bearer(CAMAT)).status_code == 404


def test_what_a_camat_may_not_choose_is_refused_as_if_it_were_not_there(
    client: TestClient[Litestar], office: Office
) -> None:
    other = next(unit for unit in office.units if unit != FALLING)
    for query in (f"var-unit={other}", "var-kecamatan=18.01.06"):
        answer = client.get(f"/api/boards/pantau-ikhtisar/frames?{query}", headers=bearer(CAMAT))
        assert answer.status_code == 400
        assert answer.json()["faults"][0]["rule"] == "is not offered here"


def test_the_numbers_of_all_units_are_his_where_nothing_can_be_chosen(
    client: TestClient[Litestar], office: Office
) -> None:
    """The board for the wall has no variables, and platform health asks for no unit: the engine filters all."""

    def panels(uid: str, token: str, query: str = "") -> Any:
        return client.get(f"/api/boards/{uid}/frames{query}", headers=bearer(token)).json()["panels"]

    wall = panels("pantau-tv", CAMAT)
    assert wall != panels("pantau-tv", ALL)
    chosen = panels("pantau-ikhtisar", ALL, f"?var-unit={FALLING}")
    for number in ("1", "2", "3", "4", "5", "6"):
        assert wall[number] == chosen[number]
    events = [panels("pantau-platform", token)["2"]["fields"][0]["values"][0] for token in (CAMAT, ALL)]
    assert 0 < events[0] < events[1]


def test_every_table_is_filtered_or_the_same_for_everybody(office: Office) -> None:
    """A new table shows nothing to who may see some units only until somebody says whose its rows are."""
    columns: dict[str, set[str]] = {}
    rows = office.engine.query("SELECT table, name FROM system.columns WHERE database = currentDatabase()").rows
    for table, column in rows:
        columns.setdefault(table, set()).add(column)
    assert {table for table, names in columns.items() if "unit" in names} == {*BY_UNIT}
    assert all("source" in columns[table] for table in BY_SOURCE)
    assert {*FOR_ALL} <= {*columns}
    assert (
        office.engine.query(narrowed("SELECT * FROM schema_migrations", tables=columns, units=[], sources=[])).rows
        == []
    )
    assert all("alert" in columns[table] for table in BY_ALERT)
    assert all("content" in columns[table] for table in BY_TRAINED)
    named = {*BY_UNIT, *BY_SOURCE, *BY_ALERT, *BY_TRAINED, *FOR_ALL}
    assert {*DASHBOARD} - named == {"flushes", "partitions"}, "what is of no unit is hidden"


def test_a_camat_sees_that_all_units_are_silenced_and_no_silence_of_another(office: Office) -> None:
    tables = [name for (name,) in office.engine.query(FIND_TABLES).rows]
    for table in ("alert_silences", "alert_silence_turns"):
        query = f"SELECT unit FROM {table} FINAL"
        everything = {unit for (unit,) in office.engine.query(query).rows}
        assert {ALL_UNITS, QUIET} <= everything
        seen = office.engine.query(narrowed(query, tables=tables, units=[FALLING], sources=[])).rows
        assert {unit for (unit,) in seen} == {ALL_UNITS}


def test_a_camat_sees_what_trainings_changed_at_his_units_and_no_others(office: Office) -> None:
    """An effect of several units is his only if all of them are: it is not to be read back to one of the others."""
    tables = [name for (name,) in office.engine.query(FIND_TABLES).rows]
    query = "SELECT DISTINCT kind, JSONExtract(content, 'units_trained', 'Array(String)') AS had_it FROM effects FINAL"

    def seen(*units: str) -> set[tuple[str, tuple[str, ...]]]:
        rows = office.engine.query(narrowed(query, tables=tables, units=units, sources=[])).rows
        return {(kind, tuple(had_it)) for kind, had_it in rows}

    everything = {(kind, tuple(had_it)) for kind, had_it in office.engine.query(query).rows}
    assert seen(*office.units) == everything
    assert seen() == set()
    for unit in office.units:
        assert seen(unit) == {row for row in everything if row[1] == (unit,)}
    of_both = ("programme", tuple(sorted((FALLING, QUIET))))
    assert of_both in everything
    assert of_both in seen(FALLING, QUIET)


def test_the_board_of_trainings_shows_him_his_effects(client: TestClient[Litestar]) -> None:
    def titles(token: str) -> list[str]:
        frame = client.get("/api/boards/pantau-pelatihan/frames", headers=bearer(token)).json()["panels"]["6"]
        return next(field["values"] for field in frame["fields"] if field["name"] == "title")

    assert {*titles(CAMAT)} == {"Pelayanan prima"}
    assert {*titles(ALL)} == {"Pelayanan prima", "Magang MPP"}


@pytest.mark.parametrize("table", sorted({*BY_UNIT} & {"units", "visits", "windows", "events", "surveys"}))
def test_the_filter_holds_however_a_query_reads(office: Office, table: str) -> None:
    known = office.registry
    assert known is not None
    how = {
        "tables": [name for (name,) in office.engine.query(FIND_TABLES).rows],
        "units": [FALLING],
        "sources": [source.name for source in known.sources],
    }
    for query in (
        f"SELECT DISTINCT unit FROM {table} FINAL",
        f"SELECT unit FROM {table} AS other FINAL GROUP BY unit -- with a comment",
        f"SELECT DISTINCT unit FROM (SELECT unit FROM {table} WHERE unit IN (SELECT unit FROM {table}))",
        f"WITH found AS (SELECT unit FROM {table}) SELECT DISTINCT found.unit FROM found ANY JOIN {table} USING (unit)",
        f"SELECT DISTINCT unit FROM {table}\nSETTINGS max_threads = 1 -- as elsewhere",
    ):
        assert len(office.engine.query(query).rows) == len(office.units)
        assert office.engine.query(narrowed(query, **how)).rows == [(FALLING,)], query


def test_a_registry_of_some_kecamatan_knows_nobody_elsewhere(office: Office) -> None:
    assert office.registry is not None
    his = registry_of(office.registry, frozenset({HIS}))
    assert his.unit_codes == (FALLING,)
    assert {each.code for each in his.kecamatan} <= {HIS}
    assert all(source.units == frozenset({FALLING}) for source in his.sources)
    nobody = Narrowed(OfficeRuntime(office), frozenset({"18.99.99"}))
    assert nobody.registry.unit_codes == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[viewer]]\nname = 'A'", "neither token_hash nor identity"),
        ("[[viewer]]\nname = 'A'\ntoken = 'x'", "unknown field"),
        ("[[viewer]]\nname = 'A'\nidentity = 'a'", "PANTAU_IDENTITY_HEADER"),
        ("[[viewer]]\nname = 'A'\ntoken_hash = 'x'\n[[viewer]]\nname = 'B'\ntoken_hash = 'x'", "the same token_hash"),
        ("[[viewer]", "viewers.toml"),
    ],
)
def test_a_list_of_viewers_that_is_wrong_is_told(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "viewers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSetup, match=says):
        read_access(path, header=None, proxies="127.0.0.1")


def test_a_list_of_viewers_is_read(tmp_path: Path) -> None:
    path = tmp_path / "viewers.toml"
    path.write_text(f"[[viewer]]\nname = 'A'\nidentity = 'a'\nkecamatan = ['{HIS}']", encoding="utf-8")
    access = read_access(path, header="X-User", proxies="::1 10.0.0.1")
    assert access.viewers == (Viewer(name="A", identity="a", kecamatan=frozenset({HIS})),)
    assert access.proxies == frozenset({"::1", "10.0.0.1"})
    assert read_access(None, header=None, proxies="").viewers is None
    with pytest.raises(BadSetup, match="PANTAU_VIEWERS"):
        read_access(None, header="X-User", proxies="")


PERSONAL = {
    "visits": {"officer"}, "events": {"data", "content"}, "rejected_events": {"original", "reasons", "id"},
    "ratings": {"ticket"}, "surveys": {"ticket", "age_group", "sex", "education", "occupation"},
    "counter_days": {"officer"}, "registries": {"content"}, "alert_answers": {"name", "note"},
    "alert_outbox": {"text", "text_en", "note"}, "alert_silences": {"name", "reason"},
}  # fmt: skip
"""What is about one person, or may hold what somebody wrote: no page and no board reads it."""


def _columns_read(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(table, column) of what a plan takes from tables."""
    if node["Node Type"].startswith("ReadFrom") and "." in node.get("Description", ""):
        table = node["Description"].split(".")[-1]
        yield from ((table, column["Name"].split(".")[-1]) for column in node["Header"])
    for below in node.get("Plans", ()):
        yield from _columns_read(below)


def test_no_query_of_any_page_or_board_reads_what_is_about_a_person(office: Office) -> None:
    """Every query that is asked, as the engine plans it: the columns it takes from tables."""
    listening = OfficeRuntime(office)
    app = Litestar(route_handlers=routes(listening, lambda: AS_OF), openapi_config=None)
    with TestClient(app) as client:
        boards = [f"/api/boards/{uid}/frames" for uid in sorted(drawn_boards()) if not uid.endswith("-en")]
        for address in ("/api/overview", "/api/sources", f"/api/unit/{FALLING}", *boards):
            assert client.get(address).status_code == 200
    assert len(listening.asked) > 40
    read: set[tuple[str, str]] = set()
    for text, params in listening.asked_with:
        ((plan,),) = office.engine.query(f"EXPLAIN json = 1, header = 1 {text}", params).rows
        read |= {*_columns_read(json.loads(plan)[0]["Plan"])}
    assert ("visits", "unit") in read
    assert ("windows", "measure") in read
    assert {(table, column) for table, column in read if column in PERSONAL.get(table, ())} == set()
