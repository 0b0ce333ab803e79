"""The one process: runtime, web application and whatever feeds it, from start to a clean stop."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from dashboards.live.viewers import Access
from pantau.domain.registry import Registry
from pantau.embedded.closing import Closing
from pantau.embedded.desk import LocalDesk, announce, withdraw
from pantau.embedded.runtime import Runtime
from pantau.embedded.sql_door import SqlDoor, sql_served
from pantau.gateway.limits import GatewayLimits
from pantau.web.server import bind, ignore_stop_signals, run, wall_clock


def serve(
    data_dir: Path,
    *,
    registry: Registry | None,
    host: str = "127.0.0.1",
    port: int = 0,
    limits: GatewayLimits | None = None,
    access: Access | None = None,
    sql: SqlDoor | None = None,
    fsync: bool | None = None,
    clock: Callable[[], int] = wall_clock,
    feed: Callable[[LocalDesk], AbstractContextManager[object]] = lambda desk: nullcontext(),
    on_start: Callable[[str], None] = lambda url: None,
) -> None:
    """Own a data directory and serve it until SIGINT or SIGTERM; then write what waits and let go.

    ``feed`` may bring events in for as long as the process runs; ``on_start`` is told the address of the page;
    ``sql`` opens the store for whoever asks in SQL, for reading.
    ``access`` says who may see the page (None: whoever reaches it); ``fsync`` is as :meth:`Runtime.open` takes it.
    """
    from pantau.web.app import create_app

    ignore_stop_signals()
    listening = bind(host, port)
    runtime = Runtime.open(data_dir, registry=registry, clock=clock, fsync=fsync)
    try:
        url = f"http://{host}:{listening.getsockname()[1]}"
        desk = LocalDesk(runtime, data_dir)
        running = announce(data_dir, url)
        app = create_app(runtime, desk, token=running.token, limits=limits, access=access)
        with sql_served(sql, data_dir / "store"), feed(desk), Closing(desk):
            # the open streams of the page end before the server waits for connections to close
            run(app, listening, on_start=lambda: on_start(url), on_signal=runtime.end_watching)
    finally:
        withdraw(data_dir)
        runtime.close()
        listening.close()
