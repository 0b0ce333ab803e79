"""Replies by messengers: who got an alert may answer it, once, and is told what was noted; nobody else is heard."""

import hmac
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from pantau.alerting.delivery import Delivery
from pantau.alerting.hooks import Fonnte, Hooks, WhatsApp, read_hooks
from pantau.alerting.receipts import apply_receipts, note_of
from pantau.alerting.recipients import AddressBook
from pantau.alerting.replying import Replying
from pantau.alerting.telegram import bots
from pantau.alerting.telling import Telling
from pantau.domain.alerts.detection import Transition, code_of
from pantau.domain.alerts.no_data import Silent
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.errors import BadSetup, NotNow
from pantau.domain.zones import DAY, HOUR, MINUTE
from pantau.web.reply_hooks import routes
from storage.alert_reading import Reply, Sent
from storage.alerts import AlertTables
from storage.chdb_engine import ChdbEngine
from tests.alerts.servers import HttpServer, running
from tests.alerts.world import FIRST, REGISTRY, at

NOON = at(0, 12)
"""Monday, 30 March 2026."""
ALERT = "00000000000a11ce"
CODE = code_of(ALERT)
SECRET = b"a key of an installation"
HOOKS = Hooks(whatsapp=WhatsApp("verify me, I am Meta", "the secret of an app"), fonnte=Fonnte("0123456789abcdef"))


def fallen() -> Transition:
    return Transition(
        at=NOON - 2 * HOUR,
        unit="u0",
        group="adminduk",
        indicator="late",
        turn="falling",
        alert=ALERT,
        day=FIRST // DAY,
        since=NOON - 3 * HOUR,
        evidence=7_800_000,
        threshold=7_700_000,
        baseline=20_000,
    )


class Office:
    """An alert that was sent to the camat (Telegram, WhatsApp, Fonnte), an operator who got none, and the services."""

    def __init__(self, engine: ChdbEngine, http: HttpServer) -> None:
        self.tables = AlertTables(engine)
        self.engine = engine
        self.http = http
        self.now = NOON
        self.book = AddressBook(
            addresses={"camat-0": f"telegram://1:T@555?api={http.url}"},
            roles={
                "camat": [f"whatsapp://W@77/6281200000000?api={http.url}", f"fonnte://F@6281200000001?host={http.url}"],
                "operator": [f"telegram://1:T@-700?api={http.url}"],
            },
            replies=["telegram", "whatsapp", "fonnte"],
        )
        self.tables.record([(Recorded(transition=fallen(), found_at=NOON - HOUR), ())])
        sent = Sent("k", "", "fall", "camat", "u0", ALERT, NOON - HOUR, "🔻 halo", "🔻 hello", "sent")
        self.tables.post(msgspec.structs.replace(sent, recipient=name) for name in ("camat-0", "camat/0", "camat/1"))

    def writes(self, text: str, *, chat: int = 555) -> None:
        n = len(self.http.updates) + 1
        message = {"message_id": n, "chat": {"id": chat}, "date": NOON // 1000 + n, "text": text}
        self.http.updates.append({"update_id": 100 + n, "message": message})

    def poll(self) -> int:
        return sum(poll() for poll in bots(self.book, self.tables, secret=SECRET))

    def read(self, tables: AlertTables | None = None) -> int:
        return Replying(tables or self.tables, lambda: REGISTRY, lambda: self.now, secret=SECRET).read(self.book)

    def outcomes(self) -> list[str]:
        return [row[0] for row in self.engine.query("SELECT outcome FROM alert_inbox FINAL ORDER BY at, key").rows]

    def said_back(self) -> list[tuple[str, str]]:
        return [(sent.recipient, sent.text) for sent in self.tables.outbox(since=0) if sent.kind == "reply"]

    # what the hooks need of a desk

    def secret(self) -> bytes:
        return SECRET

    def receive(self, replies: Sequence[Reply]) -> None:
        self.tables.receive(replies)


class Desk:
    """An office as the hooks see it."""

    def __init__(self, office: Office) -> None:
        self.secret = office.secret
        self.receive = office.receive
        self.keep_receipts = office.tables.keep_receipts
        self.now = lambda: office.now


@pytest.fixture
def office(module_engine: ChdbEngine) -> Iterator[Office]:
    for table in (
        *("alert_transitions", "alert_answers", "alert_outbox", "alert_inbox", "alert_cursors"),
        "alert_receipts",
    ):
        module_engine.execute(f"TRUNCATE TABLE {table}")
    with running(HttpServer()) as http:
        yield Office(module_engine, http)


def test_a_reply_takes_the_alert_on_and_is_confirmed_where_it_was_written(office: Office) -> None:
    office.writes(f"OK {CODE} rapat dengan petugas loket, hubungi 081234567890, selesai 30 Nov")
    office.writes(f"SELESAI {CODE}")
    assert (office.poll(), office.poll()) == (2, 0), "what was taken is not asked for again"
    assert (office.read(), office.read()) == (2, 0)
    taken, done = office.tables.answers()
    assert (taken.alert, taken.by, str(taken.due), taken.done) == (ALERT, "Camat", "2026-11-30", False)
    assert taken.note == "rapat dengan petugas loket, hubungi [telepon]"
    assert done.done
    Delivery(office.tables, lambda: office.now).deliver(REGISTRY, office.book)
    letters = [json.loads(body) for path, _, body in office.http.seen if path == "/bot1:T/sendMessage"]
    assert [letter["chat_id"] for letter in letters] == ["555", "555"]
    assert letters[0]["text"] == (
        f"✅ Tercatat · kode {CODE} · Kantor u0\n"
        "Ditindaklanjuti oleh Camat: rapat dengan petugas loket, hubungi [telepon], tenggat Sen 30 Nov 2026.\n"
        f"Bila sudah selesai, balas: SELESAI {CODE}"
    )
    assert "Tindak lanjut selesai" in letters[1]["text"]


class Mortal(AlertTables):
    """Tables of a process that is killed before it can write what became of a reply."""

    def receive(self, replies: Any) -> None:
        raise KeyboardInterrupt


def test_a_reply_that_is_brought_and_read_again_is_one_answer_and_one_confirmation(office: Office) -> None:
    office.writes(f"ok {CODE} tambah petugas")
    office.poll()
    with pytest.raises(KeyboardInterrupt):
        office.read(Mortal(office.engine))
    office.now += MINUTE
    Delivery(office.tables, lambda: office.now).deliver(REGISTRY, office.book)
    office.read()
    office.engine.execute("TRUNCATE TABLE alert_cursors")  # as if killed before it remembered how far it was
    assert (office.poll(), office.read()) == (1, 0)
    Delivery(office.tables, lambda: office.now).deliver(REGISTRY, office.book)
    assert len(office.tables.answers()) == 1
    assert len([path for path, _, _ in office.http.seen if path.endswith("/sendMessage")]) == 1
    assert office.outcomes() == ["taken"]


def test_nothing_is_said_to_strangers_and_nothing_of_them_is_kept(office: Office) -> None:
    office.writes(f"OK {CODE} saya bukan camat", chat=666)
    office.poll()
    office.read()
    assert office.outcomes() == ["stranger"]
    assert office.tables.answers() == []
    assert office.said_back() == []
    assert "666" not in str(office.engine.query("SELECT sender, text FROM alert_inbox FINAL").rows)
    assert "bukan" not in str(office.engine.query("SELECT sender, text FROM alert_inbox FINAL").rows)


def test_only_who_was_sent_the_alert_may_answer_it(office: Office) -> None:
    office.writes(f"OK {CODE}", chat=-700)
    office.poll()
    office.read()
    assert office.outcomes() == ["not_sent"]
    assert office.tables.answers() == []
    ((recipient, text),) = office.said_back()
    assert recipient == "operator/0"
    assert f"berkode {CODE}" in text


def test_what_is_not_understood_is_explained_but_not_to_a_machine_that_answers_everything(office: Office) -> None:
    for text in ("terima kasih", f"OK {CODE} selesai 31 Feb", *["pesan otomatis: kami sedang tutup"] * 3):
        office.writes(text)
        office.poll()
        office.read()
    (recipient, text), (_, mended), _ = office.said_back()
    assert recipient == "camat-0"
    assert mended.startswith("Tanggal itu tidak ada di kalender."), "a slip after a slip is told"
    assert text == (
        "Balasan belum dapat dibaca: awali dengan OK (ditindaklanjuti) atau SELESAI.\n"
        "Contoh: OK 7K3P tambah 1 petugas, selesai 30 Nov · atau: SELESAI 7K3P"
    )
    office.now += 11 * MINUTE
    office.writes(f"ok {CODE} selesai 31 Feb")
    office.writes("selamat pagi semua", chat=-700)
    office.poll()
    office.read()
    assert office.said_back()[-1][1].startswith("Tanggal itu tidak ada di kalender.\nContoh: OK " + CODE)
    assert office.outcomes() == [*["unclear"] * 6, "chatter"]
    assert office.tables.answers() == []


def test_a_bot_that_somebody_else_reads_is_told_without_its_token(office: Office) -> None:
    office.book = AddressBook(roles={"camat": [f"telegram://BUSY@5?api={office.http.url}"]}, replies=["telegram"])
    with pytest.raises(NotNow, match="Conflict") as told:
        office.poll()
    assert "BUSY" not in str(told.value)
    office.book = msgspec.structs.replace(office.book, replies=[])
    assert office.poll() == 0, "a bot is asked only where that is wanted"


def notification(text: str, *, sender: str = "6281200000000", id: str = "wamid.1") -> bytes:
    message = {"from": sender, "id": id, "timestamp": str(NOON // 1000), "type": "text", "text": {"body": text}}
    receipt = {"value": {"statuses": [{"id": "wamid.0", "status": "read"}]}}
    changes = [receipt, {"value": {"messages": [message]}}]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": changes}]}).encode()


def signed(body: bytes, secret: str = "the secret of an app") -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()}


@pytest.fixture
def client(office: Office) -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(route_handlers=routes(Desk(office), HOOKS), openapi_config=None)) as client:
        yield client


def test_whatsapp_brings_replies_signed_and_again_where_it_is_in_doubt(
    client: TestClient[Litestar], office: Office
) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "verify me, I am Meta", "hub.challenge": "1158201444"}
    assert client.get("/hooks/whatsapp", params=asked).text == "1158201444"
    assert client.get("/hooks/whatsapp", params={**asked, "hub.verify_token": "x"}).status_code == 404
    body = notification(f"Siap {CODE}, buka loket 3")
    for headers in ({}, signed(body, "another secret"), signed(body + b" ")):
        assert client.post("/hooks/whatsapp", content=body, headers=headers).status_code == 404
    assert office.tables.inbox() == []
    assert client.post("/hooks/whatsapp", content=b"no JSON", headers=signed(b"no JSON")).status_code == 400
    for _ in range(2):
        assert client.post("/hooks/whatsapp", content=body, headers=signed(body)).status_code == 200
        office.read()
    (answer,) = office.tables.answers()
    assert (answer.by, answer.note) == ("Camat", "buka loket 3")
    Delivery(office.tables, lambda: office.now).deliver(REGISTRY, office.book)
    (letter,) = [json.loads(body) for path, _, body in office.http.seen if path == "/77/messages"]
    assert letter["text"]["body"].startswith("✅ Tercatat"), "an answer within a day needs no template"


def test_a_fonnte_gateway_brings_replies_to_an_address_that_nobody_knows(
    client: TestClient[Litestar], office: Office
) -> None:
    told = {"device": "62811", "sender": "081200000001", "message": f"DONE {CODE}", "name": "Ibu Camat"}
    assert client.post("/hooks/fonnte/wrong", json=told).status_code == 404
    for _ in range(2):
        assert client.post("/hooks/fonnte/0123456789abcdef", json=told).status_code == 200
    assert office.read() == 1
    (answer,) = office.tables.answers()
    assert (answer.by, answer.done) == ("the camat", True)
    kept = str(office.engine.query("SELECT * FROM alert_inbox").rows) + str(office.tables.outbox(since=0))
    assert "81200000001" not in kept
    assert "Ibu" not in kept


def told_of(*statuses: str, id: str = "wamid.1") -> bytes:
    error = [{"code": 131026, "title": "Message undeliverable to 081200000000"}]
    told = [
        {"id": id, "status": each, "recipient_id": "6281200000000", **({"errors": error} if each == "failed" else {})}
        for each in statuses
    ]
    return json.dumps({"entry": [{"changes": [{"value": {"statuses": told}}]}]}).encode()


def put(office: Office, recipient: str, note: str) -> None:
    office.tables.post(
        [Sent("k2", recipient, "fall", "camat", "u0", ALERT, NOON - HOUR, "🔻 halo", "", "sent", note=note, version=5)]
    )


def state(office: Office, recipient: str) -> tuple[str, str]:
    (row,) = [row for row in office.tables.outbox(since=0) if (row.key, row.recipient) == ("k2", recipient)]
    return row.state, row.note


def test_what_whatsapp_tells_of_a_message_is_kept_in_any_order(client: TestClient[Litestar], office: Office) -> None:
    body = told_of("delivered", "read", "sent")
    assert client.post("/hooks/whatsapp", content=body, headers=signed(body, "another")).status_code == 404
    for _ in range(2):
        assert client.post("/hooks/whatsapp", content=body, headers=signed(body)).status_code == 200
    assert apply_receipts(office.tables, NOON) == [], "the receipt was quicker than the answer to the deliverer"
    put(office, "camat/0", note_of("whatsapp", "wamid.1"))
    assert [row.state for row in apply_receipts(office.tables, NOON)] == ["read"]
    assert apply_receipts(office.tables, NOON) == []
    body = told_of("failed")
    client.post("/hooks/whatsapp", content=body, headers=signed(body))
    apply_receipts(office.tables, NOON)
    assert state(office, "camat/0")[0] == "read", "who has read it has it"
    kept = str(office.engine.query("SELECT * FROM alert_receipts").rows) + str(office.tables.outbox(since=0))
    assert "wamid" not in kept
    assert "81200000000" not in kept


def test_a_message_that_fails_afterwards_goes_up_the_ladder_and_to_the_operator(
    client: TestClient[Litestar], office: Office
) -> None:
    office.engine.execute("TRUNCATE TABLE alert_outbox")
    telling = Telling(office.tables, recipients=lambda registry, role, unit: [f"{role}/0"])
    (fall,) = telling.tell(REGISTRY, Silent(), NOON)
    office.tables.post([msgspec.structs.replace(fall, state="sent", note=note_of("whatsapp", "wamid.9"), version=3)])
    assert telling.tell(REGISTRY, Silent(), NOON) == []
    body = told_of("failed", id="wamid.9")
    client.post("/hooks/whatsapp", content=body, headers=signed(body))
    assert [row.note for row in apply_receipts(office.tables, NOON)] == [
        "failed: 131026: Message undeliverable to [telepon]"
    ]
    now = {(sent.kind, sent.role): sent.text for sent in telling.tell(REGISTRY, Silent(), NOON)}
    assert now.keys() == {("escalated", "sekcam"), ("undelivered", "operator")}, "nobody waits for an answer any more"
    assert "PESAN TIDAK SAMPAI" in now["undelivered", "operator"]
    assert telling.tell(REGISTRY, Silent(), NOON) == []


def test_a_fonnte_gateway_tells_by_either_of_its_ids(client: TestClient[Litestar], office: Office) -> None:
    put(office, "camat/1", note_of("fonnte", "80367170"))
    where = "/hooks/fonnte/0123456789abcdef"
    for told in ({"device": "62811", "id": "80367170", "stateid": "A1", "status": "sent", "state": "sent"},):
        assert client.post(where, json=told).status_code == 200
    assert client.post(where, json={"device": "62811", "stateid": "A1", "state": "delivered"}).status_code == 200
    apply_receipts(office.tables, NOON)
    assert state(office, "camat/1")[0] == "delivered"
    put(office, "camat/2", note_of("fonnte", "7"))
    client.post(where, json={"device": "62811", "id": 7, "status": "invalid"})
    apply_receipts(office.tables, NOON)
    assert state(office, "camat/2") == ("dead", "failed: invalid")
    assert office.tables.inbox() == [], "a receipt is no reply"


def test_no_hook_is_served_that_is_not_set_up(office: Office, tmp_path: Path) -> None:
    assert routes(Desk(office), read_hooks(None)) == []
    path = tmp_path / "hooks.toml"
    path.write_text('[fonnte]\nsecret = "short"\n')
    with pytest.raises(BadSetup) as told:
        read_hooks(path)
    assert "short" not in str(told.value)


def test_who_may_reply_is_told_how(office: Office) -> None:
    telling = Telling(
        office.tables, recipients=lambda *_: ["camat-0", "mail"], can_reply=lambda name: name == "camat-0"
    )
    office.engine.execute("TRUNCATE TABLE alert_outbox")
    by_name = {sent.recipient: sent for sent in telling.tell(REGISTRY, Silent(), NOON)}
    assert f"Mohon tindak lanjut: balas OK {CODE} diikuti tindakan yang diambil." in by_name["camat-0"].text
    assert f"Act: reply OK {CODE} and what is being done." in by_name["camat-0"].text_en
    assert "balas" not in by_name["mail"].text
