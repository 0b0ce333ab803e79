"""Every indicator of the catalogue, computed by hand over the week of ``week.py``."""

from typing import Any

import pytest

from pantau.domain.indicator_catalogue import MAIN, catalogue, chosen
from pantau.domain.indicators import Value
from pantau.domain.requests import Request, Table
from storage.chdb_engine import ChdbEngine
from storage.indicators import indicators
from tests.storage_tests.week import AS_OF, DAY, HOUR, MINUTE, REGISTRY, Query, everything, told

TUESDAY: dict[str, Any] = {"first_day": "2026-11-10", "last_day": "2026-11-10"}


@pytest.fixture(scope="module")
def query(module_engine: ChdbEngine) -> Query:
    return told(module_engine, everything())


def ask(query: Query, *names: str, **request: Any) -> Table:
    import msgspec

    return indicators(query, REGISTRY, msgspec.convert({"as_of": AS_OF, "names": names, **request}, Request))


def values(table: Table) -> dict[Any, Value]:
    """Values by indicator, or by group and indicator."""
    if not table.by:
        return {line.indicator: line.value for line in table.lines}
    return {(*line.key, line.indicator): line.value for line in table.lines}


def one(query: Query, name: str, **request: Any) -> Value:
    return values(ask(query, name, **request))[name]


M = MINUTE
EXAMPLES: list[tuple[str, str, float, int]] = [
    # dukcapil, Tuesday: A1 A2 A3 A7 served, A4 no-show, A5 left, A8 waits, A9 is served, A6 void
    ("dukcapil", "arrivals", 8, 8),
    ("dukcapil", "called", 6, 6),
    ("dukcapil", "served", 4, 4),
    ("dukcapil", "left", 1, 1),
    ("dukcapil", "no_shows", 1, 1),
    ("dukcapil", "void", 1, 1),
    ("camat", "transferred", 1, 1),
    ("camat", "rejected", 1, 1),
    ("camat", "withdrawn", 1, 1),
    # to call 10 35 0 10 20 5; to start 12 40 0 20 7; in the queue those to call and 30; services 8 15 5 10
    ("dukcapil", "wait_to_call.mean", 80 * M / 6, 6),
    ("dukcapil", "wait_to_call.p50", 10 * M, 6),
    ("dukcapil", "wait_to_call.p90", 27.5 * M, 6),
    ("dukcapil", "wait_to_call.p95", 31.25 * M, 6),
    ("dukcapil", "wait_to_start.mean", 79 * M / 5, 5),
    ("dukcapil", "wait_to_start.p50", 12 * M, 5),
    ("dukcapil", "wait_to_start.p90", 32 * M, 5),
    ("dukcapil", "wait_to_start.p95", 36 * M, 5),
    ("dukcapil", "queue_time.mean", 110 * M / 7, 7),
    ("dukcapil", "queue_time.p50", 10 * M, 7),
    ("dukcapil", "queue_time.p90", 32 * M, 7),
    ("dukcapil", "queue_time.p95", 33.5 * M, 7),
    ("dukcapil", "wait_to_leave.mean", 30 * M, 1),
    ("dukcapil", "wait_to_leave.p50", 30 * M, 1),
    ("dukcapil", "wait_to_leave.p90", 30 * M, 1),
    ("dukcapil", "wait_to_leave.p95", 30 * M, 1),
    ("dukcapil", "service_time.mean", 9.5 * M, 4),
    ("dukcapil", "service_time.p50", 9 * M, 4),
    ("dukcapil", "service_time.p90", 13.5 * M, 4),
    ("dukcapil", "service_time.p95", 14.25 * M, 4),
    ("dukcapil", "visit_time.mean", 27.5 * M, 4),
    ("dukcapil", "visit_time.p50", 25 * M, 4),
    ("dukcapil", "visit_time.p90", 47.5 * M, 4),
    ("dukcapil", "visit_time.p95", 51.25 * M, 4),
    # within 15 minutes
    ("dukcapil", "wait_to_call.within", 2 / 5, 5),
    ("dukcapil", "wait_to_start.within", 2 / 5, 5),
    ("dukcapil", "queue_time.within", 4 / 7, 7),
    ("dukcapil", "wait_to_leave.within", 0, 1),
    ("dukcapil", "service_time.within", 1, 4),
    ("dukcapil", "visit_time.within", 1 / 4, 4),
    # A1 A3 A7 kept 30 minutes, A2 did not, A5 left
    ("dukcapil", "promise", 3 / 5, 5),
    ("dukcapil", "no_show", 1 / 6, 6),
    ("dukcapil", "no_show_of_arrivals", 1 / 8, 8),
    ("dukcapil", "abandonment", 1 / 6, 6),
    ("dukcapil", "abandonment_of_arrivals", 1 / 8, 8),
    # 38 minutes of service; L1 was open 160 minutes, L2 150
    ("dukcapil", "occupancy", 38 / 310, 2),
    ("dukcapil", "rating", 4.0, 2),
    ("dukcapil", "surveys", 3, 3),
    ("dukcapil", "response_rate", 3 / 4, 4),
    ("dukcapil", "straight_lined", 1 / 2, 2),
    ("dukcapil", "ikm", 85.19, 3),  # 25/9 · (11/3 + 7 · 3.5 + 2.5) = 85.185
    ("dukcapil", "nrr.persyaratan", 11 / 3, 3),
    ("dukcapil", "nrr.prosedur", 3.5, 2),
    ("dukcapil", "nrr.waktu", 2.5, 2),
    ("dukcapil", "nrr.biaya", 3.5, 2),
    ("dukcapil", "nrr.produk", 3.5, 2),
    ("dukcapil", "nrr.kompetensi", 3.5, 2),
    ("dukcapil", "nrr.perilaku", 3.5, 2),
    ("dukcapil", "nrr.pengaduan", 3.5, 2),
    ("dukcapil", "nrr.sarana", 3.5, 2),
    # C1 took nine days; C3 was opened on Tuesday
    ("dukcapil", "complaints", 1, 1),
    ("dukcapil", "complaint_resolution.mean", 9 * DAY, 1),
    ("dukcapil", "complaint_resolution.p50", 9 * DAY, 1),
    ("dukcapil", "complaint_resolution.p90", 9 * DAY, 1),
    ("dukcapil", "complaint_resolution.p95", 9 * DAY, 1),
    ("dukcapil", "complaint_resolution.within", 0, 1),
    # at 11.30: A8 waits since 11.00, A9 is served; C2 is open 8 days 2.5 h, C3 2.5 h
    ("dukcapil", "waiting_now", 1, 1),
    ("dukcapil", "longest_wait_now", 30 * M, 1),
    ("dukcapil", "in_service_now", 1, 1),
    ("dukcapil", "open_counters_now", 1, 2),
    ("dukcapil", "complaints_open", 2, 2),
    ("dukcapil", "complaint_age.mean", (8 * DAY + 5 * HOUR) / 2, 2),
    ("dukcapil", "complaint_age.max", 8 * DAY + 2.5 * HOUR, 2),
    ("dukcapil", "complaints_late", 1, 2),
    # open at 11.30: P2 26.5 h, P5 3.5 h and past 11.00, P6 0.5 h
    ("camat", "backlog", 3, 3),
    ("camat", "backlog_age.mean", 30.5 * HOUR / 3, 3),
    ("camat", "backlog_age.p50", 3.5 * HOUR, 3),
    ("camat", "backlog_age.p90", 21.9 * HOUR, 3),
    ("camat", "backlog_age.max", 26.5 * HOUR, 3),
    ("camat", "backlog_overdue", 1, 1),
    # seen: 4 6 0 waiting at 2 0 0 counters; reported: 90 timed at 10 min and 10 at 20, 72 of 90 and 3 of 10 within
    ("samsat", "queue_seen.mean", 10 / 3, 3),
    ("samsat", "queue_seen.p95", 5.8, 3),
    ("samsat", "queue_seen.max", 6, 3),
    ("samsat", "queue_seen.unattended", 1, 3),
    ("samsat", "counters_seen", 2 / 3, 3),
    ("samsat", "reported.antri.people", 110, 2),
    ("samsat", "reported.antri.mean", 11 * M, 100),
    ("samsat", "reported.antri.within", 0.75, 100),
    ("samsat", "reported.antri.share", 0.7075, 2),
]
APPLICATIONS: list[tuple[str, float, int]] = [
    # Monday to Wednesday: P1 19 h of which 3 working, returned once; P2 48 h of which 16 working
    ("turnaround.mean", 33.5 * HOUR, 2),
    ("turnaround.p50", 33.5 * HOUR, 2),
    ("turnaround.p90", 45.1 * HOUR, 2),
    ("turnaround.p95", 46.55 * HOUR, 2),
    ("turnaround.within", 0, 2),
    ("turnaround_working.mean", 9.5 * HOUR, 2),
    ("turnaround_working.p50", 9.5 * HOUR, 2),
    ("turnaround_working.p90", 14.7 * HOUR, 2),
    ("turnaround_working.p95", 15.35 * HOUR, 2),
    ("turnaround_working.within", 0, 2),
    ("first_time_right", 1 / 2, 2),
    ("returned", 1 / 2, 2),
    ("promise", 1 / 2, 2),
]


def test_every_indicator_equals_what_is_computed_by_hand(query: Query) -> None:
    exactly = {"percentile": "exact", "within_ms": 15 * MINUTE}
    tuesday = values(ask(query, "all", by=["unit"], **TUESDAY, **exactly))
    wrong = {
        (unit, name): (found.value, found.n, found.reason, expected, n)
        for unit, name, expected, n in EXAMPLES
        if (found := tuesday[unit, name]).value != pytest.approx(expected, rel=1e-12) or found.n != n
    }
    assert not wrong
    whole = values(ask(query, "all", units=["camat"], **exactly))
    for name, expected, n in APPLICATIONS:
        assert whole[name].value == pytest.approx(expected), name
        assert whole[name].n == n, name


def test_every_indicator_has_an_example() -> None:
    shown = {name for _, name, _, _ in EXAMPLES} | {name for name, _, _ in APPLICATIONS}
    assert shown == set(catalogue(["antri"]))


def test_nothing_named_asks_for_the_main_indicators() -> None:
    assert tuple(indicator.name for indicator in chosen(())) == MAIN


def test_percentiles_of_histograms_are_the_nearest_rank_within_one_per_cent(query: Query) -> None:
    found = values(ask(query, "wait_to_start", "service_time", units=["dukcapil"], **TUESDAY))
    for name, exact in (
        ("wait_to_start.p50", 12 * M),
        ("wait_to_start.p90", 40 * M),
        ("wait_to_start.p95", 40 * M),
        ("service_time.p50", 8 * M),
        ("service_time.p90", 15 * M),
    ):
        assert found[name].value == pytest.approx(exact, rel=0.01), name


def test_the_mean_is_exact_from_windows_too(query: Query) -> None:
    from_windows = one(query, "wait_to_start.mean", units=["dukcapil"], **TUESDAY)
    assert from_windows.value == 79 * MINUTE / 5


def test_imputed_and_auto_closed_times_are_told_beside_each_duration(query: Query) -> None:
    found = values(ask(query, "wait_to_start.mean", "service_time.p90", "visit_time.mean", by=["unit"], **TUESDAY))
    told_beside = {
        name: (value.imputed, value.auto_closed) for (unit, name), value in found.items() if unit == "dukcapil"
    }
    assert told_beside == {
        "wait_to_start.mean": (1 / 5, 0.0),  # A7: its start is its call
        "service_time.p90": (1 / 4, 1 / 4),  # and A2 was closed by the system
        "visit_time.mean": (0.0, 1 / 4),
    }


@pytest.mark.parametrize(
    ("name", "option", "value", "n"),
    [
        ("wait_to_start.mean", {"zero_waits": "not_counted"}, 79 * M / 4, 4),
        ("wait_to_start.p50", {"zero_waits": "not_counted", "percentile": "exact"}, 16 * M, 4),
        ("wait_to_start.p90", {"zero_waits": "not_counted", "percentile": "exact"}, 34 * M, 4),
        ("queue_time.mean", {"zero_waits": "not_counted"}, 110 * M / 6, 6),
        ("service_time.mean", {"zero_waits": "not_counted"}, 9.5 * M, 4),
        ("wait_to_start.within", {"within_ms": 15 * M, "leavers": "not_counted"}, 2 / 4, 4),
        ("wait_to_start.within", {"within_ms": 15 * M, "zero_waits": "not_counted"}, 1 / 4, 4),
        ("wait_to_start.within", {"within_ms": 12 * M}, 2 / 5, 5),
        ("wait_to_start.within", {"within_ms": 12 * M - 1}, 1 / 5, 5),
        ("promise", {"leavers": "not_counted"}, 3 / 4, 4),
        ("promise", {"leavers": "counted"}, 3 / 5, 5),
        ("abandonment", {"zero_waits": "not_counted"}, 1 / 5, 5),
        ("ikm", {"ikm_weight": "0.11"}, 84.33, 3),
        ("complaints_late", {"complaint_days": 8}, 1, 2),
        ("complaints_late", {"complaint_days": 9}, 0, 2),
    ],
)
def test_a_definition_that_changes_a_number_changes_it_and_is_printed(
    query: Query, name: str, option: dict[str, Any], value: float, n: int
) -> None:
    table = ask(query, name, units=["dukcapil"], **TUESDAY, **option)
    (line,), (about,) = table.lines, table.about
    assert line.value.value == pytest.approx(value)
    assert line.value.n == n
    printed = {choice: about.choices[choice] for choice in option if choice in about.choices}
    assert printed == {choice: chosen for choice, chosen in option.items() if choice in about.choices}


def test_the_index_comes_with_band_interval_and_warnings(query: Query) -> None:
    found = one(query, "ikm", units=["dukcapil"], **TUESDAY)
    assert found.band == "B"
    assert found.low is not None
    assert found.high is not None
    assert found.low < 85.19 < found.high
    assert {"few_answers", "straight_lined", "below_minimum"} <= set(found.flags)


def test_a_small_sample_is_flagged(query: Query) -> None:
    assert one(query, "wait_to_start.mean", units=["dukcapil"], **TUESDAY).flags == ("few",)


def test_a_ticket_of_yesterday_does_not_wait_today(query: Query) -> None:
    """A0 was taken on Monday and never called: on Monday it waits, on Tuesday it is a leftover."""
    from tests.storage_tests.week import at

    monday = one(query, "waiting_now", units=["dukcapil"], as_of=at("9 16.00"))
    assert (monday.value, one(query, "waiting_now", units=["dukcapil"]).value) == (1, 1)
    assert one(query, "longest_wait_now", units=["dukcapil"], as_of=at("9 16.00")).value == HOUR
    assert one(query, "longest_wait_now", units=["dukcapil"]).value == 30 * MINUTE


def test_the_past_can_be_asked_for(query: Query) -> None:
    """At 08.35 on Tuesday A1 was gone, A2 waited half an hour, nothing else had come."""
    from tests.storage_tests.week import at

    found = values(
        ask(query, "waiting_now", "longest_wait_now", "in_service_now", units=["dukcapil"], as_of=at("10 08.35"))
    )
    assert [found[name].value for name in ("waiting_now", "longest_wait_now", "in_service_now")] == [1, 30 * MINUTE, 0]


def test_nobody_waiting_is_zero_where_tickets_are_known_and_unknown_where_they_are_not(query: Query) -> None:
    from tests.storage_tests.week import at

    later = values(ask(query, "waiting_now", by=["unit"], as_of=at("12 09.00")))
    assert later["dukcapil", "waiting_now"].value == 0
    assert later["samsat", "waiting_now"] == Value(value=None, reason="no_data")
    assert later["diam", "waiting_now"].value is None
