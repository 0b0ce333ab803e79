"""The figures of reports, read with named queries from wherever the tables are."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from pantau.domain.alerts.bands import BandNotice
from pantau.domain.indicator_catalogue import chosen
from pantau.domain.indicators import SERVED, Evidence, choices_of, index
from pantau.domain.periods import Period, last_of
from pantau.domain.registry import Registry
from pantau.domain.reports.followups import FollowUp, followups
from pantau.domain.reports.satisfaction import Plan, ServiceIndex, SkmFigures, Trait, told_together
from pantau.domain.requests import Request
from pantau.domain.skm import ELEMENTS, Ikm
from pantau.domain.zones import DAY, day_start, local_day
from storage.alert_reading import EPOCH, read_answers, read_band_notices, read_transitions
from storage.slices import Query, Scope, data_days, read

TRAITS = ("sex", "age_group", "education", "occupation", "service", "channel")
TREND_PERIODS = {"year": 4, "half": 5, "quarter": 6, "month": 7}
"""Of so many periods a trend is drawn, the reported one included: those that a reader remembers."""

LOOK_BACK_DAYS = 400
"""An incident that began longer ago than this before a period is not looked for in it."""


def skm_figures(query: Query, registry: Registry, unit: str, period: Period, as_of: int, plan: Plan) -> SkmFigures:
    """What the SKM report of a unit and period is written from, as the tables are at ``as_of`` (ms UTC). It may block.

    The unit is one of the registry.
    """
    found = registry.unit(unit)
    if found is None:
        raise KeyError(unit)
    evidence = satisfaction_evidence(query, registry, unit, period, as_of).get("", Evidence())
    trend = [(each, ikm_of(query, registry, unit, each, as_of)) for each in last_of(period, TREND_PERIODS[period.kind])]
    choices = choices_of(registry.definitions)
    return SkmFigures(
        unit=unit,
        name=found.name,
        kecamatan=area_name(registry.kecamatan, found.kecamatan),
        kabupaten=area_name(registry.kabupaten, found.kabupaten),
        zone=found.zone,
        period=period,
        read_on=local_day(found.zone, as_of),
        known_to=last_day(query, registry, unit, as_of),
        ikm=index(evidence, choices),
        served=evidence.n(*SERVED) or None,
        counts=tuple(evidence.n(f"element.{element.key}") for element in ELEMENTS),
        complete=evidence.n("skm_sum"),
        few_below=choices.minimum_sample,
        trend=tuple(trend),
        services=_by_service(query, registry, unit, period, as_of),
        profile=_profile(query, registry, unit, period),
        followups=incidents_of(query, registry, unit, period),
        plan=plan,
        lost_grades=_lost_grades(query, unit, period),
    )


def satisfaction_evidence(
    query: Query, registry: Registry, unit: str, period: Period, as_of: int, *, by_service: bool = False
) -> dict[str, Evidence]:
    """Service (or nothing) -> what a unit's index of a period is computed from, as for ``pantau indicators ikm``."""
    request = Request(
        as_of=as_of,
        units=(unit,),
        by=("service",) if by_service else (),
        first_day=period.first,
        last_day=period.last,
    )
    scope = Scope(units=(unit,), places=("",), first_day=period.first, last_day=period.last)
    found = read(query, registry, request, scope, chosen(("ikm",), ()), choices_of(registry.definitions))
    return {group.service: evidence for group, evidence in found.items()}


def last_day(query: Query, registry: Registry, unit: str, as_of: int) -> date:
    """The last local day of which a unit has data, not after ``as_of``; that day itself where it has none."""
    today = local_day(registry.zone(unit), as_of)
    known = data_days(query, [unit])
    return min(known[1], today) if known else today


def ikm_of(query: Query, registry: Registry, unit: str, period: Period, as_of: int) -> Ikm:
    """The index of a unit and period."""
    evidence = satisfaction_evidence(query, registry, unit, period, as_of).get("", Evidence())
    return index(evidence, choices_of(registry.definitions))


def incidents_of(query: Query, registry: Registry, unit: str, period: Period) -> tuple[FollowUp, ...]:
    """The incidents of a unit in a period, with what was done."""
    since, until = span(registry, unit, period)
    steps = [(row.transition, figures) for row, figures in read_transitions(query, since=since - LOOK_BACK_DAYS * DAY)]
    return followups(steps, read_answers(query), unit=unit, since=since, until=until)


def _lost_grades(query: Query, unit: str, period: Period) -> tuple[BandNotice, ...]:
    first, last = (day.toordinal() - EPOCH.toordinal() for day in (period.first, period.last))
    found = read_band_notices(query, first_day=first)
    return tuple(each for each in found if each.unit == unit and each.day <= last)


def span(registry: Registry, unit: str, period: Period) -> tuple[int, int]:
    """A period on a unit's wall clock: [since, until) in ms UTC."""
    zone = registry.zone(unit)
    return day_start(zone, period.first), day_start(zone, period.last + timedelta(1))


def area_name(areas: Sequence[msgspec.Struct], code: str) -> str:
    """The name of a kecamatan or kabupaten; its code where it has none."""
    return next((area.name for area in areas if getattr(area, "code", "") == code), code)  # type: ignore[attr-defined]


def _by_service(query: Query, registry: Registry, unit: str, period: Period, as_of: int) -> tuple[ServiceIndex, ...]:
    """The services that were answered about, the most answers first."""
    choices = choices_of(registry.definitions)
    found = satisfaction_evidence(query, registry, unit, period, as_of, by_service=True)
    indices = [
        ServiceIndex(service_name(registry, service), index(evidence, choices)) for service, evidence in found.items()
    ]
    return tuple(
        sorted((each for each in indices if each.ikm.answers), key=lambda each: (-each.ikm.answers, each.name))
    )


def service_name(registry: Registry, code: str) -> str:
    """What a service is called; empty where none was named."""
    if code in ("", "-"):
        return ""
    known = registry.service(code)
    return known.name if known else code


def _profile(query: Query, registry: Registry, unit: str, period: Period) -> tuple[Trait, ...]:
    since, until = span(registry, unit, period)
    counts: dict[str, dict[str, int]] = {trait: {} for trait in TRAITS}
    for trait, answer, n in query("respondent_profile", {"unit": unit, "since": since, "until": until}).rows:
        name = service_name(registry, answer) if trait == "service" else answer
        counts[trait][name] = counts[trait].get(name, 0) + n
    return tuple(Trait(trait, told_together(found)) for trait, found in counts.items() if any(found))
