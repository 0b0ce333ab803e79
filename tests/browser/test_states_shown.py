"""Every state is designed: nothing yet, nothing found, unknown unit, silence, closed, and no line to the server."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Server
from tests.browser.office import JATI, KALIANDA, NOW, at

pytestmark = pytest.mark.browser

PAGES = ["/", f"/unit/{JATI}", "/kesehatan", "/tv"]


@pytest.fixture
def later(office: Server) -> Iterator[Server]:
    """The office an hour and a half after its last event."""
    office.set_clock(at(14, 50))
    yield office
    office.set_clock(NOW)


@pytest.fixture
def evening(office: Server) -> Iterator[Server]:
    """Tuesday 12.20, the midday rest, when nothing has been silent for long."""
    office.set_clock(at(12, 20))
    yield office
    office.set_clock(NOW)


def values(page: Page) -> list[str]:
    return page.locator(".strip .value").all_inner_texts()


@pytest.mark.parametrize("path", PAGES)
def test_a_first_start_shows_dashes_with_a_reason_and_never_a_zero(empty: Server, visit: Open, path: str) -> None:
    page = visit(empty, path, width=1920)
    text = page.locator("main").inner_text()
    assert re.search("Belum ada|belum ada", text)
    assert not re.search(r"(?<![\d.,])0(?![\d.,])", text.replace("18.01", ""))
    assert all(value == "–" for value in values(page))


def test_a_first_start_says_what_to_do_next_and_fills_by_itself(mortal: Server, visit: Open) -> None:
    page = visit(mortal)
    expect(page.locator("h1")).to_contain_text("Belum ada kejadian yang masuk")
    expect(page.locator(".tally")).to_contain_text("bin/pantau replay")
    mortal.send(ticket(KALIANDA, "A-1"))
    expect(page.locator("[data-key=waiting] .value")).to_have_text("1 orang", timeout=10_000)


def test_an_unknown_unit_is_told_with_a_way_back(office: Server, visit: Open) -> None:
    page = visit(office, "/unit/nowhere")
    expect(page.locator("h1")).to_have_text("Tidak ada unit dengan kode nowhere")
    page.get_by_role("link", name="← Ikhtisar").click()
    expect(page.locator("h1")).to_contain_text("Kec. Jati Agung turun")


def test_nothing_found_says_what_was_sought(office: Server, visit: Open) -> None:
    page = visit(office)
    page.locator("#search").fill("gunung")
    expect(page.locator(".units .empty")).to_have_text("Tidak ada unit dengan nama “gunung”.")
    page.locator("#search").press("Escape")
    expect(page.locator("a[data-unit]")).to_have_count(4)


@pytest.mark.parametrize("path", ["/", f"/unit/{KALIANDA}", "/kesehatan"])
def test_silence_is_told_and_its_numbers_are_not_shown(later: Server, visit: Open, path: str) -> None:
    page = visit(later, path)
    expect(page.locator(".banner")).to_contain_text(re.compile(r"Tidak ada data dari unit mana pun sejak 13\.\d\d WIB"))
    if path != "/kesehatan":
        assert values(page)[:2] == ["–", "–"]
        expect(page.locator("[data-key=waiting]").first).to_contain_text(re.compile(r"belum ada data sejak 13\.\d\d"))


def test_the_wall_screen_covers_what_is_silent(later: Server, visit: Open) -> None:
    page = visit(later, "/tv", width=1920)
    assert page.locator(".tvunits .covered").count() >= 6
    assert values(page)[0] == "–"


def test_a_closed_unit_says_when_it_opens(evening: Server, visit: Open) -> None:
    page = visit(evening, f"/unit/{KALIANDA}")
    expect(page.locator(".tally.state")).to_have_text(re.compile("Tutup.*buka 13.00"))


@pytest.mark.parametrize("path", ["/", "/tv"])
def test_a_lost_line_says_of_when_the_numbers_are_and_mends_itself(mortal: Server, visit: Open, path: str) -> None:
    page = visit(mortal, path, width=1920, quiet=False)
    expect(page.locator(".strip, .sources, main h1").first).to_be_visible()
    mortal.stop()
    if path == "/tv":
        expect(page.locator("h1")).to_contain_text("Terputus, data terakhir 13.20 WIB", timeout=15_000)
        expect(page.locator(".cover")).to_be_visible()
        assert page.locator(".strip").count() == 0
    else:
        expect(page.locator(".banner")).to_contain_text("Terputus dari server", timeout=15_000)
        expect(page.locator(".banner")).to_contain_text("keadaan 13.20 WIB")
    mortal.start()
    expect(page.locator(".banner:not([hidden]), .cover")).to_have_count(0, timeout=30_000)


def test_before_the_first_word_the_page_says_that_it_loads(office: Server, visit: Open) -> None:
    page = visit(office, quiet=False)
    page.route("**/api/stream**", lambda route: route.abort())
    page.goto(office.url + "/", wait_until="domcontentloaded")
    expect(page.locator("main")).to_contain_text("Memuat")
    page.unroute("**/api/stream**")
    expect(page.locator("h1")).to_contain_text("turun", timeout=15_000)


def ticket(unit: str, number: str) -> dict[str, object]:
    """Somebody takes a number now."""
    return {
        "specversion": "1.0",
        "id": f"{unit}.{number}",
        "source": f"/simulasi/antrian/{unit}",
        "type": "id.pantau.ticket.created",
        "time": "2026-11-10T06:20:00Z",
        "data": {"unit": unit, "ticket": number, "service_day": "2026-11-10", "service": "legalisasi"},
    }
