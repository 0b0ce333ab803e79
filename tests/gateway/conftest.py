"""Fixtures: a runtime in memory, a client on the app, and a real server on a free loopback port."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from litestar import Litestar
from litestar.testing import TestClient

from tests.gateway.office import MemoryRuntime, app, registry


@pytest.fixture
def runtime() -> MemoryRuntime:
    return MemoryRuntime(registry())


@pytest.fixture
def client(runtime: MemoryRuntime) -> Iterator[TestClient[Litestar]]:
    with TestClient(app(runtime), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def served(runtime: MemoryRuntime) -> Iterator[tuple[str, int]]:
    """Host and port of a real server with the runtime in memory."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app(runtime), loop="uvloop", http="httptools", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield "127.0.0.1", listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()
