"""kill -9 in the middle of deliveries: nothing is lost, and what arrives twice carries the same key."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.alerts.deliverer import MESSAGES
from tests.alerts.servers import HttpServer, running
from tests.support.processes import ROOT, environment

KILLS = 4

pytestmark = pytest.mark.slow


def test_every_message_arrives_though_the_deliverer_is_killed_again_and_again(tmp_path: Path) -> None:
    with running(HttpServer()) as http:
        for kill in range(KILLS):
            process = _deliverer(tmp_path, http)
            wanted = (kill + 1) * MESSAGES // (KILLS + 2)
            while len(http.seen) < wanted and process.poll() is None:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert _deliverer(tmp_path, http).wait(120) == 0
        keys = [
            {name.lower(): value for name, value in headers.items()}["idempotency-key"] for _, headers, _ in http.seen
        ]
    assert set(keys) == {f"k{i}:camat/0" for i in range(MESSAGES)}
    assert len(keys) <= MESSAGES + KILLS, "a kill repeats the one message that was under way, at most"


def _deliverer(folder: Path, http: HttpServer) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.alerts.deliverer", str(folder / "store"), http.url]
    return subprocess.Popen(words, cwd=ROOT, env=environment({}), stdin=subprocess.DEVNULL)
