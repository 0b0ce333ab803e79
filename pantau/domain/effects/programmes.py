"""Which trainings belong together, and which weeks of which unit they leave to be compared.

An effect is asked of every single training, of each programme (trainings of one title, at whatever units and dates),
and of all trainings together. Another training at the same unit would be mistaken for the effect of the one that is
asked about, so the weeks it touches are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec
import numpy as np

from pantau.domain.effects.panels import NEVER, Bools, Floats, Timing, week_number

Kind = Literal["all", "programme", "training"]


class Training(msgspec.Struct, frozen=True):
    """One completed training at one unit; days are local. ``jp`` are the training hours of one participant."""

    unit: str
    source: str
    code: str
    title: str
    siasn_type: int | None
    jp: int | None
    participants: int | None
    starts: date
    ends: date


class Programme(msgspec.Struct, frozen=True):
    """Trainings whose effect is asked about together; ``key`` names them within their kind."""

    kind: Kind
    key: str
    title: str
    trainings: tuple[Training, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The units that had one of them."""
        return tuple(sorted({training.unit for training in self.trainings}))

    @property
    def first_day(self) -> date:
        """The day the first of them ended: from then on its unit is trained."""
        return min(training.ends for training in self.trainings)

    @property
    def last_day(self) -> date:
        """The day the last of them ended."""
        return max(training.ends for training in self.trainings)


class Place(msgspec.Struct, frozen=True, eq=False):
    """Where a programme stands in a panel: the timing, the weeks that must not be used, and JP and type by unit.

    ``jp`` is NaN and ``types`` -1 where there is none. ``hidden`` is (units, weeks).
    """

    timing: Timing
    hidden: Bools
    jp: Floats
    types: Sequence[int]


def programmes(trainings: Iterable[Training]) -> list[Programme]:
    """Everything an effect is asked of: all together, each title that was given more than once, each training."""
    found = sorted(trainings, key=lambda each: (each.ends, each.source, each.code, each.unit))
    if not found:
        return []
    by_title: dict[str, list[Training]] = {}
    by_code: dict[str, list[Training]] = {}
    for training in found:
        by_title.setdefault(" ".join(training.title.casefold().split()), []).append(training)
        by_code.setdefault(f"{training.source}/{training.code}", []).append(training)
    asked = [Programme("all", "", "", tuple(found))]
    for key, same in by_title.items():
        if len({f"{each.source}/{each.code}" for each in same}) > 1:
            asked.append(Programme("programme", key, same[0].title, tuple(same)))
    asked += [Programme("training", key, same[0].title, tuple(same)) for key, same in by_code.items()]
    return asked


def place(
    programme: Programme, trainings: Iterable[Training], units: Sequence[str], weeks: range, quiet_weeks: int
) -> Place:
    """The columns of a programme's weeks in a panel of units and weeks; ``trainings`` are all that are known."""
    quiet, starts, counts = (np.full(len(units), NEVER, dtype=np.int64) for _ in range(3))
    hidden = np.zeros((len(units), len(weeks)), dtype=bool)
    jp, types = np.full(len(units), np.nan), [-1] * len(units)
    mine = {*programme.trainings}
    of_unit: Mapping[str, list[Training]] = _by_unit(trainings)
    for row, unit in enumerate(units):
        own = sorted((each for each in of_unit.get(unit, []) if each in mine), key=lambda each: each.ends)
        if own:
            first = own[0]
            starts[row] = week_number(first.starts) - weeks.start
            quiet[row] = starts[row] - quiet_weeks
            counts[row] = week_number(first.ends) + 1 - weeks.start
            if first.jp is not None:
                jp[row] = first.jp
            if first.siasn_type is not None:
                types[row] = first.siasn_type
        for other in of_unit.get(unit, []):
            if other in mine:
                continue
            begins = week_number(other.starts) - weeks.start
            hidden[row, max(0, begins) :] = True
            if begins < starts[row]:  # it was trained otherwise before: nothing of it tells of this programme
                quiet[row] = starts[row] = counts[row] = NEVER
    return Place(Timing(quiet, starts, counts), hidden, jp, types)


def _by_unit(trainings: Iterable[Training]) -> dict[str, list[Training]]:
    found: dict[str, list[Training]] = {}
    for training in trainings:
        found.setdefault(training.unit, []).append(training)
    return found
