"""``pantau serve`` and ``pantau verify``: run the one process; prove that its numbers are right."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from pantau.cli.options import DATA, Data, Lang, RegistryFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pantau.domain.spans import Language
    from storage.compare import Report


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


_VERIFIED: "Final[dict[str, dict[Language, str]]]" = {
    "at_work": {"id": "menghitung ulang dari log: {n} kejadian", "en": "recomputing from the log: {n} events"},
    "nothing": {
        "id": "tidak ada yang dibandingkan: log tidak memuat kejadian",
        "en": "nothing to compare: the log holds no event",
    },
    "equal": {"id": "sama", "en": "equal"},
    "differs": {"id": "BERBEDA", "en": "DIFFERS"},
    "compared": {
        "id": "{said}: {events} kejadian, {facts} fakta, {cells} sel jendela",
        "en": "{said}: {events} events, {facts} facts, {cells} cells of windows",
    },
    "left_out": {"id": "; {n} tidak diikutkan", "en": "; left out {n}"},
    "refused": {
        "id": "{n} ditolak dan tidak masuk angka mana pun: pantau rejects list --data {data}",
        "en": "{n} refused and in no number: pantau rejects list --data {data}",
    },
    "moved": {
        "id": "worker menulis sementara itu: bedanya mungkin hanya belum sampai; ulangi saat lebih sepi",
        "en": "workers wrote meanwhile: what differs may only be under way; ask again when less comes in",
    },
    "rows": {"id": "  {table}: {n} baris berbeda", "en": "  {table}: {n} rows differ"},
    "stored": {"id": "    tersimpan      {row}", "en": "    stored      {row}"},
    "recomputed": {"id": "    dihitung ulang {row}", "en": "    recomputed  {row}"},
    "no_row": {"id": "tidak ada baris itu", "en": "no such row"},
}


def verify(
    data: Data = DATA,
    lang: Lang = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
) -> None:
    """Recompute every visit and every window from the raw events and compare with what is stored, to the last integer.

    Prints equal, or that there is nothing to compare (exit 0), or the rows that differ (exit 1).
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from pantau.cli.desks import open_desk
    from pantau.texts import number_text

    def at_work(n: int) -> str:
        return _VERIFIED["at_work"][lang].format(n=number_text(n, lang))

    console = Console(stderr=True)
    with open_desk(data) as desk, Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console) as bar:
        task = bar.add_task(at_work(0))
        report = desk.verify(lambda n: bar.update(task, description=at_work(n)))
        refused = sum(int(row["things"]) for row in desk.query("rejects_waiting").dicts())
    if as_json:
        import msgspec

        typer.echo(
            msgspec.json.encode({"equal": report.equal, "refused": refused, **msgspec.to_builtins(report)}).decode()
        )
    else:
        for line in _verified(report, refused, data, lang):
            typer.echo(line)
    raise typer.Exit(0 if report.equal else 1)


def _verified(report: "Report", refused: int, data: str, language: "Language") -> "Iterator[str]":
    from pantau.texts import number_text

    def say(what: str, n: int = 0, **facts: str) -> str:
        return _VERIFIED[what][language].format(n=number_text(n, language), **facts)

    if report.equal and not report.events:
        yield say("nothing")
    else:
        said = say(
            "compared",
            said=say("equal" if report.equal else "differs"),
            events=number_text(report.events, language),
            facts=number_text(report.facts, language),
            cells=number_text(report.cells, language),
        )
        yield said + (say("left_out", report.left_out) if report.left_out else "")
    if refused:
        yield say("refused", refused, data=data)
    if report.moved and not report.equal:
        yield say("moved")
    for table, n in report.differing.items():
        if n:
            yield say("rows", n, table=table)
    for difference in report.examples:
        yield f"  {difference.table} {' '.join(difference.key)}"
        yield say("stored", row=difference.stored or say("no_row"))
        yield say("recomputed", row=difference.recomputed or say("no_row"))
