"""The boards on a server and on a cluster's tables answer as they do on the embedded engine.

The server is the engine behind ClickHouse's own protocol, or the real one that PANTAU_TEST_CLICKHOUSE names.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from dashboards.definitions import boards
from dashboards.expand import without_variables
from dashboards.model import Board, Panel
from dashboards.queries import board_sql
from storage.address import open_server
from storage.migrate import migrate
from tests.dashboards.office import Office, fill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def elsewhere(server_or_cluster: str) -> Iterator[Office]:
    engine = open_server(server_or_cluster)
    migrate(engine)
    yield Office(engine, fill(engine))
    engine.close()


def test_every_panel_is_answered_alike(office: Office, elsewhere: Office) -> None:
    for board in boards():
        for panel in board.panels:
            here, there = (_answer(each, board, panel) for each in (office, elsewhere))
            assert here, panel.key
            assert there == [pytest.approx(row, nan_ok=True) for row in here], f"{board.key}.{panel.key}"


def _answer(office: Office, board: Board, panel: Panel) -> list[dict[str, Any]]:
    sql = without_variables(board_sql(panel.query)) if board.fixed else board_sql(panel.query)
    single = any(variable.name == "unit" and not variable.many for variable in board.variables)
    units = ["kec-18.01.21"] if single else None
    answer = office.ask(sql, since=board.since, interval=panel.interval, units=units)
    return [{name: _plain(value) for name, value in row.items()} for row in answer.dicts()]


def _plain(value: Any) -> Any:
    """Times as text: one engine gives them with their zone, the other without."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    return value
