"""The named queries of the boards, in ``.sql`` files: their time range and variables are Grafana's (see ``expand``).

Conventions: the right end of the time range is "now"; a unit's day is its local one; times are instants; a share is in
percent and a duration in minutes, because that is how they are shown; unknown is NULL, never 0.

A query named ``part_…`` is a piece that others are made of: ``{{part_name}}`` stands for its text.
"""

import re
from functools import cache
from importlib.resources import files

import msgspec

from storage.queries import Query, queries_in

_PART = re.compile(r"\{\{(part_\w+)\}\}")


@cache
def board_queries() -> dict[str, Query]:
    """Every query of the boards by name, whole: parts are put in, and are no queries of their own."""
    found = queries_in(files("dashboards") / "queries")
    return {
        name: msgspec.structs.replace(query, sql=_whole(query.sql, found))
        for name, query in found.items()
        if not name.startswith("part_")
    }


def board_sql(name: str) -> str:
    """The text of one of them, macros and variables not yet expanded."""
    return board_queries()[name].sql


def _whole(sql: str, found: dict[str, Query]) -> str:
    """A text with its parts put in, indented like the line they stand in."""

    def put(hit: re.Match[str]) -> str:
        line = sql[sql.rfind("\n", 0, hit.start()) + 1 : hit.start()]
        indent = " " * (len(line) - len(line.lstrip()))
        return _whole(found[hit[1]].sql, found).replace("\n", "\n" + indent)

    return _PART.sub(put, sql)
