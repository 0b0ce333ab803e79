"""The boards, each in a module of its own, in the order from the general to the specific."""

from functools import cache

from dashboards.definitions.alerts import alerts
from dashboards.definitions.control import control
from dashboards.definitions.counters import counters
from dashboards.definitions.overview import overview
from dashboards.definitions.platform import platform
from dashboards.definitions.satisfaction import satisfaction
from dashboards.definitions.services import services
from dashboards.definitions.trainings import trainings
from dashboards.definitions.tv import tv
from dashboards.definitions.unit import unit
from dashboards.model import Board


@cache
def boards() -> tuple[Board, ...]:
    """Every board."""
    return (
        overview(),
        unit(),
        counters(),
        services(),
        control(),
        satisfaction(),
        trainings(),
        alerts(),
        platform(),
        tv(),
    )
