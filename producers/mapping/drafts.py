"""What goes into a row function and what comes out of it."""

import msgspec

from pantau.domain.errors import Fault


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An event as a mapping makes it, not yet checked. ``time`` is ms UTC; ``data`` holds plain JSON values."""

    source: str
    id: str
    kind: str
    time: int
    data: dict[str, object]


class Skipped(list[Draft]):
    """No events, on purpose: what a row gives that a ``[[skip]]`` rule names, with the rule's ``why``."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class Unreadable(dict[str, str]):
    """A row that its reader could not read; mapping it raises its ``faults``."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


NO_RULE = Fault(
    field="row",
    value="no event",
    rule="no [[event]] and no [[skip]] of the mapping fits this row",
    todo="add an event for such rows, or a [[skip]] that says why they are none",
)
