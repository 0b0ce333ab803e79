"""Arrays that grow keep what they hold, take only the memory that is written to, and belong to their process alone."""

import subprocess
import sys

import numpy as np
import pytest

from pantau.domain.columns import Names
from stream_processors.growing import Told, grown


def test_a_number_is_worked_out_once_a_name() -> None:
    names, asked = Names(), []

    def length(name: str | None) -> int:
        asked.append(name)
        return len(name or "")

    told = Told(names, length)
    assert told.of(names.codes(["aa", "b", "aa"])).tolist() == [2, 1, 2]
    assert told.of(names.codes([f"{n}" * 3 for n in range(100)])).sum() == sum(len(f"{n}" * 3) for n in range(100))
    assert told.of(names.codes(["aa"])).tolist() == [2]
    assert len(asked) == len(names.names)


def test_what_is_told_of_names_can_be_worked_out_before_it_is_asked() -> None:
    names = Names(["a", "bb"])
    asked: list[str | None] = []

    def length(name: str | None) -> int:
        asked.append(name)
        return len(name or "")

    told = Told(names, length)
    told.learn()
    assert asked == [None, "a", "bb"]
    assert told.of(names.codes(["bb", "a", None])).tolist() == [2, 1, 0]
    assert len(asked) == 3


@pytest.mark.parametrize("rows", [0, 3, 4, 5, 100, 200_000])
def test_an_array_grows_and_keeps_what_it_holds(rows: int) -> None:
    larger = grown(np.array([[1, 2], [3, 4], [5, 6]]), rows)
    assert larger[:3].tolist() == [[1, 2], [3, 4], [5, 6]]
    assert len(larger) >= rows
    assert not larger[3:].any()


def test_an_array_of_objects_grows_too() -> None:
    larger = grown(np.array(["a", b"b"], object), 200_000)
    assert larger[:2].tolist() == ["a", b"b"]


_FORKED = """
import os
import numpy as np
from stream_processors.growing import grown

larger = grown(np.array([1, 2, 3]), 1_000_000)
child = os.fork()
if child == 0:
    larger[:] = 9
    os._exit(int(larger[0]))
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), larger[:4].tolist())
"""


def test_what_a_forked_process_writes_is_in_its_own_array() -> None:
    assert said_by(_FORKED) == "9 [1, 2, 3, 0]"


_UNWRITTEN = """
import resource
import numpy as np
from pantau.interpreter import set_for_batches
from stream_processors.growing import grown

set_for_batches()
freed = [np.ones(1_000_000) for _ in range(12)]
del freed
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
larger = [grown(np.arange(10), 3_000_000) for _ in range(12)]
print(sum(each.nbytes for each in larger) >> 20, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has another unit elsewhere")
def test_rows_that_nobody_wrote_take_no_memory_though_freed_memory_is_kept() -> None:
    had, taken = map(int, said_by(_UNWRITTEN).split())
    assert taken < had // 10


def said_by(program: str) -> str:
    """What a program of its own process prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()
