"""``pantau doctor``: is this machine set up so that the product can run, and with which values?

Exit codes: 0 everything is good or only remarked upon, 2 something must be mended.
"""

from pathlib import Path
from typing import Annotated

import typer


def doctor(
    data: Annotated[Path | None, typer.Option("--data", help="The data directory to look at.")] = None,
    registry: Annotated[Path | None, typer.Option("--registry", help="A registry.toml to check too.")] = None,
    host: Annotated[str | None, typer.Option(help="The address that would be listened on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port that should be free.")] = None,
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
            mark = {"good": "ok  ", "note": "note", "bad": "BAD "}[finding.state]
            typer.echo(f"{mark}  {finding.name:<15} {finding.value}  [{finding.origin}]")
            if finding.todo:
                typer.echo(f"{'':22}→ {finding.todo}")
    bad = any(finding.state == "bad" for finding in findings)
    if as_json:
        import msgspec

        typer.echo(msgspec.json.encode({"good": not bad, "findings": findings}).decode())
    raise typer.Exit(2 if bad else 0)
