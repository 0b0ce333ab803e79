"""``pantau worker``: turn what comes over the bus into visits and windows on a server."""

from typing import Annotated

import typer


def worker(
    bus: Annotated[str | None, typer.Option(help="The brokers: kafka://host:port,host:port [env: PANTAU_BUS]")] = None,
    store: Annotated[
        str | None, typer.Option(help="The tables: clickhouse://user@host:port/database [env: PANTAU_STORE]")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Workers of one group share the load. [default: pantau]", show_default=False)
    ] = None,
    host: Annotated[str | None, typer.Option(help="Where health and metrics listen. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port of health and metrics. [default: 8331]")] = None,
) -> None:
    """Merge events from the bus into visits and windows, and write them to ClickHouse; several share the partitions.

    Start as many as there are cores, on as many machines as you like; one that dies is replaced by the others, and
    nothing is lost or counted twice. First: pantau topics create, pantau migrate, pantau registry load. The password of
    the store is read from PANTAU_STORE_PASSWORD or PANTAU_STORE_PASSWORD_FILE, the key of pseudonyms from PANTAU_SECRET
    or PANTAU_SECRET_FILE. Ctrl-C (or SIGTERM) writes what waits and stops. /health/live, /health/ready and /metrics
    answer on the port.
    """
    from pantau.distributed.worker import run_worker
    from pantau.logs import libraries_to_stderr, to_stderr
    from pantau.settings import load

    to_stderr()
    libraries_to_stderr()
    given = {"bus": bus, "store": store, "worker_group": group, "worker_host": host, "worker_port": port}
    raise typer.Exit(run_worker(load(given).settings))
