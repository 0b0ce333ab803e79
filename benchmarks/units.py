"""What an event costs a worker with ten units and with 100,000, the work being the same.

    python -m benchmarks.units [--turns N] [--only SERIES ...]

Times, services, rows an event, days of units and the number of events are the same however many units there are, and
each unit has a source of its own (``alone`` in :mod:`benchmarks.operator`): ``alone`` is visits that share no window
and no unit's day (but with those of rounds before, which were a second earlier), ``together`` five of a unit after one
another. In ``spread`` the days of units are not the same: ten units have a dozen visits on each, with 100,000 units
every visit is on a day of its own, which is written and announced for it.

Workers with so many units take turns (:mod:`benchmarks.turns`); each follows each of the others equally often.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

from rich.progress import track

from benchmarks.distributed import RECORD_EVENTS, Record, Run, records_of
from benchmarks.operator import alone
from benchmarks.turns import Costs, Whole, taken, told

UNITS = (10, 100, 10_000, 100_000)
ORDERS = ((0, 1, 3, 2), (1, 2, 0, 3), (2, 3, 1, 0), (3, 0, 2, 1))
"""A Williams square: in four turns each comes at each place once, and once behind each of the others."""

SERIES = {"alone": (1, 24), "together": (5, 24), "spread": (1, 2)}
"""How many visits a unit has at once, and how many hours later other units have theirs."""

EVENTS = 200_000
WARMING = 2
"""Turns that are not counted: in them ``alone`` meets every unit and every window for the first time."""

_BATCH = 40_000


def turns_of(name: str, units: int, turns: int) -> Iterator[list[Record]]:
    """The records of each turn."""
    source = alone(units, *SERIES[name])
    for _ in range(turns):
        yield records_of([event for batch in islice(source, EVENTS // _BATCH) for event in batch], RECORD_EVENTS)


def measured(name: str, turns: int) -> Costs:
    """All workers, turn by turn."""
    costs: Costs = {units: [] for units in UNITS}
    every = WARMING + turns
    records = {units: [*turns_of(name, units, every)] for units in track(UNITS, f"Making the events of {name}")}
    with ExitStack() as running:
        folders = {units: Path(running.enter_context(tempfile.TemporaryDirectory())) for units in UNITS}
        runs = {units: running.enter_context(closing(Run(folders[units], units, 1))) for units in UNITS}
        whole = Whole(runs, "units")
        for turn in range(-WARMING, turns):
            if turn == 0:
                whole.begin()
            for units in (UNITS[place] for place in ORDERS[turn % len(ORDERS)]):
                what = f"{name}, {units:,} units, {f'turn {turn + 1}' if turn >= 0 else 'warming'}"
                cost = taken(runs[units], records[units][WARMING + turn], EVENTS, what)
                if turn >= 0:
                    costs[units].append(cost)
        whole.end(turns * EVENTS)
    return costs


def main() -> None:
    """Run the series asked for."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--turns", type=int, default=12)
    options.add_argument("--only", nargs="*", default=[*SERIES], choices=[*SERIES])
    chosen = options.parse_args()
    for name in chosen.only:
        told(name, "units", measured(name, chosen.turns))


if __name__ == "__main__":
    main()
