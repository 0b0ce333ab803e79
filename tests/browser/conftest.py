"""A browser, servers in processes of their own, and pages that fail a test by what they say or ask for.

A server owns its data directory in its own process, because the embedded engine takes one directory a process; so a
test can also kill it.
"""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.office import NOW
from tests.plugins import BROWSERS

ROOT = Path(__file__).parent.parent.parent
ARTIFACTS = ROOT / "artifacts" / "page"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
HEIGHTS = {390: 844, 1366: 768, 1920: 1080}

Open = Callable[..., Page]


class Server:
    """The page's server. ``url`` stays the same after ``stop`` and ``start``."""

    def __init__(self, directory: Path, *, empty: bool = False, **words: bool) -> None:
        """``words`` are those of ``tests.browser.server``: guarded, recording, fallen."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._directory = directory
        self._filled = empty
        self._words = [word for word, wanted in words.items() if wanted]
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        how = [*(["empty"] if self._filled else []), *self._words]
        command = [sys.executable, "-m", "tests.browser.server", str(self._directory), str(self._port), str(NOW), *how]
        self._process = subprocess.Popen(command, cwd=ROOT)
        self._filled = True
        for _ in range(600):
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode}")
            try:
                httpx.get(f"{self.url}/", timeout=5).raise_for_status()
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise RuntimeError("the server does not answer")

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def set_clock(self, now: int) -> None:
        """Make it another time."""
        httpx.post(f"{self.url}/test/clock", json={"now": now}).raise_for_status()

    def send(self, *events: dict[str, Any]) -> None:
        """Send CloudEvents; returns when they are durable."""
        httpx.post(f"{self.url}/test/events", json=events).raise_for_status()

    def get(self, path: str) -> Any:
        """The JSON of an address."""
        return httpx.get(self.url + path, timeout=20).raise_for_status().json()


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server with six weeks of the four offices: filled once, about ten seconds."""
    server = Server(tmp_path_factory.mktemp("office"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has its registry and not a single event; nobody sends it one."""
    server = Server(tmp_path_factory.mktemp("empty"), empty=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on which trainings can be recorded and one office has fallen."""
    server = Server(tmp_path_factory.mktemp("forms"), empty=True, recording=True, fallen=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """A server without an event that one test may fill and kill."""
    server = Server(tmp_path / "mortal", empty=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or whatever Chromium this machine has.

    Only for this package: as long as it is open this thread has a running event loop, and ``asyncio.run`` refuses.
    """
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        raise RuntimeError("no Chromium; install it, or leave these tests out with --fast")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open a page: visit(server, "/tv", width=1920). What it says on its console or asks elsewhere fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def visit(
        server: Server,
        path: str = "/",
        *,
        width: int = 1366,
        theme: Any = "light",
        quiet: bool = True,
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme=theme,
            locale="id-ID",
            timezone_id="UTC",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{path}: {error}"))
        if quiet:
            page.on("console", lambda said: wrong.append(f"{path}: {said.text}") if said.type != "log" else None)
        page.on("request", lambda ask: None if ask.url.startswith(server.url) else wrong.append(f"asked {ask.url}"))
        page.goto(server.url + path)
        page.wait_for_selector("main h1")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not wrong
