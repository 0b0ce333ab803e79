"""The yardstick of ``benchmarks.distributed``: the same job as one writes it first in Faust, an event at a time.

A record class, a table of visits, and windowed tables of 5 minutes, half an hour and a day for each measure, all kept
by Faust with their changelogs. It does less than the product: no percentiles, no proof, no rebuild, no ClickHouse.
Started as a process:

    python -m benchmarks.faust_baseline BROKER EVENTS
"""

import asyncio
import os
import sys
import time
from typing import Any

import faust

TOPIC = "baseline.events"
SIZES = (300.0, 1800.0, 86_400.0)
YEARS = 100 * 365 * 86_400.0
"""Windows never expire: Faust compares their ends with today's clock, and the events are of another day."""


class TicketEvent(faust.Record, serializer="json"):
    """One event of a ticket; ``time`` in seconds."""

    unit: str
    ticket: str
    service: str
    kind: str
    time: float


def marks(kind: str, visit: dict[str, float], at: float) -> list[tuple[str, float | None]]:
    """What an event adds to windows: the same measures as the product's."""
    created, called, started = (visit.get(name, at) for name in ("ticket.created", "ticket.called", "service.started"))
    if kind == "ticket.created":
        return [("arrivals", None)]
    if kind == "ticket.called":
        return [("called", None), ("wait_to_call", at - created)]
    if kind == "service.started":
        return [("wait_to_start", at - created)]
    return [
        ("outcome.served", None),
        ("service_time", at - started),
        ("visit_time", at - created),
        ("promise", float(called - created <= 900)),
    ]


def main(broker: str, events: int) -> None:
    """Process so many events, then end and print the CPU seconds this took."""
    app: Any = faust.App(
        "baseline", broker=f"aiokafka://{broker}", store="memory://", topic_partitions=4, web_enabled=False
    )
    topic = app.topic(TOPIC, value_type=TicketEvent, partitions=4)
    visits = app.Table("visits", default=dict, partitions=4)
    windows = [
        app.Table(f"windows-{int(size)}", default=tuple, partitions=4)
        .tumbling(size, expires=YEARS)
        .relative_to_field(TicketEvent.time)
        for size in SIZES
    ]

    async def count(stream: Any) -> None:
        n = 0
        began = 0.0
        async for event in stream:
            began = began or time.process_time()
            key = f"{event.unit}/{event.ticket}"
            visit = dict(visits[key])
            visit[event.kind] = event.time
            visits[key] = visit
            for measure, value in marks(event.kind, visit, event.time):
                for size, table in zip(SIZES, windows, strict=True):
                    cell_key = f"{event.unit}|{'*' if size == SIZES[0] else event.service}|{measure}"
                    n_before, total = table[cell_key].value() or (0, 0.0)
                    table[cell_key] = (n_before + 1, total + (value or 0.0))
            n += 1
            if n == events:
                print(f"cpu {time.process_time() - began}", flush=True)
                os._exit(0)

    app.agent(topic)(count)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    faust.Worker(app, loop=loop, loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
