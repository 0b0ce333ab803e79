"""The cache of facts and cells: bounded, and what was used lately stays."""

from hypothesis import given
from hypothesis import strategies as st

from stream_processors.cache import Generations


@given(st.lists(st.dictionaries(st.integers(0, 30), st.integers(), max_size=6), max_size=30), st.integers(1, 8))
def test_it_never_gives_anything_but_the_last_item_kept(batches: list[dict[int, int]], capacity: int) -> None:
    held: Generations[int, int] = Generations(capacity)
    truth: dict[int, int] = {}
    for batch in batches:
        held.keep(batch)
        truth |= batch
        assert all(truth[key] == item for key, item in held.found(range(31)).items())


@given(st.lists(st.lists(st.integers(0, 1000), max_size=6, unique=True), max_size=40), st.integers(1, 8))
def test_it_is_bounded_by_twice_its_capacity_and_one_batch(batches: list[list[int]], capacity: int) -> None:
    held: Generations[int, int] = Generations(capacity)
    for batch in batches:
        held.keep(dict.fromkeys(batch, 0))
        assert len(held) <= 2 * (capacity + 6)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=100), st.integers(1, 8))
def test_the_last_kept_are_held(keys: list[int], capacity: int) -> None:
    held: Generations[int, int] = Generations(capacity)
    for key in keys:
        held.keep({key: key})
    lately = [*dict.fromkeys(reversed(keys))][:capacity]
    assert held.found(lately) == {key: key for key in lately}


def test_cleared_it_holds_nothing() -> None:
    held: Generations[int, int] = Generations(1)
    for key in range(3):
        held.keep({key: key})
    held.clear()
    assert (len(held), held.found(range(3))) == (0, {})
