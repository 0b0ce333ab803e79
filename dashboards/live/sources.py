"""How the sources are at an instant: who speaks, who is silent, whose clock lies, what was refused."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

import msgspec

from dashboards.live.models import Fault, Reject, SourceCount, SourceRow, Sources
from dashboards.live.reading import Reader, Row, main_zone, units_at
from dashboards.live.states import CLOCK_CODES, RHYTHM_LEAST, SOURCE_ORDER, SourceFacts, source_state
from pantau.domain.calendars import is_open, working_ms
from pantau.domain.clock_faults import ClockFault, in_words, judge
from pantau.domain.clocks import ClockSummary, together
from pantau.domain.registry import Registry, Source

_KEPT_SECONDS = 5
"""How long an answer is kept: health changes by the minute, and counting events costs."""

_summary = msgspec.json.Decoder(ClockSummary)

CALM = frozenset({"good", "rare", "none"})
"""States of a source that ask nothing of anybody."""


def sources(reader: Reader, now: int) -> Sources:
    """Every source that has sent or been refused something, those in need first."""
    registry = reader.registry

    health = reader.kept("health", _KEPT_SECONDS, lambda: reader.ask("source_health", as_of=now))
    rhythms: dict[str, list[Row]] = defaultdict(list)
    for row in spoken(reader, now):
        rhythms[row["source"]].append(row)
    faults = reader.kept(("clocks", registry.version), _KEPT_SECONDS, lambda: _faults(reader, registry))
    zone = main_zone(units_at(registry, now))
    rows = [
        _row(registry, row, rhythms.get(row["source"], []), faults.get(row["source"], ()), now, zone) for row in health
    ]
    return Sources(
        as_of=now,
        zone=zone,
        started=any(row.last_event is not None for row in rows),
        sources=sorted(rows, key=lambda row: (SOURCE_ORDER[row.state], row.name)),
    )


def count(found: Sources) -> SourceCount:
    """How many sources there are, and how many of them need somebody."""
    return SourceCount(known=len(found.sources), troubled=sum(row.state not in CALM for row in found.sources))


def _faults(reader: Reader, registry: Registry) -> dict[str, tuple[ClockFault, ...]]:
    """What is wrong with each source's clock, by all that was ever counted of it; some seconds old."""
    found = {}
    for name, clock in together(_summary.decode(row["summary"]) for row in reader.ask("source_summaries")).items():
        ruled = registry.source(name) or Source(name=name)
        found[name] = judge(clock, tolerance_ms=ruled.tolerance_ms, correct=partial(registry.correct, name))
    return found


def spoken(reader: Reader, now: int) -> list[Row]:
    """For which unit each source spoke in the last days, how often, and how late."""
    return reader.kept("rhythms", _KEPT_SECONDS, lambda: reader.ask("page_rhythms", as_of=now))


def usual_gap(registry: Registry, unit: str, rows: Sequence[Row], now: int) -> int | None:
    """Office time of a unit per event in rows of ``spoken``; None where there are too few."""
    events = sum(int(row["events"]) for row in rows)
    if events < RHYTHM_LEAST:
        return None
    first = min(int(row["first_event_ms"]) for row in rows)
    last = max(int(row["last_event_ms"]) for row in rows)
    return working_ms(registry.calendar(unit, now), first, last) // events


def _row(
    registry: Registry, row: Row, rhythms: Sequence[Row], faults: Sequence[ClockFault], now: int, zone: str
) -> SourceRow:
    name = row["source"]
    ruled = registry.source(name)
    units = [unit for rhythm in rhythms if (unit := registry.unit(rhythm["unit"])) is not None]
    last_event, last_arrival = row["last_event_ms"], row["last_arrival_ms"]
    gap = quiet = None
    working = False
    if units and last_arrival is not None:
        calendar = registry.calendar(units[0].code, now)
        working = is_open(calendar, now)
        last_event = max(int(rhythm["last_event_ms"]) for rhythm in rhythms)  # none of them lies after now
        quiet = working_ms(calendar, last_event, now)
        gap = usual_gap(registry, units[0].code, rhythms, now)
    rejects = [Reject(code=code, times=times) for code, times in zip(row["codes"], row["times"], strict=True)]
    rejects.sort(key=lambda reject: -reject.times)
    most = max(rhythms, key=lambda rhythm: int(rhythm["events"]), default=None)
    delay = most["delay_ms"] if most else None
    state = source_state(
        SourceFacts(
            ever=last_arrival is not None,
            live=ruled.live if ruled else True,
            working=working,
            quiet_ms=quiet,
            usual_gap_ms=gap,
            delay_ms=delay,
            clock_faults=sum(fault.kind != "frozen" for fault in faults)
            + sum(reject.times for reject in rejects if reject.code in CLOCK_CODES),
            frozen=any(fault.kind == "frozen" for fault in faults),
            events=int(row["events_24h"] or 0),
            rejects=sum(reject.times for reject in rejects),
        )
    )
    return SourceRow(
        name=name,
        state=state,
        units=[unit.name for unit in units],
        zone=units[0].zone if units else zone,
        events_24h=int(row["events_24h"] or 0),
        last_event=last_event,
        last_arrival=last_arrival,
        delay_ms=delay,
        usual_gap_ms=gap,
        quiet_ms=quiet,
        faults=[
            Fault(id=in_words(fault, "id"), en=in_words(fault, "en"), mendable=fault.shift_ms is not None)
            for fault in faults
        ],
        rejects=rejects,
        retryable=int(row["retryable"] or 0),
    )
