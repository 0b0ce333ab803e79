"""What the tests of the gateway share: a small registry, a runtime that keeps everything in memory, and the app."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Litestar

from pantau.domain.calendars import Week
from pantau.domain.errors import NotNow
from pantau.domain.events import PREFIX, Event
from pantau.domain.registry import Hours, Registry, Source, Unit
from pantau.domain.rejections import Rejection
from pantau.gateway.keys import key_hash
from pantau.gateway.limits import GatewayLimits
from pantau.gateway.metrics import GatewayMetrics
from pantau.gateway.problems import EXCEPTION_HANDLERS
from pantau.gateway.routes import routes

KEY = "pantau_of-the-queue-system-of-dukcapil"
OTHER_KEY = "pantau_of-the-import-of-everything"
SECRET = b"sixteen bytes and more"
NOW = 1_772_418_600_000  # 2026-03-02 09:30 in Jakarta, a Monday
SOURCE, IMPORT = "antrian-dukcapil", "impor"
HERE, THERE, ELSEWHERE = "dukcapil", "mpp", "puskesmas"

_OFFICE: Week = (((480, 960),),) * 5 + ((), ())


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class MemoryRuntime:
    """Keeps what it is given. With ``busy`` it refuses; with ``held`` nothing becomes durable until it is let go."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.events: list[Event] = []
        self.rejections: list[Rejection] = []
        self.busy = False
        self.held: list[Future[Any]] | None = None
        self.failure: Exception | None = None

    def submit(self, events: Sequence[Event]) -> "Future[None]":
        assert events, "nothing was handed in"
        self.events += events
        return self._future()

    def reject(self, rejections: Sequence[Rejection]) -> "Future[Any]":
        self.rejections += rejections
        return self._future()

    def _future(self) -> "Future[Any]":
        if self.busy:
            raise NotNow("200000 events wait")
        future: Future[Any] = Future()
        if self.held is not None:
            self.held.append(future)
        elif self.failure is not None:
            future.set_exception(self.failure)
        else:
            future.set_result(None)
        return future


def registry(*, key: str = KEY, units: Sequence[str] = (HERE, THERE)) -> Registry:
    return Registry(
        hours=[Hours(name="kantor", week=_OFFICE)],
        units=[
            Unit(code=code, name=code, kecamatan="18.01.06", kabupaten="18.01", zone="Asia/Jakarta", hours="kantor")
            for code in (HERE, THERE, ELSEWHERE)
        ],
        sources=[
            Source(name=SOURCE, units=frozenset(units), max_age_ms=7 * 86_400_000, key_hash=key_hash(key)),
            Source(name=IMPORT, live=False, key_hash=key_hash(OTHER_KEY)),
            Source(name="tanpa-http"),
        ],
    )


def app(
    runtime: Any, limits: GatewayLimits | None = None, clock: Any = None, metrics: GatewayMetrics | None = None
) -> Litestar:
    return Litestar(
        route_handlers=routes(runtime, limits or GatewayLimits(), clock or Clock(), secret=SECRET, metrics=metrics),
        exception_handlers=EXCEPTION_HANDLERS,  # its mapping is invariant
        openapi_config=None,
        logging_config=None,
    )


def at(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def event(id: str = "1", *, kind: str = "ticket.created", **data: Any) -> dict[str, Any]:
    said = {"unit": HERE, "ticket": f"A-{id}"} | data
    return {"specversion": "1.0", "id": id, "source": SOURCE, "type": PREFIX + kind, "time": at(NOW), "data": said}


def encoded(*events: dict[str, Any]) -> bytes:
    return msgspec.json.encode(list(events))


def key(value: str = KEY) -> dict[str, str]:
    return {"authorization": f"Bearer {value}"}
