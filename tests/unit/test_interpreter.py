"""What a process that works through batches sets for itself, seen in one that did."""

import subprocess
import sys

import pytest

_SAID = """
import gc, re, resource
from pathlib import Path
import numpy as np
from pantau.interpreter import set_for_batches

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def batch():
    begun = faults()
    held = [np.ones(1_000_000) for _ in range(10)]
    return faults() - begun

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) >> 8

set_for_batches()
first, second = batch(), batch()
large_pages = re.search(r"THP_enabled:\\s+(\\d)", Path("/proc/self/status").read_text())
held = [np.ones(1_000_000) for _ in range(100)]
del held
print(first, second, large_pages[1] if large_pages else 0, gc.get_freeze_count() > 0, resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it is set by what only Linux has")
def test_memory_that_a_batch_freed_is_there_for_the_next_and_not_for_ever() -> None:
    """Arrays of 80 MB altogether are 20,000 pages; of 800 MB some hundred are kept."""
    done = subprocess.run([sys.executable, "-c", _SAID], capture_output=True, text=True, check=True, timeout=60)
    first, second, large_pages, frozen, megabytes = done.stdout.split()
    assert int(first) > 10_000
    assert int(second) < 1_000
    assert (large_pages, frozen) == ("0", "True")
    assert int(megabytes) < 500
