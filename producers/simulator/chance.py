"""Seeded randomness: a stream of its own for every named part of the world, and tables for the common draws.

A part (a unit's day, an officer) is seeded by the hash of its name, never by what was drawn before it. So any part can
be made alone, in any order, on any machine, and comes out the same.
"""

import hashlib
import math
from functools import cache
from random import Random
from statistics import NormalDist

STEPS_BITS = 12
STEPS = 1 << STEPS_BITS
"""How finely the tables cut a distribution: 4096 equally likely values, so that one draw is one look-up."""


def number(seed: int, *names: object) -> int:
    """A 64-bit number that belongs to a named part of the world: ``number(7, "officer", "kec-18.01.06", 2)``."""
    text = "\x1f".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def stream(seed: int, *names: object) -> Random:
    """The random stream of a named part of the world."""
    return Random(number(seed, *names))


@cache
def normals() -> tuple[float, ...]:
    """4096 equally likely values of the standard normal distribution, from -3.67 to 3.67."""
    inverse = NormalDist().inv_cdf
    return tuple(inverse((step + 0.5) / STEPS) for step in range(STEPS))


@cache
def lognormals(sigma: float) -> tuple[float, ...]:
    """4096 equally likely values of a log-normal distribution with median 1 and ``sigma`` on the log scale."""
    return tuple(math.exp(sigma * value) for value in normals())


def normal(seed: int, *names: object) -> float:
    """The standard normal value that belongs to a named part of the world."""
    return normals()[number(seed, *names) >> (64 - STEPS_BITS)]
