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
    ("own", "limits", "expected"),
    [
        ("0::/", {"memory.max": "536870912"}, 536_870_912),
        ("0::/", {"memory.max": "max"}, SHARE),
        ("0::/a/b", {"a/b/memory.max": "max", "a/memory.max": "268435456", "memory.max": "max"}, 268_435_456),
        (
            "3:cpu,cpuacct:/x\n2:memory:/c\n1:name=systemd:/y",
            {"memory/c/memory.limit_in_bytes": "268435456"},
            268_435_456,
        ),
        ("2:memory:/", {"memory/memory.limit_in_bytes": f"{2**63 - 4096}"}, SHARE),
        ("", {}, SHARE),
    ],
)
def test_a_container_with_a_limit_is_filled_and_a_machine_shared(
    tmp_path: Path, own: str, limits: dict[str, str], expected: int
) -> None:
    for name, said in limits.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(said + "\n")
    (tmp_path / "own").write_text(own + "\n")

    assert memory_of_process(tmp_path, tmp_path / "own") == expected


def test_without_control_groups_a_machine_is_shared(tmp_path: Path) -> None:
    assert memory_of_process(tmp_path, tmp_path / "none") == SHARE


@pytest.mark.parametrize("facts", [1_000, 200_000, 400_000])
def test_what_is_held_at_most_fits_in_a_container(facts: int) -> None:
    memory = 3 << 30
    cells = cells_that_fit(memory, facts)

    assert CELLS[0] < cells < CELLS[1]
    assert 600e6 + facts * 2e3 + 2 * cells * 100 <= 0.85 * memory


def test_however_much_memory_there_is_some_cells_are_kept_and_not_too_many() -> None:
    assert [cells_that_fit(memory, 200_000) for memory in (256 << 20, 64 << 30)] == [*CELLS]
