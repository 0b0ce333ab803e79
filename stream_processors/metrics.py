"""What a worker counts of its own work, for Prometheus."""

import time
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from stream_processors.worker import Flush

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_EVENTS = (1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000)

SOURCES, OTHERS = 1_000, "(others)"
"""So many sources are counted by name, those that are met first; all others as one: each is kept for good."""


class WorkerMetrics:
    """Counters and histograms in a registry of their own; names begin with ``pantau_worker_``."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._named: set[str] = set()
        own = self.registry
        self.events = Counter("pantau_worker_events", "Events merged.", ("kind", "source"), registry=own)
        self.repeats = Counter(
            "pantau_worker_repeated_events", "Events that were known already.", ("source",), registry=own
        )
        self.conflicts = Counter(
            "pantau_worker_conflicting_events",
            "Events whose id was known with other content.",
            ("source",),
            registry=own,
        )
        self.rejected = Counter(
            "pantau_worker_rejected_events", "Events refused, by reason.", ("reason",), registry=own
        )
        self.misplaced = Counter(
            "pantau_worker_misplaced_events", "Events passed on to the partition of their unit.", registry=own
        )
        self.batch = Histogram("pantau_worker_batch_events", "Events merged at once.", buckets=_EVENTS, registry=own)
        self.merge = Histogram("pantau_worker_merge_seconds", "Merging a batch.", buckets=_SECONDS, registry=own)
        self.write = Histogram(
            "pantau_worker_write_seconds", "From merged to safely in the tables.", buckets=_SECONDS, registry=own
        )
        self.latency = Histogram(
            "pantau_worker_end_to_end_seconds",
            "From arrival at the edge to the tables, some events of each flush.",
            buckets=_SECONDS,
            registry=own,
        )
        self.rebuild = Histogram(
            "pantau_worker_rebuild_seconds", "Opening a partition from the tables.", buckets=_SECONDS, registry=own
        )
        self.lag = Gauge(
            "pantau_worker_lag_records", "Records on the bus that are not in the tables.", ("partition",), registry=own
        )
        self.rows = Counter("pantau_worker_rows", "Rows written.", ("table",), registry=own)
        self.away = Gauge(
            "pantau_worker_storage_away_seconds", "How long storage has not answered; 0 if it does.", registry=own
        )
        self.progress = Gauge(
            "pantau_worker_progress_timestamp_seconds", "When offsets were last let go.", registry=own
        )
        self.progress.set(time.time())

    def lags(self, records: Mapping[int, int]) -> None:
        """What waits on each partition of this worker's; those of before are another's to tell."""
        self.lag.clear()
        for number, n in records.items():
            self.lag.labels(str(number)).set(n)

    def kept(self, rejections: int) -> None:
        """Refusals are in their table."""
        self.rows.labels("rejected_events").inc(rejections)

    def merged(self, flush: Flush, seconds: float) -> None:
        """A batch went through the operator."""
        for events in flush.events:
            for (kind, source), n in events.counts(self._label).items():
                self.events.labels(kind, source).inc(n)
        for source, n in flush.duplicates.items():
            self.repeats.labels(self._label(source)).inc(n)
        for source, n in flush.conflicts.items():
            self.conflicts.labels(self._label(source)).inc(n)
        for rejection in flush.rejections:
            self.rejected.labels(rejection.code).inc()
        for table, n in flush.rows.items():
            self.rows.labels(table).inc(n)
        self.misplaced.inc(len(flush.misplaced))
        self.batch.observe(sum(map(len, flush.events)))
        self.merge.observe(seconds)

    def written(self, seconds: float, arrivals: Iterable[int], now: int, *, let_go: bool) -> None:
        """A batch is in the tables; ``arrivals`` are when some of its events came, all in ms UTC.

        ``let_go`` says whether offsets moved on.
        """
        self.write.observe(seconds)
        for arrival in arrivals:
            self.latency.observe(max(0, now - arrival) / 1000)
        if let_go:
            self.progress.set(now / 1000)

    def _label(self, source: str | None) -> str:
        if source is None or (source not in self._named and len(self._named) >= SOURCES):
            return OTHERS
        self._named.add(source)
        return source
