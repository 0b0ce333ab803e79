"""How pages look: nothing wider than the screen, nothing small on the wall, contrast; screenshots are kept."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ARTIFACTS, HEIGHTS, Open, Server
from tests.browser.office import JATI
from tests.browser.reading import TEXTS, violations

pytestmark = pytest.mark.browser

PAGES = {"ikhtisar": "/", "unit": f"/unit/{JATI}", "kesehatan": "/kesehatan"}


def settle(page: Page) -> None:
    """Wait until charts are drawn at their width."""
    page.wait_for_timeout(400)


@pytest.mark.parametrize(("language", "theme"), [("id", "light"), ("en", "dark")])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_fits_its_screen_and_can_be_read(
    office: Server, visit: Open, name: str, language: str, theme: str
) -> None:
    """One page that is made wider: what it draws anew for its width is part of what is looked at."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page = visit(office, PAGES[name] + ("?lang=en" if language == "en" else ""), width=min(HEIGHTS), theme=theme)
    for width, height in sorted(HEIGHTS.items()):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        page.screenshot(path=ARTIFACTS / f"{name}-{width}-{language}-{theme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        texts = page.evaluate(TEXTS)
        assert len(texts) > 30
        assert [each for each in texts if each["contrast"] < 4.5] == []
        assert [each for each in texts if each["size"] < 12] == []
        if language == "id":
            assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_wall_screen_has_nothing_small_and_does_not_scroll(
    office: Server, visit: Open, language: str, theme: str
) -> None:
    page = visit(office, "/tv" + ("?lang=en" if language == "en" else ""), width=1920, theme=theme)
    settle(page)
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"tv-1920-{language}-{theme}.png")
    texts = page.evaluate(TEXTS)
    assert len(texts) > 30
    assert [each for each in texts if each["size"] < 28] == []
    assert violations(page) == []
    assert [each for each in texts if each["contrast"] < 4.5] == []
    assert [each for each in texts if each["bottom"] > 1080 or each["right"] > 1920] == []
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1920,
        1080,
    ]


def test_a_page_without_data_fits_too(empty: Server, visit: Open) -> None:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for name, path in PAGES.items():
        page = visit(empty, path, width=min(HEIGHTS))
        for width, height in sorted(HEIGHTS.items()):
            page.set_viewport_size({"width": width, "height": height})
            settle(page)
            page.screenshot(path=ARTIFACTS / f"{name}-{width}-kosong.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert [each for each in page.evaluate(TEXTS) if each["contrast"] < 4.5] == []
        page.context.close()


@pytest.mark.parametrize("width", sorted(HEIGHTS))
def test_the_first_screen_says_what_falls_and_shows_the_first_unit(office: Server, visit: Open, width: int) -> None:
    page = visit(office, width=width)
    settle(page)
    for seen in ("h1", ".strip", f"tr[data-key='{JATI}'] td.state"):
        box = page.locator(seen).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= HEIGHTS[width], seen


def test_who_asks_for_less_motion_gets_none(office: Server, visit: Open) -> None:
    page = visit(office)
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).transitionDuration !== '0s').length"
    )
    assert moving == 0


def test_the_theme_can_be_chosen_and_is_remembered(office: Server, visit: Open) -> None:
    page = visit(office)
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Tema").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    page.wait_for_selector(".strip")
    assert page.evaluate(paper) == dark
