"""Reads the texts of a mapping file and finds everything that is wrong with them.

What is wrong with the form of the file was found by :mod:`producers.mapping.model`; making the row function from a plan
cannot fail.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import available_timezones

import msgspec
from msgspec import inspect

from pantau.domain import durations
from pantau.domain.events import VOCABULARY, Data
from pantau.domain.zones import INDONESIAN, resolve
from pantau.toml_lines import Lines
from pantau.toml_lines import Path as Where
from pantau.toml_rows import FileFault, nearest
from producers.mapping.conditions import Tree, parse_condition, references
from producers.mapping.model import Condition, EventRule, Mapping, Time, Value, fault_at, refused
from producers.mapping.needs import Needs
from producers.mapping.plan import EventPlan, FieldPlan, Plan, Sort, TimePlan, ValuePlan, column
from producers.mapping.templates import Template, parse_calculation, parse_template
from producers.mapping.times import DateClock, moments, parse_span

T = TypeVar("T")


def plan(mapping: Mapping, lines: Lines | None = None) -> Plan:
    """The plan of a mapping. Raises :class:`BadSetup` with everything that is wrong with it."""
    return _Planner(mapping, lines or Lines({})).plan()


class _Planner:
    def __init__(self, mapping: Mapping, lines: Lines) -> None:
        self.mapping = mapping
        self.lines = lines
        self.faults: list[FileFault] = []
        self.times = dict(mapping.times)
        """With those that events name by a column alone."""
        self.used_data: set[str] = set()
        self.zone = "UTC"

    def plan(self) -> Plan:
        mapping = self.mapping
        self.zone = self._zone(mapping.zone, ("zone",))
        events = tuple(self._event(n, rule) for n, rule in enumerate(mapping.event))
        values = {name: self._value(name, rule) for name, rule in self._values().items()}
        skips = tuple((self._tree(skip.when, ("skip", n, "when")), skip.why) for n, skip in enumerate(mapping.skip))
        times = {name: self._time(name, rule) for name, rule in self.times.items()}  # last: the others name some
        if not events:
            self._fault(("event",), "none", "a mapping makes at least one event", "add an [[event]] table")
        for name in mapping.data:
            if name not in self.used_data:
                todo = "take it out, or look for a misspelling"
                self._fault(("data", name), mapping.data[name], "no event of this mapping has this field", todo)
        if self.faults:
            raise refused(mapping.name, self.faults)
        found = Plan(
            mapping=mapping,
            values=values,
            times=times,
            skips=tuple((tree, why) for tree, why in skips if tree is not None),
            events=tuple(event for event in events if event is not None),
            order=(),
            columns=(),
        )
        needs = Needs(found)
        order, columns = needs.walk()
        for names in needs.loops:
            self._fault(
                (names[0][0] + "s", names[0][1]),
                " > ".join(n for _, n in names),
                "is made from itself",
                "break the loop",
            )
        for name in columns:
            if name in mapping.drop:
                self._fault(("drop",), name, "is dropped and used", "take it out of drop, or do not use it")
        if self.faults:
            raise refused(mapping.name, self.faults)
        return msgspec.structs.replace(found, order=order, columns=columns)

    def _fault(self, path: Where, value: object, rule: str, todo: str) -> None:
        fault = fault_at(self.mapping.name, self.lines, path, value, rule, todo)
        if fault not in self.faults:  # one wrong format is used by many times
            self.faults.append(fault)

    def _zone(self, name: str, path: Where) -> str:
        try:
            return resolve(name)
        except ValueError as error:
            rule = str(error).removeprefix(repr(name)).strip()
            self._fault(path, name, rule, nearest(name, [*INDONESIAN, *available_timezones()]))
            return "UTC"

    def _template(self, text: str, path: Where) -> Template:
        try:
            return parse_template(text)
        except ValueError as error:
            self._fault(path, text, str(error), "write {column}, or {{ for a brace itself")
            return Template(())

    def _tree(self, condition: Condition | None, path: Where) -> Tree | None:
        if condition is None:
            return None
        try:
            tree = parse_condition(condition)
        except ValueError as error:
            self._fault(path, condition, str(error), "see the tests in docs/mapping.md")
            return None
        for sort, name in references(tree, frozenset(self.times)):
            if sort == "time":
                self._time_name(name)
        return tree

    def _values(self) -> dict[str, Value]:
        """Every value with its rule, those that are treated like another one written out."""
        found = dict(self.mapping.values)
        for name, rule in self.mapping.values.items():
            for other in rule.also:
                if other in found:
                    self._fault(("values", name, "also"), other, "has a rule already", "keep one of the two")
                if rule.from_ is not None or rule.text is not None or rule.calc is not None or rule.cases:
                    self._fault(("values", name, "also"), other, "can only share the steps of a column", "write it out")
                found[other] = rule
        return found

    def _value(self, name: str, rule: Value) -> ValuePlan:
        path: Where = ("values", name)
        given = [key for key in ("text", "calc") if getattr(rule, key) is not None] + (["cases"] if rule.cases else [])
        if rule.from_ is not None:
            given.append("from")
        if len(given) > 1:
            self._fault(path, " and ".join(given), "a value is made in one way", "keep one of from, text, calc, cases")
        if rule.otherwise is not None and rule.map is None:
            self._fault((*path, "otherwise"), rule.otherwise, "belongs to a map", "add map = { ... }")
        if rule.extract is not None:
            try:
                re.compile(rule.extract)
            except re.error as error:
                self._fault((*path, "extract"), rule.extract, f"is no regular expression: {error}", "correct it")
        if rule.calc is not None:
            try:
                return ValuePlan(rule=rule, calc=parse_calculation(rule.calc))
            except ValueError as error:
                self._fault((*path, "calc"), rule.calc, str(error), "use numbers, {columns}, + - * / and parentheses")
                return ValuePlan(rule=rule)
        if rule.cases:
            cases = [
                (self._tree(case.when, (*path, "cases")), self._template(case.is_, (*path, "cases")))
                for case in rule.cases
            ]
            return ValuePlan(rule=rule, cases=tuple(cases))
        text = rule.text if rule.text is not None else None
        return ValuePlan(
            rule=rule, text=self._template(text, (*path, "text")) if text is not None else column(rule.from_ or name)
        )

    def _time(self, name: str, rule: Time) -> TimePlan:
        path: Where = ("times", name)
        ways = [
            key for key, there in (("text", rule.text), ("clock", rule.clock), ("of", rule.of)) if there is not None
        ]
        if len(ways) != 1 or (rule.clock is None) != (rule.date is None):
            self._fault(
                path, ", ".join(ways) or "nothing", "needs text, or date and clock, or of and plus", "keep one way"
            )
        if rule.after is not None and rule.clock is None:
            self._fault((*path, "after"), rule.after, "belongs to a time with a clock", "take it out")
        for key in ("of", "after"):
            other = getattr(rule, key)
            if other is not None and other not in self.times:
                self._fault((*path, key), other, "is not a time of this mapping", f"define [times.{other}]")
        zone = self.zone if rule.zone is None else self._zone(rule.zone, (*path, "zone"))
        formats = rule.format or self.mapping.time_format
        overlap_ms, amount, unit = 0, None, ""
        if rule.clock is not None:
            dates = self._try(
                (*path, "date_format"), rule.date_format, lambda: DateClock(rule.date_format, "iso", zone)
            )
            clocks = self._try(
                (*path, "clock_format"), rule.clock_format, lambda: DateClock("iso", rule.clock_format, zone)
            )
            self._constant((*path, "date"), rule.date, dates.day if dates else None)
            self._constant((*path, "clock"), rule.clock, clocks.clock if clocks else None)
            overlap_ms = self._try((*path, "overlap"), rule.overlap, lambda: _plain_ms(rule.overlap)) or 0
        elif rule.of is not None:
            span = self._try((*path, "plus"), rule.plus, lambda: parse_span(rule.plus or ""))
            number, unit = span or ("0", "")
            amount = parse_template(number)
        else:
            where: Where = ("time_format",) if rule.format is None else (*path, "format")
            self._constant((*path, "text"), rule.text, self._try(where, formats, lambda: moments(formats, zone)))
        return TimePlan(
            rule=rule,
            zone=zone,
            formats=formats,
            text=self._template(rule.text, (*path, "text")) if rule.text is not None else None,
            date=self._template(rule.date, (*path, "date")) if rule.date is not None else None,
            clock=self._template(rule.clock, (*path, "clock")) if rule.clock is not None else None,
            overlap_ms=overlap_ms,
            amount=amount,
            unit=unit,
        )

    def _try(self, path: Where, value: object, read: Callable[[], T]) -> T | None:
        """What a text of the file is read as; a fault at its own key where it cannot be."""
        try:
            return read()
        except ValueError as error:
            self._fault(path, value, str(error), "see the times in docs/mapping.md")
            return None

    def _constant(self, path: Where, text: str | None, read: Callable[[str], object] | None) -> None:
        """A text without braces is the same for every row: then it must be a time, and is no name of a column."""
        if text is None or read is None:
            return
        try:
            constant = parse_template(text).constant
        except ValueError:
            return  # told where the template is read
        if constant is not None and read(constant) is None:
            self._fault(path, text, "is a constant, and none that can be read", f'write "{{{text}}}" for the column')

    def _time_name(self, name: str) -> str:
        """A time that an event names; one that is not defined is the column (or value) of that name."""
        if name not in self.times:
            self.times[name] = Time(text="{" + name.replace("{", "{{").replace("}", "}}") + "}")
        return name

    def _event(self, n: int, rule: EventRule) -> EventPlan | None:
        path: Where = ("event", n)
        record = VOCABULARY.get(rule.kind)
        if record is None:
            self._fault((*path, "kind"), rule.kind, "is not a kind of event", nearest(rule.kind, VOCABULARY))
            return None
        self._time_name(rule.time)
        return EventPlan(
            rule=rule,
            source=self._template(rule.source or self.mapping.source, (*path, "source")),
            id=self._template(rule.id, (*path, "id")),
            when=self._tree(rule.when, (*path, "when")),
            imputed=self._tree(rule.imputed_when, (*path, "imputed_when")),
            auto_closed=self._tree(rule.auto_closed_when, (*path, "auto_closed_when")),
            fields=self._data(record, rule, path),
        )

    def _data(self, record: type[Data], rule: EventRule, path: Where) -> tuple[FieldPlan, ...]:
        known = {field.encode_name: field for field in msgspec.structs.fields(record)}
        for name, given in rule.data.items():
            if name not in known or name in ("unit", "provenance"):
                self._fault((*path, "data", name), given, f"is not a field of {rule.kind}", nearest(name, known))
        given_data: dict[str, object] = {"unit": rule.unit or self.mapping.unit}
        given_data |= {name: given for name, given in self.mapping.data.items() if name in known}
        self.used_data |= set(given_data)
        given_data |= rule.data
        plans = []
        for name, field in known.items():
            if name in given_data:
                where: Where = (*path, "data", name) if name in rule.data else ("data", name)
                plans.append(self._field(field, given_data[name], ("unit",) if name == "unit" else where))
            elif field.required:
                self._fault((*path, "data"), "nothing", f"{rule.kind} needs {name}", f"add data.{name} = ...")
        return tuple(plans)

    def _field(self, field: msgspec.structs.FieldInfo, given: object, path: Where) -> FieldPlan:
        sort, shape = _sort_of(field.type)
        content: object = given
        if sort == "struct" and isinstance(given, dict) and isinstance(shape, inspect.StructType):
            content = self._struct(shape.cls, given, path)
        elif sort == "list" and isinstance(given, list) and isinstance(shape, inspect.StructType):
            content = tuple(self._struct(shape.cls, item, path) for item in given if isinstance(item, dict))
        elif sort in ("day", "instant") and isinstance(given, str):
            content = self._time_name(given)
        elif isinstance(given, str) and self._template(given, path).names:
            content = self._template(given, path)
        else:
            try:
                plain = given.isoformat() if isinstance(given, date | datetime) else given
                msgspec.convert(plain, field.type, strict=not isinstance(plain, str))
                sort, content = "constant", msgspec.to_builtins(msgspec.convert(plain, field.type, strict=False))
            except msgspec.ValidationError as error:
                self._fault(path, given, str(error).replace("`", ""), "correct the constant")
        return FieldPlan(name=field.encode_name, sort=sort, required=field.required, content=content)

    def _struct(self, record: type, given: dict[str, object], path: Where) -> tuple[FieldPlan, ...]:
        known = {field.encode_name: field for field in msgspec.structs.fields(record)}
        for name in given:
            if name not in known:
                self._fault((*path, name), given[name], "is not a field here", nearest(name, known))
        plans = [self._field(known[name], inner, (*path, name)) for name, inner in given.items() if name in known]
        absent = [field for name, field in known.items() if field.required and name not in given]
        return tuple(plans + [self._field(field, None, path) for field in absent])


def _plain_ms(text: str) -> int:
    length = durations.parse(text)
    if length.ms is None or length.working:
        raise ValueError('overlap is plain time; write it like "30 seconds" or "12 hours"')
    return length.ms


_SORTS: dict[type, Sort] = {
    inspect.StrType: "text",
    inspect.LiteralType: "text",
    inspect.IntType: "whole",
    inspect.FloatType: "decimal",
    inspect.BoolType: "flag",
    inspect.DateType: "day",
    inspect.DateTimeType: "instant",
    inspect.StructType: "struct",
    inspect.VarTupleType: "list",
}


def _sort_of(annotation: object) -> tuple[Sort, inspect.Type]:
    """What a field of an event holds, leaving out that it may be absent; for a list, what its items are."""
    shape = inspect.type_info(annotation)
    if isinstance(shape, inspect.UnionType):
        shape = next(member for member in shape.types if not isinstance(member, inspect.NoneType))
    if isinstance(shape, inspect.Metadata):
        shape = shape.type
    sort = _SORTS[type(shape)]
    return sort, shape.item_type if isinstance(shape, inspect.VarTupleType) else shape
