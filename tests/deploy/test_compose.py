"""docker-compose.yml says what is so: verbs, options, settings, order, and nothing that is open or unpinned."""

import re
from ipaddress import ip_address
from typing import Any

import pytest

from pantau.settings import catalogue
from tests.architecture.tree import ROOT, tracked
from tests.deploy.compose import COMPOSE, Missing, filled, interpolate, raw, verbs
from tests.docs.commands import Shown, fault

SET = {"SECRETS_DIR": "./deploy/secrets", "REGISTRY_DIR": "./deploy/registry"}
"""What must be set before anything starts."""

SERVICES: dict[str, dict[str, Any]] = filled(SET)["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("pantau-layanan:")}
ONCE = {"setup", "users"}

IMAGES_OWN = {
    "kafka": re.compile(r"KAFKA_[A-Z_]+|CLUSTER_ID"),
    "clickhouse": re.compile(r"CLICKHOUSE_(USER|PASSWORD_FILE|DEFAULT_ACCESS_MANAGEMENT)"),
    "grafana": re.compile(r"GF_[A-Z]+_[A-Z_]+?(__FILE)?"),
}
"""Variables that an image itself knows."""


def test_the_services_are_those_of_the_product() -> None:
    assert set(OURS) == {"setup", "gateway", "worker", "web", "notifier", "simulator"}
    assert set(SERVICES) - set(OURS) == {"kafka", "clickhouse", "users", "grafana"}


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_a_verb_with_options_that_it_has(name: str) -> None:
    for words in verbs(OURS[name]):
        assert (why := fault(Shown(COMPOSE.name, 0, words, whole=True))) is None, f"pantau {' '.join(words)}: {why}"


@pytest.mark.parametrize("name", SERVICES)
def test_every_variable_is_a_setting_of_ours_or_one_that_the_image_knows(name: str) -> None:
    given = set(SERVICES[name].get("environment", {}))
    if name in OURS:
        known = {each.variable for each in catalogue()}
        known |= {each.variable + "_FILE" for each in catalogue() if each.secret}
        assert given <= known
    else:
        assert all(IMAGES_OWN[name].fullmatch(variable) for variable in given)


def test_whoever_speaks_to_bus_or_tables_is_told_where_they_are() -> None:
    for name, needed in {
        "gateway": {"PANTAU_BUS", "PANTAU_REGISTRY", "PANTAU_SECRET_FILE"},
        "worker": {"PANTAU_BUS", "PANTAU_STORE", "PANTAU_STORE_PASSWORD_FILE", "PANTAU_SECRET_FILE"},
        "web": {"PANTAU_STORE", "PANTAU_STORE_PASSWORD_FILE"},
        "setup": {"PANTAU_BUS", "PANTAU_STORE", "PANTAU_STORE_PASSWORD_FILE"},
        "notifier": {"PANTAU_DATA_DIR", "PANTAU_STORE_PASSWORD_FILE", "PANTAU_ALERT_ADDRESSES", "PANTAU_BUS"},
        "simulator": {"PANTAU_KEY_FILE"},
    }.items():
        assert needed <= set(OURS[name]["environment"]), name


@pytest.mark.parametrize("name", SERVICES)
def test_who_waits_for_another_waits_for_something_that_comes(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        if how["condition"] == "service_completed_successfully":
            assert other in ONCE
            assert SERVICES[other]["restart"].startswith("on-failure")
        else:
            assert how["condition"] == "service_healthy"
            assert _is_checked(other), f"{other} has no health check"


def test_the_order_of_the_start_has_no_circle_and_begins_with_the_servers() -> None:
    started: list[str] = []
    while len(started) < len(SERVICES):
        ready = [
            name
            for name, service in SERVICES.items()
            if name not in started and set(service.get("depends_on", {})) <= set(started)
        ]
        assert ready, f"these wait for each other: {set(SERVICES) - set(started)}"
        started += ready
    assert set(started[:2]) == {"kafka", "clickhouse"}
    assert started.index("setup") < started.index("users") < started.index("worker")


@pytest.mark.parametrize("name", SERVICES)
def test_whatever_runs_on_is_checked_started_again_and_bounded(name: str) -> None:
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory"}
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name in ONCE or "profiles" in service:
        assert service["restart"] != "unless-stopped"
    else:
        assert service["restart"] == "unless-stopped"
        assert _is_checked(name)


def test_health_checks_ask_where_the_process_listens() -> None:
    port = SERVICES["worker"]["command"][SERVICES["worker"]["command"].index("--port") + 1]
    assert f"127.0.0.1:{port}/health/live" in SERVICES["worker"]["healthcheck"]["test"][-1]
    port = SERVICES["notifier"]["command"][SERVICES["notifier"]["command"].index("--port") + 1]
    assert f"127.0.0.1:{port}/metrics" in SERVICES["notifier"]["healthcheck"]["test"][-1]
    for name in ("gateway", "web"):
        command = SERVICES[name]["command"]
        port = command[command.index("--port") + 1]
        assert f"127.0.0.1:{port}/health/live" in (ROOT / "Dockerfile").read_text(), "the image's own check"
        (published,) = SERVICES[name]["ports"]
        assert published.endswith(f":{port}")


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_write_nothing_but_their_volume_and_do_nothing_special(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["tmpfs"] == ["/tmp:size=64m"]
    assert not {"privileged", "cap_add", "pid", "network_mode", "user"} & set(service)
    writable = [volume for volume in service.get("volumes", ()) if not volume.endswith(":ro")]
    assert writable == ([f"{name}:/var/lib/pantau"] if name in ("gateway", "notifier") else [])


def test_ports_are_open_on_this_machine_alone_unless_somebody_says_otherwise() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"gateway", "web", "grafana"}, "bus and tables are reached by our services alone"
    for ports in published.values():
        for port in ports:
            assert ip_address(port.rsplit(":", 2)[0]).is_loopback
    assert filled({**SET, "BIND": "192.0.2.1"})["services"]["web"]["ports"] == ["192.0.2.1:8321:8320"]


def test_a_worker_can_be_started_many_times() -> None:
    assert not {"ports", "container_name", "hostname", "volumes"} & set(SERVICES["worker"])


def test_what_talks_to_the_world_is_apart_from_bus_and_tables() -> None:
    networks = filled(SET)["networks"]
    assert networks["inside"] == {"internal": True}
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    assert outside == {"gateway", "web", "grafana", "notifier"}
    assert all("inside" in service["networks"] for service in SERVICES.values())


def test_every_image_is_pinned_and_in_one_place() -> None:
    text = COMPOSE.read_text()
    assert not re.findall(r"^\s+image: (?!\*)", text, re.MULTILINE), "images are named under x-versions alone"
    versions = raw()["x-versions"]
    for name in versions:
        assert re.fullmatch(r"[a-z/-]+[:@]\d+(\.\d+){2,3}", name), name
    used = {service["image"] for service in SERVICES.values()}
    assert used | {SERVICES["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_SYNC"]} == set(versions)


@pytest.mark.parametrize("missing", sorted(SET))
def test_without_passwords_or_a_registry_nothing_starts_and_the_message_says_what_to_do(missing: str) -> None:
    with pytest.raises(Missing, match="deploy/make-secrets"):
        filled({name: value for name, value in SET.items() if name != missing})


def test_there_is_no_secret_in_it_and_every_secret_is_a_file_that_make_secrets_makes() -> None:
    text = COMPOSE.read_text()
    for name, value in re.findall(r"^\s+([A-Z_]*(?:PASSWORD|SECRET|KEY)[A-Z_]*): (.*)$", text, re.MULTILINE):
        assert name.endswith("FILE"), name
        assert value.startswith("/run/secrets/"), name
    script = (ROOT / "deploy" / "make-secrets").read_text()
    declared = filled(SET)["secrets"]
    for name, secret in declared.items():
        assert secret == {"file": f"./deploy/secrets/{name}"}
        assert re.search(rf"\b{name}\b", script), name
    used = {name for service in SERVICES.values() for name in service.get("secrets", ())}
    assert used == set(declared)
    for service in SERVICES.values():
        files = {value for value in service.get("environment", {}).values() if str(value).startswith("/run/secrets/")}
        assert files <= {f"/run/secrets/{name}" for name in service.get("secrets", ())}


def test_no_secret_is_in_the_repository() -> None:
    kept = {str(path) for path in tracked()}
    assert not {
        path for path in kept if path.startswith(("deploy/secrets", "deploy/registry", "deploy/demo/registry/"))
    }
    assert ".env" not in kept


def test_every_volume_and_mounted_file_is_there() -> None:
    declared = set(filled(SET)["volumes"])
    used = set()
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if not source.startswith("."):
                used.add(source)
            elif source != SET["REGISTRY_DIR"]:
                assert (ROOT / source).exists(), source
    assert used == declared


def test_the_simulator_is_of_the_demo_alone() -> None:
    assert {name for name, service in SERVICES.items() if service.get("profiles")} == {"simulator"}
    assert SERVICES["simulator"]["profiles"] == ["demo"]


def test_each_process_is_the_user_that_may_do_no_more_than_its_work() -> None:
    users = {
        name: re.match(r"clickhouse://(\w+)@clickhouse:9000/pantau$", service["environment"]["PANTAU_STORE"])[1]  # type: ignore[index]
        for name, service in OURS.items()
        if "PANTAU_STORE" in service["environment"]
    }
    assert users == {"setup": "admin", "worker": "writer", "web": "reader"}
    for name, user in users.items():
        assert OURS[name]["environment"]["PANTAU_STORE_PASSWORD_FILE"] == f"/run/secrets/{user}_password"
    script = (ROOT / "deploy" / "clickhouse" / "users.sh").read_text()
    (roles,) = re.findall(r"^for role in ([\w ]+); do$", script, re.MULTILINE)
    assert {*roles.split()} == {"writer", "reader", "answerer", "dashboard"}
    web = OURS["web"]["environment"]
    assert web["PANTAU_ANSWERS_STORE"] == "clickhouse://answerer@clickhouse:9000/pantau"
    assert web["PANTAU_ANSWERS_PASSWORD_FILE"] == "/run/secrets/answerer_password"


def test_links_are_signed_by_the_notifier_and_known_by_the_page_with_one_key() -> None:
    for name in ("web", "notifier"):
        assert OURS[name]["environment"]["PANTAU_SECRET_FILE"] == "/run/secrets/installation_secret"
    assert "PANTAU_PAGE_URL" in OURS["notifier"]["environment"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("${A:-b}", "b"), ("${B:-b}", "x"), ("$$A ${B}", "$A x"), ("${A}", ""), ("a:${B:?no}:c", "a:x:c")],
)
def test_variables_are_filled_in_as_compose_does(text: str, value: str) -> None:
    assert interpolate(text, {"B": "x"}) == value


def _is_checked(name: str) -> bool:
    """Whether a service has a health check, by itself or from our image."""
    check = SERVICES[name].get("healthcheck", {})
    return not check.get("disable") and ("test" in check or name in OURS)
