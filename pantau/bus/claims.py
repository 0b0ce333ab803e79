"""Who owns a partition of the bus, and what a former owner began: rows that workers and storage both know."""

import msgspec

Page = tuple[int, str]
"""(local day as days since 1970-01-01, unit): the piece of the windows that is redone at once."""


class Claim(msgspec.Struct, frozen=True):
    """Who owns a partition of the bus: the highest epoch.

    ``seq`` orders what one epoch writes. Every record before ``next_offset`` is in facts and windows: it says where to
    read on, whatever offset the bus has for the group.
    """

    name: str
    epoch: int
    seq: int
    next_offset: int
    registry: str
    owner: str


class LateFlush(msgspec.Struct, frozen=True):
    """A flush that a former owner began although a partition had a newer one, and the windows it was to change."""

    name: str
    epoch: int
    seq: int
    pages: list[Page]
