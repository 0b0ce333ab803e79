"""The declared topics on a broker: made where they are missing, compared where they are there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from pantau.bus.topics import TOPICS, Topic
from pantau.domain.errors import BadSetup, NotNow
from producers.brokers import DIRECT, require

READY_MS = 30_000


class Difference(msgspec.Struct, frozen=True):
    """What a broker has otherwise than declared; ``setting`` is ``topic`` for one that is missing."""

    topic: str
    setting: str
    declared: str
    found: str


def check(brokers: Sequence[str], topics: Sequence[Topic] = TOPICS) -> list[Difference]:
    """Everything that differs between the declared topics and the broker's.

    Raises NotNow when no broker answers, BadSetup when it does not let us look.
    """
    with _admin(brokers) as admin:
        return _differences(admin, topics)


def create(
    brokers: Sequence[str], topics: Sequence[Topic] = TOPICS, *, replicas: int = -1
) -> tuple[list[str], list[Difference]]:
    """Make the topics that are missing; their names, and how those that were there differ, which are left as they are.

    ``replicas`` of every partition; -1 is the broker's own default. Returns when the new topics can be written to.
    Raises as :func:`check`.
    """
    with _admin(brokers) as admin:
        missing = {each.topic for each in _differences(admin, topics) if each.setting == "topic"}
        made = []
        for topic in topics:
            if topic.name in missing:
                new = NewTopic(
                    topic.name,
                    num_partitions=topic.partitions,
                    replication_factor=replicas,
                    topic_configs=topic.configs(),
                )
                try:
                    admin.create_topics([new])
                except TopicAlreadyExistsError:  # somebody else was quicker
                    continue
                made.append(topic.name)
        if made:
            admin.wait_for_topics(made, timeout_ms=READY_MS)
        return made, _differences(admin, topics)


def partitions_of(brokers: Sequence[str], topic: Topic) -> int:
    """How many partitions the broker has of a topic. Raises BadSetup for a topic that is missing; as :func:`check`."""
    with _admin(brokers) as admin:
        described = admin.describe_topics([topic.name])
        n = len(described[0]["partitions"])
    if not n:
        raise BadSetup(f"the broker has no topic {topic.name}; make the topics: pantau topics create")
    return n


@contextmanager
def _admin(brokers: Sequence[str]) -> Iterator[Any]:
    require(brokers)
    where = ", ".join(brokers)
    try:
        admin = KafkaAdminClient(bootstrap_servers=[*brokers], bootstrap_timeout_ms=10_000, proxy_url=DIRECT)
    except KafkaError as error:
        raise NotNow(f"no broker answers at {where}: {error}") from error
    try:
        yield admin
    except KafkaError as error:
        if getattr(error, "retriable", False):
            raise NotNow(f"the broker at {where} does not answer now: {error}") from error
        raise BadSetup(f"the broker at {where} refuses: {error}") from error
    finally:
        admin.close()


def _differences(admin: Any, topics: Sequence[Topic]) -> list[Difference]:
    described = {each["name"]: each for each in admin.describe_topics([topic.name for topic in topics])}
    there = [topic for topic in topics if described[topic.name]["partitions"]]
    configs: dict[str, Any] = {}
    if there:
        wanted = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in there]
        configs = admin.describe_configs(wanted, config_filter="all")["topic"]
    found = []
    for topic in topics:
        if topic not in there:
            found.append(Difference(topic.name, "topic", f"{topic.partitions} partitions", "missing"))
            continue
        partitions = len(described[topic.name]["partitions"])
        if partitions != topic.partitions:
            found.append(Difference(topic.name, "partitions", str(topic.partitions), str(partitions)))
        for setting, declared in topic.configs().items():
            value = str(configs[topic.name][setting]["value"])
            if value != declared:
                found.append(Difference(topic.name, setting, declared, value))
    return found
