"""The one process: runtime, web application and whatever feeds it, from start to a clean stop."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import FrameType

import structlog
import uvicorn

from pantau.domain.errors import BadSetup
from pantau.domain.registry import Registry
from pantau.embedded.closing import Closing
from pantau.embedded.desk import LocalDesk, announce, withdraw
from pantau.embedded.runtime import Runtime
from pantau.gateway.limits import GatewayLimits

log = structlog.get_logger(__name__)


STOP_SIGNALS: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)


def _stay(signum: int, frame: object) -> None:
    """The web server stops itself on a signal and then raises it again: by then we are writing what waits."""


def wall_clock() -> int:
    """Now, ms UTC."""
    return time.time_ns() // 1_000_000


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises BadSetup when the port is taken."""
    try:
        return socket.create_server((host, port), backlog=512)
    except OSError as error:
        raise BadSetup(f"{host}:{port} cannot be used: {error.strerror}; choose another --port") from error


def serve(
    data_dir: Path,
    *,
    registry: Registry | None,
    host: str = "127.0.0.1",
    port: int = 0,
    limits: GatewayLimits | None = None,
    clock: Callable[[], int] = wall_clock,
    feed: Callable[[LocalDesk], AbstractContextManager[object]] = lambda desk: nullcontext(),
    on_start: Callable[[str], None] = lambda url: None,
) -> None:
    """Own a data directory and serve it until SIGINT or SIGTERM; then write what waits and let go.

    ``feed`` may bring events in for as long as the process runs; ``on_start`` is told the address of the page.
    """
    from pantau.web.app import create_app

    for signum in STOP_SIGNALS:
        signal.signal(signum, _stay)
    listening = bind(host, port)
    runtime = Runtime.open(data_dir, registry=registry, clock=clock)
    try:
        url = f"http://{host}:{listening.getsockname()[1]}"
        desk = LocalDesk(runtime, data_dir)
        running = announce(data_dir, url)
        app = create_app(runtime, desk, token=running.token, limits=limits)
        server = _Server(
            uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=3, lifespan="on"), runtime
        )
        with feed(desk), Closing(desk):
            _announce_when_ready(server, url, on_start)
            server.run(sockets=[listening])
    finally:
        withdraw(data_dir)
        runtime.close()
        listening.close()


class _Server(uvicorn.Server):
    """The web server, which lets the open streams of the page end before it waits for connections to close."""

    def __init__(self, config: uvicorn.Config, runtime: Runtime) -> None:
        super().__init__(config)
        self._runtime = runtime

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop; the runtime hears of it in a thread, for a signal handler must not wait for a lock."""
        threading.Thread(target=self._runtime.end_watching, name="ending", daemon=True).start()
        super().handle_exit(sig, frame)


def _announce_when_ready(server: uvicorn.Server, url: str, on_start: Callable[[str], None]) -> None:
    def wait() -> None:
        while not server.started and not server.should_exit:
            time.sleep(0.02)
        if server.started:
            on_start(url)

    threading.Thread(target=wait, name="ready", daemon=True).start()
