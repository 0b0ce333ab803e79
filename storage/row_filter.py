"""Only the rows of some units: filtered where the engine reads a table, whatever the query says.

The filter is a setting of the query (``additional_table_filters``), so it holds in every subquery and join, and a query
that forgets it cannot be written. A table that is not named here shows nothing to whoever may see some units only.
"""

import re
from collections.abc import Iterable
from typing import Final

from pantau.domain.alerts.silences import ALL_UNITS
from storage.parameters import quoted

FIND_TABLES: Final = "SELECT name FROM system.tables WHERE database = currentDatabase()"
"""The query that finds every table that a reader may see."""

BY_UNIT: Final = (
    "aggregates", "alert_outbox", "alert_silence_turns", "alert_silences", "alert_transitions", "alert_weeks",
    "band_notices", "complaints", "counter_days", "data_gaps", "events", "interventions", "moved_cells", "ratings",
    "snapshots", "surveys", "trimmed_facts", "units", "visits", "windows",
)  # fmt: skip
"""Tables whose rows each belong to one unit."""

OF_ALL_UNITS: Final = ("alert_silence_turns", "alert_silences")
"""Of them, those that may also speak of every unit at once (``*``), and so of each that somebody may see."""

BY_SOURCE: Final = ("rejected_events", "source_clocks", "source_health")
"""Tables whose rows each belong to one source."""

BY_ALERT: Final = ("alert_answers",)
"""Tables whose rows each belong to one alert, and so to its unit."""

BY_TRAINED: Final = ("effects",)
"""Tables whose rows each belong to the units that had a training. Its effect is shown to who may see all of them: of a
training at one unit to whoever sees that unit, of a programme only to who sees everybody who had it."""

FOR_ALL: Final = ("services",)
"""Tables that are the same for everybody."""


def narrowed(sql: str, *, tables: Iterable[str], units: Iterable[str], sources: Iterable[str]) -> str:
    """The same query over the rows of these units, and of what these sources (``prefix*`` is a family) sent.

    ``tables`` are all tables there are, as :data:`FIND_TABLES` finds them; those whose rows belong to nobody who is
    named here are empty, save a few that are the same for everybody.
    """
    units = [*units]
    of_unit, of_source = _in("unit", units), _sources(sources)
    of_alert = f"alert IN (SELECT alert FROM alert_transitions WHERE {of_unit})"
    conditions = dict.fromkeys(BY_UNIT, of_unit) | dict.fromkeys(OF_ALL_UNITS, _in("unit", [*units, ALL_UNITS]))
    conditions |= dict.fromkeys(BY_SOURCE, of_source) | dict.fromkeys(BY_ALERT, of_alert)
    conditions |= dict.fromkeys(BY_TRAINED, _trained_among(units))
    filters = {}
    for table in sorted(tables):
        name = table.removesuffix("_local")  # on a cluster, the rows of one server
        if name not in FOR_ALL:
            filters[table] = conditions.get(name, "0")
    written = ", ".join(f"'{table}': '{quoted(condition)}'" for table, condition in filters.items())
    joined = "," if re.search(r"^SETTINGS\b", sql, re.MULTILINE) else "\nSETTINGS"
    return f"{_without_last_comment(sql)}{joined} additional_table_filters = {{{written}}}"


def _without_last_comment(sql: str) -> str:
    return re.sub(r"\s*--[^\n']*\Z", "", sql.rstrip())


def _in(column: str, values: Iterable[str]) -> str:
    listed = ", ".join(f"'{quoted(value)}'" for value in sorted(values))
    return f"{column} IN ({listed})" if listed else "0"


def _trained_among(units: Iterable[str]) -> str:
    had_it = "JSONExtract(content, 'units_trained', 'Array(String)')"
    listed = ", ".join(f"'{quoted(unit)}'" for unit in sorted(units))
    return f"notEmpty({had_it}) AND hasAll([{listed}], {had_it})" if listed else "0"


def _sources(sources: Iterable[str]) -> str:
    known = sorted({*sources})
    families = [name[:-1] for name in known if name.endswith("*")]
    single = _in("source", [name for name in known if not name.endswith("*")])
    return " OR ".join([single, *(f"startsWith(source, '{quoted(prefix)}')" for prefix in families)])
