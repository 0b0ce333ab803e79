"""What a stranger's SQL may ask of the embedded store, which has no users and rights of its own.

A server gives ``pantau_dashboard`` its grants (:mod:`storage.roles`); in this process the text of a query is judged
before the engine sees it. Judged are words, never meaning: whoever writes a hidden column's name where a table with
hidden columns is named is refused, even if he meant another. That the session is ``readonly`` is not enough: it would
still let a query read files of this machine and what a source sent.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_TOKEN: Final = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<name>`[^`\\]*`|\"[^\"\\]*\")"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)|(?P<sign>.)",
    re.DOTALL,
)
_BEGINNINGS: Final = frozenset({"select", "with", "show", "exists", "describe", "desc", "explain"})
_SIGNS: Final = frozenset("()[]{},.+-*/%<>=!?:|")
"""Every other sign may begin a quotation that this reader does not know, and so hide what follows from it."""

_FUNCTIONS: Final = frozenset(
    {"format", "generate_series", "generateseries", "null", "numbers", "numbers_mt", "values", "zeros", "zeros_mt"}
)
"""Table functions that read nothing; all others are refused."""

_SYSTEM: Final = frozenset(
    {"columns", "data_type_families", "databases", "formats", "functions", "numbers", "one", "settings", "tables"}
)


class NotAllowed(Exception):
    """A query that may not be asked; ``code`` and ``name`` are ClickHouse's own for such a refusal."""

    def __init__(self, message: str, *, code: int = 497, name: str = "ACCESS_DENIED") -> None:
        self.code = code
        super().__init__(f"Code: {code}. DB::Exception: {message}. ({name})")


class ReadingRules:
    """The rules of one store.

    ``functions`` are the engine's table functions. ``hidden`` are the columns nobody may read, by table.
    """

    def __init__(self, *, functions: Iterable[str], hidden: Mapping[str, Iterable[str]]) -> None:
        self._functions = {name.lower() for name in functions} - _FUNCTIONS | {"file"}
        self._hidden = {table: {column.lower() for column in columns} for table, columns in hidden.items()}

    def judge(self, sql: str) -> str:
        """The query without what ends it. Raises NotAllowed."""
        tokens = _tokens(sql)
        while tokens and tokens[-1] == ";":
            tokens.pop()
        first = next((token for token in tokens if token != "("), "")
        if first not in _BEGINNINGS:
            only = "only SELECT, SHOW, DESCRIBE, EXISTS and EXPLAIN are answered here"
            raise NotAllowed(f"{first or 'nothing'!r}: {only}", code=164, name="READONLY")
        for place, token in enumerate(tokens):
            following = tokens[place + 1] if place + 1 < len(tokens) else ""
            if token in ("outfile", "infile", "identifier", ";"):
                raise NotAllowed(f"{token}: not answered here")
            if token in self._functions and following == "(":
                raise NotAllowed(f"{token}(): what lies outside of the tables is not answered here")
            if token == "system" and following == "." and "".join(tokens[place + 2 : place + 3]) not in _SYSTEM:
                raise NotAllowed(f"system.{''.join(tokens[place + 2 : place + 3])}: not answered here")
        for table, columns in self._hidden.items():
            if table in tokens:
                _judge_columns(tokens, table, columns)
        return re.sub(r"[;\s]+\Z", "", sql)


def _judge_columns(tokens: list[str], table: str, columns: set[str]) -> None:
    """Refuse what could read a hidden column of a table: its name, or what stands for every column."""
    if found := columns & {*tokens}:
        raise NotAllowed(f"{table}.{sorted(found)[0]}: what a source sent is not answered here")
    before = ["", *tokens]
    for place, token in enumerate(tokens):
        every = token == "*" and before[place] in ("", "select", "distinct", ",", ".", "(", "all")
        counted = before[place] == "(" and place > 1 and tokens[place - 2] == "count"
        if (every and not counted) or token in ("columns", "apply"):
            raise NotAllowed(f"{table}: name the columns; not all of them are answered here")


def _tokens(sql: str) -> list[str]:
    """The words and signs of a query, in lower case; a text is an empty one, quoted names count as words."""
    found: list[str] = []
    for match in _TOKEN.finditer(sql):
        if match["name"]:
            found.append(match["name"][1:-1].lower())
        elif match["text"]:
            found.append("''")
        elif match["word"] or match["number"]:
            found.append(match[0].lower())
        elif match["sign"]:
            if match["sign"] not in _SIGNS and match["sign"] != ";":
                raise NotAllowed(f"{match['sign']!r} is not understood here")
            found.append(match["sign"])
    return found
