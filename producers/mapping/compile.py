"""From a mapping to a fast function over rows: one Python function is written for each mapping and compiled.

A row is mapped whole or not at all: everything wrong with it is raised together.
"""

import builtins
from collections.abc import Callable

from pantau.domain import personal
from pantau.domain.errors import BadSetup
from pantau.domain.spans import Language
from producers.mapping.drafts import Draft, Row
from producers.mapping.model import Mapping
from producers.mapping.plan import Plan
from producers.mapping.planner import plan
from producers.mapping.unnamed import Unnamed
from producers.mapping.wording import Wording
from producers.mapping.writer import Writer


class RowMapper:
    """A compiled mapping.

    ``events(row)`` gives the row's events in the order of the file, or raises an ``UnmappedRow`` (a
    :class:`pantau.domain.errors.BadEvent`) with all its faults and, where it can be told, its source; a row that a
    ``[[skip]]`` names gives an empty :class:`producers.mapping.drafts.Skipped`.
    ``columns`` are those it reads; ``code`` is the function's source.
    """

    def __init__(self, plan: Plan, events: Callable[[Row], list[Draft]], code: str) -> None:
        self.mapping = plan.mapping
        self.columns = plan.columns
        self.events = events
        self.code = code


def compile(
    mapping: Mapping, *, key: bytes | None = None, language: Language = "id", unnamed: Unnamed | None = None
) -> RowMapper:
    """The row function of a mapping. ``key`` (16 to 64 bytes) keys the pseudonyms of values that have ``hash = true``.

    ``language`` is that of the faults of rows. ``unnamed`` counts values that the mapping says nothing about; a row
    function without it does not pay for that.

    Raises :class:`BadSetup` where the mapping has faults, or hashes and no key is given.
    """
    checked = plan(mapping)
    if any(value.rule.hash for value in checked.values.values()):
        if key is None:
            raise BadSetup(f"mapping {mapping.name} makes pseudonyms and no key for them was given; set one")
        personal.pseudonym("", key)  # says what is wrong with a key
    writer = Writer(checked, key or b"", Wording(language), unnamed)
    code = writer.write()
    # what comes from the file enters the code by repr() alone, and arithmetic was parsed and checked
    exec(builtins.compile(code, f"<mapping {mapping.name}>", "exec"), writer.scope)
    events = writer.scope["events"]
    assert callable(events)
    return RowMapper(checked, events, code)
