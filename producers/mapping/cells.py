"""What the cells of a row hold: the functions that a generated row function calls for one cell.

Each gives what was asked for, ``None`` or ``""`` where the cell is empty, or a :class:`Fault` where it cannot be read;
a :class:`Fault` that comes in goes out unchanged. None of them raises.
"""

import re
from collections.abc import Callable

from pantau.domain import personal
from pantau.domain.errors import Fault
from pantau.domain.zones import local_day
from producers.mapping.plan import TimePlan
from producers.mapping.times import DateClock, Days, Formats, iso_instant, later, moments
from producers.mapping.wording import Wording

Cell = str | Fault


def number(text: Cell) -> float | None:
    """A text as a number: an ``int`` where it is written as one; ``None`` where it is none."""
    if text.__class__ is Fault:
        return None
    try:
        return int(text)  # type: ignore[arg-type]  # not a Fault, just checked
    except ValueError:
        pass
    try:
        found = float(text)  # type: ignore[arg-type]
    except ValueError:
        return None
    return found if abs(found) < 1e300 else None  # leaves out inf and nan


def rendered(found: float) -> str:
    """A number as text: ``3.0`` as ``3``."""
    return str(int(found)) if found == int(found) else repr(found)


def first_fault(*cells: object) -> Fault | None:
    """The first of several cells that could not be read."""
    return next((cell for cell in cells if isinstance(cell, Fault)), None)


def known(text: Cell) -> str | None:
    """A text that is there and could be read, or ``None``."""
    return text if text and isinstance(text, str) else None


def lowered(text: Cell) -> Cell:
    """A text in small letters."""
    return text if isinstance(text, Fault) else text.lower()


def whole(field: str, of: str, say: Wording) -> Callable[[Cell], int | Fault | None]:
    """A reader of whole numbers: ``"21289.0"`` is 21289, ``"2.5"`` is a fault."""

    def read(text: Cell) -> int | Fault | None:
        if not text or isinstance(text, Fault):
            return text or None
        found = number(text)
        if found is None or abs(found - round(found)) > 1e-6:
            return say.fault("whole", of, text, what=field)
        return round(found)

    return read


def decimal(field: str, of: str, say: Wording) -> Callable[[Cell], float | Fault | None]:
    """A reader of numbers."""

    def read(text: Cell) -> float | Fault | None:
        if not text or isinstance(text, Fault):
            return text or None
        found = number(text)
        return float(found) if found is not None else say.fault("number", of, text, what=field)

    return read


def flag(field: str, of: str, say: Wording) -> Callable[[Cell], bool | Fault | None]:
    """A reader of yes and no: true/false or 1/0."""

    def read(text: Cell) -> bool | Fault | None:
        if not text or isinstance(text, Fault):
            return text or None
        known = {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
        return known if known is not None else say.fault("flag", of, text, what=field)

    return read


def day(zone: str) -> Callable[[int | Fault | None], str | Fault | None]:
    """From an instant to its local date as ISO text."""
    return lambda instant: local_day(zone, instant).isoformat() if isinstance(instant, int) else instant


def instant(found: int | Fault | None) -> str | Fault | None:
    """From an instant to ISO text in UTC."""
    return iso_instant(found) if isinstance(found, int) else found


def extraction(pattern: str, of: str, say: Wording) -> Callable[[Cell], Cell]:
    """What the pattern's first group, or all of it, matches."""
    search = re.compile(pattern).search

    def read(text: Cell) -> Cell:
        if not text or isinstance(text, Fault):
            return text
        found = search(text)
        if found is None:
            return say.fault("pattern", of, text, what=pattern)
        return (found[1] if found.re.groups else found[0]) or ""

    return read


def lookup(
    table: dict[str, str],
    otherwise: str | None,
    of: str,
    say: Wording,
    on_other: Callable[[str], None] | None = None,
) -> Callable[[Cell], Cell]:
    """What the table says for a text; ``on_other`` is told of each that becomes ``otherwise``."""

    def read(text: Cell) -> Cell:
        if not text or isinstance(text, Fault):
            return text
        found = table.get(text, otherwise)
        if on_other is not None and text not in table:
            on_other(text)
        return found if found is not None else say.fault("unmapped", of, text)

    return read


def calculation(expression: str, names: tuple[str, ...], say: Wording) -> Callable[..., Cell]:
    """The value of checked arithmetic over cells, as text."""
    arguments = ", ".join(f"_{n}" for n in range(len(names)))
    allowed = {"__builtins__": {}, "round": round, "min": min, "max": max, "abs": abs}
    compute = eval(
        f"lambda {arguments}: {expression}", allowed
    )  # only arithmetic: templates.parse_calculation saw to it

    def read(*cells: Cell) -> Cell:
        found = []
        for name, cell in zip(names, cells, strict=True):
            if not cell or isinstance(cell, Fault):
                return cell
            operand = number(cell)
            if operand is None:
                return say.fault("number", name, cell, what=expression)
            found.append(operand)
        try:
            return rendered(compute(*found))
        except (ArithmeticError, ValueError) as error:
            return say.fault("arithmetic", ", ".join(names), ", ".join(map(str, cells)), what=error)

    return read


def pseudonym(key: bytes) -> Callable[[Cell], Cell]:
    """The pseudonym of a text under a key: equal for equal texts, not to be turned back without the key."""

    def read(text: Cell) -> Cell:
        if not text or isinstance(text, Fault):
            return text
        return personal.pseudonym(text, key)

    return read


def text_time(plan: TimePlan, of: str, say: Wording) -> Callable[[Cell], int | Fault | None]:
    """A reader of instants in one text."""
    read_moment = moments(plan.formats, plan.zone)
    formats = _listed(plan.formats)

    def read(text: Cell) -> int | Fault | None:
        if not text or isinstance(text, Fault):
            return text or None
        found = read_moment(text)
        return found if found is not None else say.fault("time", of, text, what=formats)

    return read


def clock_time(plan: TimePlan, of_date: str, of_clock: str, say: Wording) -> Callable[..., int | Fault | None]:
    """A reader of instants from a date and a clock, moved to the next day where they lie before another time."""
    rule = plan.rule
    clocks = DateClock(rule.date_format, rule.clock_format, plan.zone)
    read_both = clocks.read
    overlap_ms = plan.overlap_ms

    def read(date_text: Cell, clock_text: Cell, after: int | Fault | None = None) -> int | Fault | None:
        if not clock_text:
            return None
        if isinstance(clock_text, Fault):
            return clock_text
        if isinstance(date_text, Fault):
            return date_text
        found = read_both(date_text, clock_text)
        if found is None:
            if clocks.day(date_text) is None:
                return say.fault("date", of_date, date_text, what=_listed(rule.date_format))
            return say.fault("clock", of_clock, clock_text, what=_listed(rule.clock_format))
        if isinstance(after, int) and found < after - overlap_ms:
            return read_both(date_text, clock_text, 1)
        return found

    return read


def derived_time(plan: TimePlan, of: str, say: Wording) -> Callable[[int | Fault | None, Cell], int | Fault | None]:
    """A reader of instants a span after another."""
    days = Days(plan.zone)

    def read(start: int | Fault | None, amount: Cell) -> int | Fault | None:
        if not isinstance(start, int):
            return start
        if not amount or isinstance(amount, Fault):
            return amount or None
        span = number(amount)
        if span is None:
            return say.fault("number", of, amount, what=plan.unit)
        found = later(start, span, plan.unit, days)
        return found if found is not None else say.fault("far", of, amount)

    return read


def _listed(formats: Formats) -> str:
    return formats if isinstance(formats, str) else ", ".join(formats)
