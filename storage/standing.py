"""Facts of an instant, by group: who waits, which counters are open, what lies open and how old it is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from pantau.domain.indicators import Choices, Evidence, Indicator
from pantau.domain.registry import Registry
from pantau.domain.requests import Request
from pantau.domain.zones import DAY, day_start, local_day
from storage.overview import PERIOD_DAYS, day_number
from storage.slices import NEVER, Group, Query, Scope, group_of, parameters

_SEPARATOR = "\x1f"


def read_standing(
    query: Query,
    registry: Registry,
    request: Request,
    scope: Scope,
    indicators: Sequence[Indicator],
    choices: Choices,
) -> dict[Group, Evidence]:
    """What holds at the request's ``as_of``, by group; days of the scope do not matter, trained means by that day."""
    asked_facts = {indicator.facts for indicator in indicators}
    found: dict[Group, Evidence] = defaultdict(Evidence)
    asked = _parameters(request, scope, registry, choices)
    if "tickets_now" in asked_facts and scope.units:
        for row in query("tickets_now", asked).dicts():
            _of(row, request, found).now.update(
                tickets_known=row["tickets"],
                waiting=row["waiting"],
                longest_wait_ms=row["longest_wait_ms"],
                in_service=row["in_service"],
            )
        _idle(query, registry, request, scope, choices, asked, found)
    if "counters_now" in asked_facts and "channel" not in request.splits:
        for row in query("counters_now", asked).dicts():
            _of(row, request, found).now.update(counters_known=row["known"], open_counters=row["open"])
    if "backlog_now" in asked_facts and "counter" not in request.splits:
        for row in query("backlog_now", asked).dicts():
            _of(row, request, found).now.update(
                applications_known=row["submitted"],
                backlog=row["open"],
                backlog_age_mean_ms=_mean(row),
                backlog_age_p50_ms=row["ages"][0] if row["open"] else None,
                backlog_age_p90_ms=row["ages"][1] if row["open"] else None,
                backlog_oldest_ms=row["oldest_ms"],
                backlog_with_deadline=row["with_deadline"],
                backlog_overdue=row["overdue"],
            )
    if "complaints_now" in asked_facts and "counter" not in request.splits:
        for row in query("complaints_now", asked).dicts():
            _of(row, request, found).now.update(
                complaints_known=row["opened"],
                complaints_open=row["open"],
                complaints_age_mean_ms=_mean(row),
                complaints_oldest_ms=row["oldest_ms"],
                complaints_late=row["late"],
            )
    return dict(found)


def _mean(row: Mapping[str, Any]) -> float | None:
    return row["age_total_ms"] / row["open"] if row["open"] else None


def _parameters(request: Request, scope: Scope, registry: Registry, choices: Choices) -> dict[str, Any]:
    """A unit's place carries whether it is trained on its local day, for that depends on nothing else at an instant."""
    days = []
    for unit, place in zip(scope.units, scope.places, strict=True):
        zone = registry.zone(unit)
        today = local_day(zone, request.as_of)
        trained = ""
        if "trained" in request.by:
            trained = str(int(day_number(today) >= scope.trained_from.get(unit, NEVER)))
        days.append((day_start(zone, today), place + _SEPARATOR + trained))
    return {
        **parameters(request, msgspec.structs.replace(scope, time=""), registry, choices),
        "days_start": [starts for starts, _ in days],
        "places_now": [place for _, place in days],
        "today_since": min((starts for starts, _ in days), default=request.as_of),
        "late_after": choices.complaint_days * DAY,
    }


def _of(row: Mapping[str, Any], request: Request, found: dict[Group, Evidence]) -> Evidence:
    place, _, trained = row["place"].partition(_SEPARATOR)
    group = group_of(row)
    return found[msgspec.structs.replace(group, place=place, trained=int(trained or -1))]


def _idle(
    query: Query,
    registry: Registry,
    request: Request,
    scope: Scope,
    choices: Choices,
    asked: Mapping[str, Any],
    found: dict[Group, Evidence],
) -> None:
    """Where no ticket was taken today but tickets were called in the last 90 days, nobody waits: 0, not unknown."""
    if request.splits or not scope.units:
        return
    today = max(local_day(registry.zone(unit), request.as_of) for unit in scope.units)
    lately = msgspec.structs.replace(scope, first_day=today - timedelta(PERIOD_DAYS), last_day=today, time="")
    answer = query(
        "window_cells",
        {
            **parameters(request, lately, registry, choices),
            "places": asked["places_now"],
            "by_trained": 0,
            "measures": ["called"],
        },
    )
    for row in answer.dicts():
        if row["n"]:
            now = _of(row, request, found).now
            if not now.get("tickets_known"):
                now.update(tickets_known=row["n"], waiting=0, longest_wait_ms=None, in_service=0)
