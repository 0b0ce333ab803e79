"""Does more training change more? The slope of the units' effects over their training hours (JP, *jam pelajaran*)."""

from math import isinf
from typing import Final

import msgspec
import numpy as np

from pantau.domain.effects.panels import Floats
from pantau.domain.effects.permutation import deals, invert

PER_JP: Final = 10
"""The slope is told per ten JP."""

LEAST_UNITS: Final = 8
"""Trained units below which no slope is told: with fewer, an interval would hardly ever say anything."""


class Dose(msgspec.Struct, frozen=True):
    """How the effect changes with ten JP more, over ``units`` trained units; the interval from dealing JP anew."""

    slope: float
    low: float
    high: float
    p: float
    units: int


def dose(effects: Floats, jp: Floats, *, draws: int, level: float) -> Dose | None:
    """The slope over units with a known effect; None with few of them, or where their JP differ too little to say."""
    known = ~np.isnan(effects) & ~np.isnan(jp)
    y, x = effects[known], jp[known] / PER_JP
    if len(y) < LEAST_UNITS or np.ptp(x) == 0:
        return None
    apart = x - x.mean()
    slope = float(apart @ y / (apart @ apart))
    dealt = apart[deals(len(y), draws)]
    chance = invert(slope, dealt @ y / (apart @ apart), dealt @ x / (apart @ apart), level)
    if isinf(chance.low) or isinf(chance.high):
        return None
    return Dose(slope, chance.low, chance.high, chance.p, len(y))
