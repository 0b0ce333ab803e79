"""The log tells, and stops nothing."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT

PROGRAM = """
import structlog
from pantau.logs import to_stderr
to_stderr()
for _ in range(1_000):
    structlog.get_logger("test").warning("disk full", path="somewhere")
print("alive")
"""


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=full, text=True, check=False
        )
    assert ran.stdout == "alive\n"


def test_what_is_only_for_finding_faults_is_not_told() -> None:
    program = PROGRAM.replace(".warning(", ".debug(")
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("alive\n", "")


def test_a_line_for_programs_is_json() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    assert '"event": "disk full"' in ran.stderr
    assert ran.stderr.count("\n") == 1_000
