"""One partition of the bus in a worker: its claim, its operator, and what storage is known to hold of its units.

State follows law 3: what is in memory is a cache of the tables, made anew when the partition is opened.
"""

from collections.abc import Iterable, Sequence

import msgspec

from pantau.bus.claims import Claim, LateFlush, Page
from pantau.domain.entries import FactId
from pantau.domain.registry import Registry
from stream_processors.assembly import Assembly, Changes
from stream_processors.known import Known
from stream_processors.reading import Read, Record, read
from stream_processors.tables import Tables


class Opened(msgspec.Struct, frozen=True):
    """What opening a partition did: for logs and metrics."""

    repaired: int
    rebuilt: int


class Partition:
    """A claimed partition. Every method that takes tables blocks and may raise NotNow.

    One thread may call it; another may meanwhile :meth:`learn`.
    """

    def __init__(self, claim: Claim, registry: Registry, units: Iterable[str]) -> None:
        self.claim = claim
        self.began = claim.seq
        self._own(units)
        self.assembly = Assembly(registry, units=self.units)
        self.dropped = False
        self._written = Known()
        self._learned: tuple[list[str], Known] | None = None
        """The units, and what was stored of them when they were taken on, once all of it is learned."""
        self.pages: set[Page] = set()

    @property
    def name(self) -> str:
        """What the claim calls it: topic and number."""
        return self.claim.name

    def open(self, tables: Tables, changed: Sequence[str], *, since: int) -> Opened:
        """Make the tables whole again and learn what they hold.

        Windows that former owners were to change since an instant (ms UTC) are redone also if they were finished: one
        of them may have written behind the back of another.

        ``changed`` are the units whose past the registry now in force judges otherwise than the one of the claim: their
        facts and windows are rebuilt. The claim must be a new one: nothing was written under its epoch.
        """
        registry = self.assembly.registry
        mine = set(self.units)
        pages = tables.unfinished_pages(self.claim)
        pages |= {page for flush in tables.late_flushes([self.name], since=since) for page in flush.pages}
        pages = {page for page in pages if page[1] in mine}
        repaired = tables.repair(registry, pages, tables.version(self.claim.epoch, self.claim.seq))
        tables.settle(self.claim)
        if changed:
            self._rebuild(tables, changed)
        self._judge_by(registry)
        self._learn_pages(tables, self.units)
        return Opened(repaired, len(changed))

    def use(self, registry: Registry, units: Iterable[str], tables: Tables, changed: Sequence[str]) -> None:
        """Judge by another registry from now on; the units whose past it changes are rebuilt from the log."""
        self._own(units)
        self.assembly.registry, self.assembly.units = registry, self.units
        self.assembly.forget()
        if changed:
            self._rebuild(tables, changed)
        self._judge_by(registry)
        self._learn_pages(tables, self.units)

    def learn(self, tables: Tables) -> int:
        """Learn which facts are stored of the units, to look only those up; how many there are.

        Until it is done every fact that is not in memory is looked up. Call it again after :meth:`use`.
        """
        units, learned, n = self.units, Known(), 0
        for numbers in tables.fact_numbers(units):
            if self.dropped or self.units is not units:
                return n
            learned.add(numbers)
            n += len(numbers)
        self._learned = units, learned
        return n

    def heal(self, late: Sequence[LateFlush], tables: Tables) -> None:
        """Redo the windows that a former owner was about to change while this one was already at work.

        Its facts are sets of real events, so none is wrong; but a cell of this owner may have been reckoned from a fact
        seen before or after the latecomer's, so the cells are taken from the facts and memory is given up.
        """
        pages = {page for flush in late for page in flush.pages}
        units = sorted({unit for _, unit in pages})
        self.assembly.forget()
        for numbers in tables.fact_numbers(units):
            self._written.add(numbers)
        self.pages |= pages  # the repair may write the first cells of a page
        self._learn_pages(tables, units)
        self.claim = msgspec.structs.replace(self.claim, seq=self.claim.seq + 1)
        tables.repair(self.assembly.registry, pages, tables.version(self.claim.epoch, self.claim.seq))

    def after(self, next_offset: int) -> Claim:
        """The claim once everything before an offset is in the tables; never behind what was written already."""
        claim = self.claim
        return msgspec.structs.replace(
            claim, seq=max(next_offset, claim.seq + 1), next_offset=max(next_offset, claim.next_offset)
        )

    def pass_over(self, next_offset: int) -> None:
        """The bus has no record before an offset that is not in the tables."""
        self.claim = msgspec.structs.replace(self.claim, next_offset=max(next_offset, self.claim.next_offset))

    def begin_anew(self) -> None:
        """What the bus holds is not what the offset was reckoned in: nothing of it is in the tables for certain."""
        self.claim = msgspec.structs.replace(self.claim, seq=self.claim.seq + 1, next_offset=0)

    def unbroken(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records up to the first one before which another is missing: what is behind it must wait for that one."""
        next_offset = self.claim.next_offset
        for n, record in enumerate(records):
            if record.offset > next_offset:
                return records[:n]
            next_offset = max(next_offset, record.offset + 1)
        return records

    def read(self, records: Sequence[Record], *, secret: bytes) -> Read:
        """The events of records, and what is refused or belongs in another partition."""
        assembly = self.assembly
        return read(records, units=self._members, names=assembly.names, registry=assembly.registry, secret=secret)

    def newest_pages(self) -> set[Page]:
        """The last local day of each unit that has windows."""
        newest: dict[str, int] = {}
        for day, unit in self.pages:
            newest[unit] = max(day, newest.get(unit, day))
        return {(day, unit) for unit, day in newest.items()}

    def may_hold(self, fact_ids: Sequence[FactId], numbers: Sequence[int]) -> list[FactId]:
        """Those of the facts, whose numbers are given, that storage may hold."""
        if self._learned is None or self._learned[0] is not self.units:
            return [*fact_ids]
        known = self._learned[1].among(numbers) | self._written.among(numbers)
        return [fact_id for fact_id, number in zip(fact_ids, numbers, strict=True) if number in known]

    def wrote(self, numbers: Iterable[int]) -> None:
        """Storage holds facts of these numbers too from now on."""
        self._written.add(numbers)

    def absent_cells(self, changes: Changes) -> list[tuple[str, str, int, str, str, int]]:
        """The changed cells that are not in memory and that storage may hold."""
        return self.assembly.absent_cells(changes)

    def _own(self, units: Iterable[str]) -> None:
        self.units = sorted(units)
        self._members = frozenset(self.units)

    def _judge_by(self, registry: Registry) -> None:
        """Say which registry is in force; of two rows of a claim the one with the higher ``seq`` holds."""
        if self.claim.registry != registry.version:
            self.claim = msgspec.structs.replace(self.claim, registry=registry.version, seq=self.claim.seq + 1)

    def _rebuild(self, tables: Tables, changed: Sequence[str]) -> None:
        self.claim = claim = msgspec.structs.replace(self.claim, seq=self.claim.seq + 1)
        registry = self.assembly.registry
        scratch = "recomputed_" + "".join(each if each.isalnum() else "_" for each in claim.name)
        tables.rebuild(registry, units=changed, version=tables.version(claim.epoch, claim.seq), scratch=scratch)

    def _learn_pages(self, tables: Tables, units: Sequence[str]) -> None:
        self.pages |= tables.pages(units)
        self.assembly.stored(self.pages)
