"""The tables as the operators see them: append events, bring back facts and cells, write changes, remember progress."""

import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np

from pantau.domain.accepted import Accepted
from pantau.domain.columns import Coded, Column, Table, extended
from pantau.domain.entries import History, decode_history, subject_of
from pantau.domain.measures import RECORDS
from pantau.domain.registry import Registry
from pantau.domain.visit_columns import KINDS
from pantau.domain.windows import Accumulator, CellKey, CellStates, cell_states
from pantau.domain.wire import encode_data
from storage.engine import Engine, Row
from storage.queries import sql

CELL_COLUMNS = (
    ("size", "LowCardinality(String)"),
    ("measure", "LowCardinality(String)"),
    ("day", "UInt16"),
    ("unit", "LowCardinality(String)"),
    ("service", "LowCardinality(String)"),
    ("start", "DateTime64(3, 'UTC')"),
)
STATE_COLUMNS = (
    ("n", "Int64"),
    ("total", "Int64"),
    ("imputed", "Int64"),
    ("auto_closed", "Int64"),
    ("edges", "Array(Int64)"),
    ("counts", "Array(Int64)"),
)
CELL_NAMES = tuple(name for name, _ in CELL_COLUMNS)
STATE_NAMES = tuple(name for name, _ in STATE_COLUMNS)
EVENT_COLUMNS = (
    ("unit", "LowCardinality(String)"),
    ("source", "LowCardinality(String)"),
    ("subject", "String"),
    ("id", "String"),
    ("content", "UInt64"),
    ("kind", "LowCardinality(String)"),
    ("time", "DateTime64(3, 'UTC')"),
    ("arrival", "DateTime64(3, 'UTC')"),
    ("seq", "UInt64"),
    ("data", "String"),
)
LOOKUP = 5_000
"""How many keys one look-up names at most: with 40,000 the engine took a minute for what takes half a second."""

SEQ_BITS = 44
"""A version is (epoch << SEQ_BITS) | seq: the epoch rises at a rebuild, so what was written before can never win."""


class Progress(msgspec.Struct, frozen=True):
    """How far the facts and windows follow the log: every event up to ``seq`` is in them."""

    epoch: int
    seq: int

    @property
    def version(self) -> int:
        """The version that rows written at this point carry."""
        return (self.epoch << SEQ_BITS) | self.seq


class Block(msgspec.Struct, frozen=True):
    """Rows to be inserted into one table, column by column."""

    table: str
    columns: Sequence[tuple[str, str]]
    data: Sequence[Column]


class Store:
    """Reads and writes of the runtime on one engine. Blocks; use from worker threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.database = str(engine.query("SELECT currentDatabase()").rows[0][0])
        self._types = _column_types(engine)

    def log_block(self, events: Accepted, registry: Registry, first_seq: int) -> Block:
        """Accepted events as rows of the log, numbered from ``first_seq``; once inserted they are durable."""
        tickets, seqs = events.tickets, np.arange(first_seq, first_seq + len(events))
        n = len(tickets)
        rows = Table(
            [
                *(tickets.unit, tickets.source, tickets.subject, tickets.id, tickets.content),
                *(Coded(KINDS, tickets.kind), tickets.time, tickets.arrival, seqs[:n], tickets.data),
            ]
        )
        others = (
            (
                event.data.unit,
                event.source,
                subject_of(event, event.time, registry),
                event.id,
                event.content,
                event.kind,
                event.time,
                event.arrival,
                seq,
                encode_data(event.data),
            )
            for seq, event in zip(seqs[n:].tolist(), events.others, strict=True)
        )
        return Block("events", EVENT_COLUMNS, extended(rows, others).columns)

    def histories(
        self, table: str, keys: Sequence[tuple[str, str, str]]
    ) -> Iterator[tuple[tuple[str, str, str], History]]:
        """The stored histories of facts, of those that exist."""
        in_order = sorted(keys)  # as they are stored, so that each look-up reads one stretch of the table
        for start in range(0, len(keys), LOOKUP):
            part = in_order[start : start + LOOKUP]
            answer = self.engine.query(sql("stored_facts"), {"table": table, "keys": part})
            for unit, source, subject, history in answer.rows:
                yield (unit, source, subject), decode_history(history)

    def cells(self, keys: Sequence[CellKey]) -> dict[CellKey, Accumulator]:
        """The stored states of cells, of those that exist."""
        found: dict[CellKey, Accumulator] = {}
        in_order = sorted(keys)
        for start in range(0, len(keys), LOOKUP):
            part = in_order[start : start + LOOKUP]
            for row in self.engine.query(sql("stored_cells"), {"keys": part}).rows:
                size, measure, day, unit, service, at, n, total, imputed, auto_closed, edges, counts = row
                histogram = dict(zip(edges, counts, strict=True))
                found[(size, measure, day, unit, service, at)] = Accumulator(n, total, imputed, auto_closed, histogram)
        return found

    def moved_blocks(self, version: int, cells: Sequence[CellKey]) -> list[Block]:
        """The cells that a flush is about to take something out of: to be inserted before its facts."""
        if not cells:
            return []
        columns = [*CELL_COLUMNS, ("version", "UInt64")]
        return [Block("moved_cells", columns, [*zip(*cells, strict=True), [version] * len(cells)])]

    def fact_blocks(self, rows: Mapping[str, Collection[Row] | Table]) -> list[Block]:
        """Whole rows of facts; the last two values of each are its version and whether it is deleted.

        A table may be named with its database.
        """
        blocks = []
        for target, found in rows.items():
            table = target.rpartition(".")[2]
            names = [*RECORDS[table].__struct_fields__, "version", "deleted"]
            columns = [(name, self._types[table][name]) for name in names]
            data = found.columns if isinstance(found, Table) else [*zip(*found, strict=True)]
            blocks.append(Block(target, columns, data))
        return blocks

    def cell_blocks(self, version: int, cells: Iterable[tuple[CellKey, Accumulator]]) -> list[Block]:
        """Absolute states of cells, as they are at this moment."""
        states = cells if isinstance(cells, CellStates) else cell_states(cells)
        if not len(states):
            return []
        columns = [*CELL_COLUMNS, *STATE_COLUMNS, ("version", "UInt64")]
        versions = np.full(len(states), version, np.uint64)
        return [Block("windows", columns, [*states.keys.columns, *states.states.columns, versions])]

    def insert(self, blocks: Iterable[Block]) -> None:
        """Write blocks in order; when this returns they survive a kill of the process."""
        for block in blocks:
            self.engine.insert(block.table, block.columns, block.data)

    def commit_block(self, progress: Progress) -> Block:
        """Remembers that facts and windows hold every event up to ``progress``."""
        return Block(
            "progress",
            (
                ("name", "LowCardinality(String)"),
                ("epoch", "UInt64"),
                ("seq", "UInt64"),
                ("at", "DateTime64(3, 'UTC')"),
            ),
            (["pipeline"], [progress.epoch], [progress.seq], [time.time_ns() // 1_000_000]),
        )

    def progress(self) -> Progress:
        """The newest progress; (0, 0) in a new store."""
        epoch, seq = self.engine.query(sql("progress")).rows[0]
        return Progress(epoch, seq)

    def last_seq(self) -> int:
        """The highest number in the log."""
        return int(self.engine.query(sql("last_seq")).rows[0][0])

    def events_after(self, seq: int) -> Iterator[list[Row]]:
        """Blocks of (source, id, kind, time, arrival, content, data, seq) of events numbered above ``seq``."""
        return self.engine.stream(sql("events_after"), {"seq": seq})

    def fact_numbers(self) -> Iterator[list[int]]:
        """The number of every stored fact (:func:`pantau.domain.entries.fact_number`), for what spares look-ups."""
        for rows in self.engine.stream(sql("fact_numbers")):
            yield [number for (number,) in rows]

    def moved_pages(self, version: int) -> Iterable[tuple[int, str]]:
        """(local day, unit) of the cells named as losing something by flushes after ``version``."""
        return [(day, unit) for day, unit in self.engine.query(sql("moved_pages"), {"version": version}).rows]

    def tidy(self, progress: Progress) -> None:
        """Forget what only recovery needs, once ``progress`` is committed: names of moved cells and older progress."""
        self.engine.execute("TRUNCATE TABLE moved_cells")
        self.engine.execute(sql("forget_progress"), {"epoch": progress.epoch, "seq": progress.seq})

    def pages(self) -> Iterable[tuple[int, str]]:
        """(local day, unit) of every stored window."""
        return [(day, unit) for day, unit in self.engine.query(sql("window_pages")).rows]


def _column_types(engine: Engine) -> dict[str, dict[str, str]]:
    types: dict[str, dict[str, str]] = {}
    for table, column, kind in engine.query(sql("columns")).rows:
        plain = re.sub(r"^SimpleAggregateFunction\(\w+, (.*)\)$", r"\1", kind)
        types.setdefault(table, {})[column] = plain
    return types
