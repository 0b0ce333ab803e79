"""Presses from a real Mosquitto: each counts once, whoever is killed."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pantau.domain.errors import BadSetup
from producers.mapping import compile, load
from producers.mqtt import Entry, Ledger, Listener, Message, address_of
from producers.rounds import keep_asking
from tests.sources.places import SECRET, Gateway, Kept
from tests.support.certificates import certificate
from tests.support.kafka import eventually
from tests.support.mosquitto import Mosquitto

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
TOPIC = "smiley/kalianda/loket-1"
MAPPING = msgspec.structs.replace(load("smiley_mqtt"), unit="kalianda")
KILLS = 4


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    found = Mosquitto(tmp_path / "broker")
    found.start()
    yield found
    found.close()


@contextmanager
def listening(broker: Mosquitto, folder: Path, kept: Kept, *topics: str, **given: Any) -> Iterator[Listener]:
    """A listener that is asked by a thread of its own, as the command does, for as long as the block lasts."""
    ledger = folder / "ledger.json"
    listener = Listener(
        address_of(broker.address), topics or ("smiley/#",), **{"password": None, "ledger": ledger, **given}
    )
    stop = threading.Event()
    failed: list[Exception] = []

    def work() -> None:
        try:
            keep_asking(listener, lambda: kept.feed(MAPPING), every=0, stop=stop)
        except BadSetup as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    with listener:
        thread.start()
        try:
            yield listener
        finally:
            stop.set()
            thread.join()
    if failed:
        raise failed[0]


def subscribed(broker: Mosquitto, folder: Path) -> None:
    """The broker knows the session from now on."""
    kept = Kept()
    with listening(broker, folder, kept):
        eventually(lambda: _heard(broker, kept), "the subscription")


def _heard(broker: Mosquitto, kept: Kept) -> bool:
    broker.publish("smiley/kalianda/uji", "1")
    return bool(kept.events)


def scores(kept: Kept) -> list[int]:
    """The scores of the events of the terminal, in the order of their times."""
    events = [event.event() for event in kept.events.values()]
    return [
        event.data.score  # type: ignore[attr-defined]
        for event in sorted(events, key=lambda event: event.time)
        if event.data.counter == "loket-1"  # type: ignore[attr-defined]
    ]


def test_each_press_becomes_one_rating(broker: Mosquitto, tmp_path: Path) -> None:
    subscribed(broker, tmp_path)
    kept = Kept()
    with listening(broker, tmp_path, kept):
        broker.publish(TOPIC, "4", "4", "2", "puas", '{"score": 1}')
        eventually(lambda: len(kept.events) >= 5, "five ratings")
    assert scores(kept) == [4, 4, 2, 3, 1]


def test_what_comes_while_nobody_listens_waits_at_the_broker(broker: Mosquitto, tmp_path: Path) -> None:
    subscribed(broker, tmp_path)
    broker.publish(TOPIC, "1", "2", "3")
    kept = Kept()
    with listening(broker, tmp_path, kept):
        eventually(lambda: len(kept.events) == 3, "the ratings")
    assert scores(kept) == [1, 2, 3]


def test_nothing_is_acknowledged_before_it_is_durable(broker: Mosquitto, tmp_path: Path) -> None:
    """The place is away, the listener ends without a word to it, and a later one gets everything."""
    subscribed(broker, tmp_path)
    away = Kept()
    away.away = True
    with listening(broker, tmp_path, away) as listener:
        broker.publish(TOPIC, "1", "2", "3")
        eventually(lambda: listener.summary.rows >= 3, "an attempt")
    assert not away.events
    kept = Kept()
    with listening(broker, tmp_path, kept):
        eventually(lambda: len(kept.events) == 3, "the ratings")
    assert scores(kept) == [1, 2, 3]


def test_a_press_durable_but_not_acknowledged_gets_the_same_id_again(broker: Mosquitto, tmp_path: Path) -> None:
    """
    came ── ledger ── durable ──x──  acknowledged      and from the broker again
    """
    subscribed(broker, tmp_path)
    first = Kept()

    class Dying(Kept):
        """Keeps what comes, and then what would be said of it does not arrive."""

        def durable(self) -> None:
            first.send(self._held, self.rejections)
            first.durable()
            self.away = True
            super().durable()

    with listening(broker, tmp_path, Dying()):
        broker.publish(TOPIC, "4", "4")
        eventually(lambda: bool(first.events), "the place to have them")
    again = Kept()
    with listening(broker, tmp_path, again):
        eventually(lambda: len(again.events) == 2, "them again")
    assert set(first.events) <= set(again.events)


def test_a_broker_killed_and_restarted_loses_and_doubles_nothing(broker: Mosquitto, tmp_path: Path) -> None:
    subscribed(broker, tmp_path)
    kept, sent = Kept(), 0
    with listening(broker, tmp_path, kept):
        for n in range(3):
            for score in range(1, 5):
                broker.publish(TOPIC, f'{{"score": {score}, "id": "{n}-{score}"}}')
                sent += 1
            broker.publish("uji", "1")  # Mosquitto writes what it took before it takes the next, not before it says so
            broker.kill()
            broker.start()
        broker.publish(TOPIC, "4")
        eventually(lambda: len(kept.events) >= sent + 1, "all ratings", lambda: f"{sent} {sorted(kept.events)}")
    assert len(kept.events) == sent + 1


def _run(broker: Mosquitto, folder: Path, to: str, *more: str, **surroundings: str) -> "subprocess.Popen[bytes]":
    with (folder / "said").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "pantau.cli.main", "mqtt", "--broker", broker.address, "--topics", "smiley/#",
             "--to", to, "--state", str(folder), *more],
            cwd=ROOT, stdout=said, stderr=said,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PANTAU_KEY": "kunci", **surroundings},
        )  # fmt: skip


@pytest.mark.slow
def test_a_listener_killed_at_any_moment_counts_each_press_once(broker: Mosquitto, tmp_path: Path) -> None:
    """Presses that look alike come all the time; the same number of ratings must be there in the end."""
    subscribed(broker, tmp_path)
    for found in tmp_path.glob("ledger.json"):
        found.unlink()
    chance, sent, end = random.Random(3), 0, threading.Event()
    with Gateway() as gateway:
        process = _run(broker, tmp_path, gateway.url)
        eventually(lambda: _reached(broker, gateway), "the subscription")

        def counted() -> int:  # what _reached sent may come late
            return sum(event["data"]["counter"] == "loket-1" for event in gateway.data.copy().values())

        def press() -> None:
            nonlocal sent
            while not end.wait(0.01):
                broker.publish(TOPIC, "4")
                sent += 1

        pressing = threading.Thread(target=press)
        pressing.start()
        try:
            for _ in range(KILLS):
                wanted = len(gateway.data) + chance.randrange(1, 30)
                eventually(lambda wanted=wanted: len(gateway.data) > wanted, "ratings")  # type: ignore[misc]
                process.kill()
                process.wait()
                process = _run(broker, tmp_path, gateway.url)
            wanted = len(gateway.data) + 20
            eventually(lambda: len(gateway.data) > wanted, "ratings")
        finally:
            end.set()
            pressing.join()
        try:
            eventually(
                lambda: counted() >= sent,
                "the rest",
                lambda: f"{counted()} of {sent}; {(tmp_path / 'broker' / 'log').read_text()}",
            )
        finally:
            process.send_signal(signal.SIGTERM)
            ended = process.wait(30)
        assert ended == 0
    assert counted() == sent
    assert "Traceback" not in (tmp_path / "said").read_text()


def _reached(broker: Mosquitto, gateway: Gateway) -> bool:
    broker.publish("smiley/kalianda/uji", "1")
    return bool(gateway.data)


def test_the_last_press_that_a_broker_retains_is_no_news(broker: Mosquitto, tmp_path: Path) -> None:
    broker.publish(TOPIC, "1", retain=True)
    kept = Kept()
    with listening(broker, tmp_path, kept) as listener:
        eventually(lambda: listener.retained > 0 and _heard(broker, kept), "the subscription")
    assert scores(kept) == []


def test_a_press_that_cannot_be_mapped_is_kept_as_refused_and_stops_nothing(broker: Mosquitto, tmp_path: Path) -> None:
    subscribed(broker, tmp_path)
    kept = Kept()
    with listening(broker, tmp_path, kept):
        broker.publish(TOPIC, "rusak", b"\xff\xfe", '{"score": 99}', "", "3")
        eventually(lambda: bool(scores(kept)), "the good one")
    assert scores(kept) == [3]
    assert len(kept.rejections) == 4


def test_the_broker_is_told_who_we_are(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "broker", password="rahasia")
    broker.start()
    try:
        kept = Kept()
        address = broker.address
        broker.address = address.replace("mqtt://", "mqtt://terminal@")
        with listening(broker, tmp_path, kept, password="rahasia"):
            eventually(lambda: _heard(broker, kept), "the subscription")
        before = threading.active_count()
        with pytest.raises(BadSetup, match="PANTAU_MQTT_PASSWORD"), listening(broker, tmp_path, kept, password="salah"):
            eventually(lambda: threading.active_count() <= before + 1, "the listener to give up")
    finally:
        broker.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho forgets a socket it disbelieves
def test_with_a_certificate_only_the_broker_that_it_vouches_for_is_believed(broker: Mosquitto, tmp_path: Path) -> None:
    kept = Kept()
    plain, broker.address = broker.address, broker.tls_address
    with listening(broker, tmp_path, kept, ca=broker.ca):
        eventually(lambda: _heard(broker, kept), "the subscription")
    (tmp_path / "other").mkdir()
    other, _ = certificate(tmp_path / "other")
    with listening(broker, tmp_path / "other", Kept(), ca=other) as listener:
        eventually(lambda: "certificate" in (listener.away_because or ""), "the refusal")
    broker.address = plain
    with pytest.raises(BadSetup, match="mqtts"), listening(broker, tmp_path, kept, ca=broker.ca):
        pass


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("mqtt://u:rahasia@host", "PANTAU_MQTT_PASSWORD_FILE"),
        ("http://host", "is not an address"),
        ("mqtt://host:port", "is not an address"),
        ("host:1883", "is not an address"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(address: str, why: str) -> None:
    with pytest.raises(BadSetup, match=why) as told:
        address_of(address)
    assert "rahasia" not in str(told.value)


def test_the_port_follows_from_the_scheme() -> None:
    assert (address_of("mqtt://h").port, address_of("mqtts://h").port, address_of("mqtt://h:7").port) == (1883, 8883, 7)


class Sent:
    """A message of paho, by hand."""

    def __init__(self, payload: bytes = b"4", *, mid: int = 7, dup: bool = False, topic: str = TOPIC) -> None:
        self.topic, self.payload, self.mid, self.dup = topic, payload, mid, dup
        self.qos, self.retain = 1, False


def message(payload: bytes = b"4", **given: Any) -> Message:
    found = Message(Sent(payload, **given), 1)  # type: ignore[arg-type]  # what is read of a message of paho
    found.came = 1_772_413_200_123
    return found


def entry(content: Message, *, acknowledged: bool) -> Ledger:
    return Ledger("c", [Entry(content.packet, content.content, 5, acknowledged)])


@pytest.mark.parametrize(
    ("acknowledged", "again", "known"),
    [(False, False, True), (False, True, True), (True, True, True), (True, False, False)],
)
def test_when_the_broker_means_the_same_press(acknowledged: bool, again: bool, known: bool) -> None:
    """An identifier that was acknowledged is free for a new press, unless the broker says that it sends again."""
    ledger = entry(message(), acknowledged=acknowledged)
    assert ledger.came(message(dup=again)) == (5 if known else None)


def test_another_payload_topic_or_identifier_is_another_press() -> None:
    ledger = entry(message(), acknowledged=False)
    others = (message(b"3", dup=True), message(topic="smiley/x/1", dup=True), message(mid=8, dup=True))
    assert [ledger.came(each) for each in others] == [None] * 3


def test_the_columns_of_a_message() -> None:
    ((name, row),) = message(b'{"score": 3, "terminal": {"battery": 80}}').rows()
    assert row == {
        "score": "3", "terminal.battery": "80", "#topic": TOPIC, "#topic.1": "smiley", "#topic.2": "kalianda",
        "#topic.3": "loket-1", "#payload": '{"score": 3, "terminal": {"battery": 80}}',
        "#received": "2026-03-02T01:00:00.123Z", "#id": name,
    }  # fmt: skip
    assert name.startswith("2026-03-02T01:00:00.123Z/")


def test_a_list_of_objects_is_a_row_each() -> None:
    rows = dict(message(b'[{"score": 3}, {"score": 4}]').rows())
    assert [row["score"] for row in rows.values()] == ["3", "4"]
    assert len({row["#id"] for row in rows.values()}) == 2


def test_payloads_that_are_no_objects_are_text() -> None:
    for payload in (b"4", b'"4"', b"[4]", b"[]", b"null", b"", b"\xff", b"[" * 5000):
        ((_, row),) = message(payload).rows()
        assert row["#payload"] == payload.decode(errors="backslashreplace")
        assert not any(name for name in row if not name.startswith("#"))


def test_a_made_id_never_looks_like_personal_data() -> None:
    mapper = compile(MAPPING, key=SECRET)
    ids = set()
    for n in range(200):
        found = message(b"4", topic=f"smiley/kalianda/{n}")
        found.came += n * 997
        ((_, row),) = found.rows()
        (draft,) = mapper.events(row)
        ids.add(draft.id)
        assert not any(len(run) > 8 for run in "".join(c if c.isdigit() else " " for c in draft.id).split())
    assert len(ids) == 200
