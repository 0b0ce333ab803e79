"""Roles allow what is needed and no more, by their text; what the engine makes of it: test_roles_enforced.py."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # only what is parsed matters

from dashboards.expand import expand
from dashboards.queries import board_queries
from storage.chdb_engine import ChdbEngine
from storage.engine import EngineError
from storage.layout import BY_UNIT
from storage.queries import catalogue
from storage.roles import DASHBOARD, EMBEDDED_ONLY, roles, tables

_IDENTIFIERS = {"table": "visits", "facts": "pantau_recomputed", "target": "pantau_recomputed.windows"}
ON_DASHBOARDS = ("overview.sql", "now.sql", "indicators.sql", "effects.sql")
"""The files whose queries dashboards draw."""


def named_in(file: str) -> list[str]:
    return re.findall(r"^-- name: (\w+)", (files("storage") / "queries" / file).read_text(encoding="utf-8"), re.M)


def parsed(engine: ChdbEngine, name: str) -> str:
    """A named query as the engine's own parser understands it."""
    text = re.sub(r"\{(\w+):Identifier\}", lambda found: _IDENTIFIERS[found[1]], catalogue()[name].sql)
    text = re.sub(r"\{\w+:[^}]+\}", "NULL", text).replace("{select}", "SELECT 1")
    return "\n".join(row[0] for row in engine.query(f"EXPLAIN AST {text}").rows)


def read_by(engine: ChdbEngine, name: str) -> set[str]:
    return set(re.findall(r"TableIdentifier (?:\w+\.)?(\w+)", parsed(engine, name))) & set(tables())


def granted(role: str, rights: str, *, cluster: str | None = None) -> dict[str, str]:
    """What of a kind a role may do, by table."""
    found = {}
    for statement in roles("pantau", cluster):
        match = re.fullmatch(r"GRANT(?: ON CLUSTER \w+)? (.+) ON (\S+) TO (\w+)", statement)
        if match and match[3] == role and match[1].startswith(rights):
            found[match[2].removeprefix("pantau.")] = match[1]
    return found


@pytest.mark.parametrize("cluster", [None, "lampung"])
def test_every_statement_is_what_the_engine_understands(engine: ChdbEngine, cluster: str | None) -> None:
    for statement in roles("pantau", cluster):
        assert engine.query("SELECT formatQuery({x:String})", {"x": statement}).rows[0][0]
        assert ("ON CLUSTER lampung" in statement) == bool(cluster)


def board_texts() -> list[str]:
    """Every query of a board and of a watchdog, as it is sent to the engine."""
    raw = [query.sql for query in board_queries().values()]
    rules = yaml.safe_load((files("dashboards") / "provisioning" / "alerting" / "watchdogs.yaml").read_text("utf-8"))
    raw += [rule["data"][0]["model"]["rawSql"] for group in rules["groups"] for rule in group["rules"]]
    names = {name: ["x"] for name in ("unit", "kecamatan", "service", "trained")}
    return [expand(text, time_from_ms=0, time_to_ms=1, interval_s=60, variables=names) for text in raw]


def drawn(engine: ChdbEngine) -> list[str]:
    """What the engine's own parser understands of them."""
    return ["\n".join(row[0] for row in engine.query(f"EXPLAIN AST {text}").rows) for text in board_texts()]


def test_dashboards_read_exactly_the_tables_that_their_queries_name(engine: ChdbEngine) -> None:
    needed = {table for file in ON_DASHBOARDS for name in named_in(file) for table in read_by(engine, name)}
    boards = {name for text in drawn(engine) for name in re.findall(r"TableIdentifier (\w+)", text)} & set(tables())
    assert {"visits", "windows", "units", "services", "events", "rejected_events", "partitions"} <= boards
    assert {"alert_transitions", "alert_answers", "alert_outbox", "effects"} <= boards
    assert set(granted("pantau_dashboard", "SELECT")) == needed | boards
    assert len(needed) > 8, "or nothing was compared"


def test_of_raw_tables_dashboards_read_the_columns_that_their_queries_name_and_nothing_personal(
    engine: ChdbEngine,
) -> None:
    trees = drawn(engine)
    of_visits = {row[0] for row in engine.query("DESCRIBE visits").rows}
    for table in ("events", "rejected_events", "flushes", "partitions"):
        columns = {row[0] for row in engine.query(f"DESCRIBE {table}").rows}
        asked = [
            parsed(engine, name) for file in ON_DASHBOARDS for name in named_in(file) if table in read_by(engine, name)
        ]
        named = set()
        for tree in (*asked, *(each for each in trees if re.search(rf"TableIdentifier {table}\b", each))):
            found = set(re.findall(r"Identifier (?:\w+\.)?(\w+)", tree)) & columns
            # where visits are read as well, whose a name is the next test knows
            named |= found - of_visits if re.search(r"TableIdentifier (\w+\.)?visits\b", tree) else found
        assert named, table
        assert named <= set(DASHBOARD[table]) <= columns
        assert not {"data", "original", "reasons"} & set(DASHBOARD[table])


def test_no_board_names_a_column_that_its_role_may_not_read(engine: ChdbEngine, engine_directory: Path) -> None:
    """Each query is planned over tables that have the granted columns and no other."""
    ((whole,),) = engine.query("SELECT currentDatabase()").rows
    scratch = ChdbEngine(engine_directory, database="granted")
    try:
        for table, columns in DASHBOARD.items():
            chosen = ", ".join(columns) or "*"
            scratch.execute(
                f"CREATE TABLE {table} ENGINE = ReplacingMergeTree ORDER BY tuple() AS "
                f"SELECT {chosen} FROM {whole}.{table} WHERE 0"
            )
        for text in board_texts():
            scratch.query(f"EXPLAIN {text}")
        with pytest.raises(EngineError, match="note"):
            scratch.query("EXPLAIN SELECT note FROM alert_answers")
    finally:
        scratch.close()
        engine.execute("DROP DATABASE granted")


def test_workers_write_every_table_but_what_others_own(engine: ChdbEngine) -> None:
    made = {row[0] for row in engine.query("SHOW TABLES").rows}
    assert set(tables()) | {"schema_migrations"} == made
    assert set(granted("pantau_writer", "INSERT")) == set(tables()) - EMBEDDED_ONLY
    assert "schema_migrations" not in granted("pantau_writer", "INSERT")


def test_only_workers_and_the_migrator_change_anything() -> None:
    for role in ("pantau_reader", "pantau_dashboard"):
        assert all(right.startswith("SELECT") for right in granted(role, "").values())
    profiles = [statement for statement in roles("pantau") if "SETTINGS PROFILE" in statement]
    assert len(profiles) == 2
    assert all("readonly = 2" in profile and " MAX " in profile for profile in profiles)


def test_no_role_reaches_outside_the_database_on_one_server() -> None:
    for statement in roles("pantau"):
        where = re.search(r" ON (\S+) TO ", statement)
        assert where is None or re.fullmatch(r"pantau(_recomputed\*)?\.[\w*]+", where[1]), statement


@pytest.mark.parametrize("cluster", [None, "lampung"])
def test_what_an_earlier_version_let_dashboards_read_is_taken_back_first(cluster: str | None) -> None:
    of_dashboards = [text for text in roles("pantau", cluster) if re.search(r"(TO|FROM) pantau_dashboard$", text)]
    first, *others = [text for text in of_dashboards if not text.startswith("CREATE")]
    assert re.fullmatch(r"REVOKE(?: ON CLUSTER \w+)? SELECT ON pantau\.\* FROM pantau_dashboard", first)
    assert others
    assert all(text.startswith("GRANT") for text in others)


def test_on_a_cluster_a_role_reaches_the_tables_behind_too() -> None:
    may = granted("pantau_dashboard", "SELECT", cluster="lampung")
    for table in set(DASHBOARD) & BY_UNIT:
        assert may[table] == may[f"{table}_local"]


def test_whoever_writes_answers_writes_nothing_else_and_reads_nothing() -> None:
    assert granted("pantau_answerer", "") == dict.fromkeys(("alert_answers", "alert_inbox", "alert_receipts"), "INSERT")
