"""What Grafana is given: a source of data with no rights to spare, and a folder of boards that is there."""

from typing import Any
from xml.etree import ElementTree

import yaml  # type: ignore[import-untyped]  # only what is parsed matters

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


def test_boards_are_files_in_a_folder_that_is_mounted() -> None:
    (provider,) = _read("dashboards/pantau.yaml")["providers"]
    mounted = {volume.split(":")[1]: volume.split(":")[0] for volume in SERVICES["grafana"]["volumes"]}
    assert (ROOT / mounted[provider["options"]["path"]]).is_dir()
    assert provider["allowUiUpdates"] is False
    assert "folder" not in provider, "folders come from the files' own"


def test_clickhouse_listens_with_no_protocol_that_nobody_speaks() -> None:
    config = ElementTree.parse(ROOT / "deploy" / "clickhouse" / "server.xml").getroot()
    removed = {each.tag for each in config if each.get("remove")}
    assert {"mysql_port", "postgresql_port", "interserver_http_port"} <= removed
    kept = {each.tag for each in config if not each.get("remove")}
    assert kept == {"logger", "listen_host", "max_server_memory_usage_to_ram_ratio", "query_log"}
