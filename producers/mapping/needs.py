"""What the events of a mapping need of a row, in the order in which it can be worked out."""

from producers.mapping.conditions import Tree, references
from producers.mapping.plan import FieldPlan, Node, Plan
from producers.mapping.templates import Calculation, Template


class Needs:
    """Which values, times and columns the events need, and in which order they can be worked out."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.done: list[Node] = []
        self.columns: dict[str, None] = {}
        self.loops: list[tuple[Node, ...]] = []

    def walk(self) -> tuple[tuple[Node, ...], tuple[str, ...]]:
        """The values and times, each after those it is made from, and the columns; ``loops`` is then known."""
        for condition, _ in self.plan.skips:
            self._tree(condition, None, ())
        for event in self.plan.events:
            for tree in (event.when, event.imputed, event.auto_closed):
                self._tree(tree, None, ())
            self._visit(("time", event.rule.time), ())
            self._texts(event.source, None, ())
            self._texts(event.id, None, ())
            self._fields(event.fields)
        return tuple(self.done), tuple(self.columns)

    def _fields(self, fields: tuple[FieldPlan, ...]) -> None:
        for field in fields:
            if isinstance(field.content, Template):
                self._texts(field.content, None, ())
            elif field.sort in ("day", "instant"):
                self._visit(("time", str(field.content)), ())
            elif field.sort == "struct" and isinstance(field.content, tuple):
                self._fields(field.content)
            elif field.sort == "list" and isinstance(field.content, tuple):
                for item in field.content:
                    self._fields(item)

    def _texts(self, template: Template | Calculation | None, inside: str | None, trail: tuple[Node, ...]) -> None:
        for name in template.names if template is not None else ():
            self._text(name, inside, trail)

    def _text(self, name: str, inside: str | None, trail: tuple[Node, ...]) -> None:
        if name in self.plan.values and name != inside:
            self._visit(("value", name), trail)
        else:
            self.columns.setdefault(name)

    def _tree(self, tree: Tree | None, inside: str | None, trail: tuple[Node, ...]) -> None:
        for sort, name in references(tree, self.plan.time_names) if tree is not None else ():
            if sort == "time":
                self._visit(("time", name), trail)
            else:
                self._text(name, inside, trail)

    def _visit(self, node: Node, trail: tuple[Node, ...]) -> None:
        if node in self.done:
            return
        if node in trail:
            self.loops.append((*trail[trail.index(node) :], node))
            return
        trail = (*trail, node)
        if node[0] == "value":
            value = self.plan.values[node[1]]
            self._texts(value.text or value.calc, node[1], trail)
            for tree, branch in value.cases:
                self._tree(tree, node[1], trail)
                self._texts(branch, node[1], trail)
        else:
            time = self.plan.times[node[1]]
            for template in (time.text, time.date, time.clock, time.amount):
                self._texts(template, None, trail)
            for other in (time.rule.of, time.rule.after):
                if other is not None:
                    self._visit(("time", other), trail)
        self.done.append(node)
