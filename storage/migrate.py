"""Numbered migrations: applied once, in order, checksummed; one text for an embedded engine, a server and a cluster."""

import hashlib
import re
from importlib.resources import files
from typing import Literal

import msgspec

from pantau.domain.errors import BadSetup
from storage.engine import Engine

Layout = Literal["single", "cluster"]

_STATE = """CREATE TABLE IF NOT EXISTS schema_migrations (
    id UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = ReplacingMergeTree(applied_at) ORDER BY id"""


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


def render(text: str, layout: Layout) -> list[str]:
    """A migration's statements with engine and settings filled in for a layout."""
    if layout == "single":
        text = re.sub(r"\{engine:(\w+)\((.*?)\)\}", r"\1(\2)", text)
        text = text.replace("{settings}", "non_replicated_deduplication_window = 10000")
    else:

        def replicated(match: re.Match[str]) -> str:
            path = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
            return f"Replicated{match[1]}({path}{', ' + match[2] if match[2] else ''})"

        text = re.sub(r"\{engine:(\w+)\((.*?)\)\}", replicated, text)
        text = text.replace("{settings}", "replicated_deduplication_window = 10000")
    without_comments = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    return [statement.strip() for statement in without_comments.split(";\n") if statement.strip().rstrip(";")]


def migrate(engine: Engine, *, layout: Layout = "single") -> list[Migration]:
    """Apply what has not been applied; returns what was.

    Raises ``BadSetup`` for a migration that was applied and then changed, and for tables of a newer version.
    """
    engine.execute(_STATE)
    known: dict[int, str] = dict(engine.query("SELECT id, checksum FROM schema_migrations FINAL").rows)
    applied = []
    newer = known.keys() - {migration.id for migration in migrations()}
    if newer:
        raise BadSetup(f"the tables were made by a newer version (migration {max(newer)}); install that or a later one")
    for migration in migrations():
        if migration.id in known:
            if known[migration.id] != migration.checksum:
                raise BadSetup(f"migration {migration.name} was applied with another text; restore the file as it was")
            continue
        for statement in render(migration.text, layout):
            engine.execute(re.sub(r"^CREATE TABLE (?!IF)", "CREATE TABLE IF NOT EXISTS ", statement))
        engine.insert(
            "schema_migrations",
            (("id", "UInt32"), ("name", "String"), ("checksum", "String")),
            ([migration.id], [migration.name], [migration.checksum]),
        )
        applied.append(migration)
    return applied
