"""What an entry of the spool holds: accepted events or refusals, as this version writes and reads them."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from pantau.bus.records import pack, unpack
from pantau.domain.errors import BadEvent
from pantau.domain.rejections import Rejection

EVENTS: Final = 1
REJECTIONS: Final = 2

_rejections: Final = msgspec.json.Decoder(list[Rejection])


class Spooled(Protocol):
    """An entry of the spool: kind, bytes, how many events or refusals it holds, when it was spooled (ms UTC)."""

    @property
    def kind(self) -> int: ...  # noqa: D102
    @property
    def value(self) -> bytes: ...  # noqa: D102
    @property
    def n(self) -> int: ...  # noqa: D102
    @property
    def at(self) -> int: ...  # noqa: D102


class Unreadable(Exception):
    """This version cannot tell what an entry holds."""


class Written(NamedTuple):
    """An entry that is not in the spool yet."""

    kind: int
    value: bytes
    n: int
    at: int


def written(kind: int, what: Sequence[Any], at: int) -> Written:
    """Events or refusals as an entry."""
    return Written(kind, pack(what) if kind == EVENTS else msgspec.json.encode(what), len(what), at)


def read(entry: Spooled) -> Sequence[Any]:
    """The events or refusals that an entry holds. Raises Unreadable."""
    try:
        if entry.kind == EVENTS:
            return unpack(entry.value)
        if entry.kind == REJECTIONS:
            return _rejections.decode(entry.value)
    except BadEvent as error:
        why = "; ".join(fault.rule for fault in error.faults)
    except (ValueError, RecursionError) as error:
        why = str(error)
    else:
        why = f"entries of the kind {entry.kind} are not known"
    raise Unreadable(f"this version of the gateway cannot read it: {why}")


def is_unreadable(entry: Spooled) -> bool:
    """Whether :func:`read` raises."""
    try:
        read(entry)
    except Unreadable:
        return True
    return False
