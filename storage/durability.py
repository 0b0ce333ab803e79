"""Whether what was written survives a loss of power as well, which costs a wait for the disk at every block."""

from storage.engine import Engine

_SETTINGS = ("fsync_after_insert", "fsync_part_directory")


def set_fsync(engine: Engine, on: bool) -> list[str]:
    """Make every table of the database flush each block to the disk before an insert returns, or stop it.

    Returns the tables that were changed. The setting stays with the tables until it is changed again.
    """
    changed = []
    tables = (
        "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    )
    for table, said in engine.query(tables).rows:
        if on and not all(f"{setting} = 1" in said for setting in _SETTINGS):
            engine.execute(f"ALTER TABLE {table} MODIFY SETTING {', '.join(f'{each} = 1' for each in _SETTINGS)}")
        elif not on and any(setting in said for setting in _SETTINGS):
            engine.execute(f"ALTER TABLE {table} RESET SETTING {', '.join(_SETTINGS)}")
        else:
            continue
        changed.append(table)
    return sorted(changed)
