"""One text of a table, on one server and on a cluster: the same columns, rows of a unit together, nothing half made."""

import re

import pytest

from storage.chdb_engine import ChdbEngine
from storage.layout import BY_UNIT, Cluster, on_every_shard, render, table_of
from storage.migrate import migrations, statements

LAMPUNG = Cluster("lampung", "pantau")


def tables() -> list[str]:
    return [table_of(statement) for migration in migrations() for statement in render(migration.text)]


def made(cluster: Cluster | None) -> dict[str, str]:
    """The statement that makes each table, by the table."""
    found = {}
    for statement in statements(cluster):
        match = re.match(r"CREATE TABLE IF NOT EXISTS ([\w.]+) ", statement)
        assert match, statement
        assert match[1] not in found
        found[match[1]] = statement
    return found


def key_of(statement: str) -> list[str]:
    """The columns of a table's sorting key."""
    match = re.search(r"ORDER BY (?:\(([^)]*)\)|(\w+))", statement)
    assert match, statement
    return (match[1] or match[2]).split(", ")


def test_every_statement_is_what_the_engine_understands(engine: ChdbEngine) -> None:
    for statement in [*statements(), *statements(LAMPUNG)]:
        assert "{engine" not in statement
        assert "{settings" not in statement
        assert engine.query("SELECT formatQuery({x:String})", {"x": statement}).rows[0][0]


def test_the_same_table_has_the_same_columns_and_keys_on_a_cluster() -> None:
    one, many = made(None), made(LAMPUNG)
    assert {f"pantau.{name}" for name in one} | {f"pantau.{name}_local" for name in BY_UNIT} == many.keys()
    for name, statement in one.items():
        spread = many[f"pantau.{name}_local" if name in BY_UNIT else f"pantau.{name}"]
        start, end = statement.index("("), statement.index("ENGINE")
        assert statement[start:end] in spread
        assert key_of(statement) == key_of(spread)
        engine = re.search(r"ENGINE = (\w+)\((.*?)\)", statement)
        assert engine
        assert re.search(
            rf"ENGINE = Replicated{engine[1]}\('[^']+', '[^']+'{', ' if engine[2] else ''}{re.escape(engine[2])}\)",
            spread,
        )


def test_what_deduplicates_on_one_server_does_so_on_a_cluster() -> None:
    for name, statement in made(None).items():
        spread = made(LAMPUNG)[f"pantau.{name}_local" if name in BY_UNIT else f"pantau.{name}"]
        assert ("non_replicated_deduplication_window" in statement) == ("replicated_deduplication_window" in spread)
        assert "non_replicated" not in spread


def test_all_versions_of_a_row_meet_on_one_shard() -> None:
    """Rows replace each other within a shard only, so what says the shard must be part of what says the row."""
    for name in BY_UNIT:
        assert "unit" in key_of(made(None)[name])
        assert "Distributed(lampung, pantau, " + f"{name}_local, cityHash64(unit))" in made(LAMPUNG)[f"pantau.{name}"]


def test_shards_and_replicas_are_told_apart() -> None:
    """A spread table is replicated within its shard, a small one among all servers."""
    for name, statement in made(LAMPUNG).items():
        if name.endswith("_local"):
            assert "('/clickhouse/tables/{shard}/{database}/{table}', '{replica}'" in statement
        elif name.removeprefix("pantau.") not in BY_UNIT:
            assert "('/clickhouse/tables/everywhere/{database}/{table}', '{shard}-{replica}'" in statement


def test_a_table_that_is_spread_is_one_of_ours() -> None:
    assert set(tables()) >= BY_UNIT


def test_an_alteration_reaches_the_tables_behind_and_the_one_in_front() -> None:
    text = "ALTER TABLE visits ADD COLUMN IF NOT EXISTS x UInt8;\nALTER TABLE units ADD COLUMN IF NOT EXISTS y UInt8;\n"
    assert render(text)[0] == "ALTER TABLE visits ADD COLUMN IF NOT EXISTS x UInt8"
    assert render(text, LAMPUNG) == [
        "ALTER TABLE pantau.visits_local ON CLUSTER lampung ADD COLUMN IF NOT EXISTS x UInt8",
        "CREATE OR REPLACE TABLE pantau.visits ON CLUSTER lampung AS pantau.visits_local"
        " ENGINE = Distributed(lampung, pantau, visits_local, cityHash64(unit))",
        "ALTER TABLE pantau.units ON CLUSTER lampung ADD COLUMN IF NOT EXISTS y UInt8",
    ]


def test_a_migration_holds_nothing_but_tables() -> None:
    with pytest.raises(ValueError, match="INSERT INTO visits"):
        render("INSERT INTO visits VALUES (1);\n")


def test_comments_with_semicolons_are_no_statements() -> None:
    text = "-- first; and second;\nCREATE TABLE a (n UInt8)\n{settings};\n-- last;\nCREATE TABLE b (n UInt8);\n"
    assert [table_of(statement) for statement in render(text)] == ["a", "b"]


def test_rows_are_altered_where_they_are(engine: ChdbEngine) -> None:
    class Spread:
        cluster = "lampung"

    alter = "ALTER TABLE events DELETE WHERE seq = 1"
    assert on_every_shard(engine, alter) == alter
    assert on_every_shard(Spread(), alter) == "ALTER TABLE events_local ON CLUSTER lampung DELETE WHERE seq = 1"  # type: ignore[arg-type]
