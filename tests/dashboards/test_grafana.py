"""The boards in a Grafana that is running: opt in with GRAFANA_URL. None can be had in CI, so CI never runs these.

``GRAFANA_URL=http://admin:password@127.0.0.1:3000 bin/test tests/dashboards/test_grafana.py``; with a service account's
token in GRAFANA_TOKEN the address needs no password. The data source ``pantau-clickhouse`` must be there, as our
provisioning makes it. Boards are put into a folder of their own, which is removed at the end.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dashboards.build import built
from dashboards.definitions import boards
from dashboards.expand import quoted
from dashboards.model import Board
from dashboards.render import SOURCE_UID, board_json

pytestmark = [pytest.mark.grafana, pytest.mark.timeout(120)]

FOLDER = "pantau-test"
FILES = {path: json.loads(text) for path, text in built().items()}


@pytest.fixture(scope="module")
def grafana() -> Iterator[httpx.Client]:
    token = os.environ.get("GRAFANA_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=os.environ["GRAFANA_URL"], headers=headers, timeout=30) as client:
        client.delete(f"/api/folders/{FOLDER}", params={"forceDeleteRules": "true"})
        client.post("/api/folders", json={"uid": FOLDER, "title": "Pantau test"}).raise_for_status()
        yield client
        client.delete(f"/api/folders/{FOLDER}", params={"forceDeleteRules": "true"}).raise_for_status()


def _apart(board: dict[str, Any]) -> dict[str, Any]:
    """The board under a uid of the test's own, so that those of the installation stay as they are."""
    return board | {"uid": f"test-{board['uid']}"[:40], "id": None}


@pytest.mark.parametrize("path", FILES)
def test_grafana_takes_a_board_and_gives_it_back(grafana: httpx.Client, path: str) -> None:
    board = _apart(FILES[path])
    body = {"dashboard": board, "folderUid": FOLDER, "overwrite": True}
    stored = grafana.post("/api/dashboards/db", json=body)
    assert stored.status_code == 200, stored.text
    kept = grafana.get(f"/api/dashboards/uid/{board['uid']}").raise_for_status().json()["dashboard"]
    assert [panel["title"] for panel in kept["panels"]] == [panel["title"] for panel in board["panels"]]
    for mine, theirs in zip(board["panels"], kept["panels"], strict=True):
        assert theirs["targets"][0]["rawSql"] == mine["targets"][0]["rawSql"]
        assert theirs["gridPos"] == mine["gridPos"]


def _choices(client: httpx.Client, sql: str, values: dict[str, list[str]]) -> list[str]:
    frames = _ask(client, _filled(sql, values), 1, "now-30d")
    return [str(value) for value in frames[0]["data"]["values"][0]] if frames and frames[0]["data"]["values"] else []


def _filled(sql: str, values: dict[str, list[str]]) -> str:
    """What the browser does before it sends a query: variables become values; macros are left to the plugin."""
    return re.sub(r"\$\{(\w+):singlequote\}", lambda found: ",".join(map(quoted, values[found[1]])), sql)


def _ask(client: httpx.Client, sql: str, form: int, since: str) -> list[dict[str, Any]]:
    query = {
        "refId": "A",
        "datasource": {"type": "grafana-clickhouse-datasource", "uid": SOURCE_UID},
        "editorType": "sql",
        "rawSql": sql,
        "format": form,
        "queryType": "table",
        "intervalMs": 900_000,
        "maxDataPoints": 500,
        "meta": {"builderOptions": {}},
    }
    answer = client.post("/api/ds/query", json={"queries": [query], "from": since, "to": "now"})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]["A"]["frames"]
    return found


@pytest.mark.parametrize("board", boards(), ids=lambda board: board.key)
def test_the_plugin_answers_every_query_with_the_columns_of_its_panel(grafana: httpx.Client, board: Board) -> None:
    values: dict[str, list[str]] = {}
    told = board_json(board, "id")
    for choice in told["templating"]["list"]:
        if choice["type"] == "query":
            values[choice["name"]] = _choices(grafana, choice["query"], values)
        elif choice["type"] == "custom":
            values[choice["name"]] = [choice["current"]["value"]]
    for definition, panel in zip(board.panels, told["panels"], strict=True):
        target = panel["targets"][0]
        frames = _ask(grafana, _filled(target["rawSql"], values), target["format"], board.since)
        if target["format"] == 1 and frames:
            names = [field["name"] for field in frames[0]["schema"]["fields"]]
            assert names == [column.name for column in definition.columns], definition.key
