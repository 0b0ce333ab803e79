"""Values that a mapping says nothing about: no condition names them, no map holds them.

A row may give events without anything in the mapping having looked at what is new in it: a status that the system began
to write last week. Such values are counted while a mapping is checked, so that a person can look at them.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from pantau.domain import personal
from pantau.domain.errors import Fault
from producers.mapping.conditions import Group, Test, Tree
from producers.mapping.plan import Plan

KEPT = 1000
"""Different values that are counted by themselves; more than that is no status but a number or a name."""

OTHERS = "…"
"""What stands for all values beyond :data:`KEPT`."""

Cell = str | Fault | None


class Unnamed:
    """Counts values as rows pass. ``conditions`` are by column, ``maps`` by value whose map has an ``otherwise``."""

    def __init__(self) -> None:
        self.conditions: dict[str, Counter[str]] = {}
        self.maps: dict[str, Counter[str]] = {}

    def watch(self, name: str, named: frozenset[str]) -> Callable[[Cell], None]:
        """What the row function calls with each value of a column or value that conditions compare."""
        counted = self.conditions.setdefault(name, Counter())

        def note(value: Cell) -> None:
            if value and value not in named and not isinstance(value, Fault):
                _count(counted, name, value)

        return note

    def watch_map(self, name: str) -> Callable[[str], None]:
        """What a look-up calls with each text that its map does not hold."""
        counted = self.maps.setdefault(name, Counter())
        return lambda value: _count(counted, name, value)


def _count(counted: Counter[str], name: str, value: str) -> None:
    shown = personal.MASKED if personal.names_person(name) else value
    counted[shown if shown in counted or len(counted) < KEPT else OTHERS] += 1


def compared(plan: Plan) -> dict[tuple[str, str | None], frozenset[str]]:
    """(column or value, the value it is compared in) -> the texts that conditions compare it with.

    Left out is what is compared in another way too, as a number or with another column: there every value has its say.
    """
    named: dict[tuple[str, str | None], set[str]] = {}
    other: set[tuple[str, str | None]] = set()
    for tree, inside in _trees(plan):
        for test in _tests(tree):
            if test.name in plan.time_names or test.operator == "empty":
                continue
            key = (test.name, inside if test.name == inside else None)
            if test.operator in ("equals", "in"):
                operand = test.operand if isinstance(test.operand, tuple) else (str(test.operand),)
                named.setdefault(key, set()).update(operand)
            else:
                other.add(key)
    return {key: frozenset(texts) for key, texts in named.items() if key not in other}


def _trees(plan: Plan) -> Iterator[tuple[Tree, str | None]]:
    for tree, _ in plan.skips:
        yield tree, None
    for event in plan.events:
        for condition in (event.when, event.imputed, event.auto_closed):
            if condition is not None:
                yield condition, None
    needed = {name for sort, name in plan.order if sort == "value"}
    for name, value in plan.values.items():
        for case, _ in value.cases:
            if case is not None and name in needed:
                yield case, name


def _tests(tree: Tree) -> Iterator[Test]:
    if isinstance(tree, Group):
        for part in tree.parts:
            yield from _tests(part)
    else:
        yield tree
