"""What each channel makes of the answers of its service, asked over real sockets."""

import email
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import msgspec
import pytest

from pantau.alerting.channels import Letter, send
from pantau.alerting.receipts import note_of
from pantau.domain.errors import BadSetup
from tests.alerts.servers import HttpServer, SmtpServer, running

LETTER = Letter(
    key="a0:fall:0:camat", thread="a0", kind="fall", unit="u0", text="🔻 MENURUN · Kantor u0\nSejak Sel 10 Nov"
)


@pytest.fixture(scope="module")
def http() -> Iterator[HttpServer]:
    with running(HttpServer()) as server:
        yield server


@pytest.mark.parametrize(
    ("address", "outcome", "note"),
    [
        ("{http}/ok", "sent", "HTTP 200"),
        ("{http}/busy", "retry", "HTTP 429"),
        ("{http}/gone", "refused", "HTTP 410"),
        ("{http}/slow", "unclear", "no answer: ReadTimeout"),
        ("http://127.0.0.1:9/", "retry", "not reached: ConnectError"),
        ("telegram://12:AB@-100?api={http}", "sent", "message 41"),
        ("telegram://limited@5?api={http}", "retry", "HTTP 429"),
        ("telegram://blocked@5?api={http}", "refused", "HTTP 403"),
        ("fonnte://GOOD@628123?host={http}", "sent", note_of("fonnte", "80367170")),
        ("fonnte://LIAR@628123?host={http}", "refused", "target invalid"),
        ("fonnte://OFFLINE@628123?host={http}", "retry", "device disconnected"),
        ("whatsapp://T@555/628123?template=pantau&api={http}", "sent", note_of("whatsapp", "wamid.1")),
        ("whatsapp://T@130429/628123?api={http}", "retry", "130429: Rate limit hit"),
        ("whatsapp://T@131026/628123?api={http}", "refused", "131026: Message undeliverable"),
        ("https://", "refused", "the address cannot be used: UnsupportedProtocol; see docs/alerts.md"),
        ("http://127.0.0.1:port/", "refused", "the address cannot be used: InvalidURL; see docs/alerts.md"),
        ("http://[::1", "refused", "the address cannot be used: ValueError; see docs/alerts.md"),
        (
            "fonnte://TOKÉN@628123?host={http}",
            "refused",
            "the address cannot be used: UnicodeEncodeError; see docs/alerts.md",
        ),
        ("smtp://127.0.0.1:99999/?to=a@b.id", "refused", "the address cannot be used: ValueError; see docs/alerts.md"),
        ("smtp://127.0.0.1/", "refused", "the address cannot be used: ValueError; see docs/alerts.md"),
        ("json://{host}/ok", "sent", "apprise"),
        ("json://{host}/gone", "retry", "apprise: not sent"),
    ],
)
def test_an_answer_is_understood_for_what_it_is(http: HttpServer, address: str, outcome: str, note: str) -> None:
    address = address.format(http=http.url, host=http.url.removeprefix("http://"))
    attempt = send(address, LETTER, read_seconds=0.4)
    assert (attempt.outcome, attempt.note) == (outcome, note)


def test_what_a_service_asks_to_wait_is_heard(http: HttpServer) -> None:
    assert send(f"{http.url}/busy", LETTER).retry_after_ms == 40_000
    assert send(f"telegram://limited@5?api={http.url}", LETTER).retry_after_ms == 7_000


def test_a_webhook_gets_the_key_and_the_whole_letter(http: HttpServer) -> None:
    send(f"{http.url}/hook", LETTER)
    path, headers, body = http.seen[-1]
    assert path == "/hook"
    assert {name.lower(): value for name, value in headers.items()}["idempotency-key"] == LETTER.key
    assert msgspec.json.decode(body, type=Letter) == LETTER


@pytest.mark.parametrize(
    ("behaviour", "outcome"), [("ok", "sent"), ("later", "retry"), ("never", "refused"), ("hang_up", "unclear")]
)
def test_a_mail_server_is_understood_too(behaviour: str, outcome: str) -> None:
    with running(SmtpServer(behaviour)) as server:
        address = f"smtp://127.0.0.1:{server.port}/?from=pantau@example.org&to=camat@example.org"
        assert send(address, LETTER, read_seconds=2).outcome == outcome


def test_mails_of_one_alert_are_one_thread_and_a_repeated_one_has_the_same_id() -> None:
    with running(SmtpServer()) as server:
        address = f"smtp://127.0.0.1:{server.port}/?from=pantau@example.org&to=camat@example.org"
        for letter in (LETTER, LETTER, msgspec.structs.replace(LETTER, key="a0:recovered:0:camat", kind="recovered")):
            send(address, letter, read_seconds=2)
        mails = [email.message_from_string(text, policy=default) for text in server.mails]
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"] != mails[2]["Message-ID"]
    assert len({mail["References"] for mail in mails}) == 1
    assert mails[0]["Subject"] == "🔻 MENURUN · Kantor u0"
    assert mails[0]["Date"]
    assert "Sejak Sel 10 Nov" in mails[0].get_content()


def test_a_mail_by_apprise_has_a_subject_and_keeps_its_lines() -> None:
    with running(SmtpServer()) as server:
        address = f"mailto://127.0.0.1:{server.port}/?from=pantau@example.org&to=camat@example.org&mode=insecure"
        assert (
            send(address, msgspec.structs.replace(LETTER, text=f"{LETTER.text}\nMohon"), read_seconds=2).outcome
            == "sent"
        )
        (mail,) = [email.message_from_string(text, policy=default) for text in server.mails]
    assert mail["Subject"] == "🔻 MENURUN · Kantor u0"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["Sejak Sel 10 Nov", "Mohon"]


def test_no_mail_server_is_not_now() -> None:
    assert send("smtp://127.0.0.1:9/?to=a@example.org", LETTER, read_seconds=1).outcome == "retry"


def test_a_file_holds_every_message(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "alerts.txt"
    for _ in range(2):
        assert send(path.as_uri(), LETTER).outcome == "sent"
    assert path.read_text(encoding="utf-8") == f"{LETTER.text}\n\n" * 2


def test_an_address_of_no_known_kind_is_a_fault_of_the_set_up_and_is_not_shown() -> None:
    with pytest.raises(BadSetup, match="no channel is called 'pigeon'") as told:
        send("pigeon://SECRET@roof", LETTER)
    assert "SECRET" not in str(told.value)
