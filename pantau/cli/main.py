"""``pantau``: every verb of the product. Each verb imports what it needs when it is called."""

import sys
from typing import Annotated

import typer

from pantau.cli import alerts, dashboards, demo, keys, mapping, operate, registry, rejects, replay, report, topics
from pantau.cli.doctor import doctor
from pantau.cli.effect import effect
from pantau.cli.gateway import gateway
from pantau.cli.indicators import indicators
from pantau.cli.migrate import migrate
from pantau.cli.mqtt import mqtt
from pantau.cli.poll import poll
from pantau.cli.retention import retention
from pantau.cli.simulate import simulate
from pantau.cli.sources import sources
from pantau.cli.watch import watch
from pantau.cli.web import web
from pantau.cli.worker import worker

app = typer.Typer(
    name="pantau",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help=(
        "Pantau Layanan: live indicators of public service, from the events of its counters and systems.\n\n"
        "Begin with [bold]pantau demo[/bold]. To connect a queue system: [bold]pantau mapping check[/bold] a file "
        "of it, [bold]pantau replay[/bold] it, look with [bold]pantau indicators[/bold], prove with "
        "[bold]pantau verify[/bold].\n\n"
        "Exit codes: 0 done, 1 something differs or failed, 2 the set-up is wrong, 3 the input is wrong, 4 not now."
    ),
)
app.command()(demo.demo)
app.command()(operate.serve)
app.command()(gateway)
app.command()(worker)
app.command()(migrate)
app.command()(web)
app.command()(replay.replay)
app.command()(poll)
app.command()(mqtt)
app.command()(watch)
app.command()(indicators)
app.command()(effect)
app.command()(operate.verify)
app.add_typer(alerts.app)
app.add_typer(report.app)
app.add_typer(rejects.app)
app.command()(retention)
app.command()(sources)
app.add_typer(registry.app)
app.add_typer(mapping.app)
app.add_typer(keys.app)
app.add_typer(topics.app)
app.add_typer(dashboards.app)
app.command()(simulate)
app.command()(doctor)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(version("pantau-layanan"))
        except PackageNotFoundError:
            typer.echo("0.1.0")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = (
        False
    ),
) -> None:
    pass


def main() -> None:
    """Run the command line; errors raised on purpose become a message and their exit code."""
    from pantau.domain.errors import PantauError

    try:
        app(prog_name="pantau")
    except PantauError as error:
        typer.echo(f"pantau: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
