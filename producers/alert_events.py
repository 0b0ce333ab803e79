"""Steps of alerts onto ``pantau.alerts``, those of a unit strictly one after the other."""

import contextlib
from collections.abc import Sequence
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from pantau.bus.alerts import HEADERS, AlertEvent, key_of, pack_alert_event
from pantau.bus.partitions import partition_of
from pantau.bus.topics import ALERTS, Topic
from pantau.domain.errors import NotNow
from producers.brokers import DIRECT, require

DELIVERY_SECONDS: Final = 10.0
"""How long one record may take before the bus counts as away."""


class AlertPublisher:
    """Publishes from one thread. A client that failed is let go of; the next call begins with a new one."""

    def __init__(self, brokers: Sequence[str], topic: Topic = ALERTS) -> None:
        self._brokers = brokers
        self._topic = topic
        self._producer: Any = None

    def publish(self, events: Sequence[AlertEvent]) -> list[str]:
        """Send steps and wait until the bus has them; the ids of those that it has. Blocks.

        A step goes out when the one before it of the same unit is acknowledged: whatever a client repeats, and wherever
        it fails, none overtakes another. Raises NotNow when nothing can be sent at all.
        """
        producer = self._open()
        try:
            partitions = len(producer.partitions_for(self._topic.name))
        except KafkaError as error:
            self.close()
            raise NotNow(f"the brokers do not say what partitions {self._topic.name} has: {error}") from error
        waiting: dict[str, list[AlertEvent]] = {}
        for event in events:
            waiting.setdefault(event.unit, []).append(event)
        taken: list[str] = []
        failed = False
        while waiting and not failed:
            sent = []
            for unit in [*waiting]:
                event = waiting[unit].pop(0)
                if not waiting[unit]:
                    del waiting[unit]
                sent.append((event, self._send(event, partition_of(unit, partitions))))
            for event, outcome in sent:
                try:
                    if isinstance(outcome, KafkaError):
                        raise outcome
                    outcome.get(timeout=DELIVERY_SECONDS + 1)
                except KafkaError:
                    failed = True
                else:
                    taken.append(event.id)
        if failed:
            self.close()
        return taken

    def close(self) -> None:
        """Let go of the client."""
        producer, self._producer = self._producer, None
        if producer is not None:
            # close() of kafka-python 3.0.12 gives up, and leaves its thread running, where records wait
            producer._sender.force_close()
            producer._sender.join(5)
            with contextlib.suppress(KafkaError):  # its thread is inside a request, and ends with that one
                producer.close(timeout=1)

    def _send(self, event: AlertEvent, partition: int) -> Any:
        try:
            return self._producer.send(
                self._topic.name,
                key=key_of(event).encode(),
                value=pack_alert_event(event),
                headers=[*HEADERS],
                partition=partition,
            )
        except KafkaError as error:
            return error

    def _open(self) -> Any:
        if self._producer is None:
            require(self._brokers)
            delivery_ms = int(DELIVERY_SECONDS * 1000)
            try:
                self._producer = KafkaProducer(
                    bootstrap_servers=[*self._brokers],
                    bootstrap_timeout_ms=10_000,
                    proxy_url=DIRECT,
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=0,
                    max_block_ms=5_000,
                    delivery_timeout_ms=delivery_ms,
                    request_timeout_ms=delivery_ms,
                    reconnect_backoff_max_ms=1_000,
                    allow_auto_create_topics=False,
                    metrics_enabled=False,
                )
            except KafkaError as error:
                raise NotNow(f"no broker answers at {', '.join(self._brokers)}: {error}") from error
        return self._producer
