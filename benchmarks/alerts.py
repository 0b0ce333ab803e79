"""How quiet and how quick the alert rule is, in a synthetic world (`benchmarks/alerts_world.py`).

    python -m benchmarks.alerts [--visits N ...] [--units N] [--seed S] [--only quiet|falls|dirty|incidents ...]

Prints a table: false alarms per unit-year of 240 working days (an alarm is an incident that begins, whichever of the
three indicators began it), and for falls of a known size the delay from the true onset in working days and in visits,
and how many were not found within 20 working days. Onsets fall on any half hour. Every number is measured with the
product's own detector, with baselines it estimated itself, nothing is told to it.
"""

import argparse
import copy
from collections.abc import Sequence
from statistics import median
from time import process_time

from benchmarks.alerts_world import (
    FIRST_SLOT,
    GROUP,
    SLOTS,
    Dirt,
    Fall,
    Office,
    half_hour_start,
    history_of,
    office,
    simulate,
    working_day,
)
from pantau.domain.alerts.detection import History, replay
from pantau.domain.alerts.half_hours import Day
from pantau.domain.alerts.incidents import Incident, incidents
from pantau.domain.alerts.policy import ALERT_SOONER, QUIET, Policy

SIZES = (20, 50, 100, 200, 400)
PEERS = 25
BEFORE = 50
"""Working days of history before anything is judged."""

YEAR = 240
WARM = 13
"""Working days judged before a fall."""

FOUND_WITHIN = 20
CLEAN, DIRTY = Dirt(), Dirt(stuck=0.02, corrupt=True)

Days = tuple[list[Day], list[Day]]


def judged(history: History, upto: int, policy: Policy) -> list[Incident]:
    """The incidents of the working days [BEFORE, upto)."""
    return incidents(replay(history, first=working_day(BEFORE), upto=working_day(upto), policy=policy))


def offices(seed: str, units: int, batch: int) -> list[Office]:
    """Twenty-five peers (or what is left of ``units``)."""
    return [office(f"{seed}/{batch}/{i}") for i in range(min(PEERS, units - batch * PEERS))]


def quiet(visits: float, units: int, seed: str, dirt: Dirt, policy: Policy) -> tuple[float, dict[str, float]]:
    """False alarms per unit-year, all together and by the indicator that began them."""
    found: list[Incident] = []
    for batch in range(-(-units // PEERS)):
        made = []
        for i, unit in enumerate(offices(f"{seed}/quiet/{visits}", units, batch)):
            made.append((f"u{i}", *simulate(unit, visits, range(BEFORE + YEAR), dirt=dirt)))
        found += judged(history_of(made), BEFORE + YEAR, policy)
    by = {
        name: sum(each.first.indicator == name for each in found) / units for name in ("late", "time", "satisfaction")
    }
    return len(found) / units, by


class Peers:
    """Offices with a past, to which several futures are added."""

    def __init__(self, visits: float, seed: str, units: int, batch: int, dirt: Dirt) -> None:
        self.visits, self.dirt = visits, dirt
        self.offices = offices(f"{seed}/falls/{visits}", units, batch)
        self.past: list[Days] = [simulate(unit, visits, range(BEFORE + WARM), dirt=dirt) for unit in self.offices]

    def with_fall(self, *, late: float = 0.0, marks: float = 0.0, days: int | None = None, go_on: int) -> History:
        """Their history with a fall that begins right after the past, and ``go_on`` working days of it."""
        begin = BEFORE + WARM
        made = []
        for i, (unit, past) in enumerate(zip(self.offices, self.past, strict=True)):
            unit = copy.deepcopy(unit)
            fall = Fall(begin, i * 7 % SLOTS, late, marks, days)
            counters, answers = simulate(unit, self.visits, range(begin, begin + go_on), fall=fall, dirt=self.dirt)
            made.append((f"u{i}", past[0] + counters, past[1] + answers))
        return history_of(made)


class Delays:
    """Delays of one kind of fall, gathered over batches."""

    def __init__(self) -> None:
        self.days: list[float] = []
        self.visits: list[float] = []

    def add(self, history: History, found: Sequence[Incident], units: int) -> None:
        """What was found in a batch; offices whose alarm was open at the onset are left out."""
        for i in range(units):
            onset = half_hour_start(BEFORE + WARM, i * 7 % SLOTS)
            mine = [each for each in found if each.unit == f"u{i}"]
            if any(each.opened < onset and (each.closed is None or each.closed >= onset) for each in mine):
                continue
            at = min((each.opened for each in mine if each.opened >= onset), default=None)
            self.days.append(float("inf") if at is None else half_hours(onset, at) / SLOTS)
            visits = 0
            for day in history[f"u{i}", GROUP].values():
                visits += sum(each.judged for each in day.half_hours if onset <= each.start <= (at or 0))
            self.visits.append(float("inf") if at is None else visits)

    def row(self) -> str:
        """median (p90) days | median visits | share missed, n."""
        n = len(self.days)
        late = sorted(self.days)
        missed = sum(each > FOUND_WITHIN for each in self.days) / n
        return f"{median(late):.1f} ({late[int(0.9 * n)]:.1f}) | {median(self.visits):.0f} | {missed * 100:.1f} | {n}"


def half_hours(onset: int, at: int) -> int:
    """How many half hours of opening lie in [onset, at], both included."""
    positions = []
    for instant in (onset, at):
        day, rest = divmod(instant, 86_400_000)
        number = (day - working_day(0)) // 7 * 5 + (day - working_day(0)) % 7
        positions.append(number * SLOTS + rest // 1_800_000 - FIRST_SLOT)
    return positions[1] - positions[0] + 1


def falls(
    visits: float, units: int, seed: str, dirt: Dirt, policy: Policy, kinds: dict[str, tuple[float, float]]
) -> None:
    """Print the delays of each kind of fall: name -> (rise of the late share, IKM points lost)."""
    gathered = {name: Delays() for name in kinds}
    for batch in range(-(-units // PEERS)):
        peers = Peers(visits, seed, units, batch, dirt)
        for name, (late, marks) in kinds.items():
            history = peers.with_fall(late=late, marks=marks, go_on=FOUND_WITHIN + 1)
            found = judged(history, BEFORE + WARM + FOUND_WITHIN + 1, policy)
            gathered[name].add(history, found, len(peers.offices))
    for name, delays in gathered.items():
        print(f"| {visits} | {name} | {delays.row()} |", flush=True)


def messages(visits: float, units: int, seed: str, policy: Policy) -> str:
    """Of falls by 10 points that last 10 working days: mean messages, and the share with exactly two."""
    counts = []
    for batch in range(-(-units // PEERS)):
        peers = Peers(visits, seed, units, batch, CLEAN)
        history = peers.with_fall(late=0.1, days=10, go_on=35)
        found = judged(history, BEFORE + WARM + 35, policy)
        for i in range(len(peers.offices)):
            onset = half_hour_start(BEFORE + WARM, i * 7 % SLOTS)
            mine = [each for each in found if each.unit == f"u{i}"]
            if any(each.opened < onset and (each.closed is None or each.closed >= onset) for each in mine):
                continue
            counts.append(sum(1 + (each.closed is not None) for each in mine if each.opened >= onset))
    exactly = sum(count == 2 for count in counts) / len(counts)
    return f"{sum(counts) / len(counts):.2f} | {exactly * 100:.0f} | {len(counts)}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, nargs="*", default=list(SIZES), help="visits a day")
    parser.add_argument("--units", type=int, default=200, help="offices per row")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--sooner", action="store_true", help="the rule that alerts sooner")
    parser.add_argument("--only", nargs="*", default=["quiet", "falls", "incidents", "dirty"])
    args = parser.parse_args()
    policy = ALERT_SOONER if args.sooner else QUIET
    begun = process_time()
    if "quiet" in args.only:
        print(
            "| visits a day | false alarms per unit-year | begun by late, time, IKM | unit-years |\n|---|---|---|---|"
        )
        for visits in args.visits:
            rate, by = quiet(visits, args.units, args.seed, CLEAN, policy)
            print(
                f"| {visits} | {rate:.2f} | {', '.join(f'{each:.2f}' for each in by.values())} | {args.units} |",
                flush=True,
            )
    if "falls" in args.only:
        print("| visits a day | fall | days, median (p90) | visits | missed, % | n |\n|---|---|---|---|---|---|")
        kinds = {"5 points": (0.05, 0.0), "10 points": (0.1, 0.0), "20 points": (0.2, 0.0), "IKM 4.8": (0.0, 4.8)}
        for visits in args.visits:
            falls(visits, args.units, args.seed, CLEAN, policy, kinds)
    if "incidents" in args.only:
        print("| visits a day | messages per incident | exactly two, % | n |\n|---|---|---|---|")
        for visits in args.visits:
            print(f"| {visits} | {messages(visits, args.units, args.seed, policy)} |", flush=True)
    if "dirty" in args.only:
        print("dirty: 2 % stuck tickets, one corrupt day a month")
        print("| visits a day | false alarms per unit-year | by | unit-years |\n|---|---|---|---|")
        for visits in args.visits:
            rate, by = quiet(visits, args.units, args.seed, DIRTY, policy)
            print(
                f"| {visits} | {rate:.2f} | {', '.join(f'{each:.2f}' for each in by.values())} | {args.units} |",
                flush=True,
            )
            falls(visits, args.units, args.seed, DIRTY, policy, {"10 points": (0.1, 0.0)})
    print(f"{process_time() - begun:.0f} s of CPU time")


if __name__ == "__main__":
    main()
