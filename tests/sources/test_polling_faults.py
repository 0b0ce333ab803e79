"""Servers killed while they are polled, pollers killed while they poll: nothing is missing, no id has two contents."""

import gc
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from pantau.domain.errors import NotNow
from producers.rounds import Patience, keep_asking
from tests.sources.places import Gateway, Kept
from tests.sources.queues import Queues, ask, now, ticket
from tests.support.databases import PASSWORD, Server
from tests.support.kafka import eventually

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
KILLS = 4


@pytest.fixture
def queues(server: Server) -> Iterator[Queues]:
    with closing(Queues(server)) as found:
        yield found


class Office:
    """Numbers are drawn and called, one after the other, for as long as the block lasts; the server may be away."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.expected: set[str] = set()

    def _work(self) -> None:
        id = 0
        while not self._end.wait(0.01):
            id += 1
            try:
                self._queues.insert(ticket(id, now()))
                self.expected.add(f"{id}/created")
                if id % 3 == 0:
                    self._queues.update(id, status="called", called_at=now())
                    self.expected.add(f"{id}/called")
            except (DBAPIError, OSError):  # not committed, or not known to be: then the next number is drawn
                pass

    def __enter__(self) -> "Office":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pg8000 leaves a dead socket unclosed
def test_a_server_killed_and_restarted_is_polled_on(
    queues: Queues, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("producers.rounds.LONGEST_WAIT_SECONDS", 0.2)
    poller, kept, stop = queues.poller(tmp_path), Kept(), threading.Event()
    asking = threading.Thread(
        target=keep_asking, args=(poller, lambda: kept.feed(queues.mapping)), kwargs={"every": 0.02, "stop": stop}
    )
    asking.start()
    try:
        with Office(queues) as office:
            for _ in range(3):
                before = len(kept.events)
                eventually(lambda before=before: len(kept.events) > before + 5, "events to come")  # type: ignore[misc]
                queues.server.kill()
                queues.server.start()
        eventually(lambda: office.expected <= set(kept.events), "the rest")
    finally:
        stop.set()
        asking.join()
        gc.collect()  # of the sockets that are left, none shall warn in another test
    assert len(office.expected) >= 15


def _poll(queues: Queues, state: Path, to: str, *more: str) -> "subprocess.Popen[bytes]":
    with (state / "said").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "pantau.cli.main", "poll", "--database", queues.address(), "--to", to,
             "--table", "queues", "--cursor", "updated_at", "--mapping", "antrian_mpp", "--state", str(state),
             "--page", "20", *more],
            cwd=ROOT, stdout=said, stderr=said,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PANTAU_DATABASE_PASSWORD": PASSWORD, "PANTAU_KEY": "kunci"},
        )  # fmt: skip


@pytest.mark.slow
def test_a_poller_killed_at_any_moment_misses_nothing(mariadb: Server, tmp_path: Path) -> None:
    """kill -9 again and again while rows come; the last one stops in good order on SIGTERM."""
    chance = random.Random(4)
    with closing(Queues(mariadb)) as queues, Gateway() as gateway, Office(queues) as office:
        for _ in range(KILLS):
            process = _poll(queues, tmp_path, gateway.url, "--every", "20ms")
            wanted = len(gateway.data) + chance.randrange(1, 40)
            eventually(lambda wanted=wanted: len(gateway.data) > wanted, "events")  # type: ignore[misc]
            process.kill()
            process.wait()
        process = _poll(queues, tmp_path, gateway.url, "--every", "20ms")
        wanted = len(gateway.data) + 10
        eventually(lambda: len(gateway.data) > wanted, "events")
        office.__exit__()
        eventually(lambda: office.expected <= set(gateway.data), "the rest")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    said = (tmp_path / "said").read_text()
    assert "kejadian diterima" in said.splitlines()[-1]
    assert "Traceback" not in said
    assert PASSWORD not in said


def test_asked_once_while_the_place_is_away_the_command_says_not_now(mariadb: Server, tmp_path: Path) -> None:
    with closing(Queues(mariadb)) as queues:
        queues.insert(ticket(1, now()))
        with Gateway() as gateway:
            gateway.busy = True
            assert _poll(queues, tmp_path, gateway.url, "--once").wait(60) == 4
            gateway.busy = False
            assert _poll(queues, tmp_path, gateway.url, "--once").wait(60) == 0
            assert set(gateway.data) == {"1/created"}


def test_rows_wait_while_the_place_is_away(queues: Queues, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producers.rounds.LONGEST_WAIT_SECONDS", 0.05)
    queues.insert(*(ticket(n, now()) for n in range(1, 51)))
    poller, kept, stop = queues.poller(tmp_path, page_rows=20), Kept(), threading.Event()
    kept.away = True
    asking = threading.Thread(
        target=keep_asking, args=(poller, lambda: kept.feed(queues.mapping)), kwargs={"every": 0.02, "stop": stop}
    )
    asking.start()
    try:
        eventually(lambda: poller.summary.rows > 60, "more than one attempt")
        assert not kept.events
        kept.away = False
        eventually(lambda: len(kept.events) == 50, "all rows")
    finally:
        stop.set()
        asking.join()


def test_asked_once_what_is_away_is_said(queues: Queues, tmp_path: Path) -> None:
    queues.insert(ticket(1, now()))
    kept = Kept()
    kept.away = True
    with pytest.raises(NotNow):
        keep_asking(queues.poller(tmp_path), lambda: kept.feed(queues.mapping), every=None, stop=threading.Event())


def test_waits_double_up_to_a_minute_and_begin_anew_after_a_success() -> None:
    patience = Patience()
    waits = [patience.next() for _ in range(10)]
    assert all(0.8 * 2**n <= wait <= 2**n for n, wait in enumerate(waits[:6]))
    assert all(48 <= wait <= 60 for wait in waits[6:])
    patience.reset()
    assert patience.next() <= 1


def test_a_stop_ends_a_round_between_two_pages(queues: Queues, tmp_path: Path) -> None:
    queues.insert(*(ticket(n, now() - timedelta(hours=1)) for n in range(1, 51)))
    poller, kept, stop = queues.poller(tmp_path, page_rows=10), Kept(), threading.Event()
    stop.set()
    with kept.feed(queues.mapping) as feed:
        poller.round(feed, stop)
    assert not kept.events
    assert ask(queues.poller(tmp_path), kept, queues.mapping) == 50
