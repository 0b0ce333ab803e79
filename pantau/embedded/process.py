"""The one process: runtime, web application and whatever feeds it, from start to a clean stop."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from dashboards.live.viewers import Access
from pantau.alerting.hooks import Hooks
from pantau.alerting.recipients import AddressBook, book_of_a_file
from pantau.domain.registry import Registry
from pantau.embedded.alerting import watching
from pantau.embedded.closing import closing
from pantau.embedded.desk import LocalDesk
from pantau.embedded.evaluating import evaluating
from pantau.embedded.replies import reply_rounds
from pantau.embedded.rounds import Rounds
from pantau.embedded.running import announce, withdraw
from pantau.embedded.runtime import Runtime
from pantau.embedded.sql_door import SqlDoor, sql_served
from pantau.gateway.limits import GatewayLimits
from pantau.web.server import bind, ignore_stop_signals, run, wall_clock

ALERTS_FILE = "alerts.txt"


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
    page_url: str | None = None,
    book: AddressBook | None = None,
    hooks: Hooks | None = None,
    clock: Callable[[], int] = wall_clock,
    feed: Callable[[LocalDesk], AbstractContextManager[object]] = lambda desk: nullcontext(),
    on_start: Callable[[str], None] = lambda url: None,
) -> None:
    """Own a data directory and serve it until SIGINT or SIGTERM; then write what waits and let go.

    ``feed`` may bring events in for as long as the process runs; ``on_start`` is told the address of the page;
    ``fsync`` is as :meth:`Runtime.open` takes it; ``page_url`` is how people reach the page, by default as it listens;
    ``book`` says who gets alerts, by default all of them are written to a file beside the data; ``hooks`` are the ways
    on which services bring replies.
    ``sql`` opens the store for whoever asks in SQL, for reading; ``access`` says who may see the page (None: whoever
    reaches it).
    """
    from pantau.web.app import create_app

    ignore_stop_signals()
    listening = bind(host, port)
    runtime = Runtime.open(data_dir, registry=registry, clock=clock, fsync=fsync)
    try:
        url = f"http://{host}:{listening.getsockname()[1]}"
        desk = LocalDesk(runtime, data_dir)
        desk.alerting.page = page_url or url
        desk.alerting.book = book or book_of_a_file(data_dir / ALERTS_FILE)
        running = announce(data_dir, url)
        app = create_app(runtime, desk, token=running.token, limits=limits, access=access, hooks=hooks)
        with (
            sql_served(sql, data_dir / "store"),
            feed(desk),
            Rounds(closing(desk), *watching(desk.alerting), *reply_rounds(desk.alerting), evaluating(desk)),
        ):
            # the open streams of the page end before the server waits for connections to close
            run(app, listening, on_start=lambda: on_start(url), on_signal=runtime.end_watching)
    finally:
        withdraw(data_dir)
        runtime.close()
        listening.close()
