"""What the live page reads, over the week of ``week.py`` at Tuesday 11.30 WIB."""

from datetime import date
from typing import Any

import pytest

from storage.chdb_engine import ChdbEngine
from storage.overview import UnitStanding, day_number, day_parameters, half_hours, overview
from tests.storage_tests.week import AS_OF, HOUR, MINUTE, REGISTRY, Query, at, event, everything, told

TUESDAY = day_number(date(2026, 11, 10))
HERE: dict[str, Any] = {"unit": "dukcapil", "as_of": AS_OF, "since": at("10 00.00")}


@pytest.fixture(scope="module")
def query(module_engine: ChdbEngine) -> Query:
    return told(module_engine, everything())


@pytest.fixture(scope="module")
def standing(query: Query) -> dict[str, UnitStanding]:
    return {unit.unit: unit for unit in overview(query, REGISTRY, AS_OF)}


def rows(query: Query, name: str, **parameters: Any) -> list[dict[str, Any]]:
    return query(name, parameters).dicts()


def test_every_unit_of_the_registry_stands_there_in_order(standing: dict[str, UnitStanding]) -> None:
    assert [*standing] == ["camat", "diam", "dukcapil", "makassar", "samsat"]


def test_a_unit_at_an_instant(standing: dict[str, UnitStanding]) -> None:
    unit = standing["dukcapil"]
    assert (unit.waiting, unit.longest_wait_ms, unit.in_service) == (1, 30 * MINUTE, 1)
    assert (unit.arrivals, unit.served) == (8, 4)
    assert (unit.judged, unit.kept, unit.judged_before) == (5, 3, 0)
    assert unit.promise_ratio == pytest.approx(12 / 30)  # of 12, 40, 0, 20 and 7 minutes over 30
    assert (unit.open_counters, unit.paused_counters) == (1, 0)
    assert unit.last_event_ms == at("10 11.12")
    assert unit.last_day == TUESDAY


def test_a_silent_unit_is_unknown_and_a_publishing_one_is_seen(standing: dict[str, UnitStanding]) -> None:
    silent, seen = standing["diam"], standing["samsat"]
    assert (silent.waiting, silent.arrivals, silent.served, silent.last_event_ms, silent.last_day) == (None,) * 5
    assert (silent.open_counters, silent.longest_wait_ms, silent.promise_ratio) == (None, None, None)
    assert seen.waiting is None
    assert (seen.seen_waiting, seen.seen_counters) == (0, 0)


def test_nobody_waiting_is_zero_where_tickets_were_called_lately(query: Query) -> None:
    (later,) = overview(query, REGISTRY, at("12 09.00"), ["dukcapil"])
    assert (later.waiting, later.longest_wait_ms, later.arrivals, later.served) == (0, None, 0, 0)


def test_each_unit_stands_on_its_own_local_day(query: Query) -> None:
    """At 16.00 UTC on Monday it is Tuesday 00.00 in Makassar and Monday 23.00 in Lampung."""
    midnight = at("9 23.00")
    found = {unit.unit: unit for unit in overview(query, REGISTRY, midnight)}
    assert (found["makassar"].day, found["dukcapil"].day) == (TUESDAY, TUESDAY - 1)
    assert (found["makassar"].arrivals, found["dukcapil"].arrivals) == (1, 1)


def test_the_index_of_a_unit(standing: dict[str, UnitStanding]) -> None:
    found = standing["dukcapil"].satisfaction(REGISTRY.definitions)
    assert (str(found.value), found.answers) == ("85.19", 3)
    assert standing["diam"].satisfaction(REGISTRY.definitions).value is None


def test_no_units_no_rows(query: Query) -> None:
    assert overview(query, REGISTRY, AS_OF, []) == []


def test_half_hours_of_today_and_of_the_weeks_before(query: Query) -> None:
    found = half_hours(query, REGISTRY, AS_OF, ["dukcapil"]).dicts()
    by_slot = {(row["day"], row["slot"]): (row["arrivals"], row["served"]) for row in found}
    assert by_slot[TUESDAY, 16] == (2, 1)  # 08.00: A1 and A2 came, A1 was served
    assert by_slot[TUESDAY, 22] == (2, 1)  # 11.00: A8 and A9 came, A7 was served
    assert sum(n for n, _ in by_slot.values()) == 8


def test_queue_of_a_unit_by_service(query: Query) -> None:
    assert rows(query, "unit_queue", **HERE) == [
        {
            "service": "ktp",
            "waiting": 1,
            "longest_wait_ms": 30 * MINUTE,
            "promise": "wait_to_start",
            "promise_ms": 30 * MINUTE,
        }
    ]


def test_counters_of_a_unit(query: Query) -> None:
    found = {row["counter"]: row for row in rows(query, "unit_counters", **HERE)}
    assert [*found] == ["L1", "L2"]
    assert (found["L1"]["state"], found["L1"]["open_ms"], found["L1"]["served"]) == ("closed", 160 * MINUTE, 3)
    assert (found["L1"]["serving_ms"], found["L1"]["serving_since_ms"]) == (33 * MINUTE, None)
    assert (found["L2"]["state"], found["L2"]["open_ms"], found["L2"]["served"]) == ("open", 150 * MINUTE, 1)
    assert found["L2"]["serving_since_ms"] == at("10 11.12")


def test_snapshots_of_a_unit_are_the_last_of_each_queue(query: Query) -> None:
    (row,) = rows(query, "unit_snapshots", unit="samsat", since=at("10 00.00"), as_of=at("10 10.07"))
    assert (row["queue"], row["waiting"], row["open_counters"], row["at_ms"]) == ("q1", 6, 0, at("10 10.05"))


@pytest.mark.parametrize(("size", "start", "waits", "p50"), [("30m", "10 08.30", 1, 40), ("5m", "10 08.10", 1, 12)])
def test_the_day_of_a_unit(query: Query, size: str, start: str, waits: int, p50: int) -> None:
    found = {row["start_ms"]: row for row in rows(query, "unit_today", unit="dukcapil", day=TUESDAY, size=size)}
    row = found[at(start)]
    assert row["waits"] == waits
    assert row["wait_p50_ms"] == pytest.approx(p50 * MINUTE, rel=0.01)
    assert sum(row["arrivals"] for row in found.values()) == 8
    assert sum(row["left_unserved"] for row in found.values()) == 1
    assert sum(row["no_shows"] for row in found.values()) == 1


def test_percentiles_in_sql_are_those_of_the_core(query: Query) -> None:
    (row,) = rows(query, "unit_trend", unit="dukcapil", first_day=TUESDAY, last_day=TUESDAY)
    from pantau.domain import histogram

    waits = [12, 40, 0, 20, 7]
    held = {histogram.edge(wait * MINUTE): 1 for wait in waits}
    assert row["wait_p50_ms"] == histogram.quantile(held, 0.5)
    assert row["wait_p90_ms"] == histogram.quantile(held, 0.9)
    assert (row["waits"], row["waits_total_ms"]) == (5, 79 * MINUTE)
    assert (row["judged"], row["kept"], row["ratings"], row["ratings_total"]) == (5, 3, 2, 800)
    assert (row["complete"], row["skm_sum"], row["skm_square"]) == (2, 27 + 34, 27 * 27 + 34 * 34)


def test_the_usual_of_a_weekday_counts_days_on_which_nobody_came_in_a_half_hour(query: Query) -> None:
    """Seen from the next Tuesday, one of the four Tuesdays before had data."""
    found = {
        row["slot"]: row
        for row in rows(query, "unit_same_weekday", unit="dukcapil", day=TUESDAY + 7, zone="Asia/Jakarta")
    }
    assert (found[16]["days"], found[16]["arrivals_low"], found[16]["arrivals_high"]) == (1, 2, 2)
    assert found[22]["wait_mean_high_ms"] == 7 * MINUTE


def test_a_half_hour_in_which_nobody_came_is_zero_on_a_day_that_is_known(engine: ChdbEngine) -> None:
    """On the 3rd somebody came at 08.00, on the 10th at 09.00: from 08.00 to 08.30 it was one and none."""
    query = told(
        engine,
        [
            event("ticket.created", "dukcapil", "3 08.10", ticket="A"),
            event("ticket.created", "dukcapil", "10 09.10", ticket="B"),
        ],
    )
    found = rows(query, "unit_same_weekday", unit="dukcapil", day=TUESDAY + 7, zone="Asia/Jakarta")
    assert [
        (row["slot"], row["days"], row["arrivals_low"], row["arrivals_mean"], row["arrivals_high"]) for row in found
    ] == [
        (16, 2, 0, 0.5, 1),
        (18, 2, 0, 0.5, 1),
    ]


def test_yesterday_ends_at_each_units_own_midnight(engine: ChdbEngine) -> None:
    """Taken at 23.30 WIB on Monday: at 00.30 WIB it is a leftover, though in Makassar Tuesday had begun by then."""
    query = told(engine, [event("ticket.created", unit, "9 23.30", ticket="Z") for unit in ("dukcapil", "camat")])
    for as_of, waiting in ((at("9 23.45"), 1), (at("10 00.30"), None)):
        found = {unit.unit: unit for unit in overview(query, REGISTRY, as_of)}
        assert (found["dukcapil"].waiting, found["makassar"].waiting) == (waiting, None)


def test_elements_of_a_period_and_of_the_one_before(query: Query) -> None:
    found = {
        row["element"]: row
        for row in rows(
            query,
            "unit_elements",
            unit="dukcapil",
            before=at("10 08.00"),
            since=at("10 09.00"),
            until=at("10 12.00"),
        )
    }
    assert len(found) == 9
    waktu, persyaratan = found["waktu"], found["persyaratan"]
    assert (waktu["n"], waktu["total"], waktu["squares"]) == (1, 2, 4)
    assert (waktu["n_before"], waktu["total_before"]) == (1, 3)
    assert (persyaratan["n"], persyaratan["total"], persyaratan["squares"]) == (2, 8, 32)


def test_interventions_of_a_unit(query: Query) -> None:
    (row,) = rows(query, "unit_interventions", unit="dukcapil")
    assert (row["subject"], row["siasn_type"], row["jp"], row["completed"]) == ("T1", 4, 8, 1)


def test_sources_with_what_was_sent_and_what_was_refused(engine: ChdbEngine) -> None:
    query = told(engine, everything())
    now = at("10 12.00")
    columns = [
        ("digest", "String"),
        ("source", "LowCardinality(String)"),
        ("code", "LowCardinality(String)"),
        ("retryable", "UInt8"),
        ("seen", "UInt64"),
        ("last_at", "DateTime64(3, 'UTC')"),
        ("state", "LowCardinality(String)"),
        ("version", "UInt64"),
    ]
    refused = [
        ("a", "antrean", "unknown_unit", 1, 3, now - HOUR, "open", 1),
        ("b", "antrean", "malformed", 0, 1, now - HOUR, "open", 1),
        ("c", "antrean", "malformed", 0, 9, now - 25 * HOUR, "open", 1),
        ("d", "asing", "source", 0, 2, now - HOUR, "open", 1),
        ("e", "antrean", "future", 1, 7, now - HOUR, "open", 1),
        ("e", "antrean", "future", 1, 7, now - HOUR, "accepted", 2),  # taken by a retry since: nobody need care
    ]
    engine.insert("rejected_events", columns, [*zip(*refused, strict=True)])
    found = {row["source"]: row for row in query("source_health", {"as_of": now}).dicts()}
    assert [*found] == ["antrean", "asing", "siasn"]
    antrean = found["antrean"]
    assert antrean["events"] == sum(event.source == "antrean" for event in everything())
    assert antrean["last_event_ms"] == at("11 09.00")
    assert dict(zip(antrean["codes"], antrean["times"], strict=True)) == {"malformed": 1, "unknown_unit": 3}
    assert antrean["retryable"] == 1
    assert (found["asing"]["events"], found["asing"]["last_event_ms"]) == (0, None)
    assert found["siasn"]["codes"] == []


def test_parameters_name_each_units_day(query: Query) -> None:
    asked = day_parameters(REGISTRY, AS_OF, ["dukcapil", "makassar"])
    assert asked["days"] == [
        ("dukcapil", TUESDAY, at("10 00.00")),
        ("makassar", TUESDAY, at("10 00.00", "Asia/Makassar")),
    ]
    assert asked["since"] == at("10 00.00", "Asia/Makassar")
