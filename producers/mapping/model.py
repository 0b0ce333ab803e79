"""What a mapping file says: its tables as records, and the loading of one with every fault named by its line.

A mapping tells how the rows of a table or a log become events. ``docs/mapping.md`` explains it to an office's IT
person; the fields here are the keys of the file. The texts stay texts; :mod:`producers.mapping.planner` reads them.
"""

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from pantau.domain.errors import BadSetup
from pantau.toml_lines import Lines, locate
from pantau.toml_lines import Path as KeyPath
from pantau.toml_rows import FileFault, nearest

EMPTY = ("", "NULL", "null", "\\N", "0000-00-00", "0000-00-00 00:00:00")
"""What databases and exports write where there is nothing."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A table of the file; a key that is not a field of its record is a fault."""


Condition = dict[str, object]
"""A test of a row: ``{ outcome = "HANG", q_start = { empty = false } }``; see :mod:`producers.mapping.conditions`."""


class Reading(Table, frozen=True, kw_only=True):
    """``[read]``: how the file is written. What is not said is told by the file's name and first bytes."""

    format: Literal["csv", "ndjson", "xes", "parquet"] | None = None
    delimiter: str | None = None
    """Of CSV; by default whichever of ``, ; tab |`` the header line holds most of."""
    quote: str = '"'
    encoding: str = "utf-8"
    skip_lines: int = 0
    """Lines before the header, as spreadsheets put titles there."""
    columns: tuple[str, ...] = ()
    """The column names of a CSV file that has no header line."""
    optional: tuple[str, ...] = ()
    """Columns that the mapping uses and a CSV file may lack; they then count as empty."""
    empty: tuple[str, ...] = EMPTY


class Case(Table, frozen=True, kw_only=True, rename={"is_": "is"}):
    """One branch of ``cases``: the template ``is`` counts where ``when`` holds; without ``when`` always."""

    is_: str
    when: Condition | None = None


class Value(Table, frozen=True, kw_only=True):
    """``[values.NAME]``: a text made from columns. The steps run in the order of the fields."""

    from_: str | None = None
    """A column; by default the one of the value's own name."""
    also: tuple[str, ...] = ()
    """Columns that are treated alike: each becomes a value of its own name."""
    text: str | None = None
    """A template; empty where one of its columns is."""
    calc: str | None = None
    """Arithmetic: ``"{attendances} - {breaches}"``; empty where one of its columns is."""
    cases: tuple[Case, ...] = ()
    extract: str | None = None
    """A regular expression; what its first group (or all of it) matches remains, anything else is a fault."""
    lower: bool = False
    null: tuple[str, ...] = ()
    """Texts that mean "nothing" in this column, beside those of ``[read] empty``."""
    map: dict[str, str | int] | None = None
    otherwise: str | None = None
    """What a text becomes that ``map`` does not hold; without it such a text is a fault."""
    default: str | None = None
    """What an empty value becomes."""
    hash: bool = False
    """Replaced by a keyed hash: equal texts stay equal, the text is gone."""


class Time(Table, frozen=True, kw_only=True):
    """``[times.NAME]``: an instant made of ``text``, of ``date`` and ``clock``, or ``of`` another time."""

    text: str | None = None
    date: str | None = None
    clock: str | None = None
    of: str | None = None
    plus: str | None = None
    """With ``of``: ``"1 month"``, ``"30 min"``, ``"{seconds} s"``. Days, months and years follow the calendar."""
    format: str | tuple[str, ...] | None = None
    """``iso``, ``epoch_s``, ``epoch_ms`` or a pattern such as ``%d/%m/%Y %H:%M``; a list is tried in order."""
    date_format: str | tuple[str, ...] = "iso"
    clock_format: str | tuple[str, ...] = "iso"
    zone: str | None = None
    after: str | None = None
    """With ``clock``: another time. Earlier than that, by more than ``overlap``, means the next day."""
    overlap: str = "0 minutes"


class Skip(Table, frozen=True, kw_only=True):
    """``[[skip]]``: rows that are no events, and why; counted by ``why`` in the report."""

    when: Condition
    why: str


class EventRule(Table, frozen=True, kw_only=True):
    """``[[event]]``: one event of a row, made where ``when`` holds and its time is not empty."""

    kind: str
    id: str
    time: str
    """The name of a time, or of a column that holds one."""
    when: Condition | None = None
    required: bool = False
    """An empty time is then a fault instead of "did not happen"."""
    provenance: Literal["observed", "auto_closed", "imputed"] = "observed"
    imputed_when: Condition | None = None
    auto_closed_when: Condition | None = None
    source: str | None = None
    unit: str | None = None
    data: dict[str, object] = {}


class Function(Table, frozen=True, kw_only=True):
    """``[function]``: Python that reshapes rows before they are mapped; see :mod:`producers.mapping.shapes`."""

    name: str
    """``package.module:callable``: called with ``options``, it gives a callable: an iterator of rows to one of rows."""
    options: dict[str, object] = {}


class Mapping(Table, frozen=True, kw_only=True):
    """A whole mapping file."""

    title: str
    source: str
    unit: str
    zone: str
    name: str = ""
    """The file's name without its ending."""
    about: str = ""
    time_format: str | tuple[str, ...] = "iso"
    """How times are written that do not say it themselves."""
    read: Reading = Reading()
    function: Function | None = None
    drop: tuple[str, ...] = ()
    """Columns left out on purpose, such as names and phone numbers; ``*`` at the end stands for
    whatever else begins so."""
    data: dict[str, object] = {}
    """Fields for every event whose kind has them."""
    values: dict[str, Value] = {}
    times: dict[str, Time] = {}
    skip: tuple[Skip, ...] = ()
    event: tuple[EventRule, ...]

    @property
    def stateful(self) -> bool:
        """Whether a row's events depend on other rows, so that reading must always begin at the file's first row."""
        return self.function is not None


def ready() -> dict[str, Traversable]:
    """The mappings that are shipped, by name."""
    folder = resources.files("producers.mappings")
    return {
        entry.name[:-5]: entry
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".toml")
    }


def text_of(path_or_name: str | Path) -> tuple[str, str]:
    """The name and the text of a mapping file, given by its path or, for a shipped one, by its name."""
    path = Path(path_or_name)
    shipped = ready()
    if not path.is_file() and str(path_or_name) in shipped:
        return str(path_or_name), shipped[str(path_or_name)].read_text(encoding="utf-8")
    try:
        return path.stem, path.read_text(encoding="utf-8-sig")
    except OSError as error:
        hint = nearest(path.stem, shipped)
        raise BadSetup(f"there is no mapping {path_or_name} ({error.strerror}); {hint}") from error
    except UnicodeDecodeError as error:
        raise BadSetup(f"the mapping {path_or_name} is not UTF-8 text; save it as UTF-8") from error


def parse(text: str, *, name: str) -> tuple[Mapping, Lines]:
    """The record of a mapping file's text. Raises :class:`BadSetup` with every fault of its form."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetup(f"{name}.toml is not TOML: {error}") from error
    lines = locate(text)
    faults: list[FileFault] = []
    document["name"] = name
    mapping = _record(Mapping, document, (), _Place(name, lines, faults))
    if mapping is None or faults:
        raise refused(name, faults)
    return mapping, lines


def refused(name: str, faults: list[FileFault]) -> BadSetup:
    """The error that lists everything wrong with a mapping file, in the order of the file."""
    ordered = tuple(sorted(faults, key=lambda fault: fault.line))
    count = "1 fault" if len(ordered) == 1 else f"{len(ordered)} faults"
    return BadSetup(f"{name}.toml has {count}:\n" + "\n".join(map(str, ordered)), ordered)


def fault_at(name: str, lines: Lines, path: KeyPath, value: object, rule: str, todo: str) -> FileFault:
    """A fault of a mapping file with the line and the key at which it stands."""
    shown = value if isinstance(value, str) else repr(value)
    return FileFault(
        file=f"{name}.toml",
        line=lines.of(path),
        field=".".join(map(str, path)),
        value=repr(shown if len(shown) <= 80 else shown[:79] + "…"),
        rule=rule,
        todo=todo,
    )


_NESTED: dict[str, type[Table]] = {"read": Reading, "function": Function}
_NAMED: dict[str, type[Table]] = {"values": Value, "times": Time}
_LISTED: dict[str, type[Table]] = {"skip": Skip, "event": EventRule, "cases": Case}

T = TypeVar("T", bound=Table)


class _Place(msgspec.Struct):
    """The file being read, and the faults found in it so far."""

    name: str
    lines: Lines
    faults: list[FileFault]

    def blame(self, path: KeyPath, value: object, rule: str, todo: str) -> None:
        self.faults.append(fault_at(self.name, self.lines, path, value, rule, todo))


def _record(kind: type[T], table: dict[str, object], path: KeyPath, place: _Place) -> T | None:
    """A record from its table, key by key so that every fault is found; ``None`` where one was."""
    before = len(place.faults)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    found: dict[str, object] = {}
    for key, given in table.items():
        if key not in fields:
            place.blame((*path, key), given, "is not a key of this table", nearest(key, fields))
            continue
        found[fields[key].name] = _field(key, given, fields[key].type, (*path, key), place)
    for key, field in fields.items():
        if field.required and key not in table:
            place.blame(path, "nothing", f"{key} is missing", f"add {key} = …")
    return kind(**found) if len(place.faults) == before else None


def _field(key: str, given: object, wanted: object, path: KeyPath, place: _Place) -> object:
    if key in _NESTED and isinstance(given, dict):
        return _record(_NESTED[key], given, path, place)
    if key in _NAMED and isinstance(given, dict) and all(isinstance(item, dict) for item in given.values()):
        return {name: _record(_NAMED[key], item, (*path, name), place) for name, item in given.items()}
    if key in _LISTED and isinstance(given, list) and all(isinstance(item, dict) for item in given):
        return tuple(_record(_LISTED[key], item, (*path, n), place) for n, item in enumerate(given))
    try:
        return msgspec.convert(given, wanted)
    except msgspec.ValidationError as error:
        place.blame(path, given, str(error).replace("`", ""), "see docs/mapping.md for this key")
        return None
