"""Every source's clock, watched as events pass: what is counted, kept in the table ``source_health``, and concluded."""

import time
from collections.abc import Iterable

import msgspec
import numpy as np

from pantau.domain.accepted import Accepted
from pantau.domain.clock_faults import ClockFault, ClockProposal, judge, propose
from pantau.domain.clocks import ClockSummary, ClockWatch, expected_time, together
from pantau.domain.closing import is_own
from pantau.domain.columns import Ints
from pantau.domain.events import CounterSnapshot, Event
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Language, Rejection
from pantau.domain.visit_columns import LEFT
from storage.queries import sql
from storage.store import Block, Store

KEEP_EVERY_SECONDS = 10.0

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

    Counts are of what passed, so a file that is replayed twice counts twice; a crash loses the last seconds of them.
    They tell how a clock is, no indicator rests on them.
    """

    def __init__(self, store: Store, *, part: str | None = None) -> None:
        """Go on from what was counted before: by all, or by the ``part`` (a partition of the bus) alone."""
        self._part = part
        self._watches: dict[str, ClockWatch] = {}
        rows = store.engine.query(sql("source_summaries")).rows
        self._kept = together(_decoder.decode(text) for _, of, text, _ in rows if part is None or of == part)
        self._changed: set[str] = set()
        self._kept_at = time.monotonic()

    def see(self, events: Accepted, registry: Registry) -> None:
        """Accepted events, as they were appended. That a day was closed tells nothing of a source's clock."""
        tickets = events.tickets
        said = np.ones(len(tickets), np.bool_)
        for place in np.flatnonzero(tickets.kind == LEFT).tolist():
            said[place] = not is_own(tickets.id[place])
        for code in np.unique(tickets.source.codes[said]).tolist():
            mine = said & (tickets.source.codes == code)
            self._see(str(tickets.source.names[code]), tickets.time[mine], tickets.arrival[mine], registry)
        by_source: dict[str, list[Event]] = {}
        for event in events.others:
            by_source.setdefault(event.source, []).append(event)
        for name, some in by_source.items():
            times = np.array([event.time for event in some], np.int64)
            watch = self._see(name, times, np.array([event.arrival for event in some], np.int64), registry)
            for event in some:
                if isinstance(event.data, CounterSnapshot):
                    watch.see_snapshot(event.time, event.data)

    def _see(self, source: str, times: Ints, arrivals: Ints, registry: Registry) -> ClockWatch:
        rule = registry.source(source)
        watch = self._watches.get(source) or self._watch(source, rule, registry)
        watch.see_all(times, arrivals if rule is not None and rule.live else None)
        self._changed.add(source)
        return watch

    def see_repeated(self, duplicates: dict[str, int], conflicts: dict[str, int]) -> None:
        """How often sources repeated or contradicted themselves in a flush."""
        for source, n in duplicates.items():
            if (watch := self._watches.get(source)) is not None:  # none where only its day was closed again
                for _ in range(n):
                    watch.see_duplicate()
        for source, n in conflicts.items():
            if (watch := self._watches.get(source)) is not None:
                for _ in range(n):
                    watch.see_conflict()

    def see_refused(self, rejections: Iterable[Rejection], registry: Registry) -> None:
        """Refused events whose time can be read: a lying clock is seen in what is refused for it."""
        for rejection in rejections:
            if rejection.code not in ("future", "too_old", "clock"):
                continue
            if rejection.time is None:
                continue
            rule = registry.source(rejection.source)
            watch = self._watches.get(rejection.source) or self._watch(rejection.source, rule, registry)
            watch.see(rejection.time, rejection.arrival if rule is not None and rule.live else None)
            self._changed.add(rejection.source)

    def blocks_to_keep(self, *, now: bool = False) -> list[Block]:
        """What is to be written: nothing until some seconds have passed since the last time, unless ``now``."""
        if not self._changed or not (now or time.monotonic() - self._kept_at >= KEEP_EVERY_SECONDS):
            return []
        sources = sorted(self._changed)
        self._changed.clear()
        self._kept_at = time.monotonic()
        version = time.time_ns() // 1_000_000
        summaries = [_encoder.encode(self.summary(source)).decode() for source in sources]
        versions = [version] * len(sources)
        if self._part is None:
            return [Block("source_health", _COLUMNS, (sources, summaries, versions))]
        columns = (_COLUMNS[0], ("part", "LowCardinality(String)"), *_COLUMNS[1:])
        return [Block("source_clocks", columns, (sources, [self._part] * len(sources), summaries, versions))]

    def summary(self, source: str) -> ClockSummary:
        """All that was counted of a source, since ever."""
        watch, kept = self._watches.get(source), self._kept.get(source)
        if watch is None:
            return kept if kept is not None else ClockSummary(source=source)
        counted = watch.summary()
        return counted if kept is None or kept.expected != counted.expected else kept + counted

    def clocks(self, registry: Registry, language: Language = "id") -> list[SourceClock]:
        """Every source's clock, judged with the corrections in force."""
        found = []
        for source in sorted({*self._watches, *self._kept}):
            summary = self.summary(source)
            rule = registry.source(source)
            tolerance = rule.tolerance_ms if rule is not None else Source(name=source).tolerance_ms

            def correct(raw: int, source: str = source) -> int:
                return registry.correct(source, raw)

            found.append(
                SourceClock(
                    summary,
                    judge(summary, tolerance_ms=tolerance, correct=correct),
                    propose(summary, tolerance_ms=tolerance, correct=correct, language=language),
                )
            )
        return found

    def _watch(self, source: str, rule: Source | None, registry: Registry) -> ClockWatch:
        expected: tuple[int, int] | None = None
        if rule is not None:
            units = rule.units
            zones = {registry.zone(u) for u in units if registry.unit(u) is not None} if units else registry.zones
            expected = expected_time(rule, zones) if zones else None
        watch = self._watches[source] = ClockWatch(source, expected)
        return watch
