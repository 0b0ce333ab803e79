"""Spans of time in words."""

from typing import Final, Literal

from pantau.domain.zones import DAY, HOUR, MINUTE

Language = Literal["id", "en"]
"""The language of what a person reads: Indonesian, or English."""

_SPANS: Final[tuple[tuple[int, dict[Language, str]], ...]] = (
    (DAY, {"id": "hari", "en": "days"}),
    (HOUR, {"id": "jam", "en": "hours"}),
    (MINUTE, {"id": "menit", "en": "minutes"}),
    (1000, {"id": "detik", "en": "seconds"}),
    (1, {"id": "milidetik", "en": "milliseconds"}),
)


def spell_out(span_ms: int, language: Language) -> str:
    """A span in words, in the largest unit it fills twice: 7,200,000 is "2 jam", 90,000 is "90 detik"."""
    for size, names in _SPANS:
        if abs(span_ms) >= 2 * size:
            return f"{span_ms // size} {names[language]}"
    return f"{span_ms} {_SPANS[-1][1][language]}"


def retold(text: str, told_in: Language, language: Language) -> str:
    """A span that :func:`spell_out` wrote in one language, in another; any other text stays as it is."""
    number, _, unit = text.partition(" ")
    names = {each[told_in]: each[language] for _, each in _SPANS}
    return f"{number} {names[unit]}" if unit in names else text
