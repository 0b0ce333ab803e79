"""Every source's clock, watched as events pass: what is counted, kept in the table ``source_health``, and concluded."""

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import msgspec
import numpy as np

from pantau.domain.accepted import Accepted
from pantau.domain.clock_faults import ClockFault, ClockProposal, judge, propose
from pantau.domain.clocks import ClockSummary, expected_time, together
from pantau.domain.closing import is_own
from pantau.domain.columns import NULL, Coded, Ints
from pantau.domain.events import CounterSnapshot
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Language, Rejection
from pantau.domain.visit_columns import LEFT
from storage.queries import sql
from storage.store import Block, Store
from stream_processors.clock_counts import ClockCounts

KEEP_EVERY_SECONDS = 10.0
"""How often counts are kept."""

KEPT_AT_ONCE = 1_000
"""Of how many sources then; where more were counted, it is each one's turn more seldom."""

_COLUMNS = (("source", "String"), ("summary", "String"), ("version", "UInt64"))
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(ClockSummary)


class SourceClock(msgspec.Struct, frozen=True):
    """What is known of one source's clock: its summary, its faults, and the corrections that would mend them."""

    summary: ClockSummary
    faults: tuple[ClockFault, ...]
    proposals: tuple[ClockProposal, ...]


class ClockWatches:
    """Counts live events against their arrival, imports against their expectation. Driven by the writer thread.

    Counts are of what passed, so a file that is replayed twice counts twice; a crash loses those not kept yet,
    and so does a partition that changes hands.
    They tell how a clock is, no indicator rests on them.
    """

    def __init__(self, store: Store, *, part: str | None = None, sources: Sequence[str] = ()) -> None:
        """Go on from what was counted before: by all, or by the ``part`` (a partition of the bus) alone.

        Where only some ``sources`` will be seen, nothing else is read.
        """
        self._part = part
        self._counts = ClockCounts()
        if part is None:
            found = store.engine.query(sql("source_summaries"))
        else:
            found = store.engine.query(sql("source_summaries_of_part"), {"part": part, "sources": sources})
        kept = together(_decoder.decode(row["summary"]) for row in found.dicts())
        self._kept = {source: _encoder.encode(summary) for source, summary in kept.items()}
        """As JSON: of most sources it is never needed as anything else."""
        self._kept_at = time.monotonic()
        self._live = np.zeros(0, np.bool_)
        """By a source's code whether the registry says that its events come live."""
        self._registry: Registry | None = None
        self._names: Sequence[str | None] = ()
        self._known = np.zeros(0, np.int64)
        """The codes of sources by their codes among the names of the last batch; 0 for one that was not met."""

    def see(self, events: Accepted, registry: Registry) -> None:
        """Accepted events, as they were appended. That a day was closed tells nothing of a source's clock."""
        tickets, counts = events.tickets, self._counts
        said = np.ones(len(tickets), np.bool_)
        for place in np.flatnonzero(tickets.kind == LEFT).tolist():
            said[place] = not is_own(tickets.id[place])
        codes = self._recoded(Coded(tickets.source.names, tickets.source.codes[said]), registry)
        counts.see(codes, tickets.time[said], self._came(codes, tickets.arrival[said]))
        self._see([(event.source, event.time, event.arrival) for event in events.others], registry)
        for event in events.others:
            if isinstance(event.data, CounterSnapshot):
                counts.see_snapshot(counts.sources.code(event.source), event.time, event.data)

    def see_repeated(self, duplicates: Mapping[str, int], conflicts: Mapping[str, int]) -> None:
        """How often sources repeated or contradicted themselves in a flush."""
        self._counts.see_repeated(duplicates, conflicts)

    def see_refused(self, rejections: Iterable[Rejection], registry: Registry) -> None:
        """Refused events whose time can be read: a lying clock is seen in what is refused for it."""
        self._see(
            [
                (rejection.source, rejection.time, rejection.arrival)
                for rejection in rejections
                if rejection.code in ("future", "too_old", "clock") and rejection.time is not None
            ],
            registry,
        )

    def due(self) -> list[Block]:
        """What it is time to write: nothing until some seconds have passed since the last time."""
        if time.monotonic() - self._kept_at < KEEP_EVERY_SECONDS:
            return []
        self._kept_at = time.monotonic()
        return self.blocks_to_keep(KEPT_AT_ONCE)

    def blocks_to_keep(self, most: int | None = None) -> list[Block]:
        """What is to be written of sources of which something was counted, of so many at ``most``."""
        summaries = self._summaries(self._counts.changed(most))
        if not summaries:
            return []
        version = time.time_ns() // 1_000_000
        sources = [summary.source for summary in summaries]
        texts = [_encoder.encode(summary).decode() for summary in summaries]
        versions = [version] * len(sources)
        if self._part is None:
            return [Block("source_health", _COLUMNS, (sources, texts, versions))]
        columns = (_COLUMNS[0], ("part", "LowCardinality(String)"), *_COLUMNS[1:])
        return [Block("source_clocks", columns, (sources, [self._part] * len(sources), texts, versions))]

    def clocks(self, registry: Registry, language: Language = "id") -> list[SourceClock]:
        """Every source's clock, judged with the corrections in force."""
        counted = self._summaries(np.arange(1, len(self._counts.sources)))
        kept = {source: _decoder.decode(text) for source, text in self._kept.items()}
        summaries = kept | {summary.source: summary for summary in counted}
        found = []
        for source, summary in sorted(summaries.items()):
            tolerance = (registry.source(source) or Source(name=source)).tolerance_ms
            correct = partial(registry.correct, source)
            faults = judge(summary, tolerance_ms=tolerance, correct=correct)
            proposals = propose(summary, tolerance_ms=tolerance, correct=correct, language=language)
            found.append(SourceClock(summary, faults, proposals))
        return found

    def _summaries(self, codes: Ints) -> list[ClockSummary]:
        """All that was counted of sources, since ever; what was counted under another expectation is left out."""
        found = []
        for counted in self._counts.summaries(codes):
            text = self._kept.get(counted.source)
            kept = None if text is None else _decoder.decode(text)
            found.append(kept + counted if kept is not None and kept.expected == counted.expected else counted)
        return found

    def _see(self, said: Sequence[tuple[str, int, int]], registry: Registry) -> None:
        """What (source, time, arrival) says of each."""
        if said:
            sources, times, arrivals = zip(*said, strict=True)
            codes = self._codes(sources, registry)
            self._counts.see(codes, np.array(times, np.int64), self._came(codes, np.array(arrivals, np.int64)))

    def _came(self, codes: Ints, arrivals: Ints) -> Ints:
        """When events of sources arrived, as far as that says anything."""
        came: Ints = np.where(self._live[codes], arrivals, NULL)
        return came

    def _recoded(self, sources: Coded, registry: Registry) -> Ints:
        """The codes of sources by their codes among other names, which are mostly those of the batch before."""
        if sources.names is not self._names:
            self._names, self._known = sources.names, np.zeros(0, np.int64)
        if len(self._names) > len(self._known):
            self._known = np.append(self._known, np.zeros(len(self._names) - len(self._known), np.int64))
        new = np.unique(sources.codes[self._known[sources.codes] == 0])
        names, _ = Coded(self._names, new).distinct(str)
        self._known[new] = self._codes(names, registry)
        return self._known[sources.codes]

    def _codes(self, names: Sequence[str], registry: Registry) -> Ints:
        """The codes of sources, of all of which it is known then whether they are live."""
        counts = self._counts
        codes = counts.codes(names, lambda name: _expected_of(name, registry))
        if registry is not self._registry:
            self._registry, self._live = registry, np.zeros(0, np.bool_)
        if len(counts.sources) > len(self._live):
            rules = [name is not None and registry.source(name) for name in counts.sources.names[len(self._live) :]]
            self._live = np.append(self._live, np.array([bool(rule and rule.live) for rule in rules]))
        return codes


def _expected_of(source: str, registry: Registry) -> tuple[int, int] | None:
    rule = registry.source(source)
    if rule is None:
        return None
    units = rule.units
    zones = {registry.zone(unit) for unit in units if registry.unit(unit) is not None} if units else registry.zones
    return expected_time(rule, zones) if zones else None
