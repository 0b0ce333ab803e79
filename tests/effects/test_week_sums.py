"""What the windows of a week add up to is what the indicators say of it, unit by unit."""

from datetime import date

import msgspec

from pantau.domain.effects.outcomes import OUTCOMES
from pantau.domain.effects.panels import monday, week_number
from pantau.domain.requests import Request
from storage.chdb_engine import ChdbEngine
from storage.effects import week_sums
from storage.indicators import indicators
from tests.storage_tests.week import AS_OF, REGISTRY, everything, told


def test_sums_of_a_week_are_those_of_the_indicators(engine: ChdbEngine) -> None:
    query = told(engine, everything())
    units = [unit.code for unit in REGISTRY.units]
    weeks = range(week_number(date(2026, 11, 2)), week_number(date(2026, 11, 16)) + 1)
    sums = week_sums(query, units, weeks, [outcome.measure for outcome in OUTCOMES])
    asked = {
        "as_of": AS_OF, "by": ("unit", "week"), "names": ("service_time.mean", "promise", "nrr"),
        "first_day": monday(weeks.start), "last_day": monday(weeks.stop - 1),
    }  # fmt: skip
    compared = 0
    for line in indicators(query, REGISTRY, msgspec.convert(asked, Request)).lines:
        measure = {"service_time.mean": "service_time", "promise": "promise"}.get(
            line.indicator, line.indicator.replace("nrr", "element")
        )
        unit, week = line.key[0], week_number(date.fromisoformat(line.key[1]))
        found = sums.get(measure, {}).get((unit, week))
        if measure in sums and line.value.value is not None:
            compared += 1
            assert found is not None
            assert found.n == line.value.n
            assert found.total / found.n == line.value.value
            if found.edges:
                assert sum(found.counts) == found.n
    assert compared >= 6
    assert sums["skm_sum"]
