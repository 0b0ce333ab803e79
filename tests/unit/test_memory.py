"""What a process may fill is told by its container, if it is in one that has a limit."""

import os
from pathlib import Path

import pytest

from pantau.distributed.worker import CELLS, cells_that_fit
from pantau.memory import memory_of_process

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
SHARE = MACHINE // (os.cpu_count() or 1) // 2
"""Half of what a core has: nobody set a limit."""


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("memory.max", "536870912\n", 536_870_912),
        ("memory.max", "max\n", SHARE),
        ("memory/memory.limit_in_bytes", "268435456\n", 268_435_456),
        ("memory/memory.limit_in_bytes", f"{2**63 - 4096}\n", SHARE),
    ],
)
def test_a_container_with_a_limit_is_filled_and_a_machine_shared(
    tmp_path: Path, name: str, said: str, expected: int
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(said)

    assert memory_of_process(tmp_path) == expected


def test_without_control_groups_a_machine_is_shared(tmp_path: Path) -> None:
    assert memory_of_process(tmp_path) == SHARE


def test_a_worker_of_two_gigabytes_leaves_room_for_all_that_is_no_cell() -> None:
    assert cells_that_fit(2 << 30) == 4_589_934
    assert [cells_that_fit(memory) for memory in (256 << 20, 64 << 30)] == [*CELLS]
