"""What a gateway on a bus counts of its own work, for Prometheus, beside ``pantau.gateway.metrics``."""

from collections.abc import Callable
from typing import Final, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from pantau.gateway.limits import Clock
from pantau.gateway.metrics import Metric

DIRECT: Final = Metric(
    name="pantau_gateway_bus_answers",
    labels=(),
    help="1 while events go to the bus directly, 0 while they go to the spool.",
)
PUBLISHED: Final = Metric(
    name="pantau_gateway_published_events_total",
    labels=(),
    help="Events and refusals that the bus acknowledged directly.",
)
SPOOLED: Final = Metric(
    name="pantau_gateway_spooled_events_total",
    labels=(),
    help="Events and refusals that were made durable in the spool.",
)
DRAINED: Final = Metric(
    name="pantau_gateway_drained_events_total",
    labels=(),
    help="Events and refusals that the bus acknowledged out of the spool.",
)
REFUSED: Final = Metric(
    name="pantau_gateway_spool_refused_events_total",
    labels=(),
    help="Events and refusals that neither bus nor spool took: their senders were told 503.",
)
TOO_LARGE: Final = Metric(
    name="pantau_gateway_too_large_events_total",
    labels=(),
    help="Accepted events that are too large for the bus, and were kept as refusals.",
)
REFUSED_BY_BUS: Final = Metric(
    name="pantau_gateway_bus_refused_events_total",
    labels=(),
    help="Accepted events that the bus never takes for another reason than their size, and were kept as refusals.",
)
SET_ASIDE: Final = Metric(
    name="pantau_gateway_set_aside_events_total",
    labels=(),
    help="Events and refusals kept in a file: this version cannot read them, or the bus never takes them in any form.",
)
SPOOL_EVENTS: Final = Metric(
    name="pantau_gateway_spool_events", labels=(), help="Events and refusals that wait in the spool."
)
SPOOL_BYTES: Final = Metric(
    name="pantau_gateway_spool_bytes", labels=(), help="Bytes that the spool takes on the disk."
)
SPOOL_LIMIT: Final = Metric(
    name="pantau_gateway_spool_limit_bytes", labels=(), help="Bytes that the spool may take on the disk."
)
SPOOL_OLDEST: Final = Metric(
    name="pantau_gateway_spool_oldest_seconds",
    labels=(),
    help="How long the first event in the spool has waited; 0 when there is none.",
)
SPOOL_DAMAGED: Final = Metric(
    name="pantau_gateway_spool_damaged_files",
    labels=(),
    help="Files of the spool that were set aside: something in them cannot be read, or is never taken by the bus.",
)
REGISTRY_STALE: Final = Metric(
    name="pantau_gateway_registry_stale",
    labels=(),
    help="1 while the registry file has faults and an earlier one is in force.",
)
PUBLISH_SECONDS: Final = Metric(
    name="pantau_gateway_publish_seconds",
    labels=(),
    help="Seconds from handing events to the bus until it acknowledged them, without those that were spooled.",
)
RELAY_METRICS: Final = (
    DIRECT, PUBLISHED, SPOOLED, DRAINED, REFUSED, TOO_LARGE, REFUSED_BY_BUS, SET_ASIDE, SPOOL_EVENTS, SPOOL_BYTES,
    SPOOL_LIMIT, SPOOL_OLDEST, SPOOL_DAMAGED, PUBLISH_SECONDS, REGISTRY_STALE,
)  # fmt: skip

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Filled(Protocol):
    """What is asked of the spool at each scrape."""

    limit_bytes: int

    @property
    def size_bytes(self) -> int: ...  # noqa: D102
    @property
    def n_events(self) -> int: ...  # noqa: D102
    @property
    def n_damaged(self) -> int: ...  # noqa: D102
    def oldest_at(self) -> int | None: ...  # noqa: D102


class RelayMetrics:
    """The counters of one relay in a given registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._published, self._spooled, self._drained, self._refused = (
            Counter(metric.name, metric.help, registry=registry) for metric in (PUBLISHED, SPOOLED, DRAINED, REFUSED)
        )
        self._too_large, self._refused_by_bus, self._set_aside = (
            Counter(metric.name, metric.help, registry=registry) for metric in (TOO_LARGE, REFUSED_BY_BUS, SET_ASIDE)
        )
        self._seconds = Histogram(PUBLISH_SECONDS.name, PUBLISH_SECONDS.help, registry=registry, buckets=_BUCKETS)

    def follow(self, spool: Filled, clock: Clock, *, direct: Callable[[], bool]) -> None:
        """Show how the spool stands at each scrape."""

        def waited() -> float:
            oldest = spool.oldest_at()
            return 0.0 if oldest is None else max(0, clock() - oldest) / 1000

        for metric, value in (
            (DIRECT, lambda: float(direct())),
            (SPOOL_EVENTS, lambda: float(spool.n_events)),
            (SPOOL_BYTES, lambda: float(spool.size_bytes)),
            (SPOOL_LIMIT, lambda: float(spool.limit_bytes)),
            (SPOOL_OLDEST, waited),
            (SPOOL_DAMAGED, lambda: float(spool.n_damaged)),
        ):
            Gauge(metric.name, metric.help, registry=self._registry).set_function(value)

    def follow_registry(self, stale: Callable[[], bool]) -> None:
        """Show at each scrape whether the registry in force is that of the file."""
        gauge = Gauge(REGISTRY_STALE.name, REGISTRY_STALE.help, registry=self._registry)
        gauge.set_function(lambda: float(stale()))

    def published(self, n: int, seconds: float) -> None:
        """The bus acknowledged directly."""
        self._published.inc(n)
        self._seconds.observe(seconds)

    def spooled(self, n: int) -> None:
        """So many are durable in the spool."""
        self._spooled.inc(n)

    def drained(self, n: int) -> None:
        """The bus acknowledged what came out of the spool."""
        self._drained.inc(n)

    def refused(self, n: int) -> None:
        """Neither bus nor spool took them."""
        self._refused.inc(n)

    def too_large(self, n: int) -> None:
        """The bus took them as refusals only."""
        self._too_large.inc(n)

    def refused_by_bus(self, n: int) -> None:
        """The bus refuses them as they are, and has them as refusals."""
        self._refused_by_bus.inc(n)

    def set_aside(self, n: int) -> None:
        """They are in a file that nothing is sent from."""
        self._set_aside.inc(n)
