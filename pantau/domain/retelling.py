"""A fault that was told in one language, told again in the other; and which rule it was that was broken.

What was refused is kept in words, in the language of whoever was told first. Those words came from a catalogue of texts
with places for facts; so the text can be found again, the facts be read out of it, and the other language's text be
filled with them. A fault of no text that is known stays as it is.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from pantau.domain import expectations, rejections, spans
from pantau.domain.errors import Fault
from pantau.domain.inspection import OR_PSEUDONYMISE, WHOLE
from pantau.domain.spans import Language

Texts = Mapping[str, Mapping[Language, tuple[str, str]]]
"""Name of a text -> language -> (which rule is broken, what to do), with places for facts in braces."""

_LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")
_BETWEEN: Final = "\x00"
_PLACE: Final = re.compile(r"\{(\w+)\}")


class Retelling:
    """Finds the text of a fault in some catalogues, and tells it in another language."""

    def __init__(self, *catalogues: Texts) -> None:
        self._texts: dict[str, Mapping[Language, tuple[str, str]]] = {}
        for texts in (rejections.TEXTS, *catalogues):
            for name, told in texts.items():
                # two catalogues may have a text of one name
                self._texts[name if name not in self._texts else f"{name} of a row"] = told
        forms = [(name, language) for name in self._texts for language in _LANGUAGES]
        # the more a text says by itself, the less it can be taken for another one
        forms.sort(key=lambda form: -len(_PLACE.sub("", "".join(self._texts[form[0]][form[1]]))))
        self._forms = [(name, language, _pattern(self._texts[name][language])) for name, language in forms]
        self._found = lru_cache(maxsize=4096)(self._find)

    def name(self, fault: Fault) -> str:
        """The name of the fault's text, the same in every language and for all facts; its rule where it has none."""
        found = self._found(fault.rule, fault.todo)
        return fault.rule if found is None else found[0]

    def field(self, fault: Fault, language: Language) -> str:
        """The field of a fault in a language: only an event as a whole has a name of ours."""
        return WHOLE[language] if fault.field in WHOLE.values() else fault.field

    def retell(self, fault: Fault, language: Language) -> Fault:
        """The fault in a language."""
        field = self.field(fault, language)
        found = self._found(fault.rule, fault.todo)
        if found is None or found[1] == language:
            return (
                fault
                if field == fault.field
                else Fault(field=field, value=fault.value, rule=fault.rule, todo=fault.todo)
            )
        name, told_in, facts = found
        rule, todo = self._texts[name][language]
        said = {place: _fact(place, fact, told_in, language) for place, fact in facts.items()}
        return Fault(field=field, value=fault.value, rule=rule.format_map(said), todo=todo.format_map(said))

    def _find(self, rule: str, todo: str) -> tuple[str, Language, dict[str, str]] | None:
        both = rule + _BETWEEN + todo
        for name, language, pattern in self._forms:
            if match := pattern.fullmatch(both):
                return name, language, match.groupdict()
        return None


def _pattern(text: tuple[str, str]) -> re.Pattern[str]:
    """What the texts of a fault look like, whatever their facts; a fact that stands twice is the same twice."""
    written, seen = "", set[str]()
    for index, part in enumerate(_PLACE.split(_BETWEEN.join(text))):
        if index % 2 == 0:
            written += re.escape(part)
        elif part in seen:
            written += f"(?P={part})"
        else:
            seen.add(part)
            written += f"(?P<{part}>[^{_BETWEEN}]*?)"
    return re.compile(written, re.DOTALL)


def _fact(place: str, fact: str, told_in: Language, language: Language) -> str:
    """A fact in another language, where it holds words of ours."""
    match place:
        case "expected":
            return expectations.retold(fact, told_in, language)
        case "ahead" | "tolerance" | "age" | "limit":
            return spans.retold(fact, told_in, language)
        case "rule":
            return OR_PSEUDONYMISE[language] if fact == OR_PSEUDONYMISE[told_in] else fact
        case _:
            return fact
