"""``pantau serve`` and ``pantau verify``: run the one process; prove that its numbers are right."""

from typing import Annotated

import typer

from pantau.cli.options import DATA, Data, RegistryFile


def serve(
    data: Data = DATA,
    registry: RegistryFile = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; other machines reach only 0.0.0.0 or its own. [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port of gateway and page; 0 takes a free one. [default: 8320]")
    ] = None,
    sql_port: Annotated[
        int | None, typer.Option(help="Answer SQL here too, read-only, for a Grafana on this machine. [default: no]")
    ] = None,
) -> None:
    """Own the data directory: take events at /v1/events, keep indicators live, serve the page.

    The first start needs --registry. Ctrl-C (or SIGTERM) writes what waits and stops. Limits of the gateway are set by
    variables: see docs/reference/command-line.md.
    """
    from rich.console import Console

    from pantau.alerting.hooks import read_hooks
    from pantau.alerting.recipients import read_address_book
    from pantau.domain.errors import BadSetup
    from pantau.embedded.process import serve as run
    from pantau.embedded.sql_door import SqlDoor
    from pantau.logs import to_stderr
    from pantau.registry_file import load as load_registry
    from pantau.settings import load
    from storage.address import is_server

    if is_server(data):
        raise BadSetup(f"{data}: the tables of a server are written by pantau worker; its page is pantau web")
    to_stderr()
    given = {"data_dir": data, "registry": registry, "host": host, "port": port, "sql_port": sql_port}
    settings = load(given).settings
    if settings.sql_port is not None and settings.sql_token is None:
        raise BadSetup("--sql-port needs PANTAU_SQL_TOKEN or PANTAU_SQL_TOKEN_FILE: with what Grafana shows who it is")
    console = Console(stderr=True)
    run(
        settings.data_dir,
        registry=load_registry(settings.registry) if settings.registry else None,
        host=settings.host,
        port=settings.port,
        limits=settings.gateway_limits(),
        access=settings.access(),
        sql=SqlDoor(settings.sql_port, settings.sql_token.get_secret_value(), settings.sql_host)
        if settings.sql_port is not None and settings.sql_token is not None
        else None,
        fsync=settings.fsync,
        page_url=settings.page_url,
        book=read_address_book(settings.alert_addresses) if settings.alert_addresses else None,
        hooks=read_hooks(settings.reply_hooks),
        on_start=lambda url: console.print(f"[bold]{url}[/bold]   page and gateway; Ctrl-C ends it"),
    )


def verify(
    data: Data = DATA,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
) -> None:
    """Recompute every visit and every window from the raw events and compare with what is stored, to the last integer.

    Prints equal, or that there is nothing to compare (exit 0), or the rows that differ (exit 1).
    """
    import msgspec
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from pantau.cli.desks import open_desk

    console = Console(stderr=True)
    with open_desk(data) as desk, Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console) as bar:
        task = bar.add_task("recomputing from the log")
        report = desk.verify(lambda n: bar.update(task, description=f"recomputing from the log: {n:,} events"))
        refused = sum(int(row["things"]) for row in desk.query("rejects_waiting").dicts())
    if as_json:
        typer.echo(
            msgspec.json.encode({"equal": report.equal, "refused": refused, **msgspec.to_builtins(report)}).decode()
        )
    else:
        if report.equal and not report.events:
            typer.echo("nothing to compare: the log holds no event")
        else:
            typer.echo(
                f"{'equal' if report.equal else 'DIFFERS'}: {report.events:,} events, {report.facts:,} facts, "
                f"{report.cells:,} cells of windows" + (f"; left out {report.left_out:,}" if report.left_out else "")
            )
        if refused:
            typer.echo(f"{refused:,} refused and in no number: pantau rejects list --data {data}")
        if report.moved and not report.equal:
            typer.echo("workers wrote meanwhile: what differs may only be under way; ask again when less comes in")
        for table, n in report.differing.items():
            if n:
                typer.echo(f"  {table}: {n:,} rows differ")
        for difference in report.examples:
            typer.echo(f"  {difference.table} {' '.join(difference.key)}")
            typer.echo(f"    stored      {difference.stored or 'no such row'}")
            typer.echo(f"    recomputed  {difference.recomputed or 'no such row'}")
    raise typer.Exit(0 if report.equal else 1)
