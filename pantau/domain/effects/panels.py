"""Unit-week panels: what was measured at which unit in which week, and which weeks are before and after its training.

Arrays are units × weeks. A week is numbered from Monday 29 December 1969 (week 0); columns are consecutive weeks.
"""

from datetime import date
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER: Final = 1_000_000
"""A column that does not come: no training."""

_THURSDAY = 3
"""1 January 1970 was a Thursday: day number 0 lies in week 0."""


class Panel(msgspec.Struct, frozen=True, eq=False):
    """One outcome of several units over consecutive weeks, the first of them week number ``first_week``.

    ``outcome`` is NaN where it is not known; ``n`` is what each value rests on (answers, visits).
    """

    units: tuple[str, ...]
    first_week: int
    outcome: Floats
    n: Ints

    @property
    def known(self) -> Bools:
        """Which unit-weeks have a value."""
        found: Bools = ~np.isnan(self.outcome)
        return found


class Timing(msgspec.Struct, frozen=True, eq=False):
    """Per unit the columns of its training, NEVER at a unit without one: ``quiet`` <= ``starts`` <= ``counts``.

    ``quiet`` is the first that is not "before" any more, ``starts`` the first with training, ``counts`` the first
    after. The weeks from ``quiet`` to ``starts`` are those for which weak units may have been chosen.
    """

    quiet: Ints
    starts: Ints
    counts: Ints

    @property
    def trained(self) -> Bools:
        """Which units have the training within any future."""
        found: Bools = self.counts < NEVER
        return found


def week_number(day: date) -> int:
    """The number of a local day's week: Thursday 1 January 1970 is in week 0, Monday 5 January in week 1."""
    return ((day - date(1970, 1, 1)).days + _THURSDAY) // 7


def monday(week: int) -> date:
    """The first day of a week."""
    return date.fromordinal(date(1970, 1, 1).toordinal() + week * 7 - _THURSDAY)


def floats(values: Any) -> Floats:
    """An array of numbers from nested sequences; None becomes NaN."""
    return np.array(values, dtype=np.float64)
