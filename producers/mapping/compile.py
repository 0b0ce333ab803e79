"""From a mapping to a fast function over rows: one Python function is written for each mapping and compiled.

A row is mapped whole or not at all: everything wrong with it is raised together.
"""

import builtins
from collections.abc import Callable

from pantau.domain.errors import BadSetup
from producers.mapping.drafts import Draft
from producers.mapping.model import Mapping
from producers.mapping.plan import Plan, plan
from producers.mapping.writer import Writer

Row = dict[str, str]
"""Texts by column; a column that is not there counts as empty."""


class RowMapper:
    """A compiled mapping.

    ``events(row)`` gives the row's events in the order of the file, or raises :class:`pantau.domain.errors.BadEvent` with
    all its faults; a row that a ``[[skip]]`` names gives an empty :class:`producers.mapping.drafts.Skipped`.
    ``columns`` are those it reads; ``code`` is the function's source.
    """

    def __init__(self, plan: Plan, events: Callable[[Row], list[Draft]], code: str) -> None:
        self.mapping = plan.mapping
        self.columns = plan.columns
        self.events = events
        self.code = code


def compile(mapping: Mapping, *, key: bytes | None = None) -> RowMapper:
    """The row function of a mapping. ``key`` keys the hash of values that have ``hash = true``.

    Raises :class:`BadSetup` where the mapping has faults, or hashes and no key is given.
    """
    checked = plan(mapping)
    if key is None and any(value.rule.hash for value in checked.values.values()):
        raise BadSetup(f"mapping {mapping.name} replaces values by a keyed hash and no key was given: set the pseudonym key")
    writer = Writer(checked, key or b"")
    code = writer.write()
    exec(builtins.compile(code, f"<mapping {mapping.name}>", "exec"), writer.scope)  # texts enter our code by repr() alone
    events = writer.scope["events"]
    assert callable(events)
    return RowMapper(checked, events, code)
