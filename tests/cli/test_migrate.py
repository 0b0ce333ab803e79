"""``pantau migrate``: what makes the tables on a server, and what it would run."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pantau.cli.main import app
from pantau.domain.errors import BadSetup, NotNow
from storage.address import open_server
from storage.migrate import migrations, require
from tests.support.bridge import Bridge

NOWHERE = "clickhouse://me@127.0.0.1:9/pantau"


def _migrate(*arguments: str) -> Result:
    answer = CliRunner().invoke(app, ["migrate", *arguments])
    if answer.exception and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def test_it_makes_database_and_tables_and_then_has_nothing_to_do(clickhouse: str) -> None:
    made = _migrate("--store", clickhouse)
    assert made.exit_code == 0
    assert made.stdout.splitlines()[:-1] == [migration.name for migration in migrations()]
    assert _migrate("--store", clickhouse).stdout.endswith("up to date\n")
    engine = open_server(clickhouse)
    require(engine)
    engine.close()


def test_it_makes_the_tables_of_a_cluster_again_for_a_server_that_joined(tmp_path: Path) -> None:
    bridge = Bridge(tmp_path / "store", cluster="lampung").start()
    try:
        store = bridge.url("pantau").partition("?")[0]
        for more in ((), ("--again",)):
            done = _migrate("--store", store, "--cluster", "lampung", *more)
            assert f"{len(migrations())} applied" in done.stdout
        engine = open_server(f"{store}?cluster=lampung")
        require(engine)
        engine.close()
        forgetful = open_server(store)
        with pytest.raises(BadSetup, match=r"add \?cluster=lampung"):
            require(forgetful)
        forgetful.close()
    finally:
        bridge.stop()


def test_a_dry_run_prints_everything_and_needs_no_server() -> None:
    told = _migrate("--store", NOWHERE, "--dry-run", "--roles").stdout
    for migration in migrations():
        for table in (line.split()[2] for line in migration.text.splitlines() if line.startswith("CREATE TABLE")):
            assert f"CREATE TABLE IF NOT EXISTS {table} (" in told
    assert told.startswith("CREATE DATABASE IF NOT EXISTS pantau;")
    assert "CREATE ROLE IF NOT EXISTS pantau_dashboard;" in told
    spread = _migrate("--store", NOWHERE, "--dry-run", "--cluster", "lampung").stdout
    assert spread.count("ON CLUSTER lampung") == spread.count(";\n") > len(migrations())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "--store clickhouse://"),
        (("--store", "data"), "a directory needs no migrating"),
        (("--store", "clickhouse://me@host"), "name of a database"),
        (("--store", NOWHERE, "--cluster", "a'b"), "cluster must be a name"),
    ],
)
def test_what_names_no_server_is_refused_with_what_to_write(arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(BadSetup, match=why):
        _migrate(*arguments)


def test_a_server_that_is_away_is_told_as_not_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.clickhouse_engine.PATIENCE_SECONDS", 0.1)
    with pytest.raises(NotNow, match="cannot be reached"):
        _migrate("--store", NOWHERE)


def test_the_password_is_read_from_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge(tmp_path, password="hush").start()
    try:
        with pytest.raises(BadSetup, match="PANTAU_STORE_PASSWORD"):
            _migrate("--store", bridge.url("pantau"))
        monkeypatch.setenv("PANTAU_STORE_PASSWORD", "hush")
        assert _migrate("--store", bridge.url("pantau")).exit_code == 0
    finally:
        bridge.stop()
