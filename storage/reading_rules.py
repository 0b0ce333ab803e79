"""What a stranger's SQL may ask of the embedded store, which has no users and rights of its own.

A server gives ``pantau_dashboard`` its grants (:mod:`storage.roles`); in this process the text of a query is judged
before the engine sees it. Judged are words, never meaning: whoever writes a hidden column's name in a SELECT that names
its table is refused, even if he meant another's; a SELECT in parentheses is judged by itself. That the session is
``readonly`` is not enough: it would still let a query read files of this machine and what a source sent.
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

    ``functions`` are the engine's table functions. ``columns`` are those of every table, ``hidden`` those of them that
    nobody may read.
    """

    def __init__(
        self,
        *,
        functions: Iterable[str],
        columns: Mapping[str, Iterable[str]],
        hidden: Mapping[str, Iterable[str]],
    ) -> None:
        self._functions = {name.lower() for name in functions} - _FUNCTIONS | {"file"}
        self._hidden = {table: {column.lower() for column in names} for table, names in hidden.items()}
        self._shown = {
            table: {column.lower() for column in names} - self._hidden.get(table, set())
            for table, names in columns.items()
        }

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
        for scope, around in _scopes(tokens):
            self._judge_scope(scope, {table for each in around for table in each if table in self._hidden})
        return re.sub(r"[;\s]+\Z", "", sql)

    def _judge_scope(self, scope: list[str], outer: set[str]) -> None:
        """Judge one SELECT without those within it; ``outer`` are the tables with hidden columns around it."""
        here = {table for table in scope if table in self._hidden}
        for table in here:
            _judge_columns(scope, table, self._hidden[table])
        shown = {column for table in {*scope} & self._shown.keys() for column in self._shown[table]}
        before = ["", "", *scope]
        for table in outer - here:
            for place, token in enumerate(scope):
                # a name that is not found here is looked for around: so it must be one of a table that is named here
                qualified = before[place + 1] == "." and before[place] not in self._shown
                if token in self._hidden[table] and (qualified or token not in shown):
                    raise NotAllowed(f"{table}.{token}: {_HIDDEN}")
                if token == "*" and qualified:
                    raise NotAllowed(f"{table}: name the columns; not all of them are answered here")


_HIDDEN: Final = "what a person wrote or a source sent is not answered here"


def _judge_columns(tokens: list[str], table: str, columns: set[str]) -> None:
    """Refuse what could read a hidden column of a table: its name, or what stands for every column."""
    if found := columns & {*tokens}:
        raise NotAllowed(f"{table}.{sorted(found)[0]}: {_HIDDEN}")
    before = ["", *tokens]
    for place, token in enumerate(tokens):
        every = token == "*" and before[place] in ("", "select", "distinct", ",", ".", "(", "all")
        counted = before[place] == "(" and place > 1 and tokens[place - 2] == "count"
        whole = token == table and before[place] == "in"
        if (every and not counted) or token in ("columns", "apply") or whole:
            raise NotAllowed(f"{table}: name the columns; not all of them are answered here")


def _scopes(tokens: list[str]) -> list[tuple[list[str], list[list[str]]]]:
    """Every SELECT with its own words, and those of the SELECTs around it; one within another is not its own."""
    found: list[tuple[list[str], list[list[str]]]] = [([], [])]
    path, opened = [found[0][0]], []
    for place, token in enumerate(tokens):
        if token == "(":
            following = next((each for each in tokens[place:] if each != "("), "")
            opened.append(following in ("select", "with"))
            path[-1].append(token)
            if opened[-1]:
                found.append(([], [*path]))
                path.append(found[-1][0])
        elif token == ")" and opened:
            if opened.pop():
                path.pop()
            path[-1].append(token)
        else:
            path[-1].append(token)
    return found


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
