"""What a simulated source sends, before it becomes a CloudEvent."""

import msgspec

from pantau.domain.events import Data


class Draft(msgspec.Struct, frozen=True, gc=False):
    """One event as its source tells it. Times are ms UTC.

    ``time`` is the source's own word and may be a lie; ``sent`` is when the source sends it, on the true clock, and is
    what a live replay is paced by. Without faults both are equal.
    """

    source: str
    id: str
    kind: str
    time: int
    data: Data
    sent: int
