"""Macros and variables become what Grafana's ClickHouse plugin makes of them, and a value stays inside its quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.expand import expand, variables_of, without_variables
from pantau.domain.errors import BadSetup
from tests.dashboards.office import Office

FROM, TO = 1_794_243_600_123, 1_794_284_400_999  # 2026-11-09 17:00:00.123 and 2026-11-10 04:20:00.999 UTC


def expanded(sql: str, **variables: list[str]) -> str:
    return expand(sql, time_from_ms=FROM, time_to_ms=TO, interval_s=900, variables=variables)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        # as in the plugin's pkg/macros/macros_test.go
        ("$__fromTime", "toDateTime(1794243600)"),
        ("$__toTime", "toDateTime(1794284400)"),
        ("$__fromTime_ms", "fromUnixTimestamp64Milli(1794243600123)"),
        ("$__toTime_ms", "fromUnixTimestamp64Milli(1794284400999)"),
        ("$__timeFilter(col)", "col >= toDateTime(1794243600) AND col <= toDateTime(1794284400)"),
        (
            "$__timeFilter_ms(col)",
            "col >= fromUnixTimestamp64Milli(1794243600123) AND col <= fromUnixTimestamp64Milli(1794284400999)",
        ),
        ("$__dateFilter(day)", "day >= toDate('2026-11-09') AND day <= toDate('2026-11-10')"),
        ("$__timeInterval(col)", "toStartOfInterval(toDateTime(col), INTERVAL 900 second)"),
        ("$__interval_s", "900"),
        (
            "$__timeFilter( if(a, b, c) )",
            "if(a, b, c) >= toDateTime(1794243600) AND if(a, b, c) <= toDateTime(1794284400)",
        ),
        ("a - INTERVAL $__interval_s second", "a - INTERVAL 900 second"),
        ("nothing to do: 1 + 1", "nothing to do: 1 + 1"),
    ],
)
def test_a_macro_stands_for_what_the_plugin_sends(written: str, sent: str) -> None:
    assert expanded(written) == sent


def test_a_variable_is_a_list_of_quoted_values() -> None:
    assert expanded("unit IN (${unit:singlequote})", unit=["a", "b"]) == "unit IN ('a','b')"
    assert expanded("unit IN (${unit:singlequote})", unit=["it's"]) == r"unit IN ('it\'s')"
    assert expanded("unit IN (${unit:singlequote})", unit=[]) == "unit IN ()"


def test_an_interval_is_at_least_a_second() -> None:
    assert expand("$__interval_s", time_from_ms=0, time_to_ms=0, interval_s=0, variables={}) == "1"


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("$__conditionalAll(a, $unit)", "boards use no such macro"),
        ("$__adHocFilters", "boards use no such macro"),
        ("$__from", "boards use no such macro"),
        ("$__timeFilter", "expected 1 argument, received 0"),
        ("$__timeFilter()", "expected 1 argument, received 0"),
        ("$__fromTime(col)", "expected 0 argument, received 1"),
        ("$__timeFilter(if(a, b)", "never closed"),
        ("$unit", "keeps a value inside its quotes"),
        ("${unit}", "keeps a value inside its quotes"),
        ("${unit:csv}", "keeps a value inside its quotes"),
        ("${other:singlequote}", "no value is given for the variable 'other'"),
    ],
)
def test_what_is_not_known_is_refused_and_named(sql: str, why: str) -> None:
    with pytest.raises(BadSetup, match=why):
        expanded(f"SELECT 1 WHERE {sql}", unit=["a"])


@given(st.lists(st.text(), max_size=3))
def test_a_value_is_never_read_as_a_macro_or_a_variable(values: list[str]) -> None:
    """What a value says is not looked at again: it comes out as it went in, but for its quotes."""
    text = expanded("${unit:singlequote}", unit=[f"$__toTime {value} ${{unit:singlequote}}" for value in values])
    assert text.count("$__toTime") >= len(values)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_the_engine_reads_back_every_value_as_it_was_chosen(office: Office, values: list[str]) -> None:
    """Whatever a value holds (quotes, backslashes, new lines, NUL), it stays one string: nothing can be injected."""
    answer = office.engine.query(expanded("SELECT [${unit:singlequote}]", unit=values))
    assert answer.rows == [([*values],)]


def test_the_variables_of_a_text_are_found_and_macros_are_none() -> None:
    assert variables_of("${unit:singlequote} $service $__toTime ${a}") == {"unit", "service", "a"}


def test_a_board_without_variables_asks_for_every_unit(office: Office) -> None:
    sql = without_variables("SELECT unit FROM units FINAL WHERE unit IN (${unit:singlequote}) ORDER BY unit")
    assert office.ask(sql, units=[]).rows == [(unit,) for unit in office.units]
    with pytest.raises(BadSetup, match="still uses service"):
        without_variables("SELECT 1 WHERE service IN (${service:singlequote})")
