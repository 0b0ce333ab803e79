"""What is told on ``pantau.alerts``: every step in the life of an alert, a CloudEvent each.

``id`` is the same whenever a step is sent, so a consumer that has seen it drops it. A unit's steps lie in one
partition, in the order in which they were recorded. The key is the alert, of which compaction keeps the last step.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

import msgspec

from pantau.domain.alerts.detection import Turn, code_of
from pantau.domain.alerts.silences import SilenceStep
from pantau.domain.events import PREFIX
from pantau.domain.wire import STRUCTURED

SOURCE: Final = "/pantau/alerts"

Step = Turn | SilenceStep | Literal["acknowledged", "done", "no_data", "data_again"]
"""A transition that was found, a step of a silence, an answer of people; a unit says nothing, or speaks again."""


class AlertEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A step. Times are ms UTC: ``at`` is when it happened, ``recorded_at`` when it was found.

    ``alert`` is empty for a unit without data and for a silence, whose ``unit`` may be ``*`` and whose ``due`` is its
    last day. ``evidence`` and ``threshold`` are in micro-nats, ``expected`` (the
    visits that did not come) in thousandths. What people wrote is not told, only until when they mean to be done.
    """

    id: str
    turn: Step
    unit: str
    group: str = ""
    indicator: str = ""
    alert: str = ""
    at: int
    recorded_at: int
    since: int
    evidence: int = 0
    threshold: int = 0
    late: bool = False
    due: date | None = None
    expected: int = 0


class _Data(msgspec.Struct, frozen=True, omit_defaults=True):
    unit: str
    turn: str
    recorded_at: datetime
    since: datetime
    alert: str = ""
    code: str = ""
    service_group: str = ""
    indicator: str = ""
    evidence: int = 0
    threshold: int = 0
    late: bool = False
    due: date | None = None
    expected: int = 0


class _Written(msgspec.Struct, frozen=True):
    specversion: str
    type: str
    source: str
    id: str
    subject: str
    time: datetime
    datacontenttype: str
    data: _Data


HEADERS: Final = (("content-type", STRUCTURED.encode()),)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_encoder: Final = msgspec.json.Encoder()


def key_of(event: AlertEvent) -> str:
    """By what the topic keeps the last record: the alert, or the unit that is silenced or from which nothing comes."""
    return event.alert or f"{event.unit}/{'silence' if event.turn.startswith('silence') else 'no_data'}"


def pack_alert_event(event: AlertEvent) -> bytes:
    """A step as a structured CloudEvent, ``id.pantau.alert.falling`` and so on; send it with ``HEADERS``."""
    data = _Data(
        unit=event.unit,
        turn=event.turn,
        recorded_at=_moment(event.recorded_at),
        since=_moment(event.since),
        alert=event.alert,
        code=code_of(event.alert) if event.alert else "",
        service_group=event.group,
        indicator=event.indicator,
        evidence=event.evidence,
        threshold=event.threshold,
        late=event.late,
        due=event.due,
        expected=event.expected,
    )
    return _encoder.encode(
        _Written(
            "1.0",
            f"{PREFIX}alert.{event.turn}",
            SOURCE,
            event.id,
            key_of(event),
            _moment(event.at),
            "application/json",
            data,
        )
    )


def _moment(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
