"""What a field must hold, in words, from its type: "bilangan bulat 1 sampai 4"."""

from functools import lru_cache
from typing import Any, Final

from msgspec import inspect

from pantau.domain.spans import Language

_WORDS: Final[dict[str, dict[Language, str]]] = {
    "text": {"id": "teks", "en": "text"},
    "letters": {"id": " huruf", "en": " letters"},
    "whole": {"id": "bilangan bulat", "en": "a whole number"},
    "number": {"id": "angka", "en": "a number"},
    "to": {"id": "sampai", "en": "to"},
    "truth": {"id": "true atau false", "en": "true or false"},
    "day": {"id": "tanggal seperti 2026-02-03", "en": "a date such as 2026-02-03"},
    "time": {
        "id": "waktu dengan zona seperti 2026-02-03T08:15:00+07:00",
        "en": "a time with its zone, such as 2026-02-03T08:15:00+07:00",
    },
    "one_of": {"id": "salah satu dari", "en": "one of"},
    "list": {"id": "larik JSON", "en": "a JSON array"},
    "object": {"id": "objek JSON", "en": "a JSON object"},
}


@lru_cache(maxsize=512)
def expected(annotation: Any, language: Language) -> str:
    """The values an annotated type allows, in words."""
    return _in_words(inspect.type_info(annotation), language)


def _in_words(info: inspect.Type, language: Language) -> str:
    def word(name: str) -> str:
        return _WORDS[name][language]

    def between(least: float | None, most: float | None) -> str:
        return "" if most is None else f" {least or 0:g} {word('to')} {most:,g}".replace(",", "")

    match info:
        case inspect.UnionType(types=types):
            return _in_words(next(each for each in types if not isinstance(each, inspect.NoneType)), language)
        case inspect.StrType(min_length=least, max_length=most):
            return word("text") + between(least, most) + (word("letters") if most is not None else "")
        case inspect.IntType(ge=least, le=most):
            return word("whole") + (f" {least} {word('to')} {most}" if most is not None else "")
        case inspect.FloatType(ge=least, le=most):
            return word("number") + between(least, most)
        case inspect.LiteralType(values=values):
            return f"{word('one_of')}: {', '.join(map(str, values))}"
        case inspect.BoolType():
            return word("truth")
        case inspect.DateType():
            return word("day")
        case inspect.DateTimeType():
            return word("time")
        case inspect.VarTupleType() | inspect.ListType():
            return word("list")
        case _:
            return word("object")


def retold(phrase: str, told_in: Language, language: Language) -> str:
    """What :func:`expected` said in one language, in another; any other text stays as it is."""
    for here, there in sorted(_openings(told_in, language), key=lambda pair: -len(pair[0])):
        if phrase != here and not phrase.startswith((here + " ", here + ":")):
            continue
        rest = phrase[len(here) :]
        if rest.startswith(":"):  # the values themselves
            return there + rest
        for word in ("to", "letters"):
            rest = rest.replace(_WORDS[word][told_in], _WORDS[word][language])
        return there + rest
    return phrase


def _openings(told_in: Language, language: Language) -> list[tuple[str, str]]:
    return [(each[told_in], each[language]) for name, each in _WORDS.items() if name not in ("to", "letters")]
