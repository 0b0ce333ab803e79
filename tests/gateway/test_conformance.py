"""Whatever a sender makes of the OpenAPI document, the gateway answers as the document says (schemathesis, fixed seed).

Requests that fit the document and requests that break it, also without a key or with a wrong one, with methods that
are not served and with headers missing. Checked: no 5xx, only documented statuses, types and headers, bodies that
fit their schemas, what breaks the document is refused, what fits it is accepted or refused for a reason given.
Some 10,000 requests, most of them made to break one rule of the document each. The media type ``application/json``
takes what the two others take together, so of its requests one in eight is sent; and one in eight of all is sent again
without a key and with a wrong one.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Annotated, Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, seed, settings
from schemathesis.config import ChecksConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.config._checks import NegativeDataRejectionConfig, PositiveDataAcceptanceConfig
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.specs.openapi.checks import ignored_auth

from pantau.domain.events import AwareDatetime, Code
from pantau.gateway.limits import GatewayLimits
from tests.gateway.office import HERE, KEY, NOW, SOURCE, MemoryRuntime, app, at, registry

LIMITS = GatewayLimits(burst_events=1_000_000_000)

CHECKS = ChecksConfig(
    # 422: an event can fit the schema and still say a unit or a time that is not, or contradict itself
    positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=["202", "200", "403", "422"]),
    negative_data_rejection=NegativeDataRejectionConfig(
        expected_statuses=["400", "401", "403", "405", "413", "415", "422"]
    ),
)

gateway: Any = app(MemoryRuntime(registry()), LIMITS)
schema = schemathesis.openapi.from_asgi(
    "/v1/openapi.json",
    gateway,
    config=SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(checks=CHECKS))),
)


def name_known_things(body: Any) -> None:
    """Where an event names a possible source, unit and time, let it name ones that exist, so that it gets further.

    Only what the document allows is replaced, and by what it allows: what broke the document still does.
    """
    for sent in body if isinstance(body, list) else [body]:
        if not isinstance(sent, dict):
            continue
        if fits(sent.get("source"), Name):
            sent["source"] = SOURCE
        if fits(sent.get("time"), AwareDatetime):
            sent["time"] = at(NOW)
        data = sent.get("data")
        if isinstance(data, dict) and fits(data.get("unit"), Code):
            data["unit"] = HERE


Name = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


def fits(value: Any, annotation: Any) -> bool:
    try:
        msgspec.convert(value, annotation)
    except msgspec.ValidationError:
        return False
    return True


seen: Counter[int] = Counter()
as_json, sent = count(), count()


@pytest.fixture(scope="module", autouse=True)
def _all_kinds_of_answers_were_seen() -> Iterator[None]:
    """Guards the test below against generating nothing but refusals."""
    yield
    assert min(seen[status] for status in (202, 400, 401, 415, 422)) > 0, seen


@pytest.fixture(scope="module")
def client() -> Iterator[ASGIClient]:
    """One for all requests, which looks for no proxy."""
    with get_client(gateway) as client:
        client.trust_env = False
        yield client


@pytest.mark.slow
@schema.parametrize()
@seed(1_4_2017)
@settings(max_examples=20, deadline=None, database=None, suppress_health_check=[*HealthCheck])
def test_the_gateway_answers_as_its_document_says(case: Any, client: ASGIClient) -> None:
    if case.media_type == "application/json" and next(as_json) % 8:
        return
    name_known_things(case.body)
    answer = case.call_and_validate(
        session=client,
        headers={"Authorization": f"Bearer {KEY}"},
        excluded_checks=[ignored_auth] if next(sent) % 8 else None,
    )
    seen[answer.status_code] += 1
