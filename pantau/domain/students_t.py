"""Quantiles of Student's t distribution, without a numerical library.

The distribution function is the finite series for whole degrees of freedom (Abramowitz & Stegun 26.7.3 and 26.7.4);
the quantile is found by Newton's method from the Cornish-Fisher expansion (26.7.5), which alone is exact enough from
``LARGE`` degrees on.
"""

from functools import lru_cache
from math import atan, cos, exp, lgamma, log, pi, sin, sqrt
from statistics import NormalDist
from typing import Final

LARGE: Final = 200
"""Degrees of freedom from which the expansion is within 1e-9 of the quantile for probabilities up to 0.9995."""


def distribution(t: float, df: int) -> float:
    """The probability of at most ``t`` with ``df`` (1, 2, …) degrees of freedom."""
    theta = atan(t / sqrt(df))
    square = cos(theta) ** 2
    if df % 2:
        term = cos(theta)
        total = term if df > 1 else 0.0
        for k in range(2, df - 2, 2):
            term *= square * k / (k + 1)
            total += term
        return 0.5 + (theta + sin(theta) * total) / pi
    term = total = 1.0
    for k in range(1, df - 2, 2):
        term *= square * k / (k + 1)
        total += term
    return 0.5 + sin(theta) * total / 2


@lru_cache(maxsize=1024)
def quantile(p: float, df: int) -> float:
    """The t with probability ``p`` (0 < p < 1) of at most it: ``quantile(0.975, 10)`` is 2.2281."""
    if df < 1 or not 0 < p < 1:
        raise ValueError(f"no quantile for p = {p} with {df} degrees of freedom")
    if p < 0.5:
        return -quantile(1 - p, df)
    if p == 0.5:
        return 0.0
    if df >= LARGE:
        return _expansion(p, df)
    low, high = 0.0, max(1.0, _expansion(p, df))
    while distribution(high, df) < p:
        high *= 2
    t = (low + high) / 2
    for _ in range(200):  # Newton within a bracket that only shrinks; a handful of steps are enough
        excess = distribution(t, df) - p
        low, high = (low, t) if excess > 0 else (t, high)
        newton = t - excess / _density(t, df)
        following = newton if low < newton < high else (low + high) / 2
        if abs(following - t) <= 1e-13 * following:
            return following
        t = following
    return t


def _density(t: float, df: int) -> float:
    constant = lgamma((df + 1) / 2) - lgamma(df / 2) - log(df * pi) / 2
    return exp(constant - (df + 1) / 2 * log(1 + t * t / df))


def _expansion(p: float, df: int) -> float:
    x = NormalDist().inv_cdf(p)
    g1 = (x**3 + x) / 4
    g2 = (5 * x**5 + 16 * x**3 + 3 * x) / 96
    g3 = (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384
    g4 = (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92_160
    return x + g1 / df + g2 / df**2 + g3 / df**3 + g4 / df**4
