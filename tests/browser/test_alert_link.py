"""The link in the message of an alert, on a telephone: opening it changes nothing, its button takes the alert on."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARTIFACTS, Open, Server
from tests.browser.reading import hard_to_read, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def link(forms: Server) -> str:
    """Where the link of the message leads, on this server."""
    return httpx.get(f"{forms.url}/test/link").text


def held(page: Page, name: str) -> None:
    """What it must hold at 390 pixels; a picture is kept."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"alert-{name}-390.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert hard_to_read(page) == []
    assert violations(page) == []


def test_a_camat_takes_an_alert_on_without_javascript(forms: Server, link: str, visit: Open) -> None:
    previews = [httpx.get(forms.url + link) for _ in range(2)]  # messengers open a link before anybody does
    assert [answer.status_code for answer in previews] == [200, 200]
    page = visit(forms, link, width=390, scripts=False, quiet=False)
    expect(page.locator("h1")).to_contain_text("MENURUN · Kantor Kecamatan Jati Agung")
    expect(page.locator("main")).to_contain_text("Keadaan: ▼ Menurun")
    expect(page.locator("main")).to_contain_text("Belum ada yang menindaklanjuti.")
    page.get_by_label("Nama atau jabatan").fill("Sekcam Jati Agung")
    page.get_by_label("Tindakan yang diambil").fill("tambah 1 petugas loket")
    page.get_by_label("Tenggat").fill("2020-01-01")
    page.get_by_role("button", name="Saya tindaklanjuti").click()
    expect(page.get_by_role("alert")).to_contain_text("dari hari ini")
    expect(page.get_by_label("Tindakan yang diambil")).to_have_value("tambah 1 petugas loket")
    expect(page.locator("main")).to_contain_text("Belum ada yang menindaklanjuti.")
    page.get_by_label("Tenggat").fill("2026-11-20")
    page.get_by_role("button", name="Saya tindaklanjuti").click()
    expect(page.locator("main")).to_contain_text("Keadaan: ▲ Ditindaklanjuti")
    expect(page.locator("li")).to_contain_text("Sekcam Jati Agung: tambah 1 petugas loket, Jum 20 Nov 2026")
    page.reload()
    expect(page.locator("li")).to_have_count(1)
    frames = httpx.get(f"{forms.url}/api/boards/pantau-peringatan/frames", timeout=20).json()["panels"].values()
    told = {value for frame in frames for each in frame["fields"] for value in each["values"]}
    assert {"acknowledged", "Kantor Kecamatan Jati Agung"} <= told, "the monitoring team sees it too"


def test_it_reads_well_whatever_was_done(forms: Server, link: str, visit: Open) -> None:
    page = visit(forms, link, width=390, quiet=False)
    held(page, "shown")
    page.locator("input[name=by]").evaluate("each => each.required = false")
    page.get_by_role("button", name="Sudah selesai").click()
    expect(page.get_by_role("alert")).to_contain_text("Isi nama")
    held(page, "refused")
    dark = visit(forms, f"{link}&lang=en", width=390, theme="dark")
    expect(dark.get_by_role("button", name="I take this on")).to_be_visible()
    held(dark, "dark")
