"""What one text of a table becomes: a table of one server, or of a cluster whose shards each hold some units.

On a cluster a table of facts, windows or events is kept as ``NAME_local`` on every shard and asked through ``NAME``,
which spreads rows by their unit: all versions of a row then meet on one shard and replace each other there. What is
small and asked as a whole (registries, progress, refused events) is kept whole on every server.
"""

import re
from collections.abc import Iterable

import msgspec

from storage.engine import Engine

BY_UNIT = frozenset(
    {
        *("events", "visits", "complaints", "counter_days", "ratings", "surveys", "snapshots", "aggregates"),
        *("interventions", "windows", "trimmed_facts"),
        *("alert_weeks", "alert_transitions", "data_gaps", "band_notices"),
    }
)
"""Tables whose rows are spread over the shards of a cluster."""

_WEEK_SECONDS = 7 * 24 * 3600
_ENGINE = re.compile(r"\{engine:(\w+)\((.*?)\)\}")
_STATEMENT = re.compile(r"(CREATE TABLE|ALTER TABLE) (?:IF NOT EXISTS )?(\w+)(.*)", re.S)


class Cluster(msgspec.Struct, frozen=True):
    """A cluster by the name its servers know it by, and the database that holds the tables on each of them."""

    name: str
    database: str


def render(text: str, cluster: Cluster | None = None) -> list[str]:
    """A migration's statements, for one server or for a cluster. Each may be run again without harm.

    Raises ``ValueError`` for a statement that makes or alters no table, which a migration must not hold.
    """
    without_comments = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    statements = [found.strip().rstrip(";") for found in without_comments.split(";\n") if found.strip().rstrip(";")]
    return [rendered for statement in statements for rendered in _rendered(statement, cluster)]


def table_of(statement: str) -> str:
    """The table that a statement of a migration makes or alters. Raises ``ValueError`` if it does neither."""
    return _parts(statement)[1]


def copy_tables(engine: Engine, database: str, copy: str, tables: Iterable[str], texts: Iterable[str]) -> None:
    """Make ``copy`` an empty database with such tables as ``database`` has; ``texts`` are those of the migrations."""
    drop_copy(engine, copy)
    if engine.cluster is None:
        engine.execute(f"CREATE DATABASE IF NOT EXISTS {copy}")
        for table in tables:
            engine.execute(f"CREATE TABLE IF NOT EXISTS {copy}.{table} AS {database}.{table}")
        return
    wanted = {name for table in tables for name in (table, f"{table}_local")}
    engine.execute(f"CREATE DATABASE IF NOT EXISTS {copy} ON CLUSTER {engine.cluster}")
    for (
        text
    ) in texts:  # not AS: the copy of a table that spreads rows would spread them into the tables it was made for
        for statement in render(text, Cluster(engine.cluster, copy)):
            if table_of(statement.replace(f" {copy}.", " ", 1)) in wanted:
                engine.execute(statement)


def drop_copy(engine: Engine, copy: str) -> None:
    """Remove what :func:`copy_tables` made, if it is there."""
    everywhere = f" ON CLUSTER {engine.cluster} SYNC" if engine.cluster else ""
    engine.execute(f"DROP DATABASE IF EXISTS {copy}{everywhere}")


def on_every_shard(engine: Engine, alter: str) -> str:
    """An ``ALTER TABLE`` that changes rows, so that it reaches them wherever they are."""
    if engine.cluster is None:
        return alter
    verb, table, rest = _parts(alter)
    local = f"{table}_local" if table in BY_UNIT else table
    return f"{verb} {local} ON CLUSTER {engine.cluster}{rest}"


def _parts(statement: str) -> tuple[str, str, str]:
    found = _STATEMENT.fullmatch(statement.strip())
    if found is None:
        raise ValueError(f"a migration makes tables or alters them; this does neither: {statement[:80]}")
    return found[1], found[2], found[3]


def _rendered(statement: str, cluster: Cluster | None) -> list[str]:
    verb, table, rest = _parts(statement)
    creates = " IF NOT EXISTS" if verb.startswith("CREATE") else ""
    if cluster is None:
        rest = _ENGINE.sub(r"\1(\2)", rest).replace("{settings}", "non_replicated_deduplication_window = 10000")
        return [f"{verb}{creates} {table}{rest}"]
    spread = table in BY_UNIT
    path = "/clickhouse/tables/" + ("{shard}" if spread else "everywhere") + "/{database}/{table}"
    replica = "{replica}" if spread else "{shard}-{replica}"
    rest = _ENGINE.sub(
        lambda found: f"Replicated{found[1]}('{path}', '{replica}'{', ' if found[2] else ''}{found[2]})", rest
    )
    rest = rest.replace(
        "{settings}",
        f"replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = {_WEEK_SECONDS}",
    )
    name, on = f"{cluster.database}.{table}", f"ON CLUSTER {cluster.name}"
    if not spread:
        return [f"{verb}{creates} {name} {on}{rest}"]
    front = f"ENGINE = Distributed({cluster.name}, {cluster.database}, {table}_local, cityHash64(unit))"
    made = "CREATE TABLE IF NOT EXISTS" if creates else "CREATE OR REPLACE TABLE"
    return [f"{verb}{creates} {name}_local {on}{rest}", f"{made} {name} {on} AS {name}_local {front}"]
