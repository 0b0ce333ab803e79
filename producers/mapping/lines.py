"""Where in a TOML file a key stands: the standard parser tells the value, not the line.

Enough of TOML's grammar for that one question: table headers, arrays of tables, bare, quoted and dotted keys, and
multi-line strings, whose inside is no key. A key inside an inline table is answered with the line of its table.
"""

import re
from collections import Counter

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a document: ``("event", 2, "when")``."""

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*(\[\[|\[)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=(.*)$")
_PARTS = re.compile(_PART)


class Lines:
    """The line numbers (from 1) of a document's keys."""

    def __init__(self, text: str = "") -> None:
        self._at: dict[Path, int] = {(): 1}
        table: Path = ()
        arrays: Counter[Path] = Counter()
        closing: str | None = None
        for number, line in enumerate(text.splitlines(), 1):
            if closing is not None:
                closing = None if closing in line else closing
                continue
            if header := _HEADER.match(line):
                table = self._expand(_split(header[2]), arrays, opens=header[1] == "[[")
                self._remember(table, number)
            elif key := _KEY.match(line):
                self._remember(table + _split(key[1]), number)
                closing = next((q for q in ('"""', "'''") if key[2].count(q) == 1), None)

    def of(self, *path: str | int) -> int:
        """The line of a key or, where it has none of its own, of the nearest table around it."""
        for length in range(len(path), 0, -1):
            if (line := self._at.get(path[:length])) is not None:
                return line
        return 1

    def _remember(self, path: Path, number: int) -> None:
        for length in range(1, len(path) + 1):
            self._at.setdefault(path[:length], number)

    @staticmethod
    def _expand(names: Path, arrays: "Counter[Path]", *, opens: bool) -> Path:
        """A header's path with the positions of the arrays of tables it runs through."""
        path: Path = ()
        for depth, name in enumerate(names, 1):
            path += (name,)
            if opens and depth == len(names):
                path += (arrays[path],)
                arrays[path[:-1]] += 1
            elif path in arrays:
                path += (arrays[path] - 1,)
        return path


def _split(dotted: str) -> Path:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _PARTS.findall(dotted))
