"""Refusals counted by reason: a thousand events with one fault are one line, with what to do about it."""

from collections.abc import Iterable
from typing import Final

import msgspec

from pantau.domain.errors import Fault
from pantau.domain.retelling import Retelling
from pantau.domain.spans import Language

KEPT_VALUES: Final = 100
"""Different wrong values that are kept of one reason; what comes after them is counted together."""


class WrongValue(msgspec.Struct):
    """One wrong value: how often it came, and what to do about it."""

    value: str
    times: int
    todo: str


class Reason(msgspec.Struct, kw_only=True):
    """Refusals of one source for one broken rule in one field.

    ``rule`` and ``todo`` are those of the first of them, and ``varies`` says that others differ in what they name: how
    old, how far ahead. ``values`` are the different values, the most frequent first, of
    which ``others`` times one came that is not listed.
    """

    source: str
    code: str
    field: str
    rule: str
    todo: str
    varies: bool = False
    times: int = 0
    values: list[WrongValue] = []
    others: int = 0

    @property
    def todos(self) -> set[str]:
        """The different things to do; more than one where what helps depends on the value."""
        return {each.todo for each in self.values} or {self.todo}


class _Counted(msgspec.Struct):
    fault: Fault
    times: int = 0
    others: int = 0
    values: dict[str, int] = {}
    faults: dict[str, Fault] = {}


class Tally:
    """Counts faults as they come; in memory bounded by the number of reasons."""

    def __init__(self, retelling: Retelling) -> None:
        self._retelling = retelling
        self._counted: dict[tuple[str, str, str, str], _Counted] = {}

    def add(self, source: str, code: str, faults: Iterable[Fault], times: int = 1) -> None:
        """Count a refusal that came ``times`` times, under each of its faults."""
        for fault in faults:
            key = (source, code, self._retelling.field(fault, "en"), self._retelling.name(fault))
            counted = self._counted.get(key)
            if counted is None:
                counted = self._counted[key] = _Counted(fault)
            counted.times += times
            if fault.value in counted.values:
                counted.values[fault.value] += times
            elif len(counted.values) < KEPT_VALUES:
                counted.values[fault.value] = times
                counted.faults[fault.value] = fault
            else:
                counted.others += times

    def reasons(self, language: Language) -> list[Reason]:
        """Every reason in a language, the most frequent first."""
        found = []
        for (source, code, _, _), counted in self._counted.items():
            first = self._retelling.retell(counted.fault, language)
            told = {value: self._retelling.retell(fault, language) for value, fault in counted.faults.items()}
            values = [WrongValue(value, times, told[value].todo) for value, times in counted.values.items()]
            values.sort(key=lambda each: -each.times)
            found.append(
                Reason(
                    source=source,
                    code=code,
                    field=first.field,
                    rule=first.rule,
                    todo=first.todo,
                    varies=any(fault.rule != first.rule for fault in told.values()),
                    times=counted.times,
                    values=values,
                    others=counted.others,
                )
            )
        return sorted(found, key=lambda reason: (-reason.times, reason.source, reason.code, reason.field))
