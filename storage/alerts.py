"""Alerts as rows: the half hours they are made of, and what is kept of them. Times are ms UTC, days are day numbers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from pantau.domain.alerts.bands import BandNotice
from pantau.domain.alerts.baselines import Baseline
from pantau.domain.alerts.causes import Slice
from pantau.domain.alerts.detection import Track, Transition, Week
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.half_hours import ALL, Day, HalfHour, Stream, day_of, times_of
from pantau.domain.alerts.messages import CLOSED_AFTER_MS
from pantau.domain.alerts.no_data import NoData
from pantau.domain.alerts.policy import Indicator
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.alerts.silences import Silence
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.registry import Registry
from pantau.domain.windows import UNKNOWN_SERVICE
from pantau.domain.zones import MINUTE, offset_ms
from storage.engine import Answer, Engine
from storage.queries import sql

Query = Callable[[str, Mapping[str, Any]], Answer]

EPOCH: Final = date(1970, 1, 1)
_LOW: Final = "LowCardinality(String)"
_TIME: Final = "DateTime64(3, 'UTC')"


def read_half_hours(
    query: Query, registry: Registry, *, first_day: int, upto_day: int, now: int
) -> dict[Stream, dict[int, Day]]:
    """The closed half hours of the local days [first_day, upto_day), by unit and service group, as known at ``now``."""
    asked = {"first_day": max(first_day, 0), "upto_day": upto_day, "before_ms": now - CLOSED_AFTER_MS + 1}
    found: dict[tuple[Stream, int], list[HalfHour]] = {}
    for unit, service, day, start, judged, late, times, raters, marks, squares in query("alert_half_hours", asked).rows:
        if registry.unit(unit) is None:
            continue
        slot = (start + offset_ms(registry.zone(unit), start)) // (30 * MINUTE) % 48
        if judged or times[0]:
            counted = HalfHour(start, slot, judged, late, times_of(dict(zip(*times, strict=True))))
            found.setdefault(((unit, group_of(registry, service)), day), []).append(counted)
        if raters:
            answered = HalfHour(start, slot, raters=raters, marks=marks, squares=squares)
            found.setdefault(((unit, ALL), day), []).append(answered)
    history: dict[Stream, dict[int, Day]] = {}
    for (stream, day), half_hours in sorted(found.items(), key=lambda item: item[0]):
        history.setdefault(stream, {})[day] = day_of(day, half_hours)
    return history


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


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A message in the outbox and how far its delivery is: queued, sent, dead or dropped."""

    key: str
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


class AlertTables:
    """The tables of alerts on one engine. Blocks; one process writes them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Answer a named query."""
        return self._engine.query(sql(name), params)

    def newest_week(self, upto: int) -> int | None:
        """The newest week, not after this day, whose fold has begun."""
        week, streams = self.query("alert_newest_week", {"week": upto}).rows[0]
        return int(week) if streams else None

    def week(self, number: int) -> Week | None:
        """With what the fold of a week begins; None if it has not begun."""
        week = Week(number, {}, {}, {})
        rows = self.query("alert_weeks", {"week": number}).rows
        for unit, group, baseline, tracks, unusual in rows:
            stream = (unit, group)
            if baseline:
                week.baselines[stream] = msgspec.json.decode(baseline, type=Baseline)
            week.tracks[stream] = msgspec.json.decode(tracks, type=dict[Indicator, Track])
            if unusual:
                week.unusual[stream] = frozenset(unusual)
        return week if rows else None

    def keep_week(self, week: Week, *, version: int) -> None:
        """Write what the fold of a week begins with; a higher version replaces it."""
        streams = sorted({*week.baselines, *week.tracks, *week.unusual})
        self._insert(
            "alert_weeks",
            (
                ("unit", _LOW),
                ("service_group", _LOW),
                ("week", "UInt16"),
                ("baseline", "String"),
                ("tracks", "String"),
                ("unusual", "Array(UInt16)"),
                ("version", "UInt64"),
            ),
            [
                (
                    *stream,
                    week.version,
                    _json(week.baselines[stream]) if stream in week.baselines else "",
                    _json(week.tracks.get(stream, {})),
                    sorted(week.unusual.get(stream, ())),
                    version,
                )
                for stream in streams
            ],
        )

    def transitions(self, *, since: int) -> list[tuple[Recorded, tuple[Figure, ...]]]:
        """What is recorded since an instant, in order, with the figures it was told with."""
        found = []
        for row in self.query("alert_transitions", {"since": since}).rows:
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

    def record(self, rows: Iterable[tuple[Recorded, Sequence[Figure]]]) -> None:
        """Add transitions to the history."""
        self._insert(
            "alert_transitions",
            (
                ("unit", _LOW),
                ("service_group", _LOW),
                ("indicator", _LOW),
                ("alert", "String"),
                ("turn", _LOW),
                ("at", _TIME),
                ("day", "UInt16"),
                ("since", _TIME),
                ("evidence", "Int64"),
                ("threshold", "Int64"),
                ("baseline", "UInt16"),
                ("late", "UInt8"),
                ("figures", "String"),
                ("found_at", _TIME),
            ),
            [
                (
                    row.transition.unit,
                    row.transition.group,
                    row.transition.indicator,
                    row.transition.alert,
                    row.transition.turn,
                    row.transition.at,
                    row.transition.day,
                    row.transition.since,
                    row.transition.evidence,
                    row.transition.threshold,
                    row.transition.baseline,
                    int(row.late),
                    _json(figures),
                    row.found_at,
                )
                for row, figures in rows
            ],
        )

    def answers(self) -> list[Acknowledgement]:
        """Who took which alerts on, in order."""
        rows = self.query("alert_answers", {}).rows
        return [
            Acknowledgement(alert=alert, at=at, by=name, note=note, due=due, done=bool(done))
            for alert, at, name, note, due, done in rows
        ]

    def answer(self, answer: Acknowledgement) -> None:
        """Remember that somebody takes an alert on, or is done with it."""
        self._insert(
            "alert_answers",
            (
                ("alert", "String"),
                ("at", _TIME),
                ("name", "String"),
                ("note", "String"),
                ("due", "Nullable(Date)"),
                ("done", "UInt8"),
            ),
            [(answer.alert, answer.at, answer.by, answer.note, answer.due, int(answer.done))],
        )

    def silences(self) -> list[Silence]:
        """Every silence that was ever ordered."""
        return [
            Silence(unit=unit, first=first, last=last, indicator=indicator, reason=reason, by=name, at=at)
            for unit, first, last, indicator, reason, name, at in self.query("alert_silences", {}).rows
        ]

    def silence(self, silence: Silence) -> None:
        """Remember a silence."""
        self._insert(
            "alert_silences",
            (
                ("unit", "String"),
                ("first_day", "Date"),
                ("last_day", "Date"),
                ("indicator", "Nullable(String)"),
                ("reason", "String"),
                ("name", "String"),
                ("at", _TIME),
            ),
            [
                (
                    silence.unit,
                    silence.first,
                    silence.last,
                    silence.indicator,
                    silence.reason,
                    silence.by,
                    silence.at,
                )
            ],
        )

    def gaps(self, *, since: int) -> list[tuple[NoData, int | None]]:
        """Units without data since an instant, and those that are silent still; with the time of the end."""
        return [
            (NoData(unit, begun, at, expected), ended)
            for unit, begun, at, expected, ended in self.query("alert_data_gaps", {"from_ms": since}).rows
        ]

    def keep_gaps(self, gaps: Iterable[tuple[NoData, int | None]], *, version: int) -> None:
        """Write that units are silent, or that one spoke again."""
        self._insert(
            "data_gaps",
            (
                ("unit", _LOW),
                ("since", _TIME),
                ("at", _TIME),
                ("expected", "Int64"),
                ("ended_at", f"Nullable({_TIME})"),
                ("version", "UInt64"),
            ),
            [(gap.unit, gap.since, gap.at, gap.expected, ended, version) for gap, ended in gaps],
        )

    def band_notices(self, *, since: int) -> list[tuple[Any, ...]]:
        """Rows (unit, day, grade before, grade, value before, value, upper, raters) from a day on."""
        return self.query("alert_band_notices", {"first_day": since}).rows

    def keep_band_notices(self, notices: Iterable[BandNotice]) -> None:
        """Write lost grades."""
        self._insert(
            "band_notices",
            (
                ("unit", _LOW),
                ("day", "UInt16"),
                ("grade_before", _LOW),
                ("grade", _LOW),
                ("value_before", "Int64"),
                ("value", "Int64"),
                ("upper", "Int64"),
                ("raters", "Int64"),
            ),
            [
                (
                    each.unit,
                    each.day,
                    each.before,
                    each.now,
                    int(each.value_before * 100),
                    int(each.value * 100),
                    int(each.upper * 100),
                    each.raters,
                )
                for each in notices
            ],
        )

    def outbox(self, *, since: int) -> list[Sent]:
        """The messages due since an instant, in order."""
        return [
            Sent(
                key=key,
                kind=kind,
                role=role,
                unit=unit,
                alert=alert,
                due_at=due,
                text=text,
                text_en=text_en,
                state=state,
                attempts=attempts,
                next_at=next_at,
                leased_until=leased,
                note=note,
                version=version,
            )
            for key, kind, role, unit, alert, due, text, text_en, state, attempts, next_at, leased, note, version in (
                self.query("alert_outbox", {"since": since}).rows
            )
        ]

    def post(self, messages: Iterable[Sent]) -> None:
        """Write messages, or the state of their delivery; the highest version holds."""
        self._insert(
            "alert_outbox",
            (
                ("key", "String"),
                ("kind", _LOW),
                ("role", _LOW),
                ("unit", _LOW),
                ("alert", "String"),
                ("due_at", _TIME),
                ("text", "String"),
                ("text_en", "String"),
                ("state", _LOW),
                ("attempts", "UInt32"),
                ("next_at", _TIME),
                ("leased_until", _TIME),
                ("note", "String"),
                ("version", "UInt64"),
            ),
            [msgspec.structs.astuple(message) for message in messages],
        )

    def _insert(self, table: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._engine.insert(table, columns, [*zip(*rows, strict=True)])


def day_from(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(number)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
