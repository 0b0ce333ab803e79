"""What an event costs a worker with ten units and with 100,000, the work being the same.

    python -m benchmarks.units [--turns N] [--only SERIES ...]

Times, services, rows an event, days of units and the number of events are the same however many units there are, and
each unit has a source of its own (``alone`` in :mod:`benchmarks.operator`): ``alone`` is visits that share no window
and no unit's day (but with those of rounds before, which were a second earlier), ``together`` five of a unit after one
another. In ``spread`` the days of units are not the same: ten units have a dozen visits on each, with 100,000 units
every visit is on a day of its own, which is written and announced for it.

The machine is not as fast in one minute as in the next, so all workers are there from the beginning, and in each turn
every one of them gets ``EVENTS`` events, one worker after the other; each follows each of the others equally often.
What is told in the end is how their costs lie to each other within a turn, and what each of them took in all, with
what it announced between the turns and after the last one, less what it takes while it has nothing to do.
"""

import argparse
import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

from rich.progress import track

from benchmarks.distributed import RECORD_EVENTS, Record, Run, cpu_of, line, peak_of, records_of
from benchmarks.operator import alone
from pantau.domain.students_t import quantile
from stream_processors.loops import BACKLOG_SECONDS

UNITS = (10, 100, 10_000, 100_000)
ORDERS = ((0, 1, 3, 2), (1, 2, 0, 3), (2, 3, 1, 0), (3, 0, 2, 1))
"""A Williams square: in four turns each comes at each place once, and once behind each of the others."""

SERIES = {"alone": (1, 24), "together": (5, 24), "spread": (1, 2)}
"""How many visits a unit has at once, and how many hours later other units have theirs."""

EVENTS = 200_000
WARMING = 2
"""Turns that are not counted: in them ``alone`` meets every unit and every window for the first time."""

IDLE_SECONDS, IDLE_LOOKS = 10.0, 4
"""How long workers are watched that have nothing to do, and how often: the least counts."""

_BATCH = 40_000

Costs = dict[int, list[float]]
"""CPU seconds of a worker per million events, by how many units there are, turn by turn."""


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
        whole = Whole(runs)
        for turn in range(-WARMING, turns):
            if turn == 0:
                whole.begin()
            for units in (UNITS[place] for place in ORDERS[turn % len(ORDERS)]):
                run, before = runs[units], runs[units].rows()
                seconds, worker, server, broker = run.measured(records[units][WARMING + turn], EVENTS)
                rest = (
                    f"server {server / EVENTS * 1e6:5.1f}  broker {broker / EVENTS * 1e6:5.1f}"
                    f"  {peak_of(run.workers[0].pid):5.0f} MB  {(run.rows() - before) / EVENTS:4.1f} rows an event"
                )
                what = f"turn {turn + 1}" if turn >= 0 else "warming"
                cost = line(f"{name}, {units:,} units, {what}", EVENTS, seconds, worker, rest)
                if turn >= 0:
                    costs[units].append(cost)
        whole.end(turns * EVENTS)
    return costs


class Whole:
    """What workers take in all, with what they do of their own accord behind what they were given."""

    def __init__(self, runs: Mapping[int, Run]) -> None:
        self._runs = runs
        self._began = 0.0
        self._before: dict[int, float] = {}

    def begin(self) -> None:
        """Count from here, where nothing is left to be said of what was before."""
        self._rest()
        self._began, self._before = time.monotonic(), self._spent()

    def end(self, events: int) -> None:
        """Wait until nothing is left to be said; print what each worker took."""
        self._rest()
        taken, seconds = self._since(self._before), time.monotonic() - self._began
        looks = [self._idle() for _ in range(IDLE_LOOKS)]
        idle = {units: min(look[units] for look in looks) for units in taken}
        print("\nin all, until nothing was left to be announced")
        for units, spent in taken.items():
            cost = (spent - idle[units] * seconds) / events * 1e6
            print(f"{units:>9,} units  {cost:5.1f}, and {idle[units] * 100:.1f} % of a core with nothing to do")

    def _idle(self) -> dict[int, float]:
        """The share of a core that each worker takes for a while."""
        before, began = self._spent(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        seconds = time.monotonic() - began
        return {units: spent / seconds for units, spent in self._since(before).items()}

    def _rest(self) -> None:
        """Wait until every worker has announced what it has to, which it does once a minute after much work."""
        time.sleep(BACKLOG_SECONDS + 5)
        while True:
            before = self._spent()
            time.sleep(5)
            if max(self._since(before).values()) < 0.5:
                return

    def _spent(self) -> dict[int, float]:
        return {units: cpu_of(run.workers[0].pid) for units, run in self._runs.items()}

    def _since(self, before: Mapping[int, float]) -> dict[int, float]:
        return {units: spent - before[units] for units, spent in self._spent().items()}


def told(name: str, costs: Costs) -> None:
    """Print what the turns have in common."""
    turns = [*zip(*costs.values(), strict=True)]
    print(f"\n{name}, {len(turns)} turns: CPU-s per million, and as a share of the mean of their turn")
    for units, found in costs.items():
        shares = [cost / statistics.mean(every) for cost, every in zip(found, turns, strict=True)]
        spread = f"{min(found):.1f} to {max(found):.1f}"
        print(f"{units:>9,} units  {statistics.mean(found):5.1f} ({spread})  {statistics.median(shares):5.2f}")
    if len(turns) > 1:
        middle, half = rise(turns)
        low, high = math.exp(middle - half), math.exp(middle + half)
        print(f"  from {UNITS[0]:,} to {UNITS[-1]:,} units {math.exp(middle):.2f} times, {low:.2f} to {high:.2f}\n")


def rise(turns: Sequence[Sequence[float]]) -> tuple[float, float]:
    """How the logarithm of the cost rises over all units, by the line through each turn: its mean, and half of the
    interval that holds it in 95 of 100 cases (Student's t over the turns)."""
    tens = [math.log10(units) for units in UNITS]
    slopes = [statistics.linear_regression(tens, [*map(math.log, costs)]).slope for costs in turns]
    found = [slope * (tens[-1] - tens[0]) for slope in slopes]
    return statistics.mean(found), quantile(0.975, len(found) - 1) * statistics.stdev(found) / math.sqrt(len(found))


def main() -> None:
    """Run the series asked for."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--turns", type=int, default=12)
    options.add_argument("--only", nargs="*", default=[*SERIES], choices=[*SERIES])
    chosen = options.parse_args()
    for name in chosen.only:
        told(name, measured(name, chosen.turns))


if __name__ == "__main__":
    main()
