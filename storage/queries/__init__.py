"""Named queries: each in a ``.sql`` file with a name line and a line saying the question it answers."""

import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec


class Query(msgspec.Struct, frozen=True):
    """A named query: its parameters are typed in the text as ``{name:Type}``."""

    name: str
    question: str
    sql: str

    @property
    def parameters(self) -> dict[str, str]:
        """Parameter name -> ClickHouse type."""
        return dict(re.findall(r"\{(\w+):([^}]+)\}", self.sql))


@cache
def catalogue() -> dict[str, Query]:
    """Every named query by name."""
    return queries_in(files("storage") / "queries")


def queries_in(folder: Traversable) -> dict[str, Query]:
    """The named queries of a folder's ``.sql`` files, by name. Raises ValueError for one without a question."""
    found: dict[str, Query] = {}
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if not path.name.endswith(".sql"):
            continue
        for part in re.split(r"^-- name: ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name, _, rest = part.partition("\n")
            comment, _, sql = rest.partition("\n")
            if not comment.startswith("-- ") or name in found:
                raise ValueError(f"{path.name}: query {name!r} has no question line, or its name is taken")
            found[name] = Query(name, comment[3:], sql.strip().rstrip(";"))
    return found


def sql(name: str) -> str:
    """The text of a named query."""
    return catalogue()[name].sql
