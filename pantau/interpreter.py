"""How Python's interpreter, and the memory under it, are set in a process that works through batches with threads."""

import ctypes
import gc
import sys
from typing import Final

SWITCH_SECONDS = 0.001

_MALLOPT: Final = {
    -3: 1 << 25,  # M_MMAP_THRESHOLD: what is larger is given back to the system as soon as it is freed
    -1: 1 << 28,  # M_TRIM_THRESHOLD: so much may lie free
    -2: 1 << 26,  # M_TOP_PAD: so much is asked for at a time
    -8: 2,  # M_ARENA_MAX: what one thread frees another one uses
}
"""Parameters of glibc's malloc (malloc.h)."""

_PR_SET_THP_DISABLE: Final = 41
"""Of prctl(2)."""


def set_for_batches() -> None:
    """Collect cyclic garbage seldom, let threads take turns often, and keep memory that is freed for the next batch.

    A batch makes hundreds of thousands of objects and none of them is in a cycle: with Python's own thresholds half of
    the time of merging went into collections that found nothing. A thread that returns from the engine or the network
    waits for its turn as long as another may go on: with Python's own five milliseconds that lost a thirtieth of the
    events a second. Arrays of megabytes that come and go with every batch were pages that the system had to clear each
    time: up to 256 MB of them are kept. And numpy asks for pages of 2 MB, of which arrays that have room to grow use
    little: this process, and what it starts, has small ones.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 1_000)
    sys.setswitchinterval(SWITCH_SECONDS)
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc's
        for parameter, value in _MALLOPT.items():
            libc.mallopt(parameter, value)
    if hasattr(libc, "prctl"):  # Linux's
        libc.prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0)
