"""What ``pantau alerts silences`` prints: who is silenced, until when, why, and how it ended."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pantau.cli.alert_table import INDICATOR_NAMES
from pantau.domain.alerts.silences import ALL_UNITS, Silence, SilenceTurn
from pantau.domain.indicators import Language, Text
from pantau.domain.zones import local_day
from pantau.embedded.desk import Desk
from pantau.texts import day_text
from storage.alert_reading import read_silence_turns, read_silences

ENDS: Final = {
    "silence_lifted": Text("diakhiri", "lifted"),
    "silence_recovered": Text("berakhir saat pulih", "ended with the recovery"),
    "silence_expired": Text("berakhir", "expired"),
}


class Row(msgspec.Struct, frozen=True):
    """A silence, the name of what it silences, how it ended, and today where it holds."""

    silence: Silence
    name: str
    end: SilenceTurn | None
    today: date


def silence_rows(desk: Desk, *, every: bool) -> list[Row]:
    """The silences that hold or will, the one that ends first on top; with ``every`` also those that are over."""
    registry, now = desk.registry, desk.now()
    ends = {(turn.unit, turn.silenced_at): turn for turn in read_silence_turns(desk.query) if turn.turn != "silenced"}
    rows = []
    for silence in read_silences(desk.query):
        unit = registry.unit(silence.unit)
        today = local_day(unit.zone if unit else registry.zone(registry.unit_codes[0]), now)
        row = Row(silence, unit.name if unit else silence.unit, ends.get((silence.unit, silence.at)), today)
        if every or (row.end is None and silence.last >= today):
            rows.append(row)
    return sorted(rows, key=lambda row: (row.silence.last, row.silence.unit, row.silence.at))


def print_silences(rows: Sequence[Row], language: Language) -> None:
    """The rows as a table."""
    columns = {
        "id": ("unit", "indikator", "dari", "sampai", "alasan", "oleh", "keadaan"),
        "en": ("unit", "indicator", "from", "until", "reason", "by", "state"),
    }
    table = Table(*columns[language])
    for row in rows:
        silence = row.silence
        table.add_row(
            Text("semua unit", "all units").read(language) if silence.unit == ALL_UNITS else row.name,
            INDICATOR_NAMES[silence.indicator].read(language) if silence.indicator else "-",
            day_text(silence.first, language),
            day_text(silence.last, language),
            escape(silence.reason),
            escape(silence.by),
            escape(_state(row, language)),
        )
    Console().print(table)


def _state(row: Row, language: Language) -> str:
    end = row.end
    if end is None:
        if row.silence.first > row.today:
            return Text("belum mulai", "not begun").read(language)
        if row.silence.last < row.today:
            return ENDS["silence_expired"].read(language)
        return Text("berlaku", "holds").read(language)
    told = ENDS[end.turn].read(language)
    by = Text(" oleh ", " by ").read(language) + end.by if end.by else ""
    return told + by
