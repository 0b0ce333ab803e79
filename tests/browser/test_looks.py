"""How pages look: nothing wider than the screen, nothing small on the wall, contrast; screenshots are kept."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ARTIFACTS, HEIGHTS, Open, Server
from tests.browser.office import JATI

pytestmark = pytest.mark.browser

PAGES = {"ikhtisar": "/", "unit": f"/unit/{JATI}", "kesehatan": "/kesehatan"}

TEXTS = """() => {
    const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return {r, g, b, a}; };
    const channel = (c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const light = ({r, g, b}) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
    const ground = (node) => {
        for (let up = node; up; up = up.parentElement) {
            const found = parse(getComputedStyle(up).backgroundColor);
            if (found.a === 1) return found;
        }
        return {r: 255, g: 255, b: 255};
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.data.trim();
        const node = walker.currentNode.parentElement;
        if (!text || node.closest("noscript, script, .hidden, .skip, title, option")) continue;
        const box = node.getBoundingClientRect();
        const style = getComputedStyle(node);
        if (!box.width || !box.height || style.visibility === "hidden") continue;
        const color = parse(node.ownerSVGElement ? style.fill : style.color);
        const [one, other] = [light(color), light(ground(node))].sort((a, b) => b - a);
        const contrast = (one + 0.05) / (other + 0.05);
        found.push({text, size: parseFloat(style.fontSize), contrast, bottom: box.bottom, right: box.right});
    }
    return found;
}"""


def settle(page: Page) -> None:
    """Wait until charts are drawn at their width."""
    page.wait_for_timeout(400)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", sorted(HEIGHTS))
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_fits_its_screen_and_can_be_read(
    office: Server, visit: Open, name: str, width: int, language: str, theme: str
) -> None:
    page = visit(office, PAGES[name] + ("?lang=en" if language == "en" else ""), width=width, theme=theme)
    settle(page)
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}-{width}-{language}-{theme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    texts = page.evaluate(TEXTS)
    assert len(texts) > 30
    assert [each for each in texts if each["contrast"] < 4.5] == []
    assert [each for each in texts if each["size"] < 12] == []


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
    assert [each for each in texts if each["contrast"] < 4.5] == []
    assert [each for each in texts if each["bottom"] > 1080 or each["right"] > 1920] == []
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1920,
        1080,
    ]


@pytest.mark.parametrize("width", sorted(HEIGHTS))
def test_a_page_without_data_fits_too(empty: Server, visit: Open, width: int) -> None:
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for name, path in PAGES.items():
        page = visit(empty, path, width=width)
        settle(page)
        page.screenshot(path=ARTIFACTS / f"{name}-{width}-kosong.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [each for each in page.evaluate(TEXTS) if each["contrast"] < 4.5] == []


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
