"""``GET /v1/indicators``: the same table as the verb's, of the units that whoever asks may see."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis
from jsonschema import Draft202012Validator
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis.core.result import Ok

from dashboards.live.secured import HEADERS
from pantau.domain.errors import NotNow
from pantau.domain.requests import Request, Table
from pantau.gateway.problems import EXCEPTION_HANDLERS, MEDIA_TYPE
from pantau.gateway.schemas import document
from pantau.web.indicator_routes import routes
from pantau.web.indicator_schemas import NAME, openapi
from storage.engine import Answer
from storage.indicators import indicators
from tests.dashboards.office import AS_OF, TODAY, Office
from tests.dashboards.test_access import ACCESS, ALL, CAMAT, HIS, bearer
from tests.dashboards.test_live import OfficeRuntime
from tests.dashboards.test_queries import FALLING

ASKED = "/v1/indicators"
DOCUMENT: dict[str, Any] = msgspec.json.decode(document(openapi()))


@pytest.fixture
def runtime(office: Office) -> OfficeRuntime:
    return OfficeRuntime(office)


@pytest.fixture
def client(runtime: OfficeRuntime) -> Iterator[TestClient[Litestar]]:
    with TestClient(app(runtime)) as client:
        client.headers.update(bearer(ALL))
        yield client


def app(runtime: Any) -> Litestar:
    handlers = routes(runtime, lambda: AS_OF, ACCESS)
    return Litestar(route_handlers=handlers, exception_handlers=EXCEPTION_HANDLERS, openapi_config=None)


def test_it_answers_as_the_verb_does(client: TestClient[Litestar], office: Office) -> None:
    answer = client.get(f"{ASKED}?indicator=promise&indicator=ikm&by=trained&by=week&from=2026-10-05&to={TODAY}")
    assert office.registry is not None
    wanted = Request(
        as_of=AS_OF,
        names=("promise", "ikm"),
        by=("trained", "week"),
        first_day=TODAY.replace(month=10, day=5),
        last_day=TODAY,
    )
    table = msgspec.json.decode(answer.content, type=Table)
    assert table == indicators(OfficeRuntime(office).query, office.registry, wanted)
    assert {line.key[0] for line in table.lines if line.value.value is not None} == {"yes", "no"}
    assert "Beda unit terlatih dan yang belum dilatih bukan pengaruh" in table.notes[0]
    assert answer.headers["cache-control"] == "no-store"
    assert {name.decode() for name, _ in HEADERS} <= {*answer.headers}


def test_weeks_since_training_are_a_dimension(client: TestClient[Litestar]) -> None:
    table = client.get(f"{ASKED}?indicator=served&by=since_training&lang=en").json()
    found = {line["key"][0]: line["label"][0] for line in table["lines"] if line["value"]["value"]}
    assert found["-1"] == "1 weeks before training"
    assert found["0"] == "week 1 since training"
    assert found["never"] == "not yet trained"


def test_a_camat_asks_of_his_units_alone(client: TestClient[Litestar], office: Office) -> None:
    def served(token: str, words: str = "by=unit") -> dict[str, Any]:
        lines = client.get(f"{ASKED}?indicator=served&{words}", headers=bearer(token)).json()["lines"]
        return {"/".join(line["key"]): line["value"]["value"] for line in lines}

    assert office.registry is not None
    his = {unit.code for unit in office.registry.units if unit.kecamatan == HIS}
    everybody = served(ALL)
    assert set(served(CAMAT)) == his < set(everybody)
    assert served(CAMAT, "") == {"": sum(everybody[unit] for unit in his)}, "all units are his units"
    other = next(unit for unit in everybody if unit not in his)
    for words in (f"unit={other}", "kecamatan=18.01.06", "unit=nobody"):
        refused = client.get(f"{ASKED}?{words}", headers=bearer(CAMAT))
        assert (refused.status_code, refused.json()["faults"][0]["rule"]) == (400, "not in the registry"), words


@pytest.mark.parametrize("headers", [{}, bearer("wrong"), {"X-Forwarded-User": "nobody"}])
def test_who_is_no_viewer_is_told_how_to_be_one(runtime: OfficeRuntime, headers: Mapping[str, str]) -> None:
    with TestClient(app(runtime)) as client:
        for address in (ASKED, f"{ASKED}?token={ALL}"):
            answer = client.get(address, headers=dict(headers), follow_redirects=False)
            assert (answer.status_code, answer.headers["content-type"]) == (401, MEDIA_TYPE)
            assert answer.headers["www-authenticate"].startswith("Bearer")
        assert client.get(f"{ASKED}/openapi.json").json() == DOCUMENT, "how to ask is no secret"
    assert runtime.asked == []


def test_everything_that_is_wrong_is_named_at_once(client: TestClient[Litestar], runtime: OfficeRuntime) -> None:
    wrong = client.get(f"{ASKED}?units=a&by=colour&from=10-11-2026&to=2026-11-10&to=2026-11-11&within=soon")
    assert (wrong.status_code, wrong.headers["content-type"]) == (400, MEDIA_TYPE)
    assert [fault["field"] for fault in wrong.json()["faults"]] == ["units", "by", "from", "to", "within"]
    assert wrong.json()["title"] == "Permintaan tidak dapat dibaca"
    unknown = client.get(f"{ASKED}?indicator=wait_to_strat", headers={"accept-language": "en"}).json()
    assert unknown["title"] == "The request cannot be read"
    assert "wait_to_start" in unknown["faults"][0]["todo"]
    assert runtime.asked == []


@pytest.mark.parametrize(
    "words",
    [
        "by=day&by=unit&from=1999-01-01&to=2026-11-10",
        "by=day&from=1980-01-01",
        "by=day&by=unit&to=2140-01-01",
        "by=5m&from=2026-01-01&to=2026-11-10",
        "by=30m&from=2026-01-01",
    ],
)
def test_what_would_be_too_much_is_refused_before_anything_is_read(
    client: TestClient[Litestar], runtime: OfficeRuntime, words: str
) -> None:
    answer = client.get(f"{ASKED}?{words}")
    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (400, "by")
    assert "ask for" in answer.json()["detail"]
    assert runtime.asked == []


def test_a_value_is_a_value_whatever_is_in_it(client: TestClient[Litestar]) -> None:
    answer = client.get(ASKED, params={"indicator": "served", "service": "x') OR 1 = 1 --", "counter": "\\'"})
    assert answer.status_code == 200
    assert [line["value"]["value"] for line in answer.json()["lines"]] == [None]


def test_tables_that_do_not_answer_are_said_to_be_away(runtime: OfficeRuntime) -> None:
    class Away(OfficeRuntime):
        def query(self, name: str, params: Mapping[str, Any]) -> Answer:
            raise NotNow("the server does not answer")

    runtime.__class__ = Away
    with TestClient(app(runtime)) as client:
        answer = client.get(ASKED, headers=bearer(ALL))
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:pantau:problem:not-ready")
    assert int(answer.headers["retry-after"]) > 0


def test_the_document_is_the_one_in_the_repository_and_says_what_is_answered(client: TestClient[Litestar]) -> None:
    """When the first fails: ``python -m pantau.web.indicator_schemas``."""
    written = Path(__file__).parents[2] / "docs/reference" / NAME
    assert written.read_bytes() == document(openapi())
    loaded = schemathesis.openapi.from_dict(DOCUMENT)
    made = {operation.ok().label for operation in loaded.get_all_operations() if isinstance(operation, Ok)}
    assert made == {"GET /v1/indicators", "GET /v1/indicators/openapi.json"}
    judge = {
        name: Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})
        for name in ("Table", "Problem")
    }
    answers = {
        "Table": client.get(f"{ASKED}?indicator=all&unit={FALLING}&from=2026-11-10&within=900"),
        "Problem": client.get(f"{ASKED}?by=colour"),
    }
    assert [answer.status_code for answer in answers.values()] == [200, 400]
    for name, answer in answers.items():
        assert [error.message for error in judge[name].iter_errors(answer.json())] == []
