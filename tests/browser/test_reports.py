"""Reports and posters as a browser shows and prints them: readable by everybody, and a poster on one sheet."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from pantau.domain.reports.document import Document
from pantau.domain.reports.satisfaction import Plan, Step
from pantau.reports.html import document_html, poster_html
from pantau.reports.poster import skm_poster
from pantau.reports.skm import skm_document
from tests.browser.conftest import ROOT
from tests.browser.reading import TEXTS, violations
from tests.reports.figures import FALL, PLAN, figures

pytestmark = pytest.mark.browser

KEPT = ROOT / "artifacts" / "reports"
LONG = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Kabupaten Lampung Selatan"
CUT_OFF = "(() => { const all = document.querySelector('main'); return all.scrollHeight - all.clientHeight; })()"
STEP = "Menambah dua puluh kursi tunggu dan papan nomor antrean di teras depan serta ruang laktasi"


BROKEN_WORDS = """() => {
    const found = [];
    for (const cell of document.querySelectorAll("td, th")) {
        const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const text = walker.currentNode;
            for (const word of text.data.matchAll(/[^ –,/]+/g)) {
                const range = document.createRange();
                range.setStart(text, word.index);
                range.setEnd(text, word.index + word[0].length);
                const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
                if (lines.size > 1) found.push(word[0]);
            }
        }
    }
    return found;
}"""
"""Words in cells of tables that go on in the next line."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="id-ID")
    yield context.new_page()
    context.close()


def shown(page: Page, folder: Path, name: str, text: str) -> int:
    """Open a page; how many sheets of A4 it prints. The print is kept for a person to look at."""
    (folder / f"{name}.html").write_text(text, encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda ask: asked.append(ask.url))
    page.goto((folder / f"{name}.html").as_uri())
    KEPT.mkdir(parents=True, exist_ok=True)
    printed = page.pdf(path=KEPT / f"{name}.pdf", prefer_css_page_size=True, print_background=True)
    assert len(set(asked)) == 1, f"asked for more than itself: {asked}"
    return len(re.findall(rb"/Type\s*/Page\b", printed))


def document(*, n: int, name: str = "Disdukcapil") -> Document:
    return skm_document(figures(n=n, name=name), "id")


def test_a_report_can_be_read_by_everybody(page: Page, tmp_path: Path) -> None:
    under_way = msgspec.structs.replace(FALL, done_at=None, due=date(2030, 1, 31))
    report = skm_document(figures(n=47, followups=(FALL, under_way)), "id")
    sheets = shown(page, tmp_path, "skm", document_html(report))
    assert sheets >= 9, "cover, contents, summary, five chapters, annex: each begins a sheet"
    assert violations(page) == []
    pale = [each for each in page.evaluate(TEXTS) if each["contrast"] < 4.5]
    assert pale == []
    assert page.get_by_role("cell", name="Ditindaklanjuti", exact=True).count(), "the longest word of the tables"
    assert page.evaluate(BROKEN_WORDS) == []


def test_a_report_fits_a_phone(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    shown(page, tmp_path, "skm-phone", document_html(document(n=4, name=LONG)))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1200, "height": 900})


def with_steps(*actions: str) -> Plan:
    return msgspec.structs.replace(PLAN, step=tuple(Step(action, "waktu", date(2027, 9, 30)) for action in actions))


POSTERS = {
    "short": skm_poster(figures(n=47), "id"),
    "planned": skm_poster(figures(n=47, plan=with_steps(*(f"Membuka loket {n}" for n in range(7)))), "id"),
    "long": skm_poster(
        figures(n=4, name=LONG, plan=with_steps(*(f"{STEP} {n}" for n in range(5))), read_on=date(2026, 5, 2)), "id"
    ),
}
"""As usual; with as many steps as fit; with the longest of everything: caution, name, steps."""


@pytest.mark.parametrize("name", POSTERS)
def test_a_poster_is_one_sheet_and_nothing_is_cut_off(page: Page, tmp_path: Path, name: str) -> None:
    assert shown(page, tmp_path, f"poster-{name}", poster_html(POSTERS[name])) == 1
    assert page.evaluate(CUT_OFF) <= 0
    assert violations(page) == []
    texts = page.evaluate(TEXTS)
    assert [each for each in texts if each["contrast"] < 4.5] == []
    (value,) = [each for each in texts if each["text"] == "72,22"]
    assert value["size"] > 90, "read from two metres"


def test_a_poster_without_answers_and_plan_says_so(page: Page, tmp_path: Path) -> None:
    nobody = skm_poster(figures(n=0, served=None, plan=Plan(), followups=()), "en")
    assert shown(page, tmp_path, "poster-empty", poster_html(nobody)) == 1
    assert page.get_by_text("No survey answers in this period.").is_visible()
    assert violations(page) == []
