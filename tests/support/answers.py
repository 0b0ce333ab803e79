"""What one respondent's answer adds to the sums of the satisfaction index, counted from its marks."""

from pantau.domain.events import Elements
from pantau.domain.skm import ELEMENTS, Sums


def sums_of(answer: Elements) -> Sums:
    """What one respondent's answer adds."""
    marks: list[int | None] = [getattr(answer, element.key) for element in ELEMENTS]
    given = [mark for mark in marks if mark is not None]
    complete = len(given) == len(ELEMENTS)
    total = sum(given) if complete else 0
    return Sums(
        answers=int(bool(given)),
        counts=tuple(int(mark is not None) for mark in marks),
        totals=tuple(mark or 0 for mark in marks),
        complete=int(complete),
        total=total,
        squares=total * total,
        straight=int(complete and len(set(given)) == 1),
    )
