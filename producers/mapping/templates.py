"""Texts with columns in braces: ``"{call_id}/created"``, and arithmetic over columns: ``"{all_avg_wait} * 60000"``."""

import ast
import re

import msgspec

_HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class Hole(msgspec.Struct, frozen=True):
    """A place in a template that a value or a column fills."""

    name: str


class Template(msgspec.Struct, frozen=True):
    """A text with holes. ``parts`` are texts and holes in order; a template without holes is a constant."""

    parts: tuple[str | Hole, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the holes, in order."""
        return tuple(part.name for part in self.parts if isinstance(part, Hole))

    @property
    def constant(self) -> str | None:
        """The whole text, if nothing in it varies."""
        return "".join(str(part) for part in self.parts) if not self.names else None

    @property
    def only(self) -> str | None:
        """The name, if the template is one hole and nothing else."""
        first = self.parts[0] if len(self.parts) == 1 else None
        return first.name if isinstance(first, Hole) else None


def parse_template(text: str) -> Template:
    """The template of a text; ``{{`` and ``}}`` stand for braces. Raises ValueError for a brace without its partner."""
    parts: list[str | Hole] = []
    plain = ""
    end = 0
    for match in _HOLE.finditer(text):
        plain += text[end : match.start()]
        end = match.end()
        if match[0] in ("{{", "}}"):
            plain += match[0][0]
        elif match[1]:
            if plain:
                parts.append(plain)
            plain = ""
            parts.append(Hole(match[1]))
        else:
            raise ValueError(f"a brace at character {match.start() + 1} names no column")
    if plain + text[end:]:
        parts.append(plain + text[end:])
    return Template(tuple(parts))


class Calculation(msgspec.Struct, frozen=True):
    """Arithmetic over columns. ``expression`` is Python that reads the operands as ``_0``, ``_1``, … in order."""

    expression: str
    names: tuple[str, ...]


_FUNCTIONS = ("round", "min", "max", "abs")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.USub)


def parse_calculation(text: str) -> Calculation:
    """The calculation of a text: numbers, ``{columns}``, ``+ - * / //``, parentheses, round, min, max, abs.

    Raises ValueError for anything else, so that no mapping file can run code this way.
    """
    names: list[str] = []
    pieces = []
    for part in parse_template(text).parts:
        if isinstance(part, Hole):
            if part.name not in names:
                names.append(part.name)
            pieces.append(f" _{names.index(part.name)} ")
        else:
            pieces.append(part)
    source = "".join(pieces).strip()
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"is not arithmetic ({error.msg})") from error
    for node in ast.walk(tree):
        known = (
            isinstance(node, (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Load, *_OPERATORS))
            or (isinstance(node, ast.Constant) and type(node.value) in (int, float))
            or (isinstance(node, ast.Name) and (node.id in _FUNCTIONS or re.fullmatch(r"_\d+", node.id) is not None))
            or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS)
        )
        if not known:
            raise ValueError(f"{type(node).__name__.lower()} is not arithmetic")
    return Calculation(ast.unparse(tree), tuple(names))
