"""The tables as workers on a bus see them: who owns a partition, how far it came, and what a crash left half done.

An owner claims a partition by writing an epoch above every other. All it writes carries that epoch in its version, so
whatever a slow former owner still writes can never win. A flush names the windows it is about to change before it
writes anything else; whoever comes after a crash, or notices such a latecomer, redoes those windows from the facts.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from pantau.bus.claims import Claim, LateFlush, Page
from pantau.domain.columns import NULL, Column, Maybe, Table, end_to_end
from pantau.domain.registry import Registry
from storage.queries import sql
from storage.rebuild import repair_pages
from storage.registries import newest
from storage.store import Block, Progress, Store
from storage.verify import rebuild

_CLAIM_COLUMNS = (
    ("name", "LowCardinality(String)"),
    ("epoch", "UInt64"),
    ("seq", "UInt64"),
    ("next_offset", "UInt64"),
    ("registry", "String"),
    ("owner", "String"),
    ("at", "DateTime64(3, 'UTC')"),
)
_FLUSH_COLUMNS = (
    ("name", "LowCardinality(String)"),
    ("epoch", "UInt64"),
    ("seq", "UInt64"),
    ("pages", "Array(Tuple(UInt16, String))"),
    ("at", "DateTime64(3, 'UTC')"),
)
_UNITS_AT_ONCE = 500


class PartitionTables:
    """Implements :class:`stream_processors.tables.Tables` on a store. Blocks; use from worker threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.histories = store.histories
        self.cells = store.cells
        self.log_block = store.log_block
        self.fact_blocks = store.fact_blocks
        self.cell_blocks = store.cell_blocks

    def version(self, epoch: int, seq: int) -> int:
        """The version of rows written at a point."""
        return Progress(epoch, seq).version

    def newest_claims(self, names: Sequence[str]) -> dict[str, Claim]:
        """The claim in force of each partition that was ever claimed."""
        rows = self._store.engine.query(sql("newest_claims"), {"names": [*names]}).rows
        return {row[0]: Claim(*row) for row in rows}

    def claim(self, name: str, *, owner: str, registry: str) -> Claim:
        """Own a partition from now on. ``owner`` must be a name that no other process and no earlier claim uses."""
        while True:
            before = self.newest_claims([name]).get(name)
            seq, next_offset = (before.seq, before.next_offset) if before else (0, self._next_offset(name))
            highest = {"name": name, "division": division_of(name)}
            epoch = 1 + int(self._store.engine.query(sql("highest_epoch"), highest).rows[0][0])
            mine = Claim(name, epoch, seq, next_offset, before.registry if before else registry, owner)
            self.insert([self.progress_block([mine], _now())], token=f"{owner}:{name}:{epoch}")
            params = {"name": name, "epoch": epoch}
            if self._store.engine.query(sql("owners_of_epoch"), params).rows == [(owner,)]:
                return mine  # whoever else claims this epoch from here on finds it taken and goes one higher

    def _next_offset(self, name: str) -> int:
        """Where a partition is to be read on that this division of its topic has never owned."""
        topic, number = name[: name.rindex("/") + 1], name[name.rindex(":") :]
        rows = self._store.engine.query(sql("next_offset_before_division"), {"topic": topic, "number": number}).rows
        return int(rows[0][0]) if rows else 0

    def unfinished_pages(self, claim: Claim) -> set[Page]:
        """Windows that former owners were about to change in flushes they did not finish."""
        params = {"name": claim.name, "epoch": claim.epoch, "division": division_of(claim.name)}
        return {(day, unit) for day, unit in self._store.engine.query(sql("unfinished_pages"), params).rows}

    def settle(self, claim: Claim) -> None:
        """Remember that what former owners left unfinished is made whole."""
        self._store.engine.execute(sql("settle_flushes"), {"name": claim.name, "epoch": claim.epoch})

    def late_flushes(self, names: Sequence[str], *, since: int) -> list[LateFlush]:
        """Flushes that former owners of these partitions began since an instant (ms UTC)."""
        rows = self._store.engine.query(sql("late_flushes"), {"names": [*names], "since": since}).rows
        return [LateFlush(name, epoch, seq, [*pages]) for name, epoch, seq, pages in rows]

    def repair(self, registry: Registry, pages: Iterable[Page], version: int) -> int:
        """Write every cell of the pages as the stored facts say; how many differed."""
        return repair_pages(self._store, registry, pages, version)

    def rebuild(self, registry: Registry, *, units: Sequence[str], version: int, scratch: str) -> None:
        """Fold the units' facts and windows anew from the log."""
        rebuild(self._store, registry, version=version, units=units, scratch=scratch)

    def newest_registry(self) -> Registry | None:
        """The registry that was loaded last."""
        loaded = newest(self._store)
        return loaded.registry if loaded else None

    def newest_registry_version(self) -> str | None:
        """The version of the registry that was loaded last; cheap enough to be asked every second."""
        rows = self._store.engine.query(sql("stored_registry_version")).rows
        return str(rows[0][0]) if rows else None

    def registry_of(self, version: str) -> Registry | None:
        """A registry by its version, if it was ever loaded."""
        rows = self._store.engine.query(sql("registry_of_version"), {"version": version}).rows
        return Registry.from_rows(msgspec.json.decode(rows[0][0])) if rows else None

    def units_with_events(self) -> list[tuple[str, str]]:
        """(unit, source) of everything in the log."""
        return [(unit, source) for unit, source in self._store.engine.query(sql("units_with_events")).rows]

    def fact_numbers(self, units: Sequence[str]) -> Iterator[list[int]]:
        """The number of every fact of these units, some at a time."""
        for start in range(0, len(units), _UNITS_AT_ONCE):
            part = [*units[start : start + _UNITS_AT_ONCE]]
            for rows in self._store.engine.stream(sql("fact_numbers_of_units"), {"units": part}):
                yield [number for (number,) in rows]

    def pages(self, units: Sequence[str]) -> set[Page]:
        """The local days on which these units have windows."""
        found: set[Page] = set()
        for start in range(0, len(units), _UNITS_AT_ONCE):
            part = [*units[start : start + _UNITS_AT_ONCE]]
            rows = self._store.engine.query(sql("window_pages_of_units"), {"units": part}).rows
            found.update((day, unit) for day, unit in rows)
        return found

    def flush_block(self, claims: Sequence[Claim], pages: Sequence[Table], now: int) -> Block:
        """What flushes are about to change, each named by where its partition will stand after it."""
        columns: list[list[Any]] = [
            [claim.name for claim in claims],
            [claim.epoch for claim in claims],
            [claim.seq for claim in claims],
            [*pages],
            [now] * len(claims),
        ]
        return Block("flushes", _FLUSH_COLUMNS, columns)

    def progress_block(self, claims: Sequence[Claim], now: int) -> Block:
        """Says how far partitions are in the tables."""
        rows = [(*msgspec.structs.astuple(claim), now) for claim in claims]
        return Block("partitions", _CLAIM_COLUMNS, [*zip(*rows, strict=True)])

    def insert(self, blocks: Sequence[Block], *, token: str) -> None:
        """Write blocks, those of one table as one, in the order in which tables first appear."""
        for block in map(without_defaults, joined(blocks)):
            self._store.engine.insert(block.table, block.columns, block.data, token=f"{token}:{block.table}")


def division_of(name: str) -> str:
    """What all partitions of one division of a topic are called first: ``pantau.events/8:`` of ``pantau.events/8:3``.

    A topic divided anew has other units in its partitions; epochs rise above all of the old division.
    """
    return name[: name.rindex(":") + 1]


def joined(blocks: Iterable[Block]) -> list[Block]:
    """Blocks of one table and the same columns as one block: fewer and larger inserts cost the engine less."""
    found: dict[tuple[str, tuple[Any, ...]], list[Block]] = {}
    for block in blocks:
        found.setdefault((block.table, tuple(block.columns)), []).append(block)
    return [
        Block(parts[0].table, parts[0].columns, [*map(end_to_end, zip(*(part.data for part in parts), strict=True))])
        for parts in found.values()
    ]


def without_defaults(block: Block) -> Block:
    """The block without the columns that say of every row what the table says by itself: zero, or unknown."""
    pairs = [pair for pair in zip(block.columns, block.data, strict=True) if not _is_default(pair[0][1], pair[1])]
    return Block(block.table, [column for column, _ in pairs], [values for _, values in pairs])


def _is_default(kind: str, values: Column) -> bool:
    if isinstance(values, Maybe):
        return kind.startswith("Nullable(") and values.values[0] == NULL and bool((values.values == NULL).all())
    return isinstance(values, np.ndarray) and not values[0] and not values.any()


def _now() -> int:
    return time.time_ns() // 1_000_000
