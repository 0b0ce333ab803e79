"""``pantau registry``: look into a registry file before it is loaded.

Exit codes: 0 the file is good, 2 it has faults, cannot be read, or holds no such unit.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from pantau.cli.options import DATA, Data, Lang

if TYPE_CHECKING:
    from datetime import date

    from pantau.domain.calendars import Spell
    from pantau.domain.registry import Hours, Registry, Standard, Unit
    from pantau.domain.spans import Language

app = typer.Typer(
    name="registry",
    help="Units, services, promises, opening hours and sources: check a registry file, or show what it says.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help="A registry file, such as examples/lampung_selatan/registry.toml.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]

_WEEKDAYS: "Final[dict[Language, tuple[str, ...]]]" = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_WORDS: "Final[dict[str, dict[Language, str]]]" = {
    "good": {"id": "baik", "en": "good"},
    "faults": {"id": "{file}: {n} kesalahan", "en": "{file} has {n} {faults}"},
    "units": {"id": "unit", "en": "units"},
    "services": {"id": "layanan", "en": "services"},
    "promises": {"id": "standar", "en": "promises"},
    "sources": {"id": "sumber", "en": "sources"},
    "zones": {"id": "zona", "en": "zones"},
    "holidays": {"id": "hari libur", "en": "holidays"},
    "version": {"id": "versi", "en": "version"},
    "hours": {"id": "jam buka", "en": "hours"},
    "days_in": {"id": "{n} hari pada {years}", "en": "{n} days in {years}"},
    "no_holidays": {"id": "tidak ada: setiap hari kerja dihitung", "en": "none: every weekday is worked"},
    "none": {"id": "tidak ada", "en": "none"},
    "no_sources": {
        "id": "belum ada [[source]]: setiap kejadian ditolak sampai satu ditambahkan",
        "en": "no [[source]] yet: every event is refused until one is added",
    },
    "no_promises": {
        "id": "belum ada [[standard]]: tidak ada kunjungan yang dinilai menurut standar",
        "en": "no [[standard]] yet: no visit is judged by a promise",
    },
    "promises_on": {"id": "standar {unit} pada {day}", "en": "promises of {unit} on {day}"},
    "working_days": {"id": "{n} hari kerja", "en": "{n} working days"},
    "minutes": {"id": "{n:g} menit", "en": "{n:g} minutes"},
    "leavers": {"id": "yang pergi", "en": "leavers"},
    "counted": {"id": "dihitung", "en": "counted"},
    "not_counted": {"id": "tidak dihitung", "en": "not_counted"},
    "from": {"id": "mulai", "en": "from"},
    "to": {"id": "sampai", "en": "to"},
    "closed": {"id": "tutup", "en": "closed"},
}
"""Names of rows and of keys of the file stay as they are written in it."""


@app.command()
def check(file: File, lang: Lang = "id", as_json: Json = False) -> None:
    """Print every fault of the file with its line (exit 2), or what the file holds (exit 0)."""
    registry = _load(file, as_json, lang)
    if as_json:
        _print_json({"file": str(file), "faults": [], **_summary(registry, "en")})
        return
    typer.echo(f"{file}: {_WORDS['good'][lang]}")
    _print_columns([(_word(name, lang), str(value)) for name, value in _summary(registry, lang).items()], lang)
    for what, rows in (("no_sources", registry.sources), ("no_promises", registry.standards)):
        if not rows:
            typer.echo(_WORDS[what][lang])


@app.command()
def show(
    file: File,
    unit: Annotated[str | None, typer.Option(help="Only this unit, and what it promises for each service.")] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day whose promises to show; today if not given.")
    ] = None,
    lang: Lang = "id",
    as_json: Json = False,
) -> None:
    """Print units, opening hours and promises; with --json every row as it is stored."""
    registry = _load(file, as_json, lang)
    chosen = [found for found in registry.units if unit in (None, found.code)]
    if not chosen and unit is not None:
        from pantau.toml_rows import nearest

        advice = nearest(unit, [found.code for found in registry.units])
        _refuse(f"{unit!r} is not a unit of {file}; {advice}")
    if as_json:
        rows = registry.to_rows()
        _print_json(rows if unit is None else [row for row in rows if row["kind"] == "unit" and row["key"] == unit])
        return
    typer.echo(_word("units", lang))
    _print_columns([(found.code, found.name, found.kecamatan, found.zone, found.hours) for found in chosen], lang)
    for hours in registry.hours:
        if hours.name in {found.hours for found in chosen}:
            typer.echo(f"\n{_word('hours', lang)} {hours.name}")
            _print_columns(_about_hours(hours, lang), lang)
    if unit is None:
        typer.echo(f"\n{_word('promises', lang)}")
        _print_columns([_about_promise(standard, lang) for standard in registry.standards], lang)
    else:
        day = _day(on)
        typer.echo("\n" + _WORDS["promises_on"][lang].format(unit=unit, day=day))
        _print_columns(_promises_of(registry, chosen[0], day, lang), lang)


@app.command()
def load(file: File, data: Data = DATA) -> None:
    """Put the file in force in a data directory; units whose past it changes are rebuilt from their raw events.

    A directory that is not there yet is made.
    """
    from pantau.cli.desks import open_desk
    from storage.address import is_server

    registry = _load(file, False, "en")
    is_new = not is_server(data) and not (Path(data) / "store").is_dir()
    with open_desk(data, registry=registry if is_new else None) as desk:
        rebuilt = desk.load_registry(registry)
    typer.echo(f"{file}: in force as version {registry.version}")
    typer.echo(f"rebuilt from their events: {', '.join(rebuilt) or 'no unit'}")


def _word(name: str, language: "Language") -> str:
    return _WORDS[name][language] if name in _WORDS else name.replace("_", " ")


def _load(file: Path, as_json: bool, language: "Language") -> "Registry":
    from pantau.domain.errors import BadSetup
    from pantau.registry_file import load
    from pantau.registry_texts import told
    from pantau.toml_rows import FileFault

    try:
        return load(file)
    except BadSetup as error:
        faults = [fault for fault in error.faults if isinstance(fault, FileFault)]
        if as_json:
            import msgspec

            listed = [{**msgspec.to_builtins(fault), "text": str(fault)} for fault in faults]
            _print_json({"file": str(file), "faults": listed or [{"text": str(error)}]})
        elif faults:
            noun = "fault" if len(faults) == 1 else "faults"
            typer.echo(
                _WORDS["faults"][language].format(file=faults[0].file, n=len(faults), faults=noun) + ":", err=True
            )
            for fault in faults:
                typer.echo(told(fault, language), err=True)
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def _summary(registry: "Registry", language: "Language") -> dict[str, int | str]:
    years = registry.holiday_years
    days_in, none = _WORDS["days_in"][language], _WORDS["no_holidays"][language]
    return {
        "units": len(registry.units),
        "kecamatan": len(registry.kecamatan),
        "kabupaten": len(registry.kabupaten),
        "services": len(registry.services),
        "promises": len(registry.standards),
        "sources": len(registry.sources),
        "zones": ", ".join(sorted({unit.zone for unit in registry.units})),
        "holidays": days_in.format(n=len(registry.holidays), years=_runs(years)) if years else none,
        "version": registry.version,
    }


def _runs(years: tuple[int, ...]) -> str:
    whole = years == tuple(range(years[0], years[-1] + 1))
    return (f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])) if whole else ", ".join(map(str, years))


def _day(on: str | None) -> "date":
    from datetime import UTC, date, datetime

    try:
        return datetime.now(UTC).date() if on is None else date.fromisoformat(on)
    except ValueError:
        _refuse(f"--on {on!r} is not a date; write it like 2026-03-02")


def _promises_of(registry: "Registry", unit: "Unit", day: "date", language: "Language") -> list[tuple[str, ...]]:
    from pantau.domain.zones import day_start

    at = day_start(unit.zone, day)
    lines = []
    for service in registry.services:
        for kind in ("ticket", "application"):
            standard = registry.standard(unit.code, service.code, at, kind)
            if standard is not None and service.kind in (kind, "both"):
                lines.append((service.code, *_about_promise(standard, language)[2:]))
    return lines


def _about_promise(standard: "Standard", language: "Language") -> tuple[str, ...]:
    if standard.working_days is not None:
        limit = _WORDS["working_days"][language].format(n=standard.working_days)
    else:
        limit = _WORDS["minutes"][language].format(n=(standard.limit_ms or 0) / 60_000)
    since = f"{_word('from', language)} {standard.valid_from}" if standard.valid_from else ""
    until = f"{_word('to', language)} {standard.valid_to}" if standard.valid_to else ""
    leavers = f"{_word('leavers', language)} {_word(standard.leavers or 'not_counted', language)}"
    return (standard.unit, standard.service, standard.measure, limit, leavers, since, until)


def _about_hours(hours: "Hours", language: "Language") -> list[tuple[str, ...]]:
    weekdays, closed = _WEEKDAYS[language], _word("closed", language)
    lines = [(day, _clock(spells) or closed) for day, spells in zip(weekdays, hours.week, strict=True)]
    for special in hours.specials:
        days = ", ".join(
            f"{day} {_clock(spells)}" for day, spells in zip(weekdays, special.week, strict=True) if spells
        )
        lines.append((f"{special.first} {_word('to', language)} {special.last}", days or closed))
    return [tuple(line) for line in lines]


def _clock(spells: "tuple[Spell, ...]") -> str:
    return " ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spells)


def _print_columns(lines: "list[tuple[str, ...]]", language: "Language") -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    none = _word("none", language)
    for line in lines or [(none,)]:
        cells = [cell.ljust(width) for cell, width in zip(line, widths or [len(none)], strict=True)]
        typer.echo("  " + "  ".join(cells).rstrip())


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, indent=1, ensure_ascii=False))


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
