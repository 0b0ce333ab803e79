"""Numbered migrations: applied once, in order, checksummed; one text for an embedded engine, a server and a cluster."""

import hashlib
from importlib.resources import files

import msgspec

from pantau.domain.errors import BadSetup
from storage.engine import Engine, EngineError
from storage.layout import Cluster, render

_STATE = """CREATE TABLE schema_migrations (
    id UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = {engine:ReplacingMergeTree(applied_at)} ORDER BY id"""


class Migration(msgspec.Struct, frozen=True):
    """One file of ``storage/migrations``: its number, its name and its text."""

    id: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text: a migration that was applied must never change."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations in order of their number."""
    found = [
        Migration(int(path.name[:4]), path.name.removesuffix(".sql"), path.read_text(encoding="utf-8"))
        for path in (files("storage") / "migrations").iterdir()
        if path.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.id)


def statements(cluster: Cluster | None = None) -> list[str]:
    """Everything that makes the tables, in order."""
    texts = [_STATE, *(migration.text for migration in migrations())]
    return [statement for text in texts for statement in render(text, cluster)]


def make_database(name: str, cluster: str | None = None) -> str:
    """The statement that makes the database, if it is not there."""
    return f"CREATE DATABASE IF NOT EXISTS {name}" + (f" ON CLUSTER {cluster}" if cluster else "")


def migrate(engine: Engine, *, again: bool = False) -> list[Migration]:
    """Apply what has not been applied; returns what was. ``again`` runs what has been too, for a server that was added.

    Safe to repeat and to run twice at once. Raises ``BadSetup`` for a migration that was applied and then changed, and
    for tables of a newer version.
    """
    cluster = _cluster(engine)
    for statement in render(_STATE, cluster):
        engine.execute(statement)
    known = _applied(engine)
    newer = known.keys() - {migration.id for migration in migrations()}
    if newer:
        raise BadSetup(f"the tables were made by a newer version (migration {max(newer)}); install that or a later one")
    done = []
    for migration in migrations():
        if known.get(migration.id, migration.checksum) != migration.checksum:
            raise BadSetup(f"migration {migration.name} was applied with another text; restore the file as it was")
        if migration.id in known and not again:
            continue
        for statement in render(migration.text, cluster):
            engine.execute(statement)
        engine.insert(
            "schema_migrations",
            (("id", "UInt32"), ("name", "String"), ("checksum", "String")),
            ([migration.id], [migration.name], [migration.checksum]),
        )
        done.append(migration)
    return done


def require(engine: Engine) -> None:
    """Raise BadSetup unless the tables are those of this version: on a server nobody makes them in passing."""
    try:
        known = _applied(engine)
    except EngineError as error:
        raise BadSetup("the store has no tables of ours; make them: pantau migrate --store STORE") from error
    if missing := [migration.name for migration in migrations() if migration.id not in known]:
        raise BadSetup(f"the tables lack {', '.join(missing)}; bring them up to date: pantau migrate --store STORE")
    spread = engine.query(
        "SELECT extract(engine_full, '^Distributed\\\\(\\'?(\\\\w+)') FROM system.tables"
        " WHERE database = currentDatabase() AND name = 'events'"
    ).rows[0][0]
    if spread != (engine.cluster or ""):
        todo = f"add ?cluster={spread} to the address" if spread else "take ?cluster=… out of the address"
        raise BadSetup(f"the tables are {f'spread over cluster {spread}' if spread else 'those of one server'}; {todo}")


def _cluster(engine: Engine) -> Cluster | None:
    if engine.cluster is None:
        return None
    return Cluster(engine.cluster, str(engine.query("SELECT currentDatabase()").rows[0][0]))


def _applied(engine: Engine) -> dict[int, str]:
    return dict(engine.query("SELECT id, checksum FROM schema_migrations FINAL").rows)
