"""The boards show what ``pantau indicators`` prints: the same office, the same days, two ways to the same numbers.

The indicators come from the product's own function (named queries of ``storage`` and the rules of the core); the boards
from their SQL alone.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil, floor
from typing import Any

import msgspec
import pytest

from dashboards.queries import board_sql
from pantau.domain.indicators import Value
from pantau.domain.requests import Request
from pantau.domain.skm import ELEMENTS, minimum_sample
from storage.indicators import indicators
from storage.queries import sql
from tests.dashboards.office import AS_OF, FIRST, TODAY, Office

MINUTE = 60_000
HOUR = 60 * MINUTE
ALL = (FIRST, TODAY)
DAY = (TODAY, TODAY)
TRAINED = TODAY - timedelta(days=15)
"""When the one training of the office ended."""
MONTH = (TODAY - timedelta(days=29), TODAY)


def told(office: Office, names: tuple[str, ...], days: tuple[date, date] = DAY, **asked: Any) -> dict[Any, Value]:
    """(indicator, *group) -> its value."""
    assert office.registry is not None
    request = msgspec.convert(
        {"as_of": AS_OF, "names": names, "first_day": days[0], "last_day": days[1], **asked}, Request
    )
    table = indicators(lambda name, params: office.engine.query(sql(name), params), office.registry, request)
    return {(line.indicator, *line.key): line.value for line in table.lines}


def one(office: Office, name: str, days: tuple[date, date] = DAY, **asked: Any) -> float | None:
    """The value of an indicator over all units."""
    return told(office, (name,), days, **asked)[(name,)].value


def shown(office: Office, query: str, **how: Any) -> dict[str, Any]:
    return office.one(board_sql(query), **how)


def rows(office: Office, query: str, **how: Any) -> list[dict[str, Any]]:
    return office.ask(board_sql(query), **how).dicts()


def test_the_queue_of_now(office: Office) -> None:
    waiting = one(office, "waiting_now")
    assert waiting
    assert shown(office, "waiting_now")["waiting"] == waiting
    longest = one(office, "longest_wait_now")
    assert longest
    assert shown(office, "waiting_now")["longest_min"] == pytest.approx(longest / MINUTE)
    by_service = told(office, ("waiting_now", "longest_wait_now"), by=("service",))
    for row in rows(office, "queue_by_service"):
        assert row["waiting_people"] == by_service[("waiting_now", row["code"])].value
        assert row["longest_min"] * MINUTE == pytest.approx(by_service[("longest_wait_now", row["code"])].value)


def test_counters(office: Office) -> None:
    assert shown(office, "counters_now")["open"] == one(office, "open_counters_now")
    (unit,) = {unit for unit in office.units if unit.startswith("disdukcapil")}
    kept = told(office, ("occupancy",), by=("counter",), units=(unit,))
    for row in rows(office, "counters_of_day", units=[unit]):
        assert row["share_pct"] / 100 == pytest.approx(kept[("occupancy", row["counter_name"])].value)


def test_a_slot_that_is_not_over_is_judged_by_what_of_it_is(office: Office) -> None:
    """A counter that served for most of twenty minutes is not idle because the hour has forty more to come."""
    begun = AS_OF - AS_OF % HOUR
    served = (
        f"least(ifNull(toUnixTimestamp64Milli(ended_at), {AS_OF}), {AS_OF}) - "
        f"greatest(toUnixTimestamp64Milli(assumeNotNull(started_at)), {begun})"
    )
    busy = office.engine.query(
        f"SELECT unit, counter, sum({served}) AS busy_ms FROM visits FINAL WHERE kind = 'ticket' AND outcome != 'void' "
        f"AND isNotNull(counter) AND isNotNull(started_at) AND {served} > 0 AND "
        f"created_at BETWEEN fromUnixTimestamp64Milli({begun - HOUR}) AND fromUnixTimestamp64Milli({AS_OF}) "
        f"GROUP BY unit, counter HAVING busy_ms >= {(AS_OF - begun) / 2} AND busy_ms < {HOUR / 2}"
    ).rows
    assert busy
    for unit, counter, _ in busy:
        course = rows(office, "counter_activity", units=[unit], interval="1h")
        assert [row["activity"] for row in course if row["counter_name"] == counter][-1] == 1


def test_the_day_so_far(office: Office) -> None:
    assert shown(office, "served_so_far")["served"] == one(office, "served")
    shares = shown(office, "promise_so_far")
    before = (TODAY - timedelta(days=28), TODAY - timedelta(days=1))
    assert shares["kept_pct"] / 100 == pytest.approx(one(office, "promise"))
    assert shares["usual_pct"] / 100 == pytest.approx(one(office, "promise", before))
    course = rows(office, "arrivals_and_served", interval="15m")
    assert sum(row["arrivals"] for row in course) == one(office, "arrivals")
    assert sum(row["served"] for row in course) == one(office, "served")


def test_the_usual_day_is_the_mean_of_the_same_weekday_of_four_weeks(office: Office) -> None:
    """Until the same time of day: windows of five minutes until 11.20 of each Tuesday before."""
    served = 0
    for weeks in range(1, 5):
        day = TODAY - timedelta(weeks=weeks)
        by_window = told(office, ("served",), (day, day), by=("5m",))
        until = (AS_OF - weeks * 7 * 86_400_000) / 1000
        served += sum(
            int(value.value or 0)
            for (_, start), value in by_window.items()
            if _instant(start) <= until and value.value is not None
        )
    assert shown(office, "served_so_far")["usual"] == pytest.approx(served / 4)


def _instant(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def test_every_unit(office: Office) -> None:
    values = told(office, ("waiting_now", "longest_wait_now", "promise", "served"), by=("unit",))
    listed = rows(office, "units_by_need")
    assert {row["code"] for row in listed} == {*office.units}
    for row in listed:
        unit = row["code"]
        assert row["waiting_people"] == values[("waiting_now", unit)].value
        assert row["served"] == values[("served", unit)].value
        assert row["kept_pct"] / 100 == pytest.approx(values[("promise", unit)].value)
        assert row["judged_n"] == values[("promise", unit)].n
        longest = values[("longest_wait_now", unit)].value
        assert row["longest_min"] == (None if longest is None else pytest.approx(longest / MINUTE))
    assert listed[0]["state"] == "overdue", "those in need come first"
    assert rows(office, "units_most_in_need") == listed[:6], "the wall has room for six"


def test_services_and_files(office: Office) -> None:
    how: dict[str, Any] = {"since": "now-30d"}
    kept = shown(office, "promise_of_services", **how)
    assert kept["kept_pct"] / 100 == pytest.approx(one(office, "promise", MONTH))
    by_service = told(office, ("promise", "service_time.p50"), MONTH, by=("service",))
    listed = rows(office, "services_listed", **how)
    assert len(listed) == len({key[1] for key in by_service if by_service[key].value is not None})
    assert office.registry is not None
    codes = {service.name: service.code for service in office.registry.services} | {"-": "-"}
    for row in listed:
        code = codes[row["service_name"]]
        assert row["kept_pct"] / 100 == pytest.approx(by_service[("promise", code)].value)
        assert row["judged_n"] == by_service[("promise", code)].n
        median = by_service[("service_time.p50", code)].value
        assert row["p50_service_min"] == (None if median is None else pytest.approx(median / MINUTE, rel=1e-9))
    worst = [row["kept_pct"] for row in rows(office, "services_by_promise", **how)]
    assert worst == sorted(worst) == [row["kept_pct"] for row in listed if row["kept_pct"] is not None]
    files = shown(office, "files_open", **how)
    assert (files["open_files"], files["late_files"]) == (one(office, "backlog"), one(office, "backlog_overdue"))
    ages = rows(office, "file_ages", **how)
    assert sum(row["open_files"] for row in ages) == files["open_files"]
    assert sum(row["late_files"] for row in ages) == files["late_files"]
    assert shown(office, "right_first_time", **how)["right_pct"] / 100 == pytest.approx(
        one(office, "first_time_right", MONTH)
    )
    lost = shown(office, "lost_people", **how)
    assert lost["no_show_pct"] / 100 == pytest.approx(one(office, "no_show", MONTH))
    assert lost["left_pct"] / 100 == pytest.approx(one(office, "abandonment", MONTH))


def test_waits_over_their_promise_are_those_of_the_visits(office: Office) -> None:
    """Classes exactly; quantiles by the rank of the value itself, off by half a percent of the promise or 1 % of it."""
    how: dict[str, Any] = {"since": "now-30d"}
    waits = office.engine.query(
        "SELECT ifNull(service, '-'), toUnixTimestamp(if(promise = 'wait_to_call', called_at, started_at)) AS at,"
        " 100 * if(promise = 'wait_to_call', wait_to_call_ms, wait_to_start_ms) / promise_ms AS share FROM visits FINAL"
        " WHERE outcome != 'void' AND promise IN ('wait_to_call', 'wait_to_start') AND isNotNull(share)"
        f" AND toDate(toDateTime(at), 'Asia/Jakarta') >= toDate('{MONTH[0]}') ORDER BY share"
    ).rows
    limits = [0, 25, 50, 75, 100, 150, 10**9]
    classes = [sum(low < max(share, 0.01) <= high for _, _, share in waits) for low, high in pairwise(limits)]
    assert [row["waits_n"] for row in rows(office, "waits_by_promise", **how)] == [n for n in classes if n]

    def near(share: float | None) -> Any:
        return None if share is None else pytest.approx(share, rel=0.011, abs=0.51)

    assert office.registry is not None
    codes = {service.name: service.code for service in office.registry.services} | {"–": "-"}
    for row in rows(office, "services_listed", **how):
        mine = [share for service, _, share in waits if service == codes[row["service_name"]]]
        assert row["of_promise_pct"] == near(mine[ceil(0.9 * len(mine) - 1e-9) - 1] if mine else None)
    course = rows(office, "promise_ratio_course", interval="15m")
    for row in course:
        mine = [share for _, at, share in waits if 0 <= at - row["time"].replace(tzinfo=UTC).timestamp() < 900]
        for q, name in ((0.5, "p50_of_promise_pct"), (0.9, "p90_of_promise_pct")):
            assert row[name] == near(mine[ceil(q * len(mine) - 1e-9) - 1])
    assert len(course) > 10


def test_the_days_of_the_control_charts(office: Office) -> None:
    unit = ["kec-18.01.21"]
    how: dict[str, Any] = {"since": "now-90d", "units": unit}
    by_day = told(office, ("wait_to_start.p50", "promise", "no_show"), ALL, by=("day",), units=(unit[0],))
    charts = (
        ("control_wait", "wait_median_min", "wait_to_start.p50", MINUTE),
        ("control_promise", "kept_day_pct", "promise", 0.01),
        ("control_no_show", "no_show_day_pct", "no_show", 0.01),
    )
    for query, column, name, factor in charts:
        found = [row[column] * (factor if factor > 1 else 0.01) for row in rows(office, query, **how)]
        wanted = [
            value.value for (each, _), value in sorted(by_day.items()) if each == name and value.value is not None
        ]
        assert found == pytest.approx(wanted), query


def test_the_limits_of_the_control_charts(office: Office) -> None:
    """Recomputed by hand: mean ± 2.66 times the mean moving range, and three standard errors of that day's number."""
    how: dict[str, Any] = {"since": "now-90d", "units": ["kec-18.01.21"]}
    chart = rows(office, "control_wait", **how)
    values = [row["wait_median_min"] for row in chart]
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    centre, mean_range = sum(values) / len(values), sum(ranges) / len(ranges)
    for row in chart:
        assert row["centre"] == pytest.approx(centre)
        assert row["high"] == pytest.approx(centre + 2.66 * mean_range)
        assert row["low"] == pytest.approx(max(0, centre - 2.66 * mean_range))
    assert [row["range_min"] for row in chart] == [None, *(pytest.approx(each) for each in ranges)]
    assert {round(row["range_upper"], 9) for row in chart} == {round(3.267 * mean_range, 9)}
    by_day = told(office, ("promise",), ALL, by=("day",), units=("kec-18.01.21",))
    judged = [value for _, value in sorted(by_day.items()) if value.value is not None]
    whole = sum(round((value.value or 0) * value.n) for value in judged) / sum(value.n for value in judged)
    for row, value in zip(rows(office, "control_promise", **how), judged, strict=True):
        margin = 3 * (whole * (1 - whole) / value.n) ** 0.5
        assert row["centre"] / 100 == pytest.approx(whole)
        assert row["low"] / 100 == pytest.approx(max(0, whole - margin))
        assert row["high"] / 100 == pytest.approx(min(1, whole + margin))


def test_the_days_that_stand_out(office: Office) -> None:
    """A point beyond a limit, or the eighth in a row on one side: found by hand from the charts themselves."""
    how: dict[str, Any] = {"since": "now-90d", "units": ["kec-18.01.21"]}
    wanted = set()
    for name, query, column in (
        ("wait", "control_wait", "wait_median_min"),
        ("promise", "control_promise", "kept_day_pct"),
        ("no_show", "control_no_show", "no_show_day_pct"),
    ):
        chart = rows(office, query, **how)
        for place, row in enumerate(chart):
            sides = [
                (each[column] > each["centre"]) - (each[column] < each["centre"]) for each in chart[: place + 1][-8:]
            ]
            outside = not row["low"] <= row[column] <= row["high"]
            if outside or abs(sum(sides)) == 8:
                wanted.add((row["time"].date() + timedelta(days=1), name, "outside" if outside else "run"))
    found = rows(office, "control_signals", **how)
    assert wanted
    assert {(row["signal_day"], row["chart"], row["signal"]) for row in found} == wanted


def test_the_satisfaction_index(office: Office) -> None:
    value = told(office, ("ikm",), ALL)[("ikm",)]
    assert value.value is not None
    assert value.low is not None
    assert value.high is not None
    interval = f"{floor(value.low)}–{ceil(value.high)}"
    for query, since in (("ikm_90_days", "now/d"), ("ikm_of_range", "now-90d")):
        row = shown(office, query, since=since)
        assert (row["ikm"], row["interval"], row["answers"]) == (value.value, interval, value.n)
    assert shown(office, "ikm_of_range", since="now-90d")["grade"] == value.band
    by_unit = told(office, ("ikm", "served"), ALL, by=("unit",))
    for row in rows(office, "units_by_ikm", since="now-90d"):
        unit = by_unit[("ikm", row["code"])]
        assert unit.low is not None
        assert unit.high is not None
        assert (row["ikm"], row["grade"], row["answers"]) == (unit.value, unit.band, unit.n)
        assert row["interval"] == f"{floor(unit.low)}–{ceil(unit.high)}"
        assert row["needed_n"] == minimum_sample(int(by_unit[("served", row["code"])].value or 0))


def test_the_elements_the_ratings_and_the_response(office: Office) -> None:
    how: dict[str, Any] = {"since": "now-90d"}
    marks = told(office, ("nrr",), ALL)
    elements = {row["element"]: row for row in rows(office, "elements_of_range", **how)}
    assert set(elements) == {element.code for element in ELEMENTS}
    for element in ELEMENTS:
        value = marks[(f"nrr.{element.key}",)]
        row = elements[element.code]
        assert (row["mark"], row["answers_n"]) == (pytest.approx(value.value), value.n)
        assert row["mark_low"] < row["mark"] < row["mark_high"]
    lowest = min(elements.values(), key=lambda row: row["mark"])["element"]
    assert {row["lowest"] for row in rows(office, "units_by_ikm", **how)} & {lowest}
    assert shown(office, "rating_of_range", **how)["rating"] == pytest.approx(one(office, "rating", ALL))
    assert shown(office, "response_of_range", **how)["response_pct"] / 100 == pytest.approx(
        one(office, "response_rate", ALL)
    )


def test_complaints(office: Office) -> None:
    assert shown(office, "complaints_now") == {
        "open_complaints": one(office, "complaints_open"),
        "late_complaints": one(office, "complaints_late"),
    }
    by_unit = told(office, ("complaints_open", "complaint_age.max"), by=("unit",))
    for row in rows(office, "complaints_by_unit", since="now-90d"):
        assert row["open_complaints"] == by_unit[("complaints_open", row["code"])].value
        oldest = by_unit[("complaint_age.max", row["code"])].value
        assert row["oldest_days"] == (None if oldest is None else pytest.approx(oldest / 86_400_000, abs=1e-4))
    listed = rows(office, "oldest_complaints")
    assert sum(row["complaint_state"] == "late" for row in listed) == one(office, "complaints_late")


def test_trained_units_and_those_not_yet_trained(office: Office) -> None:
    how: dict[str, Any] = {"since": "now-90d"}
    both = (TRAINED, TODAY)  # before it no unit was trained, and nothing stands beside the others
    split = told(office, ("promise", "ikm"), both, by=("trained",))
    shares = shown(office, "promise_trained_and_not", **how)
    assert shares["trained_pct"] / 100 == pytest.approx(split[("promise", "yes")].value)
    assert shares["untrained_pct"] / 100 == pytest.approx(split[("promise", "no")].value)
    assert shown(office, "ikm_trained_and_not", **how) == {
        "trained_ikm": split[("ikm", "yes")].value,
        "untrained_ikm": split[("ikm", "no")].value,
    }
    weeks = told(office, ("promise", "wait_to_start.p50"), both, by=("trained", "week"))
    for query, name, factor, ending in (
        ("promise_by_training", "promise", 0.01, "pct"),
        ("wait_by_training", "wait_to_start.p50", MINUTE, "min"),
    ):
        course = rows(office, query, **how)
        for side, column in (("yes", f"trained_{ending}"), ("no", f"untrained_{ending}")):
            wanted = [value.value for key, value in sorted(weeks.items()) if key[:2] == (name, side)]
            found = [None if row[column] is None else row[column] * factor for row in course]
            assert found == [None if value is None else pytest.approx(value) for value in wanted], column


@pytest.mark.parametrize(
    "query", ["promise_trained_and_not", "ikm_trained_and_not", "promise_by_training", "wait_by_training"]
)
def test_what_a_unit_was_before_its_training_stands_beside_nothing(office: Office, query: str) -> None:
    """Among trained units alone the side of those not trained would be the same units, before."""
    ((trained,),) = office.engine.query("SELECT unit FROM interventions FINAL WHERE kind = 'training'").rows
    alone = office.ask(board_sql(query), since="now-90d", units=[trained]).dicts()
    assert [value for row in alone for name, value in row.items() if name != "time" and value is not None] == []
    assert office.ask(board_sql(query), since="now-90d").dicts(), "beside the others it is shown"


def test_a_training_stands_beside_its_comparison(office: Office) -> None:
    """The same four numbers that ``pantau indicators promise --by intervention`` prints."""
    values = told(office, ("promise",), ALL, by=("intervention",))
    (row,) = rows(office, "trainings_compared", since="now-90d")
    for column, side, phase in (
        ("here_before_pct", "here", "before"),
        ("here_after_pct", "here", "after"),
        ("others_before_pct", "comparison", "before"),
        ("others_after_pct", "comparison", "after"),
    ):
        (value,) = [value for key, value in values.items() if key[2:] == (side, phase)]
        assert row[column] / 100 == pytest.approx(value.value), column


def test_a_training_is_marked_from_its_first_local_midnight_to_its_last(office: Office) -> None:
    (mark,) = rows(office, "intervention_marks", since="now-90d")
    day = TODAY - timedelta(days=15)
    assert (mark["time"].isoformat(), mark["timeEnd"].isoformat()) == (
        f"{day - timedelta(1)}T17:00:00",
        f"{day}T17:00:00",
    )


def test_people_over_the_promise(office: Office) -> None:
    """Those whom the overview counts are those whom the follow-up lists."""
    overdue = shown(office, "waiting_now")["overdue"]
    assert overdue > 0
    people = shown(office, "people_over_promise")
    assert people["overdue_people"] == overdue
    listed = rows(office, "overdue_by_unit")
    assert sum(row["overdue_people"] for row in listed) == overdue
    assert people["units_overdue"] == len({row["code"] for row in listed})
    assert all(0 < row["over_by_min"] < row["longest_min"] for row in listed)


def test_what_arrived_and_what_was_refused(office: Office) -> None:
    how: dict[str, Any] = {"since": "now-24h", "interval": "15m"}
    total = shown(office, "events_of_range", **how)
    course = rows(office, "events_course", **how)
    assert sum(row["events_n"] for row in course) == total["events_n"] > 0
    assert sum(row["events_before_n"] for row in course) == total["events_before_n"] > 0
    assert shown(office, "delay_of_range", **how) == {"p50_s": 2.0, "p95_s": 2.0}, "as the office fixed it"
    reasons = {row["reject_code"]: row["rejected_n"] for row in rows(office, "rejects_by_reason", **how)}
    assert reasons == {"unknown_unit": 2, "personal": 1}
    assert shown(office, "rejected_of_range", **how) == {"rejected_n": 3, "retryable_n": 2}
    by_source = {row["source_name"]: row for row in rows(office, "sources_by_need", **how)}
    assert by_source["antrian"]["source_state"] == "refused"
    assert sum(row["events_day_n"] for row in by_source.values()) == total["events_n"]
