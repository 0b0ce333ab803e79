"""The tables of alerts, written: history only grows, a week's fold and a delivery have a newest state."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from pantau.bus.alerts import AlertEvent
from pantau.domain.alerts.bands import BandNotice
from pantau.domain.alerts.detection import Week
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.no_data import NoData
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.alerts.silences import Silence, SilenceTurn
from pantau.domain.alerts.states import Acknowledgement
from storage.alert_reading import (
    EPOCH,
    Receipt,
    Reply,
    Sent,
    read_answers,
    read_band_notices,
    read_gaps,
    read_inbox,
    read_outbox,
    read_receipts,
    read_silence_turns,
    read_silences,
    read_transitions,
    read_unannounced,
    read_week,
)
from storage.engine import Answer, Engine
from storage.queries import sql

_LOW: Final = "LowCardinality(String)"
_TIME: Final = "DateTime64(3, 'UTC')"


class AlertTables:
    """The tables of alerts on one engine. Blocks; one process writes them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Answer a named query."""
        return self._engine.query(sql(name), params)

    def newest_week(self, units: Sequence[str], upto: int) -> int | None:
        """The newest week, not after this day, whose fold has begun for units."""
        week, streams = self.query("alert_newest_week", {"week": upto, "units": [*units]}).rows[0]
        return int(week) if streams else None

    def week(self, units: Sequence[str], number: int) -> Week | None:
        """With what the fold of a week begins for units; None if it has not begun."""
        return read_week(self.query, units, number)

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
        return read_transitions(self.query, since=since)

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
        return read_answers(self.query)

    def answer(self, answer: Acknowledgement) -> None:
        """Remember that somebody takes an alert on, or is done with it."""
        self._insert(
            "alert_answers",
            (
                ("alert", "String"),
                ("at", _TIME),
                ("name", "String"),
                ("note", "String"),
                ("due", "Nullable(UInt16)"),
                ("done", "UInt8"),
            ),
            [(answer.alert, answer.at, answer.by, answer.note, _number(answer.due), int(answer.done))],
        )

    def silences(self) -> list[Silence]:
        """Every silence that was ever ordered."""
        return read_silences(self.query)

    def silence(self, silence: Silence) -> None:
        """Remember a silence."""
        self._insert(
            "alert_silences",
            (
                ("unit", "String"),
                ("first_day", "UInt16"),
                ("last_day", "UInt16"),
                ("indicator", "Nullable(String)"),
                ("reason", "String"),
                ("name", "String"),
                ("at", _TIME),
            ),
            [
                (
                    silence.unit,
                    _number(silence.first),
                    _number(silence.last),
                    silence.indicator,
                    silence.reason,
                    silence.by,
                    silence.at,
                )
            ],
        )

    def silence_turns(self) -> list[SilenceTurn]:
        """Every step that silences took, in order."""
        return read_silence_turns(self.query)

    def keep_silence_turns(self, turns: Iterable[SilenceTurn], *, found_at: int) -> None:
        """Add steps of silences to the history."""
        self._insert(
            "alert_silence_turns",
            (
                ("unit", "String"),
                ("silenced_at", _TIME),
                ("turn", _LOW),
                ("at", _TIME),
                ("day", "UInt16"),
                ("name", "String"),
                ("found_at", _TIME),
            ),
            [(turn.unit, turn.silenced_at, turn.turn, turn.at, _number(turn.day), turn.by, found_at) for turn in turns],
        )

    def gaps(self, *, since: int) -> list[tuple[NoData, int | None]]:
        """Units without data since an instant, and those that are silent still; with the time of the end."""
        return read_gaps(self.query, since=since)

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

    def band_notices(self, *, since: int) -> list[BandNotice]:
        """The units that lost a grade from a local day on."""
        return read_band_notices(self.query, first_day=since)

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
        return read_outbox(self.query, since=since)

    def post(self, messages: Iterable[Sent]) -> None:
        """Write messages, or the state of their delivery; the highest version holds."""
        self._insert(
            "alert_outbox",
            (
                ("key", "String"),
                ("recipient", "String"),
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

    def unannounced(self, *, since: int, most: int) -> list[AlertEvent]:
        """Steps recorded since an instant that are not known to be on the bus, at most so many, in order."""
        return read_unannounced(self.query, since=since, most=most)

    def announced(self, ids: Sequence[str], *, at: int) -> None:
        """Remember that the bus has these steps."""
        self._insert("alert_announced", (("id", "String"), ("at", _TIME)), [(id, at) for id in ids])

    def inbox(self) -> list[Reply]:
        """Replies that nobody has read, in the order in which they came."""
        return read_inbox(self.query)

    def receive(self, replies: Iterable[Reply]) -> None:
        """Write replies, or what became of them; the highest version holds."""
        self._insert(
            "alert_inbox",
            (
                ("key", "String"),
                ("channel", _LOW),
                ("sender", "String"),
                ("text", "String"),
                ("at", _TIME),
                ("outcome", _LOW),
                ("version", "UInt64"),
            ),
            [msgspec.structs.astuple(reply) for reply in replies],
        )

    def receipts(self, *, since: int) -> list[Receipt]:
        """What services told since an instant that the outbox does not know yet, and which ids are the same."""
        return read_receipts(self.query, since=since)

    def keep_receipts(self, receipts: Iterable[Receipt], *, applied: bool = False) -> None:
        """Write what services told, or that the outbox knows of it."""
        self._insert(
            "alert_receipts",
            (
                ("channel", _LOW),
                ("receipt", "String"),
                ("status", _LOW),
                ("at", _TIME),
                ("why", "String"),
                ("applied", "UInt8"),
            ),
            [(each.channel, each.receipt, each.status, each.at, each.why, int(applied)) for each in receipts],
        )

    def cursor(self, name: str) -> int:
        """How far a service that is asked for replies was read; 0 for one that never was."""
        rows = self.query("alert_cursor", {"name": name}).rows
        return int(rows[0][0]) if rows else 0

    def keep_cursor(self, name: str, position: int) -> None:
        """Remember how far it was read; a position only rises."""
        self._insert(
            "alert_cursors",
            (("name", "String"), ("position", "Int64"), ("version", "UInt64")),
            [(name, position, position)],
        )

    def _insert(self, table: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._engine.insert(table, columns, [*zip(*rows, strict=True)])


def _number(day: date | None) -> int | None:
    return None if day is None else (day - EPOCH).days


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
