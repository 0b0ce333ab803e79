"""Events onto Kafka: packed many to a record against one event a record, and what a reader pays to read them.

    python -m benchmarks.publishing [--events N] [--singles N]

A real broker of the tests (``tests/support/kafka.py``) on this machine; every record is acknowledged before the clock
stops, LZ4 both ways. CPU is that of the publishing process, and of the broker beside it. ``in calls of one`` hands
events in one by one, as a gateway with one sender each would; only the linger packs them.
"""

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from kafka import KafkaProducer

from pantau.bus.partitions import partition_of
from pantau.bus.record_columns import pack_record, read_record
from pantau.bus.records import unpack
from pantau.bus.topics import EVENTS, REJECTED, Topic
from pantau.domain.events import Event, TicketCreated, TicketData
from pantau.domain.wire import STRUCTURED, content_hash, encode_data, encode_event
from producers.brokers import DIRECT
from producers.publishing import Publisher
from producers.topics import create
from tests.support.kafka import Broker

MONDAY_8 = 1_774_832_400_000
KINDS = ("ticket.created", "ticket.called", "service.started", "service.ended")
UNITS = 300
CALL = 500


class Measured(msgspec.Struct):
    """What one way of sending cost."""

    what: str
    events: int
    seconds: float
    cpu: float
    broker_cpu: float
    stored: int


def events(n: int) -> list[Event]:
    """Tickets of a few hundred offices, four events each, in the order of time."""
    made = []
    for at in range(n):
        ticket, step = divmod(at, len(KINDS))
        kind, record = KINDS[step], TicketCreated if step == 0 else TicketData
        data = record(
            unit=f"unit-{ticket % UNITS:03d}",
            ticket=f"A{ticket:07d}",
            service=f"s{ticket % 12}",
            channel="loket",
            counter=None if step == 0 else f"loket-{ticket % 5}",
        )
        when = MONDAY_8 + ticket * 40 + step * 180_000
        content = content_hash(kind, when, encode_data(data))
        id = f"{ticket * 2654435761 % 2**32:08x}/{step}"
        made.append(
            Event(source="antrian", id=id, kind=kind, time=when, arrival=when + 700, data=data, content=content)
        )
    return made


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def one_by_one(broker: str, topic: Topic, sent: Sequence[Event]) -> None:
    """One event a record, structured, keyed by unit: the same client, the same promises, its own batching."""
    producer: Any = KafkaProducer(
        bootstrap_servers=broker, proxy_url=DIRECT, acks="all", enable_idempotence=True, compression_type="lz4",
        linger_ms=50, batch_size=512 * 1024, metrics_enabled=False,
    )  # fmt: skip
    headers = [("content-type", STRUCTURED.encode())]
    done = []
    for event in sent:
        key = event.data.unit.encode()
        place = partition_of(event.data.unit, topic.partitions)
        done.append(producer.send(topic.name, encode_event(event), key=key, headers=headers, partition=place))
    for future in done:
        future.get(timeout=60)
    producer.close()


def packed(size: int) -> Callable[[str, Topic, Sequence[Event]], None]:
    """The product's publisher, handed ``size`` events a call."""

    def send(broker: str, topic: Topic, sent: Sequence[Event]) -> None:
        with Publisher([broker], events=topic, rejected=REJECTED) as to:
            to.ready(60)
            done = [to.publish(sent[at : at + size], wait_seconds=None) for at in range(0, len(sent), size)]
            for future in done:
                future.result(60)

    return send


def measure(
    what: str, broker: Broker, folder: Path, send: Callable[[str, Topic, Sequence[Event]], None], sent: Sequence[Event]
) -> Measured:
    """Send everything into a topic of its own."""
    topic = msgspec.structs.replace(EVENTS, name="events." + "".join(filter(str.isalnum, what)))
    create([broker.bootstrap], [topic])
    assert broker.pid is not None
    before, began, used = cpu_seconds(broker.pid), time.monotonic(), time.process_time()
    send(broker.bootstrap, topic, sent)
    cpu, seconds = time.process_time() - used, time.monotonic() - began
    stored = sum(path.stat().st_size for path in (folder / "log").glob(f"{topic.name}-*/*.log"))
    return Measured(what, len(sent), seconds, cpu, cpu_seconds(broker.pid) - before, stored)


def reading(sent: Sequence[Event]) -> tuple[float, float, float]:
    """µs of CPU an event to read a record of 500, the best of many.

    By its columns, as events from its JSON, and its JSON as dictionaries.
    """
    value, headers = pack_record(sent[:CALL])
    by_name, read = dict(headers), msgspec.json.Decoder()

    def best(work: Callable[[], object]) -> float:
        found = []
        for _ in range(200):
            began = time.process_time()
            work()
            found.append(time.process_time() - began)
        return min(found) / CALL * 1e6

    return best(lambda: read_record(value, by_name)), best(lambda: unpack(value)), best(lambda: read.decode(value))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=400_000, help="events sent packed")
    parser.add_argument("--singles", type=int, default=40_000, help="events sent one a record, and in calls of one")
    asked = parser.parse_args()
    made = events(asked.events)
    gc.freeze()  # no process that publishes holds so many events: they must not be looked through again and again
    with tempfile.TemporaryDirectory() as name:
        broker = Broker(Path(name) / "kafka")
        try:
            broker.start()
            create([broker.bootstrap], [REJECTED])
            measured = [
                measure(what, broker, broker.folder, send, made[:n])
                for what, send, n in (
                    ("one event a record", one_by_one, asked.singles),
                    ("packed, in calls of one", packed(1), asked.singles),
                    ("packed, in calls of 20", packed(20), asked.events // 2),
                    (f"packed, in calls of {CALL}", packed(CALL), asked.events),
                )
            ]
        finally:
            broker.stop()
    print(f"{'':28}{'events/s':>10}{'CPU-s/M':>10}{'ratio':>8}{'broker CPU-s/M':>16}{'bytes/event':>13}")
    base = measured[0].cpu / measured[0].events
    for each in measured:
        per_million = 1e6 / each.events
        print(
            f"{each.what:28}{each.events / each.seconds:10,.0f}{each.cpu * per_million:10.1f}"
            f"{base / (each.cpu / each.events):8.1f}{each.broker_cpu * per_million:16.1f}"
            f"{each.stored / each.events:13.0f}"
        )
    columns, objects, dictionaries = reading(made)
    print(
        f"reading, µs an event: by columns {columns:.2f}, as events {objects:.2f}, as dictionaries {dictionaries:.2f}"
    )


if __name__ == "__main__":
    main()
