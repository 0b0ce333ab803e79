"""The stream equals the batch (law 4): recompute everything from the raw events, and compare to the last integer.

Facts are folded from the sorted events of each fact in one pass; windows are computed from those facts by plain SQL.
Nothing that the stream stored is used but the log and the stored registry. The same recomputation, written over what is
stored under a new epoch, is a rebuild.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec

from pantau.domain.entries import RECORD_TABLES, TABLE_OF, Entry, FactId, lifecycle_entry, record_entry, time_meant
from pantau.domain.events import Event
from pantau.domain.folding import facts_from
from pantau.domain.histogram import EDGES
from pantau.domain.measures import RECORDS
from pantau.domain.registry import Registry
from pantau.domain.wire import decode_data
from storage.compare import TABLES, Difference, Report, differences
from storage.layout import copy_tables, drop_copy
from storage.migrate import migrations
from storage.queries import sql
from storage.rebuild import by_zone
from storage.retention import raw_since, trimmed_facts
from storage.store import CELL_NAMES, STATE_NAMES, Store

SCRATCH = "recomputed"
"""The database the batch writes its own facts and windows into; dropped and made anew by every run."""

__all__ = ["Difference", "Report", "compare", "drop_scratch", "rebuild", "recompute", "verify"]

_BLOCK = 20_000
_UNITS_AT_ONCE = 50


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


def _all_entries(
    store: Store, registry: Registry, units: Sequence[str] | None
) -> Iterator[tuple[dict[FactId, list[Entry]], bool]]:
    """Every fact's entries, and whether its stored ones had to stand in for raw events that are no longer kept."""
    scope = {"every_unit": units is None, "units": [*(units or ())]}
    for entries in _stored_entries(_flat(store.engine.stream(sql("log_in_order"), scope)), registry):
        yield entries, False
    for rows, histories in trimmed_facts(store, None if units is None else [*units]):
        left = {fact: found for entries in _stored_entries(rows, registry) for fact, found in entries.items()}
        for fact in left.keys() | histories.keys():
            raw = left.get(fact, [])
            known = {(entry.id, entry.content) for entry in raw}
            kept = [entry for entry in histories.get(fact, {}).values() if (entry.id, entry.content) not in known]
            yield {fact: [*raw, *kept]}, True


def _flat(blocks: Iterable[list[Any]]) -> Iterator[Any]:
    for block in blocks:
        yield from block


class Recomputed(msgspec.Struct):
    """What a recomputation read and folded: different events, however often they were delivered, and their facts.

    ``left_out`` facts had lost raw events and lent their stored entries.
    """

    events: int = 0
    facts: int = 0
    left_out: int = 0


def recompute(
    store: Store,
    registry: Registry,
    *,
    units: Sequence[str] | None = None,
    on_progress: Callable[[int], None] = lambda n: None,
    scratch: str = SCRATCH,
) -> Recomputed:
    """Fill the scratch database from the log, for some units or all."""
    engine = store.engine
    scratch = _scratch(store, scratch)
    texts = (migration.text for migration in migrations())
    copy_tables(engine, store.database, scratch, TABLES, texts)
    done = Recomputed()
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with_facts: set[str] = set()
    waiting = 0

    def write() -> None:
        nonlocal waiting
        store.insert(store.fact_blocks({f"{scratch}.{table}": found for table, found in rows.items()}))
        rows.clear()
        waiting = 0
        on_progress(done.events)

    for entries, trimmed in _all_entries(store, registry, units):
        for (table, unit, *_), fact in facts_from(entries, registry):
            with_facts.add(unit)
            rows.setdefault(table, []).append((*msgspec.structs.astuple(fact), 1, 0))
        done.events += sum(len({entry.id for entry in found}) for found in entries.values())
        done.facts += len(entries)
        done.left_out += len(entries) * trimmed
        waiting += len(entries)
        if waiting >= _BLOCK:
            write()
    write()
    every_unit = sorted(with_facts)
    for start in range(0, len(every_unit), _UNITS_AT_ONCE):
        for zone, some in by_zone(every_unit[start : start + _UNITS_AT_ONCE], registry).items():
            engine.execute(
                sql("write_windows_of_facts")
                .replace("{target:Identifier}", f"{scratch}.windows")
                .replace("{select}", sql("windows_of_facts")),
                {"facts": scratch, "zone": zone, "units": some, "every_page": True, "pages": [], "edges": [*EDGES]},
            )
    return done


def compare(store: Store, done: Recomputed) -> Report:
    """Compare every stored fact and cell with the recomputed ones; call after :func:`recompute`."""
    scratch = _scratch(store, SCRATCH)
    found = {table: differences(store, table, scratch) for table in TABLES}
    return Report(
        done.events,
        done.facts,
        int(store.engine.query(f"SELECT count() FROM {scratch}.windows").rows[0][0]),
        done.left_out,
        {table: n for table, (n, _) in found.items()},
        tuple(example for _, examples in found.values() for example in examples),
        raw_since(store),
    )


def drop_scratch(store: Store, scratch: str = SCRATCH) -> None:
    """Remove what :func:`recompute` made."""
    drop_copy(store.engine, _scratch(store, scratch))


def _scratch(store: Store, name: str) -> str:
    """The scratch database of a store: a server may hold several stores."""
    return f"{store.database}_{name}"


def verify(store: Store, registry: Registry, *, on_progress: Callable[[int], None] = lambda n: None) -> Report:
    """Recompute everything from the log, compare, and clean up."""
    try:
        return compare(store, recompute(store, registry, on_progress=on_progress))
    finally:
        drop_scratch(store)


def rebuild(store: Store, registry: Registry, *, version: int, units: Sequence[str], scratch: str = SCRATCH) -> None:
    """Write what the log says over what is stored for some units, under a version above all that was written before.

    For a retroactive edit of the registry or a ruling on a clock. Rows that no longer follow from the log are marked as
    deleted (facts) or emptied (cells). Safe to repeat: a crash in between is healed by doing it again. Rebuilds
    that run at the same time need scratch databases of different names.
    """
    if not units:
        return
    try:
        recompute(store, registry, units=units, scratch=scratch)
        folded = _scratch(store, scratch)
        params: dict[str, Any] = {"units": [*units], "version": version}
        for table, record in RECORDS.items():
            names = ", ".join(record.__struct_fields__)
            key = ", ".join(record.__struct_fields__[:3])
            store.engine.execute(
                f"""INSERT INTO {table} ({names}, version, deleted)
                SELECT {names}, {{version:UInt64}}, 0 FROM {folded}.{table} FINAL
                UNION ALL
                SELECT {names}, {{version:UInt64}}, 1 FROM {table} FINAL
                WHERE unit IN {{units:Array(String)}} AND ({key}) NOT IN (SELECT {key} FROM {folded}.{table})""",
                params,
            )
        names, key = ", ".join((*CELL_NAMES, *STATE_NAMES)), ", ".join(CELL_NAMES)
        store.engine.execute(
            f"""INSERT INTO windows ({names}, version)
            SELECT {names}, {{version:UInt64}} FROM {folded}.windows
            UNION ALL
            SELECT {key}, 0, 0, 0, 0, [], [], {{version:UInt64}} FROM windows FINAL
            WHERE unit IN {{units:Array(String)}} AND ({key}) NOT IN (SELECT {key} FROM {folded}.windows)""",
            params,
        )
    finally:
        drop_scratch(store, scratch)
