"""One unit in depth at an instant, as the page shows it."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import sqrt

from dashboards.live.models import (
    Counter,
    Day,
    ElementRow,
    Intervention,
    Mark,
    Promise,
    Queue,
    Trend,
    UnitRow,
    UnitView,
)
from dashboards.live.reading import EPOCH, SLOT_MS, Reader, Row, UnitDay, iso
from pantau.domain.calendars import Calendar, is_working_day
from pantau.domain.registry import Registry, Standard, Unit
from pantau.domain.skm import ELEMENTS
from pantau.domain.students_t import quantile
from pantau.domain.zones import day_start

PERIOD_DAYS = 90
"""How far back trend, IKM and elements reach; the period before is as long."""

CONTROL_SIGMAS = 3
"""Shewhart's limits of a share: a day outside of them is not chance (about 3 in 1,000 days)."""

CONTROL_LEAST_DAYS = 10
"""Days with judged visits from which limits are drawn."""


def unit_view(reader: Reader, unit: Unit, row: UnitRow, now: int) -> UnitView:
    """Everything the page shows of a unit; ``row`` is its row of the overview of the same instant."""
    registry = reader.registry
    day = UnitDay(unit, now)
    about = {"unit": unit.code, "as_of": now, "since": day.start}
    first = day.number - PERIOD_DAYS + 1
    trend, today, interventions, queue, counters, elements = reader.together(
        lambda: reader.ask("unit_trend", first_day=first, last_day=day.number, **about),
        lambda: reader.ask("unit_today", size="30m", day=day.number, **about),
        lambda: [_intervention(found) for found in reader.ask("unit_interventions", **about)],
        lambda: reader.ask("unit_queue", **about),
        lambda: reader.ask("unit_counters", **about),
        lambda: _elements(reader, unit, day, registry.definitions.ikm_confidence),
    )
    standard = registry.standard(unit.code, None, now)
    return UnitView(
        as_of=now,
        zone=unit.zone,
        minimum=registry.definitions.minimum_sample,
        row=row,
        place=_place(registry, unit),
        promise=_promise(standard),
        queue=[_queue(registry, found, now) for found in queue],
        counters=[_counter(found) for found in counters if found["counter"]],
        day=_day(today, row, now),
        trend=_trend(registry.calendar(unit.code, now), registry, unit, trend, interventions, first, day.number),
        period_days=PERIOD_DAYS,
        elements=elements,
        interventions=interventions,
    )


def _place(registry: Registry, unit: Unit) -> str:
    """The kecamatan and kabupaten of a unit by name."""
    kecamatan = next((place.name for place in registry.kecamatan if place.code == unit.kecamatan), unit.kecamatan)
    kabupaten = next((place.name for place in registry.kabupaten if place.code == unit.kabupaten), unit.kabupaten)
    return f"{kecamatan}, {kabupaten}"


def _promise(standard: Standard | None) -> Promise | None:
    return Promise(measure=standard.measure, limit_ms=standard.limit_ms, decree=standard.decree) if standard else None


def _queue(registry: Registry, row: Row, now: int) -> Queue:
    service = registry.service(row["service"]) if row["service"] else None
    return Queue(
        service=row["service"],
        name=service.name if service else row["service"],
        waiting=int(row["waiting"]),
        since=now - int(row["longest_wait_ms"]),
        promise_ms=row["promise_ms"] if row["promise"] in ("wait_to_call", "wait_to_start") else None,
    )


def _counter(row: Row) -> Counter:
    state = row["state"] or "unknown"
    serving = row["serving_since_ms"] if state in ("open", "unknown") else None
    return Counter(
        name=row["counter"],
        state=state,
        since=row["closed_ms"] if state in ("paused", "closed") else row["opened_ms"],
        served=int(row["served"] or 0),
        serving_since=serving,
        last_event=row["last_ms"],
    )


def _day(rows: Sequence[Row], row: UnitRow, now: int) -> Day:
    """Today in the half hours of the overview's sparkline."""
    spark = row.spark
    slots = {(found["start_ms"] - spark.start) // SLOT_MS: found for found in rows}
    count = len(spark.today)

    def values(name: str, unknown: int | None) -> list[int | None]:
        """A column by half hour; where nothing happened it is ``unknown``, after the known part ``None``."""
        found: list[int | None] = []
        for slot in range(count):
            value = slots[slot][name] if slot in slots else unknown
            found.append(None if spark.today[slot] is None or value is None else int(value))
        return found

    return Day(
        start=spark.start,
        arrivals=list(spark.today),
        served=values("served", 0),
        usual_low=spark.low,
        usual_high=spark.high,
        usual_days=spark.usual_days,
        wait_p50=values("wait_p50_ms", None),
        wait_p90=values("wait_p90_ms", None),
        waits=[int(slots[slot]["waits"]) if slot in slots else 0 for slot in range(count)],
    )


def _trend(
    calendar: Calendar,
    registry: Registry,
    unit: Unit,
    rows: Sequence[Row],
    interventions: Sequence[Intervention],
    first: int,
    last: int,
) -> Trend:
    """Day by day, without the weekdays on which the unit never opens; holidays stay as closed days."""
    found = {row["day_number"]: row for row in rows}
    begun = min(found, default=last)
    dates = {number: EPOCH + timedelta(days=number) for number in range(max(first, begun), last + 1)}
    listed = [number for number, day in dates.items() if number in found or calendar.week[day.weekday()]]
    days = [found.get(number, {}) for number in listed]
    judged = [int(day.get("judged") or 0) for day in days]
    kept = [int(day.get("kept") or 0) for day in days]
    middle = sum(kept[:-1]) / sum(judged[:-1]) if sum(judged[:-1]) else None
    if sum(1 for n in judged if n) < CONTROL_LEAST_DAYS:
        middle = None

    def limit(n: int, sigmas: int) -> float | None:
        if middle is None or not n:
            return None
        return min(1.0, max(0.0, middle + sigmas * sqrt(middle * (1 - middle) / n)))

    return Trend(
        days=[iso(number) for number in listed],
        closed=[not is_working_day(calendar, dates[number]) for number in listed],
        judged=judged,
        share=[yes / n if n else None for yes, n in zip(kept, judged, strict=True)],
        low=[limit(n, -CONTROL_SIGMAS) for n in judged],
        middle=[limit(n, 0) for n in judged],
        high=[limit(n, CONTROL_SIGMAS) for n in judged],
        served=[int(day["served"]) if day else None for day in days],
        wait_p50=[_whole(day.get("wait_p50_ms")) for day in days],
        wait_p90=[_whole(day.get("wait_p90_ms")) for day in days],
        marks=_marks(registry, unit, interventions, iso(listed[0]) if listed else "9999", iso(last)),
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _marks(registry: Registry, unit: Unit, interventions: Sequence[Intervention], first: str, last: str) -> list[Mark]:
    """Finished trainings by their last day, other measures by their first, and holidays."""
    marks = [
        Mark(
            day=(found.ends or found.starts) if found.kind == "training" else found.starts,
            kind=found.kind,
            title=found.title,
        )
        for found in interventions
        if found.completed
    ]
    marks += [
        Mark(day=holiday.day.isoformat(), kind="holiday", title=holiday.name)
        for holiday in registry.holidays
        if holiday.kabupaten in (None, unit.kabupaten)
    ]
    return sorted((mark for mark in marks if first <= mark.day <= last), key=lambda mark: (mark.day, mark.title))


def _elements(reader: Reader, unit: Unit, day: UnitDay, confidence: float) -> list[ElementRow]:
    def midnight(days_back: int) -> int:
        return day_start(unit.zone, date.fromordinal(EPOCH.toordinal() + day.number - days_back))

    since, before = midnight(PERIOD_DAYS - 1), midnight(2 * PERIOD_DAYS - 1)
    rows = reader.ask("unit_elements", unit=unit.code, since=since, before=before, until=midnight(-1))
    found = {row["element"]: row for row in rows}
    return [_element(element.code, element.key, found.get(element.key, {}), confidence) for element in ELEMENTS]


def _element(code: str, key: str, row: Row, confidence: float) -> ElementRow:
    n, total, squares = (int(row.get(name) or 0) for name in ("n", "total", "squares"))
    n_before, total_before = (int(row.get(name) or 0) for name in ("n_before", "total_before"))
    mean = total / n if n else None
    half = None
    if mean is not None and n >= 2:
        variance = max(0.0, (squares - total * total / n) / (n - 1))
        # where all agree the spread is unknown, not zero
        half = quantile((1 + confidence) / 2, n - 1) * sqrt(variance / n) if variance else None
    return ElementRow(
        code=code,
        key=key,
        n=n,
        mean=mean,
        low=max(1.0, mean - half) if mean is not None and half is not None else None,
        high=min(4.0, mean + half) if mean is not None and half is not None else None,
        before=total_before / n_before if n_before else None,
    )


def _intervention(row: Row) -> Intervention:
    return Intervention(
        kind=row["kind"],
        title=row["title"],
        starts=row["starts"],
        ends=row["ends"],
        jp=row["jp"],
        participants=row["participants"],
        completed=bool(row["completed"]),
    )
