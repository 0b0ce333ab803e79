"""Workers compared with one another in turns: the machine is not as fast in one minute as in the next.

All workers are there from the beginning, each with a broker and a server of its own, and in each turn every one of them
gets the same events, one worker after the other. What is told in the end is how their costs lie to each other within a
turn, and what each of them and its server took in all, with what they announced and merged between the turns and after
the last one, less what they take while they have nothing to do.
"""

import math
import statistics
import time
from collections.abc import Mapping, Sequence

from benchmarks.distributed import Record, Run, cpu_of, line, peak_of
from pantau.domain.students_t import quantile
from stream_processors.loops import BACKLOG_SECONDS

Costs = dict[int, list[float]]
"""CPU seconds of a worker per million events, turn by turn, by what the workers differ in."""

IDLE_SECONDS, IDLE_LOOKS = 10.0, 4
"""How long processes are watched that have nothing to do, and how often: the least counts."""

_Spent = dict[tuple[int, str], float]
"""CPU seconds by what the workers differ in, and by whether it is the worker or its server."""


def taken(run: Run, records: list[Record], events: int, name: str) -> float:
    """Give a worker its records and print what they took: CPU seconds of the worker per million events."""
    rows, before = run.rows(), merged(run)
    seconds, worker, server, broker = run.measured(records, events)
    rest = (
        f"server {server / events * 1e6:5.1f}  broker {broker / events * 1e6:5.1f}"
        f"  {peak_of(run.workers[0].pid):5.0f} MB"
        f"  {(run.rows() - rows) / events:4.1f} rows an event, {(merged(run) - before) / events:4.0f} merged meanwhile"
    )
    return line(name, events, seconds, worker, rest)


def merged(run: Run) -> int:
    """Rows that the server merged since it began."""
    return int(run.engine.query("SELECT sum(value) FROM system.events WHERE event = 'MergedRows'").rows[0][0])


def settled(run: Run) -> bool:
    """Whether nothing is being merged."""
    return run.engine.query("SELECT 1 FROM system.merges").rows == []


class Whole:
    """What workers and servers take in all, with what they do of their own accord behind what they were given."""

    def __init__(self, runs: Mapping[int, Run], what: str) -> None:
        self._runs = runs
        self._what = what
        self._began = 0.0
        self._before: _Spent = {}
        self._merged: dict[int, int] = {}

    def begin(self) -> None:
        """Count from here, where nothing is left to be done of what was before."""
        self._rest()
        self._began, self._before = time.monotonic(), self._spent()
        self._merged = {size: merged(run) for size, run in self._runs.items()}

    def end(self, events: int) -> None:
        """Wait until nothing is left to be said or merged; print what each took."""
        self._rest()
        spent, seconds = self._since(self._before), time.monotonic() - self._began
        rows = {size: (merged(run) - self._merged[size]) / events for size, run in self._runs.items()}
        looks = [self._idle() for _ in range(IDLE_LOOKS)]
        idle = {one: min(look[one] for look in looks) for one in spent}
        print("\nin all, until nothing was left to be announced or merged")
        for size in self._runs:
            words = []
            for who in ("worker", "server"):
                cost = (spent[size, who] - idle[size, who] * seconds) / events * 1e6
                words.append(f"{who} {cost:5.1f}, and {idle[size, who] * 100:.1f} % of a core with nothing to do")
            print(f"{size:>9,} {self._what}  {'; '.join(words)}; {rows[size]:.1f} rows an event merged")

    def _idle(self) -> _Spent:
        """The share of a core that each process takes for a while."""
        before, began = self._spent(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        seconds = time.monotonic() - began
        return {one: cpu / seconds for one, cpu in self._since(before).items()}

    def _rest(self) -> None:
        """Wait until every worker has announced what it has to, which it does once a minute after much work, and no
        server merges."""
        time.sleep(BACKLOG_SECONDS + 5)
        while True:
            before = self._spent()
            time.sleep(5)
            workers = [cpu for (_, who), cpu in self._since(before).items() if who == "worker"]
            if max(workers) < 0.5 and all(settled(run) for run in self._runs.values()):
                return

    def _spent(self) -> _Spent:
        found = {}
        for size, run in self._runs.items():
            found[size, "worker"] = cpu_of(run.workers[0].pid)
            found[size, "server"] = cpu_of(run.cluster.tables.pid)
        return found

    def _since(self, before: _Spent) -> _Spent:
        return {one: cpu - before[one] for one, cpu in self._spent().items()}


def told(name: str, what: str, costs: Costs) -> None:
    """Print what the turns have in common."""
    sizes = [*costs]
    turns = [*zip(*costs.values(), strict=True)]
    print(f"\n{name}, {len(turns)} turns: CPU-s per million, and as a share of the mean of their turn")
    for size, found in costs.items():
        shares = [cost / statistics.mean(every) for cost, every in zip(found, turns, strict=True)]
        spread = f"{min(found):.1f} to {max(found):.1f}"
        print(f"{size:>9,} {what}  {statistics.mean(found):5.1f} ({spread})  {statistics.median(shares):5.2f}")
    if len(turns) > 1:
        middle, half = rise(sizes, turns)
        low, high = math.exp(middle - half), math.exp(middle + half)
        print(f"  from {sizes[0]:,} to {sizes[-1]:,} {what} {math.exp(middle):.2f} times, {low:.2f} to {high:.2f}\n")


def rise(sizes: Sequence[int], turns: Sequence[Sequence[float]]) -> tuple[float, float]:
    """How the logarithm of the cost rises over all sizes, by the line through each turn: its mean, and half of the
    interval that holds it in 95 of 100 cases (Student's t over the turns)."""
    tens = [math.log10(size) for size in sizes]
    slopes = [statistics.linear_regression(tens, [*map(math.log, costs)]).slope for costs in turns]
    found = [slope * (tens[-1] - tens[0]) for slope in slopes]
    return statistics.mean(found), quantile(0.975, len(found) - 1) * statistics.stdev(found) / math.sqrt(len(found))
