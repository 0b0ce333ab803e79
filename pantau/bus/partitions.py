"""Which partition a unit has, by Kafka's own rule: a foreign producer that keys by unit lands there too."""

from functools import lru_cache
from typing import Final

_M: Final = 0x5BD1E995
_SEED: Final = 0x9747B28C
_32: Final = 0xFFFFFFFF


@lru_cache(maxsize=262_144)
def partition_of(unit: str, partitions: int) -> int:
    """The partition of a key among ``partitions``: murmur2 of its UTF-8, as every Kafka client does by default.

    ``partition_of("18.01.06", 12)`` is 10. Raises ValueError for fewer than one partition.
    """
    if partitions < 1:
        raise ValueError(f"a topic of {partitions} partitions holds nothing")
    return (murmur2(unit.encode()) & 0x7FFFFFFF) % partitions


def murmur2(key: bytes) -> int:
    """The 32-bit murmur2 that Kafka's clients take of a key, unsigned."""
    length = len(key)
    h = _SEED ^ length
    whole = length & ~3
    for at in range(0, whole, 4):
        k = int.from_bytes(key[at : at + 4], "little") * _M & _32
        k = (k ^ k >> 24) * _M & _32
        h = h * _M & _32 ^ k
    if length > whole:
        h = (h ^ int.from_bytes(key[whole:], "little")) * _M & _32
    h = (h ^ h >> 13) * _M & _32
    return h ^ h >> 15
