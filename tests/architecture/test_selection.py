"""Which tests run where: the rules of tests/plugins.py, tried on a small suite of their own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

_SUITE = """
import pytest

def test_plain(): pass

@pytest.mark.real
def test_real(real_data): assert (real_data / "set.csv").exists()

@pytest.mark.slow
def test_slow(): pass

@pytest.mark.browser
def test_browser(): pass
"""

_SETTINGS = '[pytest]\naddopts = ["-p", "tests.plugins"]\nmarkers = ["real", "slow", "browser", "kafka", "grafana"]\n'


class Suite:
    """A folder with a few marked tests, and perhaps real data, that pytest is run on in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "path"
        self.path.mkdir()
        (folder / "pytest.toml").write_text(_SETTINGS)
        self.write(_SUITE)

    def write(self, text: str) -> None:
        (self.folder / "test_suite.py").write_text(text)

    def real_data(self) -> str:
        (self.folder / "data").mkdir()
        (self.folder / "data" / "set.csv").touch()
        return str(self.folder / "data")

    def run(self, *arguments: str, **surroundings: str) -> tuple[int, dict[str, int], str]:
        """The exit code, the counts of the closing line, and everything printed."""
        nowhere = {"PYTHONPATH": str(ROOT), "PATH": str(self.path), "PANTAU_DATA": str(self.folder / "none")}
        nowhere["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the rules need none, and loading them all takes a second
        done = subprocess.run(
            [sys.executable, "-P", "-m", "pytest", "-p", "no:cacheprovider", *arguments], cwd=self.folder,
            env={**nowhere, **surroundings}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        printed = done.stdout + done.stderr
        closing = re.findall(r"^=+ (.*) in [\d.]+s.* =+$", printed, re.MULTILINE)
        counts = {kind: int(n) for n, kind in re.findall(r"(\d+) (\w+)", closing[-1])} if closing else {}
        return done.returncode, counts, printed


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path)


def _with_browser(suite: Suite) -> None:
    (suite.path / "chromium").touch(mode=0o755)


def test_what_cannot_run_here_is_deselected_and_said(suite: Suite) -> None:
    code, counts, printed = suite.run()
    assert (code, counts) == (0, {"passed": 2, "deselected": 2})
    assert "not run: tests marked real (bin/test --real runs them)" in printed
    assert "not run: tests marked browser (no Chromium is installed)" in printed


def test_real_runs_the_tests_on_real_data_too(suite: Suite) -> None:
    _with_browser(suite)
    code, counts, printed = suite.run("--real", PANTAU_DATA=suite.real_data())
    assert (code, counts) == (0, {"passed": 4})
    assert f"real data: {suite.folder / 'data'}" in printed


def test_real_without_the_folder_is_an_error_that_names_it(suite: Suite) -> None:
    code, counts, printed = suite.run("--real")
    assert (code, counts) == (pytest.ExitCode.USAGE_ERROR, {})
    assert f"there is no folder {suite.folder / 'none'}" in printed


def test_fast_leaves_out_slow_and_browser(suite: Suite) -> None:
    _with_browser(suite)
    assert suite.run("--fast")[:2] == (0, {"passed": 1, "deselected": 3})


def test_an_own_expression_decides_for_itself(suite: Suite) -> None:
    assert suite.run("-m", "real", PANTAU_DATA=suite.real_data())[:2] == (0, {"passed": 1, "deselected": 3})


def test_in_ci_a_missing_browser_leaves_nothing_out(suite: Suite) -> None:
    assert suite.run(CI="true")[:2] == (0, {"passed": 3, "deselected": 1})


def test_without_java_what_asks_for_a_kafka_is_left_out_and_said(suite: Suite) -> None:
    suite.write("def test_plain(): pass\n\ndef test_bus(kafka): pass\n")
    code, counts, printed = suite.run()
    assert (code, counts) == (0, {"passed": 1, "deselected": 1})
    assert "not run: tests marked kafka (no Java is installed)" in printed
    assert suite.run(CI="true")[1] == {"passed": 1, "error": 1}


def test_a_grafana_is_asked_only_where_one_is_named(suite: Suite) -> None:
    """In CI too: none can be had there, and the pages say so."""
    suite.write("import pytest\n\n@pytest.mark.grafana\ndef test_board(): pass\n\ndef test_plain(): pass\n")
    code, counts, printed = suite.run()
    assert (code, counts) == (0, {"passed": 1, "deselected": 1})
    assert "not run: tests marked grafana (no GRAFANA_URL names one)" in printed
    assert suite.run(CI="true")[1] == {"passed": 1, "deselected": 1}
    assert suite.run(GRAFANA_URL="http://127.0.0.1:3000")[1] == {"passed": 2}


@pytest.mark.parametrize(
    "skipping",
    [
        "import pytest\n\n@pytest.mark.skip(reason='later')\ndef test_a(): pass\n",
        "import pytest\n\n@pytest.mark.skipif(True, reason='later')\ndef test_a(): pass\n",
        "import pytest\n\ndef test_a(): pytest.skip('later')\n",
        "import pytest\n\n@pytest.fixture\ndef engine(): pytest.skip('later')\n\ndef test_a(engine): pass\n",
        "import pytest\n\npytest.skip('later', allow_module_level=True)\n",
        "import pytest\n\npytest.importorskip('no_such_module', reason='later')\n",
    ],
    ids=["mark", "condition", "call", "fixture", "module", "import"],
)
def test_in_ci_a_skip_fails_with_its_reason(suite: Suite, skipping: str) -> None:
    suite.write(skipping)
    code, _, printed = suite.run(CI="true")
    assert code not in (0, 5)
    assert "later" in printed
    assert "in CI every test must run" in printed


def test_elsewhere_a_skip_is_a_skip(suite: Suite) -> None:
    suite.write("import pytest\n\ndef test_a(): pass\n\ndef test_b(): pytest.skip('later')\n")
    assert suite.run()[:2] == (0, {"passed": 1, "skipped": 1})


def test_a_known_gap_with_its_reason_is_no_skip(suite: Suite) -> None:
    suite.write("import pytest\n\n@pytest.mark.xfail(reason='gap', strict=True)\ndef test_a(): assert False\n")
    assert suite.run(CI="true")[:2] == (0, {"xfailed": 1})
