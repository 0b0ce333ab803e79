"""What the gateway counts of its own work, for Prometheus."""

from typing import Final

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

CONTENT_TYPE: Final = "text/plain; version=0.0.4"


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One metric as it is declared: the documentation names every one of them."""

    name: str
    labels: tuple[str, ...]
    help: str


REQUESTS: Final = Metric(
    name="pantau_gateway_requests_total",
    labels=("status",),
    help="Requests to POST /v1/events, by the HTTP status they were answered with.",
)
EVENTS: Final = Metric(
    name="pantau_gateway_events_total",
    labels=("source", "outcome"),
    help="Events received with a known key, by outcome: accepted (durable), rejected (kept with reasons).",
)
REJECTIONS: Final = Metric(
    name="pantau_gateway_rejections_total",
    labels=("source", "code"),
    help="Rejected events, by the first of their reasons.",
)
BYTES: Final = Metric(
    name="pantau_gateway_body_bytes_total",
    labels=("source",),
    help="Bytes of request bodies read with a known key.",
)
SECONDS: Final = Metric(
    name="pantau_gateway_request_seconds",
    labels=(),
    help="Seconds from the first byte of a request to its answer; a 202 includes the wait until events are durable.",
)
METRICS: Final = (REQUESTS, EVENTS, REJECTIONS, BYTES, SECONDS)

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class GatewayMetrics:
    """The counters of one gateway in a registry of its own; the process-wide one of the library stays untouched."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = CollectorRegistry() if registry is None else registry
        self._requests = _counter(REQUESTS, self.registry)
        self._events = _counter(EVENTS, self.registry)
        self._rejections = _counter(REJECTIONS, self.registry)
        self._bytes = _counter(BYTES, self.registry)
        self._seconds = Histogram(SECONDS.name, SECONDS.help, registry=self.registry, buckets=_BUCKETS)

    def answered(self, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(status).inc()
        self._seconds.observe(seconds)

    def read(self, source: str, size: int) -> None:
        """A body was read from a known source."""
        self._bytes.labels(source).inc(size)

    def judged(self, source: str, accepted: int, codes: list[str]) -> None:
        """Events became durable: so many accepted, and the rejected ones with these codes."""
        if accepted:
            self._events.labels(source, "accepted").inc(accepted)
        if codes:
            self._events.labels(source, "rejected").inc(len(codes))
            for code in codes:
                self._rejections.labels(source, code).inc()

    def exposition(self) -> bytes:
        """All metrics of the registry in Prometheus' text format."""
        return generate_latest(self.registry)


def _counter(metric: Metric, registry: CollectorRegistry) -> Counter:
    return Counter(metric.name, metric.help, metric.labels, registry=registry)
