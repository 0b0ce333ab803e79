"""Columns: the same values as rows, however they are held, cut and joined."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.columns import (
    NULL,
    Coded,
    Column,
    Lists,
    Maybe,
    Names,
    Table,
    Told,
    distinct,
    end_to_end,
    extended,
    grown,
    ranges,
)

_NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1)
_NAMES = ("a", None, "b", "c")


def _coded(values: list[str | None]) -> Coded:
    names = Names()
    return Coded(names.names, names.codes(values))


def _lists(values: list[list[int]]) -> Lists:
    lengths = np.array([len(one) for one in values], np.int64)
    return Lists(lengths, np.array([value for one in values for value in one], np.int64))


KINDS: dict[str, tuple[st.SearchStrategy[Any], Callable[[list[Any]], Column]]] = {
    "numbers": (_NUMBERS, lambda values: np.array(values, np.int64)),
    "maybe": (
        st.one_of(st.none(), _NUMBERS),
        lambda values: Maybe(np.array([NULL if v is None else v for v in values], np.int64)),
    ),
    "coded": (st.sampled_from(_NAMES), _coded),
    "lists": (st.lists(_NUMBERS, max_size=3), _lists),
    "values": (st.text(max_size=3), list),
    "bytes": (st.text(max_size=3), lambda values: [value.encode() for value in values]),
}


@given(st.data(), st.sampled_from(sorted(KINDS)))
def test_columns_end_to_end_hold_the_values_of_all(data: st.DataObject, kind: str) -> None:
    values, column = KINDS[kind]
    parts = data.draw(st.lists(st.lists(values, min_size=1, max_size=5), min_size=1, max_size=4))
    whole: Column = end_to_end([column(part) for part in parts])
    assert [row[0] for row in Table([whole])] == [value for part in parts for value in part]
    assert isinstance(whole, type(column(parts[0])))


@given(st.data(), st.sampled_from(sorted(set(KINDS) - {"lists"})))
def test_rows_added_to_a_table_come_after_its_own(data: st.DataObject, kind: str) -> None:
    values, column = KINDS[kind]
    own = data.draw(st.lists(values, min_size=1, max_size=5))
    more = data.draw(st.lists(values, max_size=5))
    whole = extended(Table([column(own)]), [(value,) for value in more])
    assert [row[0] for row in whole] == own + more
    assert len(whole) == len(own) + len(more)


def test_texts_of_one_dictionary_keep_it() -> None:
    names = Names(["x", "y"])
    whole = end_to_end([Coded(names.names, np.array([1])), Coded(names.names, np.array([2, 0]))])
    assert isinstance(whole, Coded)
    assert whole.names is names.names
    assert [*whole] == ["x", "y", None]


def test_names_are_numbered_in_the_order_in_which_they_are_met() -> None:
    names = Names(["first"])
    assert names.codes(["b", "first", None, "a", "b"]).tolist() == [2, 1, 0, 3, 2]
    assert names.names == [None, "first", "b", "a"]


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
    told = Told(names, lambda name: asked.append(name) or len(name or ""))  # type: ignore[func-returns-value]
    told.learn()
    assert asked == [None, "a", "bb"]
    assert told.of(names.codes(["bb", "a", None])).tolist() == [2, 1, 0]
    assert len(asked) == 3


def test_names_that_have_no_number_get_none_by_being_asked_for() -> None:
    names = Names(["a"])
    assert names.known(["a", "b", None, "a"]).tolist() == [1, -1, 0, 1]
    assert names.names == [None, "a"]


def test_texts_put_end_to_end_may_be_there_twice() -> None:
    one, other = Coded(["x", "y"], np.array([0, 1, 0])), Coded(["y", "unused", "x"], np.array([2, 0]))
    assert [*end_to_end([one, other])] == ["x", "y", "x", "x", "y"]


@given(st.one_of(st.lists(st.integers(-9, 30)), st.lists(st.integers(-(2**62), 2**62))))
def test_different_numbers_are_found_in_order_however_far_they_lie_apart(some: list[int]) -> None:
    numbers = np.array(some, np.int64)
    found, places = distinct(numbers)
    assert found.tolist() == sorted(set(some))
    assert found[places].tolist() == some


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4)), max_size=8))
def test_ranges_are_laid_end_to_end(some: list[tuple[int, int]]) -> None:
    starts, lengths = (np.array([one[at] for one in some], np.int64) for at in (0, 1))
    assert ranges(starts, lengths).tolist() == [n for start, length in some for n in range(start, start + length)]


@pytest.mark.parametrize("rows", [0, 3, 4, 5, 100])
def test_an_array_grows_and_keeps_what_it_holds(rows: int) -> None:
    larger = grown(np.array([1, 2, 3]), rows)
    assert larger[:3].tolist() == [1, 2, 3]
    assert len(larger) >= rows
    assert not larger[3:].any()


def test_an_array_that_grows_is_the_process_own() -> None:
    """A process that forks must not write into the arrays of the other."""
    larger = grown(np.array([1, 2, 3]), 1_000_000)
    if (child := os.fork()) == 0:
        larger[:] = 9
        os._exit(0)
    os.waitpid(child, 0)
    assert larger[:4].tolist() == [1, 2, 3, 0]


def test_rows_that_nobody_wrote_take_no_memory() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before = resident()
    larger = grown(np.arange(10), 50_000_000)
    larger[: 1 << 17] = 1
    assert resident() - before < 20_000_000 < larger.nbytes
