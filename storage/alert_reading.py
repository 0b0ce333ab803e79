"""What alerts are made of and what is kept of them, read. Times are ms UTC, days are day numbers.

Every function takes ``query``, which answers a named query, so the same code reads in this process or asks another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from pantau.bus.alerts import AlertEvent
from pantau.domain.alerts.bands import BandNotice
from pantau.domain.alerts.baselines import Baseline
from pantau.domain.alerts.causes import Slice
from pantau.domain.alerts.detection import CODES, Track, Transition, Week, residue_of
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.half_hours import ALL, Day, HalfHour, Stream, day_of, times_of
from pantau.domain.alerts.messages import CLOSED_AFTER_MS
from pantau.domain.alerts.no_data import NoData
from pantau.domain.alerts.policy import Indicator
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.alerts.silences import Silence, SilenceTurn
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.registry import Registry
from pantau.domain.windows import UNKNOWN_SERVICE
from pantau.domain.zones import MINUTE, offset_ms
from storage.engine import Answer

Query = Callable[[str, Mapping[str, Any]], Answer]

EPOCH: Final = date(1970, 1, 1)
_LOW: Final = "LowCardinality(String)"
_TIME: Final = "DateTime64(3, 'UTC')"


def read_half_hours(
    query: Query, registry: Registry, units: Sequence[str], *, first_day: int, upto_day: int, now: int
) -> dict[Stream, dict[int, Day]]:
    """The closed half hours of units on the local days [first_day, upto_day), by service group, as known at ``now``."""
    asked = {
        "first_day": max(first_day, 0),
        "upto_day": upto_day,
        "before_ms": now - CLOSED_AFTER_MS + 1,
        "units": [*units],
        "services": [service.code for service in registry.services],
        "groups": [service.group for service in registry.services],
    }
    found: dict[tuple[Stream, int], list[HalfHour]] = {}
    for unit, group, day, start, judged, late, times, raters, marks, squares in query("alert_half_hours", asked).rows:
        slot = (start + offset_ms(registry.zone(unit), start)) // (30 * MINUTE) % 48
        if judged or times[0]:
            counted = HalfHour(start, slot, judged, late, times_of(dict(zip(*times, strict=True))))
            found.setdefault(((unit, group), day), []).append(counted)
        if raters:
            answered = HalfHour(start, slot, raters=raters, marks=marks, squares=squares)
            found.setdefault(((unit, ALL), day), []).append(answered)
    history: dict[Stream, dict[int, Day]] = {}
    for (stream, day), half_hours in sorted(found.items(), key=lambda item: item[0]):
        history.setdefault(stream, {})[day] = day_of(day, half_hours)
    return history


def areas(registry: Registry) -> list[tuple[str, ...]]:
    """The units of each kabupaten: those that are judged side by side, and read at once."""
    found: dict[str, list[str]] = {}
    for unit in registry.units:
        found.setdefault(unit.kabupaten, []).append(unit.code)
    return [tuple(found[kabupaten]) for kabupaten in sorted(found)]


def group_of(registry: Registry, service: str) -> str:
    """The group that a service is read with; services that nobody registered are read together."""
    known = registry.service(service)
    return UNKNOWN_SERVICE if known is None else known.group


def read_slices(
    query: Query, registry: Registry, unit: str, services: Sequence[str], *, since: int, until: int
) -> list[Slice]:
    """Where the visits and answers of a unit lie in [since, until): by part, hour, service, counter and SKM element."""
    asked = {
        "unit": unit,
        "zone": registry.zone(unit),
        "since": since,
        "until": until,
        "services": [*services],
    }
    found = [Slice(*row) for row in query("alert_slices", asked).rows]
    within = {name: asked[name] for name in ("unit", "since", "until")}
    return found + [Slice("element", *row) for row in query("alert_elements", within).rows]


class Sent(msgspec.Struct, frozen=True):
    """A message to one recipient, and its delivery: queued, sent, dead (nobody will get it) or dropped (stale).

    Where the service tells more, what was sent becomes delivered (to the telephone) and read.

    ``recipient`` names the address, it never is one; empty where nobody is known for the role.
    """

    key: str
    recipient: str
    kind: str
    role: str
    unit: str
    alert: str
    due_at: int
    text: str
    text_en: str
    state: str = "queued"
    attempts: int = 0
    next_at: int = 0
    leased_until: int = 0
    note: str = ""
    version: int = 1


class Receipt(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a service told of a message that it had taken over: ``sent``, ``delivered``, ``read`` or ``failed``.

    ``receipt`` is a digest of the service's id of the message. ``alias`` is no status: it says that ``why`` is another
    digest of the same message. ``why`` is the reason of a failure.
    """

    at: int
    channel: str
    receipt: str
    status: str
    why: str = ""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote back, and what became of it: ``outcome`` is empty until it was read.

    ``key`` is a digest of the provider's message id, so that a reply that is brought twice is one. ``sender`` is a
    keyed digest of an address.
    """

    key: str
    channel: str
    sender: str
    text: str
    at: int
    outcome: str = ""
    version: int = 1


def read_week(query: Query, units: Sequence[str], number: int) -> Week | None:
    """With what the fold of a week begins for units; None if it has not begun."""
    week = Week(number, {}, {}, {})
    rows = query("alert_weeks", {"week": number, "units": [*units]}).rows
    for unit, group, baseline, tracks, unusual in rows:
        stream = (unit, group)
        if baseline:
            week.baselines[stream] = msgspec.json.decode(baseline, type=Baseline)
        week.tracks[stream] = msgspec.json.decode(tracks, type=dict[Indicator, Track])
        if unusual:
            week.unusual[stream] = frozenset(unusual)
    return week if rows else None


def read_transitions(query: Query, *, since: int) -> list[tuple[Recorded, tuple[Figure, ...]]]:
    """What is recorded since an instant, in order, with the figures it was told with."""
    return _recorded(query("alert_transitions", {"since": since}).rows)


def read_transitions_of(query: Query, unit: str) -> list[tuple[Recorded, tuple[Figure, ...]]]:
    """What is recorded of one unit, in order, with the figures it was told with."""
    return _recorded(query("alert_transitions_of", {"unit": unit}).rows)


def _recorded(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Recorded, tuple[Figure, ...]]]:
    found = []
    for row in rows:
        (
            unit,
            group,
            indicator,
            alert,
            turn,
            at,
            day,
            begun,
            evidence,
            threshold,
            baseline,
            late,
            figures,
            at_found,
        ) = row
        transition = Transition(
            at=at,
            unit=unit,
            group=group,
            indicator=indicator,
            turn=turn,
            alert=alert,
            day=day,
            since=begun,
            evidence=evidence,
            threshold=threshold,
            baseline=baseline,
        )
        told = msgspec.json.decode(figures, type=tuple[Figure, ...]) if figures else ()
        found.append((Recorded(transition=transition, found_at=at_found, late=bool(late)), told))
    return found


def read_with_code(query: Query, code: str) -> list[tuple[str, str]]:
    """The alerts with a code and their units, the latest first; none for what is no code."""
    rest = residue_of(code)
    return [] if rest is None else [*query("alert_with_code", {"codes": CODES, "rest": rest}).rows]


def read_messages(query: Query, alert: str) -> list[Sent]:
    """What was written about an alert, in order."""
    return [Sent(*row) for row in query("alert_messages", {"alert": alert}).rows]


def read_answers(query: Query, alert: str | None = None) -> list[Acknowledgement]:
    """Who took which alerts on, or one of them, in order."""
    rows = query("alert_answers", {}).rows if alert is None else query("alert_answers_to", {"alert": alert}).rows
    return [
        Acknowledgement(alert=alert, at=at, by=name, note=note, due=due, done=bool(done))
        for alert, at, name, note, due, done in rows
    ]


def read_band_notices(query: Query, *, first_day: int) -> list[BandNotice]:
    """The units whose IKM lost a grade from a local day on, by unit and day."""

    def cents(value: int) -> Decimal:
        return Decimal(value).scaleb(-2)

    return [
        BandNotice(
            unit=unit,
            day=day,
            before=before,
            now=now,
            value=cents(value),
            value_before=cents(value_before),
            upper=cents(upper),
            raters=raters,
        )
        for unit, day, before, now, value_before, value, upper, raters in query(
            "alert_band_notices", {"first_day": max(first_day, 0)}
        ).rows
    ]


def read_silences(query: Query) -> list[Silence]:
    """Every silence that was ever ordered."""
    return [
        Silence(unit=unit, first=first, last=last, indicator=indicator, reason=reason, by=name, at=at, lifted=lifted)
        for unit, first, last, indicator, reason, name, at, lifted in query("alert_silences", {}).rows
    ]


def read_silence_turns(query: Query) -> list[SilenceTurn]:
    """Every step that silences took, in order."""
    return [
        SilenceTurn(at=at, unit=unit, silenced_at=silenced, turn=turn, day=day, by=name)
        for at, unit, silenced, turn, day, name in query("alert_silence_turns", {}).rows
    ]


def read_gaps(query: Query, *, since: int) -> list[tuple[NoData, int | None]]:
    """Units without data since an instant, and those that are silent still; with the time of the end."""
    return [
        (NoData(unit, begun, at, expected), ended)
        for unit, begun, at, expected, ended in query("alert_data_gaps", {"from_ms": since}).rows
    ]


def read_outbox(query: Query, *, since: int) -> list[Sent]:
    """The messages due since an instant, in order."""
    return [Sent(*row) for row in query("alert_outbox", {"since": since}).rows]


def read_unannounced(query: Query, *, since: int, most: int) -> list[AlertEvent]:
    """Steps recorded since an instant that are not known to be on the bus, at most so many, in order."""
    found = []
    for row in query("alert_unannounced", {"since": since, "most": most}).rows:
        id, turn, unit, group, indicator, alert, at, recorded, begun, evidence, threshold, late, due, expected = row
        found.append(
            AlertEvent(
                id=id,
                turn=turn,
                unit=unit,
                group=group,
                indicator=indicator,
                alert=alert,
                at=at,
                recorded_at=recorded,
                since=begun,
                evidence=evidence,
                threshold=threshold,
                late=bool(late),
                due=due,
                expected=expected,
            )
        )
    return found


def read_inbox(query: Query) -> list[Reply]:
    """Replies that nobody has read, in the order in which they came."""
    return [
        Reply(key=key, channel=channel, sender=sender, text=text, at=at, outcome=outcome, version=version)
        for key, channel, sender, text, at, outcome, version in query("alert_inbox", {}).rows
    ]


def read_receipts(query: Query, *, since: int) -> list[Receipt]:
    """What services told since an instant that the outbox does not know yet, and which ids are the same, in order."""
    return [
        Receipt(channel=channel, receipt=receipt, status=status, at=at, why=why)
        for channel, receipt, status, at, why in query("alert_receipts", {"since": since}).rows
    ]


def day_from(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(number)
