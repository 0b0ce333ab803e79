"""The table "What the laws mean where it is easy to go wrong" of the design, a test a row, on the whole product.

Rows that have files of their own are only named: crash between rows of one flush (test_crash), versions and epochs,
lying clocks, promises and retroactive edits (test_registries), facts that time makes (test_closing), data retention
(storage_tests/test_retention).
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pantau.domain.events import Elements, Event, TicketTransferred
from pantau.domain.measures import RECORDS
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept_data, expand
from pantau.domain.zones import DAY, HOUR, MINUTE
from pantau.embedded.desk import LocalDesk
from pantau.embedded.runtime import Runtime
from storage.engine import Answer
from storage.store import CELL_NAMES, Store
from tests.strategies import MONDAY, REGISTRY, event, ticket
from tests.truth import held_windows, must_hold


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LocalDesk]:
    runtime = Runtime.open(tmp_path / "data", registry=REGISTRY, clock=lambda: MONDAY + 9 * DAY)
    yield LocalDesk(runtime, tmp_path / "data")
    runtime.close()


def take(desk: LocalDesk, *events: Event) -> None:
    desk.runtime.submit(events).result(30)
    desk.settled()


def ask(desk: LocalDesk, sql: str) -> list[Any]:
    answer: Answer = desk.runtime.engine.query(sql)
    return answer.rows


def test_sorting_keys_hold_only_immutable_identity(desk: LocalDesk) -> None:
    keys = dict(
        ask(desk, "SELECT name, sorting_key FROM system.tables WHERE database = 'pantau' AND sorting_key != ''")
    )
    for table in RECORDS:
        assert keys[table] == "unit, source, subject", table
    assert keys["events"] == "unit, source, subject, id, content"
    assert keys["windows"] == ", ".join(CELL_NAMES)


def test_a_mutable_field_in_the_key_of_a_window_leaves_nothing_at_the_old_key(desk: LocalDesk) -> None:
    #  taken for ktp, proves to be kk: the windows of ktp are emptied in the same flush that fills those of kk
    take(desk, ticket("created", MONDAY, service="ktp"))
    take(desk, ticket("called", MONDAY + MINUTE, service="kk"))
    rows = ask(desk, "SELECT service, sum(n) FROM windows FINAL WHERE size = '1d' AND measure = 'arrivals' GROUP BY 1")
    assert sorted(rows) == [("kk", 1), ("ktp", 0)]
    assert desk.verify().equal


def test_same_id_other_content_has_one_winner_in_any_order_and_is_counted(desk: LocalDesk) -> None:
    said = [event("rating.given", MONDAY, score=score, id="r") for score in (1, 2, 3, 4, 5)]
    for one in said:
        take(desk, one)
    must_hold(Store(desk.runtime.engine), said)
    assert ask(desk, "SELECT count() FROM ratings FINAL") == [(1,)]
    assert ask(desk, "SELECT count() FROM events FINAL") == [(5,)], "the log keeps every content"
    assert desk.verify().equal


def test_the_arrival_of_an_event_is_the_first_one(desk: LocalDesk) -> None:
    for arrival in (MONDAY + 9, MONDAY + 3, MONDAY + 7):
        take(desk, ticket("created", MONDAY, arrival=arrival))
    assert ask(desk, "SELECT toUnixTimestamp64Milli(arrival) FROM events FINAL") == [(MONDAY + 3,)]


def test_a_transfer_to_another_unit_ends_here_and_opens_a_linked_visit_there(desk: LocalDesk) -> None:
    #  dukcapil   |created ==== transferred|
    #  jayapura                            |created (came from dukcapil) ==== ended|
    transfer = ticket("transferred", MONDAY + HOUR, to_unit="jayapura", to_service="kk", id="t7")
    assert isinstance(transfer.data, TicketTransferred)
    said = [
        ticket("created", MONDAY, service="ktp"),
        *expand(transfer),
        ticket("ended", MONDAY + 2 * HOUR, unit="jayapura"),
    ]
    take(desk, *said)
    take(desk, *reversed(said))
    assert ask(desk, "SELECT unit, outcome, came_from, went_to, service FROM visits FINAL ORDER BY unit") == [
        ("dukcapil", "transferred", None, "jayapura", "ktp"),
        ("jayapura", "served", "dukcapil", None, "kk"),
    ]
    must_hold(Store(desk.runtime.engine), said)


def test_a_survey_is_linked_to_its_visit_at_read_time(desk: LocalDesk) -> None:
    """Before the visit, after it, or without one: the answer and the visit are two facts, and neither changes."""
    answer = event("survey.answered", MONDAY + 3 * DAY, elements=Elements(waktu=4), ticket="A1")
    take(desk, answer)
    before = ask(desk, "SELECT * FROM surveys FINAL")
    take(desk, ticket("created", MONDAY), ticket("ended", MONDAY + HOUR))
    assert ask(desk, "SELECT * FROM surveys FINAL") == before
    linked = "SELECT outcome FROM surveys AS s FINAL JOIN visits AS v FINAL ON s.unit = v.unit AND s.ticket = v.subject"
    assert ask(desk, linked) == [("served",)]
    placed = ask(desk, "SELECT DISTINCT toUInt16(day) FROM windows FINAL WHERE measure = 'surveys'")
    assert placed == [(MONDAY // DAY + 3,)], "by its own time"


def test_trained_is_never_baked_into_windows(desk: LocalDesk) -> None:
    take(desk, ticket("created", MONDAY), ticket("ended", MONDAY + HOUR))
    store = Store(desk.runtime.engine)
    before = held_windows(store)
    training: dict[str, Any] = {
        "siasn_type": 4,
        "jp": 10,
        "participants": 3,
        "starts": date(2026, 3, 1),
        "ends": date(2026, 3, 2),
    }
    take(desk, event("training.recorded", MONDAY, training="1", title="Bimtek", **training))
    assert held_windows(store) == before
    assert ask(desk, "SELECT unit, completed FROM interventions FINAL") == [("dukcapil", 1)]
    assert not [name for name, _ in desk.runtime.engine.query("SELECT * FROM windows").columns if "train" in name]


def test_days_are_local_so_that_regions_add_up(desk: LocalDesk) -> None:
    """One instant is Monday evening in Jakarta and Tuesday in Jayapura; each counts on its own date."""
    at = MONDAY + 16 * HOUR
    take(desk, *(ticket("created", at, unit=unit) for unit in ("dukcapil", "makassar", "jayapura")))
    days = ask(desk, "SELECT unit, toString(day) FROM windows FINAL WHERE size = '1d' AND measure = 'arrivals'")
    assert dict(days) == {"dukcapil": "2026-03-30", "makassar": "2026-03-31", "jayapura": "2026-03-31"}


NIK = "1801061508920003"
PHONE = "081234567890"


def judged(desk: LocalDesk, number: str) -> Event | Rejection:
    source = REGISTRY.source("antrian")
    assert source is not None
    data = {"unit": "dukcapil", "ticket": number}
    rule: dict[str, Any] = {"registry": REGISTRY, "source": source, "now": desk.now(), "secret": desk.secret()}
    return accept_data("ticket.created", data, id=f"id-{number}", time=MONDAY, **rule)


@pytest.mark.parametrize("secret", [NIK, PHONE])
def test_what_is_rejected_for_personal_data_is_kept_masked_and_never_in_clear(
    desk: LocalDesk, tmp_path: Path, secret: str
) -> None:
    for seen in (1, 2):
        refused = judged(desk, secret)
        assert isinstance(refused, Rejection)
        desk.runtime.reject([refused]).result(30)
        (kept,) = desk.rejects()
        assert (kept.code, kept.seen) == ("personal", seen), "known again by its keyed hash"
    rows = ask(desk, "SELECT concat(digest, id, reasons, original) FROM rejected_events")
    assert rows
    assert all(secret not in row[0] for row in rows)
    desk.runtime.close()
    on_disk = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert on_disk
    assert not [path for path in on_disk if secret.encode() in path.read_bytes()]


def test_an_event_without_a_cut_off_changes_a_window_of_years_ago(desk: LocalDesk) -> None:
    """Late only means that an older window changes."""
    old = MONDAY - 3000 * DAY
    said = [ticket("created", old), ticket("created", MONDAY, ticket="B2"), ticket("ended", old + HOUR)]
    take(desk, *said[:2])
    take(desk, said[2])
    must_hold(Store(desk.runtime.engine), said)


def test_a_transfer_sent_again_to_another_unit_leaves_both_tickets_is_shown_and_the_wrong_one_is_made_void(
    desk: LocalDesk,
) -> None:
    def sent(to_unit: str) -> tuple[Event, ...]:
        moved = ticket("created", MONDAY, ticket="7", id="taken")
        transfer = event("ticket.transferred", MONDAY + MINUTE, ticket="7", to_unit=to_unit, id="moved")
        return moved, *expand(transfer)

    def places() -> dict[str, str]:
        return dict(ask(desk, "SELECT unit, outcome FROM visits FINAL"))

    take(desk, *sent("warszawa"))
    assert desk.query("ids_said_of_several_things", {"at_most": 5}).rows == []
    take(desk, *sent("makassar"))
    found = [
        (id, things, some) for _, id, things, some in desk.query("ids_said_of_several_things", {"at_most": 5}).rows
    ]
    assert found == [("moved/opens", 2, ["makassar/7", "warszawa/7"])]
    assert places() == {"dukcapil": "transferred", "makassar": "open", "warszawa": "open"}
    take(desk, ticket("cancelled", MONDAY + HOUR, ticket="7", unit="warszawa", by="system", id="no such ticket"))
    assert places() == {"dukcapil": "transferred", "makassar": "open", "warszawa": "void"}
    assert desk.verify().equal
