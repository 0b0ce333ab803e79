"""Layar TV: the overview of every unit for a wall, with no variable, so that it can also be shared outside."""

from dashboards.definitions.overview import ratio_course, strip, units_table
from dashboards.model import Board


def tv() -> Board:
    """Nothing to choose, nothing to scroll."""
    return Board(
        key="tv",
        fixed=True,
        panels=(
            *strip(y=0, h=6),
            units_table(
                y=6, h=11, w=15, query="units_most_in_need", opens="", without=("usual_pct", "judged_n", "served")
            ),
            ratio_course(x=15, y=6, w=9, h=11),
        ),
    )
