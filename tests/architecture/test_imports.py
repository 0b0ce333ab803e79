"""Importing does nothing, and asking for help costs next to nothing."""

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT, modules

HEAVY = {"chdb", "clickhouse_driver", "docx", "faust", "holidays", "httpx", "kafka", "litestar", "lxml", "numpy",
         "paho", "pydantic_settings", "sqlalchemy", "uvicorn"}  # fmt: skip
"""Each takes longer to import than help may take. Typer itself brings pydantic and rich to show a verb's options."""

_HELP = """
import json, sys
sys.argv = ["pantau", *sys.argv[1:]]
from pantau.cli.main import main
try:
    main()
except SystemExit as end:
    code = end.code
print("\\n" + json.dumps([code, sorted(sys.modules)]))
"""


@pytest.mark.parametrize(
    "asked",
    ["--help", "--version", "demo --help", "replay --help", "indicators --help", "effect --help", "report skm --help"],
)
def test_help_loads_neither_engine_nor_bus_nor_web(asked: str) -> None:
    """``pantau --help`` answers in under half a second because verbs import late; one import on top breaks that."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _HELP, *asked.split()], cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    code, loaded = json.loads(done.stdout.splitlines()[-1])
    assert code in (0, None)
    assert [name for name in loaded if name in HEAVY] == []


_WATCH = """
import importlib, json, logging, os, sys, threading

seen = []
ours = tuple(sys.argv[1].split(","))
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
ACTS = ("subprocess.Popen", "os.system", "os.fork", "os.posix_spawn", "os.mkdir", "os.remove", "os.rename", "os.putenv",
        "os.rmdir", "os.chdir", "socket.connect", "socket.bind", "socket.getaddrinfo", "_thread.start_new_thread",
        "shutil.rmtree", "tempfile.mkstemp", "tempfile.mkdtemp", "signal.pthread_kill")


def frame_of_ours():
    frame = sys._getframe(2)
    while frame is not None:
        # what an imported package does while it is imported is its own affair
        name = frame.f_globals.get("__name__", "")
        if frame.f_code.co_name == "<module>" and not name.startswith("importlib"):
            return name if name.split(".")[0] in ours else None
        frame = frame.f_back
    return None


def watch(event, details):
    if event == "open":
        if not isinstance(details[2], int) or not details[2] & WRITES:
            return
    elif event not in ACTS:
        return
    if (name := frame_of_ours()) is not None:
        seen.append(f"{name}: {event} {details!r:.200}")


sys.addaudithook(watch)
environment, handlers = dict(os.environ), list(logging.getLogger().handlers)
for name in json.load(sys.stdin):
    importlib.import_module(name)
    if threading.active_count() != 1:
        seen.append(f"{name}: left a thread running: {threading.enumerate()}")
    if dict(os.environ) != environment:
        seen.append(f"{name}: changed the environment")
    if logging.getLogger().handlers != handlers:
        seen.append(f"{name}: set up logging")
print(json.dumps(seen))
"""


def _seen(names: list[str], ours: str, path: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-B", "-P", "-c", _WATCH, ours], cwd="/", env={"PYTHONPATH": path}, input=json.dumps(names),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr, "importing printed something"
    found: list[str] = json.loads(done.stdout)
    return found


def test_importing_any_module_does_nothing() -> None:
    """No thread, file, process, socket, changed environment or logging: work begins when it is asked for."""
    names = [name for name in modules() if not name.endswith("__main__")]
    assert _seen(names, "pantau,producers,stream_processors,storage,dashboards", str(ROOT)) == []


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("import threading, time; threading.Thread(target=time.sleep, args=(1,), daemon=True).start()", "thread"),
        ("from pathlib import Path; Path('written').write_text('')", "open"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("import os; os.environ['X'] = 'y'", "os.putenv"),
        ("import logging; logging.basicConfig()", "logging"),
    ],
)
def test_the_watch_sees_a_module_that_acts_on_import(
    tmp_path_factory: pytest.TempPathFactory, line: str, event: str
) -> None:
    folder = tmp_path_factory.mktemp("acting")
    (folder / "acting.py").write_text(line.replace("'written'", repr(str(folder / "written"))))
    assert any(event in one for one in _seen(["acting"], "acting", str(folder)))
