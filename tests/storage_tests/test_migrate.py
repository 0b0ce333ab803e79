"""Migrations: once, in order, never changed, and one text for an embedded engine and a cluster."""

import pytest

from pantau.domain.errors import BadSetup
from pantau.domain.measures import RECORDS
from storage.chdb_engine import ChdbEngine
from storage.migrate import Migration, migrate, migrations, require
from storage.store import Store


def test_they_are_numbered_without_a_gap() -> None:
    assert [migration.id for migration in migrations()] == [*range(1, len(migrations()) + 1)]


def test_a_second_time_nothing_is_applied(engine: ChdbEngine) -> None:
    assert migrate(engine) == []
    assert engine.query("SELECT id, name FROM schema_migrations FINAL ORDER BY id").rows == [
        (migration.id, migration.name) for migration in migrations()
    ]


def test_the_fields_of_every_record_are_columns_of_its_table_in_order(engine: ChdbEngine) -> None:
    for table, record in RECORDS.items():
        columns = [name for name, _ in engine.query(f"SELECT * FROM {table}").columns]
        assert columns == [*record.__struct_fields__, "version", "deleted"], table


def test_a_migration_that_died_half_way_goes_on(engine: ChdbEngine) -> None:
    first = migrations()[0]
    engine.execute(f"ALTER TABLE schema_migrations DELETE WHERE id = {first.id} SETTINGS mutations_sync = 2")
    engine.execute("DROP TABLE visits SYNC")
    assert migrate(engine) == [first]
    assert Store(engine).engine.query("SELECT count() FROM visits").rows == [(0,)]


def test_a_migration_that_was_applied_and_then_changed_is_refused(
    engine: ChdbEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [Migration(one.id, one.name, one.text + " ") for one in migrations()]
    monkeypatch.setattr("storage.migrate.migrations", lambda: changed)
    with pytest.raises(BadSetup, match="0001_facts was applied with another text"):
        migrate(engine)


def test_a_directory_of_a_newer_version_is_refused(engine: ChdbEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older program would write rows that the newer one's tables do not mean."""
    older = migrations()[:-1]
    monkeypatch.setattr("storage.migrate.migrations", lambda: older)
    with pytest.raises(BadSetup, match="newer version"):
        migrate(engine)


def test_a_database_without_the_newest_tables_is_not_worked_on(
    engine: ChdbEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(engine)
    newer = [*migrations(), Migration(9_999, "9999_more", "CREATE TABLE more (n UInt8) ENGINE = {engine:MergeTree()}")]
    monkeypatch.setattr("storage.migrate.migrations", lambda: newer)
    with pytest.raises(BadSetup, match=r"lack 9999_more.*pantau migrate"):
        require(engine)
    engine.execute("DROP TABLE schema_migrations SYNC")
    with pytest.raises(BadSetup, match=r"no tables.*pantau migrate"):
        require(engine)


def test_migrating_again_harms_nothing(engine: ChdbEngine) -> None:
    engine.execute("INSERT INTO visits (unit) VALUES ('dukcapil')")
    assert migrate(engine, again=True) == migrations()
    assert engine.query("SELECT unit FROM visits").rows == [("dukcapil",)]
