"""The product as its users start it: commands in processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pantau.embedded.running import Running, running_process

ROOT = Path(__file__).parents[2]


def pantau(*arguments: object, expect: int = 0, timeout: float = 120) -> str:
    """Run one command; its standard output. The exit code must be the expected one."""
    done = subprocess.run(
        [sys.executable, "-m", "pantau.cli.main", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PANTAU_LANG": "en"},
        check=False,
    )
    assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def values(*arguments: object) -> dict[str, Any]:
    """Indicator -> value of ``pantau indicators … --json``."""
    table = json.loads(pantau("indicators", *arguments, "--json"))
    return {line["indicator"]: line["value"]["value"] for line in table["lines"]}


@contextmanager
def served(data: Path, *arguments: object) -> Iterator[Running]:
    """``pantau serve`` on a free port for as long as the block lasts; it must end with 0."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pantau.cli.main", "serve", "--data", str(data), "--port", "0", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + 60
        while (running := running_process(data)) is None or running.pid != process.pid:
            assert process.poll() is None, process.communicate()[1].decode()
            assert time.monotonic() < deadline, "the process did not start within a minute"
            time.sleep(0.05)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Traceback" not in said, said.decode()
