"""``pantau gateway``: take events over HTTP and put them on the bus."""

from pathlib import Path
from typing import Annotated

import typer


def gateway(
    bus: Annotated[str | None, typer.Option(help="The brokers: kafka://host:port,host:port [env: PANTAU_BUS]")] = None,
    registry: Annotated[
        Path | None,
        typer.Option(help="The registry.toml with the sources and their keys; followed. [env: PANTAU_REGISTRY]"),
    ] = None,
    spool: Annotated[
        Path | None,
        typer.Option(help="Where events wait while the bus is away; one gateway each. [default: spool]"),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; other machines reach only 0.0.0.0 or its own. [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one. [default: 8320]")] = None,
) -> None:
    """Take events at /v1/events and put them on the bus; while the bus is away they wait in the spool, on this disk.

    202 means that the bus has the events or that the disk has them. First: pantau topics create. A changed registry
    file is put in force within seconds, or at once with SIGHUP; one with faults is not. Ctrl-C (or SIGTERM) ends open
    requests and stops; what is in the spool goes to the bus at the next start. /health/live, /health/ready and /metrics
    answer on the same port.
    """
    from rich.console import Console

    from pantau.distributed.gateway import run_gateway
    from pantau.logs import libraries_to_stderr, to_stderr
    from pantau.settings import load

    to_stderr()
    libraries_to_stderr()
    given = {"bus": bus, "registry": registry, "spool_dir": spool, "host": host, "port": port}
    console = Console(stderr=True)
    run_gateway(
        load(given).settings,
        on_start=lambda url: console.print(f"[bold]{url}/v1/events[/bold]   Ctrl-C ends it"),
    )
