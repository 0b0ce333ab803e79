"""Facts beside visits: complaints, counters' days, ratings, answers, snapshots, totals, interventions."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pantau.domain.entries import FactKey, lifecycle_entry, record_entry, subject_of
from pantau.domain.events import Bucket, Elements, Event
from pantau.domain.facts import (
    ELEMENTS,
    UNBOUNDED_MS,
    Aggregate,
    CounterDay,
    Intervention,
    Rating,
    Survey,
    fold_complaint,
    fold_counter_day,
)
from pantau.domain.folding import facts_from
from pantau.domain.measures import RECORDS, Fact, fold, marks
from pantau.domain.zones import DAY, HOUR, MINUTE
from stream_processors.assembly import facts_of
from tests.strategies import MONDAY, REGISTRY, event, history

KEY = FactKey("dukcapil", "antrian", "x")
OPENS = MONDAY + HOUR


def fact(*events: Event) -> Fact:
    ((_, found),) = facts_from(facts_of(events, REGISTRY), REGISTRY)
    return found


def totals(found: Fact) -> dict[str, tuple[int, int]]:
    return {name: (n, total) for name, _, n, total, _ in marks(found)}


# complaints


def test_a_complaint_is_resolved_by_its_first_resolution() -> None:
    #  opened |---- 3 h ----| resolved   resolved again
    said = [
        event("complaint.opened", OPENS, complaint="7", service="ktp", channel="daring"),
        event("complaint.resolved", OPENS + 3 * HOUR, complaint="7"),
        event("complaint.resolved", OPENS + 9 * HOUR, complaint="7"),
    ]
    found = fold_complaint(KEY, history(*said))
    assert (found.service, found.channel, found.resolution_ms) == ("ktp", "daring", 3 * HOUR)
    assert totals(fact(*said)) == {"complaints_opened": (1, 0), "complaint_resolution": (1, 3 * HOUR)}


def test_a_resolution_without_an_opening_is_known_but_measures_nothing() -> None:
    found = fact(event("complaint.resolved", OPENS, complaint="7"))
    assert totals(found) == {}


def test_a_complaint_resolved_a_second_before_it_was_opened_took_no_time() -> None:
    found = fact(
        event("complaint.opened", OPENS, complaint="7"), event("complaint.resolved", OPENS - 1000, complaint="7")
    )
    assert totals(found)["complaint_resolution"] == (1, 0)


# counters


def counter(said: str, minutes: int, **rest: object) -> Event:
    kind = "officer.at_counter" if said == "officer" else "counter." + said
    return event(kind, OPENS + minutes * MINUTE, counter="loket-1", **rest)  # type: ignore[arg-type]


def day(*events: Event) -> CounterDay:
    return fold_counter_day(KEY, history(*events))


def test_a_counters_day_is_the_sum_of_its_open_spells() -> None:
    #  open |==120==| paused (rest) | open |==60==| closed
    found = day(counter("opened", 0), counter("paused", 120), counter("opened", 180), counter("closed", 240))
    assert (found.open_ms, found.spells, found.state, found.open_since) == (180 * MINUTE, 2, "closed", None)
    assert (found.opened_at, found.closed_at) == (OPENS, OPENS + 240 * MINUTE)


def test_an_open_counter_is_open_since_and_its_open_time_is_not_yet_known() -> None:
    found = day(counter("opened", 0), counter("paused", 60), counter("opened", 90), counter("opened", 95))
    assert (found.state, found.open_since, found.open_ms) == ("open", OPENS + 90 * MINUTE, 60 * MINUTE)


def test_a_counter_that_was_only_closed_has_no_open_time() -> None:
    found = day(counter("closed", 60))
    assert (found.state, found.open_ms, found.spells, found.opened_at) == ("closed", 0, 0, None)
    assert marks(found) == []


def test_the_last_officer_who_sat_down_is_the_counters_officer() -> None:
    found = day(counter("officer", 0, officer="p1"), counter("opened", 5), counter("officer", 60, officer="p2"))
    assert (found.officer, found.state) == ("p2", "open")
    assert day(counter("officer", 0, officer="p1")).state == "unknown"


@pytest.mark.parametrize(
    ("zone_unit", "hours_utc", "day"), [("dukcapil", 17, "2026-03-31"), ("kathmandu", 18, "2026-03-30")]
)
def test_a_counters_day_is_the_local_day(zone_unit: str, hours_utc: int, day: str) -> None:
    opened = event("counter.opened", MONDAY + hours_utc * HOUR, unit=zone_unit, counter="1")
    assert subject_of(opened, opened.time, REGISTRY) == f"{day}@1"


# records


@pytest.mark.parametrize(
    ("score", "scale", "hundredths"),
    [(1, 5, 100), (5, 5, 500), (3, 5, 300), (1, 2, 100), (2, 2, 500), (2, 4, 233), (9, 10, 455)],
)
def test_a_rating_is_brought_to_one_scale(score: int, scale: int, hundredths: int) -> None:
    found = fact(event("rating.given", OPENS, score=score, scale=scale))
    assert isinstance(found, Rating)
    assert (found.score, found.scale, found.score_100) == (score, scale, hundredths)
    assert totals(found) == {"rating": (1, hundredths)}


def answer(*given: int | None) -> Survey:
    found = fact(event("survey.answered", OPENS, elements=Elements(**dict(zip(ELEMENTS, given, strict=True)))))
    assert isinstance(found, Survey)
    return found


def test_a_whole_answer_adds_its_elements_their_sum_and_its_square() -> None:
    found = answer(4, 4, 3, 4, 3, 4, 4, 2, 3)
    assert (found.complete, found.straight) == (1, 0)
    assert totals(found) == {
        "surveys": (1, 1),
        **{"element." + name: (1, mark) for name, mark in zip(ELEMENTS, (4, 4, 3, 4, 3, 4, 4, 2, 3), strict=True)},
        "skm_sum": (1, 31),
        "skm_square": (1, 31 * 31),
        "skm_straight": (1, 0),
    }


def test_nine_equal_marks_are_a_straight_line() -> None:
    assert totals(answer(*[3] * 9))["skm_straight"] == (1, 1)


def test_a_part_of_an_answer_adds_what_was_answered_only() -> None:
    found = answer(4, None, None, 4, None, None, None, None, None)
    assert (found.complete, found.straight) == (0, 0)
    assert totals(found) == {"surveys": (1, 0), "element.persyaratan": (1, 4), "element.biaya": (1, 4)}


def test_an_answer_stands_alone_its_ticket_is_only_named() -> None:
    """A survey is its own fact in the unit named on it: a join at read time, never a part of the visit."""
    said = event("survey.answered", OPENS, elements=Elements(waktu=4), ticket="A1")
    assert [key[0] for key in facts_of([said], REGISTRY)] == ["surveys"]


@pytest.mark.parametrize(
    ("waiting", "counters", "expected"),
    [
        (3, 0, {"seen_waiting": 3, "seen_counters": 0, "seen_unattended": 1}),
        (3, 2, {"seen_waiting": 3, "seen_counters": 2, "seen_unattended": 0}),
        (0, 0, {"seen_waiting": 0, "seen_counters": 0, "seen_unattended": 0}),
        (3, None, {"seen_waiting": 3}),
        (None, 0, {"seen_counters": 0}),
        (None, None, {}),
    ],
)
def test_a_snapshot_says_nothing_of_what_it_does_not_know(
    waiting: int | None, counters: int | None, expected: dict[str, int]
) -> None:
    found = fact(event("counter.snapshot", OPENS, queue="a", waiting=waiting, open_counters=counters))
    assert {name: total for name, (_, total) in totals(found).items()} == expected


def test_a_reported_total_keeps_names_of_its_own() -> None:
    found = fact(
        event(
            "aggregate.reported",
            OPENS,
            measure="tunggu",
            ends=datetime.fromtimestamp((OPENS + DAY) / 1000, UTC),
            n=100,
            timed=90,
            total_ms=5_000,
            judged=80,
            within=60,
            share=75.5,
            buckets=(Bucket(60_000, 40), Bucket(None, 60)),
        )
    )
    assert isinstance(found, Aggregate)
    assert (found.bucket_upto_ms, found.bucket_n) == ((60_000, UNBOUNDED_MS), (40, 60))
    assert totals(found) == {
        "reported_n.tunggu": (1, 100),
        "reported_time.tunggu": (90, 5_000),
        "reported_within.tunggu": (80, 60),
        "reported_share.tunggu": (1, 7550),
    }


def test_a_reported_total_without_its_count_is_unknown_and_not_zero() -> None:
    ends = datetime.fromtimestamp((OPENS + DAY) / 1000, UTC)
    assert totals(fact(event("aggregate.reported", OPENS, measure="m", ends=ends, timed=5, judged=5))) == {}


# interventions


def training(time: int, completed: bool) -> Event:
    return event(
        "training.recorded",
        time,
        training="bimtek-3",
        title="Pelayanan prima",
        siasn_type=4,
        jp=20,
        participants=12,
        starts=date(2026, 4, 6),
        ends=date(2026, 4, 8),
        completed=completed,
    )


def test_an_intervention_is_what_its_latest_event_says() -> None:
    planned, done = training(OPENS, False), training(OPENS + 10 * DAY, True)
    for said in ([planned, done], [done, planned]):
        found = fact(*said)
        assert isinstance(found, Intervention)
        assert (found.kind, found.completed, found.siasn_type, found.ends) == ("training", 1, 4, "2026-04-08")


def test_an_intervention_is_joined_at_read_time_and_marks_no_window() -> None:
    assert marks(fact(training(OPENS, True))) == []
    other = event(
        "measure.recorded", OPENS, measure="1", title="Sistem baru", category="sistem", starts=date(2026, 4, 1)
    )
    assert marks(fact(other)) == []


# identity


def test_one_number_in_four_lists_of_a_source_is_four_things() -> None:
    """A source may count tickets, applications, trainings and measures from 1 each."""
    same: dict[str, dict[str, Any]] = {
        "ticket.created": {"ticket": "1"},
        "application.submitted": {"application": "1"},
        "training.recorded": {"training": "1", "title": "x", "siasn_type": 4, "jp": 1, "participants": 1}
        | {"starts": date(2026, 4, 1), "ends": date(2026, 4, 1)},
        "measure.recorded": {"measure": "1", "title": "x", "category": "y", "starts": date(2026, 4, 1)},
        "complaint.opened": {"complaint": "1"},
    }
    said = [event(kind, OPENS, **data) for kind, data in same.items()]
    assert len(facts_of(said, REGISTRY)) == 5


def test_numbers_that_restart_are_told_apart_by_their_day() -> None:
    days = [event("ticket.created", OPENS, ticket="A1", service_day=date(2026, 3, day)) for day in (30, 31)]
    assert [key[3] for key in facts_of(days, REGISTRY)] == ["2026-03-30@A1", "2026-03-31@A1"]


def test_the_fields_of_a_record_are_its_columns() -> None:
    for table, record in RECORDS.items():
        assert record.__struct_fields__[:3] == ("unit", "source", "subject"), table
        assert record.__struct_fields__[-1] == "history", table


def test_a_record_travels_whole_and_folds_to_itself() -> None:
    said = event("rating.given", OPENS, score=4, ticket="A1", provenance="imputed")
    entry = record_entry(said, said.time)
    found = fold("ratings", KEY, {entry.id: entry}, REGISTRY)
    assert isinstance(found, Rating)
    assert (found.at, found.provenance, found.ticket) == (OPENS, 2, "A1")


def test_an_entry_keeps_the_corrected_time() -> None:
    said = event("ticket.created", OPENS, ticket="A1")
    assert lifecycle_entry(said, OPENS + 5).time == OPENS + 5
