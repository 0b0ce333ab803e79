"""The import contracts of pyproject.toml hold here, and each of them notices when it is broken."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.tree import PACKAGES, ROOT, modules

_LINT = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"

BREACHES = {
    "direction": ("storage/engine.py", "import pantau.embedded.desk"),
    "pure-core": ("pantau/domain/durations.py", "import time"),
    "no-storage": ("producers/judging.py", "import storage.engine"),
    "chdb": ("dashboards/live/hub.py", "import chdb.session"),
    "clickhouse": ("storage/store.py", "from clickhouse_driver import Client"),
    "kafka": ("storage/store.py", "import kafka"),
    "http": ("producers/judging.py", "import litestar"),
    "sources": ("producers/polling.py", "import sqlalchemy"),
    "reports": ("pantau/embedded/closing.py", "import docx"),
    "grafana": ("dashboards/push.py", "import grafana_api"),
    "settings": ("pantau/embedded/closing.py", "import pantau.settings"),
    "tests": ("storage/store.py", "import tests.plugins"),
}
"""By contract: a file and an import that it must not hold."""


def _contracts() -> dict[str, str]:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract["name"] for contract in found}


def _verdicts(root: Path) -> dict[str, str]:
    """KEPT or BROKEN by contract."""
    command = [sys.executable, "-c", _LINT, "--no-logo", "--no-cache"]
    surroundings = {"COLUMNS": "300", "PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=root, env=surroundings, capture_output=True, text=True, check=False)
    verdicts = {}
    for name, title in _contracts().items():
        found = re.search(re.escape(title) + r" (KEPT|BROKEN)", done.stdout)
        assert found, done.stdout + done.stderr
        verdicts[name] = found[1]
    return verdicts


def test_every_contract_is_kept_and_every_breach_is_found(tmp_path: Path) -> None:
    for name in modules():
        source = ROOT / Path(*name.split("."))
        file = source / "__init__.py" if source.is_dir() else source.with_suffix(".py")
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    (tmp_path / "tests").mkdir()
    for name in ("pyproject.toml", "tests/__init__.py", "tests/plugins.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    assert set(PACKAGES) < {path.name for path in tmp_path.iterdir()}
    assert _verdicts(tmp_path) == dict.fromkeys(_contracts(), "KEPT")
    for breached, line in BREACHES.values():
        with (tmp_path / breached).open("a") as module:
            module.write(f"\n{line}\n")
    assert _verdicts(tmp_path) == dict.fromkeys(BREACHES, "BROKEN")
