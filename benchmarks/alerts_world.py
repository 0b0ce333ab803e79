"""A synthetic world of counters for the alert detector: seasons, day shocks, falls of a known size, dirty days.

Working days of 15 half hours from 08:00, more visits in the morning and on Mondays, day volumes that scatter by 20 %,
log-normal service times (sigma 0.6) that are slower in busy hours, a shock per unit and day on the log time (sd 0.06,
autocorrelation 0.2), 5 to 15 % of visits late, a quarter of the visitors answer SKM with nine correlated marks.
It imitates no office: it is for choosing a rule and for holding it to its promises.
"""

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import erf, exp, sqrt

from pantau.domain.alerts.detection import History
from pantau.domain.alerts.half_hours import ALL, Day, HalfHour, Stream, day_of
from pantau.domain.histogram import EDGES
from pantau.domain.zones import DAY, MINUTE

GROUP = "adminduk"
FIRST_DAY = 20_549
"""2026-04-06, a Monday."""

SLOTS = 15
FIRST_SLOT = 16
SIGMA, SHOCK, MEMORY = 0.6, 0.06, 0.2
PROFILE = (0.8, 1.1, 1.4, 1.6, 1.6, 1.5, 1.3, 1.1, 0.6, 0.7, 0.9, 0.9, 0.7, 0.5, 0.3)
WEEKDAYS = (1.25, 1.08, 1.0, 0.92, 0.75)
MEDIAN_MS = 600_000

_MEAN = sum(PROFILE) / SLOTS
_BUSY = tuple(0.12 * (weight / _MEAN - 1) for weight in PROFILE)
_UPTO = tuple(accumulate(PROFILE))


@dataclass(frozen=True)
class Fall:
    """From working day ``day`` and its half hour ``slot`` on, for ``days`` days (None: for good), a unit gets worse.

    ``late`` is by how much the share of late visits rises, ``marks`` by how many IKM points satisfaction sinks.
    """

    day: int
    slot: int
    late: float = 0.0
    marks: float = 0.0
    days: int | None = None

    def holds(self, day: int, slot: int) -> bool:
        """Whether the fall is on."""
        begun = (day, slot) >= (self.day, self.slot)
        return begun and (self.days is None or (day, slot) < (self.day + self.days, self.slot))


@dataclass(frozen=True)
class Dirt:
    """``stuck``: share of tickets that nobody closes before the office does. On one ``corrupt`` day in every twenty
    working days it is a fifth of them."""

    stuck: float = 0.0
    corrupt: bool = False


@dataclass
class Office:
    """One unit: where its promise lies, and its own dice."""

    late: float
    limit: float
    dice: random.Random
    shock: float = field(default=0.0)


def office(seed: str) -> Office:
    """An office whose visits are late in 5 to 15 of 100 cases."""
    dice = random.Random(seed)
    late = dice.uniform(0.05, 0.15)
    return Office(late, _solve(lambda limit: _late_share(limit, 0.0) - late, -1.0, 4.0), dice)


def slower(unit: Office, fall: float) -> float:
    """By how much log time must shift for the share of late visits to rise by ``fall``."""
    return _solve(lambda shift: unit.late + fall - _late_share(unit.limit, shift), 0.0, 4.0) if fall else 0.0


def working_day(number: int) -> int:
    """The local day of the n-th working day: weeks of five."""
    return FIRST_DAY + number // 5 * 7 + number % 5


def half_hour_start(number: int, slot: int) -> int:
    """The first ms of a working day's half hour, in an office that keeps UTC."""
    return working_day(number) * DAY + (FIRST_SLOT + slot) * 30 * MINUTE


def simulate(
    unit: Office, visits: float, days: range, *, fall: Fall | None = None, dirt: Dirt | None = None
) -> tuple[list[Day], list[Day]]:
    """The working days ``days`` of an office with so many visits a day: as its service group, and its satisfaction."""
    dirt = dirt or Dirt()
    dice, counters, answers = unit.dice, [], []
    shift = slower(unit, fall.late) if fall else 0.0
    worse = marks_of(round(fall.marks * 9 / 25 * 100)) if fall and fall.marks else ()
    usual = marks_of(0)
    for number in days:
        if number % 20 == 0 or number == days[0]:
            corrupt = number - number % 20 + dice.randrange(20)
        unit.shock = MEMORY * unit.shock + SHOCK * sqrt(1 - MEMORY**2) * dice.gauss(0, 1)
        mean = visits * WEEKDAYS[number % 5] * exp(0.2 * dice.gauss(0, 1) - 0.02)
        left_open = 0.2 if dirt.corrupt and number == corrupt else dirt.stuck
        judged, late, times = [0] * SLOTS, [0] * SLOTS, [dict[int, int]() for _ in range(SLOTS)]
        raters, marks, squares = [0] * SLOTS, [0] * SLOTS, [0] * SLOTS
        for slot in dice.choices(range(SLOTS), cum_weights=_UPTO, k=_poisson(dice, mean)):
            falling = fall is not None and fall.holds(number, slot)
            x = _BUSY[slot] + unit.shock + SIGMA * dice.gauss(0, 1) + (shift if falling else 0.0)
            ended, is_late, ms = slot, x > unit.limit, int(MEDIAN_MS * exp(x))
            if left_open and dice.random() < left_open:
                begun = (slot + dice.random()) * 30 * MINUTE
                ended, is_late, ms = SLOTS - 1, True, max(ms, int(SLOTS * 30 * MINUTE - begun))
            judged[ended] += 1
            late[ended] += is_late
            index = bisect_right(EDGES, ms) - 1
            times[ended][index] = times[ended].get(index, 0) + 1
            if dice.random() < 0.25:
                total = dice.choice(worse if falling and worse else usual)
                raters[ended] += 1
                marks[ended] += total
                squares[ended] += total * total
        local = working_day(number)
        starts = [half_hour_start(number, slot) for slot in range(SLOTS)]
        counters.append(
            day_of(
                local,
                [
                    HalfHour(starts[i], FIRST_SLOT + i, judged[i], late[i], tuple(sorted(times[i].items())))
                    for i in range(SLOTS)
                    if judged[i]
                ],
            )
        )
        answers.append(
            day_of(
                local,
                [
                    HalfHour(starts[i], FIRST_SLOT + i, raters=raters[i], marks=marks[i], squares=squares[i])
                    for i in range(SLOTS)
                    if raters[i]
                ],
            )
        )
    return counters, answers


def history_of(units: Sequence[tuple[str, list[Day], list[Day]]]) -> History:
    """The history of several units."""
    found: dict[Stream, dict[int, Day]] = {}
    for code, counters, answers in units:
        found[code, GROUP] = {day.number: day for day in counters}
        found[code, ALL] = {day.number: day for day in answers}
    return found


_marks: dict[int, tuple[int, ...]] = {}


def marks_of(lower_hundredths: int) -> tuple[int, ...]:
    """Sums of nine marks of many people: nine answers of 1 to 4 that share a mood (correlation 0.56), IKM 83.2.

    ``lower_hundredths``: by how much the mean of the sum is lower, in hundredths.
    """
    found = _marks.get(lower_hundredths)
    if found is None:
        dice = random.Random(14)
        people = [
            (dice.gauss(0, 1), [dice.gauss(0, 1) for _ in range(9)], dice.random(), dice.random()) for _ in range(4000)
        ]

        def sums(mood_shift: float) -> list[int]:
            made = []
            for mood, own, _, _ in people:
                values = [sqrt(0.5) * (mood + mood_shift) + sqrt(0.5) * each for each in own]
                made.append(sum(1 + (v > -2.6) + (v > -1.1) + (v > 0.38) for v in values))
            return made

        def mean(values: list[int]) -> float:
            return sum(values) / len(values)

        usual = _solve(lambda m: mean(sums(m)) - 29.95, -2.0, 2.0)
        wanted = 29.95 - lower_hundredths / 100
        shifted = _solve(lambda m: mean(sums(m)) - wanted, -4.0, 2.0) if lower_hundredths else usual
        found = _marks[lower_hundredths] = tuple(sums(shifted))
    return found


def _late_share(limit: float, shift: float) -> float:
    scale = sqrt(SIGMA**2 + SHOCK**2)
    beyond = (0.5 * (1 - erf((limit - shift - busy) / scale / sqrt(2))) for busy in _BUSY)
    return sum(weight * share for weight, share in zip(PROFILE, beyond, strict=True)) / sum(PROFILE)


def _solve(rising_or_falling: Callable[[float], float], low: float, high: float) -> float:
    above = rising_or_falling(low) > 0
    for _ in range(30):
        middle = (low + high) / 2
        if (rising_or_falling(middle) > 0) == above:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _poisson(dice: random.Random, mean: float) -> int:
    if mean > 60:
        return max(round(dice.gauss(mean, sqrt(mean))), 0)
    left, n = exp(-mean), 0
    product = dice.random()
    while product > left:
        n += 1
        product *= dice.random()
    return n
