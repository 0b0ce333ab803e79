"""The row of each number is found, whatever numbers meet in a bucket, and no number is known that never was."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stream_processors.known import KnownNumbers, mixed
from stream_processors.numbers import Numbers

CROWDED = np.flatnonzero(mixed(np.arange(200_000)) >> np.uint64(54) == 7)[:150]
"""Numbers that all belong into one of the first 1,024 buckets."""


@given(
    st.lists(
        st.sets(st.one_of(st.integers(0, 2**63 - 1), st.integers(0, 300), st.sampled_from(CROWDED.tolist()))),
        max_size=12,
    ),
    st.sampled_from((1, 500)),
)
def test_every_number_is_found_with_its_row_and_no_other(batches: list[set[int]], times: int) -> None:
    held, truth = Numbers(), dict[int, int]()
    for batch in batches:
        wanted = sorted({number * times % 2**63 for number in batch} | batch)
        found = held.find(np.array(wanted, np.int64))
        assert found.tolist() == [truth.get(number, -1) for number in wanted]
        new = [number for number in wanted if number not in truth]
        rows = range(len(truth), len(truth) + len(new))
        held.add(np.array(new, np.int64), np.array(rows, np.int64))
        truth.update(zip(new, rows, strict=True))
    assert len(held) == len(truth)


def test_many_numbers_are_found_after_the_table_grew() -> None:
    held, everything = Numbers(), np.concatenate([CROWDED, np.arange(10**6, 10**6 + 50_000)])
    for start in range(0, len(everything), 977):
        part = everything[start : start + 977]
        held.add(part, np.arange(start, start + len(part)))
    assert held.find(everything).tolist() == [*range(len(everything))]
    assert set(held.find(everything + 10**9).tolist()) == {-1}


def test_only_what_it_is_replaced_by_is_held() -> None:
    held = Numbers()
    held.add(CROWDED, np.arange(len(CROWDED)))
    held.replace(CROWDED[::2], np.arange(len(CROWDED[::2])))
    assert held.find(CROWDED[:4]).tolist() == [0, -1, 1, -1]


def test_a_filter_of_numbers_never_forgets_and_seldom_errs_however_large_it_grew() -> None:
    held = KnownNumbers()
    for start in range(0, 600_000, 50_000):
        held.add(mixed(np.arange(start, start + 50_000)))
    assert held.holds(mixed(np.arange(600_000))).all()
    assert held.holds(mixed(np.arange(10**7, 10**7 + 100_000))).mean() < 0.03
    assert not KnownNumbers().holds(mixed(np.arange(100))).any()
