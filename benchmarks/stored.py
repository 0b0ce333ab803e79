"""What an event costs a worker when the tables hold a million visits, and when they hold a hundred million.

    python -m benchmarks.stored [--millions N ...]

A worker stores 100,000 visits without their ends, and the tables multiply them and their windows day by day into the
past, by SQL. Then another worker starts on them: how long until it is ready and until it has learned what is stored;
what new visits cost it, and what the ends of the first 100,000 cost, each of which must be brought back from storage.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path

from benchmarks.distributed import PARTITIONS, RECORD_EVENTS, Run, cpu_of, line, peak_of, records_of
from benchmarks.operator import MONDAY_8, backlog
from tests.distributed.cluster import WorkerProcess

UNITS = 100
FIRST_VISITS = 100_000
NEW_EVENTS = 400_000
AT_ONCE = 100
"""How many copies one statement writes: ten million visits."""

DAYS = 4
"""How many days each copy is earlier: more than the first visits span."""

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


def settled(run: Run) -> bool:
    """Whether nothing is being merged."""
    return run.engine.query("SELECT 1 FROM system.merges").rows == []


def measured(millions: int) -> None:
    """One size of store."""
    visits = backlog(UNITS)
    stored = [event for batch in islice(visits, FIRST_VISITS // 10_000) for event in batch]
    new = [event for batch in islice(visits, NEW_EVENTS // 40_000) for event in batch]
    ends = [event for event in stored if event.kind == "service.ended"]
    first = [event for event in stored if event.kind != "service.ended"]
    with tempfile.TemporaryDirectory() as folder, closing(Run(Path(folder), UNITS, 1)) as run:
        run.measured(records_of(first, RECORD_EVENTS), len(first))
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
        for name, events in (("ends of stored visits", ends), ("new visits", new)):
            seconds, cpu, server, _ = run.measured(records_of(events, RECORD_EVENTS), len(events))
            rest = f"server {server / len(events) * 1e6:5.1f}  {peak_of(worker.pid):5.0f} MB"
            line(f"     {name}", len(events), seconds, cpu, rest)


def main() -> None:
    """Each size in turn."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--millions", type=int, nargs="*", default=[1, 10, 100])
    for millions in options.parse_args().millions:
        measured(millions)


if __name__ == "__main__":
    main()
