"""The example on the page does what the page says: a program that knows Kafka and nothing of us sends two events."""

import re
from pathlib import Path

from pantau.bus.partitions import partition_of
from pantau.bus.records import is_packed, read_foreign
from pantau.domain.events import Event
from pantau.domain.registry import Hours, Registry, Source, Unit
from pantau.domain.validation import accept
from tests.bus.reading import records, topics

PAGE = Path(__file__).parents[2] / "docs" / "bus.md"
REGISTRY = Registry(
    hours=[Hours(name="kantor", week=(((480, 960),),) * 5 + ((), ()))],
    units=[
        Unit(code="disdukcapil", name="Disdukcapil", kecamatan="k", kabupaten="b", zone="Asia/Jakarta", hours="kantor")
    ],
    sources=[Source(name="antrian-dukcapil")],
)


def test_the_example_of_a_foreign_producer_is_accepted(kafka: str) -> None:
    events, _ = topics(kafka, partitions=7)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    exec(code.replace("localhost:9092", kafka).replace("pantau.events", events.name), {})
    found = records(kafka, events)
    assert {record.partition for record in found} == {partition_of("disdukcapil", 7)}
    assert not any(is_packed(record.headers) for record in found)
    source = REGISTRY.source("antrian-dukcapil")
    assert source is not None
    judged = [
        accept(raw, registry=REGISTRY, source=source, now=record.timestamp, secret=b"s" * 16)
        for record in found
        for raw in read_foreign(record.value, record.headers)
    ]
    assert [event.kind for event in judged if isinstance(event, Event)] == ["ticket.created", "ticket.called"]
    assert {event.data.unit for event in judged if isinstance(event, Event)} == {"disdukcapil"}
