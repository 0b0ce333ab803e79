"""The wheel: exactly our five packages with every file of theirs, and it works where there is no checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, tracked

DATA = {".sql", ".toml", ".csv", ".html", ".css", ".js", ".svg", ".typed"}
"""Kinds of files beside Python that the product cannot do without."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what git tracks, without asking any registry."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in tracked():
        if path.parts[0] in (*PACKAGES, "pyproject.toml", "README.md", "LICENSE", ".gitignore"):
            (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / "tree" / path)
    command = [sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    built = subprocess.run(command, cwd=folder / "tree", capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a bare environment with the wheel in it; what it requires is borrowed from the test's own."""
    bare = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", bare], check=True)
    subprocess.run(
        [sys.executable, "-I", "-m", "pip", "--python", bare / "bin" / "python", "install", "--quiet", "--no-index",
         "--no-deps", "--disable-pip-version-check", wheel],
        check=True,
    )  # fmt: skip
    (site,) = bare.glob("lib/python3*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return bare / "bin"


def _run(program: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": os.defpath, "HOME": str(cwd)}
    return subprocess.run(
        [program, *arguments], cwd=cwd, env=surroundings, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_wheel_holds_every_file_of_our_packages_and_no_other(wheel: Path) -> None:
    names = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    ours = {name for name in names if not name.parts[0].endswith(".dist-info")}
    assert {name.parts[0] for name in ours} == set(PACKAGES)
    assert ours == {path for path in tracked() if path.parts[0] in PACKAGES}
    assert {name.suffix for name in ours} >= DATA


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with zipfile.ZipFile(wheel) as file:
        about = next(name for name in file.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(file.read(about).decode())
        assert about.replace("METADATA", "licenses/LICENSE") in file.namelist()
    assert metadata["Version"] == project["version"]
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "Private :: Do Not Upload" in metadata.get_all("Classifier", [])


def test_an_installed_pantau_answers_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = _run(
        installed / "python", "-c", "import pantau, storage; print(pantau.__file__, storage.__file__)", cwd=tmp_path
    )
    assert where.stdout.count(str(installed.parent)) == 2, where.stderr
    version = _run(installed / "pantau", "--version", cwd=tmp_path)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (version.returncode, version.stdout.strip()) == (0, project["version"])
    assert "doctor" in _run(installed / "pantau", "--help", cwd=tmp_path).stdout
    assert not list(tmp_path.iterdir())


def test_an_installed_pantau_finds_its_own_files(installed: Path, tmp_path: Path) -> None:
    """Mappings, migrations and the simulator's table come from the wheel, not from a folder that happens to be near."""
    mappings = _run(installed / "pantau", "mapping", "list", cwd=tmp_path)
    assert mappings.returncode == 0, mappings.stderr
    assert "bank_calls_1999" in mappings.stdout
    made = _run(
        installed / "pantau",
        "simulate",
        "--out",
        "day.ndjson",
        "--registry",
        "registry.toml",
        "--days",
        "1",
        cwd=tmp_path,
    )
    assert made.returncode == 0, made.stderr
    examined = _run(installed / "pantau", "doctor", "--port", "0", "--registry", "registry.toml", cwd=tmp_path)
    assert examined.returncode == 0, examined.stdout + examined.stderr
