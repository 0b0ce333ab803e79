"""The boards in a browser: every one at three widths, in both languages and themes, kept as pictures; and in use."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboards.live.board_files import drawn_boards
from tests.browser.conftest import ARTIFACTS, HEIGHTS, Open, Server
from tests.browser.office import BAKAUHENI, JATI, KALIANDA, NAMES, at
from tests.browser.reading import TEXTS, hard_to_read, violations
from tests.browser.server import TOKEN
from tests.browser.test_states_shown import ticket

pytestmark = pytest.mark.browser

BOARDS = sorted(drawn_boards())
INDONESIAN = [uid for uid in BOARDS if not uid.endswith("-en")]
OF_DAY = "/d/pantau-ikhtisar"
FLOW = "Datang dan selesai"
ONE_UNIT = f"/d/pantau-unit?var-unit={JATI}"


def panel(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True).first


def chosen(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def address(uid: str) -> str:
    one = any(each.name == "unit" and not each.many for each in drawn_boards()[uid].variables)
    return f"/d/{uid}" + (f"?var-unit={JATI}" if one else "")


FRAMES = (
    "new Promise((done) => { let n = 0; const next = () => (++n > 8 ? done() : requestAnimationFrame(next)); next(); })"
)
"""Time enough for a chart to learn its width and to be drawn anew."""


NOTHING_BELOW = (
    "document.documentElement.scrollHeight"
    " <= Math.max(innerHeight, Math.ceil(document.querySelector('.foot').getBoundingClientRect().bottom + scrollY))"
)


@pytest.mark.parametrize("uid", INDONESIAN)
def test_a_board_fits_every_screen_and_can_be_read_by_everybody(office: Server, visit: Open, uid: str) -> None:
    """Indonesian in the light, English in the dark: so each language and each theme is seen at every width."""
    page = visit(office, address(uid), width=1920, theme="light")
    _look_at(page, uid)
    page.emulate_media(color_scheme="dark")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    _look_at(page, f"{uid}-en")


def _look_at(page: Page, uid: str) -> None:
    told = drawn_boards()[uid].told
    expect(page.locator("h1")).to_have_text(told["title"])
    expect(page.locator(".panel")).to_have_count(len(told["panels"]))
    assert page.locator("html").get_attribute("lang") == told["language"]
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for width in sorted(HEIGHTS, reverse=True):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.evaluate(FRAMES)
        page.screenshot(path=ARTIFACTS / f"{uid}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(NOTHING_BELOW), "what is hidden makes no page longer"
        assert hard_to_read(page) == []
        if width == (1366 if told["language"] == "en" else 390):
            assert violations(page) == []
    assert "⟦" not in page.locator("body").inner_text()
    assert page.locator("[role=alert]").count() == 0


@pytest.mark.parametrize("uid", ["pantau-tv", "pantau-tv-en"])
def test_the_board_for_the_wall_has_nothing_small_and_does_not_scroll(office: Server, visit: Open, uid: str) -> None:
    page = visit(office, f"/d/{uid}?kiosk", width=1920, theme="dark")
    page.wait_for_selector(".boardgrid")
    page.wait_for_timeout(300)
    page.screenshot(path=ARTIFACTS / f"{uid}-kiosk-1920.png")
    assert hard_to_read(page, least_px=28) == []
    assert [each for each in page.evaluate(TEXTS) if each["bottom"] > 1080 or each["right"] > 1920] == []
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1920,
        1080,
    ]
    expect(page.locator(".head")).to_have_count(0)
    expect(page.locator(".kioskclock")).to_have_text(re.compile("13.20 WIB"))


def test_the_list_of_boards_leads_to_each_in_the_language_that_is_read(office: Server, visit: Open) -> None:
    page = visit(office, "/papan", width=390)
    expect(page.locator(".boardlist a")).to_have_count(len(BOARDS) // 2)
    page.screenshot(path=ARTIFACTS / "papan-390.png")
    assert violations(page) == []
    assert hard_to_read(page) == []
    page.get_by_role("button", name="English").click()
    page.locator(".boardlist a", has_text="Today at a glance").click()
    expect(page).to_have_url(f"{office.url}/d/pantau-ikhtisar-en")
    page.get_by_role("button", name="Indonesia").click()
    expect(page).to_have_url(office.url + OF_DAY)
    expect(page.locator("h1")).to_have_text("Ikhtisar hari ini")


def test_the_numbers_are_those_of_the_data(office: Server, visit: Open) -> None:
    panels = office.get("/api/boards/pantau-ikhtisar/frames")["panels"]
    page = visit(office, OF_DAY)
    page.wait_for_selector(".boardgrid")
    waiting, overdue = (field["values"][0] for field in panels["1"]["fields"][:2])
    expect(panel(page, "Menunggu").locator(".value")).to_have_text(f"{waiting} orang")
    expect(panel(page, "Menunggu").locator(".beside")).to_have_text(f"lewat janji {overdue} orang")
    ikm = panels["5"]["fields"][0]["values"][0]
    expect(panel(page, "IKM 90 hari").locator(".value")).to_have_text(f"{ikm:.2f}".replace(".", ","))
    names = next(field["values"] for field in panels["7"]["fields"] if field["name"] == "name")
    shown = page.locator("table.board tbody th").all_inner_texts()
    assert [name.replace("Kantor Kecamatan", "Kec.") for name in names] == shown
    assert "▼ Lewat janji" in page.locator("table.board tbody tr").first.inner_text()


def test_choices_are_in_the_address_and_go_along_to_the_next_board(office: Server, visit: Open) -> None:
    page = visit(office, OF_DAY)
    page.wait_for_selector(".boardgrid")
    page.locator("[data-key=choice-unit] summary").click()
    page.get_by_label(NAMES[JATI]).check()
    expect(page.locator("table.board tbody tr")).to_have_count(1)
    page.get_by_label(NAMES[KALIANDA]).check()
    expect(page.locator("table.board tbody tr")).to_have_count(2)
    assert sorted(chosen(page)["var-unit"]) == sorted([JATI, KALIANDA])
    expect(page.locator("[data-key=choice-unit] summary")).to_contain_text("2 dari 4")
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Waktu").select_option("now-7d")
    expect(page.locator(".boardfoot")).to_contain_text("Sel 3 Nov 13.20 WIB")
    page.get_by_role("link", name="Kepuasan dan pengaduan").click()
    expect(page.locator("h1")).to_have_text("Kepuasan dan pengaduan")
    assert chosen(page) == {"from": ["now-7d"], "var-unit": [JATI, KALIANDA]}
    page.go_back()
    expect(page.locator("h1")).to_have_text("Ikhtisar hari ini")
    expect(page.get_by_role("combobox", name="Waktu")).to_have_value("now-7d")


def test_a_row_opens_its_unit_and_another_can_be_chosen(office: Server, visit: Open) -> None:
    page = visit(office, OF_DAY)
    page.wait_for_selector(".boardgrid")
    page.get_by_role("link", name="Kec. Jati Agung").click()
    expect(page.locator("h1")).to_have_text("Unit pelayanan")
    assert chosen(page)["var-unit"] == [JATI]
    expect(page.get_by_role("combobox", name="Unit")).to_have_value(JATI)
    page.get_by_role("combobox", name="Unit").select_option(BAKAUHENI)
    expect(page).to_have_url(re.compile(f"var-unit={BAKAUHENI}"))
    waiting = office.get(f"/api/boards/pantau-unit/frames?var-unit={BAKAUHENI}")["panels"]["1"]["fields"][0]
    expect(panel(page, "Menunggu").locator(".value")).to_have_text(f"{waiting['values'][0]} orang")


def test_own_dates_are_days_of_the_office(office: Server, visit: Open) -> None:
    page = visit(office, OF_DAY)
    page.wait_for_selector(".boardgrid")
    page.get_by_role("combobox", name="Waktu").select_option("own")
    page.get_by_label("Dari", exact=True).fill("2026-11-05")
    page.get_by_label("Sampai").fill("2026-11-06")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.locator(".boardfoot")).to_have_text("Rentang waktu Kam 5 Nov 00.00 WIB sampai Jum 6 Nov 23.59 WIB")


def test_a_chart_is_read_by_keyboard_and_is_also_a_table(office: Server, visit: Open) -> None:
    number = next(each["id"] for each in drawn_boards()["pantau-unit"].told["panels"] if each["title"] == FLOW)
    frame = office.get(f"/api/boards/pantau-unit/frames?var-unit={JATI}")["panels"][str(number)]
    times, arrivals = (next(f["values"] for f in frame["fields"] if f["name"] == name) for name in ("time", "arrivals"))
    page = visit(office, ONE_UNIT)
    flow = panel(page, FLOW)
    flow.locator("time-chart").focus()
    page.keyboard.press("ArrowRight")
    assert times[0] == at(7, 15)
    expect(flow.locator(".about")).to_have_text(re.compile(rf"07\.15: Datang {arrivals[0]} orang"))
    expect(flow.get_by_role("status")).to_have_text(flow.locator(".about").inner_text())
    expect(panel(page, "Waktu tunggu").locator(".about")).to_have_text(re.compile(r"07\.\d\d: Median"))  # one cursor
    page.keyboard.press("Escape")
    expect(flow.locator(".about")).not_to_have_text(re.compile("07.15"))
    flow.get_by_role("button", name="Tabel").click()
    rows = flow.locator("tbody tr")
    expect(rows).to_have_count(len(times))
    assert rows.first.inner_text().split("\t")[:2] == ["07.15", f"{arrivals[0]} orang"]
    assert violations(page) == []
    flow.get_by_role("button", name="Grafik").click()
    expect(flow.locator("time-chart")).to_be_visible()


INKED = """(look) => {
    const chart = document.querySelector("time-chart");
    const probe = chart.appendChild(document.createElement("i"));
    probe.style.forcedColorAdjust = "none";
    probe.style.color = `var(${look})`;
    const [red, green, blue] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
    probe.remove();
    const { canvas } = chart.plot.ctx;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) {
        const [r, g, b, opaque] = data.subarray(i, i + 4);
        if (r === red && g === green && b === blue && opaque === 255) return `${red} ${green} ${blue}`;
    }
    return null;
}"""
"""The colour of a look as it is drawn on the first chart; null where no point of it has that colour."""


def test_charts_name_trainings_and_follow_theme_forced_colours_and_paper(office: Server, visit: Open) -> None:
    page = visit(office, "/d/pantau-pelatihan")
    expect(page.locator(".marklabel").first).to_have_text("Workshop pelayanan prima")
    page.locator("time-chart").first.focus()
    for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator("[data-chart] .about").first).to_have_text(re.compile("Rab 21 Okt.*Workshop pelayanan prima"))
    drawn = []
    changes: list[dict[str, Any]] = [
        {"color_scheme": "dark"}, {"media": "print"}, {"media": "screen", "forced_colors": "active"},
    ]  # fmt: skip
    for media in changes:
        page.emulate_media(**media)
        page.evaluate(FRAMES)
        drawn.append(page.evaluate(INKED, "--series-0"))
    dark, paper, forced = drawn
    assert (dark, paper) == ("86 180 233", "0 114 178")
    assert forced in {"255 255 255", "0 0 0"}


def test_what_is_not_there_is_said_with_a_way_out(office: Server, visit: Open) -> None:
    page = visit(office, f"{OF_DAY}?var-unit=nowhere", quiet=False)
    expect(page.locator(".refusal")).to_contain_text("var-unit = nowhere")
    page.get_by_role("link", name="Buka papan dengan pilihan semula").click()
    expect(page.locator(".boardgrid")).to_be_visible()
    page = visit(office, "/d/pantau-nothing", quiet=False)
    expect(page.locator("h1")).to_have_text("Tidak ada papan pantau-nothing")


def test_who_may_not_look_is_told_and_a_link_opens_his_kecamatan(tmp_path: Path, visit: Open) -> None:
    server = Server(tmp_path / "guarded", empty=True, guarded=True)
    server.start()
    try:
        page = visit(server, "/", quiet=False)
        expect(page.locator("h1")).to_have_text("Halaman ini untuk yang berhak melihat")
        assert violations(page) == []
        page.goto(f"{server.url}{OF_DAY}?token={TOKEN}")
        expect(page).to_have_url(server.url + OF_DAY)
        expect(page.locator("[data-key=choice-kecamatan] summary")).to_contain_text("Semua (1)")
        expect(page.locator("[data-key=choice-unit] summary")).to_contain_text("Semua (1)")
        page.get_by_role("link", name="Ikhtisar", exact=True).click()
        expect(page.locator("a[data-unit]")).to_have_text([NAMES[JATI]])
    finally:
        server.stop()


def test_numbers_come_by_themselves_stop_when_paused_and_the_line_heals(mortal: Server, visit: Open) -> None:
    page = visit(mortal, OF_DAY, quiet=False)
    waiting = panel(page, "Menunggu")
    expect(waiting.locator(".beside")).to_have_text("belum ada data")
    expect(panel(page, "Datang dan selesai")).to_contain_text("Belum ada data dalam rentang waktu ini.")
    page.screenshot(path=ARTIFACTS / "pantau-ikhtisar-1366-kosong.png", full_page=True)
    mortal.send(ticket(JATI, "A1"))
    expect(waiting.locator(".value")).to_have_text("1 orang")
    expect(panel(page, FLOW).locator("time-chart")).to_be_visible()
    page.evaluate("for (const chart of document.querySelectorAll('time-chart')) chart.plot.first = true")
    page.get_by_role("button", name="Jeda").click()
    expect(page.locator(".banner")).to_contain_text("Dijeda")
    mortal.send(ticket(JATI, "A2"))
    page.wait_for_timeout(1500)
    expect(waiting.locator(".value")).to_have_text("1 orang")
    page.get_by_role("button", name="Ikuti").click()
    expect(waiting.locator(".value")).to_have_text("2 orang")
    plot = panel(page, FLOW).locator("time-chart").evaluate("({ plot }) => [plot.first, Math.max(...plot.data[1])]")
    assert plot == [True, 2], "new numbers go into the plot that is there"
    mortal.stop()
    expect(page.locator(".banner")).to_contain_text("Terputus dari server", timeout=15_000)
    assert violations(page) == []
    mortal.start()
    expect(page.locator(".banner")).to_be_hidden(timeout=15_000)
    expect(waiting.locator(".value")).to_have_text("2 orang")
