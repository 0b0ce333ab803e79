"""Two databases of facts and windows compared row by row, to the last integer."""

from collections.abc import Sequence

import msgspec

from pantau.domain.measures import RECORDS
from storage.store import CELL_NAMES, STATE_NAMES, Store

_SHOWN = 20

TABLES = (*RECORDS, "windows")


class Difference(msgspec.Struct, frozen=True):
    """One row that the stream and the batch do not agree on; ``None`` where one of them has no such row."""

    table: str
    key: tuple[str, ...]
    stored: str | None
    recomputed: str | None


class Report(msgspec.Struct, frozen=True):
    """What a verification compared and found. ``events`` counts different events, however often they were delivered.

    ``left_out`` counts facts some of whose raw events are no longer kept: their rows were compared with the fold of
    their own stored entries, and their windows with those rows. ``raw_since`` is the arrival (ms UTC) from which on
    all raw events are kept, ``None`` if all ever were. ``moved`` says that others wrote meanwhile: what
    differs may only be under way then.
    """

    events: int
    facts: int
    cells: int
    left_out: int
    differing: dict[str, int]
    examples: tuple[Difference, ...]
    raw_since: int | None = None
    moved: bool = False

    @property
    def equal(self) -> bool:
        """Whether every compared row is the same to the last integer."""
        return not any(self.differing.values())


def _rows(table: str) -> tuple[str, str, str]:
    """Key columns, value columns and which rows count. A cell that holds nothing is no cell."""
    if table != "windows":
        columns = RECORDS[table].__struct_fields__
        return ", ".join(columns[:3]), ", ".join(columns[3:]), "1"
    holds = "n != 0 OR total != 0 OR imputed != 0 OR auto_closed != 0 OR notEmpty(edges) OR notEmpty(counts)"
    return ", ".join(CELL_NAMES), ", ".join(STATE_NAMES), holds


def _hashes(database: str, table: str, stored: int) -> str:
    key, value, where = _rows(table)
    return f"""SELECT sipHash128(tuple({key})) AS row_key, sipHash128(toString(tuple({value}))) AS row_value,
        {stored} AS stored FROM {database}.{table} FINAL WHERE {where}"""


def _differing(table: str, left: str, right: str) -> str:
    """SQL for the keys whose rows differ, as hashes, so that millions of rows are compared in little memory."""
    return f"""SELECT row_key FROM ({_hashes(left, table, 1)} UNION ALL {_hashes(right, table, 0)})
    GROUP BY row_key HAVING count() != 2 OR sum(stored) != 1 OR min(row_value) != max(row_value)"""


def _side(database: str, table: str, keys: str) -> str:
    key, value, where = _rows(table)
    return f"""SELECT toString(tuple({key})) AS name, [{", ".join(f"toString({part})" for part in key.split(", "))}],
        toString(tuple({value})) FROM {database}.{table} FINAL
        WHERE ({where}) AND sipHash128(tuple({key})) IN ({keys}) ORDER BY name"""


def differences(store: Store, table: str, other: str) -> tuple[int, list[Difference]]:
    """How many rows of a table differ from those of another database, and the first of them."""
    differing = _differing(table, store.database, other)
    n = int(store.engine.query(f"SELECT count() FROM ({differing})").rows[0][0])
    if not n:
        return 0, []
    some = f"SELECT row_key FROM ({differing}) ORDER BY row_key LIMIT {_SHOWN}"
    sides: list[dict[str, tuple[Sequence[str], str]]] = [
        {name: (key, value) for name, key, value in store.engine.query(_side(database, table, some)).rows}
        for database in (store.database, other)
    ]
    found = []
    for name in sorted(sides[0].keys() | sides[1].keys()):
        stored, recomputed = sides[0].get(name), sides[1].get(name)
        key = (stored or recomputed or ((), ""))[0]
        found.append(
            Difference(table, tuple(key), stored[1] if stored else None, recomputed[1] if recomputed else None)
        )
    return n, found
