"""The rules an event keeps beyond the types of its fields: when it may be, and what it must not say at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

import msgspec

from pantau.domain.calendars import FIRST, LAST
from pantau.domain.events import (
    AggregateReported,
    ApplicationSubmitted,
    Data,
    Elements,
    MeasureRecorded,
    RatingGiven,
    SurveyAnswered,
    TicketTransferred,
    TrainingRecorded,
)
from pantau.domain.registry import Source
from pantau.domain.rejections import Code
from pantau.domain.wire import epoch_ms
from pantau.domain.zones import local_day


def broken_time_rule(time: int, source: Source, now: int, zone: str | None) -> Code | None:
    """The rule that a time breaks, after any declared clock correction; None when it keeps all.

    A time outside 1970 to 2199, or whose local date lies outside what an import is expected to hold, is a clock fault.
    The expectation is judged only where the unit's zone is known.
    """
    if not FIRST <= time < LAST:
        return "clock"
    first, last = source.expect_from, source.expect_to
    if (first is not None or last is not None) and zone is not None:
        day = local_day(zone, time)
        if (first is not None and day < first) or (last is not None and day > last):
            return "clock"
    if time > now + source.tolerance_ms:
        return "future"
    if source.max_age_ms is not None and time < now - source.max_age_ms:
        return "too_old"
    return None


def writable(time: int) -> bool:
    """Whether a raw time has a local day and a place in the log: 1900 to 2299, whatever a correction makes of it."""
    return _YEAR_1900 <= time < _YEAR_2300


_YEAR_1900: Final = -2_208_988_800_000
_YEAR_2300: Final = 10_413_792_000_000


class Contradiction(NamedTuple):
    """A field whose value does not go with the rest of the event; ``text`` names the rule in ``rejections.TEXTS``."""

    field: str
    value: object
    text: str
    other: object = None


def contradictions(kind: str, data: Data, time: int) -> list[Contradiction]:
    """Every way in which an event of well-typed fields contradicts itself; ``time`` is its own raw time."""
    rule = _RULES.get(kind)
    return rule(data, time) if rule is not None else []


def in_utc(data: Data) -> Data:
    """The same record with its times in UTC, so that equal records have equal bytes."""
    for field in _TIMES.get(type(data), ()):
        at: datetime | None = getattr(data, field)
        if at is not None and at.tzinfo is not UTC:
            data = msgspec.structs.replace(data, **{field: at.astimezone(UTC)})
    return data


def _of_rating(data: RatingGiven, time: int) -> list[Contradiction]:
    return [Contradiction("score", data.score, "above_scale", data.scale)] if data.score > data.scale else []


def _of_survey(data: SurveyAnswered, time: int) -> list[Contradiction]:
    return [Contradiction("elements", "{}", "no_answer")] if data.elements == _NOTHING else []


def _of_intervention(data: TrainingRecorded | MeasureRecorded, time: int) -> list[Contradiction]:
    if data.ends is not None and data.ends < data.starts:
        return [Contradiction("ends", str(data.ends), "ends_first", data.starts)]
    return []


def _of_transfer(data: TicketTransferred, time: int) -> list[Contradiction]:
    return [Contradiction("to_unit", data.to_unit, "same_unit")] if data.to_unit == data.unit else []


def _of_application(data: ApplicationSubmitted, time: int) -> list[Contradiction]:
    return [] if data.due is None or _possible(data.due) else [Contradiction("due", str(data.due), "impossible")]


def _of_aggregate(data: AggregateReported, time: int) -> list[Contradiction]:
    found: list[Contradiction] = []
    if not _possible(data.ends):
        found.append(Contradiction("ends", str(data.ends), "impossible"))
    elif epoch_ms(data.ends) <= time:
        found.append(Contradiction("ends", str(data.ends), "ends_first", "time"))
    for part, whole in (("timed", "n"), ("judged", "n"), ("within", "judged")):
        few, many = getattr(data, part), getattr(data, whole)
        if few is not None and many is not None and few > many:
            found.append(Contradiction(part, few, "part_above_whole", f"{whole} = {many}"))
    limits = [bucket.upto_ms for bucket in data.buckets]
    known = [limit for limit in limits if limit is not None]
    if None in limits[:-1] or any(left >= right for left, right in pairwise(known)):
        found.append(Contradiction("buckets", limits, "bucket_order"))
    return found


def _possible(at: datetime) -> bool:
    return FIRST <= epoch_ms(at) < LAST


_NOTHING: Final = Elements()
_RULES: Final[dict[str, Callable[[Any, int], list[Contradiction]]]] = {
    "rating.given": _of_rating,
    "survey.answered": _of_survey,
    "training.recorded": _of_intervention,
    "measure.recorded": _of_intervention,
    "ticket.transferred": _of_transfer,
    "application.submitted": _of_application,
    "aggregate.reported": _of_aggregate,
}
RULED: Final = frozenset(_RULES)
"""The kinds that can contradict themselves."""

_TIMES: Final[dict[type[Data], tuple[str, ...]]] = {ApplicationSubmitted: ("due",), AggregateReported: ("ends",)}
