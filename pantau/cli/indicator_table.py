"""How a table of indicators is written: for people, and as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from pantau.domain.indicators import Indicator, Language, Text
from pantau.domain.requests import About, Line, Table
from pantau.indicator_texts import choice_text, notes, value_text
from pantau.texts import clock_text, day_text, number_text

if TYPE_CHECKING:
    from rich.console import RenderableType

COLUMNS: Final[dict[str, Text]] = {
    "unit": Text("Unit", "Unit"),
    "kecamatan": Text("Kecamatan", "Kecamatan"),
    "kabupaten": Text("Kabupaten", "Kabupaten"),
    "service": Text("Layanan", "Service"),
    "channel": Text("Kanal", "Channel"),
    "counter": Text("Loket", "Counter"),
    "trained": Text("Pelatihan", "Training"),
    "since_training": Text("Sejak pelatihan", "Since training"),
    "intervention": Text("Intervensi", "Intervention"),
    "group": Text("Kelompok", "Group"),
    "phase": Text("Masa", "Phase"),
    "day": Text("Hari", "Day"),
    "week": Text("Pekan mulai", "Week of"),
    "month": Text("Bulan", "Month"),
    "hour": Text("Jam", "Hour"),
    "30m": Text("Mulai", "From"),
    "5m": Text("Mulai", "From"),
}
WHERE_THE_DATA_IS: Final[dict[Language, str]] = {
    "id": "Belum ada angka, tetapi {n} kejadian ditolak; sebabnya: pantau rejects list --data {data}",
    "en": "No number is known, but {n} events are refused; why: pantau rejects list --data {data}",
}

_INDICATOR: Final = Text("Indikator", "Indicator")
_VALUE: Final = Text("Nilai", "Value")
_NOTES: Final = Text("Catatan", "Notes")
_DEFINITIONS: Final = Text("Definisi", "Definitions")

_FIELDS: Final = ("value", "n", "reason", "imputed", "auto_closed", "low", "high", "band")


def for_people(table: Table, language: Language) -> "Iterator[RenderableType]":
    """The table, and below it the period, every definition and the choices that change the numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid
    from rich.text import Text as Styled

    about = {indicator.name: indicator for indicator in table.about}
    grid = Grid(box=SIMPLE_HEAD, pad_edge=False)
    for dimension in table.by:
        grid.add_column(COLUMNS[dimension].read(language))
    grid.add_column(_INDICATOR.read(language))
    grid.add_column(_VALUE.read(language), justify="right")
    grid.add_column("n", justify="right")
    grid.add_column(_NOTES.read(language), style="dim")
    shown: tuple[str, ...] | None = None
    for line in table.lines:
        group = _labels(table, line, language)
        indicator = about[line.indicator]
        grid.add_row(
            *(group if group != shown else [""] * len(group)),
            indicator.title,
            value_text(line.value, indicator.unit, language),
            number_text(line.value.n, language) if line.value.value is not None else "",
            notes(line.value, language),
        )
        shown = group
    yield grid
    yield Styled(period(table, language), style="bold")
    yield Styled(_DEFINITIONS.read(language), style="bold")
    for names, definition in _once(table.about, language):
        yield Styled(f"  {', '.join(names)}: {definition}")
    for note in table.notes:
        yield Styled(note, style="italic")


def _once(about: tuple[About, ...], language: Language) -> list[tuple[list[str], str]]:
    """Names that share a definition and its choices, and the definition with the choices behind it."""
    found: dict[str, list[str]] = {}
    for indicator in about:
        chosen = "; ".join(
            choice_text(name, value, language) for name, value in indicator.choices.items() if value is not None
        )
        found.setdefault(f"{indicator.definition}{f' [{chosen}]' if chosen else ''}", []).append(indicator.name)
    return [(names, text) for text, names in found.items()]


def period(table: Table, language: Language) -> str:
    """Which days were read, at which instant facts of time were taken, and by which registry visits were judged."""
    days = ""
    if table.first_day and table.last_day:
        to = "sampai" if language == "id" else "to"
        days = f"{day_text(table.first_day, language)} {to} {day_text(table.last_day, language)}"
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    moment = datetime.fromtimestamp(table.as_of / 1000, UTC).astimezone(ZoneInfo(table.zone))
    at = f"{day_text(moment.date(), language)} {clock_text(table.as_of, table.zone, language)}"
    words = ("saat", "registri") if language == "id" else ("as of", "registry")
    names = {name: COLUMNS[name.removesuffix("s")].read(language).lower() for name in table.slice}
    asked = "".join(f" · {names[name]}: {', '.join(values)}" for name, values in table.slice.items())
    return f"{days} · {words[0]} {at} · {words[1]} {table.registry}{asked}"


def _labels(table: Table, line: Line, language: Language) -> tuple[str, ...]:
    return tuple(
        day_text(date.fromisoformat(code), language) if dimension in ("day", "week") else label
        for dimension, code, label in zip(table.by, line.key, line.label, strict=True)
    )


def as_csv(table: Table) -> str:
    """One row a group and indicator, with n, provenance, unit, definition and choices in columns."""
    about = {indicator.name: indicator for indicator in table.about}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = [name for dimension in table.by for name in (dimension, f"{dimension}_name")]
    writer.writerow([*head, "indicator", "unit_of_value", *_FIELDS, "flags", "title", "definition", "choices"])
    for line in table.lines:
        indicator = about[line.indicator]
        group = [part for pair in zip(line.key, line.label, strict=True) for part in pair]
        fields = ["" if (value := getattr(line.value, name)) is None else value for name in _FIELDS]
        choices = "; ".join(f"{name}={value}" for name, value in indicator.choices.items())
        flags = " ".join(line.value.flags)
        writer.writerow(
            [*group, line.indicator, indicator.unit, *fields, flags, indicator.title, indicator.definition, choices]
        )
    return out.getvalue()


def listing(indicators: list[Indicator], language: Language) -> "RenderableType":
    """Every indicator by name, with its title and definition."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    grid = Grid(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("name", _INDICATOR.read(language), _DEFINITIONS.read(language)):
        grid.add_column(title)
    for indicator in indicators:
        grid.add_row(indicator.name, indicator.title.read(language), indicator.definition.read(language))
    return grid
