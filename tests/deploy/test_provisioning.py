"""What Grafana is given: a source of data with no rights to spare, and a folder of boards that is there."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml  # type: ignore[import-untyped]  # only what is parsed matters

from dashboards.build import FOLDER, LANGUAGES
from dashboards.definitions import boards
from dashboards.panels import PLUGIN, PLUGIN_VERSION
from dashboards.render import SOURCE_UID
from tests.architecture.tree import ROOT
from tests.deploy.test_compose import SERVICES

PROVISIONING = ROOT / "dashboards" / "provisioning"


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((PROVISIONING / name).read_text())
    assert found["apiVersion"] == 1
    return found


def test_the_datasource_is_the_dashboards_user_with_its_secret_from_a_file() -> None:
    (source,) = _read("datasources/clickhouse.yaml")["datasources"]
    assert source["type"] == SERVICES["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_SYNC"].partition("@")[0]
    assert source["uid"] == "pantau-clickhouse"
    data = source["jsonData"]
    assert (data["host"], data["port"], data["username"], data["defaultDatabase"]) == (
        "clickhouse", 9000, "dashboard", "pantau",
    )  # fmt: skip
    assert source["secureJsonData"] == {"password": "$__file{/run/secrets/dashboard_password}"}
    assert "dashboard_password" in SERVICES["grafana"]["secrets"]
    assert {type(data[name]) for name in ("dialTimeout", "queryTimeout")} == {str}, "the plugin wants text"


def _mounted(path: str) -> Path:
    """The file or folder of ours that a path in Grafana's container is."""
    volumes: list[str] = SERVICES["grafana"]["volumes"]
    for volume in volumes:
        ours, _, inside = volume.removesuffix(":ro").partition(":")
        if path == inside or path.startswith(f"{inside}/"):
            return ROOT / ours / path.removeprefix(inside).lstrip("/")
    raise AssertionError(f"nothing is mounted at {path}")


def test_boards_are_files_in_a_folder_a_language_that_are_mounted() -> None:
    providers = _read("dashboards/pantau.yaml")["providers"]
    assert {_mounted(provider["options"]["path"]) for provider in providers} == {FOLDER / name for name in LANGUAGES}
    assert len({provider["folder"] for provider in providers}) == len({each["folderUid"] for each in providers}) == 2
    for provider in providers:
        assert provider["allowUiUpdates"] is False
        assert len(list(_mounted(provider["options"]["path"]).glob("*.json"))) == len(boards())


def test_boards_show_the_data_source_that_is_made_and_grafana_begins_with_the_overview() -> None:
    (source,) = _read("datasources/clickhouse.yaml")["datasources"]
    assert (source["uid"], source["type"]) == (SOURCE_UID, PLUGIN)
    plugin, _, version = SERVICES["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_SYNC"].partition("@")
    assert (plugin, version) == (PLUGIN, PLUGIN_VERSION)
    home = _mounted(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert json.loads(home.read_text("utf-8"))["uid"] == "pantau-ikhtisar"


def test_clickhouse_listens_with_no_protocol_that_nobody_speaks() -> None:
    config = ElementTree.parse(ROOT / "deploy" / "clickhouse" / "server.xml").getroot()
    removed = {each.tag for each in config if each.get("remove")}
    assert {"mysql_port", "postgresql_port", "interserver_http_port"} <= removed
    kept = {each.tag for each in config if not each.get("remove")}
    assert kept == {"logger", "listen_host", "max_server_memory_usage_to_ram_ratio", "query_log"}
