"""Verbs as processes: started with their own environment, waited for by what they say or answer, ended by pid."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from tests.support.kafka import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]

T = TypeVar("T")


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's variables without any setting of the product, and these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "TERM": "dumb", "COLUMNS": "200", **settings}


class Process:
    """One running verb. Its log is a file in its folder; ``url`` is what a serving verb says it listens on."""

    def __init__(self, folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.words = words
        self._log = folder / f"{words[0]}.log"
        self._settings = settings or {}
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Process":
        """Start it, and return at once."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pantau.cli.main", *self.words],
                cwd=self._folder,
                env=environment(self._settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def url(self) -> str:
        """Where it listens, waited for."""

        def said() -> str | None:
            found = re.search(r"http://[\d.]+:\d+", self.log())
            return found[0] if found else None

        return self.wait(said, "it says where it listens")

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def wait(self, find: Callable[[], T | None], what: str) -> T:
        """What ``find`` finds, tried until it finds something. Raises when the process ends or takes too long."""
        end = time.monotonic() + PATIENCE_SECONDS
        while (found := find()) is None:
            if not self.running:
                raise AssertionError(f"{self.words} ended before {what}:\n{self.log()}")
            assert time.monotonic() < end, f"waited {PATIENCE_SECONDS} s until {what}\n{self.log()}"
            time.sleep(0.05)
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and return its exit code; 0 for one that has been stopped already."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{self.words} did not stop:\n{self.log()}") from None


def run(*words: str, settings: Mapping[str, str] | None = None, cwd: Path = ROOT) -> tuple[int, str]:
    """A verb that ends by itself: its exit code and all it said."""
    done = subprocess.run(
        [sys.executable, "-m", "pantau.cli.main", *words],
        cwd=cwd,
        env=environment(settings or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_SECONDS * 2,
        check=False,
    )
    return done.returncode, done.stdout
