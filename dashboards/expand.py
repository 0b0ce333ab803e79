"""From the SQL of a board to the SQL that runs: Grafana's variables and the ClickHouse plugin's macros, expanded.

The text that comes out is what Grafana 13 with grafana-clickhouse-datasource 4.23 sends for the same time range,
interval and values (the plugin's pkg/macros/macros.go), so what runs on the live page and in tests is what runs there.
Only what our boards use is known; anything else is refused, because Grafana would pass some of it on unexpanded.

One difference, on purpose: a backslash in a value is escaped too. Grafana escapes the quote alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from pantau.domain.errors import BadSetup

_TOKEN: Final = re.compile(r"\$\{(?P<braced>[^}]*)\}|\$__(?P<macro>\w+)|\$(?P<plain>\w+)")

_ALL_UNITS: Final = "unit IN (${unit:singlequote})"


class _Range(msgspec.Struct, frozen=True):
    from_ms: int
    to_ms: int
    interval_s: int


def expand(
    sql: str,
    *,
    time_from_ms: int,
    time_to_ms: int,
    interval_s: int,
    variables: Mapping[str, Sequence[str]],
) -> str:
    """The SQL that a panel's ``rawSql`` stands for.

    The time range is ms UTC, both ends included; ``interval_s`` is the width of a time bucket, at least a second.
    ``variables`` holds the chosen values of every variable, for "all" every value there is; none is an empty list, for
    which ``IN ()`` finds nothing. Values end up in quotes whatever they hold. Raises BadSetup for a macro or a variable
    that is not known, and for a format other than ``singlequote``.
    """
    given = _Range(time_from_ms, time_to_ms, max(interval_s, 1))
    parts: list[str] = []
    position = 0
    while found := _TOKEN.search(sql, position):
        parts.append(sql[position : found.start()])
        if found["macro"] is not None:
            text, position = _macro(sql, found, given)
        else:
            text, position = _variable(found[0], found["braced"] or "", variables), found.end()
        parts.append(text)
    return "".join([*parts, sql[position:]])


def variables_of(sql: str) -> set[str]:
    """The names of the variables that a text uses, in whatever format."""
    names = {(found["braced"] or found["plain"] or "").partition(":")[0] for found in _TOKEN.finditer(sql)}
    return names - {""}


def without_variables(sql: str) -> str:
    """The same query for a board without variables: every unit instead of those chosen.

    Raises BadSetup where something else is left to choose.
    """
    fixed = sql.replace(_ALL_UNITS, "unit IN (SELECT unit FROM units FINAL)")
    if left := variables_of(fixed):
        raise BadSetup(f"a query without variables still uses {', '.join(sorted(left))}: {fixed[:80]!r}")
    return fixed


def quoted(value: str) -> str:
    """A value as a string literal of ClickHouse."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _variable(text: str, braced: str, variables: Mapping[str, Sequence[str]]) -> str:
    name, _, form = braced.partition(":")
    if form != "singlequote":
        raise BadSetup(f"{text}: only ${{name:singlequote}} keeps a value inside its quotes; write it so")
    if name not in variables:
        raise BadSetup(f"{text}: no value is given for the variable {name!r}; known: {', '.join(sorted(variables))}")
    return ",".join(map(quoted, variables[name]))


def _macro(sql: str, found: re.Match[str], given: _Range) -> tuple[str, int]:
    """What a macro stands for, and where the text goes on after it and its arguments."""
    name = found["macro"]
    if name not in _MACROS:
        raise BadSetup(f"$__{name}: boards use no such macro; known: {', '.join(sorted(_MACROS))}")
    wanted, write = _MACROS[name]
    end = found.end()
    arguments: list[str] = []
    if sql[end : end + 1] == "(":
        end = _closing(sql, end) + 1
        inside = sql[found.end() + 1 : end - 1].strip()
        arguments = [inside] if inside else []
    if len(arguments) != wanted:
        raise BadSetup(f"$__{name}: expected {wanted} argument, received {len(arguments)}")
    return write(given, *arguments), end


def _closing(sql: str, start: int) -> int:
    """Where the parenthesis that opens at ``start`` closes."""
    depth = 0
    for place in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if depth == 0:
            return place
    raise BadSetup(f"a parenthesis is never closed: {sql[start : start + 60]!r}")


def _seconds(ms: int) -> str:
    return f"toDateTime({ms // 1000})"


def _milliseconds(ms: int) -> str:
    return f"fromUnixTimestamp64Milli({ms})"


def _date(ms: int) -> str:
    return f"toDate('{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d}')"


def _between(write: Callable[[int], str]) -> Callable[..., str]:
    return lambda given, column: f"{column} >= {write(given.from_ms)} AND {column} <= {write(given.to_ms)}"


_MACROS: Final[dict[str, tuple[int, Callable[..., str]]]] = {
    "fromTime": (0, lambda given: _seconds(given.from_ms)),
    "toTime": (0, lambda given: _seconds(given.to_ms)),
    "fromTime_ms": (0, lambda given: _milliseconds(given.from_ms)),
    "toTime_ms": (0, lambda given: _milliseconds(given.to_ms)),
    "timeFilter": (1, _between(_seconds)),
    "timeFilter_ms": (1, _between(_milliseconds)),
    "dateFilter": (1, _between(_date)),
    "timeInterval": (
        1,
        lambda given, column: f"toStartOfInterval(toDateTime({column}), INTERVAL {given.interval_s} second)",
    ),
    "interval_s": (0, lambda given: str(given.interval_s)),
}
"""Macro -> how many arguments it takes, and what it stands for."""
