"""The documents say what the code does, and are what their standards ask for."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis.core.result import Ok

from pantau.domain.events import PREFIX, VOCABULARY
from pantau.domain.wire import STRUCTURED
from pantau.gateway.asyncapi import asyncapi
from pantau.gateway.limits import GatewayLimits
from pantau.gateway.metrics import METRICS
from pantau.gateway.problems import STATUS
from pantau.gateway.reference import documents, write
from pantau.gateway.schemas import openapi
from tests.gateway.office import MemoryRuntime, app, key, registry
from tests.gateway.samples import DATA, sample

ROOT = Path(__file__).parents[2]
LIMITS = GatewayLimits()
OPENAPI, ASYNCAPI = openapi(LIMITS), asyncapi(LIMITS)


def validator(kind: str) -> Draft202012Validator:
    """Judges events by the schema of one kind, as the OpenAPI document has it."""
    root = {"$ref": f"#/components/schemas/{kind}", "components": OPENAPI["components"]}
    return Draft202012Validator(root, format_checker=FormatChecker())


def references(tree: Any) -> set[str]:
    """Every reference in a document."""
    if isinstance(tree, dict):
        own = {tree["$ref"]} if isinstance(tree.get("$ref"), str) else set()
        return own.union(*(references(part) for part in tree.values()))
    return set().union(*(references(part) for part in tree)) if isinstance(tree, list) else set()


def resolve(document: Any, reference: str) -> Any:
    """What a reference inside a document points at; KeyError when it points at nothing."""
    assert reference.startswith("#/")
    for step in reference[2:].split("/"):
        document = document[step]
    return document


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_the_documents_in_the_repository_are_the_generated_ones(name: str, tmp_path: Path) -> None:
    """When this fails: ``python -m pantau.gateway.reference``."""
    assert (ROOT / "docs/reference" / name).read_bytes() == documents()[name]
    write(tmp_path / "new")
    assert (tmp_path / "new" / name).read_bytes() == documents()[name]


def test_the_documents_are_served_with_the_limits_in_force() -> None:
    with TestClient(app(MemoryRuntime(registry()), GatewayLimits(batch_events=7))) as client:
        batch = "application/cloudevents-batch+json"
        served = client.get("/v1/openapi.json").json()
        assert served["paths"]["/v1/events"]["post"]["requestBody"]["content"][batch]["schema"]["maxItems"] == 7
        assert client.get("/v1/asyncapi.json").json()["asyncapi"] == "3.0.0"


def test_the_asyncapi_document_is_valid_by_the_official_schema() -> None:
    official = msgspec.json.decode(gzip.decompress((ROOT / "tests/gateway/data/asyncapi-3.0.0.json.gz").read_bytes()))
    judge = Draft7Validator(official)
    assert [error.message for error in judge.iter_errors(ASYNCAPI)] == []
    assert not judge.is_valid(ASYNCAPI | {"channels": {"events": {"adress": "/v1/events"}}})


@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_every_reference_points_at_something_and_every_schema_is_one(document: dict[str, Any]) -> None:
    assert references(document)
    for reference in references(document):
        resolve(document, reference)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_openapi_document_loads_where_clients_are_made_from_it() -> None:
    loaded = schemathesis.openapi.from_dict(OPENAPI)
    assert {operation.ok().label for operation in loaded.get_all_operations() if isinstance(operation, Ok)} == {
        "POST /v1/events",
        "GET /v1/openapi.json",
        "GET /v1/asyncapi.json",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
    }


def test_both_documents_know_every_kind_and_no_other() -> None:
    assert list(ASYNCAPI["components"]["messages"]) == list(VOCABULARY) == list(DATA)
    mapping = OPENAPI["components"]["schemas"]["CloudEvent"]["discriminator"]["mapping"]
    assert list(mapping) == [PREFIX + kind for kind in VOCABULARY]
    assert ASYNCAPI["components"]["schemas"].items() <= OPENAPI["components"]["schemas"].items()


@pytest.mark.parametrize("kind", VOCABULARY)
def test_a_good_event_fits_the_schema_of_its_kind_alone_and_is_accepted(kind: str) -> None:
    good = sample(kind)
    assert [error.message for error in validator(kind).iter_errors(good)] == []
    assert validator("CloudEvent").is_valid(good)
    assert [other for other in VOCABULARY if validator(other).is_valid(good)] == [kind]
    with TestClient(app(MemoryRuntime(registry()))) as client:
        answer = client.post(
            "/v1/events", content=msgspec.json.encode(good), headers=key() | {"content-type": STRUCTURED}
        )
        assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": []})


@given(st.sampled_from([*VOCABULARY]), st.data())
def test_what_the_schema_refuses_is_refused_by_the_gateway(kind: str, data: st.DataObject) -> None:
    """One thing of a good event is broken: whenever the document says no, the answer is no."""
    broken = sample(kind)
    place = data.draw(st.sampled_from([broken, broken["data"]]))
    field = data.draw(st.sampled_from([*place]))
    value: Any = data.draw(st.sampled_from([None, "", -1, 1.5, 11, "x", "x" * 300, [], {}, True, "2026-13-01"]))
    if data.draw(st.booleans()):
        place[field] = value
    else:
        del place[field]
    if not validator("CloudEvent").is_valid(broken):
        answer = client().post("/v1/events", content=msgspec.json.encode(broken), headers=key())
        assert answer.status_code in (400, 403, 422), answer.text
        assert answer.json()["rejected"][0]["faults"]


_client: list[TestClient[Litestar]] = []


def client() -> TestClient[Litestar]:
    """One client for all examples."""
    if not _client:
        _client.append(TestClient(app(MemoryRuntime(registry()), GatewayLimits(burst_events=10_000_000))))
    return _client[0]


def test_the_page_for_senders_names_every_answer_limit_and_metric() -> None:
    page = (ROOT / "docs/api.md").read_text()
    said = [*STATUS, *GatewayLimits.__struct_fields__, *(metric.name for metric in METRICS)]
    assert [word for word in said if f"`{word}`" not in page] == []
    for name, field in zip(GatewayLimits.__struct_fields__, GatewayLimits.__struct_defaults__, strict=True):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}`"))
        assert f"{field:,}" in row
