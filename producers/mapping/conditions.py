"""Tests of a row, as mapping files write them.

``{ outcome = "HANG" }`` is equal to; ``{ outcome = ["HANG", "PHANTOM"] }`` is one of; ``{ ser_time = { above = 0 } }``
names the test. All keys of a table must hold; ``any = [...]``, ``all = [...]`` and ``not = {...}`` combine tables.
"""

from collections.abc import Callable
from typing import Literal

import msgspec

Operator = Literal["equals", "in", "empty", "above", "below", "at_least", "at_most", "same_as", "before", "after"]

_NUMERIC = {"above": ">", "below": "<", "at_least": ">=", "at_most": "<="}
_OPERATORS = ("equals", "in", "not", "empty", *_NUMERIC, "same_as", "before", "after")


class Test(msgspec.Struct, frozen=True):
    """One comparison of one value, column or time."""

    __test__ = False  # not a test case, whatever a collector thinks of the name
    name: str
    operator: Operator
    operand: str | float | bool | tuple[str, ...]


class Group(msgspec.Struct, frozen=True):
    """Several tests together. ``none`` is the negation of ``all``."""

    how: Literal["all", "any", "none"]
    parts: tuple["Test | Group", ...]


Tree = Test | Group


def parse_condition(table: dict[str, object]) -> Tree:
    """The tree of a condition. Raises ValueError saying what is wrong with it."""
    parts: list[Tree] = []
    for key, wanted in table.items():
        if key in ("any", "all"):
            if not isinstance(wanted, list) or not wanted or not all(isinstance(item, dict) for item in wanted):
                raise ValueError(f"{key} needs a list of conditions")
            parts.append(Group("any" if key == "any" else "all", tuple(parse_condition(item) for item in wanted)))
        elif key == "not":
            if not isinstance(wanted, dict):
                raise ValueError("not needs a condition")
            parts.append(Group("none", (parse_condition(wanted),)))
        else:
            parts.append(_tests(key, wanted))
    if not parts:
        raise ValueError("an empty condition says nothing")
    return parts[0] if len(parts) == 1 else Group("all", tuple(parts))


def _tests(name: str, wanted: object) -> Tree:
    if not isinstance(wanted, dict):
        return _test(name, "in" if isinstance(wanted, list) else "equals", wanted)
    if not wanted:
        raise ValueError(f"{name} names no test")
    parts = tuple(_test(name, operator, operand) for operator, operand in wanted.items())
    return parts[0] if len(parts) == 1 else Group("all", parts)


def _test(name: str, operator: str, operand: object) -> Tree:
    if operator == "not":
        return Group("none", (_test(name, "in" if isinstance(operand, list) else "equals", operand),))
    if operator == "equals" and isinstance(operand, str | int | float):
        return Test(name, "equals", _plain(operand))
    if operator == "in" and isinstance(operand, list) and all(isinstance(item, str | int | float) for item in operand):
        return Test(name, "in", tuple(_plain(item) for item in operand))
    if operator == "empty" and isinstance(operand, bool):
        return Test(name, "empty", operand)
    if operator in _NUMERIC and isinstance(operand, int | float) and not isinstance(operand, bool):
        return Test(name, operator, float(operand))  # type: ignore[arg-type]  # one of Operator's names, just checked
    if operator in ("same_as", "before", "after") and isinstance(operand, str):
        return Test(name, operator, operand)  # type: ignore[arg-type]  # one of Operator's names, just checked
    if operator not in _OPERATORS:
        raise ValueError(f"{name}: there is no test {operator!r}; the tests are {', '.join(_OPERATORS)}")
    raise ValueError(f"{name}: {operator} cannot be compared with {operand!r}")


def _plain(constant: str | float) -> str:
    """A constant as rows hold it: text, JSON's words for true and false."""
    return str(constant).lower() if isinstance(constant, bool) else str(constant)


def references(tree: Tree, times: frozenset[str]) -> list[tuple[Literal["text", "time"], str]]:
    """What a condition reads: texts (values or columns) and times."""
    if isinstance(tree, Group):
        return [reference for part in tree.parts for reference in references(part, times)]
    of_times = tree.operator in ("before", "after") or (tree.operator in ("empty", "same_as") and tree.name in times)
    if of_times and tree.operator == "same_as":
        of_times = tree.operand in times
    names = [tree.name] if tree.operator not in ("same_as", "before", "after") else [tree.name, str(tree.operand)]
    return [("time" if of_times else "text", name) for name in names]


def expression(tree: Tree, times: frozenset[str], variable: Callable[[Literal["text", "time"], str], str]) -> str:
    """The condition as a Python expression over the variables of a generated row function.

    Texts are ``""`` where empty, times are ``int`` or not; ``number`` reads a text as a number or gives ``None``.
    """
    if isinstance(tree, Group):
        parts = [expression(part, times, variable) for part in tree.parts]
        joined = (" or " if tree.how == "any" else " and ").join(parts)
        return f"not ({joined})" if tree.how == "none" else f"({joined})" if len(parts) > 1 else joined
    (sort, name), *other = references(tree, times)
    this = variable(sort, name)
    if tree.operator == "empty":
        if sort == "time":
            return f"{this} is None" if tree.operand else f"{this} is not None"
        return f"not {this}" if tree.operand else f"bool({this})"
    if tree.operator == "equals":
        return f"{this} == {tree.operand!r}"
    if tree.operator == "in":
        return f"{this} in {tree.operand!r}"
    if tree.operator in _NUMERIC:
        return f"((n := number({this})) is not None and n {_NUMERIC[tree.operator]} {tree.operand!r})"
    that = variable(*other[0])
    if tree.operator == "same_as":
        present = f"{this} is not None" if sort == "time" else f"bool({this})"
        return f"({present} and {this} == {that})"
    sign = "<" if tree.operator == "before" else ">"
    return f"({this}.__class__ is int and {that}.__class__ is int and {this} {sign} {that})"
