"""How long each board takes on ten million visits, as the live page builds it, and how many rows it reads.

    python -m benchmarks.boards [--visits N] [--rounds N] [--panels] [--board UID] [--work DIRECTORY]

The store is made once (see :mod:`benchmarks.boards_store`) and kept. Wall time depends on what else the machine does;
CPU time and rows read hardly do.
"""

import argparse
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.boards_store import AS_OF, fill, registry
from dashboards.live.board_choice import read_choice
from dashboards.live.board_files import DrawnBoard, drawn_boards
from dashboards.live.board_frames import board_model
from dashboards.live.reading import Reader
from pantau.domain.registry import Registry
from pantau.embedded.runtime import READERS
from storage.chdb_engine import ChdbEngine
from storage.engine import Answer, Params
from storage.migrate import migrate
from storage.queries import sql


class Counting(ChdbEngine):
    """The engine, counting the rows that its queries read."""

    rows_read = 0
    _counting = threading.Lock()

    def _run(self, sql: str, params: Params | None, output: str) -> Any:
        answer = super()._run(sql, params, output)
        with self._counting:
            self.rows_read += answer.storage_rows_read()
        return answer


class Page:
    """What a board needs of the process that owns the store: a few threads that ask (a live page's runtime)."""

    def __init__(self, engine: Counting, known: Registry) -> None:
        self.registry = known
        self._engine = engine
        self._readers = ThreadPoolExecutor(READERS)

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Answer a named query."""
        return self.select(sql(name), params)

    def select(self, text: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a query of a board."""
        return self._readers.submit(self._engine.query, text, params).result()


def measured(engine: Counting, reader: Reader, board: DrawnBoard, rounds: int) -> str:
    """One line of the table: wall time of whole builds, and CPU time and rows of one."""
    choice = read_choice(board, ())
    failed = [panel for panel, frame in board_model(reader, board, choice, AS_OF).panels.items() if frame.failed]
    walls = []
    rows, cpu = engine.rows_read, time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        board_model(reader, board, choice, AS_OF)
        walls.append((time.perf_counter() - began) * 1000)
    cpu, rows = (time.process_time() - cpu) * 1000 / rounds, (engine.rows_read - rows) // rounds
    walls.sort()
    told = f"{walls[len(walls) // 2]:6,.0f} {walls[min(rounds - 1, int(rounds * 0.95))]:6,.0f} {cpu:8,.0f} {rows:12,}"
    return f"{board.uid:20} {told}" + (f"  FAILED: panels {failed}" if failed else "")


def panels(engine: Counting, reader: Reader, board: DrawnBoard) -> None:
    """Each panel's query alone: the least wall and CPU time of five, and its rows."""
    titles = {panel["id"]: panel["title"] for panel in board.told["panels"]}
    for query in board.queries:
        alone = board.__class__(
            **{name: getattr(board, name) for name in board.__struct_fields__} | {"queries": (query,), "marks": ()}
        )
        times = []
        for _ in range(5):
            rows, cpu, began = engine.rows_read, time.process_time(), time.perf_counter()
            board_model(reader, alone, read_choice(alone, ()), AS_OF)
            times.append((time.perf_counter() - began, time.process_time() - cpu))
        wall, cpu = min(times)
        print(f"    {titles[query.panel]:50.50} {wall * 1000:6,.0f} {cpu * 1000:8,.0f} {engine.rows_read - rows:12,}")


def main() -> None:
    """Make the store if it is not there, and measure every board."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--visits", type=int, default=10_000_000)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--panels", action="store_true")
    options.add_argument("--board")
    options.add_argument("--work", type=Path, default=Path("artifacts/benchmark-boards"))
    chosen = options.parse_args()
    full = chosen.work / f"filled-{chosen.visits}"
    engine = Counting(chosen.work / str(chosen.visits))
    try:
        if not full.exists():
            fill(engine, chosen.visits, print)
            full.touch()
        migrate(engine)  # a store kept from an earlier build
        visits, events = (engine.query(f"SELECT count() FROM {table}").rows[0][0] for table in ("visits", "events"))
        print(f"{visits:,} visits, {events:,} events")
        print(f"{'board':20} {'p50':>6} {'p95 ms':>6} {'CPU ms':>8} {'rows read':>12}")
        reader = Reader(Page(engine, registry()))
        for uid, board in drawn_boards().items():
            if uid.endswith("-en") or chosen.board not in (None, uid):
                continue
            print(measured(engine, reader, board, chosen.rounds), flush=True)
            if chosen.panels:
                panels(engine, reader, board)
    finally:
        engine.close()


if __name__ == "__main__":
    main()
