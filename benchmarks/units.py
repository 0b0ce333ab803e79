"""What an event costs a worker with ten units and with 100,000, the work being the same.

    python -m benchmarks.units [--turns N] [--only alone together]

Times, services, rows an event and the number of events are the same however many units there are (``alone`` in
:mod:`benchmarks.operator`). ``alone`` is visits that share no window, and after 400,000 events as many to the same
windows, and so on; ``together`` is five visits of a unit after one another. What is announced of a unit's day is not
counted: it falls mostly after what is timed. The machine is not as fast in one minute as in the next, so all workers
are there from the beginning, and in each turn every one of them gets ``EVENTS`` events, one worker after the other.
What is told in the end is how their costs lie to each other within a turn.
"""

import argparse
import math
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

from rich.progress import track

from benchmarks.distributed import RECORD_EVENTS, Record, Run, line, peak_of, records_of
from benchmarks.operator import alone
from pantau.domain.students_t import quantile

UNITS = (10, 100, 10_000, 100_000)
SERIES = {"alone": 1, "together": 5}
"""How many visits a unit has at once."""

EVENTS = 200_000
_BATCH = 40_000

Costs = dict[int, list[float]]
"""CPU seconds of a worker per million events, by how many units there are, turn by turn."""


def turns_of(units: int, together: int, turns: int) -> Iterator[list[Record]]:
    """The records of each turn."""
    source = alone(units, together)
    for _ in range(turns):
        yield records_of([event for batch in islice(source, EVENTS // _BATCH) for event in batch], RECORD_EVENTS)


def measured(name: str, turns: int) -> Costs:
    """All workers, turn by turn."""
    costs: Costs = {units: [] for units in UNITS}
    records = {units: [*turns_of(units, SERIES[name], turns)] for units in track(UNITS, f"Making the events of {name}")}
    with ExitStack() as running:
        folders = {units: Path(running.enter_context(tempfile.TemporaryDirectory())) for units in UNITS}
        runs = {units: running.enter_context(closing(Run(folders[units], units, 1))) for units in UNITS}
        for turn in range(turns):
            first = turn % len(UNITS)
            for units in UNITS[first:] + UNITS[:first]:
                run, before = runs[units], runs[units].rows()
                seconds, worker, server, broker = run.measured(records[units][turn], EVENTS)
                rest = (
                    f"server {server / EVENTS * 1e6:5.1f}  broker {broker / EVENTS * 1e6:5.1f}"
                    f"  {peak_of(run.workers[0].pid):5.0f} MB  {(run.rows() - before) / EVENTS:4.1f} rows an event"
                )
                costs[units].append(line(f"{name}, {units:,} units, turn {turn + 1}", EVENTS, seconds, worker, rest))
    return costs


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
