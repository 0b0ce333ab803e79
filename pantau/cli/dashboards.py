"""``pantau dashboards``: the boards for Grafana, built from their definitions.

Exit codes: 0 done or equal, 1 the committed files differ from the definitions.
"""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(name="dashboards", help="The boards that Grafana and the live page draw.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``build`` a word of its own while it is the only one."""


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; tell which files differ.")] = False,
    to: Annotated[
        Path | None, typer.Option("--to", help="A folder to write to, in place of the product's own.", file_okay=False)
    ] = None,
) -> None:
    """Write every board in both languages as Grafana's dashboard JSON. Safe to repeat: what is right stays."""
    from dashboards.build import FOLDER, differing, write

    folder = to or FOLDER
    changed = differing(folder) if check else write(folder)
    for path in changed:
        typer.echo(path)
    if check and changed:
        typer.echo("these differ from their definitions; run: pantau dashboards build", err=True)
        raise typer.Exit(1)
    if not changed:
        typer.echo("every board is as defined")
