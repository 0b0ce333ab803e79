"""Refusals by reason, as lines for people: how many, what is wrong, which values, and what to do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pantau.domain.spans import Language
from pantau.texts import number_text

if TYPE_CHECKING:
    from pantau.domain.tally import Reason

VALUES: Final = 5
"""Wrong values that are shown of a reason."""

_FOR_INSTANCE: Final[dict[Language, str]] = {"id": "(misalnya)", "en": "(for instance)"}
_NEAREST: Final[dict[Language, str]] = {"id": "yang terdekat", "en": "nearest"}
_MORE: Final[dict[Language, str]] = {"id": "nilai lain", "en": "other values"}


_AGAIN: Final[dict[Language, str]] = {
    "id": "Nomor yang diambil lagi pada hari lain; semua harinya menjadi satu kunjungan, kecuali di registri "
    'ditulis numbers_restart = "daily" pada [[source]]:',
    "en": "Numbers that are taken again on another day; all its days become one visit, unless the registry says "
    'numbers_restart = "daily" under the [[source]]:',
}
SHOWN_NUMBERS: Final = 10
"""Ticket numbers that are shown of a source."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a wrong one was probably meant to be."""
    from difflib import get_close_matches

    lower = {each.lower(): each for each in known}
    return next((lower[each] for each in get_close_matches(name.lower(), lower, n=1)), None)


def in_brackets(name: str | None, language: Language) -> str:
    """``  (nearest: ktp-el)``; nothing where there is none."""
    return f"  ({_NEAREST[language]}: {name})" if name else ""


def lines(reasons: "list[Reason]", language: Language) -> Iterator[str]:
    """The reasons, the most frequent first.

    Where what to do depends on the value, each value is shown with its own; else the values come in one line.
    """
    for reason in reasons:
        times = number_text(reason.times, language)
        instance = f" {_FOR_INSTANCE[language]}" if reason.varies else ""
        yield f"{times:>10}  {reason.source}  {reason.code}: {reason.field}: {reason.rule}{instance}"
        shown = reason.values[:VALUES]
        rest = sum(each.times for each in reason.values[VALUES:]) + reason.others
        if len(reason.todos) > 1:
            for each in shown:
                yield f"{number_text(each.times, language):>16}  {each.value}  → {each.todo}"
            if rest:
                yield f"{number_text(rest, language):>16}  {_MORE[language]}"
            continue
        named = [f"{each.value} ({number_text(each.times, language)})" for each in shown if each.value != "∅"]
        if named:
            yield f"{'':12}{', '.join(named)}" + (
                f", {_MORE[language]} ({number_text(rest, language)})" if rest else ""
            )
        yield f"{'':12}→ {reason.todo}"


def taken_again(numbers: Mapping[str, Sequence[str]], language: Language) -> Iterator[str]:
    """Ticket numbers of each source that begin anew though nothing tells their days apart."""
    yield _AGAIN[language]
    for source, found in numbers.items():
        more = " …" if len(found) > SHOWN_NUMBERS else ""
        yield f"{number_text(len(found), language):>12}  {source}: {', '.join(found[:SHOWN_NUMBERS])}{more}"
