"""Reading tables of a TOML file value by value, and noting everything that is wrong, each with its line.

A ``Row`` hands out typed values. What is missing or wrong becomes a ``FileFault`` in the document's list; the caller
gets a harmless stand-in and asks ``good`` before it believes the row. So one reading finds all faults of a file.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pantau import toml_lines
from pantau.domain import durations
from pantau.domain.errors import BadSetup, Fault

T = TypeVar("T")


class FileFault(Fault, frozen=True, kw_only=True):
    """A fault in a file, with its place. Reads ``registry.toml:41: unit 'x': zone 'WIBB' is no zone; did you …``."""

    file: str
    line: int

    def __str__(self) -> str:
        said = " ".join(part for part in (self.field, self.value, self.rule) if part)
        return f"{self.file}:{self.line}: {said}; {self.todo}"


class Document:
    """A TOML file as read: its data, the lines of its values, and the faults found so far."""

    def __init__(self, text: str, name: str):
        self.name = name
        self.faults: list[FileFault] = []
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            said, _, place = str(error).partition(" (at ")
            digits = "".join(sign if sign.isdigit() else " " for sign in place).split()
            line = int(digits[0]) if digits else text.count("\n") + 1
            self.blame(line, "", "", f"this is not TOML: {said[:1].lower()}{said[1:]}", "mend the line and check again")
            self.stop_if_faulty()
        self.lines = toml_lines.locate(text)

    def top(self) -> "Row":
        """The keys outside every table."""
        return Row(self, (), self.data, "")

    def blame(self, line: int, field: str, value: str, rule: str, todo: str) -> None:
        """Note one fault."""
        self.faults.append(FileFault(file=self.name, line=line, field=field, value=value, rule=rule, todo=todo))

    def stop_if_faulty(self) -> None:
        """Raise BadSetup with every fault found, in the order of the file."""
        if self.faults:
            faults = tuple(sorted(self.faults, key=lambda fault: fault.line))
            count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
            listed = "\n".join(map(str, faults))
            raise BadSetup(f"{self.name} has {count}:\n{listed}", faults)


def read(path: Path) -> Document:
    """The document in a file. Raises BadSetup where it cannot be read or is not TOML."""
    try:
        return Document(path.read_text("utf-8-sig"), path.name)
    except OSError as error:
        raise BadSetup(f"{path} cannot be read ({error.strerror}); check the name and the rights") from error
    except UnicodeDecodeError as error:
        raise BadSetup(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


class Row:
    """One table of the file. ``label`` names it in messages, such as ``unit 'kec-18.01.06'``."""

    def __init__(self, document: Document, path: toml_lines.Path, table: dict[str, Any], label: str):
        self.document = document
        self.path = path
        self.table = table
        self.label = label
        self.good = True
        self._asked: list[str] = []

    @property
    def line(self) -> int:
        """The line on which the table begins."""
        return self.document.lines.of(self.path)

    def fault(self, key: str, rule: str, todo: str, *, value: object = None) -> None:
        """Note that the value of a key breaks a rule. ``value`` is shown instead of the whole value; "" shows none."""
        self.good = False
        shown = self.table.get(key) if value is None else value
        field = f"{self.label}: {key}" if self.label and key else self.label or key
        line = self.document.lines.of((*self.path, key) if key else self.path)
        self.document.blame(line, field, "" if shown is None or value == "" else _shown(shown), rule, todo)

    def has(self, key: str) -> bool:
        """Whether the key is written at all."""
        self._asked.append(key)
        return key in self.table

    def text(self, key: str, default: str | None = None, *, example: str = "") -> str:
        """A text that is not empty; a fault when it is missing and there is no default."""
        value = self._get(key, str, "a text in quotes", default is None, example)
        if value is not None and not value.strip():
            self.fault(key, "is empty", f"write {example or 'a text'} or leave the line out")
        return value if value is not None else default or ""

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty when it is missing."""
        values = self._get(key, list, "a list of texts", False, "") or []
        for value in values:
            if not isinstance(value, str):
                self.fault(key, "holds something that is not a text", 'write ["a", "b"]', value=value)
        return [value for value in values if isinstance(value, str)]

    def integer(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """A whole number, at least ``least``."""
        value = self._get(key, int, "a whole number", default is None, "1")
        if value is not None and value < least:
            self.fault(key, f"is less than {least}", f"write {least} or more")
        return value if value is not None else default or 0

    def number(self, key: str, default: float, *, above: float, below: float) -> float:
        """A number strictly between two others."""
        value: float | None = self._get(key, (int, float), "a number", False, "")
        if value is not None and not above < value < below:
            self.fault(key, f"is not between {above} and {below}", f"write for instance {default}")
        return float(value) if value is not None else default

    def boolean(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._get(key, bool, "true or false", False, "true")
        return default if value is None else value

    def day(self, key: str) -> date | None:
        """A date without a time; None when it is missing."""
        value: date | None = self._get(key, date, "a date such as 2026-01-31, without quotes", False, "")
        if isinstance(value, datetime):
            self.fault(key, "is not a date but a time", "write a date such as 2026-01-31, without quotes")
            return None
        return value

    def instant(self, key: str) -> int:
        """A date and time with its offset from UTC, as ms UTC."""
        rule = "a date and time with its offset, such as 2026-01-31T08:00:00+07:00"
        value = self._get(key, datetime, rule, True, "2026-01-31T08:00:00+07:00")
        if value is not None and value.tzinfo is None:
            self.fault(key, "has no offset from UTC", f"write {rule}")
            return 0
        return 0 if value is None else round(value.timestamp() * 1000)

    def length(self, key: str, *, example: str, required: bool = True) -> durations.Length | None:
        """A length of time; None when it is missing or wrong."""
        value = self._get(key, str, "a length of time in quotes", required, f'"{example}"')
        if value is None:
            return None
        try:
            return durations.parse(value)
        except ValueError as error:
            self.fault(key, "is not a length of time", str(error))
            return None

    def clock_length(self, key: str, *, example: str, required: bool = True) -> int | None:
        """A length of plain clock time in ms."""
        length = self.length(key, example=example, required=required)
        if length is not None and length.working:
            self.fault(key, "is working time", f'write plain time here, such as "{example}"')
        return None if length is None else length.ms

    def choice(self, key: str, kind: Any, default: T | None = None) -> T:
        """One of the values of a Literal type; the first stands in for a wrong one."""
        options: tuple[T, ...] = get_args(kind)
        value = self._get(key, str, "one of " + ", ".join(map(repr, options)), default is None, repr(options[0]))
        if value is None:
            return options[0] if default is None else default
        if value not in options:
            self.fault(key, "is not known here", nearest(value, map(str, options)))
            return options[0]
        return value  # type: ignore[no-any-return]  # it is one of the options

    def rows(self, key: str, label: str, name: str) -> Iterator["Row"]:
        """The tables under ``[[key]]``, each labelled with its own ``name`` key where it has one."""
        for index, table in enumerate(self._get(key, list, f"written as [[{key}]]", False, f"[[{key}]]") or []):
            if not isinstance(table, dict):
                self.fault(key, "is not a list of tables", f"write [[{key}]] and its keys below", value=table)
                continue
            called = table.get(name)
            full = f"{label} {called!r}" if isinstance(called, str) else f"{label} number {index + 1}"
            yield Row(self.document, (*self.path, key, index), table, full)

    def under(self, key: str, label: str, example: str = "") -> "Row":
        """The table under ``[key]``; an empty one when it is missing."""
        table = self._get(key, dict, f"written as [{key}]", False, example or f"[{key}]") or {}
        return Row(self.document, (*self.path, key), table, label)

    def unasked(self) -> list[str]:
        """The keys nobody has asked for yet, in the order of the file; from now on they count as asked for."""
        keys = [key for key in self.table if key not in self._asked]
        self._asked += keys
        return keys

    def finish(self, meant: Mapping[str, str] | None = None) -> bool:
        """Note every key that nobody asked for; whether the whole row is good.

        ``meant`` says what to write instead of words that are used for a key by mistake.
        """
        known = list(self._asked)
        for key in self.unasked():
            todo = (meant or {}).get(key.lower()) or nearest(key, known)
            self.fault(key, "is not a key that is known here", todo, value="")
        return self.good

    def _get(self, key: str, kind: Any, rule: str, required: bool, example: str) -> Any:
        self._asked.append(key)
        value = self.table.get(key)
        if value is None:
            if required:
                self.fault(key, "is missing", f"add {key} = {example or '…'}")
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, f"is not {rule}", f"write {example}" if example else "mend it")
            return None
        return value


def nearest(word: str, known: Iterable[str]) -> str:
    """Advice for a word that is not known: the nearest spelling, or what there is."""
    by_lower = {name.lower(): name for name in known}
    begun = [name for name in by_lower if word and (name.startswith(word.lower()) or word.lower().startswith(name))]
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6) or begun
    if close:
        return f"did you mean {by_lower[close[0]]}?"
    listed = sorted(by_lower.values())
    return f"choose from {', '.join(listed)}" if 0 < len(listed) <= 20 else "check its spelling"


def _shown(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)
