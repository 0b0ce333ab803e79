"""What Faust cannot say or do of the bus: where its log begins and ends, and many small records in few requests."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.types import TP

from pantau.bus.partitions import partition_of
from pantau.bus.topics import EVENTS
from pantau.domain.errors import NotNow

ANSWER_SECONDS = 10.0
"""How long brokers have to answer."""


class Kafka:
    """Implements :class:`stream_processors.loops.Source` on the brokers and on an application's consumer."""

    def __init__(self, app: Any, brokers: Sequence[str]) -> None:
        self._app = app
        self._brokers = [*brokers]

    async def ends(self, numbers: Iterable[int]) -> Mapping[int, int]:
        """The offset behind the last record of each partition."""
        parts = [TopicPartition(EVENTS.name, number) for number in numbers]
        async with self._reader() as reader:
            return {part.partition: end for part, end in (await reader.end_offsets(parts)).items()}

    async def first_from(self, number: int, offset: int) -> int:
        """The offset of a partition's first record at an offset or behind it; there must be one."""
        part = TopicPartition(EVENTS.name, number)
        async with self._reader() as reader:
            reader.assign([part])
            reader.seek(part, offset)
            first: int = (await reader.getone(part)).offset
            return first

    async def seek(self, number: int, offset: int) -> None:
        """Let the group's consumer read on at an offset, unless the partition is no longer this worker's."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._app.consumer.seek(TP(EVENTS.name, number), offset)
        except (TimeoutError, KafkaError) as error:
            raise NotNow(f"partition {number} cannot be read on at {offset}: {error!r}") from error

    async def put(self, topic: str, records: Iterable[tuple[str, bytes, bytes]]) -> None:
        """Put (unit, key, value) on a topic, each in the partition of its unit; back when all are acknowledged.

        Packed here into the batches of Kafka's own protocol: handed to Faust one by one, a record costs 0.1 ms.
        """
        try:
            producer = (await self._app.maybe_start_producer())._ensure_producer()
            partitions = len(await producer.partitions_for(topic))
            filling: dict[int, Any] = {}
            sent: list[Any] = []
            for unit, key, value in records:
                number = partition_of(unit, partitions)
                batch = filling.get(number)
                if batch is None or batch.append(timestamp=None, key=key, value=value) is None:
                    if batch is not None:
                        sent.append(await producer.send_batch(batch, topic, partition=number))
                    filling[number] = producer.create_batch()
                    filling[number].append(timestamp=None, key=key, value=value)
            sent += [await producer.send_batch(batch, topic, partition=number) for number, batch in filling.items()]
            await asyncio.gather(*sent)
        except KafkaError as error:
            raise NotNow(f"the bus did not take what was to be put on {topic}: {error!r}") from error

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[Any]:
        """A consumer of no group. Raises NotNow when the brokers do not answer in time."""
        reader = AIOKafkaConsumer(bootstrap_servers=self._brokers, auto_offset_reset="earliest")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await reader.start()
                yield reader
        except (TimeoutError, KafkaError) as error:
            raise NotNow(f"the brokers do not say what they hold: {error!r}") from error
        finally:
            await reader.stop()
