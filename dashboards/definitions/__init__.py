"""The boards, each in a module of its own, in the order from the general to the specific."""

from functools import cache

from dashboards.definitions.overview import overview
from dashboards.definitions.unit import unit
from dashboards.model import Board


@cache
def boards() -> tuple[Board, ...]:
    """Every board."""
    return (overview(), unit())
