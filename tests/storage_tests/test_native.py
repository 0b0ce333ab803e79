"""Native blocks: what one engine writes the other reads, whatever the letters, the NULLs and the sizes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.columns import NULL, Coded, Column, Lists, Maybe, Names, Table, end_to_end
from storage.native import decode, encode, encode_column

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "String": TEXT,
    "Nullable(String)": st.one_of(st.none(), TEXT),
    "LowCardinality(String)": TEXT,
    "LowCardinality(Nullable(String))": st.one_of(st.none(), TEXT),
    "UInt8": st.integers(0, 255),
    "UInt64": st.integers(0, 2**64 - 1),
    "Int64": st.integers(-(2**63), 2**63 - 1),
    "Nullable(Int64)": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    "Nullable(Float64)": st.one_of(st.none(), st.floats(allow_nan=False)),
    "Array(Int64)": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
    "Array(String)": st.lists(TEXT, max_size=5),
}


@given(st.data())
def test_a_block_is_decoded_as_it_was_encoded(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6))
    rows = data.draw(st.lists(st.tuples(*(KINDS[kind] for kind in kinds)), min_size=1, max_size=20))
    columns = [(f"c{n}", kind) for n, kind in enumerate(kinds)]
    ((found, decoded),) = decode(encode(columns, [*zip(*rows, strict=True)]))
    assert [(str(name), str(kind)) for name, kind in found] == columns
    assert decoded == rows


def _as_arrays(kind: str, values: list[Any]) -> Column:
    """The same column as the operator holds it."""
    if "String" in kind:
        names = Names()
        return Coded(names.names, names.codes(values)) if kind.startswith("LowCardinality") else values
    if kind.startswith("Array"):
        flat = [value for one in values for value in one]
        return Lists(np.array([len(one) for one in values]), np.array(flat, np.int64))
    if kind.startswith("Nullable"):
        return Maybe(np.array([NULL if value is None else value for value in values], np.int64))
    return np.array(values, np.uint64 if kind == "UInt64" else np.int64)


IN_ARRAYS = sorted({*KINDS, "Nullable(UInt8)"} - {"Nullable(Float64)", "Nullable(String)", "Array(String)"})


@given(st.data(), st.sampled_from(IN_ARRAYS))
def test_a_column_of_arrays_is_encoded_as_its_values_are(data: st.DataObject, kind: str) -> None:
    values = (
        KINDS["Nullable(Int64)"] if kind == "Nullable(Int64)" else KINDS.get(kind, st.one_of(st.none(), KINDS["UInt8"]))
    )
    column = data.draw(st.lists(values.filter(lambda value: value != NULL), min_size=1, max_size=20))
    kinds = [("c", kind)]
    assert [*decode(encode(kinds, [_as_arrays(kind, column)]))] == [*decode(encode(kinds, [column]))]


@given(st.lists(st.lists(st.one_of(st.none(), KINDS["String"]), min_size=1, max_size=6), min_size=1, max_size=4))
def test_texts_of_several_dictionaries_are_encoded_as_their_values_are(parts: list[list[str | None]]) -> None:
    kinds = [("c", "LowCardinality(Nullable(String))")]
    whole = end_to_end([_as_arrays(kinds[0][1], part) for part in parts])
    ((_, rows),) = decode(encode(kinds, [whole]))
    assert rows == [(text,) for part in parts for text in part]


@pytest.mark.parametrize("names", [300, 70_000])
def test_a_dictionary_may_be_of_any_size(names: int) -> None:
    column = [f"name {n}" for n in range(names)]
    for kind, values in (("String", column), ("Nullable(String)", [*column, None])):
        for whole in (values, _as_arrays("LowCardinality(String)", values)):
            ((_, rows),) = decode(encode([("c", f"LowCardinality({kind})")], [whole]))
            assert [row[0] for row in rows] == values


def test_texts_may_be_long_and_may_be_given_as_bytes() -> None:
    texts = ["", "x" * 127, "x" * 128, "é" * 9_000, "x" * 3_000_000]
    for column in (texts, [text.encode() for text in texts]):
        ((_, rows),) = decode(encode([("c", "String")], [column]))
        assert [row[0] for row in rows] == texts


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 16_383, 16_384])
def test_texts_of_plain_letters_may_be_as_long(length: int) -> None:
    texts = ["x" * length, "", "y"]
    ((_, rows),) = decode(encode([("c", "String")], [texts]))
    assert [row[0] for row in rows] == texts


@given(st.lists(st.lists(st.tuples(st.integers(0, 2**16 - 1), TEXT), max_size=4), min_size=1, max_size=5))
def test_lists_of_days_and_units_are_encoded_from_their_columns(lists: list[list[tuple[int, str]]]) -> None:
    tables = []
    for one in lists:
        names = Names()
        units = Coded(names.names, names.codes([unit for _, unit in one]))
        tables.append(Table([np.array([day for day, _ in one], np.int64), units]))
    for given_as in (tables, [table if len(table) else Table(()) for table in tables]):
        ((_, rows),) = decode(encode([("c", "Array(Tuple(UInt16, String))")], [given_as]))
        assert [row[0] for row in rows] == lists


def test_a_day_that_has_no_room_is_refused() -> None:
    far = Table([np.array([70_000]), Coded(["camat"], np.array([0]))])
    with pytest.raises(OverflowError, match="70000"):
        encode([("c", "Array(Tuple(UInt16, String))")], [[far]])


def test_times_travel_as_numbers() -> None:
    assert encode_column("Date", [20_000]) == encode_column("UInt16", [20_000])
    assert encode_column("DateTime64(3, 'UTC')", [20_000]) == encode_column("Int64", [20_000])
    assert encode_column("Nullable(DateTime64(3, 'UTC'))", [None, 5]) == encode_column("Nullable(Int64)", [None, 5])


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="column b has 1 values, the block has 2 rows"):
        encode([("a", "UInt8"), ("b", "UInt8")], [[1, 2], [1]])


def test_a_number_of_an_array_that_does_not_fit_its_column_is_refused() -> None:
    for kind, column in (("UInt16", np.array([70_000])), ("Nullable(UInt8)", Maybe(np.array([300])))):
        with pytest.raises(OverflowError, match="does not fit"):
            encode([("c", kind)], [column])


def test_blocks_one_after_the_other_are_all_read() -> None:
    columns = [("n", "UInt64")]
    blocks = [[[*range(first, first + size)]] for first, size in ((0, 1), (1, 70_000), (70_001, 3))]
    data = b"".join(encode(columns, block) for block in blocks)
    assert [row[0] for _, rows in decode(data) for row in rows] == [*range(70_004)]


def test_no_bytes_are_no_blocks() -> None:
    assert list(decode(b"")) == []


def test_what_is_given_is_not_changed() -> None:
    """The driver writes into the columns it is given; ours are kept, for a retry or a log."""
    column = ("a", None, "b")
    data: list[Any] = [column, [None, "x", None]]
    encode([("a", "Nullable(String)"), ("b", "LowCardinality(Nullable(String))")], data)
    assert data == [("a", None, "b"), [None, "x", None]]


@pytest.mark.parametrize(
    ("kind", "value"), [("UInt8", 256), ("UInt32", 2**32), ("Int64", 2**63), ("String", None), ("UInt8", "x")]
)
def test_a_value_that_does_not_fit_its_column_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(Exception, match=r".+"):
        encode([("c", kind)], [[value]])
