"""The Kafka of these tests is a real one: what it acknowledged is there after a stop and after a kill."""

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from tests.support.kafka import Broker, answers


def test_what_was_acknowledged_outlives_stop_and_kill(own_kafka: Broker) -> None:
    admin = KafkaAdminClient(bootstrap_servers=own_kafka.bootstrap)
    admin.create_topics([NewTopic("t", num_partitions=1, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=own_kafka.bootstrap, acks="all")
    producer.send("t", b"kept").get(timeout=30)
    producer.close()
    for end in (own_kafka.stop, own_kafka.kill):
        end()
        assert not answers(own_kafka.bootstrap)
        own_kafka.start()
        consumer = KafkaConsumer("t", bootstrap_servers=own_kafka.bootstrap, auto_offset_reset="earliest")
        assert next(consumer).value == b"kept"
        consumer.close()


def test_the_shared_broker_answers(kafka: str) -> None:
    assert answers(kafka)
