"""``pantau web``: the live page from a server's tables."""

from typing import Annotated

import typer


def web(
    store: Annotated[
        str | None, typer.Option(help="The tables: clickhouse://user@host:port/database [env: PANTAU_STORE]")
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; other machines reach only 0.0.0.0 or its own. [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one. [default: 8320]")] = None,
) -> None:
    """Serve the live page from the tables that workers write to a ClickHouse server.

    A user that may only read is enough; its password is read from PANTAU_STORE_PASSWORD or PANTAU_STORE_PASSWORD_FILE.
    The alerts' page is served where PANTAU_ANSWERS_STORE names a user that may write answers, with PANTAU_SECRET.
    While the server is away the page says so and shows what it knew. /health/live and /health/ready answer on the same
    port. Ctrl-C (or SIGTERM) ends it.
    """
    from rich.console import Console

    from pantau.distributed.web import run_web
    from pantau.logs import to_stderr
    from pantau.settings import load

    to_stderr()
    console = Console(stderr=True)
    run_web(
        load({"store": store, "host": host, "port": port}).settings,
        on_start=lambda url: console.print(f"[bold]{url}[/bold]   the live page; Ctrl-C ends it"),
    )
