"""How a table of indicators is written: for people, as CSV, and the words for reasons, flags and choices."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from pantau.domain.indicators import Indicator, Language, Text, Value
from pantau.domain.requests import About, Line, Table
from pantau.texts import clock_text, day_text, duration_text, number_text, share_text

if TYPE_CHECKING:
    from rich.console import RenderableType

REASONS: Final[dict[str, Text]] = {
    "no_data": Text("belum ada data", "no data"),
    "nobody": Text("tidak ada orang yang dapat dihitung", "nobody to count"),
    "none_judged": Text("tidak ada kunjungan yang dinilai", "no visit was judged"),
    "none_finished": Text("belum ada permohonan selesai", "no application was finished"),
    "no_answers": Text("belum ada jawaban", "no answers"),
    "unanswered": Text("ada unsur tanpa jawaban", "an element has no answer"),
    "no_threshold": Text("beri batas dengan --within", "give a limit with --within"),
    "no_open_time": Text("waktu buka loket tidak diketahui", "open counter time is not known"),
    "no_counters": Text("tidak ada kabar loket hari itu", "no counter spoke that day"),
    "not_by": Text("tidak dicatat menurut irisan ini", "not recorded by this slice"),
    "not_in_time": Text("tidak dapat dipecah menurut waktu ini", "cannot be split by this time"),
}
FLAGS: Final[dict[str, Text]] = {
    "few": Text("contoh kecil", "few"),
    "few_answers": Text("jawaban sedikit", "few answers"),
    "below_minimum": Text("di bawah contoh minimal", "below the minimum sample"),
    "straight_lined": Text("banyak jawaban seragam", "many straight-lined answers"),
    "straddles_bands": Text("rentang melintasi mutu lain", "interval reaches another band"),
    "unanswered": Text("ada unsur tanpa jawaban", "an element has no answer"),
}
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
CHOICES: Final[dict[str, dict[str, Text]]] = {
    "zero_waits": {
        "counted": Text("tunggu nol dihitung", "zero waits counted"),
        "not_counted": Text("tunggu nol tidak dihitung", "zero waits not counted"),
    },
    "leavers": {
        "standard": Text("yang pergi menurut standar", "leavers as the standard says"),
        "counted": Text("yang pergi dihitung", "leavers counted"),
        "not_counted": Text("yang pergi tidak dihitung", "leavers not counted"),
    },
    "percentile": {
        "nearest_rank": Text("persentil dari histogram, galat ≤ 1 %", "percentile from histograms, ≤ 1 % off"),
        "exact": Text("persentil tepat, interpolasi linear", "exact percentile, linear interpolation"),
    },
    "finished": {
        "issued": Text("selesai = produk terbit", "finished = product issued"),
        "approved": Text("selesai = disetujui", "finished = approved"),
    },
}
"""Choices in words; those that are numbers are written by :func:`choice_text`."""

WHERE_THE_DATA_IS: Final[dict[Language, str]] = {
    "id": "Belum ada angka, tetapi {n} kejadian ditolak; sebabnya: pantau rejects list --data {data}",
    "en": "No number is known, but {n} events are refused; why: pantau rejects list --data {data}",
}

_INDICATOR: Final = Text("Indikator", "Indicator")
_VALUE: Final = Text("Nilai", "Value")
_NOTES: Final = Text("Catatan", "Notes")
_IMPUTED: Final = Text("waktu diperkirakan", "times imputed")
_AUTO_CLOSED: Final = Text("ditutup otomatis", "auto-closed")
_DEFINITIONS: Final = Text("Definisi", "Definitions")

_FIELDS: Final = ("value", "n", "reason", "imputed", "auto_closed", "low", "high", "band")


def value_text(value: Value, unit: str, language: Language) -> str:
    """A value as people write it; a dash where it is unknown."""
    if value.value is None:
        return "–"
    if unit == "ms":
        return duration_text(value.value, language)
    if unit == "share":
        return share_text(value.value, language, 2)
    if unit == "index":
        text = f"{number_text(value.value, language, 2)} ({value.band})"
        if value.low is not None and value.high is not None:
            text += f" [{number_text(value.low, language, 2)}–{number_text(value.high, language, 2)}]"
        return text
    return number_text(value.value, language, 0 if unit == "count" else 2)


def notes(value: Value, language: Language) -> str:
    """Why a value is unknown, or what a reader must know of it."""
    said = [REASONS[value.reason].read(language)] if value.reason else []
    said += [FLAGS[flag].read(language) for flag in value.flags]
    if value.imputed:
        said.append(f"{share_text(value.imputed, language)} {_IMPUTED.read(language)}")
    if value.auto_closed:
        said.append(f"{share_text(value.auto_closed, language)} {_AUTO_CLOSED.read(language)}")
    return "; ".join(said)


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


def choice_text(name: str, value: str | int | float | None, language: Language) -> str:
    """One choice in words: tunggu nol dihitung, batas 30 dtk, bobot unsur 1/9."""
    if name in CHOICES:
        return CHOICES[name][str(value)].read(language)
    written = {
        "within_ms": Text("batas", "limit"),
        "ikm_weight": Text("bobot unsur", "element weight"),
        "ikm_confidence": Text("keyakinan rentang", "interval confidence"),
        "minimum_sample": Text("contoh minimal", "minimum sample"),
        "complaint_days": Text("batas hari pengaduan", "days for a complaint"),
    }[name].read(language)
    if name == "within_ms" and isinstance(value, int):
        return f"{written} {duration_text(value, language)}"
    return f"{written} {number_text(value, language, 2) if isinstance(value, float) else value}"


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
    asked = "".join(f" · {name}: {', '.join(values)}" for name, values in table.slice.items())
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
