"""The rules that watch the platform: as Grafana's file provisioning wants them, quiet on a usual day, loud when due."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # only what is parsed matters

from dashboards.build import built
from dashboards.expand import expand
from storage.chdb_engine import ChdbEngine
from storage.engine import Engine
from storage.rejects import Rejects
from storage.store import Store
from tests.architecture.tree import ROOT
from tests.dashboards.lint import SHAPES
from tests.dashboards.office import AS_OF, TODAY, Office, at
from tests.storage_tests.test_rejects import refused

FILE = ROOT / "dashboards" / "provisioning" / "alerting" / "watchdogs.yaml"
GROUPS: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["groups"]
RULES: dict[str, dict[str, Any]] = {rule["uid"]: rule for group in GROUPS for rule in group["rules"]}

OF_A_RULE = {
    *("uid", "title", "condition", "for", "noDataState", "execErrState", "labels", "annotations"),
    *("dashboardUid", "panelId", "data"),
}
"""The keys of Grafana's alerting provisioning that are used."""


def value(engine: Engine, uid: str, now: int) -> float:
    """What a rule's query answers at an instant, over the range that the rule asks for."""
    question = RULES[uid]["data"][0]
    times = question["relativeTimeRange"]
    sql = expand(
        question["model"]["rawSql"],
        time_from_ms=now - times["from"] * 1000,
        time_to_ms=now - times["to"] * 1000,
        interval_s=60,
        variables={},
    )
    ((found,),) = engine.query(sql).rows
    return float(found)


def test_there_are_three_to_five_rules_in_one_folder_for_the_operator() -> None:
    (group,) = GROUPS
    assert set(group) == {"orgId", "name", "folder", "interval", "rules"}
    assert 3 <= len(RULES) == len(group["rules"]) <= 5
    assert {rule["labels"]["team"] for rule in RULES.values()} == {"operator"}


@pytest.mark.parametrize("uid", RULES)
def test_a_rule_is_a_query_and_a_threshold_above_zero(uid: str) -> None:
    rule = RULES[uid]
    assert set(rule) == OF_A_RULE
    assert re.fullmatch(r"\d+[mh]", rule["for"])
    assert rule["noDataState"] in ("OK", "Alerting")
    question, threshold = rule["data"]
    assert (question["refId"], threshold["refId"], rule["condition"]) == ("A", "B", "B")
    assert question["datasourceUid"] == "pantau-clickhouse"
    assert question["model"]["format"] == 1
    assert threshold["datasourceUid"] == "__expr__"
    assert threshold["model"]["expression"] == "A"
    assert threshold["model"]["conditions"][0]["evaluator"] == {"type": "gt", "params": [0]}
    assert set(rule["annotations"]) == {"summary", "description"}


@pytest.mark.parametrize("uid", RULES)
def test_a_rule_leads_to_a_panel_that_is_there(uid: str) -> None:
    board = json.loads(built()["id/platform.json"])
    assert RULES[uid]["dashboardUid"] == board["uid"]
    assert RULES[uid]["panelId"] in {panel["id"] for panel in board["panels"]}


@pytest.mark.parametrize("uid", RULES)
def test_a_rule_asks_nothing_that_an_alert_of_the_stream_asks(uid: str) -> None:
    """No wait, promise, satisfaction or unit: only events, sources, refusals and writes."""
    sql = RULES[uid]["data"][0]["model"]["rawSql"]
    assert not re.search(r"\b(visits|windows|surveys|complaints|counter_days|unit|promise)\b", sql)
    assert not any(shape in sql for shape in SHAPES)


@pytest.mark.parametrize("uid", RULES)
def test_on_a_usual_day_every_rule_is_quiet(office: Office, uid: str) -> None:
    assert value(office.engine, uid, AS_OF) == 0
    night = at(TODAY - timedelta(days=1), 22)
    assert value(office.engine, uid, night) == 0, "silence at night is usual"
    sunday = at(date(2026, 11, 8), 10)
    assert value(office.engine, uid, sunday) == 0, "and on a Sunday"


@pytest.mark.parametrize("uid", RULES)
def test_before_anything_has_happened_every_rule_is_quiet(nobody: Office, uid: str) -> None:
    assert value(nobody.engine, uid, AS_OF) == 0


def test_no_event_at_all_and_silent_sources_are_noticed(office: Office) -> None:
    """The office's data end at 11.20; half an hour later silence is not usual on a Tuesday."""
    later = AS_OF + 31 * 60_000
    assert value(office.engine, "pantau-no-events", later) == 1
    assert value(office.engine, "pantau-source-silent", later) >= 2


def _events(engine: Engine, n: int, *, late_s: int) -> None:
    engine.execute(
        "INSERT INTO events (unit, source, subject, id, content, kind, time, arrival, seq, data) "
        "SELECT 'u', 's', 'x', toString(number), number, 'ticket.created', "
        f"fromUnixTimestamp64Milli(toInt64({AS_OF} - 60000 - {late_s} * 1000)), "
        f"fromUnixTimestamp64Milli(toInt64({AS_OF} - 60000)), number, '' FROM numbers({n})"
    )


def test_late_data_are_noticed(engine: ChdbEngine) -> None:
    _events(engine, 100, late_s=600)
    assert value(engine, "pantau-late-data", AS_OF) == 0, "ten minutes are borne"
    _events(engine, 30, late_s=1_000)
    assert value(engine, "pantau-late-data", AS_OF) == 1


def test_a_flush_that_does_not_end_is_noticed_until_a_successor_makes_it_whole(engine: ChdbEngine) -> None:
    begun = AS_OF - 6 * 60_000
    engine.execute(
        "INSERT INTO flushes (name, epoch, seq, pages, at) "
        f"VALUES ('e/8:1', 1, 40, [], fromUnixTimestamp64Milli({begun}))"
    )
    engine.execute(
        "INSERT INTO partitions (name, epoch, seq, registry, owner, at) "
        f"VALUES ('e/8:1', 1, 39, '', 'w', fromUnixTimestamp64Milli({begun}))"
    )
    assert value(engine, "pantau-writes-stuck", AS_OF) == 1
    assert value(engine, "pantau-writes-stuck", AS_OF - 2 * 60_000) == 0, "four minutes are borne"
    engine.execute(
        "INSERT INTO partitions (name, epoch, seq, registry, owner, at) "
        f"VALUES ('e/8:1', 1, 40, '', 'successor', fromUnixTimestamp64Milli({AS_OF}))"
    )
    assert value(engine, "pantau-writes-stuck", AS_OF) == 0


def test_many_refused_events_are_noticed(engine: ChdbEngine) -> None:
    _events(engine, 500, late_s=1)
    rejects = Rejects(Store(engine))
    rejects.keep([refused(f"a{number}", arrival=AS_OF - 60_000) for number in range(19)])
    assert value(engine, "pantau-many-refused", AS_OF) == 0, "a few are for the board"
    rejects.keep([refused("more", arrival=AS_OF - 60_000)])
    assert value(engine, "pantau-many-refused", AS_OF) == 1
