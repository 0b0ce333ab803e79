"""The Dockerfile: all it copies is there and sent, nothing else is, and what it installs is enough for every verb."""

import ast
import fnmatch
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, modules, tracked
from tests.support.processes import environment

DOCKERFILE = (ROOT / "Dockerfile").read_text()
INSTRUCTIONS = [
    (found[1], found[2].strip())
    for found in re.finditer(r"^([A-Z]+) ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)
    if not found[0].startswith("#")
]


def _of(kind: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == kind]


def _copied() -> list[tuple[str, str]]:
    """(source in the repository, target) of every COPY that is not from another stage."""
    found = []
    for rest in _of("COPY"):
        words = [word for word in rest.split() if not word.startswith("--chmod")]
        if not words[0].startswith("--from"):
            source, target = words
            found.append((source, target))
    return found


def test_all_that_is_copied_is_in_the_repository_and_sent_to_the_builder() -> None:
    kept = {str(path) for path in tracked()}
    sent = _sent()
    for source, _ in _copied():
        assert source in kept or any(path.startswith(source + "/") for path in kept), source
        assert source in sent or any(path.startswith(source + "/") for path in sent), source


def test_nothing_is_sent_to_the_builder_that_is_not_copied() -> None:
    sources = [source for source, _ in _copied()]
    strange = {path for path in _sent() if not any(f"{path}/".startswith(f"{source}/") for source in sources)}
    assert not strange
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert rules[0] == "*"


def test_every_package_of_the_product_is_in_the_image() -> None:
    targets = {target.rpartition("/")[2] for source, target in _copied() if source in PACKAGES}
    assert targets == set(PACKAGES)
    assert all(f"/site-packages/{name}" in " ".join(_of("RUN")[-1:]) for name in PACKAGES), "compiled too"


def test_it_is_built_from_a_pinned_base_from_wheels_by_hash() -> None:
    (base,) = [rest for rest in _of("ARG") if rest.startswith("PYTHON=")]
    assert re.fullmatch(r"PYTHON=python:3\.11\.\d+-slim-\w+", base)
    assert [rest.split()[0] for rest in _of("FROM")] == ["${PYTHON}", "${PYTHON}"]
    (install,) = [json.loads(rest) for rest in _of("RUN") if '"install", "--no-deps"' in rest]
    assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(install)
    assert "apt" not in " ".join(_of("RUN"))


def test_it_runs_as_nobody_special_checked_and_stopped_in_good_order() -> None:
    assert _of("USER") == ["10001:10001"]
    assert _of("ENTRYPOINT") == ['["pantau"]']
    assert len(_of("HEALTHCHECK")) == 1
    labels = " ".join(_of("LABEL"))
    for name in ("title", "description", "licenses", "version", "revision"):
        assert f"org.opencontainers.image.{name}=" in labels
    assert all(rest.startswith("[") for rest in _of("RUN")), "no shell has a say in what is run"


def test_the_commands_of_health_checks_are_python_that_runs() -> None:
    checks = [json.loads(_of("HEALTHCHECK")[0].partition("CMD ")[2])]
    checks += [json.loads(found) for found in re.findall(r'test: (\["CMD", "python".*\])', _compose())]
    for check in checks:
        compile(check[-1], "healthcheck", "exec")


def test_the_program_in_the_image_is_the_command_line(tmp_path: Path) -> None:
    script = (ROOT / "deploy" / "pantau").read_text()
    assert script.startswith("#!/opt/pantau/bin/python\n"), "the interpreter that the packages are in"
    copy = tmp_path / "pantau"
    copy.write_text(script)
    done = subprocess.run(
        [sys.executable, copy, "--version"], capture_output=True, text=True, env=environment({}), check=True
    )
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)


_ONLY_LISTED = """
import importlib, json, re, sys
from importlib.metadata import packages_distributions

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

listed, names = json.load(sys.stdin)
homes = {top: {plain(home) for home in found} for top, found in packages_distributions().items()}

class OnlyListed:
    def find_spec(self, name, path=None, target=None):
        homes_of = homes.get(name.partition(".")[0])
        if homes_of and not homes_of & set(listed):
            raise ModuleNotFoundError(f"{name} is not in the image", name=name)

sys.meta_path.insert(0, OnlyListed())
missing = {}
for name in names:
    try:
        importlib.import_module(name)
    except ImportError as error:
        missing[name] = str(error)
print(json.dumps(missing))
"""


def test_every_module_but_the_embedded_engine_finds_what_it_imports_in_the_image() -> None:
    text = (ROOT / "requirements" / "image.txt").read_text()
    listed = [re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)]
    assert "chdb-core" not in listed
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-c", _ONLY_LISTED], input=json.dumps([listed, _imported()]),
        cwd=ROOT, env=environment({}), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert {name.partition(".")[0] for name in json.loads(done.stdout)} == {"chdb"}, done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)  # 90 MB are fetched and unpacked
def test_the_list_of_the_image_installs_and_every_verb_answers_with_nothing_else(tmp_path: Path) -> None:
    """What the Dockerfile does, in an environment of this machine's own Python."""
    here = {"/opt/pantau/bin/python": str(tmp_path / "venv" / "bin" / "python"), "python": sys.executable}
    here |= {"/opt/pantau": str(tmp_path / "venv"), "/requirements.txt": "requirements/image.txt"}
    python = here["/opt/pantau/bin/python"]
    steps = [[here.get(part, part) for part in json.loads(rest)] for rest in _of("RUN")[:3]]
    assert [step[2] for step in steps] == ["venv", "pip", "pip"]
    for step in steps:
        subprocess.run(step, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    names = [name for name in _imported() if name.partition(".")[0] != "chdb"]
    line = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    done = subprocess.run(
        [python, "-P", "-W", "ignore", "-c", line, *names], cwd=tmp_path, env=environment({}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = subprocess.run(
        [python, "-P", "-c", "import importlib.util as u; print(u.find_spec('chdb'), u.find_spec('pytest'))"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.split() == ["None", "None"]


def _imported() -> list[str]:
    """Every module of ours, and every other one that any of them imports, also within its functions."""
    found = set(modules())
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {each.name for each in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module)
    return sorted(found)


def _compose() -> str:
    return (ROOT / "docker-compose.yml").read_text()


def _sent() -> set[str]:
    """The tracked files that .dockerignore lets through: what the last line that fits says, holds."""
    rules = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line.strip() and not line.startswith("#")
    ]
    sent = set()
    for path in map(str, tracked()):
        let = True
        for rule in rules:
            pattern = rule.removeprefix("!")
            if pattern == "*" or path == pattern or path.startswith(pattern + "/") or _fits(path, pattern):
                let = rule.startswith("!")
        if let:
            sent.add(path)
    return sent


def _fits(path: str, pattern: str) -> bool:
    return pattern.startswith("**/") and any(fnmatch.fnmatch(part, pattern[3:]) for part in path.split("/"))


def test_quoting_of_the_dockerfile_is_plain() -> None:
    for rest in _of("RUN"):
        assert shlex.join(json.loads(rest)), "each is a list of words"
