"""The boards tell of alerts and effects what the product's own rules say of the same rows, and no more."""

import random
from datetime import timedelta
from statistics import median
from typing import Any

import pytest

from dashboards.queries import board_sql
from pantau.cli.alert_table import alert_rows
from pantau.domain.alerts.detection import Turn
from pantau.domain.alerts.incidents import Incident, incidents
from pantau.domain.alerts.policy import Indicator
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.zones import DAY, HOUR
from storage.alert_reading import Sent, read_answers, read_transitions
from storage.alerts import AlertTables
from storage.chdb_engine import ChdbEngine
from storage.effects import stored
from storage.engine import Answer
from storage.queries import sql
from tests.dashboards.fallen import FALLING, OFFICE, QUIET, step
from tests.dashboards.office import AS_OF, TODAY, Office

MONTH = {"since": "now-30d", "interval": "12h"}


def shown(office: Office, query: str, **how: Any) -> list[dict[str, Any]]:
    return office.ask(board_sql(query), **{**MONTH, **how}).dicts()


class Desk:
    """What ``pantau alerts list`` asks."""

    def __init__(self, office: Office) -> None:
        self.registry = office.registry
        self._office = office

    def now(self) -> int:
        return AS_OF

    def query(self, name: str, params: Any) -> Answer:
        return self._office.engine.query(sql(name), params)


@pytest.fixture(scope="module")
def begun(office: Office) -> list[Incident]:
    """The incidents that the core makes of what is recorded."""
    return incidents(row.transition for row, _ in read_transitions(Desk(office).query, since=0))


def test_open_alerts_are_those_that_the_verb_lists(office: Office) -> None:
    listed = {(row.unit, row.indicator): row.state for row in alert_rows(Desk(office), every=False) if row.alert}  # type: ignore[arg-type]
    rows = shown(office, "open_alerts")
    assert {(row["code"], row["indicator"]): row["alert_state"] for row in rows} == listed
    assert listed == {
        (FALLING, "late"): "falling",
        (FALLING, "time"): "falling",
        (OFFICE, "late"): "acknowledged",
        (QUIET, "late"): "silenced",
    }
    assert [row["alert_state"] for row in rows] == ["falling", "falling", "acknowledged", "silenced"], "by need"
    assert shown(office, "alerts_now") == [{"open_alerts": 4, "unanswered": 2, "watched_units": 3}]


def test_an_alert_is_told_with_the_numbers_it_was_told_with(office: Office) -> None:
    rows = {(row["code"], row["indicator"]): row for row in shown(office, "open_alerts")}
    late, time = rows[FALLING, "late"], rows[FALLING, "time"]
    assert (late["from_value"], late["to_value"]) == (91, 79)
    assert (time["from_value"], time["to_value"]) == (9, 14)
    assert late["since_on"] == TODAY - timedelta(1)
    assert (late["held_by"], time["held_by"]) == ("sekcam", "sekcam"), "both are one incident"
    office_row = rows[OFFICE, "late"]
    assert office_row["held_by"] == "camat", "a message that was dropped told nobody"
    assert office_row["due_on"] == TODAY - timedelta(1)


def test_a_unit_s_alerts_of_ninety_days_with_how_they_ended(office: Office) -> None:
    rows = shown(office, "alerts_of_units", units=[FALLING])
    assert [row["alert_state"] for row in rows] == ["falling", "falling", "recovered", "recovered"]
    assert [row["ended_on"] for row in rows] == [None, None, TODAY - timedelta(15), TODAY - timedelta(16)]
    assert [row["alert_state"] for row in shown(office, "alerts_of_units", units=[OFFICE])] == [
        "acknowledged",
        "settled",
    ]


def test_times_and_follow_ups_are_those_of_incidents(office: Office, begun: list[Incident]) -> None:
    month = [each for each in begun if each.opened >= AS_OF - 30 * DAY]
    answers = read_answers(Desk(office).query)
    until = []
    for each in month:
        alerts = {alert.alert for alert in each.alerts}
        until += sorted(answer.at - each.opened for answer in answers if answer.alert in alerts)[:1]
    (times,) = shown(office, "alert_times")
    assert times["incidents_n"] == len(month) == 4
    assert times["answer_hours"] == pytest.approx(median(until) / HOUR)
    assert times["ended_days"] == pytest.approx(
        median(each.closed - each.opened for each in month if each.closed is not None) / DAY
    )
    assert shown(office, "follow_ups") == [{"follow_ups_open": 1, "follow_ups_late": 1, "follow_ups_done": 1}]


def test_falls_that_were_open_together_are_one_incident(engine: ChdbEngine) -> None:
    """Of many histories made by chance, with falls and ends in the same half hour."""
    chance = random.Random(5)
    tables = AlertTables(engine)
    units = [f"u{number}" for number in range(40)]
    rows: list[Recorded] = []
    for unit in units:
        for indicator in ("late", "time", "satisfaction"):
            at = AS_OF - 25 * DAY
            for number in range(chance.randrange(5)):
                at += chance.randrange(1, 6) * HOUR
                rows.append(step(unit, _indicator(indicator), number, "falling", at))
                at += chance.randrange(1, 6) * HOUR
                if number < 4 and chance.random() < 0.9:
                    ending: Turn = chance.choice(("recovered", "settled", "withdrawn"))
                    rows.append(step(unit, _indicator(indicator), number, ending, at))
                else:
                    break
    tables.record((row, ()) for row in rows)
    tables.post(Sent(f"{unit}:m", "r", "fall", "camat", unit, "x", AS_OF - DAY, "", "", state="sent") for unit in units)
    wanted = incidents(row.transition for row in rows)
    assert len(wanted) < len({row.transition.alert for row in rows}), "or none were open together"
    told = Office(engine, None).ask(board_sql("messages_by_unit"), since="now-30d", units=units).dicts()
    assert {row["code"]: row["incidents_n"] for row in told} == {
        unit: sum(each.unit == unit for each in wanted) for unit in units
    }
    (times,) = Office(engine, None).ask(board_sql("alert_times"), since="now-30d", units=units).dicts()
    assert times["ended_days"] == pytest.approx(
        median(each.closed - each.opened for each in wanted if each.closed is not None) / DAY
    )


def _indicator(name: str) -> Indicator:
    return "late" if name == "late" else "time" if name == "time" else "satisfaction"


def test_the_course_shows_the_gravest_state_of_each_half_day(office: Office) -> None:
    assert office.registry is not None
    names = {unit.code: unit.name for unit in office.registry.units}
    course: dict[str, list[int]] = {name: [] for name in names.values()}
    for row in shown(office, "alert_course"):
        course[row["name"]].append(row["alert_course"])
    assert {len(states) for states in course.values()} == {60}
    falling, taken_on, silenced, no_data, watched, recovered, normal = range(1, 8)
    assert _spells(course[names[FALLING]]) == [normal, watched, falling, taken_on, recovered, normal, falling]
    assert _spells(course[names[OFFICE]]) == [falling, normal, falling, taken_on], "settled is not recovered"
    assert _spells(course[names[QUIET]]) == [normal, no_data, normal, falling, silenced]


def _spells(codes: list[int]) -> list[int]:
    return [code for place, code in enumerate(codes) if place == 0 or codes[place - 1] != code]


def test_messages_are_counted_by_role_and_by_unit(office: Office) -> None:
    delivered = {row["told_role"]: row for row in shown(office, "messages_by_role")}
    assert [*delivered] == ["sekcam", "operator", "camat"], "those that fail first"
    assert {name: delivered["camat"][name] for name in ("sent_n", "failed_n", "repeated_n")} == {
        "sent_n": 4,
        "failed_n": 0,
        "repeated_n": 1,
    }
    assert delivered["sekcam"]["failed_n"] == 1
    assert (delivered["operator"]["queued_n"], delivered["operator"]["nobody_n"]) == (1, 1)
    noise = [(row["code"], row["incidents_n"], row["messages_n"]) for row in shown(office, "messages_by_unit")]
    assert noise == [(FALLING, 2, 4), (OFFICE, 1, 1)]
    assert shown(office, "messages_by_unit")[0]["per_week"] == pytest.approx(4 * 7 / 30)


def test_marks_say_what_fell_and_what_recovered(office: Office) -> None:
    marks = shown(office, "alert_marks", units=[FALLING])
    assert [(row["title"][0], row["tags"]) for row in marks] == [
        ("▼", "late"), ("▼", "satisfaction"), ("●", "late"), ("●", "satisfaction"), ("▼", "late"), ("▼", "time"),
    ]  # fmt: skip


def test_effects_are_those_that_were_stored_and_none_stands_alone(office: Office) -> None:
    kept = {
        (each.assessment.kind, each.assessment.title, each.assessment.outcome): each.assessment
        for each in stored(Desk(office).query)
    }
    rows = shown(office, "effects_of_programmes")
    told = {(row["effect_kind"], row["title"], row["outcome"]): row for row in rows}
    told |= {("training", row["title"], row["outcome"]): row for row in shown(office, "effects_of_trainings")}
    assert told.keys() == kept.keys()
    for key, row in told.items():
        effect = kept[key].effect
        assert (row["verdict"], row["reason"]) == (effect.verdict, effect.reason)
        numbers = [row[name] for name in ("effect_size", "effect_low", "effect_high", "naive_change", "common_change")]
        assert numbers == [effect.effect, effect.low, effect.high, effect.naive, effect.common]
        assert row["compared_n"] == len(effect.comparison)
        if row["naive_change"] is not None:
            assert None not in numbers
            assert row["compared_n"] > 0
            assert row["naive_change"] == pytest.approx(row["effect_size"] + row["common_change"])
    assert [row["effect_kind"] for row in rows][:2] == ["all", "all"], "all together first"


def test_effects_of_trainings_elsewhere_are_not_told(office: Office) -> None:
    assert {row["title"] for row in shown(office, "effects_of_trainings", units=[QUIET])} == {"Magang MPP"}
    assert shown(office, "effects_of_programmes", units=[OFFICE]) == []
