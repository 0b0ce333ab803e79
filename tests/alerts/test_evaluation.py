"""From events to a message: windows are evaluated, what was found is recorded once, and told once."""

import random
import re
from collections.abc import Iterable

import msgspec
import pytest

from pantau.alerting.evaluation import Evaluation
from pantau.alerting.telling import Telling
from pantau.domain.alerts.detection import Transition, code_of
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.events import VOCABULARY, Event
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import MINUTE
from pantau.embedded.pipeline import Pipeline
from storage.alert_reading import Sent
from storage.alerts import AlertTables
from storage.chdb_engine import ChdbEngine
from storage.store import Store
from tests.alerts.world import FALLS, REGISTRY, UNITS, at, day_of_events
from tests.support.taking import take_batch

pytestmark = pytest.mark.slow


class Office:
    """A store that takes events, and the alerts on it."""

    def __init__(self, engine: ChdbEngine) -> None:
        self.engine = engine
        self.tables = AlertTables(engine)
        self.restart()

    def restart(self) -> None:
        self.evaluation = Evaluation(self.tables)
        self.telling = Telling(self.tables, link_to=lambda alert: f"https://pantau.example/a/{code_of(alert)}")

    def take(self, events: Iterable[Event]) -> None:
        pipeline = Pipeline(Store(self.engine), REGISTRY)
        pipeline.open()
        take_batch(pipeline, [*events])
        pipeline.close()

    def look(self, now: int) -> list[Sent]:
        self.evaluation.evaluate(REGISTRY, now)
        return self.telling.tell(REGISTRY, self.evaluation.silent(REGISTRY, now), now)

    def found(self) -> list[Transition]:
        return [row.transition for row, _ in self.tables.transitions(since=0)]


@pytest.fixture
def office(engine: ChdbEngine) -> Office:
    return Office(engine)


def past(upto: int) -> list[Event]:
    return [event for number in range(upto) for event in day_of_events(number)]


def _survey(unit: str, when: int) -> Event:
    """An answer of a citizen, which comes by another way than the queue's events."""
    data = msgspec.convert({"unit": unit, "elements": {"waktu": 4}}, VOCABULARY["survey.answered"])
    content = content_hash("survey.answered", when, encode_data(data))
    return Event(
        source="antrean",
        id=f"skm/{when}",
        kind="survey.answered",
        time=when,
        arrival=when,
        data=data,
        content=content,
    )


def falls(found: Iterable[Transition]) -> list[tuple[str, str]]:
    return [(turn.unit, turn.indicator) for turn in found if turn.turn == "falling"]


def test_a_fall_is_found_told_with_its_cause_and_told_once(office: Office) -> None:
    office.take(past(FALLS + 3))
    assert not office.look(at(FALLS, 7))
    sent = []
    for number in range(FALLS, FALLS + 3):
        for hour in range(8, 17):
            sent += office.look(at(number, hour))
    assert {unit for unit, _ in falls(office.found())} == {"u0"}
    told = [each for each in sent if each.kind == "fall"]
    assert [(each.unit, each.role, each.state) for each in told] == [("u0", "camat", "queued")]
    text = told[0].text
    assert text.startswith("🔻 MENURUN · Kantor u0 · kode ")
    assert "Petunjuk: waktu layanan 11 mnt" in text
    assert f"https://pantau.example/a/{text.split('kode ')[1][:4]}" in text
    assert "diteruskan ke Sekcam" in text
    assert len(text) < 700
    before = office.found(), office.tables.outbox(since=0)
    assert not office.look(at(FALLS + 2, 16))
    office.restart()
    assert not office.look(at(FALLS + 2, 16))
    assert (office.found(), office.tables.outbox(since=0)) == before


def test_any_order_of_arrival_and_any_rhythm_of_looking_find_the_same_alerts(
    office: Office, engine_directory: object
) -> None:
    """Looked at every hour in order of time, and once at the end after events that came shuffled and twice."""
    events = past(FALLS + 3)
    office.take(events)
    for number in range(FALLS - 7, FALLS + 3):
        for hour in range(9, 17):
            office.evaluation.evaluate(REGISTRY, at(number, hour))
    step_by_step = office.found()
    for table in ("events", "visits", "windows", "progress", "moved_cells", "alert_weeks", "alert_transitions"):
        office.engine.execute(f"TRUNCATE TABLE {table}")
    shuffled = random.Random(3).sample(events, len(events))
    office.take(shuffled)
    office.take(shuffled[::3])
    office.restart()
    office.evaluation.evaluate(REGISTRY, at(FALLS + 2, 16))
    at_once = office.found()
    assert falls(at_once)
    assert [turn for turn in at_once if turn in step_by_step] == step_by_step


def test_data_that_come_late_add_to_the_history_and_say_so(office: Office) -> None:
    days = range(FALLS, FALLS + 4)
    held_back = [event for number in days for event in day_of_events(number) if event.data.unit == "u0"]
    office.take([*past(FALLS), *(e for n in range(FALLS, FALLS + 10) for e in day_of_events(n, UNITS[1:]))])
    office.look(at(FALLS + 8, 14))
    assert not falls(office.found())
    office.take(held_back)
    sent = office.look(at(FALLS + 8, 15))
    late = [row for row, _ in office.tables.transitions(since=0) if row.late]
    assert {(row.transition.unit, row.transition.turn) for row in late} >= {("u0", "falling")}
    assert [each.kind for each in sent if each.unit == "u0" and each.alert] == ["fall"]


def test_a_fall_that_late_data_no_longer_support_is_ended_not_erased(office: Office) -> None:
    """Only the slow tickets were sent in time; many quicker ones than ever come with the next day's feed."""
    office.take(past(FALLS + 2))
    office.look(at(FALLS + 1, 17))
    before = office.found()
    assert falls(before)
    quick = []
    for number in range(FALLS, FALLS + 2):
        for copy in range(6):
            for event in day_of_events(number, ("u0",), slow=False):
                data = msgspec.structs.replace(event.data, ticket=f"{event.data.ticket}/{copy}")  # type: ignore[attr-defined]
                id, content = f"{event.id}/{copy}", event.content + 1
                time = event.time - 4 * MINUTE if event.kind == "service.ended" else event.time
                quick.append(
                    Event(
                        source=event.source,
                        id=id,
                        kind=event.kind,
                        time=time,
                        arrival=time,
                        data=data,
                        content=content,
                    )
                )
    office.take(quick)
    office.look(at(FALLS + 2, 8))
    after = office.found()
    assert [turn for turn in after if turn in before] == before
    assert {turn.turn for turn in after if turn not in before} >= {"withdrawn"}


def test_silence_is_told_to_the_operator_once_for_a_source_and_ends_no_alert(
    office: Office,
) -> None:
    office.take(past(FALLS + 2))
    office.look(at(FALLS + 1, 16))
    falling = falls(office.found())
    office.take(event for event in day_of_events(FALLS + 2) if event.data.unit != "u0")
    office.take([_survey("u0", at(FALLS + 2, hour)) for hour in range(8, 12)])
    sent = office.look(at(FALLS + 2, 12))
    assert [(each.unit, each.role) for each in sent if each.kind == "no_data"] == [("u0", "operator")]
    assert falls(office.found()) == falling
    assert not [turn for turn in office.found() if turn.turn in ("recovered", "withdrawn")]
    office.take(day_of_events(FALLS + 2))
    office.look(at(FALLS + 2, 15.5))
    assert [ended is not None for _, ended in office.tables.gaps(since=0)] == [True]
    sent = [each for hour in (10, 11, 12, 13) for each in office.look(at(FALLS + 3, hour))]
    (told,) = [each for each in sent if each.kind == "no_data"]
    assert "sumber antrean" in told.text
    assert "dari 3 unit: Kantor u0, Kantor u1, Kantor u2." in told.text
    assert len(office.tables.gaps(since=at(FALLS + 3, 0))) == 3, "each of them is a unit without data"


def test_an_answer_is_remembered_and_stops_the_ladder(office: Office) -> None:
    office.take(past(FALLS + 7))
    sent = office.look(at(FALLS + 1, 16)) + office.look(at(FALLS + 2, 8))
    alert = next(each.alert for each in sent if each.kind == "fall")
    office.tables.answer(Acknowledgement(alert=alert, at=at(FALLS + 2, 8.5), by="Camat", note="tambah petugas"))
    later = [each for hour in (8, 16) for each in office.look(at(FALLS + 4, hour))]
    assert "escalated" not in {each.kind for each in later}
    assert "Camat" in next(each.text for each in later if each.kind == "digest")
    (reminder,) = [each.text for each in office.look(at(FALLS + 10, 8)) if each.kind == "reminder"]
    then, now = (int(re.search(r"\((\d+) kunjungan", text)[1]) for text in (sent[0].text, reminder))  # type: ignore[index]
    assert now > 2 * then, "the numbers of today, not those with which it began"
    assert "Bila sudah selesai: buka https://pantau.example/a/" in reminder
