"""How fast the gateway answers: requests a second for single events, events a second for batches.

``python benchmarks/gateway.py`` starts a real server (uvicorn, uvloop, httptools) in a process of its own, on a free
loopback port, with a runtime whose events are durable at once; so what is measured is HTTP, validation and answering,
not storage. The sender is this process: plain sockets, many connections, the next request after each answer. Beside it
stands, in the same run, what the web framework does alone: it parses the body into typed envelopes and answers, without
a key, a rule, a hash or a look at personal data. That is the floor that nothing on this framework can go below.
"""

import argparse
import asyncio
import multiprocessing
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

import msgspec
import uvicorn
import uvloop
from litestar import Litestar, post

sys.path.insert(0, str(Path(__file__).parent.parent))  # run from a checkout

from pantau.domain.calendars import Week
from pantau.domain.events import Event
from pantau.domain.registry import Hours, Registry, Source, Unit
from pantau.domain.rejections import Rejection
from pantau.domain.wire import BATCH, STRUCTURED
from pantau.gateway.keys import key_hash
from pantau.gateway.limits import GatewayLimits
from pantau.gateway.routes import routes

KEY = "pantau_benchmark"
TIME = "2026-03-02T09:30:00+07:00"
NOW = 1_772_418_600_000
OFFICE: Week = (((480, 960),),) * 5 + ((), ())
UNITS = 1000


class Instant:
    """A runtime that keeps nothing: every event is durable at once."""

    def __init__(self) -> None:
        codes = [f"unit-{number:04}" for number in range(UNITS)]
        self.registry = Registry(
            hours=[Hours(name="kantor", week=OFFICE)],
            units=[
                Unit(code=code, name=code, kecamatan="18.01.06", kabupaten="18.01", zone="Asia/Jakarta", hours="kantor")
                for code in codes
            ],
            sources=[Source(name="antrian", units=frozenset(codes), key_hash=key_hash(KEY))],
        )

    def submit(self, events: Sequence[Event]) -> "Future[None]":
        """Say that the events are durable."""
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def reject(self, rejections: Sequence[Rejection]) -> "Future[None]":
        """Say that the rejections are kept."""
        return self.submit(())


class Envelope(msgspec.Struct):
    """The envelope typed, the data anything."""

    specversion: str
    id: str
    source: str
    type: str
    time: datetime
    data: dict[str, Any]


@post("/parsed", status_code=202)
async def parsed(data: list[Envelope]) -> dict[str, int]:
    """Let the framework parse, judge nothing, answer."""
    return {"accepted": len(data)}


def serve(listening: socket.socket) -> None:
    """The server process."""
    limits = GatewayLimits(events_per_second=100_000_000, burst_events=100_000_000)
    app = Litestar(
        route_handlers=[*routes(Instant(), limits, lambda: NOW, secret=b"sixteen bytes and more"), parsed],
        openapi_config=None,
        logging_config=None,
    )
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def events(number: Iterator[int], n: int) -> list[dict[str, Any]]:
    """New events of tickets taken at many units."""
    made = []
    for _ in range(n):
        i = next(number)
        data = {"unit": f"unit-{i % UNITS:04}", "ticket": f"A-{i}", "service": "ktp-el", "channel": "loket"}
        envelope = {"specversion": "1.0", "id": str(i), "source": "antrian", "type": "id.pantau.ticket.created"}
        made.append({**envelope, "time": TIME, "data": data})
    return made


def request(path: str, content_type: str, body: bytes) -> bytes:
    """The bytes of one POST."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Sender(asyncio.Protocol):
    """One connection that sends the next request as soon as the last is answered."""

    def __init__(self, requests: Sequence[bytes], seconds: float) -> None:
        self.requests = requests
        self.until = time.perf_counter() + seconds
        self.latencies: list[float] = []
        self.done = asyncio.get_running_loop().create_future()
        self.sent = 0.0
        self.answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own does not inherit from it
        self.send()

    def send(self) -> None:
        """Send the next request."""
        self.sent = time.perf_counter()
        self.transport.write(self.requests[len(self.latencies) % len(self.requests)])

    def data_received(self, data: bytes) -> None:  # noqa: D102
        self.answer += data
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.partition(b"content-length: ")[2].partition(b"\r")[0]):
            return
        now = time.perf_counter()
        if not head.startswith(b"HTTP/1.1 202"):
            self.done.set_exception(RuntimeError(self.answer.decode()))
            return
        self.answer = b""
        self.latencies.append(now - self.sent)
        if now < self.until:
            self.send()
        elif not self.done.done():
            self.transport.close()
            self.done.set_result(None)


async def load(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> tuple[float, list[float]]:
    """Requests a second, and the latencies in seconds."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    senders = []
    for number in range(connections):
        own = [*requests[number::connections]] or [*requests]
        _, sender = await loop.create_connection(lambda own=own: Sender(own, seconds), "127.0.0.1", port)  # type: ignore[misc]
        senders.append(sender)
    await asyncio.gather(*(sender.done for sender in senders))
    elapsed = time.perf_counter() - started
    latencies = sorted(latency for sender in senders for latency in sender.latencies)
    return len(latencies) / elapsed, latencies


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each measurement")
    parser.add_argument("--connections", type=int, default=32)
    asked = parser.parse_args()
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listening.getsockname()[1]
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listening,), daemon=True)
    server.start()
    number = count()
    encode = msgspec.json.encode
    cases: list[tuple[str, int, list[bytes]]] = [
        (
            "single events",
            1,
            [request("/v1/events", STRUCTURED, encode(events(number, 1)[0])) for _ in range(2000)],
        ),
        *(
            (f"batches of {n}", n, [request("/v1/events", BATCH, encode(events(number, n))) for _ in range(64)])
            for n in (10, 100, 1000)
        ),
        ("parsing alone, 100", 100, [request("/parsed", "application/json", encode(events(number, 100)))] * 64),
    ]
    try:
        measure(port, cases, seconds=asked.seconds, connections=asked.connections)
    finally:
        server.terminate()
        server.join()


def measure(port: int, cases: Sequence[tuple[str, int, list[bytes]]], *, seconds: float, connections: int) -> None:
    """Print one line a case: after half a second of warming up."""
    print(f"{'':24}{'requests/s':>12}{'events/s':>12}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for name, size, requests in cases:
        uvloop.run(load(port, requests, connections=connections, seconds=0.5))
        rate, latencies = uvloop.run(load(port, requests, connections=connections, seconds=seconds))
        shown = [f"{latencies[int(len(latencies) * share)] * 1000:9.1f}" for share in (0.5, 0.95, 0.99)]
        print(f"{name:24}{rate:12,.0f}{rate * size:12,.0f}{''.join(shown)}")


if __name__ == "__main__":
    main()
