"""On which line of a TOML file each value stands.

The standard library reads TOML but forgets lines, and a fault without its line sends a person searching. This scanner
reads text that ``tomllib`` has already accepted, so it never judges; it only follows the grammar to note positions.
"""

import tomllib
from bisect import bisect_right
from typing import Final

Path = tuple[str | int, ...]
"""Where a value is: keys, and positions in arrays: ``("unit", 3, "zone")``."""

_BARE_END: Final = frozenset(" \t\r\n=.]")
_SCALAR_END: Final = frozenset(",]}\n#")


class Lines:
    """The lines of a file's values. ``of`` gives the nearest enclosing one for a path that is not in the file."""

    def __init__(self, found: dict[Path, int]):
        self._found = found

    def of(self, path: Path) -> int:
        """The line, from 1, on which the value or its table begins."""
        while path and path not in self._found:
            path = path[:-1]
        return self._found.get(path, 1)

    def paths(self) -> set[Path]:
        """Every path that was found."""
        return set(self._found)


def locate(text: str) -> Lines:
    """The lines of every table, key and array element of a valid TOML text."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return Lines(scanner.found)


class _Scanner:
    def __init__(self, text: str):
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.tables_in: dict[Path, int] = {}  # arrays of tables and how many each has so far
        self.starts = [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]

    def document(self) -> None:
        table: Path = ()
        while self.skip_blank():
            if self.text.startswith("[", self.at):
                table = self.header()
            else:
                self.key_value(table)

    def header(self) -> Path:
        start = self.at
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        *parents, last = self.keys()
        self.at = self.text.index("]]" if is_array else "]", self.at) + (2 if is_array else 1)
        path: Path = ()
        for key in parents:
            path = self.entered((*path, key), start)
        path = (*path, last)
        if not is_array:
            return self.entered(path, start)
        self.note(path, start)
        number = self.tables_in.get(path, 0)
        self.tables_in[path] = number + 1
        self.note((*path, number), start)
        return (*path, number)

    def entered(self, path: Path, start: int) -> Path:
        """The table a header's key leads into: of an array of tables, the latest."""
        self.note(path, start)
        return (*path, self.tables_in[path] - 1) if path in self.tables_in else path

    def key_value(self, table: Path) -> None:
        start = self.at
        path = table
        for key in self.keys():
            path = (*path, key)
            self.note(path, start)
        self.at = self.text.index("=", self.at) + 1
        self.value(path)

    def keys(self) -> list[str]:
        """The parts of a dotted key; leaves the position behind the last."""
        parts = [self.key()]
        while True:
            self.skip_spaces()
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1
            parts.append(self.key())

    def key(self) -> str:
        self.skip_spaces()
        start = self.at
        if self.text[start] in "\"'":
            self.string()
            name: str = tomllib.loads("key = " + self.text[start : self.at])["key"]
            return name
        while self.text[self.at] not in _BARE_END:
            self.at += 1
        return self.text[start : self.at]

    def value(self, path: Path) -> None:
        self.skip_spaces()
        sign = self.text[self.at]
        if sign in "\"'":
            self.string()
        elif sign == "[":
            self.array(path)
        elif sign == "{":
            self.inline_table(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in _SCALAR_END:
                self.at += 1

    def array(self, path: Path) -> None:
        self.at += 1
        number = 0
        while self.skip_blank() and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.note((*path, number), self.at)
            self.value((*path, number))
            number += 1
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while self.skip_blank() and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.key_value(path)
        self.at += 1

    def string(self) -> None:
        quote = self.text[self.at]
        delimiter = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(delimiter)
        while not self.text.startswith(delimiter, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(delimiter)
        if len(delimiter) == 3:  # up to two quotes may stand before the closing three
            while self.text.startswith(quote, self.at):
                self.at += 1

    def skip_spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def skip_blank(self) -> bool:
        """Go to the next sign that is neither blank nor comment; False at the end of the text."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text[self.at] in " \t\n":
                self.at += 1
            else:
                return True
        return False

    def note(self, path: Path, at: int) -> None:
        self.found.setdefault(path, bisect_right(self.starts, at))
