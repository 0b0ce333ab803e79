"""An application served on a socket of its own until a signal says stop."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final

import uvicorn
from litestar import Litestar

from pantau.domain.errors import BadSetup

STOP_SIGNALS: Final[Sequence[signal.Signals]] = (signal.SIGINT, signal.SIGTERM)


def wall_clock() -> int:
    """Now, ms UTC."""
    return time.time_ns() // 1_000_000


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises BadSetup when the port is taken."""
    try:
        return socket.create_server((host, port), backlog=512)
    except OSError as error:
        raise BadSetup(f"{host}:{port} cannot be used: {error.strerror}; choose another --port") from error


def ignore_stop_signals() -> None:
    """The web server stops itself on a signal and then raises it again: by then what waits is being written."""
    for signum in STOP_SIGNALS:
        signal.signal(signum, lambda signum, frame: None)


def run(
    app: Litestar,
    listening: socket.socket,
    *,
    on_start: Callable[[], None] = lambda: None,
    on_signal: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then let requests end for three seconds at most.

    ``on_start`` is called when connections are taken, ``on_signal`` when the signal has come, each in a thread.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
        lifespan="on",
        proxy_headers=False,  # a peer is who is connected; what a proxy says is believed where it is asked for
    )
    server = _Server(config, on_signal)

    def wait() -> None:
        while not server.started and not server.should_exit:
            time.sleep(0.02)
        if server.started:
            on_start()

    threading.Thread(target=wait, name="ready", daemon=True).start()
    server.run(sockets=[listening])


@contextmanager
def beside(app: Litestar, listening: socket.socket) -> Iterator[None]:
    """Serve in a thread of its own for as long as the block lasts; signals are the main server's."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="beside", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_signal: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_signal = on_signal

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop; told in a thread, for a signal handler must not wait for a lock."""
        threading.Thread(target=self._on_signal, name="ending", daemon=True).start()
        super().handle_exit(sig, frame)
