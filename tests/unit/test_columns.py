"""Columns: the same values as rows, however they are held, cut and joined."""

from collections.abc import Callable
from typing import Any

import numpy as np
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
    distinct,
    end_to_end,
    extended,
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


PARTS = st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from(_NAMES), min_size=1, max_size=5)), min_size=1)
"""Whether a column's texts are coded anew, and the texts."""


@given(PARTS)
def test_texts_of_several_dictionaries_are_those_of_their_rows(parts: list[tuple[bool, list[str | None]]]) -> None:
    """Also when columns put end to end are put end to end with others."""
    names, columns, values = Names(), [], []
    for anew, texts in parts:
        if anew:
            names = Names(["of no row"])
        columns.append(Coded(names.names, names.codes(texts)))
        values += texts
    first = end_to_end(columns[:2])
    whole = end_to_end([first, *columns[2:]])
    assert isinstance(whole, Coded)
    assert [*whole] == values
    assert [*whole.names][: len(columns[0].names)] == [*columns[0].names]
    assert whole.each(repr) == [*map(repr, values)]
    made, places = whole.distinct(repr)
    assert [made[place] for place in places.tolist()] == [*map(repr, values)]


def test_what_is_made_of_a_text_is_made_once() -> None:
    names, asked = Names(), []

    def make(text: str | None) -> str:
        asked.append(text)
        return f"<{text}>"

    for some in (["a", "b"], ["b", "a"], [*map(str, range(200))], ["a", "7", None]):
        assert Coded(names.names, names.codes(some)).each(make) == [f"<{text}>" for text in some]
    assert asked == names.names


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4)), max_size=8))
def test_ranges_are_laid_end_to_end(some: list[tuple[int, int]]) -> None:
    starts, lengths = (np.array([one[at] for one in some], np.int64) for at in (0, 1))
    assert ranges(starts, lengths).tolist() == [n for start, length in some for n in range(start, start + length)]
