"""Native blocks: what one engine writes the other reads, whatever the letters, the NULLs and the sizes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.native import decode, encode

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
