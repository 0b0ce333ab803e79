"""Effects of trainings over what is stored: panels from windows and interventions, and the results as rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from pantau.domain.effects.assessments import Assessment, assess, measured
from pantau.domain.effects.evaluation import RULES, Rules
from pantau.domain.effects.outcomes import OUTCOMES, Outcome, WeekSums
from pantau.domain.effects.panels import Panel, monday, week_number
from pantau.domain.effects.programmes import Programme, Training, programmes
from pantau.domain.registry import Registry
from pantau.domain.zones import local_day
from storage.overview import day_number
from storage.slices import Query, data_days
from storage.store import Block

MOST_WEEKS = 130
"""How far back effects are looked for: two and a half years."""

Sums = dict[str, dict[tuple[str, int], WeekSums]]
"""Measure -> (unit, week) -> what its windows add up to."""

_COLUMNS = (
    ("kind", "LowCardinality(String)"),
    ("programme", "String"),
    ("outcome", "LowCardinality(String)"),
    ("title", "String"),
    ("verdict", "LowCardinality(String)"),
    ("reason", "LowCardinality(String)"),
    *((name, "Nullable(Float64)") for name in ("effect", "low", "high", "naive", "common", "before", "after")),
    ("trained", "Array(String)"),
    ("comparison", "Array(String)"),
    ("weeks_before", "UInt32"),
    ("weeks_after", "UInt32"),
    ("since", "Array(Int32)"),
    ("actual", "Array(Float64)"),
    ("expected", "Array(Float64)"),
    ("first_day", "UInt16"),
    ("last_day", "UInt16"),
    ("last_week", "UInt16"),
    ("content", "String"),
    ("computed_at", "DateTime64(3, 'UTC')"),
    ("version", "UInt64"),
    ("deleted", "UInt8"),
)


class Stored(msgspec.Struct, frozen=True):
    """An assessment as it was computed at an instant (ms UTC)."""

    assessment: Assessment
    computed_at: int


def trainings(query: Query, units: Sequence[str]) -> list[Training]:
    """The completed trainings of units."""
    return [
        Training(
            row["unit"],
            row["source"],
            row["subject"],
            row["title"],
            row["siasn_type"],
            row["jp"],
            row["participants"],
            date.fromisoformat(row["starts"]),
            date.fromisoformat(row["ends"] or row["starts"]),
        )
        for row in query("interventions_of", {"units": [*units]}).dicts()
        if row["kind"] == "training" and row["completed"]
    ]


def assessments(
    query: Query,
    registry: Registry,
    as_of: int,
    *,
    outcomes: Sequence[Outcome] = OUTCOMES,
    chosen: Sequence[Programme] | None = None,
    rules: Rules = RULES,
    live: bool = False,
) -> Iterator[Assessment]:
    """Judge every programme (or those ``chosen``) by each outcome, as of an instant (ms UTC). Blocks.

    Units of the same kabupaten are the comparison. Weeks that are over count; ``live`` takes the running one too and
    gives estimates without intervals. Deterministic: the same tables and the same day give the same answer.
    """
    everywhere = [unit.code for unit in registry.units]
    known = trainings(query, everywhere)
    asked = programmes(known) if chosen is None else [*chosen]
    days = data_days(query, everywhere) if asked else None
    if days is None:
        return
    kabupaten = {unit.code: unit.kabupaten for unit in registry.units}
    read: dict[tuple[str, ...], dict[str, Panel]] = {}
    for programme in asked:
        areas = {kabupaten[unit] for unit in programme.units if unit in kabupaten}
        units = tuple(code for code, area in kabupaten.items() if area in areas)
        if units not in read:
            weeks = _weeks(registry, units, days, as_of, live=live)
            sums = week_sums(query, units, weeks, [outcome.measure for outcome in outcomes])
            read[units] = {each.key: measured(each, sums[each.measure], units, weeks) for each in outcomes}
        for outcome in outcomes:
            yield assess(programme, outcome, read[units][outcome.key], known, rules=rules, live=live)


def _weeks(registry: Registry, units: Sequence[str], days: tuple[date, date], as_of: int, *, live: bool) -> range:
    """The weeks with data that are over everywhere; with ``live`` the running one too."""
    today = min(local_day(registry.zone(unit), as_of) for unit in units)
    last = min(week_number(days[1]), week_number(today) - (0 if live else 1))
    return range(max(week_number(days[0]), last - MOST_WEEKS + 1), last + 1)


def week_sums(query: Query, units: Sequence[str], weeks: range, measures: Iterable[str]) -> Sums:
    """Windows added up by measure, unit and week: integers, whatever order events came in."""
    wanted = sorted({*measures})
    found: Sums = {measure: {} for measure in wanted}
    if not weeks:
        return found
    asked = {
        "units": [*units],
        "measures": wanted,
        "first_day": day_number(monday(weeks.start)),
        "last_day": day_number(monday(weeks.stop) - timedelta(1)),
    }
    for row in query("effect_weeks", asked).dicts():
        found[row["measure"]][row["unit"], row["week"]] = WeekSums(
            row["n"], row["total"], row["bucket_edges"], row["bucket_counts"]
        )
    return found


def stored(query: Query) -> list[Stored]:
    """What was computed last, by kind, programme and outcome."""
    return [
        Stored(msgspec.json.decode(row["content"], type=Assessment), row["computed_ms"])
        for row in query("stored_effects", {}).dicts()
    ]


def computed_at(query: Query) -> int:
    """When effects were last computed, ms UTC; 0 if never."""
    ((at, effects),) = query("effects_computed", {}).rows
    return int(at) if effects else 0


def rows_to_keep(query: Query, computed: Sequence[Assessment], now: int) -> list[Block]:
    """The rows that make ``computed`` all that is stored: what is no longer asked about goes."""
    version = max(now, 1 + max((row["version"] for row in query("stored_effects", {}).dicts()), default=0))
    names = {(each.kind, each.programme, each.outcome) for each in computed}
    rows = [_row(each, now, version, deleted=0) for each in computed]
    rows += [
        _row(each.assessment, now, version, deleted=1)
        for each in stored(query)
        if (each.assessment.kind, each.assessment.programme, each.assessment.outcome) not in names
    ]
    return [Block("effects", _COLUMNS, [*zip(*rows, strict=True)])] if rows else []


def _row(each: Assessment, now: int, version: int, *, deleted: int) -> tuple[object, ...]:
    effect = each.effect
    values: Mapping[str, object] = {
        "kind": each.kind,
        "programme": each.programme,
        "outcome": each.outcome,
        "title": each.title,
        **{name: getattr(effect, name) for name in ("effect", "low", "high", "naive", "common", "before", "after")},
        "verdict": effect.verdict,
        "reason": effect.reason or "",
        "trained": [*effect.trained],
        "comparison": [*effect.comparison],
        "weeks_before": effect.weeks_before,
        "weeks_after": effect.weeks_after,
        "since": [week.since for week in effect.path],
        "actual": [week.actual for week in effect.path],
        "expected": [week.expected for week in effect.path],
        "first_day": day_number(each.first_day),
        "last_day": day_number(each.last_day),
        "last_week": day_number(each.last_week),
        "content": msgspec.json.encode(each).decode(),
        "computed_at": now,
        "version": version,
        "deleted": deleted,
    }
    return tuple(values[name] for name, _ in _COLUMNS)
