"""``pantau dashboards``: the boards for Grafana, built from their definitions and brought to an existing Grafana.

Exit codes: 0 done or equal, 1 the committed files differ from the definitions.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pantau.cli.options import DATA, Data, Lang

if TYPE_CHECKING:
    from dashboards.grafana import Grafana
    from dashboards.push import ClickHouse
    from pantau.domain.spans import Language

Url = Annotated[str, typer.Argument(metavar="URL", help="Where Grafana is, such as http://grafana:3000.")]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="GRAFANA_TOKEN",
        help="Token of a service account with role Admin; better in GRAFANA_TOKEN.",
        show_envvar=True,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing; tell what would be done.")]

_DONE: "Final[dict[str, dict[Language, str]]]" = {
    "create": {"id": "baru", "en": "new"},
    "update": {"id": "diperbarui", "en": "updated"},
    "same": {"id": "sudah sama", "en": "same already"},
}
_MARKS: "Final[dict[Language, str]]" = {
    "id": "anotasi: {added} baru, {changed} diperbarui, {removed} dihapus, {same} sudah sama",
    "en": "annotations: {added} new, {changed} updated, {removed} removed, {same} the same already",
}

app = typer.Typer(name="dashboards", help="The boards that Grafana and the live page draw.", no_args_is_help=True)


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


@app.command()
def push(
    url: Url,
    token: Token = None,
    tables: Annotated[
        str | None,
        typer.Option(
            "--tables",
            help="Also make the data source: clickhouse://dashboard@host:9000/pantau, or http://host:port of a process "
            "that serves SQL, as Grafana reaches them. The password is read from PANTAU_STORE_PASSWORD.",
        ),
    ] = None,
    dry_run: DryRun = False,
    lang: Lang = "id",
) -> None:
    """Bring folders, the data source and every board in both languages to an existing Grafana. Safe to repeat.

    Boards that Grafana reads from files of its own are not touched: there, mount dashboards/boards instead.
    """
    from dashboards.push import push as bring

    with _grafana(url, token) as grafana:
        for step in bring(grafana, _tables(tables), dry_run=dry_run):
            typer.echo(f"{step.kind:10s} {step.uid:26s} {step.title}: {_DONE[step.action][lang]}")


@app.command()
def annotate(
    url: Url,
    data: Data = DATA,
    token: Token = None,
    every: Annotated[
        float | None, typer.Option("--every", min=10, help="Go on, and look again after so many seconds.")
    ] = None,
    dry_run: DryRun = False,
    lang: Lang = "id",
) -> None:
    """Write trainings, other measures, alerts and holidays as annotations, for boards that others made.

    Each is tagged pantau, its kind (pelatihan, tindakan, peringatan, libur) and its unit. Our own boards need none of
    this: they ask the tables. Annotations of others are not touched.
    """
    import time

    from dashboards.annotations import annotations_of, sync
    from pantau.cli.desks import open_desk
    from pantau.domain.errors import NotNow
    from storage.alert_reading import read_transitions

    while True:
        try:
            with _grafana(url, token) as grafana, open_desk(data) as desk:
                registry = desk.registry
                units = [unit.code for unit in registry.units]
                rows = desk.query("interventions_of", {"units": units}).dicts()
                turns = [row.transition for row, _ in read_transitions(desk.query, since=0)]
                done = sync(grafana, annotations_of(registry, rows, turns), dry_run=dry_run)
        except NotNow as error:
            if every is None:
                raise
            typer.echo(str(error), err=True)
        else:
            typer.echo(
                _MARKS[lang].format(added=done.added, changed=done.changed, removed=done.removed, same=done.same)
            )
        if every is None:
            return
        time.sleep(every)


@contextmanager
def _grafana(url: str, token: str | None) -> "Iterator[Grafana]":
    from pantau.domain.errors import BadSetup

    try:
        from dashboards.grafana import Grafana
    except ModuleNotFoundError as error:
        raise BadSetup("this needs the package grafana-api: pip install 'pantau-layanan[grafana]'") from error
    grafana = Grafana(url, token=token)
    try:
        yield grafana
    finally:
        grafana.close()


def _tables(address: str | None) -> "ClickHouse | None":
    """Where Grafana is to reach the tables. Raises BadSetup for what is no such address."""
    from urllib.parse import urlsplit

    from dashboards.push import ClickHouse
    from pantau.domain.errors import BadSetup

    if address is None:
        return None
    parts = urlsplit(address)
    native = parts.scheme == "clickhouse"
    if parts.scheme not in ("clickhouse", "http", "https") or not parts.hostname:
        raise BadSetup(f"--tables {address}: write clickhouse://user@host:9000/database or http://host:port")
    return ClickHouse(
        host=parts.hostname,
        port=parts.port or (9000 if native else 443 if parts.scheme == "https" else 80),
        protocol="native" if native else "http",
        secure=parts.scheme == "https",
        user=parts.username or "dashboard",
        password=os.environ.get("PANTAU_STORE_PASSWORD", ""),
        database=parts.path.strip("/") or "pantau",
    )
