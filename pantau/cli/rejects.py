"""``pantau rejects``: what was refused and why; try it again once the cause is mended."""

from typing import Annotated

import typer

from pantau.cli.options import DATA, Data, RegistryFile

app = typer.Typer(name="rejects", help="Events that were refused, with their reasons.", no_args_is_help=True)


@app.command("list")
def list_rejects(
    data: Data = DATA,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line, for programs.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many are listed, the newest first.")] = 50,
) -> None:
    """List refused events with everything that is wrong with each."""
    import msgspec
    from rich.console import Console
    from rich.table import Table

    from pantau.domain.errors import Fault
    from pantau.embedded.desk import open_desk

    with open_desk(data) as desk:
        rows = desk.rejects()
    if as_json:
        for row in rows[:limit]:
            typer.echo(msgspec.json.encode(row).decode())
        return
    table = Table("source", "id", "code", "seen", "retry", "reasons")
    for row in rows[:limit]:
        faults = msgspec.json.decode(row.reasons, type=list[Fault])
        table.add_row(
            row.source, row.id, row.code, str(row.seen), "yes" if row.retryable else "-", "\n".join(map(str, faults))
        )
    Console().print(table)
    typer.echo(f"{len(rows):,} refused" + (f", the newest {limit} shown" if len(rows) > limit else ""))


@app.command()
def retry(data: Data = DATA, registry: RegistryFile = None) -> None:
    """Try again what can be accepted once a cause on our side is mended: a unit added, a clock corrected.

    Exit 0 when nothing that can be retried is refused still, else 1.
    """
    from pantau.embedded.desk import open_desk
    from pantau.registry_file import load

    with open_desk(data, registry=load(registry) if registry else None) as desk:
        accepted, refused = desk.retry()
        desk.settled()
    typer.echo(f"{accepted:,} accepted, {refused:,} refused still")
    raise typer.Exit(1 if refused else 0)
