"""What the pages say: the words and numbers of the same models that the JSON addresses give."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Server
from tests.browser.office import JATI, KALIANDA, NAMES, at

pytestmark = pytest.mark.browser


def number(value: float, language: str = "id") -> str:
    text = f"{value:,}"
    return text.replace(",", ".") if language == "id" else text


def figure(page: Page, key: str) -> str:
    return page.locator(f"[data-key={key}]").first.inner_text().replace("\n", " ")


def row_of(model: dict[str, Any], code: str) -> dict[str, Any]:
    row: dict[str, Any] = next(unit for unit in model["units"] if unit["code"] == code)
    return row


def test_the_overview_answers_in_one_sentence(office: Server, visit: Open) -> None:
    page = visit(office)
    expect(page.locator("h1")).to_have_text(re.compile("Kec. Jati Agung turun"))
    expect(page.locator(".asof")).to_have_text("Sel 10 Nov 13.20 WIB")
    expect(page).to_have_title("Ikhtisar · Pantau Layanan")


def test_the_six_numbers_are_those_of_the_model(office: Server, visit: Open) -> None:
    strip = office.get("/api/overview")["strip"]
    page = visit(office)
    assert f"Menunggu {number(strip['waiting'])} orang" in figure(page, "waiting")
    assert f"{number(strip['overdue'])} lewat janji" in figure(page, "waiting")
    minutes = (at(13, 20) - strip["longest_since"]) // 60_000
    assert f"{minutes} mnt" in figure(page, "longest")
    assert "Kec. Jati Agung" in figure(page, "longest")
    assert number(strip["served"]) in figure(page, "served")
    assert "4 Selasa sebelumnya" in figure(page, "served")
    assert f"{int(100 * strip['kept'] / strip['judged'])} %" in figure(page, "kept")
    assert f"{strip['ikm']['value']:.2f}".replace(".", ",") in figure(page, "ikm")
    assert f"mutu {strip['ikm']['grade']}" in figure(page, "ikm")
    assert f"{strip['counters_open']} loket" in figure(page, "counters")


def test_units_come_by_need_with_state_word_and_reason(office: Server, visit: Open) -> None:
    model = office.get("/api/overview")
    page = visit(office)
    assert page.locator("a[data-unit]").all_inner_texts() == [unit["name"] for unit in model["units"]]
    worst = row_of(model, JATI)
    text = page.locator(f"tr[data-key='{JATI}']").inner_text()
    assert "Turun" in text
    assert f"{int(100 * worst['kept'] / worst['judged'])} % tepat janji dari {worst['judged']}" in text
    assert re.search(r"sejak 1[0-3]\.[03]0: ", text)
    assert page.locator("tbody tr").first.get_attribute("data-key") == JATI


def test_a_unit_says_who_waits_for_what_and_what_its_counters_do(office: Server, visit: Open) -> None:
    model = office.get(f"/api/unit/{JATI}")
    page = visit(office, f"/unit/{JATI}")
    expect(page.locator("h1")).to_have_text(NAMES[JATI])
    for queue in model["queue"]:
        assert queue["name"] in page.locator(".now").inner_text()
    closed = sum(counter["state"] == "closed" for counter in model["counters"])
    assert closed == 2
    assert page.locator(".now").inner_text().count("tutup sejak 10.") == closed
    assert "janji 30 mnt" in figure(page, "longest")
    assert "Belum ada pelatihan yang tercatat selesai" in page.locator(".training").inner_text()


def test_a_trained_unit_says_when_and_marks_it_in_the_trend(office: Server, visit: Open) -> None:
    page = visit(office, f"/unit/{KALIANDA}")
    assert "Terlatih: satu pelatihan selesai, Rab 21 Okt." in page.locator(".training").inner_text()
    assert "20 JP" in page.locator(".training").inner_text()
    assert page.locator("#trend-chart .marklabel").all_text_contents() == ["Workshop pelayanan prima"]
    rows = page.locator("table.elements tbody tr")
    assert rows.count() == 9
    assert "U6 Kompetensi pelaksana" in rows.nth(5).inner_text()


def test_a_chart_is_also_a_table_and_reads_out_a_place(office: Server, visit: Open) -> None:
    day = office.get(f"/api/unit/{JATI}")["day"]
    page = visit(office, f"/unit/{JATI}")
    chart = page.locator("[data-key=arrivals]")
    chart.locator("time-chart").focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator(".about")).to_have_text(re.compile(rf"07\.00–07\.30: {day['arrivals'][0]} datang"))
    page.keyboard.press("Escape")
    chart.get_by_role("button", name="Tabel").click()
    shown = [row.split("\t")[:3] for row in chart.locator("tbody").inner_text().split("\n")]
    known = [place for place, value in enumerate(day["arrivals"]) if value is not None]
    assert [int(cells[1]) for cells in shown] == [day["arrivals"][place] for place in known]
    assert [int(cells[2]) for cells in shown] == [day["served"][place] for place in known]
    chart.get_by_role("button", name="Grafik").click()
    expect(chart.locator("time-chart")).to_be_visible()


def test_sources_say_whose_clock_lies_and_what_to_do(office: Server, visit: Open) -> None:
    page = visit(office, "/kesehatan")
    first = page.locator("tbody tr").first.inner_text()
    assert "/simulasi/antrian/kec-18.01.24" in first
    assert "Jam salah" in first
    assert re.search(r"\d+ × waktu di masa depan", first)
    assert "pantau rejects retry" in first or "Setel jam" in first
    expect(page.locator("h1")).to_have_text(re.compile(r"1 dari \d+ sumber perlu dilihat"))


def test_the_wall_screen_shows_the_overview_and_both_times(office: Server, visit: Open) -> None:
    page = visit(office, "/tv", width=1920)
    expect(page.locator(".tvclock .value")).to_have_text("13.20")
    expect(page.locator(".tvclock")).to_contain_text(re.compile(r"data 13\.\d\d WIB"))
    assert page.locator(".tvunits tbody th").all_inner_texts()[0] == "Kec. Jati Agung"
    expect(page.locator("h1")).to_contain_text("Kec. Jati Agung turun")


def test_english_by_the_switch_is_in_the_address_and_remembered(office: Server, visit: Open) -> None:
    page = visit(office)
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_contain_text("Kec. Jati Agung is falling")
    expect(page).to_have_url(office.url + "/?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Promise kept" in page.locator(".strip").inner_text()
    page.locator(f"[data-unit='{JATI}']").click()
    expect(page).to_have_url(f"{office.url}/unit/{JATI}?lang=en")
    page.goto(office.url)
    expect(page.locator("h1")).to_contain_text("Kec. Jati Agung is falling")
    page.get_by_role("button", name="Indonesia").click()
    expect(page.locator("h1")).to_contain_text("Kec. Jati Agung turun")
    expect(page).to_have_url(office.url + "/")


@pytest.mark.parametrize("path", ["/", f"/unit/{JATI}", "/kesehatan", "/tv"])
def test_no_indonesian_word_is_left_in_english(office: Server, visit: Open, path: str) -> None:
    page = visit(office, path + "?lang=en", width=1920)
    text = page.locator("body").inner_text()
    assert "⟦" not in text
    assert not re.findall(r"\b(?:menunggu|tepat|janji|loket|biasanya|sejak|belum|selang|mutu|hari)\b", text.lower())
    assert re.search(r"\b1[0-3]:\d\d\b", text)


def test_keyboard_finds_opens_and_leaves_a_unit(office: Server, visit: Open) -> None:
    page = visit(office)
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.dataset.unit") == JATI
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.dataset.unit") == JATI
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(NAMES[JATI])
    page.keyboard.press("Escape")
    expect(page).to_have_url(office.url + "/")
    page.keyboard.press("/")
    page.keyboard.type("kalian")
    expect(page.locator("a[data-unit]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(NAMES[KALIANDA])
