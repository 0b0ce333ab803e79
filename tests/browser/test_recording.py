"""The form on which a training is recorded: at 390 pixels, with keys alone, in both languages and themes."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ARTIFACTS, Open, Server
from tests.browser.reading import hard_to_read, violations

pytestmark = pytest.mark.browser


def held(page: Page, name: str, width: int) -> None:
    """What every screen must hold; a picture is kept."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"catat-{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert hard_to_read(page) == []
    assert violations(page) == []


@pytest.mark.parametrize(("width", "theme", "lang"), [(390, "light", "id"), (1366, "dark", "en")])
def test_a_training_is_recorded_from_the_board_with_keys_alone(
    forms: Server, visit: Open, width: int, theme: str, lang: str
) -> None:
    board = "/d/pantau-pelatihan" + ("-en" if lang == "en" else "")
    page = visit(forms, board, width=width, theme=theme, quiet=False)
    page.get_by_role("link", name={"id": "Catat pelatihan", "en": "Record a training"}[lang]).press("Enter")
    page.wait_for_selector("#kind")
    held(page, f"form-{lang}", width)
    page.focus("button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    held(page, f"faults-{lang}", width)
    assert page.get_attribute("#title", "aria-invalid") == "true"
    assert page.get_attribute("#title", "aria-describedby") == "title-fault"
    page.get_by_role("alert").get_by_role("link").nth(1).press("Enter")
    assert page.evaluate("document.activeElement.id") == "title", "a fault leads to its field"

    page.focus("#kind")
    page.keyboard.type("9")
    page.keyboard.press("Tab")
    page.keyboard.type("Seminar etika pelayanan")
    page.locator("input[name=units]").first.press("Space")
    page.fill("#starts", "2026-03-02")
    page.fill("#ends", "2026-03-03")
    page.focus("#jp")
    page.keyboard.type("16")
    page.keyboard.press("Tab")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    assert violations(page) == []
    assert {"id": "Tersimpan untuk 1 unit.", "en": "Saved. Units: 1."}[lang] in page.inner_text("h1")
