"""The page on a server's tables, in a browser: while the tables are away it says so, and it recovers by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pantau.domain.zones import MINUTE
from tests.browser.conftest import Open
from tests.distributed.test_web import Tables, wall
from tests.distributed.test_web import page as serving
from tests.strategies import ticket
from tests.support.bridge import Bridge
from tests.support.processes import Process

pytestmark = pytest.mark.browser


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    started = Bridge(tmp_path / "server").start()
    yield started
    started.stop()


@pytest.fixture
def served(bridge: Bridge, tmp_path: Path) -> Iterator[Process]:
    tables = Tables(bridge.url("default"))
    tables.write(ticket("created", wall() - 5 * MINUTE))
    tables.close()
    with serving(tmp_path, tables.address) as process:
        yield process


def test_tables_that_are_away_are_told_and_what_was_known_is_not_shown_as_now(
    bridge: Bridge, served: Process, visit: Open
) -> None:
    page, screen = (visit(served, path, width=1920) for path in ("/", "/tv"))
    for seen in (page, screen):
        expect(seen.locator(".strip")).to_be_visible()
    bridge.kill()
    expect(page.locator(".banner")).to_contain_text("Penyimpanan data tidak menjawab", timeout=60_000)
    expect(screen.locator("h1")).to_contain_text("data terakhir", timeout=60_000)
    expect(screen.locator(".cover")).to_be_visible()
    bridge.start()
    for seen in (page, screen):
        expect(seen.locator(".banner:not([hidden]), .cover")).to_have_count(0, timeout=60_000)
