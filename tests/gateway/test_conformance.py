"""Whatever a sender makes of the OpenAPI document, the gateway answers as the document says (schemathesis, fixed seed).

Requests that fit the document and requests that break it, also without a key or with a wrong one, with methods that
are not served and with headers missing. Checked: no 5xx, only documented statuses, types and headers, bodies that
fit their schemas, what breaks the document is refused, what fits it is accepted or refused for a reason given.
Some 6,000 requests, most of them made to break one rule of the document each.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, seed, settings
from schemathesis.config import ChecksConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.config._checks import NegativeDataRejectionConfig, PositiveDataAcceptanceConfig

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

schema = schemathesis.openapi.from_asgi(
    "/v1/openapi.json",
    app(MemoryRuntime(registry()), LIMITS),
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


@pytest.fixture(scope="module", autouse=True)
def _all_kinds_of_answers_were_seen() -> Iterator[None]:
    """Guards the test below against generating nothing but refusals."""
    yield
    assert min(seen[status] for status in (202, 400, 401, 415, 422)) > 0, seen


@pytest.mark.slow
@schema.parametrize()
@seed(1_4_2017)
@settings(max_examples=20, deadline=None, database=None, suppress_health_check=[*HealthCheck])
def test_the_gateway_answers_as_its_document_says(case: Any) -> None:
    name_known_things(case.body)
    answer = case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"})
    seen[answer.status_code] += 1
