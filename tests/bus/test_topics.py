"""Topics are made once, as declared; what a broker has otherwise is told and left alone."""

import secrets

import msgspec
import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from pantau.bus.topics import EVENTS, INDICATORS, TOPICS, Topic
from pantau.domain.errors import NotNow
from producers.topics import Difference, check, create
from tests.support.kafka import free_ports


def own(topic: Topic) -> Topic:
    """The same topic under a name that no other test uses, nor did in another run."""
    return msgspec.structs.replace(topic, name=f"topics-{secrets.token_hex(8)}", partitions=3)


def test_missing_topics_are_made_as_declared(kafka: str) -> None:
    topics = [own(EVENTS), own(INDICATORS)]
    assert check([kafka], topics) == [Difference(topic.name, "topic", "3 partitions", "missing") for topic in topics]
    assert create([kafka], topics) == ([topic.name for topic in topics], [])
    assert check([kafka], topics) == []


def test_making_them_again_changes_nothing(kafka: str) -> None:
    topics = [own(EVENTS)]
    create([kafka], topics)
    assert create([kafka], topics) == ([], [])


def test_what_is_there_otherwise_is_told_and_left_as_it_is(kafka: str) -> None:
    topic = own(EVENTS)
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        admin.create_topics([NewTopic(topic.name, num_partitions=5, topic_configs={"retention.ms": "1000"})])
    finally:
        admin.close()
    differences = [
        Difference(topic.name, "partitions", "3", "5"),
        Difference(topic.name, "message.timestamp.type", "LogAppendTime", "CreateTime"),
        Difference(topic.name, "segment.ms", "86400000", "604800000"),
        Difference(topic.name, "retention.ms", "604800000", "1000"),
    ]
    assert check([kafka], [topic]) == differences
    assert create([kafka], [topic]) == ([], differences)
    assert check([kafka], [topic]) == differences


def test_no_broker_is_said_with_its_address() -> None:
    (port,) = free_ports(1)
    with pytest.raises(NotNow, match=f"127.0.0.1:{port}"):
        check([f"127.0.0.1:{port}"], [EVENTS])


def test_every_topic_has_a_name_of_its_own() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
    assert all(topic.name.startswith("pantau.") for topic in TOPICS)
