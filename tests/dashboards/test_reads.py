"""What the boards read: windows; visits only where a panel needs each of them, and then those of its time alone."""

import re

from dashboards.queries import board_queries, board_sql
from pantau.domain.zones import DAY
from tests.dashboards.office import AS_OF, Office

OF_TODAY = {
    "waiting_now", "people_over_promise", "overdue_by_unit", "units_by_need", "units_most_in_need",
    "queue_by_service", "counters_of_day",
}  # fmt: skip
"""Who waits now is in no window: windows hold what has ended."""

OF_RANGE = {
    "wait_course", "counter_activity", "idle_while_waiting", "service_time_by_counter",
}  # fmt: skip
"""Of one unit: the wait of each visit beside its own promise, and slices by counter."""

OPEN = {"files_open", "file_ages"}


def test_no_query_reads_visits_unless_it_is_named_here() -> None:
    reading = {name for name, query in board_queries().items() if re.search(r"\bFROM visits\b", query.sql)}
    assert reading == OF_TODAY | OF_RANGE | OPEN


def test_raw_events_are_read_for_when_and_whence_alone() -> None:
    reading = {name for name, query in board_queries().items() if re.search(r"\bFROM events\b", query.sql)}
    assert reading == {
        "units_by_need", "units_most_in_need", "last_arrival", "events_of_range", "delay_of_range", "rejected_of_range",
        "sources_by_need", "events_course", "delay_course",
    }  # fmt: skip


def _granules(office: Office, sql: str, table: str) -> tuple[int, int]:
    """Granules of a table that the engine selects for a query, and how many there are."""
    rows = office.engine.query(f"EXPLAIN indexes = 1 {sql} SETTINGS use_skip_indexes_if_final_exact_mode = 0").rows
    text = "\n".join(line for (line,) in rows)
    found = re.findall(rf"ReadFromMergeTree \(\w+\.{table}\).*?(?=ReadFrom|\Z)", text, re.DOTALL)
    assert found, text
    granules = re.findall(r"Granules: (\d+)/(\d+)", found[0])
    return int(granules[-1][0]), int(granules[0][1])


def test_one_day_is_found_without_reading_the_others(office: Office) -> None:
    """A subject begins with its day where numbers restart, so a day is a stretch: |9 Nov|9 Nov 10 Nov|10 Nov|."""
    day = f"fromUnixTimestamp64Milli({AS_OF - DAY})"
    selected, all_of_them = _granules(office, f"SELECT count() FROM visits FINAL WHERE created_at > {day}", "visits")
    assert all_of_them >= 6
    assert selected <= 0.6 * all_of_them


def test_every_read_of_visits_says_when(office: Office) -> None:
    """Without a bound on the time every visit there ever was is read."""
    for name in sorted(OF_TODAY | OF_RANGE):
        text = board_sql(name)
        for after in text.split("FROM visits FINAL")[1:]:
            assert re.search(r"created_at > (?:\$__fromTime_ms - INTERVAL 1 DAY|\(SELECT min\(\$__toTime)", after), name
