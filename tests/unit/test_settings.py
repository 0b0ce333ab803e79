"""Settings: each from where it should come, and every wrong one named by its variable."""

from pathlib import Path

import pytest

from pantau.domain.errors import BadSetup
from pantau.gateway.limits import GatewayLimits
from pantau.settings import PREFIX, catalogue, load, unknown


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_without_anything_given_every_value_is_its_default() -> None:
    loaded = load()
    assert set(loaded.origins.values()) == {"default"}
    assert (loaded.settings.host, loaded.settings.port, loaded.settings.data_dir) == ("127.0.0.1", 8320, Path("data"))
    assert loaded.settings.gateway_limits() == GatewayLimits()


def test_the_command_line_wins_over_the_variable_and_the_variable_over_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PANTAU_PORT", "1")
    monkeypatch.setenv("PANTAU_HOST", "0.0.0.0")
    loaded = load({"port": 2, "host": None})
    assert (loaded.settings.port, loaded.settings.host) == (2, "0.0.0.0")
    assert (loaded.origins["port"], loaded.origins["host"]) == ("command line", "PANTAU_HOST")
    assert loaded.origins["data_dir"] == "default"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, end: str) -> None:
    file = tmp_path / "key"
    file.write_text("pantau_of-some-source" + end)
    monkeypatch.setenv("PANTAU_KEY_FILE", str(file))
    loaded = load()
    assert loaded.settings.key is not None
    assert loaded.settings.key.get_secret_value() == "pantau_of-some-source"
    assert loaded.origins["key"] == "PANTAU_KEY_FILE"
    assert "some-source" not in repr(loaded)


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("one")
    monkeypatch.setenv("PANTAU_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("PANTAU_KEY", "another")
    with pytest.raises(BadSetup, match="PANTAU_KEY and PANTAU_KEY_FILE are both set"):
        load()


def test_a_file_of_a_secret_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PANTAU_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(BadSetup, match=r"PANTAU_KEY_FILE = .*gone: cannot be read"):
        load()


def test_only_a_secret_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "host").write_text("0.0.0.0")
    monkeypatch.setenv("PANTAU_HOST_FILE", str(tmp_path / "host"))
    assert load().settings.host == "127.0.0.1"
    assert unknown() == {"PANTAU_HOST_FILE": "PANTAU_HOST"}


def test_all_wrong_values_are_told_at_once_and_by_their_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_PORT", "99999")
    monkeypatch.setenv("PANTAU_GATEWAY_EVENT_BYTES", "many")
    with pytest.raises(BadSetup) as caught:
        load({"gateway_durable_wait_seconds": 0})
    found = {fault.field: fault.value for fault in caught.value.faults}
    assert found == {
        "PANTAU_PORT": "99999",
        "PANTAU_GATEWAY_EVENT_BYTES": "many",
        "--gateway-durable-wait-seconds": "0",
    }
    assert "a whole number is meant (bytes)" in str(caught.value)


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadSetup, match="is not a setting"):
        load({"prot": 1})


def test_a_variable_that_looks_like_ours_is_remarked_upon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_PROT", "1")
    monkeypatch.setenv("PANTAU_SOMETHING_ELSE_ALTOGETHER", "1")
    monkeypatch.setenv("PANTAU_DATA", "the tests' own")
    assert unknown() == {"PANTAU_PROT": "PANTAU_PORT", "PANTAU_SOMETHING_ELSE_ALTOGETHER": None}


def test_a_limit_of_the_gateway_reaches_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_GATEWAY_EVENT_BYTES", "1234")
    assert load().settings.gateway_limits() == GatewayLimits(event_bytes=1234)


def test_every_limit_of_the_gateway_is_a_setting() -> None:
    named = {each.name.removeprefix("gateway_") for each in catalogue() if each.name.startswith("gateway_")}
    assert named == set(GatewayLimits.__struct_fields__)


def test_nothing_of_the_folder_one_stands_in_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PANTAU_PORT=1\n")
    monkeypatch.chdir(tmp_path)
    assert load().settings.port == 8320
