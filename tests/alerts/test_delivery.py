"""The outbox: each message reaches each recipient, whatever fails, and nobody is told what is no longer so."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.alerting.channels import Letter, send
from pantau.alerting.delivery import Delivery
from pantau.alerting.recipients import AddressBook, book_of_a_file, read_address_book
from pantau.domain.alerts.delivery import GIVES_UP_AFTER_MS, LONGEST_WAIT_MS, Attempt, Outcome, after
from pantau.domain.alerts.detection import Transition
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.errors import BadSetup
from pantau.domain.registry import Kecamatan, Registry
from pantau.domain.registry_records import Contact
from pantau.domain.zones import HOUR, MINUTE
from storage.alert_reading import Sent
from storage.alerts import AlertTables
from storage.chdb_engine import ChdbEngine
from tests.alerts.servers import HttpServer, SmtpServer, running
from tests.alerts.world import REGISTRY, at

NOON = at(0, 12)


class Post:
    """An outbox, a clock that the test moves, and deliverers on it."""

    def __init__(self, engine: ChdbEngine, book: AddressBook) -> None:
        self.tables = AlertTables(engine)
        self.now = NOON
        self.book = book
        self.letters: list[Letter] = []

    def send(self, address: str, letter: Letter) -> Attempt:
        self.letters.append(letter)
        return send(address, letter, read_seconds=0.4)

    def deliverer(self) -> Delivery:
        return Delivery(self.tables, lambda: self.now, send_to=self.send)

    def put(self, *messages: Sent) -> None:
        self.tables.post(messages)

    def states(self) -> dict[str, tuple[str, int]]:
        return {f"{each.key} {each.recipient}": (each.state, each.attempts) for each in self.tables.outbox(since=0)}


def message(key: str = "k", recipient: str = "camat/0", **more: object) -> Sent:
    usual = Sent(key, recipient, "fall", "camat", "u0", "a0", NOON, "🔻 halo", "🔻 hello", next_at=NOON)
    return msgspec.structs.replace(usual, **more)


def test_a_server_that_fails_twice_gets_it_the_third_time(engine: ChdbEngine) -> None:
    with running(HttpServer()) as http:
        post = Post(engine, AddressBook(roles={"camat": [f"{http.url}/flaky"]}))
        post.put(message())
        waits = []
        for _ in range(3):
            (row,) = post.deliverer().deliver(REGISTRY, post.book)
            waits.append(row.next_at - post.now)
            assert not post.deliverer().deliver(REGISTRY, post.book) or row.next_at == post.now
            post.now = row.next_at
        assert post.states() == {"k camat/0": ("sent", 3)}
        assert all(1_000 <= wait <= 20_000 for wait in waits[:2])
        keys = [
            {name.lower(): value for name, value in headers.items()}["idempotency-key"] for _, headers, _ in http.seen
        ]
        assert keys == ["k:camat/0"] * 3


def test_a_refusal_behind_a_200_is_dead_and_says_why(engine: ChdbEngine) -> None:
    with running(HttpServer()) as http:
        post = Post(engine, AddressBook(roles={"camat": [f"fonnte://LIAR@62?host={http.url}"]}))
        post.put(message())
        (row,) = post.deliverer().deliver(REGISTRY, post.book)
    assert (row.state, row.note) == ("dead", "target invalid")


def test_what_may_have_arrived_is_sent_once_more_and_says_so(engine: ChdbEngine) -> None:
    with running(HttpServer()) as http:
        post = Post(engine, AddressBook(roles={"camat": [f"{http.url}/slow"]}))
        post.put(message())
        for _ in range(3):
            post.deliverer().deliver(REGISTRY, post.book)
            post.now += 2 * MINUTE
    assert [letter.text for letter in post.letters] == ["🔻 halo", "(kirim ulang) 🔻 halo"]
    assert post.states() == {"k camat/0": ("sent", 2)}


def test_a_mail_that_may_have_arrived_says_so_too_also_after_the_server_was_away(engine: ChdbEngine) -> None:
    with running(SmtpServer("hang_up")) as smtp:
        to = f"smtp://127.0.0.1:{smtp.port}/?from=a@example.org&to=b@example.org"
        post = Post(engine, AddressBook(roles={"camat": [to]}))
        post.put(message())
        post.deliverer().deliver(REGISTRY, post.book)
        post.now += 2 * MINUTE
        smtp.behaviour = "later"
        (row,) = post.deliverer().deliver(REGISTRY, post.book)
        post.now = row.next_at
        smtp.behaviour = "ok"
        post.deliverer().deliver(REGISTRY, post.book)
    assert [letter.text for letter in post.letters] == ["🔻 halo", *["(kirim ulang) 🔻 halo"] * 2]
    assert post.states() == {"k camat/0": ("sent", 3)}


def test_an_attempt_in_doubt_is_made_once_more_though_others_failed_before(engine: ChdbEngine) -> None:
    post = Post(engine, AddressBook(roles={"camat": ["file:///nowhere"]}))
    post.put(message())
    went = iter(
        [Attempt("retry", "HTTP 500"), Attempt("unclear", "no answer: ReadTimeout"), Attempt("sent", "HTTP 200")]
    )
    states = []
    for _ in range(3):
        (row,) = Delivery(post.tables, lambda: post.now, send_to=lambda *_: next(went)).deliver(REGISTRY, post.book)
        states.append(row.state)
        post.now = max(row.next_at, post.now)
    assert states == ["queued", "queued", "sent"]


def test_an_address_that_cannot_be_used_is_dead_and_holds_up_nobody(engine: ChdbEngine, tmp_path: Path) -> None:
    there = tmp_path / "there.txt"
    post = Post(engine, AddressBook(roles={"camat": ["fonnte://RAHASIÁ@62", "http://[::1", there.as_uri()]}))
    post.put(*(message(recipient=f"camat/{i}") for i in range(3)))
    first, second, last = post.deliverer().deliver(REGISTRY, post.book)
    assert [first.state, second.state, last.state] == ["dead", "dead", "sent"]
    assert "RAHASI" not in first.note
    assert there.read_text(encoding="utf-8") == "🔻 halo\n\n"


def test_a_deliverer_that_dies_after_sending_leaves_a_lease_that_runs_out(engine: ChdbEngine) -> None:
    with running(HttpServer()) as http:
        post = Post(engine, AddressBook(roles={"camat": [f"{http.url}/ok"]}))
        post.put(message())

        def dies(address: str, letter: Letter) -> Attempt:
            post.send(address, letter)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            Delivery(post.tables, lambda: post.now, send_to=dies).deliver(REGISTRY, post.book)
        assert not post.deliverer().deliver(REGISTRY, post.book), "the lease holds"
        post.now += MINUTE
        post.deliverer().deliver(REGISTRY, post.book)
    assert post.states() == {"k camat/0": ("sent", 2)}
    assert post.letters[-1].text.startswith("(kirim ulang)")


def test_what_recovered_before_it_could_be_told_is_not_told(engine: ChdbEngine, tmp_path: Path) -> None:
    post = Post(engine, book_of_a_file(tmp_path / "alerts.txt"))
    post.put(message(), message("k2", kind="recovered"), message("k3", alert="other"))
    end = Transition(
        at=NOON + HOUR,
        unit="u0",
        group="adminduk",
        indicator="late",
        turn="recovered",
        alert="a0",
        day=20_542,
        since=NOON,
        evidence=0,
        threshold=0,
        baseline=20_542,
    )
    post.tables.record([(Recorded(transition=end, found_at=NOON + HOUR), ())])
    post.now += 5 * HOUR
    post.deliverer().deliver(REGISTRY, post.book)
    assert {key: state for key, (state, _) in post.states().items()} == {
        "k camat/0": "dropped",
        "k2 camat/0": "sent",
        "k3 camat/0": "sent",
    }


def test_a_message_for_a_role_that_nobody_holds_waits_for_somebody(engine: ChdbEngine, tmp_path: Path) -> None:
    post = Post(engine, AddressBook())
    post.put(message(recipient=""))
    post.deliverer().deliver(REGISTRY, post.book)
    assert post.states() == {"k ": ("queued", 0)}
    post.now += 20 * MINUTE
    post.book = book_of_a_file(tmp_path / "alerts.txt")
    post.deliverer().deliver(REGISTRY, post.book)
    post.deliverer().deliver(REGISTRY, post.book)
    assert post.states() == {"k ": ("dropped", 0), "k camat/0": ("sent", 1)}
    late = Post(engine, AddressBook())
    late.put(message("never", recipient=""))
    late.now += GIVES_UP_AFTER_MS + 1
    late.deliverer().deliver(REGISTRY, late.book)
    assert late.states()["never "] == ("dead", 0)


def test_who_gets_what(tmp_path: Path) -> None:
    kecamatan = Kecamatan(
        code="18.01.06",
        name="Kalianda",
        kabupaten="18.01",
        contacts=(
            Contact(role="Camat Kalianda", channel="whatsapp", address_key="camat-18.01.06"),
            Contact(role="Sekcam Kalianda", channel="email", address_key="unknown"),
        ),
    )
    registry = Registry(kabupaten=REGISTRY.kabupaten, kecamatan=[kecamatan], hours=REGISTRY.hours, units=REGISTRY.units)
    path = tmp_path / "addresses.toml"
    path.write_text('[addresses]\n"camat-18.01.06" = "fonnte://T@62"\n[roles]\nsekcam = ["file:a", "file:b"]\n')
    book = read_address_book(path)
    assert book.recipients(registry, "camat", "u0") == ["camat-18.01.06"]
    assert book.recipients(registry, "sekcam", "u0") == ["sekcam/0", "sekcam/1"]
    assert book.recipients(registry, "operator", "u0") == []
    assert [book.address(name) for name in ("camat-18.01.06", "sekcam/1", "sekcam/2", "x")] == [
        "fonnte://T@62",
        "file:b",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [("[adresses]\n", "unknown field"), ("nothing", "is no TOML"), ("[roles]\ncamat = 'x'\n", "array")],
)
def test_a_wrong_book_is_told_without_its_secrets(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "addresses.toml"
    path.write_text(text)
    with pytest.raises(BadSetup, match=says):
        read_address_book(path)
    with pytest.raises(BadSetup, match="no such file"):
        read_address_book(tmp_path / "none.toml")


@given(
    st.sampled_from(["sent", "retry", "unclear", "refused"]),
    st.integers(1, 60),
    st.integers(0, 2 * GIVES_UP_AFTER_MS),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.integers(0, 10**7),
)
def test_an_attempt_is_repeated_within_bounds_or_ends(
    outcome: Outcome, attempts: int, since: int, draw: float, asked: int | None
) -> None:
    following = after(Attempt(outcome, "", asked), attempts=attempts, due_at=0, now=since, draw=draw)
    if following.state == "queued":
        assert outcome in ("retry", "unclear")
        assert since + 1_000 <= following.next_at <= since + max(LONGEST_WAIT_MS, asked or 0)
        assert following.next_at >= since + (asked or 0 if outcome == "retry" else 0)
    else:
        assert following.next_at == since
    assert outcome != "retry" or since <= GIVES_UP_AFTER_MS or following.state == "dead"
