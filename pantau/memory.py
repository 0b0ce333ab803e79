"""How much memory a process may take: of a container what it was given, of a machine a share."""

import os
from pathlib import Path
from typing import Final

_GROUPS: Final = Path("/sys/fs/cgroup")
_OWN_GROUPS: Final = Path("/proc/self/cgroup")


def memory_of_process(groups: Path = _GROUPS, own: Path = _OWN_GROUPS) -> int:
    """Bytes that this process may fill: what its container may have, or half of what each core of the machine has.

    A worker is started for each core, and the other half is for whatever else runs on a machine without limits. A
    container's limit is the least of its control groups' (cgroups(7), of version 1 or 2).
    """
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = [machine]
    for line in _text(own).splitlines() or ["0::/"]:
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "memory"):
            root, name = (groups, "memory.max") if not controllers else (groups / "memory", "memory.limit_in_bytes")
            group = root / path.lstrip("/")
            texts = [_text(each / name) for each in (group, *group.parents) if each.is_relative_to(root)]
            limits += [int(text) for text in texts if text.isdigit()]
    return min(limits) if min(limits) < machine else machine // (os.cpu_count() or 1) // 2


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:  # no such control group
        return ""
