"""What an event costs a worker when the tables hold a million visits, and when they hold a hundred million.

    python -m benchmarks.stored [--turns N] [--millions N ...]

Of each size, a worker stores 100,000 visits without their ends, and the tables multiply them and their windows day by
day into the past, by SQL. Then another worker starts on them: how long until it is ready and until it has learned what
is stored. When all have, they take turns (:mod:`benchmarks.turns`) in what the ends of the first 100,000 cost, each of
which must be brought back from storage, and in what new visits cost.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from itertools import islice, permutations
from pathlib import Path

from benchmarks.distributed import PARTITIONS, RECORD_EVENTS, Record, Run, cpu_of, peak_of, records_of
from benchmarks.operator import MONDAY_8, backlog
from benchmarks.turns import Costs, Whole, settled, taken, told
from pantau.domain.events import Event
from tests.distributed.cluster import WorkerProcess

UNITS = 100
FIRST_VISITS = 100_000
NEW_EVENTS = 120_000
"""New events that each worker gets in a turn."""

ENDS_TURNS = 6
WARMING = 2
"""Turns with new visits that are not counted."""

AT_ONCE = 100
"""How many copies one statement writes: ten million visits."""

DAYS = 4
"""How many days each copy is earlier: more than the first visits span."""

_BATCH = 40_000

_TIMES = ("created_at", "called_at", "started_at", "ended_at", "due_at")


def multiply(run: Run, copies: int) -> None:
    """Write every visit and every window again ``copies`` times, each time some days earlier."""
    times = ", ".join(f"{name} - toIntervalDay({DAYS} * number) AS {name}" for name in _TIMES)
    for begin in range(1, copies + 1, AT_ONCE):
        numbers = f"numbers({begin}, {min(AT_ONCE, copies + 1 - begin)})"
        for table, changed in (
            ("visits", f"concat(leftPad(toString(number), 4, '0'), '~', subject) AS subject, {times}"),
            ("windows", f"day - {DAYS} * number AS day, start - toIntervalDay({DAYS} * number) AS start"),
        ):
            time_of = "created_at" if table == "visits" else "start"
            run.engine.execute(
                f"INSERT INTO {table} SELECT first.* REPLACE ({changed}) "
                f"FROM (SELECT * FROM {table} WHERE {time_of} >= toDateTime({MONDAY_8 // 1000} - 86400)) AS first, "
                f"{numbers} AS n"
            )


def until(holds: Callable[[], bool]) -> None:
    """Wait, however long it takes."""
    while not holds():
        time.sleep(0.2)


def filled(folder: Path, first: Sequence[Event], millions: int) -> Run:
    """Tables that hold so many visits, and a worker that has learned what is stored."""
    run = Run(folder, UNITS, 1)
    run.measured(records_of([*first], RECORD_EVENTS), len(first))
    run.workers.pop().stop()
    multiply(run, millions * 1_000_000 // FIRST_VISITS - 1)
    until(lambda: settled(run))
    began = time.monotonic()
    worker = WorkerProcess(run.cluster)
    run.workers.append(worker)
    until(lambda: worker.said.count("partition opened") == PARTITIONS)
    opened = time.monotonic() - began
    until(lambda: worker.said.count("facts learned") == PARTITIONS)
    facts = sum(map(int, re.findall(r'"facts": ?(\d+)', worker.said)))
    print(
        f"{millions:>4} million visits: at work after {opened:.1f} s; {facts:,} facts learned after "
        f"{time.monotonic() - began:.1f} s and {cpu_of(worker.pid):.1f} CPU-s, {peak_of(worker.pid):.0f} MB",
        flush=True,
    )
    return run


def in_turn(name: str, runs: dict[int, Run], turns: Sequence[tuple[list[Record], int]], warming: int) -> Costs:
    """What each turn of records and their number of events costs with each size; each follows each equally often."""
    costs: Costs = {millions: [] for millions in runs}
    orders = [*permutations(runs)]
    for turn, (records, events) in enumerate(turns, 1 - warming):
        for millions in orders[turn % len(orders)]:
            what = f"{name}, {millions} million, {f'turn {turn}' if turn > 0 else 'warming'}"
            cost = taken(runs[millions], records, events, what)
            if turn > 0:
                costs[millions].append(cost)
    return costs


def packed(events: list[Event]) -> tuple[list[Record], int]:
    """Records of some events, and how many events they have."""
    return records_of(events, RECORD_EVENTS), len(events)


def main() -> None:
    """All sizes, turn by turn."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--turns", type=int, default=12)
    options.add_argument("--millions", type=int, nargs="*", default=[1, 10, 100])
    chosen = options.parse_args()
    visits = backlog(UNITS)
    stored = [event for batch in islice(visits, FIRST_VISITS // 10_000) for event in batch]
    first = [event for event in stored if event.kind != "service.ended"]
    ends = [event for event in stored if event.kind == "service.ended"]
    share = -(-len(ends) // ENDS_TURNS)
    parts = [packed(ends[begin : begin + share]) for begin in range(0, len(ends), share)]
    new = [
        packed([event for batch in islice(visits, NEW_EVENTS // _BATCH) for event in batch])
        for _ in range(WARMING + chosen.turns)
    ]
    with ExitStack() as running:
        runs: dict[int, Run] = {}
        for millions in chosen.millions:
            folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
            runs[millions] = running.enter_context(closing(filled(folder, first, millions)))
        told("ends of stored visits", "million", in_turn("ends", runs, parts, 0))
        in_turn("new", runs, new[:WARMING], WARMING)
        whole = Whole(runs, "million")
        whole.begin()
        told("new visits", "million", in_turn("new", runs, new[WARMING:], 0))
        whole.end(NEW_EVENTS * chosen.turns)


if __name__ == "__main__":
    main()
