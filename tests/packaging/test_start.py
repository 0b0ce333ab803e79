"""bin/pantau on a machine with nothing but Python: a small repository with the real scripts and one small package."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

_MAIN = """
import json, os, sys, pantau
try:
    import tiny
    version = tiny.version
except ImportError:
    version = None
told = {"arguments": sys.argv[1:], "cwd": os.getcwd(), "pantau": pantau.__file__, "tiny": version}
print(json.dumps(told))
sys.exit(3 if "fail" in sys.argv else 0)
"""


class Machine:
    """A repository in a folder of its own, an empty home, and a PATH with little more than Python."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "repository"
        self.home = folder / "home"
        self.wheels = folder / "wheels"
        self.path = folder / "path"
        for each in (self.home, self.wheels, self.path, self.root / "bin", self.root / "requirements"):
            each.mkdir(parents=True)
        for name in ("pantau", "_env", "_prepare.py"):
            shutil.copy(ROOT / "bin" / name, self.root / "bin" / name)
        (self.root / "pantau" / "cli").mkdir(parents=True)
        (self.root / "pantau" / "__init__.py").touch()
        (self.root / "pantau" / "cli" / "__init__.py").touch()
        (self.root / "pantau" / "cli" / "main.py").write_text(_MAIN)
        for name in ("bash", "env", "dirname", "readlink", "cmp"):
            (self.path / name).symlink_to(str(shutil.which(name)))
        (self.path / "python3").symlink_to(Path(sys.executable).resolve())
        self.require("1")

    def require(self, version: str) -> None:
        """Put one wheel of that version on the shelf and into the list."""
        wheel = self.wheels / f"tiny-{version}-py3-none-any.whl"
        about = f"tiny-{version}.dist-info"
        texts = {
            "tiny.py": f"version = {version!r}\n",
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
            f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{about}/RECORD": f"tiny.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n",
        }
        with zipfile.ZipFile(wheel, "w") as file:
            for name, text in texts.items():
                file.writestr(zipfile.ZipInfo(name), text)  # with a fixed time: equal content, equal hash
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        self.list_of(f"tiny=={version} \\\n    --hash=sha256:{digest}\n")

    def list_of(self, text: str) -> None:
        """Write the list of packages."""
        for name in ("run", "distributed"):
            (self.root / "requirements" / f"{name}.txt").write_text(text)

    @property
    def surroundings(self) -> Mapping[str, str]:
        """The environment of a start: nothing can be fetched, and what is written at home would be seen."""
        return {
            "PATH": str(self.path), "HOME": str(self.home), "TMPDIR": str(self.root.parent),
            "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels),
        }  # fmt: skip

    def start(self, *arguments: str, cwd: Path | None = None, script: Path | None = None) -> subprocess.Popen[str]:
        """A start that is under way."""
        return subprocess.Popen(
            [script or self.root / "bin" / "pantau", *arguments], cwd=cwd or self.home, env=self.surroundings,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def run(
        self, *arguments: str, cwd: Path | None = None, script: Path | None = None
    ) -> tuple[int, dict[str, object], str]:
        """A start that has ended: its exit code, what the verb told, and what stood on stderr."""
        process = self.start(*arguments, cwd=cwd, script=script)
        out, err = process.communicate(timeout=120)
        return process.returncode, json.loads(out) if out else {}, err


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Machine, str]:
    """A machine after its first start, and what that start said."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    code, told, err = machine.run("demo")
    assert code == 0, err
    assert told["tiny"] == "1"
    return machine, err


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def another(prepared: tuple[Machine, str], machine: Machine) -> Machine:
    """A prepared machine that a test may change: the environment of the first one, copied to another place."""
    shutil.copytree(prepared[0].root / ".venv", machine.root / ".venv", symlinks=True)
    return machine


def test_the_first_start_says_what_it_does_and_how_much_room_it_took(prepared: tuple[Machine, str]) -> None:
    said = prepared[1].splitlines()
    assert len(said) == 2, "progress is for terminals"
    assert "preparing .venv: 1 packages of requirements/run.txt" in said[0]
    assert "ready: " in said[1]
    assert " MB in .venv after " in said[1]


def test_nothing_is_written_outside_the_repository(prepared: tuple[Machine, str]) -> None:
    machine = prepared[0]
    assert not list(machine.home.iterdir())
    assert {path.name for path in machine.root.parent.iterdir()} == {"home", "path", "repository", "wheels"}


def test_the_next_start_prepares_and_says_nothing(prepared: tuple[Machine, str]) -> None:
    machine = prepared[0]
    before = (machine.root / ".venv" / "prepared-run.txt").stat().st_mtime_ns
    assert machine.run("demo")[::2] == (0, "")
    assert (machine.root / ".venv" / "prepared-run.txt").stat().st_mtime_ns == before


def test_arguments_and_exit_code_pass_through_untouched(prepared: tuple[Machine, str]) -> None:
    given = ["replay", "a file.csv", "*", "", "$HOME", "--x=1 2", "fail"]
    code, told, _ = prepared[0].run(*given)
    assert (code, told["arguments"]) == (3, given)


def test_a_link_from_anywhere_finds_its_repository(prepared: tuple[Machine, str], tmp_path: Path) -> None:
    machine = prepared[0]
    (tmp_path / "real").symlink_to(machine.root / "bin" / "pantau")
    (tmp_path / "pantau-link").symlink_to("real")
    code, told, err = machine.run(cwd=tmp_path, script=tmp_path / "pantau-link")
    assert code == 0, err
    assert told["cwd"] == str(tmp_path)
    assert told["pantau"] == str(machine.root / "pantau" / "__init__.py")


def test_a_folder_of_the_same_name_where_one_stands_does_not_hide_ours(
    prepared: tuple[Machine, str], tmp_path: Path
) -> None:
    (tmp_path / "pantau").mkdir()
    (tmp_path / "pantau" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    code, told, err = prepared[0].run(cwd=tmp_path)
    assert code == 0, err
    assert told["pantau"] == str(prepared[0].root / "pantau" / "__init__.py")


def test_two_first_starts_at_once_both_work_and_one_prepares(machine: Machine) -> None:
    starts = [machine.start("demo") for _ in range(3)]
    ended = [start.communicate(timeout=120) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert all(json.loads(out)["tiny"] == "1" for out, _ in ended)
    assert sum("packages of requirements" in err for _, err in ended) == 1


@pytest.mark.slow
@pytest.mark.parametrize("reached", ["pyvenv.cfg", "bin/pip", "lib"])
def test_a_start_that_was_killed_half_way_is_made_good_by_the_next(machine: Machine, reached: str) -> None:
    """Only the preparing process is killed, as the kernel would; what it had started may still be at work."""
    first = machine.start()
    until = time.monotonic() + 60
    while not (machine.root / ".venv" / reached).exists():
        assert time.monotonic() < until, "never came so far"
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGSTOP)  # so that the first cannot end before it is killed
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert not list((machine.root / ".venv").glob("prepared-*"))
    code, told, err = machine.run()
    assert code == 0, err
    assert told["tiny"] == "1"


def test_a_changed_list_replaces_what_changed_and_keeps_the_rest(another: Machine) -> None:
    made = (another.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    another.require("2")
    code, told, err = another.run()
    assert (code, told["tiny"]) == (0, "2"), err
    another.list_of("# nothing any more\n")
    code, told, err = another.run()
    assert (code, told["tiny"]) == (0, None), err
    assert (another.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made


@pytest.mark.parametrize("given", [["worker"], ["gateway", "--help"], ["replay", "f.csv", "--to", "kafka://k:9092"]])
def test_what_a_bus_needs_is_prepared_when_a_bus_is_meant_and_then_kept(another: Machine, given: list[str]) -> None:
    code, _, err = another.run(*given)
    assert code == 0, err
    assert "of requirements/distributed.txt" in err
    assert another.run("demo")[::2] == (0, "")
    another.require("2")
    code, told, err = another.run("demo")
    assert (code, told["tiny"]) == (0, "2"), err
    assert "of requirements/distributed.txt" in err


def test_an_interpreter_that_is_gone_is_replaced(another: Machine) -> None:
    for link in (another.root / ".venv" / "bin").glob("python*"):
        link.unlink()
        link.symlink_to("/nowhere/python3")
    code, told, err = another.run()
    assert (code, told["tiny"]) == (0, "1"), err


def test_a_repository_that_was_moved_still_starts(another: Machine) -> None:
    another.root = another.root.rename(another.root.with_name("elsewhere"))
    code, told, err = another.run()
    assert (code, err) == (0, "")
    assert told["pantau"] == str(another.root / "pantau" / "__init__.py")


def test_a_package_that_is_not_the_pinned_one_is_refused_in_pips_own_words(machine: Machine) -> None:
    machine.list_of(f"tiny==1 \\\n    --hash=sha256:{'0' * 64}\n")
    code, told, err = machine.run()
    assert (code, told) == (2, {})
    assert "DO NOT MATCH THE HASHES" in err
    assert "Start again once it is mended" in err
    assert not list((machine.root / ".venv").glob("prepared-*"))


@pytest.mark.parametrize("found", ["none", "too old"])
def test_a_machine_without_a_fit_python_is_told_so_plainly(machine: Machine, found: str) -> None:
    (machine.path / "python3").unlink()
    if found == "too old":
        (machine.path / "python3").write_text(f"#!{machine.path}/bash\nexit 1\n")
        (machine.path / "python3").chmod(0o755)
    code, told, err = machine.run()
    assert (code, told) == (2, {})
    assert "Python 3.11 or newer is needed" in err
