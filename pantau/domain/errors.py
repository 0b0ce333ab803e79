"""The family of errors, by what happens next.

PantauError
├── BadEvent   the input is wrong: refused with its reasons and kept
├── NotNow     something is unreachable or busy: try again later
└── BadSetup   the set-up is wrong: stop and tell a person
Anything else that is raised is a bug.
"""

from typing import ClassVar

import msgspec


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with an input: where, what was found, which rule it breaks, what to do."""

    field: str
    value: str
    rule: str
    todo: str

    def __str__(self) -> str:
        return f"{self.field} = {self.value}: {self.rule}; {self.todo}"


class PantauError(Exception):
    """The root of what this product raises on purpose. ``exit_code`` is what a command ends with."""

    exit_code: ClassVar[int] = 1


class BadEvent(PantauError):
    """An event or a row cannot be accepted; ``faults`` holds everything that is wrong with it."""

    exit_code: ClassVar[int] = 3

    def __init__(self, faults: tuple[Fault, ...]):
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


class NotNow(PantauError):
    """A part that is needed does not answer now; trying again later may work."""

    exit_code: ClassVar[int] = 4


class BadSetup(PantauError):
    """A file, a setting or an installation is wrong; a person must mend it. ``faults`` may name every place."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()):
        self.faults = faults
        super().__init__(message)
