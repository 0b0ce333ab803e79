"""A loss of power cannot be staged here; that every block is flushed to the disk before an insert returns can."""

import time
from pathlib import Path

import pytest

from pantau.embedded.runtime import Runtime
from storage.chdb_engine import ChdbEngine
from storage.durability import set_fsync
from tests.strategies import MONDAY, registry, ticket

TABLES = "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"


def flushes(engine: ChdbEngine, table: str) -> tuple[int, int]:
    """How many files and directories one insert flushes to the disk, as the engine counts them."""

    def counted() -> dict[str, int]:
        events = "SELECT event, value FROM system.events WHERE event IN ('FileSync', 'DirectorySync')"
        return dict(engine.query(events).rows)

    before = counted()
    engine.insert(table, (("unit", "String"),), [["dukcapil"]])
    after = counted()
    files, directories = (after.get(name, 0) - before.get(name, 0) for name in ("FileSync", "DirectorySync"))
    return files, directories


def test_every_table_flushes_each_block_and_stops_again(engine: ChdbEngine) -> None:
    tables = sorted(row[0] for row in engine.query(TABLES).rows)
    assert flushes(engine, "visits") == (0, 0)
    assert set_fsync(engine, on=True) == tables
    assert set_fsync(engine, on=True) == []
    for table in ("visits", "units", "ratings"):
        files, directories = flushes(engine, table)
        assert files > 0
        assert directories > 0
    assert set_fsync(engine, on=False) == tables
    assert set_fsync(engine, on=False) == []
    assert flushes(engine, "visits") == (0, 0)
    settings = {row[0] for row in engine.query("SELECT engine_full FROM system.tables WHERE name = 'visits'").rows}
    assert not any("fsync" in setting for setting in settings)


@pytest.mark.parametrize("asked", [True, False])
def test_a_process_decides_it_at_its_start_and_who_does_not_ask_leaves_it(tmp_path: Path, asked: bool) -> None:
    def tables_with_fsync(fsync: bool | None) -> int:
        runtime = Runtime.open(tmp_path, registry=registry(), clock=lambda: time.time_ns() // 1_000_000, fsync=fsync)
        try:
            runtime.submit([ticket("created", MONDAY, ticket="a")]).result()
        finally:
            runtime.close()
        engine = ChdbEngine(tmp_path / "store")
        try:
            said = [row[0] for row in engine.query(TABLES.replace("SELECT name", "SELECT engine_full")).rows]
        finally:
            engine.close()
        assert len(said) > 20
        return sum("fsync_after_insert = 1" in each and "fsync_part_directory = 1" in each for each in said)

    for_all = tables_with_fsync(True)
    assert for_all > 20
    assert tables_with_fsync(asked) == (for_all if asked else 0)
    assert tables_with_fsync(None) == (for_all if asked else 0)
