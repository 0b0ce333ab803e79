"""Writes the Python source of a mapping's row function.

Every column that is needed is taken from the row once, values and times are worked out in the plan's order, then each
event is made where its condition holds. Variables hold ``str`` (``""`` is empty), times ``int`` or ``None``; either may
hold a :class:`Fault` where it could not be read, which counts only if an event needs it.
"""

import re
from collections.abc import Sequence
from typing import Literal

from pantau.domain.errors import Fault
from producers.mapping import cells
from producers.mapping.conditions import Tree, expression, references
from producers.mapping.drafts import Draft, Skipped, UnmappedRow, Unreadable
from producers.mapping.plan import EventPlan, FieldPlan, Plan
from producers.mapping.templates import Hole, Template, parse_template
from producers.mapping.unnamed import Unnamed, compared
from producers.mapping.wording import Wording


class Writer:
    """``write()`` gives the source; ``scope`` then holds what it refers to."""

    def __init__(self, plan: Plan, key: bytes, say: Wording, unnamed: Unnamed | None = None) -> None:
        self.plan = plan
        self.unnamed = unnamed
        self.key = key
        self.say = say
        self.lines: list[str] = []
        self.depth = 0
        self.variables: dict[tuple[str, str], str] = {}
        self.fallible: set[str] = set()
        """Variables that may hold a Fault in place of a text."""
        self.scope: dict[str, object] = {
            "Draft": Draft,
            "Fault": Fault,
            "NO_RULE": say.fault("no_rule", "row", ""),
            "Skipped": Skipped,
            "UnmappedRow": UnmappedRow,
            "Unreadable": Unreadable,
            "first_fault": cells.first_fault,
            "known": cells.known,
            "lowered": cells.lowered,
            "number": cells.number,
        }

    def write(self) -> str:
        """The source of ``events(row)``."""
        self.put("def events(row):")
        self.depth += 1
        self.put("if row.__class__ is Unreadable:")
        whole = parse_template(self.plan.mapping.source)
        self.put(f"    raise UnmappedRow(row.faults, {whole.constant!r})")
        self.put("get = row.get")
        for name in self.plan.columns:
            self._column(name)
        for sort, name in self.plan.order:
            if sort == "value":
                self._value(name)
            else:
                self._time(name)
        for tree, why in self.plan.skips:
            unsure = self._unsure([tree], None)
            known = f"first_fault({', '.join(unsure)}) is None and " if unsure else ""
            self.put(f"if {known}{self._condition(tree, None)}:")
            self.put(f"    return Skipped({why!r})")
        if self.unnamed is not None:
            for (name, inside), named in compared(self.plan).items():
                note = self._constant("note", self.unnamed.watch(name, named))
                self.put(f"{note}({self._text_variable(name, inside)})")
        self.put("out = []")
        self.put("faults = []")
        conditions = [tree for event in self.plan.events for tree in (event.when, event.imputed, event.auto_closed)]
        for variable in self._unsure(conditions, None):
            self.put(f"if {variable}.__class__ is Fault:")
            self.put(f"    faults.append({variable})")
        for n, event in enumerate(self.plan.events):
            self._event(n, event)
        source = "None"
        if all(("value", name) in self.variables or ("column", name) in self.variables for name in whole.names):
            source = f"known({self._template(whole)[0]})"
        self.put("if faults:")
        self.put(f"    raise UnmappedRow(tuple(dict.fromkeys(faults)), {source})")
        self.put("if not out:")
        self.put(f"    raise UnmappedRow((NO_RULE,), {source})")
        self.put("return out")
        return "\n".join(self.lines) + "\n"

    def put(self, line: str) -> None:
        """Add a line at the present depth."""
        self.lines.append("    " * self.depth + line)

    def _constant(self, stem: str, thing: object) -> str:
        name = f"{stem}_{len(self.scope)}"
        self.scope[name] = thing
        return name

    def _new_variable(self, sort: str, name: str) -> str:
        stem = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_") or "x"
        variable = f"{sort[0]}_{stem}"
        while variable in self.variables.values() or variable in self.scope:
            variable += "_"
        self.variables[sort, name] = variable
        return variable

    def _text_variable(self, name: str, inside: str | None) -> str:
        if name in self.plan.values and name != inside:
            return self.variables["value", name]
        return self.variables["column", name]

    def _column(self, name: str) -> None:
        variable = self._new_variable("column", name)
        empty = self._set(self.plan.mapping.read.empty)
        self.put(f"{variable} = get({name!r}, '').strip()")
        if empty:
            self.put(f"if {variable} in {empty}:")
            self.put(f"    {variable} = ''")

    def _set(self, texts: Sequence[str]) -> str | None:
        """The name of a set of texts, other than the empty one, in the scope."""
        wanted = frozenset(texts) - {""}
        if not wanted:
            return None
        known = (name for name, thing in self.scope.items() if thing == wanted)
        return next(known, None) or self._constant("EMPTY", wanted)

    def _condition(self, tree: Tree, inside: str | None) -> str:
        def variable(sort: Literal["text", "time"], name: str) -> str:
            return self.variables["time", name] if sort == "time" else self._text_variable(name, inside)

        return expression(tree, self.plan.time_names, variable)

    def _unsure(self, trees: Sequence[Tree | None], inside: str | None) -> list[str]:
        """The variables in conditions that may hold a Fault: nothing can be said of a row then."""
        times = self.plan.time_names
        read = [reference for tree in trees if tree is not None for reference in references(tree, times)]
        texts = dict.fromkeys(self._text_variable(name, inside) for sort, name in read if sort == "text")
        return [variable for variable in texts if variable in self.fallible]

    def _template(self, template: Template, inside: str | None = None) -> tuple[str, bool]:
        """An expression for a template, and whether it may give a Fault."""
        constant = template.constant
        if constant is not None:
            return repr(constant), False
        holes = list(dict.fromkeys(self._text_variable(name, inside) for name in template.names))
        unsure = [hole for hole in holes if hole in self.fallible]
        if template.only is not None:
            return holes[0], bool(unsure)
        joined = "".join(
            "{" + self._text_variable(part.name, inside) + "}" if isinstance(part, Hole) else _in_fstring(part)
            for part in template.parts
        )
        text = f"(f'{joined}' if {' and '.join(holes)} else '')"
        return (f"(first_fault({', '.join(unsure)}) or {text})", True) if unsure else (text, False)

    def _value(self, name: str) -> None:
        value = self.plan.values[name]
        rule = value.rule
        of = value.text.only if value.text is not None and value.text.only is not None else name
        unsure = False
        if value.calc is not None:
            compute = self._constant("calculate", cells.calculation(value.calc.expression, value.calc.names, self.say))
            made = f"{compute}({', '.join(self._text_variable(operand, name) for operand in value.calc.names)})"
            unsure = True
        elif value.text is not None:
            made, unsure = self._template(value.text, name)
        else:
            made = "''"
            for tree, template in reversed(value.cases):
                branch, maybe = self._template(template, name)
                made = branch if tree is None else f"{branch} if {self._condition(tree, name)} else {made}"
                unsure = unsure or maybe
            doubtful = self._unsure([tree for tree, _ in value.cases], name)
            if doubtful:
                made, unsure = f"first_fault({', '.join(doubtful)}) or ({made})", True
        variable = self._new_variable("value", name)
        self.put(f"{variable} = {made}")
        if rule.extract is not None:
            extract = self._constant("extract", cells.extraction(rule.extract, of, self.say))
            self.put(f"{variable} = {extract}({variable})")
            unsure = True
        if rule.lower:
            self.put(f"{variable} = lowered({variable})")
        if (nothing := self._set(rule.null)) is not None:
            self.put(f"if {variable} in {nothing}:")
            self.put(f"    {variable} = ''")
        if rule.map is not None:
            table = {text: str(becomes) for text, becomes in rule.map.items()}
            unnamed = self.unnamed if rule.otherwise is not None else None
            on_other = unnamed.watch_map(name) if unnamed is not None else None
            look_up = self._constant("look_up", cells.lookup(table, rule.otherwise, of, self.say, on_other))
            self.put(f"{variable} = {look_up}({variable})")
            unsure = unsure or rule.otherwise is None
        if rule.default is not None:
            self.put(f"{variable} = {variable} or {rule.default!r}")
        if rule.hash:
            self.put(f"{variable} = {self._constant('pseudonym', cells.pseudonym(self.key))}({variable})")
        if unsure:
            self.fallible.add(variable)

    def _time(self, name: str) -> None:
        time = self.plan.times[name]
        rule = time.rule
        if time.text is not None:
            text, _ = self._template(time.text)
            made = f"{self._constant('read_time', cells.text_time(time, time.text.only or name, self.say))}({text})"
        elif time.date is not None and time.clock is not None:
            (date_text, _), (clock_text, _) = self._template(time.date), self._template(time.clock)
            read = cells.clock_time(time, time.date.only or name, time.clock.only or name, self.say)
            after = f", {self.variables['time', rule.after]}" if rule.after is not None else ""
            made = f"{self._constant('read_time', read)}({date_text}, {clock_text}{after})"
        else:
            assert rule.of is not None
            assert time.amount is not None
            amount, _ = self._template(time.amount)
            read_later = self._constant("later", cells.derived_time(time, time.amount.only or name, self.say))
            made = f"{read_later}({self.variables['time', rule.of]}, {amount})"
        self.put(f"{self._new_variable('time', name)} = {made}")

    def _event(self, n: int, event: EventPlan) -> None:
        kind = event.rule.kind
        self.put(f"# {n}: {kind}")
        start = self.depth
        if event.when is not None:
            self.put(f"if {self._condition(event.when, None)}:")
            self.depth += 1
        time = self.variables["time", event.rule.time]
        self.put(f"if {time}.__class__ is int:")
        self.depth += 1
        source = self._needed(event.source, "source")
        identity = self._needed(event.id, "id")
        self._fields("data", event.fields, kind)
        if event.rule.provenance != "observed":
            self.put(f"data['provenance'] = {event.rule.provenance!r}")
        for tree, provenance in ((event.auto_closed, "auto_closed"), (event.imputed, "imputed")):
            if tree is not None:
                self.put(f"if {self._condition(tree, None)}:")
                self.put(f"    data['provenance'] = {provenance!r}")
        self.put(f"out.append(Draft({source}, {identity}, {kind!r}, {time}, data))")
        self.depth -= 1
        self.put(f"elif {time} is not None:")
        self.put(f"    faults.append({time})")
        if event.rule.required:
            missing = self.say.fault("no_time", event.rule.time, "", kind=kind)
            self.put("else:")
            self.put(f"    faults.append({self._constant('MISSING', missing)})")
        self.depth = start

    def _needed(self, template: Template, what: str) -> str:
        """A variable or constant for a text that must not be empty; complains where it is."""
        made, unsure = self._template(template)
        if template.constant:
            return made
        variable = made
        if template.only is None:
            variable = f"{what}_text"
            self.put(f"{variable} = {made}")
        self._complain(variable, unsure, template)
        return variable

    def _complain(self, variable: str, unsure: bool, template: Template) -> None:
        if unsure:
            self.put(f"if {variable}.__class__ is Fault:")
            self.put(f"    faults.append({variable})")
        self.put(f"if not {variable}:")
        self.put(f"    faults.append({self._lacks(template)})")

    def _lacks(self, template: Template) -> str:
        """The fault of an empty text that an event needs; the same for all that are made of the same columns."""
        names = ", ".join(dict.fromkeys(column for name in template.names for column in self._columns_behind(name)))
        fault = self.say.fault("empty", names, "")
        known = (name for name, thing in self.scope.items() if thing == fault)
        return next(known, None) or self._constant("LACKS", fault)

    def _columns_behind(self, name: str, inside: str | None = None) -> tuple[str, ...]:
        value = self.plan.values.get(name) if name != inside else None
        if value is None:
            return (name,)
        if value.text is None or not value.text.names:
            return (name,)
        return tuple(column for part in value.text.names for column in self._columns_behind(part, name))

    def _fields(self, into: str, fields: tuple[FieldPlan, ...], kind: str) -> None:
        """Fill a dictionary of fields; what is empty and may be is left out."""
        present: list[str] = []
        optional: list[tuple[FieldPlan, str, bool]] = []
        for field in fields:
            if field.sort == "constant":
                present.append(f"{field.name!r}: {field.content!r}")
                continue
            if field.sort == "text" and field.required and isinstance(field.content, Template):
                present.append(f"{field.name!r}: {self._needed(field.content, field.name)}")
                continue
            variable, unsure = self._field(into, field, kind)
            optional.append((field, variable, unsure))
        self.put(f"{into} = {{{', '.join(present)}}}")
        for field, variable, unsure in optional:
            absent = f"not {variable}" if field.sort in ("text", "struct", "list") else f"{variable} is None"
            there = variable if field.sort in ("text", "struct", "list") else f"{variable} is not None"
            if unsure:
                self.put(f"if {variable}.__class__ is Fault:")
                self.put(f"    faults.append({variable})")
            if field.required:
                if isinstance(field.content, Template):
                    lacks = self._lacks(field.content)
                else:
                    lacks = self._constant("LACKS", self.say.fault("empty", field.name, ""))
                self.put(f"{'el' if unsure else ''}if {absent}:")
                self.put(f"    faults.append({lacks})")
            if unsure or field.required:
                self.put("else:" if field.required else f"elif {there}:")
            else:
                self.put(f"if {there}:")
            self.put(f"    {into}[{field.name!r}] = {variable}")

    def _field(self, into: str, field: FieldPlan, kind: str) -> tuple[str, bool]:
        """A variable that holds one field, and whether it may hold a Fault."""
        content = field.content
        if field.sort == "struct" and isinstance(content, tuple):
            inner = f"{into}_{field.name}"
            self._fields(inner, content, kind)
            return inner, False
        if field.sort == "list" and isinstance(content, tuple):
            items = f"{into}_{field.name}"
            self.put(f"{items}_list = []")
            for item in content:
                self._fields(items, item, kind)
                self.put(f"{items}_list.append({items})")
            return f"{items}_list", False
        variable = f"{into}_{field.name}"
        if field.sort in ("day", "instant"):
            time = str(content)
            convert = "to_instant" if field.sort == "instant" else f"to_day_{self.variables['time', time]}"
            self.scope[convert] = cells.instant if field.sort == "instant" else cells.day(self.plan.times[time].zone)
            self.put(f"{variable} = {convert}({self.variables['time', time]})")
            return variable, True
        assert isinstance(content, Template)
        made, unsure = self._template(content)
        if field.sort == "text":
            if content.only is not None:
                return made, unsure
            self.put(f"{variable} = {made}")
            return variable, unsure
        reader = {"whole": cells.whole, "decimal": cells.decimal, "flag": cells.flag}[field.sort]
        of = content.only or ", ".join(content.names)
        convert = self._constant(f"to_{field.sort}", reader(field.name, of, self.say))
        self.put(f"{variable} = {convert}({made})")
        return variable, True


def _in_fstring(text: str) -> str:
    """A text as it stands inside an f-string in single quotes."""
    doubled = {"{": "{{", "}": "}}", "'": "\\'"}
    return "".join(doubled.get(sign) or repr(sign)[1:-1] for sign in text)
