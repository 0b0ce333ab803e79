"""The stream equals the batch (law 4): recompute everything from the raw events, and compare to the last integer.

Facts are folded from the sorted events of each fact in one pass; windows are computed from those facts by plain SQL.
Nothing that the stream stored is used but the log and the stored registry. The same recomputation, written over what is
stored under a new epoch, is a rebuild.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec

from pantau.domain.entries import RECORD_TABLES, TABLE_OF, Entry, lifecycle_entry, record_entry, time_meant
from pantau.domain.events import Event
from pantau.domain.histogram import EDGES
from pantau.domain.measures import RECORDS
from pantau.domain.registry import Registry
from pantau.domain.wire import decode_data
from storage.queries import sql
from storage.rebuild import by_zone
from storage.store import CELL_NAMES, STATE_NAMES, Store
from stream_processors.assembly import FactId, facts_from

SCRATCH = "recomputed"
"""The database the batch writes its own facts and windows into; dropped and made anew by every run."""

_BLOCK = 20_000
_SHOWN = 20
_UNITS_AT_ONCE = 50


class Difference(msgspec.Struct, frozen=True):
    """One row that the stream and the batch do not agree on; ``None`` where one of them has no such row."""

    table: str
    key: tuple[str, ...]
    stored: str | None
    recomputed: str | None


class Report(msgspec.Struct, frozen=True):
    """What a verification compared and found. ``left_out`` counts facts whose raw events are no longer kept."""

    events: int
    facts: int
    cells: int
    left_out: int
    differing: dict[str, int]
    examples: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether every compared row is the same to the last integer."""
        return not any(self.differing.values())


def _stored_entries(rows: Iterable[Sequence[Any]], registry: Registry) -> Iterator[dict[FactId, list[Entry]]]:
    """Entries by fact, one (unit, source, subject) after the other."""
    for (unit, source, subject), found in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
        entries: dict[FactId, list[Entry]] = {}
        for _, _, _, id_, content, kind, raw_time, data in found:
            event = Event(
                source=source,
                id=id_,
                kind=kind,
                time=raw_time,
                arrival=raw_time,
                data=decode_data(kind, data),
                content=content,
            )
            time = time_meant(registry, source, raw_time)
            table = TABLE_OF[kind]
            entry = record_entry(event, time) if table in RECORD_TABLES else lifecycle_entry(event, time)
            entries.setdefault((table, unit, source, subject), []).append(entry)
        yield entries


def _flat(blocks: Iterable[list[Any]]) -> Iterator[Any]:
    for block in blocks:
        yield from block


def recompute(
    store: Store,
    registry: Registry,
    *,
    units: Sequence[str] | None = None,
    on_progress: Callable[[int], None] = lambda n: None,
) -> tuple[int, int]:
    """Fill the scratch database from the log, for some units or all; returns (events read, facts folded)."""
    engine = store.engine
    engine.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
    engine.execute(f"CREATE DATABASE {SCRATCH}")
    for table in (*RECORDS, "windows"):
        engine.execute(f"CREATE TABLE {SCRATCH}.{table} AS {store.database}.{table}")
    events = facts = waiting = 0
    rows: dict[str, list[tuple[Any, ...]]] = {}

    def flush() -> None:
        store.insert(store.fact_blocks({f"{SCRATCH}.{table}": found for table, found in rows.items()}))
        rows.clear()

    log = engine.stream(sql("log_in_order"), {"every_unit": units is None, "units": [*(units or ())]})
    for entries in _stored_entries(_flat(log), registry):
        events += sum(map(len, entries.values()))
        for (table, *_), fact in facts_from(entries, registry):
            rows.setdefault(table, []).append((*msgspec.structs.astuple(fact), 1, 0))
            facts += 1
            waiting += 1
        if waiting >= _BLOCK:
            flush()
            waiting = 0
            on_progress(events)
    flush()
    on_progress(events)
    every_unit = [unit.code for unit in registry.units] if units is None else [*units]
    for start in range(0, len(every_unit), _UNITS_AT_ONCE):
        for zone, some in by_zone(every_unit[start : start + _UNITS_AT_ONCE], registry).items():
            engine.execute(
                sql("write_windows_of_facts")
                .replace("{target:Identifier}", f"{SCRATCH}.windows")
                .replace("{select}", sql("windows_of_facts")),
                {"facts": SCRATCH, "zone": zone, "units": some, "every_page": True, "pages": [], "edges": [*EDGES]},
            )
    return events, facts


def _comparison(table: str, database: str, keys: Sequence[str], values: Sequence[str], where: str) -> str:
    """SQL for the keys whose rows differ between what is stored and what was recomputed."""
    key, value = ", ".join(keys), f"toString(tuple({', '.join(values)}))"
    return f"""SELECT {key}, anyIf(value, side = 1) AS stored, countIf(side = 1) AS has_stored,
       anyIf(value, side = 2) AS recomputed, countIf(side = 2) AS has_recomputed
FROM (
    SELECT {key}, {value} AS value, 1 AS side FROM {database}.{table} FINAL WHERE {where}
    UNION ALL
    SELECT {key}, {value} AS value, 2 AS side FROM {SCRATCH}.{table} FINAL WHERE {where}
)
GROUP BY {key}
HAVING has_stored != 1 OR has_recomputed != 1 OR stored != recomputed"""


def _differences(store: Store, table: str, units: Sequence[str] | None) -> str:
    within = "1" if units is None else "unit IN {units:Array(String)}"
    if table == "windows":
        return _comparison("windows", store.database, CELL_NAMES, STATE_NAMES, f"{within} AND (n != 0 OR total != 0)")
    columns = RECORDS[table].__struct_fields__
    return _comparison(table, store.database, columns[:3], columns[3:], within)


def compare(store: Store, *, events: int = 0, facts: int = 0, units: Sequence[str] | None = None) -> Report:
    """Compare every stored fact and cell with the recomputed ones; call after :func:`recompute`."""
    params = {"units": [*(units or ())]} if units is not None else {}
    differing: dict[str, int] = {}
    examples: list[Difference] = []
    for table in (*RECORDS, "windows"):
        difference = _differences(store, table, units)
        differing[table] = int(store.engine.query(f"SELECT count() FROM ({difference})", params).rows[0][0])
        if differing[table]:
            for *key, stored, has_stored, recomputed, has_recomputed in store.engine.query(
                f"{difference} ORDER BY ALL LIMIT {_SHOWN}", params
            ).rows:
                examples.append(
                    Difference(
                        table,
                        tuple(str(part) for part in key),
                        stored if has_stored else None,
                        recomputed if has_recomputed else None,
                    )
                )
    cells = int(store.engine.query(f"SELECT count() FROM {SCRATCH}.windows").rows[0][0])
    return Report(events, facts, cells, 0, differing, tuple(examples))


def drop_scratch(store: Store) -> None:
    """Remove what :func:`recompute` made."""
    store.engine.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")


def verify(store: Store, registry: Registry, *, on_progress: Callable[[int], None] = lambda n: None) -> Report:
    """Recompute everything from the log, compare, and clean up."""
    try:
        events, facts = recompute(store, registry, on_progress=on_progress)
        return compare(store, events=events, facts=facts)
    finally:
        drop_scratch(store)


def rebuild(store: Store, registry: Registry, *, version: int, units: Sequence[str]) -> None:
    """Write what the log says over what is stored for some units, under a version above all that was written before.

    For a retroactive edit of the registry or a ruling on a clock. Rows that no longer follow from the log are marked as
    deleted (facts) or emptied (cells). Safe to repeat: a crash in between is healed by doing it again.
    """
    if not units:
        return
    try:
        recompute(store, registry, units=units)
        params: dict[str, Any] = {"units": [*units], "version": version}
        for table, record in RECORDS.items():
            names = ", ".join(record.__struct_fields__)
            key = ", ".join(record.__struct_fields__[:3])
            store.engine.execute(
                f"""INSERT INTO {table} ({names}, version, deleted)
                SELECT {names}, {{version:UInt64}}, 0 FROM {SCRATCH}.{table} FINAL
                UNION ALL
                SELECT {names}, {{version:UInt64}}, 1 FROM {table} FINAL
                WHERE unit IN {{units:Array(String)}} AND ({key}) NOT IN (SELECT {key} FROM {SCRATCH}.{table})""",
                params,
            )
        names, key = ", ".join((*CELL_NAMES, *STATE_NAMES)), ", ".join(CELL_NAMES)
        store.engine.execute(
            f"""INSERT INTO windows ({names}, version)
            SELECT {names}, {{version:UInt64}} FROM {SCRATCH}.windows
            UNION ALL
            SELECT {key}, 0, 0, 0, 0, [], [], {{version:UInt64}} FROM windows FINAL
            WHERE unit IN {{units:Array(String)}} AND ({key}) NOT IN (SELECT {key} FROM {SCRATCH}.windows)""",
            params,
        )
    finally:
        drop_scratch(store)
