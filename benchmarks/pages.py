"""How long the page with all units and the page of sources take to build, with few units and with many.

    python -m benchmarks.pages [--units N ...] [--rounds N]

Each unit has a queue machine of its own, and twenty visits in the morning of five Mondays, the last one today's.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from benchmarks.boards import Counting, Page
from benchmarks.operator import MONDAY_8, VISITS_A_DAY, registry, whole
from dashboards.live.overview import overview
from dashboards.live.reading import Reader
from dashboards.live.sources import sources
from pantau.domain.accepted import accepted
from pantau.domain.events import Event
from pantau.domain.zones import DAY, MINUTE
from pantau.embedded.pipeline import MAX_BATCH, Pipeline
from storage.migrate import migrate
from storage.registries import write_reference
from storage.store import Store

WEEKS, VISITS = 5, 20
NOW = MONDAY_8 + (WEEKS - 1) * 7 * DAY + 20 * MINUTE
"""Most of today's visits have come, some of them wait."""

REST_SECONDS = 6.0
"""Between rounds: what pages keep for some seconds is asked for in each."""


def visits(units: int) -> Iterator[Event]:
    """What happened until now."""
    chance = random.Random(units)
    for week in range(WEEKS):
        first = week * 7 * VISITS_A_DAY * units
        for visit in range(first, first + VISITS * units):
            yield from (event for event in whole(visit, units, chance) if event.time <= NOW)


def measured(units: int, rounds: int) -> None:
    """One line of the table for each page."""
    known = registry(units)
    with tempfile.TemporaryDirectory() as folder:
        engine = Counting(Path(folder))
        migrate(engine)
        store = Store(engine)
        write_reference(store, known)
        pipeline = Pipeline(store, known)
        said = visits(units)
        while events := accepted(islice(said, MAX_BATCH)):
            pipeline.append(events)
            pipeline.process(events)
        pipeline.close()
        reader = Reader(Page(engine, known))
        for name, build in (("all units", overview), ("sources", sources)):
            walls, cpu = [], time.process_time()
            for _ in range(rounds):
                time.sleep(REST_SECONDS)
                began = time.perf_counter()
                model = build(reader, NOW)
                walls.append(time.perf_counter() - began)
            cpu = (time.process_time() - cpu) / rounds
            size = len(msgspec.json.encode(model)) / 1e6
            told = f"{statistics.median(walls):6.2f} s, at most {max(walls):.2f}  {cpu:5.2f} CPU-s  {size:5.2f} MB"
            print(f"{name:10} {units:>7,} units {told}", flush=True)
        engine.close()


def main() -> None:
    """Each number of units in turn."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--units", type=int, nargs="*", default=[20, 100, 500, 2_000])
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    for units in chosen.units:
        measured(units, chosen.rounds)


if __name__ == "__main__":
    main()
