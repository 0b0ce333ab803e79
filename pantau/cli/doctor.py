"""``pantau doctor``: is this machine set up so that the product can run, and with which values?

Exit codes: 0 everything is good or only remarked upon, 2 something must be mended.
"""

from pathlib import Path
from typing import Annotated

import typer

from pantau.cli.options import Lang

_NAMES = {
    "engine": "mesin data",
    "time zones": "zona waktu",
    "holidays": "hari libur",
    "data directory": "direktori data",
    "free space": "ruang kosong",
    "owner": "pemilik",
    "tables": "tabel",
    "identities": "identitas",
    "registry": "registri",
    "variable": "variabel",
}
_ORIGINS = {"command line": "baris perintah", "default": "bawaan", "environment": "lingkungan"}
_MARKS = {"id": {"good": "baik", "note": "ingat", "bad": "BURUK"}, "en": {"good": "ok", "note": "note", "bad": "BAD"}}


def doctor(
    data: Annotated[Path | None, typer.Option("--data", help="The data directory to look at.")] = None,
    registry: Annotated[Path | None, typer.Option("--registry", help="A registry.toml to check too.")] = None,
    host: Annotated[str | None, typer.Option(help="The address that would be listened on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port that should be free.")] = None,
    lang: Lang = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
) -> None:
    """Check Python, engine, time zones, holidays, data directory, port and registry: each value, and where it is from.

    Changes nothing. Exit 0 when all is good, 2 when something must be mended.
    """
    from pantau.cli.checkup import Finding, examine
    from pantau.settings import load

    loaded = load({"data_dir": data, "registry": registry, "host": host, "port": port})
    findings: list[Finding] = []
    for finding in examine(loaded):
        findings.append(finding)
        if not as_json:
            told, name, origin = finding.told(lang), finding.name, finding.origin
            if lang == "id":
                name, origin = _NAMES.get(name, name), _ORIGINS.get(origin, origin)
            typer.echo(f"{_MARKS[lang][finding.state]:<5} {name:<15} {told.value}  [{origin}]")
            if told.todo:
                typer.echo(f"{'':22}→ {told.todo}")
    bad = any(finding.state == "bad" for finding in findings)
    if as_json:
        import msgspec

        in_english = [finding.told("en") for finding in findings]
        typer.echo(msgspec.json.encode({"good": not bad, "findings": in_english}).decode())
    raise typer.Exit(2 if bad else 0)
