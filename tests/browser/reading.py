"""What every page must hold for those who read it: measured in the page itself, by axe-core and by our own eyes."""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
"""axe-core, as its package for tests brings it."""

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
        const zoom = node.currentCSSZoom ?? 1;
        const color = parse(node.ownerSVGElement ? style.fill : style.color);
        const [one, other] = [light(color), light(ground(node))].sort((a, b) => b - a);
        const contrast = (one + 0.05) / (other + 0.05);
        const size = parseFloat(style.fontSize) * zoom;
        found.push({text, size, contrast, bottom: box.bottom, right: box.right});
    }
    return found;
}"""
"""Every text on the page: its size in pixels, its contrast, and where it ends."""


def violations(page: Page) -> list[str]:
    """What axe-core has against a page, each with the first element that is meant."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("axe.run({resultTypes: ['violations']}).then((all) => all.violations)")
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:160]}" for each in found]


def hard_to_read(page: Page, *, least_px: float = 12) -> list[dict[str, Any]]:
    """The texts that are too small or too pale."""
    texts: list[dict[str, Any]] = page.evaluate(TEXTS)
    assert len(texts) > 8
    return [each for each in texts if each["contrast"] < 4.5 or each["size"] < least_px]
