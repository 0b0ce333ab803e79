"""The process looks and delivers by itself: an event comes in, a message goes out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pantau.alerting.recipients import book_of_a_file
from pantau.embedded.alerting import watching
from pantau.embedded.desk import LocalDesk
from pantau.embedded.rounds import Rounds
from pantau.embedded.runtime import Runtime
from storage.alert_reading import read_outbox
from tests.alerts.world import FALLS, REGISTRY, at, day_of_events
from tests.support.kafka import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LocalDesk]:
    runtime = Runtime.open(tmp_path / "data", registry=REGISTRY, clock=lambda: at(FALLS + 2, 9))
    yield LocalDesk(runtime, tmp_path / "data")
    runtime.close()


def test_what_is_found_is_delivered_without_anybody_asking(desk: LocalDesk, tmp_path: Path) -> None:
    told = tmp_path / "alerts.txt"
    desk.alerting.page = "https://pantau.example"
    desk.alerting.book = book_of_a_file(told)
    desk.runtime.submit([event for number in range(FALLS + 2) for event in day_of_events(number)]).result(60)
    desk.settled()
    with Rounds(*watching(desk.alerting, look_seconds=0.05, deliver_seconds=0.05)):
        eventually(lambda: told.exists() and "Kantor u0" in told.read_text(encoding="utf-8"), "it is told")
        eventually(lambda: {sent.state for sent in read_outbox(desk.query, since=0)} == {"sent"}, "all are sent")
    assert told.read_text(encoding="utf-8").count("🔻 MENURUN") == 1


def test_rounds_end_when_they_are_told_to_even_if_every_one_of_them_fails(desk: LocalDesk) -> None:
    """Closing the store under it is the worst that can happen."""
    with Rounds(*watching(desk.alerting, look_seconds=0.01, deliver_seconds=0.01)) as rounds:
        desk.runtime.close()
        desk.alerting.book = book_of_a_file(Path("nowhere"))
    assert not rounds.running
