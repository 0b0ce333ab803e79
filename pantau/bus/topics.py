"""The topics of the bus, each declared once."""

from typing import Final, Literal

import msgspec

DAY_MS: Final = 86_400_000

Cleanup = Literal["delete", "compact"]
Placed = Literal["unit", "source"]


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic: its name, how many partitions it has, by what records are placed in them, and what is kept of it.

    ``retention_ms`` is how long a record is kept at least; None for a compacted topic, which keeps the last record of
    every key, and any other for ``compaction_lag_ms`` at least. ``record_bytes`` is the largest record batch that the
    broker takes.
    """

    name: str
    partitions: int
    placed_by: Placed
    cleanup: Cleanup = "delete"
    retention_ms: int | None = None
    compaction_lag_ms: int | None = None
    record_bytes: int = 1_048_588

    def configs(self) -> dict[str, str]:
        """The topic's settings as the broker names them.

        A record's timestamp is when the broker took it: what a producer's clock says must not decide how long a record
        is kept. Files are closed daily, so that a quiet partition gives up what is too old within a day.
        """
        configs = {
            "cleanup.policy": self.cleanup,
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(self.record_bytes),
            "segment.ms": str(DAY_MS),
        }
        if self.retention_ms is not None:
            configs["retention.ms"] = str(self.retention_ms)
        if self.compaction_lag_ms is not None:
            configs["min.compaction.lag.ms"] = str(self.compaction_lag_ms)
        return configs


EVENTS: Final = Topic(name="pantau.events", partitions=12, placed_by="unit", retention_ms=7 * DAY_MS)
"""What happened in the source systems: packed records of accepted events, or records of foreign producers."""

INDICATORS: Final = Topic(name="pantau.indicators", partitions=12, placed_by="unit", cleanup="compact")
"""The last indicators of every unit, keyed by unit."""

REJECTED: Final = Topic(name="pantau.rejected", partitions=3, placed_by="source", retention_ms=30 * DAY_MS)
"""Refused events, masked, each with its reason in the headers; keyed by source."""

ALERTS: Final = Topic(
    name="pantau.alerts", partitions=3, placed_by="unit", cleanup="compact", compaction_lag_ms=30 * DAY_MS
)
"""Every step of alerts for 30 days, and the last one of each for ever; keyed by alert."""

TOPICS: Final = (EVENTS, INDICATORS, REJECTED, ALERTS)
