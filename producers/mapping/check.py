"""What a mapping makes of a file, before anything is sent: the report of ``pantau mapping check``."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pantau.domain.errors import BadEvent, Fault
from pantau.domain.events import VOCABULARY
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Rejection
from pantau.domain.spans import Language
from pantau.domain.tally import Reason, Tally
from pantau.domain.validation import accept_data
from producers.mapping.compile import compile
from producers.mapping.drafts import Draft, Row, Skipped, Unreadable
from producers.mapping.model import Mapping
from producers.mapping.parquet import Query
from producers.mapping.plan import is_dropped
from producers.mapping.readers import Rows, read
from producers.mapping.taken_again import TakenAgain
from producers.mapping.unnamed import Unnamed
from producers.mapping.wording import Wording, retelling

CHECK_KEY = b"only for looking at a mapping"
"""Keys the pseudonyms of a report, which nobody keeps."""


class BadRow(msgspec.Struct, frozen=True):
    """A row that gives no events, and everything that is wrong with it."""

    row: int
    faults: tuple[Fault, ...]


class Report(msgspec.Struct, kw_only=True):
    """What was found. ``bad_rows`` holds the first ones only; ``bad`` and ``reasons`` count all."""

    mapping: str
    file: str
    rows: int = 0
    mapped: int = 0
    bad: int = 0
    kinds: Counter[str] = msgspec.field(default_factory=Counter)
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    reasons: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)
    """Field, rule and what to do -> how many rows it spoilt."""
    bad_rows: list[BadRow] = []
    drafts: list[Draft] = []
    unused: list[str] = []
    """Columns of the file that the mapping neither uses nor drops; nothing of them is stored."""
    absent: list[str] = []
    """Columns that the mapping uses and no row of the file has."""
    unnamed: dict[str, Counter[str]] = {}
    """Column -> values that no condition names, with their rows."""
    otherwise: dict[str, Counter[str]] = {}
    """Value with a map -> texts that the map does not hold and that became its ``otherwise``, with their rows."""
    taken_again: dict[str, list[str]] = {}
    """Source -> numbers of tickets that are taken again on another day, though nothing tells the two apart."""
    refused: list[Reason] = []
    """What the registry at hand has against the events, by reason."""
    unknown_sources: Counter[str] = msgspec.field(default_factory=Counter)
    unknown_services: Counter[str] = msgspec.field(default_factory=Counter)
    """Names that events carry and the registry at hand does not have, with their events."""
    first: int | None = None
    last: int | None = None
    """The earliest and latest time of an event, ms UTC."""

    @property
    def events(self) -> int:
        """How many events there are."""
        return self.kinds.total()


class Check:
    """A check that is being made: ``for _ in check`` runs through the rows, then ``check.report`` is complete.

    ``check.rows`` tells how far it is. With a ``registry`` each event is judged as if it arrived ``now`` (ms UTC).
    """

    def __init__(
        self,
        path: str | Path,
        mapping: Mapping,
        *,
        examples: int = 8,
        listed: int = 1000,
        language: Language = "id",
        query: Query | None = None,
        registry: Registry | None = None,
        now: int = 0,
    ) -> None:
        self.rows: Rows = read(path, mapping, query=query, language=language)
        self.report = Report(mapping=mapping.name, file=Path(path).name)
        self._unnamed = Unnamed()
        self._mapper = compile(mapping, key=CHECK_KEY, language=language, unnamed=self._unnamed)
        self._language = language
        self._registry = registry
        self._now = now
        self._sources: dict[str, Source | None] = {}
        self._services = frozenset(service.code for service in registry.services) if registry else frozenset[str]()
        self._tally = Tally(retelling())
        self._examples = examples
        self._listed = listed
        self._say = Wording(language)
        self._seen: dict[str, None] = {}
        self._taken_again = TakenAgain()

    def __iter__(self) -> Iterator[int]:
        """Row by row, the number of each."""
        for number, row in self.rows:
            self._row(number, row)
            yield number
        drop = self._mapper.mapping.drop
        used = set(self._mapper.columns)
        self.report.unused = [name for name in self._seen if name not in used and not is_dropped(name, drop)]
        if self.report.rows:
            optional = self._mapper.mapping.read.optional
            columns = self._mapper.columns
            self.report.absent = [name for name in columns if name not in self._seen and name not in optional]
        self.report.unnamed = {name: found for name, found in self._unnamed.conditions.items() if found}
        self.report.otherwise = {name: found for name, found in self._unnamed.maps.items() if found}
        self.report.taken_again = {**self._taken_again.taken()}
        self.report.refused = self._tally.reasons(self._language)

    def finish(self) -> Report:
        """The report, once all rows are read."""
        for _ in self:
            pass
        return self.report

    def _row(self, number: int, row: Row) -> None:
        report = self.report
        report.rows += 1
        if row.__class__ is not Unreadable and not row.keys() <= self._seen.keys():
            self._seen.update(dict.fromkeys(row))
        try:
            drafts = self._mapper.events(row)
        except BadEvent as error:
            self._refuse(number, error.faults)
            return
        if isinstance(drafts, Skipped):
            report.skipped[drafts.why] += 1
            return
        faults = [fault for draft in drafts for fault in self._invalid(draft)]
        if faults:
            self._refuse(number, tuple(dict.fromkeys(faults)))
            return
        report.mapped += 1
        report.drafts += drafts[: max(0, self._examples - len(report.drafts))]
        for draft in drafts:
            report.kinds[draft.kind] += 1
            report.first = draft.time if report.first is None else min(report.first, draft.time)
            report.last = draft.time if report.last is None else max(report.last, draft.time)
            self._taken_again.see(draft, self._registry.source(draft.source) if self._registry is not None else None)
            if self._registry is not None:
                self._judge(draft, self._registry)

    def _judge(self, draft: Draft, registry: Registry) -> None:
        """What a registry says of an event: whether it would be accepted, and whether its service has a promise."""
        if draft.source not in self._sources:
            self._sources[draft.source] = registry.source(draft.source)
        source = self._sources[draft.source]
        if source is None:
            self.report.unknown_sources[draft.source] += 1
            source = Source(name=draft.source, live=False)
        judged = accept_data(
            draft.kind,
            draft.data,
            id=draft.id,
            time=draft.time,
            registry=registry,
            source=source,
            now=self._now,
            secret=CHECK_KEY,
        )
        if isinstance(judged, Rejection):
            self._tally.add(draft.source, judged.code, judged.reasons)
        service = draft.data.get("service")
        if service is not None and service not in self._services:
            self.report.unknown_services[str(service)] += 1

    def _refuse(self, number: int, faults: tuple[Fault, ...]) -> None:
        self.report.bad += 1
        if len(self.report.bad_rows) < self._listed:
            self.report.bad_rows.append(BadRow(number, faults))
        for fault in faults:
            self.report.reasons[fault.field, fault.rule, fault.todo] += 1

    def _invalid(self, draft: Draft) -> Iterator[Fault]:
        """What an event's record says against it; units and clocks are judged by a registry, here or at arrival."""
        if not 0 < len(draft.id) <= 256:
            yield self._say.fault("type", "id", draft.id, what=f"{len(draft.id)} > 256")
        try:
            msgspec.convert(draft.data, VOCABULARY[draft.kind])
        except msgspec.ValidationError as error:
            message, _, where = str(error).partition(" - at ")
            field = where.strip("`").removeprefix("$.") or "data"
            yield self._say.fault("type", field, _at(draft.data, field), what=f"{draft.kind}: {message}")


def _at(data: object, path: str) -> object:
    for part in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(data, dict):
            data = data.get(part, "")
        elif isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
    return data
