"""How much memory a process may take: of a container what it was given, of a machine a share."""

import os
from pathlib import Path
from typing import Final

_LIMITS: Final = ("memory.max", "memory/memory.limit_in_bytes")
"""Where Linux tells a container's limit: control groups of version 2, and of version 1."""


def memory_of_process(groups: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes that this process may fill: its container's limit, or half of what each core of the machine has.

    A worker is started for each core, and the other half is for whatever else runs on a machine without limits.
    """
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = [int(text) for name in _LIMITS if (text := _text(groups / name)).isdigit()]
    given = min(limits, default=machine)
    return given if given < machine else machine // (os.cpu_count() or 1) // 2


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:  # no such control group
        return ""
