"""deploy/make-secrets: every secret once, none of them guessable, none in a registry; and a demo that can begin."""

import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from pantau.gateway.keys import Keys
from pantau.registry_file import load
from pantau.secret_file import secret_from_hex
from producers.simulator.registry import registry_toml
from producers.simulator.worlds import ready
from tests.architecture.tree import ROOT
from tests.deploy.compose import filled


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A copy of what the script needs, so that nothing is made in the repository."""
    (tmp_path / "deploy" / "demo").mkdir(parents=True)
    for name in ("make-secrets", "demo/registry.toml"):
        shutil.copy(ROOT / "deploy" / name, tmp_path / "deploy" / name)
    return tmp_path


def run(installation: Path, *words: str) -> str:
    done = subprocess.run(
        [installation / "deploy" / "make-secrets", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def settings(installation: Path) -> dict[str, str]:
    lines = (installation / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("words", [(), ("--demo",)])
def test_after_it_compose_has_all_that_it_asks_for(installation: Path, words: tuple[str, ...]) -> None:
    run(installation, *words)
    compose = filled(settings(installation))
    wanted = {name for name in compose["secrets"] if words or name != "demo_key"}
    for name in wanted:
        assert (installation / compose["secrets"][name]["file"]).stat().st_size >= 64
    values = [(installation / "deploy" / "secrets" / name).read_text() for name in wanted]
    assert len({*values}) == len(values)
    assert (installation / settings(installation)["REGISTRY_DIR"]).is_dir()
    secret_from_hex((installation / "deploy" / "secrets" / "installation_secret").read_text(), "here")


def test_the_folder_is_closed_to_others_and_the_files_can_be_read_by_other_users_in_containers(
    installation: Path,
) -> None:
    run(installation)
    folder = installation / "deploy" / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}
    assert stat.S_IMODE((installation / "deploy" / "registry").stat().st_mode) == 0o755


def test_run_again_it_changes_nothing(installation: Path) -> None:
    run(installation, "--demo")
    before = {path: path.read_bytes() for path in installation.rglob("*") if path.is_file()}
    assert run(installation, "--demo") == "kept .env as it is\n"
    assert {path: path.read_bytes() for path in installation.rglob("*") if path.is_file()} == before


def test_the_demos_registry_knows_the_simulators_key_by_its_hash_alone(installation: Path) -> None:
    run(installation, "--demo")
    path = installation / "deploy" / "demo" / "registry" / "registry.toml"
    key = (installation / "deploy" / "secrets" / "demo_key").read_text()
    assert key not in path.read_text()
    owner = Keys(load(path)).owner(key)
    assert owner is not None
    assert owner.name == "/simulasi/*"
    assert settings(installation)["WEB_CLOCK"] == "newest"


def test_the_demos_registry_is_that_of_the_simulated_world() -> None:
    assert (ROOT / "deploy" / "demo" / "registry.toml").read_text() == registry_toml(ready("lampung_selatan"))


def test_a_word_that_it_does_not_know_is_answered_with_how_it_is_used(installation: Path) -> None:
    done = subprocess.run(
        [installation / "deploy" / "make-secrets", "--what"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "deploy/make-secrets --demo" in done.stdout
    assert not (installation / ".env").exists()


def test_what_it_makes_is_never_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/.env", "/deploy/secrets/", "/deploy/registry/", "/deploy/demo/registry/"} <= {*ignored}
    assert not re.search(r"password|key_hash", (ROOT / "deploy" / "demo" / "registry.toml").read_text())
    assert tomllib.loads((ROOT / "deploy" / "demo" / "registry.toml").read_text())["source"]
