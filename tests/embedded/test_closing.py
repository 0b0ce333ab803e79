"""Closing a day is an event: said of who still waits, the same every time, and overridden by a late completion."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pantau.domain.closing import AFTER_MS, closing_after, leaving
from pantau.domain.errors import NotNow
from pantau.domain.events import Event, TicketData
from pantau.domain.registry import Holiday, Source
from pantau.domain.zones import DAY, HOUR, MINUTE
from pantau.embedded.closing import close_days, closing
from pantau.embedded.desk import LocalDesk
from pantau.embedded.rounds import Rounds
from pantau.embedded.runtime import Runtime
from storage.overview import overview
from storage.store import Store
from tests.strategies import MONDAY, REGISTRY, registry, ticket
from tests.truth import must_hold
from tests.unit.test_judging import registry as around_the_clock

CLOSES = MONDAY + 9 * HOUR
"""16:00 in Jakarta."""

LIVE = registry(sources=(Source(name="antrian"), Source(name="loket-*"), Source(name="impor", live=False)))


class Clock:
    def __init__(self) -> None:
        self.now = CLOSES + AFTER_MS

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[LocalDesk]:
    runtime = Runtime.open(tmp_path / "data", registry=LIVE, clock=clock)
    yield LocalDesk(runtime, tmp_path / "data")
    runtime.close()


def take(desk: LocalDesk, *events: Event) -> None:
    desk.runtime.submit(events).result(20)
    desk.settled()


def outcomes(desk: LocalDesk) -> dict[str, str]:
    return dict(desk.runtime.engine.query("SELECT subject, outcome FROM visits FINAL").rows)


# when a ticket had left


@pytest.mark.parametrize(
    ("created", "leaves_after"),
    [
        (MONDAY + HOUR, CLOSES),
        (CLOSES, CLOSES),
        (CLOSES + AFTER_MS - 1, CLOSES),
        (CLOSES + AFTER_MS, CLOSES + DAY),  # after the doors were shut: the next day's queue
        (MONDAY - 2 * DAY, CLOSES),  # a Saturday's number: Monday's closing
    ],
)
def test_a_ticket_leaves_at_the_first_closing_that_was_not_over(created: int, leaves_after: int) -> None:
    assert closing_after(REGISTRY, "dukcapil", created, leaves_after + AFTER_MS) == leaves_after
    assert closing_after(REGISTRY, "dukcapil", created, leaves_after + AFTER_MS - 1) is None


def test_each_unit_closes_by_its_own_clock() -> None:
    closings = [closing_after(REGISTRY, unit, MONDAY + 3 * HOUR, MONDAY + 2 * DAY) for unit in ("jayapura", "makassar")]
    assert closings == [CLOSES - 2 * HOUR, CLOSES - HOUR]


def test_at_an_office_that_never_shuts_who_left_is_of_the_day_of_the_ticket() -> None:
    #  |00:00 -- created 08:00 -- left 23:59:59.999|24:00
    midnight = MONDAY - 7 * HOUR + DAY
    assert closing_after(around_the_clock(), "u", MONDAY + HOUR, midnight + AFTER_MS) == midnight - 1


def test_on_a_holiday_nobody_leaves_until_the_next_closing() -> None:
    tuesday = registry(holidays=(Holiday(day=date(2026, 3, 31), name="Libur", kind="libur_nasional"),))
    assert closing_after(tuesday, "dukcapil", MONDAY + DAY + HOUR, MONDAY + 9 * DAY) == CLOSES + 2 * DAY


def test_the_event_of_closing_is_the_same_every_time() -> None:
    first = leaving("dukcapil", "antrian", "2026-03-30@A1", CLOSES, CLOSES + 1)
    again = leaving("dukcapil", "antrian", "2026-03-30@A1", CLOSES, CLOSES + 999)
    assert (first.id, first.content, first.data) == (again.id, again.content, again.data)
    assert isinstance(first.data, TicketData)
    assert (first.data.ticket, first.data.service_day, first.data.provenance) == (
        "A1",
        date(2026, 3, 30),
        "auto_closed",
    )


# closing


def test_who_still_waits_at_closing_has_left_and_who_was_served_has_not(desk: LocalDesk) -> None:
    said = [
        ticket("created", MONDAY + HOUR, ticket="waits"),
        ticket("created", MONDAY + HOUR, ticket="called"),
        ticket("called", MONDAY + 2 * HOUR, ticket="called"),
        ticket("created", MONDAY + HOUR, ticket="at the counter"),
        ticket("started", MONDAY + 2 * HOUR, ticket="at the counter"),
        ticket("created", MONDAY + HOUR, ticket="served"),
        ticket("ended", MONDAY + 2 * HOUR, ticket="served"),
        ticket("created", MONDAY + HOUR, ticket="day", service_day=date(2026, 3, 30)),
        ticket("created", MONDAY + HOUR, ticket="imported", source="impor"),
        ticket("created", MONDAY + HOUR, ticket="of a family", source="loket-7"),
    ]
    take(desk, *said)
    assert close_days(desk) == 4
    desk.settled()
    assert outcomes(desk) == {
        "waits": "left",
        "called": "left",
        "at the counter": "open",
        "served": "served",
        "2026-03-30@day": "left",
        "imported": "open",
        "of a family": "left",
    }
    assert close_days(desk) == 0, "and nobody leaves twice"
    assert desk.verify().equal


def test_who_was_called_by_a_system_that_tells_of_no_service_has_not_left(desk: LocalDesk) -> None:
    take(
        desk,
        ticket("created", MONDAY + HOUR, ticket="called"),
        ticket("called", MONDAY + HOUR + MINUTE, ticket="called"),
        ticket("created", MONDAY + HOUR, ticket="waits"),
    )
    assert close_days(desk) == 1
    desk.settled()
    assert outcomes(desk) == {"called": "open", "waits": "left"}
    assert desk.verify().equal


def test_that_a_day_was_closed_is_no_word_of_the_unit_or_the_source(desk: LocalDesk, clock: Clock) -> None:
    #  created 08:00, and silence | closed 16:00: the last that was heard is of 08:00
    take(desk, ticket("created", MONDAY + HOUR))
    assert close_days(desk) == 1
    desk.settled()
    (unit,) = overview(desk.query, LIVE, clock.now, ["dukcapil"])
    assert unit.last_event_ms == MONDAY + HOUR
    (heard,) = desk.query("alert_last_events", {"since": MONDAY, "as_of": clock.now}).dicts()
    assert (heard["unit"], heard["last_ms"], heard["per_mille"]) == ("dukcapil", MONDAY + HOUR, 1000)
    (rhythm,) = desk.query("page_rhythms", {"as_of": clock.now}).dicts()
    assert (rhythm["events"], rhythm["last_event_ms"]) == (1, MONDAY + HOUR)
    assert [row["events"] for row in desk.query("events_of_sources").dicts()] == [1]
    (heard_of,) = desk.clocks()
    assert (heard_of.summary.n, heard_of.summary.last_time) == (1, MONDAY + HOUR)


def test_before_the_day_is_over_nobody_has_left(desk: LocalDesk, clock: Clock) -> None:
    take(desk, ticket("created", MONDAY + HOUR))
    clock.now = CLOSES + AFTER_MS - 1
    assert close_days(desk) == 0


def test_a_late_completion_overrides_what_closing_said(desk: LocalDesk) -> None:
    #  created | closed: left | the counter's record of the afternoon arrives: started, ended
    created = ticket("created", MONDAY + HOUR)
    take(desk, created)
    assert close_days(desk) == 1
    late = [ticket("started", MONDAY + 2 * HOUR), ticket("ended", MONDAY + 3 * HOUR)]
    take(desk, *late)
    assert outcomes(desk) == {"A1": "served"}
    left = leaving("dukcapil", "antrian", "A1", CLOSES, CLOSES)
    must_hold(Store(desk.runtime.engine), [created, left, *late], LIVE)


def test_a_ticket_that_becomes_known_after_its_day_was_closed_leaves_as_well(desk: LocalDesk) -> None:
    take(desk, ticket("created", MONDAY + HOUR, ticket="1"))
    assert close_days(desk) == 1
    take(desk, ticket("created", MONDAY + HOUR, ticket="2"))  # the office was offline
    assert close_days(desk) == 1
    desk.settled()
    assert outcomes(desk) == {"1": "left", "2": "left"}


def test_days_that_passed_while_nothing_ran_are_closed_at_the_start(desk: LocalDesk, clock: Clock) -> None:
    take(desk, ticket("created", MONDAY + HOUR))
    clock.now = MONDAY + 2 * DAY
    assert close_days(desk) == 1


def test_a_writer_that_is_busy_puts_closing_off_and_does_not_end_it(
    desk: LocalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(desk, ticket("created", MONDAY + HOUR))
    submit = desk.runtime.submit
    refused: list[Any] = []

    def busy(events: Any) -> Any:
        if len(refused) < 3:
            refused.append(events)
            raise NotNow("too many wait")
        return submit(events)

    monkeypatch.setattr(desk.runtime, "submit", busy)
    with Rounds(closing(desk, every_seconds=0.01)):
        for _ in range(1000):
            if outcomes(desk) == {"A1": "left"}:
                break
    assert outcomes(desk) == {"A1": "left"}
    assert len(refused) == 3


def test_a_wait_that_ends_at_closing_is_as_long_as_the_day(desk: LocalDesk) -> None:
    take(desk, ticket("created", CLOSES - 40 * MINUTE))
    close_days(desk)
    desk.settled()
    row = desk.runtime.engine.query("SELECT wait_to_leave_ms, ended_provenance FROM visits FINAL").rows
    assert row == [(40 * MINUTE, 1)]
