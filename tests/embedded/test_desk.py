"""What travels between a verb and the process that owns the directory arrives as it was sent."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pantau.embedded.desk import unwrapped, wrapped

scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5)
params = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner), max_leaves=8)


@given(st.dictionaries(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=8), params, max_size=4))
def test_parameters_of_a_query_keep_their_tuples(sent: dict[str, object]) -> None:
    travelled = msgspec.msgpack.decode(msgspec.msgpack.encode(wrapped(sent)))
    assert unwrapped(travelled) == sent
