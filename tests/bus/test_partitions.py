"""A unit has one partition, and it is the one that every other client of Kafka would give its code as a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as theirs

from pantau.bus.partitions import murmur2, partition_of

units = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(st.binary(max_size=64))
def test_the_hash_is_that_of_kafkas_clients(key: bytes) -> None:
    assert murmur2(key) == theirs(key)


@given(units, st.integers(1, 1000))
def test_a_unit_lands_where_a_producer_that_keys_by_it_puts_it(unit: str, partitions: int) -> None:
    assert partition_of(unit, partitions) == (theirs(unit.encode()) & 0x7FFFFFFF) % partitions
    assert 0 <= partition_of(unit, partitions) < partitions


def test_the_java_clients_own_examples() -> None:
    """From the tests of Kafka's Utils.murmur2."""
    signed = {
        b"21": -973932308,
        b"foobar": -790332482,
        b"a-little-bit-long-string": -985981536,
        b"a-little-bit-longer-string": -1486304829,
        b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
        b"abc": 479470107,
    }
    for key, hashed in signed.items():
        assert murmur2(key) == hashed & 0xFFFFFFFF


def test_units_of_a_country_are_spread_evenly() -> None:
    counts = [0] * 12
    for n in range(7_200):
        counts[partition_of(f"18.{n // 100:02d}.{n % 100:02d}", 12)] += 1
    assert min(counts) > 500
    assert max(counts) < 700


def test_a_topic_without_partitions_is_refused() -> None:
    with pytest.raises(ValueError, match="0 partitions"):
        partition_of("dukcapil", 0)
