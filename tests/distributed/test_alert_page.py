"""The alert's page on a server's tables: a message of the notifier carries its link, and who has it can answer."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar.testing import TestClient

from pantau.alerting.recipients import AddressBook
from pantau.distributed.answering import answers
from pantau.distributed.desk import ServerDesk
from pantau.distributed.web import ServedTables
from pantau.domain.alerts.detection import Transition, code_of, residue_of
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.errors import BadSetup
from pantau.domain.zones import DAY, HOUR
from pantau.embedded.replies import reply_rounds
from pantau.settings import load
from pantau.web.page_app import create_page_app
from storage.address import open_server
from storage.alert_reading import read_answers
from storage.migrate import migrate
from tests.alerts.world import REGISTRY
from tests.distributed.test_web import page

SECRET = "5a" * 32
ALERT = "00000000000a11ce"


def fallen(now: int) -> Transition:
    return Transition(
        at=now - 2 * HOUR,
        unit="u0",
        group="adminduk",
        indicator="late",
        turn="falling",
        alert=ALERT,
        day=(now - 2 * HOUR) // DAY,
        since=now - DAY,
        evidence=7_800_000,
        threshold=7_700_000,
        baseline=20_000,
    )


def last_office_morning() -> int:
    """Ten o'clock in Jakarta on the last working day before today: nobody is told of a fall when the office is shut."""
    day = time.time_ns() // 1_000_000 // DAY - 1
    return (day - max(0, (day + 3) % 7 - 4)) * DAY + 3 * HOUR


@pytest.fixture(scope="module")
def desk(module_clickhouse: str) -> Iterator[ServerDesk]:
    engine = open_server(module_clickhouse)
    migrate(engine)
    engine.close()
    desk = ServerDesk(module_clickhouse, secret=SECRET)
    desk.load_registry(REGISTRY)
    desk.alerting.page = "https://pantau.example"
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def link(desk: ServerDesk) -> str:
    """The link of the message that a notifier with these settings writes."""
    now, clock = last_office_morning(), desk.alerting.clock
    desk.alerting.tables.record([(Recorded(transition=fallen(now), found_at=now - HOUR), ())])
    desk.alerting.clock = lambda: now
    desk.alerting.look()
    desk.alerting.clock = clock
    (found,) = {
        word
        for sent in desk.alerting.tables.outbox(since=0)
        for word in sent.text.split()
        if word.startswith("https://pantau.example/a/")
    }
    return found.removeprefix("https://pantau.example")


def test_who_has_the_link_reads_and_answers(
    desk: ServerDesk, link: str, module_clickhouse: str, tmp_path: Path
) -> None:
    hooks = tmp_path / "hooks.toml"
    hooks.write_text('[fonnte]\nsecret = "0123456789abcdef"\n')
    settings = {
        "PANTAU_SECRET": SECRET,
        "PANTAU_ANSWERS_STORE": module_clickhouse,
        "PANTAU_REPLY_HOOKS": str(hooks),
    }
    with page(tmp_path, module_clickhouse, settings=settings) as served:
        shown = httpx.get(served.url + link)
        assert shown.status_code == 200
        assert "MENURUN · Kantor u0" in shown.text
        assert read_answers(desk.query) == [], "reading changes nothing"
        path, _, k = link.partition("?k=")
        for wrong in (path, f"{path}?k={k[:-1]}", f"/a/ZZZZ?k={k}"):
            assert httpx.get(served.url + wrong).status_code == 404
        due = str(datetime.now(UTC).date() + timedelta(days=20))
        form = {"k": k, "by": "Sekcam", "note": "hubungi 081234567890", "due": due, "done": "0"}
        begin = time.time_ns() // 1_000_000
        assert httpx.post(served.url + path, data=form).status_code == 303
        assert httpx.post(served.url + path, data={**form, "k": "0" * 24}).status_code == 404
        assert "Sekcam" in httpx.get(served.url + link).text
        brought = {"sender": "6281200000001", "message": f"SELESAI {code_of(ALERT)}", "inboxid": 7}
        assert httpx.post(served.url + "/hooks/fonnte/0123456789abcdef", json=brought).status_code == 200
    answer, done = _answers_after_reading(desk)
    assert done.done, (answer, done)
    assert (answer.by, str(answer.due), answer.done) == ("Sekcam", due, False)
    assert "081234567890" not in answer.note
    assert answer.at >= begin, "when it was given, by the clock of the notifier"


def _answers_after_reading(desk: ServerDesk) -> list[Acknowledgement]:
    """What is known when the notifier, who alone knows addresses, has read what the page was brought."""
    desk.alerting.book = AddressBook(roles={"camat": ["fonnte://T@6281200000001"]}, replies=["fonnte"])
    message = desk.alerting.tables.outbox(since=0)[0]
    desk.alerting.tables.post([msgspec.structs.replace(message, recipient="camat/0", state="sent")])
    (reading,) = reply_rounds(desk.alerting)
    assert reading.do(lambda: False) == 1
    return read_answers(desk.query, ALERT)


def test_a_page_that_may_not_write_has_none(desk: ServerDesk, link: str, module_clickhouse: str) -> None:
    engine = open_server(module_clickhouse)
    tables = ServedTables(engine)
    with (
        answers(tables, load({"secret": SECRET}).settings) as nobody,
        TestClient(create_page_app(tables, tables.now, check=tables.check, alerts=nobody)) as client,
    ):
        assert nobody is None
        assert client.get(link).status_code == 404
        assert client.get("/health/ready").status_code == 200
    engine.close()


def test_a_user_for_answers_without_the_key_of_links_is_refused(desk: ServerDesk) -> None:
    settings = load({"answers_store": "clickhouse://answerer@localhost/pantau"}).settings
    with pytest.raises(BadSetup, match="PANTAU_SECRET"), answers(desk, settings):
        pass


def test_a_code_is_found_among_all_alerts() -> None:
    for alert in (ALERT, "ffffffffffffffff", "0000000000000000"):
        assert residue_of(code_of(alert).lower()) == int(alert, 16) % 30**4
    assert residue_of("K7Q") is residue_of("K7Q1") is None
