"""The figures of a unit's evaluation, read with named queries from wherever the tables are."""

from collections.abc import Mapping

import msgspec

from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.programmes import Training, programmes
from pantau.domain.indicators import Language, Value, unknown
from pantau.domain.periods import Period, last_of
from pantau.domain.registry import Registry
from pantau.domain.registry_records import Standard
from pantau.domain.reports.evaluation import Compared, ServiceLine, Silence, UnitFigures, effects_of
from pantau.domain.reports.satisfaction import Plan
from pantau.domain.requests import Dimension, Request, Table
from pantau.domain.zones import day_start
from pantau.reports.reading import TREND_PERIODS, service_name, skm_figures, span
from storage.alert_reading import read_gaps
from storage.effects import assessments, computed_at, stored, trainings
from storage.indicators import indicators
from storage.slices import Query

COMPARED = (
    "arrivals",
    "served",
    "promise",
    "wait_to_start.p50",
    "wait_to_start.p90",
    "service_time.p50",
    "service_time.p90",
    "turnaround_working.p50",
    "no_show",
    "abandonment",
    "first_time_right",
    "rating",
    "response_rate",
    "complaints",
)
"""The indicators of an evaluation, in its order; the index has a chapter of its own."""

OF_SERVICES = ("promise", "wait_to_start.p50", "service_time.p50")


def unit_figures(
    query: Query, registry: Registry, unit: str, period: Period, as_of: int, language: Language
) -> UnitFigures:
    """What the evaluation of a unit and period is written from, as the tables are at ``as_of`` (ms UTC). It may block.

    ``language`` is that of the indicators' titles and definitions. Effects are those of last night; where none were
    computed yet, they are computed here and not kept.
    """
    plain = Request(as_of=as_of, language=language, units=(unit,))

    def ask(when: Period, *names: str, by: tuple[Dimension, ...] = ()) -> Table:
        asked = {"names": names, "by": by, "first_day": when.first, "last_day": when.last}
        request = msgspec.structs.replace(plain, **asked)
        return indicators(query, registry, request)

    now, before = (ask(each, *COMPARED) for each in (period, period.previous))
    earlier = {line.indicator: line.value for line in before.lines}
    about = {each.name: each for each in now.about}
    here, earlier_here = (ask(each, *OF_SERVICES, by=("service",)) for each in (period, period.previous))
    trend = last_of(period, TREND_PERIODS[period.kind])
    done = [each for each in trainings(query, [unit]) if each.ends <= period.last]
    effects, at = _effects(query, registry, done, as_of)
    since, until = span(registry, unit, period)
    return UnitFigures(
        skm=skm_figures(query, registry, unit, period, as_of, Plan()),
        compared=tuple(Compared(about[line.indicator], line.value, earlier[line.indicator]) for line in now.lines),
        services=_services(registry, unit, period, here, earlier_here),
        promise_trend=tuple((each, ask(each, "promise").lines[0].value) for each in trend),
        trainings=tuple(done),
        effects=effects_of(effects, done, unit),
        computed_at=at,
        silences=tuple(
            Silence(gap, ended)
            for gap, ended in read_gaps(query, since=since)
            if gap.unit == unit and gap.since < until and (ended is None or ended >= since)
        ),
    )


def _effects(query: Query, registry: Registry, done: list[Training], as_of: int) -> tuple[list[Assessment], int]:
    """What is said of trainings, and when it was computed."""
    kept = [each.assessment for each in stored(query)]
    if kept or not done:
        return kept, computed_at(query)
    mine = {(each.source, each.code) for each in done}
    asked = [
        each
        for each in programmes(trainings(query, [unit.code for unit in registry.units]))
        if each.kind != "all" and mine & {(one.source, one.code) for one in each.trainings}
    ]
    return [*assessments(query, registry, as_of, chosen=asked)], as_of


def _services(registry: Registry, unit: str, period: Period, now: Table, before: Table) -> tuple[ServiceLine, ...]:
    """The services that were judged by a promise, or of which times are known; the worst kept first."""
    earlier = {line.key[0]: line.value for line in before.lines if line.indicator == "promise"}
    found: dict[str, dict[str, Value]] = {}
    for line in now.lines:
        found.setdefault(line.key[0], {})[line.indicator] = line.value
    lines = [
        ServiceLine(
            name=service_name(registry, code),
            standard=_promised(registry, unit, code, period),
            promise=values["promise"],
            before=earlier.get(code, unknown("no_data")),
            wait=values["wait_to_start.p50"],
            serving=values["service_time.p50"],
        )
        for code, values in found.items()
        if _known(values)
    ]
    return tuple(sorted(lines, key=lambda each: (each.promise.value is None, each.promise.value or 0, each.name)))


def _known(values: Mapping[str, Value]) -> bool:
    return any(value.value is not None for value in values.values())


def _promised(registry: Registry, unit: str, code: str, period: Period) -> Standard | None:
    """What was promised of a service at the end of the period."""
    at = day_start(registry.zone(unit), period.last)
    return registry.standard(unit, None if code == "-" else code, at)
