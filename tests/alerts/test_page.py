"""The page behind a signed link: reading changes nothing, the button does, and nobody can guess his way in."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from dashboards.live.secured import HEADERS, secured
from pantau.alerting.links import signature
from pantau.cli.alert_table import story
from pantau.domain.alerts.detection import code_of
from pantau.domain.alerts.states import Acknowledgement
from pantau.embedded.desk import LocalDesk
from pantau.embedded.runtime import Runtime
from pantau.web.alert_page import routes
from storage.alert_reading import read_answers, read_transitions
from tests.alerts.world import FALLS, REGISTRY, at, day_of_events


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalDesk]:
    directory: Path = tmp_path_factory.mktemp("page") / "data"
    runtime = Runtime.open(directory, registry=REGISTRY, clock=lambda: at(FALLS + 2, 9))
    desk = LocalDesk(runtime, directory)
    runtime.submit([event for number in range(FALLS + 2) for event in day_of_events(number)]).result(60)
    desk.settled()
    desk.alerting.page = "https://pantau.example/"
    yield desk
    runtime.close()


@pytest.fixture(scope="module")
def link(desk: LocalDesk) -> str:
    sent = next(each for each in desk.alerting.look() if each.kind == "fall")
    assert len(sent.text) < 700
    return next(word for word in sent.text.split() if word.startswith("https://")).removeprefix(
        "https://pantau.example"
    )


@pytest.fixture
def client(desk: LocalDesk) -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(route_handlers=routes(desk), middleware=[secured], openapi_config=None)) as client:
        yield client


def test_reading_shows_the_message_and_changes_nothing(
    client: TestClient[Litestar], link: str, desk: LocalDesk
) -> None:
    before = read_answers(desk.query)
    answer = client.get(link)
    assert answer.status_code == 200
    assert "MENURUN · Kantor u0" in answer.text
    assert "Saya tindaklanjuti" in answer.text
    assert "Keadaan: <b>▼ Menurun</b>" in answer.text
    assert "I take this on" in client.get(f"{link}&lang=en").text
    assert client.head(link).status_code in (200, 405)
    assert read_answers(desk.query) == before


def test_the_button_takes_it_on(client: TestClient[Litestar], link: str, desk: LocalDesk) -> None:
    path, _, k = link.partition("?k=")
    form = {"k": k, "by": "Camat <Kalianda>", "note": "hubungi 081234567890", "due": "2026-06-01"}
    answer = client.post(path, data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert client.post(path, data=form, follow_redirects=False).status_code == 303
    assert [each.by for each in read_answers(desk.query)].count("Camat <Kalianda>") == 1, "pressed twice is once"
    shown = client.get(link).text
    assert "Camat &lt;Kalianda&gt;" in shown
    assert "081234567890" not in shown, "no number of a person is stored in clear"
    assert read_answers(desk.query)[-1].due is not None
    assert "Keadaan: <b>▲ Ditindaklanjuti</b>" in shown


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"by": ""}, "Isi nama"),
        ({"by": "x" * 61}, "Isi nama"),
        ({"note": "x" * 301}, "300"),
        ({"due": "besok"}, "2026-11-20"),
        ({"due": "2020-01-01"}, "dari hari ini"),
        ({"due": "9999-12-31"}, "sampai setahun lagi"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_to_mend(
    client: TestClient[Litestar], link: str, desk: LocalDesk, form: dict[str, str], says: str
) -> None:
    path, _, k = link.partition("?k=")
    before = read_answers(desk.query)
    answer = client.post(path, data={"k": k, "by": "Camat", "note": "tambah <1> petugas", **form})
    assert answer.status_code == 400
    assert says in answer.text
    kept = {"note": "tambah <1> petugas", **form}["note"]
    assert f'name="note" value="{escape(kept)}"' in answer.text, "nothing is typed twice"
    assert "MENURUN · Kantor u0" in answer.text
    assert read_answers(desk.query) == before


def test_a_link_that_was_not_signed_here_shows_nothing(
    client: TestClient[Litestar], link: str, desk: LocalDesk
) -> None:
    path, _, k = link.partition("?k=")
    others = {row.transition.alert for row, _ in read_transitions(desk.query, since=0)}
    other = next(signature(b"another key of an installation", alert) for alert in others if code_of(alert) in path)
    before = read_answers(desk.query)
    for wrong in (path, f"{path}?k=", f"{path}?k={other}", f"/a/ZZZZ?k={k}", f"{path}?k={k[:-1]}é"):
        assert client.get(wrong).status_code == 404
    for wrong in ("", other):
        assert client.post(path, data={"k": wrong, "by": "Camat"}).status_code == 404
    assert client.post(path, content=b"k=" + b"x" * 5000).status_code == 413
    assert read_answers(desk.query) == before


def test_its_headers_are_those_of_the_page_but_for_the_form(client: TestClient[Litestar], link: str) -> None:
    answer = client.get(link)
    for name, value in HEADERS:
        if name != b"content-security-policy":
            assert answer.headers[name.decode()] == value.decode()
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_what_was_answered_to_one_alert_is_said_of_those_that_are_open_with_it(
    client: TestClient[Litestar], desk: LocalDesk
) -> None:
    fell = [row.transition for row, _ in read_transitions(desk.query, since=0) if row.transition.turn == "falling"]
    first, other = [each.alert for each in fell if each.unit == "u0"][:2]
    desk.answer_alert(Acknowledgement(alert=first, at=desk.now(), by="Sekcam", note="tambah petugas"))
    shown = client.get(f"/a/{code_of(other)}?k={signature(desk.secret(), other)}").text
    assert "Ditindaklanjuti</b>" in shown
    assert "Sekcam: tambah petugas" in shown
    assert "MENURUN · Kantor u0" in shown, "the message is told under the code of the first"
    told = "\n".join(story(desk, other, "id"))
    assert f"satu kejadian dengan {code_of(first)}" in told
    assert "ditindaklanjuti oleh Sekcam" in told
