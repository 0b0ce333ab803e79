"""The key of a family of sources speaks for its members, each under its own name, and for nobody else."""

import json

import msgspec
import pytest

from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Rejection
from pantau.gateway.intake import Terms, judge
from pantau.gateway.keys import key_hash
from tests.gateway.office import HERE, KEY, NOW, SECRET, registry

FAMILY = Source(name="/antrian/*", live=False, key_hash=key_hash(KEY))
ALONE = Source(name="/antrian/sendiri", live=False)
REGISTRY = Registry(
    kabupaten=registry().kabupaten,
    hours=registry().hours,
    units=registry().units,
    sources=[FAMILY, ALONE, Source(name="/lain", live=False)],
)


def judged(source: object) -> tuple[object, ...] | Rejection:
    event = {
        "specversion": "1.0", "id": "1", "source": source, "type": "id.pantau.ticket.created",
        "time": "2026-03-02T08:15:00+07:00", "data": {"unit": HERE, "ticket": "A-1"},
    }  # fmt: skip
    terms = Terms(registry=REGISTRY, source=FAMILY, now=NOW, secret=SECRET, event_bytes=65_536, language="en")
    return next(judge([json.dumps(event).encode()], terms))


@pytest.mark.parametrize("name", ["/antrian/natar", "/antrian/", "/antrian/*"])
def test_a_member_is_accepted_under_its_own_name(name: str) -> None:
    found = judged(name)
    assert not isinstance(found, Rejection)
    assert [msgspec.structs.asdict(event)["source"] for event in found] == [name]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["/antrian/sendiri", "/lain", "/antria", "", 7, None])
def test_whoever_is_no_member_is_refused(name: object) -> None:
    found = judged(name)
    assert isinstance(found, Rejection)
    assert found.source == FAMILY.name
