"""What a mapping comes to once the texts in it are read, in the order in which a row must be worked out."""

from typing import Literal

import msgspec

from producers.mapping.conditions import Tree
from producers.mapping.model import EventRule, Mapping, Time, Value
from producers.mapping.templates import Calculation, Template, parse_template

Sort = Literal["text", "whole", "decimal", "flag", "day", "instant", "constant", "struct", "list"]
Node = tuple[Literal["value", "time"], str]


class ValuePlan(msgspec.Struct, frozen=True, kw_only=True):
    """How one named value is made: of one of ``text``, ``calc`` and ``cases``, then by the steps of ``rule``."""

    rule: Value
    text: Template | None = None
    calc: Calculation | None = None
    cases: tuple[tuple[Tree | None, Template], ...] = ()


class TimePlan(msgspec.Struct, frozen=True, kw_only=True):
    """How one named time is made. ``overlap_ms`` belongs to ``after``; ``amount`` and ``unit`` to ``of``."""

    rule: Time
    zone: str
    formats: str | tuple[str, ...]
    text: Template | None = None
    date: Template | None = None
    clock: Template | None = None
    overlap_ms: int = 0
    amount: Template | None = None
    unit: str = ""


class FieldPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How one field of an event's data is made. ``content`` goes by the sort: a template, a time's name, a constant."""

    name: str
    sort: Sort
    required: bool
    content: object


class EventPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a row."""

    rule: EventRule
    source: Template
    id: Template
    when: Tree | None
    imputed: Tree | None
    auto_closed: Tree | None
    fields: tuple[FieldPlan, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A checked mapping. ``order`` holds the values and times that are needed, each after those it is made from."""

    mapping: Mapping
    values: dict[str, ValuePlan]
    times: dict[str, TimePlan]
    skips: tuple[tuple[Tree, str], ...]
    events: tuple[EventPlan, ...]
    order: tuple[Node, ...]
    columns: tuple[str, ...]

    @property
    def time_names(self) -> frozenset[str]:
        """Every name that is a time."""
        return frozenset(self.times)


def column(name: str) -> Template:
    """The template of one column alone."""
    return parse_template("{" + name + "}")


def is_dropped(name: str, drop: tuple[str, ...]) -> bool:
    """Whether a column is in the list of dropped ones, by its name or by the beginning of it before a ``*``."""
    return any(name == entry or (entry.endswith("*") and name.startswith(entry[:-1])) for entry in drop)
