"""What an event costs a worker with ten units and with 100,000, nothing else being different.

    python -m benchmarks.units [--passes N] [--only alone together]

Times, services, rows an event and the number of events are the same however many units there are (``alone`` in
:mod:`benchmarks.operator`). ``alone`` is visits that share no window, 400,000 events, and as many more to the same
windows, and again; ``together`` is five visits of a unit after one another, 2,000,000 events. Each pass runs all
numbers of units, in another order, for the machine is not as fast in one minute as in the next; what is told in the end
is how their costs lie to each other within a pass.
"""

import argparse
import math
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from rich.progress import track

from benchmarks.distributed import RECORD_EVENTS, Record, Run, line, peak_of, records_of
from benchmarks.operator import ROUND, alone
from pantau.domain.students_t import quantile

UNITS = (10, 100, 10_000, 100_000)
SERIES = {"alone": (1, 3), "together": (5, 1)}
"""How many visits a unit has at once, and rounds of ``ROUND`` such."""

EVENTS_AT_ONCE = 40_000

Costs = dict[int, list[float]]
"""CPU seconds of a worker per million events, by how many units there are, a pass each."""


def rounds_of(units: int, together: int, rounds: int) -> Iterator[tuple[int, list[Record]]]:
    """The records of each round, and how many events they have."""
    source, events = alone(units, together), 4 * ROUND * together
    for _ in range(rounds):
        batches = islice(source, events // EVENTS_AT_ONCE)
        yield events, records_of([event for batch in batches for event in batch], RECORD_EVENTS)


def measured(name: str, units: int, rounds: Sequence[tuple[int, list[Record]]]) -> float:
    """One worker, round by round; the mean of what an event cost in them."""
    costs, written = [], 0.0
    with tempfile.TemporaryDirectory() as folder, closing(Run(Path(folder), units, 1)) as run:
        for nth, (events, records) in enumerate(rounds, 1):
            seconds, worker, server, broker = run.measured(records, events)
            before, written = written, run.rows()
            rest = (
                f"server {server / events * 1e6:5.1f}  broker {broker / events * 1e6:5.1f}"
                f"  {peak_of(run.workers[0].pid):5.0f} MB  {(written - before) / events:4.1f} rows an event"
            )
            costs.append(line(f"{name}, {units:,} units, round {nth}", events, seconds, worker, rest))
    return statistics.mean(costs)


def told(name: str, costs: Costs) -> None:
    """Print what the passes have in common."""
    passes = [*zip(*costs.values(), strict=True)]
    print(f"\n{name}, {len(passes)} passes: CPU-s per million, and as a share of the mean of its pass")
    for units, found in costs.items():
        shares = [cost / statistics.mean(every) for cost, every in zip(found, passes, strict=True)]
        spread = f"{min(found):4.1f} to {max(found):4.1f}"
        print(f"{units:>9,} units  {statistics.median(found):5.1f} ({spread})  {statistics.median(shares):5.2f}")
    if len(passes) > 1:
        middle, half = rise(passes)
        low, high = math.exp(middle - half), math.exp(middle + half)
        print(f"  from {UNITS[0]:,} to {UNITS[-1]:,} units {math.exp(middle):.2f} times, {low:.2f} to {high:.2f}\n")


def rise(passes: Sequence[Sequence[float]]) -> tuple[float, float]:
    """How the logarithm of the cost rises over all units, by the line through each pass: its mean, and half of the
    interval that holds it in 95 of 100 cases (Student's t over the passes)."""
    tens = [math.log10(units) for units in UNITS]
    slopes = [statistics.linear_regression(tens, [*map(math.log, costs)]).slope for costs in passes]
    found = [slope * (tens[-1] - tens[0]) for slope in slopes]
    return statistics.mean(found), quantile(0.975, len(found) - 1) * statistics.stdev(found) / math.sqrt(len(found))


def main() -> None:
    """Run the series asked for."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--passes", type=int, default=5)
    options.add_argument("--only", nargs="*", default=[*SERIES], choices=[*SERIES])
    chosen = options.parse_args()
    for name in chosen.only:
        records = {units: [*rounds_of(units, *SERIES[name])] for units in track(UNITS, f"Making the events of {name}")}
        costs: Costs = {units: [] for units in UNITS}
        for nth in range(chosen.passes):
            start = nth % len(UNITS)
            for units in UNITS[start:] + UNITS[:start]:
                costs[units].append(measured(name, units, records[units]))
        told(name, costs)


if __name__ == "__main__":
    main()
