"""Every query of every board, expanded as Grafana expands it, on the real engine over the simulated office."""

from datetime import date, datetime
from itertools import pairwise

import pytest

from dashboards.definitions import boards
from dashboards.expand import without_variables
from dashboards.model import Board, Column, Panel
from dashboards.queries import board_queries, board_sql
from tests.dashboards.office import Office

FALLING = "kec-18.01.21"
"""The unit that single-unit boards are looked at with: people wait there, some for longer than promised."""

PANELS = [(board, panel) for board in boards() for panel in board.panels]
NAMES = [f"{board.key}.{panel.key}" for board, panel in PANELS]


def _units(board: Board) -> list[str] | None:
    single = any(variable.name == "unit" and not variable.many for variable in board.variables)
    return [FALLING] if single else None


def _sql(board: Board, panel: Panel) -> str:
    return without_variables(board_sql(panel.query)) if board.fixed else board_sql(panel.query)


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=NAMES)
def test_a_panels_query_answers_with_the_columns_that_it_shows(office: Office, board: Board, panel: Panel) -> None:
    answer = office.ask(_sql(board, panel), since=board.since, interval=panel.interval, units=_units(board))
    assert [name for name, _ in answer.columns] == [column.name for column in panel.columns]
    assert answer.rows, "nothing to draw"
    kinds = dict(answer.columns)
    for column in panel.columns:
        assert _holds(column, kinds[column.name]), f"{column.name} is {kinds[column.name]}, not {column.unit}"
    rows = answer.dicts()
    for column in panel.columns:
        if column.states and not column.others:
            codes = column.states if column.unit == "text" else range(1, len(column.states) + 1)
            assert {row[column.name] for row in rows} - {None} <= {*codes}, column.name
        if column.name != "time":
            assert any(row[column.name] is not None for row in rows) or column.name in _MAY_BE_UNKNOWN, column.name
    if panel.kind == "stat":
        assert len(rows) == 1
    if panel.kind in ("timeseries", "state-timeline"):
        times = [row["time"] for row in rows]
        assert all(isinstance(time, datetime) for time in times)
        assert all(one <= other if panel.by else one < other for one, other in pairwise(times)), "in order of time"


_MAY_BE_UNKNOWN = {"mark_before", "serving_min"}
"""What is not known of this office: nobody was asked before its five weeks, and no counter of it may serve just now."""

_TYPES: dict[str, tuple[str, ...]] = {"text": ("String", "Enum"), "date": ("Date",)}


def _holds(column: Column, kind: str) -> bool:
    plain = kind.removeprefix("LowCardinality(").removeprefix("Nullable(").rstrip(")")
    if column.name == "time":
        return plain.startswith("DateTime")
    if column.hidden:
        return True
    return plain.startswith(_TYPES.get(column.unit, ("UInt", "Int", "Float")))


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=NAMES)
def test_where_nothing_has_happened_a_number_is_unknown_and_a_list_is_empty(
    nobody: Office, board: Board, panel: Panel
) -> None:
    """Unknown is a dash, never 0: not one number is made up."""
    answer = nobody.ask(_sql(board, panel), since=board.since, interval=panel.interval)
    assert [name for name, _ in answer.columns] == [column.name for column in panel.columns]
    if panel.kind == "stat":
        (row,) = answer.dicts()
        assert {name: value for name, value in row.items() if value is not None} == {}
    else:
        assert answer.rows == []


MARKS = sorted({query for board in boards() for query in board.marks})


@pytest.mark.parametrize("query", MARKS)
def test_a_mark_says_when_what_and_where(office: Office, nobody: Office, query: str) -> None:
    answer = office.ask(board_sql(query), since="now-90d")
    assert [name for name, _ in answer.columns] == ["time", "timeEnd", "title", "text", "tags"]
    assert answer.rows
    for row in answer.dicts():
        assert isinstance(row["time"], datetime)
        assert row["time"] <= row["timeEnd"]
        assert row["title"]
    assert nobody.ask(board_sql(query), since="now-90d").rows == []


CHOICES = {variable.query: variable for board in boards() for variable in board.variables if variable.query}


@pytest.mark.parametrize("query", CHOICES)
def test_a_choice_offers_values_with_the_names_that_people_read(office: Office, query: str) -> None:
    answer = office.ask(board_sql(query))
    assert [name for name, _ in answer.columns] == ["value", "label"]
    assert len(answer.rows) > 1
    assert len({value for value, _ in answer.rows}) == len(answer.rows)
    assert all(value and label and isinstance(label, str) for value, label in answer.rows)


def test_every_query_is_asked_by_some_board() -> None:
    asked = {panel.query for _, panel in PANELS} | {*CHOICES}
    asked |= {*MARKS}
    assert asked == {*board_queries()}


def test_a_date_is_a_date(office: Office) -> None:
    """The types that the tests above accept are the ones the engine gives."""
    (row,) = office.engine.query("SELECT toDate('2026-11-10') AS day").rows
    assert row == (date(2026, 11, 10),)
