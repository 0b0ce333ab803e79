"""Any indicator of any slice: from a request to a table, with n and definitions beside every number."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from pantau.domain.indicator_catalogue import chosen
from pantau.domain.indicators import Choices, Evidence, Indicator, Language, Text, Value, unknown
from pantau.domain.registry import Registry
from pantau.domain.requests import (
    DAYS,
    FINE,
    SINCE,
    UNTRAINED,
    About,
    Line,
    Request,
    Table,
    check,
    choices_for,
    units_of,
)
from pantau.domain.zones import local_day
from storage.overview import day_number
from storage.slices import (
    Course,
    Group,
    Query,
    Scope,
    courses,
    data_days,
    effective_reads,
    read,
    reported_measures,
    trained_from,
)
from storage.standing import read_standing

_UNKNOWN = Text("tidak diketahui", "unknown")
_TRAINED = (Text("belum dilatih", "not yet trained"), Text("sudah dilatih", "trained"))
_HERE = Text("unit ini", "this unit")
_OTHERS = Text("belum dilatih, kabupaten yang sama", "not yet trained, same kabupaten")
_PHASES = (Text("sebelum", "before"), Text("selama", "during"), Text("sesudah", "after"))
_NO_EFFECT = Text(
    "Beda sebelum dan sesudah bukan pengaruh; bandingkan dengan unit yang belum dilatih pada masa yang sama.",
    "A difference between before and after is not an effect; compare with units not yet trained in the same time.",
)

_NO_EFFECT_OF_SIDES = Text(
    "Beda unit terlatih dan yang belum dilatih bukan pengaruh; tanpa pelatihan pun keduanya mungkin berbeda.",
    "A difference between trained and untrained units is not an effect; they may differ without training as well.",
)
_ASK_FOR_IT = Text("Pengaruhnya, dengan pembanding: pantau effect", "The effect, with its comparison: pantau effect")
_SINCE = {
    "before": Text("{n} pekan sebelum dilatih", "{n} weeks before training"),
    "after": Text("pekan ke-{n} sejak dilatih", "week {n} since training"),
}


def indicators(query: Query, registry: Registry, request: Request) -> Table:
    """The table that answers a request. ``query`` answers a named query, here or in another process; it may block.

    Raises BadSetup for a name, a place or a grouping that means nothing.
    """
    check(request)
    units = units_of(request, registry)
    choices = choices_for(request, registry.definitions)
    wanted = chosen(request.names, reported_measures(query, units) if _may_be_reported(request) else ())
    days = _days(query, registry, request, units)
    if "intervention" in request.by:
        lines = [*_by_intervention(query, registry, request, units, wanted, choices, days)]
    else:
        lines = [*_by_groups(query, registry, request, units, wanted, choices, days)]
    language = request.language
    return Table(
        by=("intervention", "group", "phase") if "intervention" in request.by else request.by,
        lines=tuple(lines),
        about=tuple(
            About(
                indicator.name,
                indicator.title.read(language),
                indicator.unit,
                indicator.definition.read(language),
                {name: getattr(choices, name) for name in indicator.touched_by},
            )
            for indicator in wanted
        ),
        slice={
            name: getattr(request, name)
            for name in ("units", "kecamatan", "kabupaten", "services", "channels", "counters")
            if getattr(request, name)
        },
        first_day=days[0],
        last_day=days[1],
        as_of=request.as_of,
        zone=_zone(registry, units),
        registry=registry.version,
        notes=tuple(note.read(language) for note in _notes(request)),
    )


def _notes(request: Request) -> list[Text]:
    """A difference between trained and not, or before and after, is not an effect; who sees one is told."""
    if "intervention" in request.by or request.time in SINCE:
        return [_NO_EFFECT, _ASK_FOR_IT]
    return [_NO_EFFECT_OF_SIDES, _ASK_FOR_IT] if "trained" in request.by else []


def _may_be_reported(request: Request) -> bool:
    return any(name == "all" or name.startswith("reported") for name in request.names)


def _zone(registry: Registry, units: Sequence[str]) -> str:
    zones = [registry.zone(unit) for unit in units]
    return max(sorted(set(zones)), key=zones.count, default="UTC")


def _days(query: Query, registry: Registry, request: Request, units: Sequence[str]) -> tuple[date, date]:
    """The local days to read: those asked for, else those with data, else the day of ``as_of``."""
    known = None if request.first_day and request.last_day else data_days(query, units)
    today = local_day(_zone(registry, units), request.as_of)
    first = request.first_day or (known[0] if known else today)
    last = request.last_day or (known[1] if known else today)
    return (first, max(first, last))


def _places(registry: Registry, units: Sequence[str], place: str) -> tuple[str, ...]:
    if place == "unit":
        return tuple(units)
    if place in ("kecamatan", "kabupaten"):
        versions = [registry.unit(unit) for unit in units]
        return tuple(getattr(version, place) for version in versions if version is not None)
    return ("",) * len(units)


def _by_groups(
    query: Query,
    registry: Registry,
    request: Request,
    units: Sequence[str],
    wanted: Sequence[Indicator],
    choices: Choices,
    days: tuple[date, date],
) -> Iterator[Line]:
    joined = "trained" in request.by or request.time in SINCE
    trained = trained_from(courses(query, units)) if joined else {}
    scope = Scope(
        units=tuple(units),
        places=_places(registry, units, request.place),
        first_day=days[0],
        last_day=days[1],
        time=request.time,
        trained_from=trained,
    )
    possible = [indicator for indicator in wanted if _reason(indicator, request) is None]
    timed = [indicator for indicator in possible if indicator.times]
    found = read(query, registry, request, scope, timed, choices) if timed else {}
    instant = [indicator for indicator in possible if not indicator.times]
    standing = read_standing(query, registry, request, scope, instant, choices) if instant else {}
    for group in _groups(request, scope, [*found, *standing]):
        key, label = _named(group, request, registry)
        for indicator in wanted:
            evidence = (found if indicator.times else standing).get(group)
            yield Line(key, label, indicator.name, _value(indicator, request, evidence, choices))


def _reason(indicator: Indicator, request: Request) -> Value | None:
    """Why an indicator cannot be read in this slice at all."""
    if not request.splits <= indicator.splits:
        return unknown("not_by")
    if "within_ms" in indicator.touched_by and request.within_ms is None:
        return unknown("no_threshold")
    kind = "days" if request.time in DAYS + SINCE else "fine" if request.time in FINE else None
    return unknown("not_in_time") if kind and kind not in indicator.times else None


def _value(indicator: Indicator, request: Request, evidence: Evidence | None, choices: Choices) -> Value:
    refused = _reason(indicator, request)
    if refused is not None:
        return refused
    evidence = evidence or Evidence()
    reads = effective_reads(indicator, request)
    mine = Evidence(
        {measure: evidence.cells[measure] for measure in reads if measure in evidence.cells},
        evidence.exact,
        evidence.now,
        evidence.families,
    )
    return indicator.compute(mine, choices)


def _groups(request: Request, scope: Scope, found: Sequence[Group]) -> list[Group]:
    """The groups to show, in order: what was found, and every place, day and side of training though nothing is known.

    Services, channels and counters are those found: no list says which ones a unit ought to have.
    """
    groups = set(found)
    if not set(request.by) & {"service", "channel", "counter"}:
        places = sorted(set(scope.places)) or ([] if request.place else [""])
        sides = [0, 1] if "trained" in request.by else [-1]
        times = _times(request.time, scope, {group.time for group in found})
        groups |= {Group(place=p, trained=s, time=t) for p in places for s in sides for t in times}
    return sorted(
        groups, key=lambda group: (group.place, group.service, group.channel, group.counter, group.trained, group.time)
    )


def _times(time: str, scope: Scope, found: set[int]) -> list[int]:
    if time not in DAYS:
        return sorted(found) or [0]
    day = scope.first_day
    starts: list[int] = []
    while day <= scope.last_day:
        start = day
        if time == "week":
            start = day - timedelta(day.weekday())
        elif time == "month":
            start = day.replace(day=1)
        if not starts or starts[-1] != day_number(start):
            starts.append(day_number(start))
        day += timedelta(1)
    return starts


def _named(group: Group, request: Request, registry: Registry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of a group in the order of the request, and the words people read."""
    names = [_name(dimension, group, request, registry) for dimension in request.by]
    return tuple(code for code, _ in names), tuple(label for _, label in names)


def _name(dimension: str, group: Group, request: Request, registry: Registry) -> tuple[str, str]:
    language = request.language
    if dimension == "unit":
        unit = registry.unit(group.place)
        return group.place, unit.name if unit else group.place
    if dimension in ("kecamatan", "kabupaten"):
        areas = registry.kecamatan if dimension == "kecamatan" else registry.kabupaten
        return group.place, next((area.name for area in areas if area.code == group.place), group.place)
    if dimension in ("service", "channel", "counter"):
        code: str = getattr(group, dimension)
        if code == "-":
            return code, _UNKNOWN.read(language)
        service = registry.service(code) if dimension == "service" else None
        return code, service.name if service else code
    if dimension == "trained":
        return ("yes" if group.trained else "no"), _TRAINED[group.trained].read(language)
    if dimension == "hour":
        return f"{group.time:02}", f"{group.time:02}"
    if dimension in SINCE:
        return _since_training(group.time, language)
    if dimension in FINE:
        zone = registry.zone(group.place) if request.place == "unit" else _zone(registry, units_of(request, registry))
        return _instant(group.time, zone)
    day = date(1970, 1, 1) + timedelta(group.time)
    code = f"{day:%Y-%m}" if dimension == "month" else day.isoformat()
    return code, code


def _since_training(week: int, language: Language) -> tuple[str, str]:
    """Week 1 begins on the day a unit is trained; one week before is the seven days that end on the day before it."""
    if week == UNTRAINED:
        return "never", _TRAINED[0].read(language)
    words = _SINCE["before" if week < 0 else "after"].read(language)
    return str(week), words.format(n=-week if week < 0 else week + 1)


def _instant(at: int, zone: str) -> tuple[str, str]:
    from zoneinfo import ZoneInfo

    moment = datetime.fromtimestamp(at / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%MZ"), moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H.%M")


def _by_intervention(
    query: Query,
    registry: Registry,
    request: Request,
    units: Sequence[str],
    wanted: Sequence[Indicator],
    choices: Choices,
    days: tuple[date, date],
) -> Iterator[Line]:
    """Before, during and after each intervention, at its units and at those of the same kabupaten not yet trained."""
    everyone = [unit.code for unit in registry.units]
    known = courses(query, everyone)
    trained = trained_from(known)
    by_subject: dict[tuple[str, str], list[Course]] = {}
    for course in known:
        if course.unit in units:
            by_subject.setdefault((course.source, course.subject), []).append(course)
    plain = msgspec.structs.replace(request, by=())
    for (source, subject), found in by_subject.items():
        course = found[0]
        here = sorted({other.unit for other in found})
        areas = {unit.kabupaten for unit in registry.units if unit.code in here}
        others = [unit.code for unit in registry.units if unit.kabupaten in areas and unit.code not in here]
        for side, words, side_units in (("here", _HERE, here), ("comparison", _OTHERS, others)):
            scope = Scope(
                units=tuple(side_units),
                places=("",) * len(side_units),
                first_day=days[0],
                last_day=days[1],
                time="phase",
                trained_from=trained,
                untrained_only=side == "comparison",
                phase_starts=day_number(course.starts),
                phase_ends=day_number(course.ends) if course.ends else day_number(course.starts) - 1,
            )
            possible = [indicator for indicator in wanted if indicator.times and _reason(indicator, plain) is None]
            evidence: Mapping[Group, Evidence] = read(query, registry, plain, scope, possible, choices)
            for phase, phase_words in enumerate(_PHASES):
                if phase == 1 and course.ends is None:
                    continue
                key = (f"{source}/{subject}", side, ("before", "during", "after")[phase])
                label = (course.title, words.read(request.language), phase_words.read(request.language))
                for indicator in wanted:
                    value = (
                        _value(indicator, plain, evidence.get(Group(time=phase)), choices)
                        if indicator.times
                        else unknown("not_by")
                    )
                    yield Line(key, label, indicator.name, value)
