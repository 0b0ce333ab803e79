"""``pantau registry``: look into a registry file before it is loaded.

Exit codes: 0 the file is good, 2 it has faults, cannot be read, or holds no such unit.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pantau.cli.options import DATA, Data

if TYPE_CHECKING:
    from datetime import date

    from pantau.domain.calendars import Spell
    from pantau.domain.registry import Hours, Registry, Standard, Unit

app = typer.Typer(
    name="registry",
    help="Units, services, promises, opening hours and sources: check a registry file, or show what it says.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help="A registry file, such as examples/lampung_selatan/registry.toml.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@app.command()
def check(file: File, as_json: Json = False) -> None:
    """Print every fault of the file with its line (exit 2), or what the file holds (exit 0)."""
    registry = _load(file, as_json)
    summary = _summary(registry)
    if as_json:
        _print_json({"file": str(file), "faults": [], **summary})
        return
    typer.echo(f"{file}: good")
    _print_columns([(name.replace("_", " "), str(value)) for name, value in summary.items()])


@app.command()
def show(
    file: File,
    unit: Annotated[str | None, typer.Option(help="Only this unit, and what it promises for each service.")] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day whose promises to show; today if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print units, opening hours and promises; with --json every row as it is stored."""
    registry = _load(file, as_json)
    chosen = [found for found in registry.units if unit in (None, found.code)]
    if not chosen and unit is not None:
        from pantau.toml_rows import nearest

        advice = nearest(unit, [found.code for found in registry.units])
        _refuse(f"{unit!r} is not a unit of {file}; {advice}")
    if as_json:
        rows = registry.to_rows()
        _print_json(rows if unit is None else [row for row in rows if row["kind"] == "unit" and row["key"] == unit])
        return
    typer.echo("units")
    _print_columns([(found.code, found.name, found.kecamatan, found.zone, found.hours) for found in chosen])
    for hours in registry.hours:
        if hours.name in {found.hours for found in chosen}:
            typer.echo(f"\nhours {hours.name}")
            _print_columns(_about_hours(hours))
    if unit is None:
        typer.echo("\npromises")
        _print_columns([_about_promise(standard) for standard in registry.standards])
    else:
        day = _day(on)
        typer.echo(f"\npromises of {unit} on {day}")
        _print_columns(_promises_of(registry, chosen[0], day))


@app.command()
def load(file: File, data: Data = DATA) -> None:
    """Put the file in force in a data directory; units whose past it changes are rebuilt from their raw events."""
    from pantau.embedded.desk import open_desk

    registry = _load(file, False)
    with open_desk(data) as desk:
        rebuilt = desk.load_registry(registry)
    typer.echo(f"{file}: in force as version {registry.version}")
    typer.echo(f"rebuilt from their events: {', '.join(rebuilt) or 'no unit'}")


def _load(file: Path, as_json: bool) -> "Registry":
    from pantau.domain.errors import BadSetup
    from pantau.registry_file import load

    try:
        return load(file)
    except BadSetup as error:
        if as_json:
            import msgspec

            faults = [{**msgspec.to_builtins(fault), "text": str(fault)} for fault in error.faults]
            _print_json({"file": str(file), "faults": faults or [{"text": str(error)}]})
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def _summary(registry: "Registry") -> dict[str, int | str]:
    years = registry.holiday_years
    return {
        "units": len(registry.units),
        "kecamatan": len(registry.kecamatan),
        "kabupaten": len(registry.kabupaten),
        "services": len(registry.services),
        "promises": len(registry.standards),
        "sources": len(registry.sources),
        "zones": ", ".join(sorted({unit.zone for unit in registry.units})) or "none",
        "holidays": f"{len(registry.holidays)} days in {_runs(years)}" if years else "none: every weekday is worked",
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


def _promises_of(registry: "Registry", unit: "Unit", day: "date") -> list[tuple[str, ...]]:
    from pantau.domain.zones import day_start

    at = day_start(unit.zone, day)
    lines = []
    for service in registry.services:
        for kind in ("ticket", "application"):
            standard = registry.standard(unit.code, service.code, at, kind)
            if standard is not None and service.kind in (kind, "both"):
                lines.append((service.code, *_about_promise(standard)[2:]))
    return lines


def _about_promise(standard: "Standard") -> tuple[str, ...]:
    if standard.working_days is not None:
        limit = f"{standard.working_days} working days"
    else:
        limit = f"{(standard.limit_ms or 0) / 60_000:g} minutes"
    since = f"from {standard.valid_from}" if standard.valid_from else ""
    until = f"to {standard.valid_to}" if standard.valid_to else ""
    return (standard.unit, standard.service, standard.measure, limit, f"leavers {standard.leavers}", since, until)


def _about_hours(hours: "Hours") -> list[tuple[str, ...]]:
    lines = list(zip(_WEEKDAYS, map(_clock, hours.week), strict=True))
    for special in hours.specials:
        days = ", ".join(
            f"{day} {_clock(spells)}" for day, spells in zip(_WEEKDAYS, special.week, strict=True) if spells
        )
        lines.append((f"{special.first} to {special.last}", days or "closed"))
    return [tuple(line) for line in lines]


def _clock(spells: "tuple[Spell, ...]") -> str:
    return " ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spells) or "closed"


def _print_columns(lines: "list[tuple[str, ...]]") -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines or [("none",)]:
        typer.echo(
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths or [4], strict=True)).rstrip()
        )


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, indent=1, ensure_ascii=False))


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
