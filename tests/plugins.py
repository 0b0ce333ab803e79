"""What decides which tests run: the options --real and --fast, and no silent skips in CI. Loaded by pyproject.toml.

A test that cannot run here is left out by name of its kind and counted as deselected, never skipped: a skip looks green
and hides what is missing. With CI set nothing may be skipped, and browser tests run whether a browser is found or not.
"""

import os
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).parent.parent

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

BROKERS = {"kafka", "own_kafka"}
"""Whoever asks for one of these fixtures is marked kafka."""

SERVERS = ("mariadbd", "initdb", "mosquitto")
"""What the tests marked servers start."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def data_folder() -> Path:
    """Where the real data sets are: PANTAU_DATA, by default ../shared/data beside the repository."""
    return Path(os.environ.get("PANTAU_DATA") or ROOT.parent / "shared" / "data")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data sets; only for tests marked real."""
    return data_folder()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pantau")
    group.addoption("--real", action="store_true", help="also run the tests on the real data sets (PANTAU_DATA)")
    group.addoption("--fast", action="store_true", help="leave out the tests marked slow or browser")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("real") and not data_folder().is_dir():
        raise pytest.UsageError(
            f"--real: there is no folder {data_folder()}; say where the real data sets are with PANTAU_DATA"
        )


def pytest_report_header(config: pytest.Config) -> list[str]:
    left_out = [f"not run: tests marked {mark} ({why})" for mark, why in _left_out(config).items()]
    return [f"real data: {data_folder()}", *left_out] if config.getoption("real") else left_out


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if BROKERS & {*getattr(item, "fixturenames", ())}:
            item.add_marker("kafka")
    marks = _left_out(config).keys()
    out = [item for item in items if any(item.get_closest_marker(mark) for mark in marks)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)  # at the end no worker then waits long for another


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _no_skip((yield))


def _no_skip(report: Report) -> Report:
    if _in_ci() and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped ({why}); in CI every test must run"
    return report


def _left_out(config: pytest.Config) -> dict[str, str]:
    """The marks whose tests do not run now, each with the reason. An own -m expression decides for itself."""
    if config.getoption("markexpr"):
        return {}
    found = {}
    if not config.getoption("real"):
        found["real"] = "bin/test --real runs them"
    if config.getoption("fast"):
        found |= {"slow": "--fast", "browser": "--fast"}
    elif not _in_ci() and not any(map(shutil.which, BROWSERS)):
        found["browser"] = "no Chromium is installed"
    if not os.environ.get("GRAFANA_URL"):
        found["grafana"] = "no GRAFANA_URL names one"
    if not _in_ci() and not shutil.which("java"):
        found["kafka"] = "no Java is installed"
    if not _in_ci() and (absent := [name for name in SERVERS if not _installed(name)]):
        found["servers"] = f"{', '.join(absent)} not installed"
    return found


def _installed(program: str) -> bool:
    """Whether a server's program is there; Debian keeps them outside a plain user's path."""
    places = [os.environ.get("PATH", os.defpath), "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    return shutil.which(program, path=os.pathsep.join(places)) is not None


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "false", "0")
