"""An event is seen on the page within a second of becoming durable, in place, without disturbing the reader."""

import json
from itertools import count
from statistics import median

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Server
from tests.browser.office import BAKAUHENI, KALIANDA
from tests.browser.test_states_shown import ticket

pytestmark = pytest.mark.browser

_numbers = count(900)

SEND = """async (events) => {
    const shown = () => document.querySelector("[data-key=waiting] .value").textContent;
    const before = shown();
    const headers = {"content-type": "application/json"};
    const answer = await fetch("/test/events", {method: "POST", body: events, headers});
    if (!answer.ok) throw new Error(await answer.text());
    const durable = performance.now();
    while (shown() === before) {
        if (performance.now() - durable > 20000) throw new Error("the number did not change");
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return performance.now() - durable;
}"""


def arrive(page: Page, unit: str) -> float:
    """Milliseconds from a durable arrival until the page shows it; the aim is 1,000. Fails where it never does."""
    elapsed: float = page.evaluate(SEND, json.dumps([ticket(unit, f"X-{next(_numbers)}")]))
    return elapsed


@pytest.mark.parametrize("path", ["/", f"/unit/{BAKAUHENI}", "/tv"])
def test_an_arrival_is_shown_soon(office: Server, visit: Open, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = visit(office, path, width=1920)
    expect(page.locator("[data-key=waiting] .value").first).to_be_visible()
    took = []
    for _ in range(4):
        page.wait_for_timeout(900)
        took.append(arrive(page, BAKAUHENI))
    with capsys.disabled():
        print(f"\n{path}: durable to shown, ms: median {median(took):.0f}, worst {max(took):.0f}")  # noqa: T201


def test_an_update_changes_numbers_and_leaves_focus_selection_and_scroll(office: Server, visit: Open) -> None:
    page = visit(office, width=390)
    page.set_viewport_size({"width": 390, "height": 400})
    page.keyboard.press("j")
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.dataset.unit")
    page.evaluate("scrollTo(0, 200)")
    page.evaluate("window.kept = document.querySelector('h2')")
    arrive(page, KALIANDA)
    assert page.evaluate("document.activeElement.dataset.unit") == focused
    assert page.evaluate("scrollY") == 200
    assert page.evaluate("window.kept === document.querySelector('h2')")


def test_a_hidden_page_lets_go_of_the_line_and_comes_back(office: Server, visit: Open) -> None:
    page = visit(office)
    page.evaluate(
        """() => {
            window.opened = [];
            const Real = window.EventSource;
            window.EventSource = class extends Real {
                constructor(address) { super(address); window.opened.push(this); }
            };
            const hide = (hidden) => {
                Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
                document.dispatchEvent(new Event("visibilitychange"));
            };
            window.hide = hide;
        }"""
    )
    page.evaluate("hide(true)")
    before = page.locator("[data-key=waiting] .value").inner_text()
    office.send(ticket(BAKAUHENI, f"X-{next(_numbers)}"))
    page.wait_for_timeout(1500)
    assert page.locator("[data-key=waiting] .value").inner_text() == before
    page.evaluate("hide(false)")
    expect(page.locator("[data-key=waiting] .value")).not_to_have_text(before, timeout=10_000)
    assert page.evaluate("window.opened.length") == 1
