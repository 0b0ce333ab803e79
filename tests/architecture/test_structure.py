"""What keeps the tree readable: short files, telling names, nothing of one machine, every module in its place."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from sys import stdlib_module_names
from typing import Any

import pytest

from tests.architecture.tree import PACKAGES, ROOT, modules, tracked

LONGEST = 450
NAMELESS = {"utils", "util", "common", "helpers", "helper", "core", "base", "manager", "managers", "misc"}

_DOT = r"\."
REGISTRIES = [
    "pypi" + _DOT + "org", "pythonhosted" + _DOT + "org", "npmjs" + _DOT + "org", "crates" + _DOT + "io",
    "proxy" + _DOT + "golang", "maven" + _DOT + "org", "repo" + _DOT + "maven", "deb" + _DOT + "debian",
]  # fmt: skip
MACHINE = r"(?<![\w.~-])/(?:work|root|home|Users)/\w"


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            found.append((path, content.decode(errors="replace")))
    return found


def test_no_file_of_code_is_longer_than_a_person_reads() -> None:
    long = {
        str(path): n
        for path in tracked()
        if path.suffix in (".py", ".js", ".css", ".sql")
        and (n := len((ROOT / path).read_bytes().splitlines())) > LONGEST
    }
    assert not long, f"over {LONGEST} lines; look for the second question they answer: {long}"


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [path for path in tracked() if path.suffix == ".py" and NAMELESS & {path.stem, *path.parts[:-1]}]
    assert not found


def test_no_file_names_a_package_registry() -> None:
    pattern = re.compile("|".join(REGISTRIES))
    assert not [(path, hit[0]) for path, text in _texts() if (hit := pattern.search(text))]


def test_no_file_names_a_path_of_one_machine() -> None:
    pattern = re.compile(MACHINE)
    assert not [
        (path, hit[0]) for path, text in _texts() if path.name != Path(__file__).name and (hit := pattern.search(text))
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_tells_type_checkers_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()


def test_every_part_of_pantau_has_its_place_in_the_layers() -> None:
    contracts = _pyproject()["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "direction")
    placed = {name.strip() for layer in layers for name in re.split("[|:]", layer)}
    top = {".".join(name.split(".")[:2]) for name in modules() if name.startswith("pantau.")}
    assert top == {name for name in placed if name.startswith("pantau.")}
    assert {*PACKAGES} - {"pantau"} == {name for name in placed if "." not in name}


def test_the_core_reads_no_clock_and_opens_nothing() -> None:
    """Imports are held by import-linter; this finds what needs no import, or one that is allowed."""
    found = []
    for path in sorted((ROOT / "pantau" / "domain").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in ("now", "utcnow", "today"):
                found.append(f"{path.name}:{node.lineno} {called.attr}()")
            if isinstance(called, ast.Name) and called.id in ("open", "print", "input", "exec", "eval", "__import__"):
                found.append(f"{path.name}:{node.lineno} {called.id}()")
    assert not found


def _listed(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return {_plain(found[1]): found[2] for found in re.finditer(r"^([\w.-]+)==([^ \\]+)", text, re.MULTILINE)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _wanted(name: str) -> set[str]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return {_plain(line) for line in lines if line and not line.startswith(("#", "-"))}


def test_the_versions_that_are_tested_are_those_that_are_installed() -> None:
    run, distributed, dev = _listed("run.txt"), _listed("distributed.txt"), _listed("dev.txt")
    assert run.items() <= distributed.items() <= dev.items()
    image = {name: version for name, version in distributed.items() if name != "chdb-core"}
    assert _listed("image.txt") == image


def test_every_pinned_package_comes_with_hashes() -> None:
    for name in ("run.txt", "distributed.txt", "image.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text()
        for entry in re.split(r"\n(?=\w)", text):
            assert not re.match(r"[\w.-]+==", entry) or "--hash=sha256:" in entry, entry


def test_the_wheel_declares_what_the_pinned_list_is_made_from() -> None:
    project = _pyproject()["project"]
    assert {_plain(name) for name in project["dependencies"]} == _wanted("run.in")
    assert {_plain(name) for name in project["optional-dependencies"]["distributed"]} == _wanted("distributed.in")


def test_the_product_imports_nothing_that_it_does_not_declare() -> None:
    """What a package happens to bring along may be gone with its next version."""
    project = _pyproject()["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    declared = {_plain(re.split("[<>=~! \\[]", name)[0]) for name in [*project["dependencies"], *extras]}
    homes = packages_distributions()
    strange = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for name in _imports(ast.parse(path.read_text())):
                if name not in stdlib_module_names and name not in PACKAGES:
                    homes_of = {_plain(home) for home in homes.get(name, ["?"])}
                    if not homes_of & declared:
                        strange.add((str(path.relative_to(ROOT)), name))
    assert not strange


def _imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
