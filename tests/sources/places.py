"""Where rows go in these tests: a sink that keeps everything in memory, and a gateway that does."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pantau.domain.calendars import Week
from pantau.domain.errors import NotNow
from pantau.domain.registry import Hours, Registry, Source, Unit
from pantau.domain.rejections import Rejection
from producers.feeding import Feed, JudgingFeed
from producers.mapping import Mapping, compile
from producers.packed import Packed

SECRET = b"sixteen bytes and more"
ALWAYS: Week = (((0, 1440),),) * 7


def registry_of(*, source: str, unit: str) -> Registry:
    """One unit, always open, of which one source may speak."""
    return Registry(
        hours=[Hours(name="selalu", week=ALWAYS)],
        units=[
            Unit(code=unit, name="Kantor", kecamatan="06", kabupaten="18", zone="Asia/Jakarta", hours="selalu"),
        ],
        sources=[Source(name=source, units=frozenset({unit}), live=False)],
    )


class Kept:
    """A sink that holds what it is given until ``durable`` is asked for; it can be away."""

    def __init__(self) -> None:
        self.events: dict[str, Packed] = {}
        """Durable events by id."""
        self.times: Counter[str] = Counter()
        """How often each was made durable."""
        self.rejections: list[Rejection] = []
        self.away = False
        self._held: list[Packed] = []

    def send(self, events: Sequence[Packed], rejections: Sequence[Rejection]) -> None:
        self._held += events
        self.rejections += rejections

    def durable(self) -> None:
        held, self._held = self._held, []
        if self.away:
            raise NotNow("the place is away")
        for event in held:
            assert self.events.setdefault(event.id, event).content == event.content, "two contents of one id"
            self.times[event.id] += 1

    @contextmanager
    def feed(self, mapping: Mapping) -> Iterator[Feed]:
        """A feed into here, by the mapping's own source and unit."""
        registry = registry_of(source=mapping.source, unit=mapping.unit)
        yield JudgingFeed(compile(mapping, key=SECRET), self, lambda: registry, SECRET)


class Gateway:
    """An HTTP gateway that takes everything and remembers ids; ``busy`` makes it answer 503."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()
        self.data: dict[str, Any] = {}
        self.busy = False
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                events = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if not gateway.busy:
                    for event in events:
                        gateway.times[event["id"]] += 1
                        gateway.data.setdefault(event["id"], event)
                body = b"{}"
                self.send_response(503 if gateway.busy else 202)
                self.send_header("retry-after", "0.05")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> "Gateway":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
