"""Reading back what is on a broker."""

import secrets
from collections.abc import Sequence
from itertools import count
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition

from pantau.bus.records import unpack
from pantau.bus.topics import EVENTS, REJECTED, Topic
from pantau.domain.events import Event
from producers.topics import create

_names = count()
_RUN = secrets.token_hex(4)
"""A broker that PANTAU_TEST_KAFKA names still has the topics of other runs."""


def topics(broker: str, *, partitions: int = 3) -> tuple[Topic, Topic]:
    """Topics for events and for refusals that no other test uses, nor did in another run."""
    n = f"{_RUN}-{next(_names)}"
    made = tuple(
        msgspec.structs.replace(topic, name=f"{topic.name}.{n}", partitions=partitions) for topic in (EVENTS, REJECTED)
    )
    create([broker], made)
    return made[0], made[1]


def records(broker: str, topic: Topic) -> list[Any]:
    """Every record of a topic, those of a partition in their order."""
    consumer = KafkaConsumer(bootstrap_servers=broker)
    try:
        places = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
        ends = consumer.end_offsets(places)
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        found = []
        while any(consumer.position(place) < ends[place] for place in places):
            for some in consumer.poll(timeout_ms=200).values():
                found += some
        return found
    finally:
        consumer.close()


def events_of(found: Sequence[Any]) -> list[Event]:
    """The events of packed records."""
    return [event for record in found for event in unpack(record.value)]
