"""What a process that works through batches sets for itself: seen from outside, in one that did."""

import subprocess
import sys

_SAID = """
import gc, re, resource, sys
from pathlib import Path
import numpy as np
from pantau.interpreter import set_for_batches

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def batch():
    begun = faults()
    for _ in range(10):
        np.ones(1_000_000)
    return faults() - begun

set_for_batches()
batch()
print(batch(), re.search(r"THP_enabled:\\s+(\\d)", Path("/proc/self/status").read_text())[1], gc.get_freeze_count() > 0)
"""


def test_memory_that_a_batch_freed_is_there_for_the_next() -> None:
    """Arrays of 80 MB altogether are 20,000 pages when the system gives them anew."""
    done = subprocess.run([sys.executable, "-c", _SAID], capture_output=True, text=True, check=True, timeout=60)
    pages, large_pages, frozen = done.stdout.split()
    assert int(pages) < 1_000
    assert (large_pages, frozen) == ("0", "True")
