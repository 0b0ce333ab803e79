"""Evidence for a slice: merged windows, visits, answers and facts of an instant, read with named queries, by group.

Windows answer wherever they can; what they do not keep (channel, counter, exact percentiles, thresholds) is read from
facts, with the same rules in ``queries/indicators.sql``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from pantau.domain.facts import ELEMENTS
from pantau.domain.histogram import EDGES
from pantau.domain.indicators import FAMILIES, Choices, Evidence, Exact, Indicator
from pantau.domain.registry import Registry
from pantau.domain.requests import Request
from pantau.domain.windows import Accumulator
from pantau.domain.zones import DAY, day_start, offset_ms
from storage.engine import Answer
from storage.overview import day_number

Query = Callable[[str, Mapping[str, Any]], Answer]

NEVER = 65_535
"""A day number that does not come: trained never."""

_FOREVER = 2**53


class Group(msgspec.Struct, frozen=True):
    """Codes of what a row of the answer is about; the empty text, -1 and 0 where it is not split by it.

    ``time`` is a day number, an hour of the day, ms UTC or a phase of an intervention, as the request's time says.
    """

    place: str = ""
    service: str = ""
    channel: str = ""
    counter: str = ""
    trained: int = -1
    time: int = 0


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Which units and local days are read, and how they are grouped. ``trained_from`` is a day number per unit."""

    units: tuple[str, ...]
    places: tuple[str, ...]
    first_day: date
    last_day: date
    time: str = ""
    trained_from: Mapping[str, int] = {}
    untrained_only: bool = False
    phase_starts: int = 0
    phase_ends: int = 0


class Course(msgspec.Struct, frozen=True):
    """A training or another measure at one unit; ``ends`` is None while it goes on."""

    unit: str
    source: str
    subject: str
    kind: str
    title: str
    starts: date
    ends: date | None
    completed: bool


def courses(query: Query, units: Sequence[str]) -> list[Course]:
    """The interventions of units, by start."""
    return [
        Course(
            row["unit"],
            row["source"],
            row["subject"],
            row["kind"],
            row["title"],
            date.fromisoformat(row["starts"]),
            date.fromisoformat(row["ends"]) if row["ends"] else None,
            bool(row["completed"]),
        )
        for row in query("interventions_of", {"units": [*units]}).dicts()
    ]


def trained_from(found: Iterable[Course]) -> dict[str, int]:
    """Unit -> number of the local day from which it is trained: the day its first completed training ended."""
    first: dict[str, int] = {}
    for course in found:
        if course.kind == "training" and course.completed:
            day = day_number(course.ends or course.starts)
            first[course.unit] = min(first.get(course.unit, NEVER), day)
    return first


def data_days(query: Query, units: Sequence[str]) -> tuple[date, date] | None:
    """The first and the last local day on which these units have data; None without any."""
    first, last, cells = query("data_days", {"units": [*units]}).rows[0]
    return (date(1970, 1, 1) + timedelta(first), date(1970, 1, 1) + timedelta(last)) if cells else None


def reported_measures(query: Query, units: Sequence[str]) -> list[str]:
    """The names under which sources report totals of these units."""
    return [name for (name,) in query("reported_measures", {"units": [*units]}).rows]


def offsets(zone: str, since: int, until: int) -> tuple[list[int], list[int]]:
    """A zone's clock changes in [since, until): instants (the first is "always") and the offset from each on, ms."""
    changes, found = [-_FOREVER], [offset_ms(zone, since)]
    at = since
    while at < until:
        following = min(at + DAY, until)
        after = offset_ms(zone, following)
        if after != found[-1]:
            early, late = at, following
            while late - early > 1:
                middle = (early + late) // 2
                early, late = (early, middle) if offset_ms(zone, middle) == after else (middle, late)
            changes.append(late)
            found.append(after)
        at = following
    return changes, found


def parameters(request: Request, scope: Scope, registry: Registry, choices: Choices) -> dict[str, Any]:
    """What the queries of indicators.sql are asked with: lists, never tuples, for they may travel as JSON does."""
    zones = sorted({registry.zone(unit) for unit in scope.units})
    since = min((day_start(zone, scope.first_day) for zone in zones), default=0)
    until = max((day_start(zone, scope.last_day + timedelta(1)) for zone in zones), default=0)
    tables = [offsets(zone, since, until) for zone in zones] or [([-_FOREVER], [0])]
    one = len({tuple(found) for _, found in tables}) == 1 and len(tables[0][1]) == 1
    return {
        "units": [*scope.units],
        "places": [*scope.places],
        "trained_from": [scope.trained_from.get(unit, NEVER) for unit in scope.units],
        "zone_of": [zones.index(registry.zone(unit)) + 1 for unit in scope.units],
        "zone_changes": [changes for changes, _ in tables],
        "zone_offsets": [found for _, found in tables],
        "one_offset": int(one),
        "offset": tables[0][1][0],
        "services": [*request.services],
        "channels": [*request.channels],
        "counters": [*request.counters],
        "by_service": int("service" in request.by),
        "by_channel": int("channel" in request.by),
        "by_counter": int("counter" in request.by),
        "by_trained": int("trained" in request.by),
        "time": scope.time,
        "size": {"hour": "30m", "30m": "30m", "5m": "5m"}.get(scope.time, "1d"),
        "first_day": day_number(scope.first_day),
        "last_day": day_number(scope.last_day),
        "since": since,
        "until": until,
        "phase_starts": scope.phase_starts,
        "phase_ends": scope.phase_ends,
        "untrained": int(scope.untrained_only),
        "edges": [*EDGES],
        "exact": int(choices.percentile == "exact"),
        "within": choices.within_ms if choices.within_ms is not None else -1,
        "zero_waits": int(choices.zero_waits == "counted"),
        "leavers": choices.leavers,
        "as_of": request.as_of,
    }


_ANSWERS = ("rating", "surveys", *("element." + name for name in ELEMENTS), "skm_", "complaint", "reported_")


def is_answer(measure: str) -> bool:
    """Whether a measure comes from what people or sources said, not from visits."""
    return measure.startswith(_ANSWERS)


def effective_reads(indicator: Indicator, request: Request) -> tuple[str, ...]:
    """The measures an indicator reads in this slice.

    Where a channel is asked for, an answer's channel is the one it came by, so answers do not mix with visits there.
    """
    if request.splits and any(is_answer(measure) for measure in indicator.reads):
        return tuple(measure for measure in indicator.reads if is_answer(measure))
    return indicator.reads


def needs_facts(indicator: Indicator, request: Request, choices: Choices) -> bool:
    """Whether windows do not keep what an indicator needs in this slice."""
    return bool(
        indicator.visits_only
        or request.splits
        or (choices.percentile == "exact" and "percentile" in indicator.touched_by)
        or (choices.leavers != "standard" and indicator.name == "promise")
        or (request.time == "5m" and ("service" in request.by or request.services))
    )


def read(
    query: Query,
    registry: Registry,
    request: Request,
    scope: Scope,
    indicators: Sequence[Indicator],
    choices: Choices,
) -> dict[Group, Evidence]:
    """Everything the indicators need, by group; a group that nothing is known of is not there."""
    from_windows: set[str] = set()
    from_facts: set[str] = set()
    for indicator in indicators:
        (from_facts if needs_facts(indicator, request, choices) else from_windows).update(
            effective_reads(indicator, request)
        )
    snapshots = {measure for measure in from_facts if measure.startswith("seen_")}
    from_facts -= snapshots  # these are kept in windows only, and never asked for by channel or counter
    from_windows = (from_windows | snapshots) - from_facts
    asked = parameters(request, scope, registry, choices)
    found: dict[Group, Evidence] = defaultdict(Evidence)
    for name, measures in (
        ("window_cells", from_windows),
        ("visit_cells", {measure for measure in from_facts if not is_answer(measure)}),
        ("answer_cells", {measure for measure in from_facts if is_answer(measure)}),
    ):
        if measures and scope.units:
            _gather(query(name, {**asked, "measures": sorted(measures)}), found)
    facts = {indicator.facts for indicator in indicators}
    if "snapshot_peaks" in facts and not request.splits:
        for row in query("snapshot_peaks", asked).dicts():
            now = found[group_of(row)].now
            now["seen_n"], now["seen_p95"], now["seen_most"] = row["n"], row["p95"], row["most"]
    if "counter_time" in facts and "channel" not in request.splits:
        for row in query("counter_time", asked).dicts():
            now = found[group_of(row)].now
            now["counter_open_ms"], now["counter_days"] = row["open_ms"], row["n"]
    _tell_families(found)
    return dict(found)


def _tell_families(found: Mapping[Group, Evidence]) -> None:
    """Say to every group what its place (and service, channel, counter) has in any of the times that were read."""
    places: dict[Group, set[str]] = defaultdict(set)
    for group, evidence in found.items():
        here = places[msgspec.structs.replace(group, trained=-1, time=0)]
        here.update(name for name, measures in FAMILIES.items() if evidence.n(*measures))
    for group, evidence in found.items():
        evidence.families = frozenset(places[msgspec.structs.replace(group, trained=-1, time=0)])


def group_of(row: Mapping[str, Any]) -> Group:
    """The group a row of any of these queries is about."""
    return Group(
        row["place"],
        row["service_key"],
        row.get("channel_key", ""),
        row.get("counter_key", ""),
        row.get("trained_key", -1),
        row.get("time_key", 0),
    )


def _gather(answer: Answer, found: dict[Group, Evidence]) -> None:
    for row in answer.dicts():
        if not row["n"]:
            continue  # a cell that was emptied says nothing
        evidence = found[group_of(row)]
        histogram = dict(zip(row["bucket_edges"], row["bucket_counts"], strict=True))
        evidence.cells[row["measure"]] = Accumulator(
            row["n"], row["total"], row["imputed"], row["auto_closed"], histogram
        )
        if row["exact"]:
            evidence.exact[row["measure"]] = Exact(tuple(row["exact"]), row["within"])
