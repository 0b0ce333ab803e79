"""The embedded product against a naive per-event baseline, on the same file, in the same run.

    python -m benchmarks.embedded [--visits N] [--work DIR]

One CSV file of simulated queue tickets is (a) read by a naive program, one event at a time, into SQLite, and (b)
replayed by the product into an empty data directory until its windows can be queried; then the same again, shuffled.
Prints events a second, CPU-seconds per million events and peak memory of both, and their ratio.
"""

import argparse
import csv
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
TIMES = ("created_at", "called_at", "served_at", "finished_at")


def naive(path: Path, database: Path) -> int:
    """What one writes first: a row at a time, a window row read and written for every event."""
    store = sqlite3.connect(database)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("CREATE TABLE visits (id TEXT PRIMARY KEY, created REAL, called REAL, served REAL, finished REAL)")
    store.execute("CREATE TABLE windows (unit TEXT, start INT, measure TEXT, n INT, total REAL, PRIMARY KEY (unit, start, measure))")
    n = 0
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            visit: dict[str, float] = {}
            for column in TIMES:
                if not row[column]:
                    continue
                at = datetime.strptime(row[column], "%Y-%m-%d %H:%M:%S").timestamp()
                visit[column] = at
                store.execute(
                    f"INSERT INTO visits (id, {column.removesuffix('_at')}) VALUES (?, ?) "
                    f"ON CONFLICT (id) DO UPDATE SET {column.removesuffix('_at')} = excluded.{column.removesuffix('_at')}",
                    (row["id"], at),
                )
                value = at - visit["created_at"] if "created_at" in visit else 0
                for size in (300, 1800, 86400):
                    store.execute(
                        "INSERT INTO windows VALUES (?, ?, ?, 1, ?) ON CONFLICT (unit, start, measure) "
                        "DO UPDATE SET n = n + 1, total = total + excluded.total",
                        (row.get("unit", ""), int(at // size * size), f"{column}/{size}", value),
                    )
                n += 1
                if n % 1000 == 0:
                    store.commit()
    store.commit()
    return n


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
    pantau = [sys.executable, "-m", "pantau.cli.main"]
    simulate = ["simulate", "--world", "load:100x400", "--days", str(chosen.days), "--format", "csv"]
    subprocess.run([*pantau, *simulate, "--out", str(table), "--registry", str(registry)], cwd=ROOT, check=True)
    lines = table.read_text().splitlines(keepends=True)
    random.Random(1).shuffle(body := lines[1:])
    shuffled.write_text("".join([lines[0], *body]))

    small = work / "small.csv"
    small.write_text("".join(lines[:20_001]))
    baseline = [sys.executable, "-c"]
    baseline += [
        "import sys; from pathlib import Path; from benchmarks.embedded import naive; "
        f"print(naive(Path({str(small)!r}), Path({str(work / 'naive.sqlite')!r})))"
    ]
    wall, cpu, peak, said = measured(baseline)
    slow = report("naive, one event at a time", int(said.strip()), wall, cpu, peak)
    for name, file in (("pantau replay, in order", table), ("pantau replay, shuffled", shuffled)):
        data = work / name.replace(" ", "-").replace(",", "")
        wall, cpu, peak, said = measured(
            [
                *(*pantau, "replay", str(file), "--mapping", "antrian_mpp"),
                *("--to", str(data), "--registry", str(registry)),
            ]
        )
        events = int(said.split()[0].replace(",", ""))
        fast = report(name, events, wall, cpu, peak)
        print(f"{'':28s} {fast / slow:>10.1f} times the baseline; {said.strip().splitlines()[0]}")


if __name__ == "__main__":
    main()
