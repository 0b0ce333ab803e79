"""The embedded product against a naive per-event baseline, on the same file, in the same run.

    python -m benchmarks.embedded [--days N] [--work DIR]

One CSV file of simulated queue tickets is (a) read by a naive program, one event at a time, into SQLite, and (b)
replayed by the product into an empty data directory until its windows can be queried; then the same again, shuffled.
Prints events a second, CPU-seconds per million events and peak memory of both, and their ratio.
"""

import argparse
import csv
import math
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
TIMES = ("created_at", "called_at", "served_at", "finished_at")


def naive(path: Path, database: Path) -> int:
    """What one writes first: an event at a time, each durable before the next, the same cells of the same windows.

    Without validation, deduplication, late events, corrections or proof; SQLite in the same process, no server.
    """
    store = sqlite3.connect(database)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("CREATE TABLE visits (id TEXT PRIMARY KEY, created REAL, called REAL, served REAL, finished REAL)")
    store.execute(
        "CREATE TABLE cells (unit TEXT, service TEXT, size INT, start INT, measure TEXT, n INT, total REAL, "
        "PRIMARY KEY (unit, service, size, start, measure))"
    )
    store.execute(
        "CREATE TABLE buckets (unit TEXT, service TEXT, size INT, start INT, measure TEXT, bucket INT, n INT, "
        "PRIMARY KEY (unit, service, size, start, measure, bucket))"
    )
    n = 0
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            for column in TIMES:
                if not row[column]:
                    continue
                name = column.removesuffix("_at")
                at = datetime.strptime(row[column] + "+0000", "%Y-%m-%d %H:%M:%S%z").timestamp()
                store.execute(
                    f"INSERT INTO visits (id, {name}) VALUES (?, ?) "
                    f"ON CONFLICT (id) DO UPDATE SET {name} = excluded.{name}",
                    (row["id"], at),
                )
                created, called, served = store.execute(
                    "SELECT created, called, served FROM visits WHERE id = ?", (row["id"],)
                ).fetchone()
                for measure, value in MARKS[name](created, called, served, at):
                    for size, service in ((300, "*"), (1800, row["service_id"]), (86400, row["service_id"])):
                        cell = (row["unit"], service, size, int(at // size * size), measure)
                        store.execute(
                            "INSERT INTO cells VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE "
                            "SET n = n + 1, total = total + excluded.total",
                            (*cell, value or 0),
                        )
                        if value is not None:
                            store.execute(
                                "INSERT INTO buckets VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
                                (*cell, int(math.log(value * 1000 + 1, 1.02))),
                            )
                store.commit()
                n += 1
    return n


MARKS: dict[str, Callable[[float, float, float, float], list[tuple[str, float | None]]]] = {
    "created": lambda created, called, served, at: [("arrivals", None)],
    "called": lambda created, called, served, at: [("called", None), ("wait_to_call", at - created)],
    "served": lambda created, called, served, at: [("wait_to_start", at - created)],
    "finished": lambda created, called, served, at: [
        ("outcome", None),
        ("service_time", at - served),
        ("visit_time", at - created),
        ("promise", None),
    ],
}
"""What each event adds to windows: the same marks as the product's."""


def _child_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measured(command: list[str]) -> tuple[float, float, float, str]:
    """(wall seconds, CPU seconds of it and its children, peak MB of the largest process, what it printed)."""
    before, began = _child_cpu(), time.monotonic()
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", _WRAP, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    wall = time.monotonic() - began
    if done.returncode:
        raise SystemExit(done.stderr)
    said, _, peak = done.stdout.rpartition("\npeak ")
    return wall, _child_cpu() - before, float(peak), said


_WRAP = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
    "print('\\npeak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024); sys.exit(code)"
)


def report(name: str, events: int, wall: float, cpu: float, peak: float) -> float:
    """Print one line; returns events a second."""
    print(f"{name:28s} {events / wall:>10,.0f} events/s {cpu / events * 1e6:>7.1f} CPU-s/M {peak:>7.0f} MB peak")
    return events / wall


def main() -> None:
    """Run both on one file and print the ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=3, help="days of 100 units with 400 visits a day")
    options.add_argument("--work", type=Path, default=Path("artifacts/benchmark"))
    chosen = options.parse_args()
    work: Path = chosen.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    table, registry, shuffled = work / "tickets.csv", work / "registry.toml", work / "shuffled.csv"
    mapping = work / "tickets.toml"
    pantau = [sys.executable, "-m", "pantau.cli.main"]
    simulate = ["simulate", "--world", "load:100x400", "--days", str(chosen.days), "--format", "csv"]
    subprocess.run([*pantau, *simulate, "--out", str(table), "--registry", str(registry)], cwd=ROOT, check=True)
    with registry.open("a") as file:
        file.write('\n[[source]]\nname = "tickets"\nlive = false\n\n[[standard]]\nmeasure = "wait_to_call"\n')
        file.write('within = "15 minutes"\n')
    mapping.write_text(
        (ROOT / "producers/mappings/antrian_mpp.toml")
        .read_text()
        .replace('source = "antrian-mpp"', 'source = "tickets"')
        .replace('unit = "mpp"', 'unit = "{unit}"')
    )
    lines = table.read_text().splitlines(keepends=True)
    random.Random(1).shuffle(body := lines[1:])
    shuffled.write_text("".join([lines[0], *body]))

    small = work / "small.csv"
    small.write_text("".join(lines[:5_001]))
    baseline = [sys.executable, "-c"]
    baseline += [
        "import sys; from pathlib import Path; from benchmarks.embedded import naive; "
        f"print(naive(Path({str(small)!r}), Path({str(work / 'naive.sqlite')!r})))"
    ]
    wall, cpu, peak, said = measured(baseline)
    slow = report("naive, one event at a time", int(said.strip()), wall, cpu, peak)
    for name, given in (("pantau replay, in order", table), ("pantau replay, shuffled", shuffled)):
        data = work / name.replace(" ", "-").replace(",", "")
        wall, cpu, peak, said = measured(
            [
                *(*pantau, "replay", str(given), "--mapping", str(mapping)),
                *("--to", str(data), "--registry", str(registry), "--lang", "en"),
            ]
        )
        events = int(said.split()[0].replace(",", ""))
        fast = report(name, events, wall, cpu, peak)
        print(f"{'':28s} {fast / slow:>10.1f} times the baseline; {said.strip().splitlines()[0]}")


if __name__ == "__main__":
    main()
