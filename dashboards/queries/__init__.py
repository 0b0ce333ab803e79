"""The named queries of the boards, in ``.sql`` files: their time range and variables are Grafana's (see ``expand``).

Conventions: the right end of the time range is "now"; a unit's day is its local one; times are instants; a share is in
percent and a duration in minutes, because that is how they are shown; unknown is NULL, never 0.
"""

from functools import cache
from importlib.resources import files

from storage.queries import Query, queries_in


@cache
def board_queries() -> dict[str, Query]:
    """Every query of the boards by name."""
    return queries_in(files("dashboards") / "queries")


def board_sql(name: str) -> str:
    """The text of one of them, macros and variables not yet expanded."""
    return board_queries()[name].sql
