"""How all units stand at an instant, as the page shows it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec

from dashboards.live.models import Index, Overview, Spark, Strip, UnitRow, Usual
from dashboards.live.reading import EPOCH, SLOT_MS, Reader, Row, UnitDay, main_zone, units_at
from dashboards.live.sources import count, sources, spoken, usual_gap
from dashboards.live.states import UNIT_ORDER, UnitFacts, is_falling, is_quiet, unit_state
from pantau.domain.calendars import Calendar, closes, is_open, opens, working_ms
from pantau.domain.registry import Registry, Unit
from pantau.domain.zones import DAY, HOUR, day_start, local_day
from storage import overview as storage_overview
from storage.overview import Standing, UnitStanding, day_parameters

WEEKS_BACK = 4
"""The same weekday of so many weeks before is what is usual."""

BAND_LEAST = 2
"""Days from which a band may be drawn; one day alone is no usual."""

_BAND_SECONDS = 60
"""How long past days are kept; late data may still change them."""

Slots = dict[int, Row]
"""Slot of the day -> its row; slot 0 is the first half hour."""


def overview(reader: Reader, now: int) -> Overview:
    """Every unit that exists at ``now``, those in need first."""
    registry = reader.registry
    units = units_at(registry, now)
    codes = [unit.code for unit in units]
    found, day, known = reader.together(
        lambda: storage_overview.overview(reader.query, registry, now, codes),
        lambda: _read_day(reader, units, now),
        lambda: sources(reader, now),
    )
    standings = {standing.unit: standing for standing in found}
    rhythms: dict[str, list[Row]] = defaultdict(list)
    for row in spoken(reader, now):
        rhythms[row["unit"]].append(row)
    rows = [_unit_row(registry, unit, standings[unit.code], day, rhythms[unit.code], now) for unit in units]
    heard = [row.last_event for row in rows if row.last_event is not None]
    return Overview(
        as_of=now,
        zone=main_zone(units),
        area=" · ".join(place.name for place in registry.kabupaten),
        started=any(row.state.key != "none" for row in rows),
        last_event=max(heard, default=None),
        minimum=registry.definitions.minimum_sample,
        strip=_strip(rows, [*standings.values()], day, now, registry),
        units=sorted(rows, key=_need),
        sources=count(known),
    )


class _Day(msgspec.Struct, frozen=True):
    """What is read about the day beside the standings: half hours of today and of the weeks before, promises.

    Days are by unit. ``shown`` is the first and the last slot that the page shows of a day.
    """

    today: dict[str, UnitDay]
    past: list[dict[str, UnitDay]]
    slots: dict[tuple[str, int], Slots]
    shown: tuple[int, int]
    promises: dict[str, Row]


def _read_day(reader: Reader, units: Sequence[Unit], now: int) -> _Day:
    registry = reader.registry
    today = {unit.code: UnitDay(unit, now) for unit in units}
    past = [{unit.code: UnitDay(unit, now, back) for unit in units} for back in range(1, WEEKS_BACK + 1)]
    slots: dict[tuple[str, int], Slots] = {}
    promises: list[Row] = []
    if today:
        keys = [day.key for week in past for day in week.values()]
        before, running, promises = reader.together(
            lambda: reader.kept(
                ("usual", *keys), _BAND_SECONDS, lambda: _slots(reader.ask("overview_days", days=keys))
            ),
            lambda: _slots(reader.ask("overview_days", days=[day.key for day in today.values()])),
            lambda: reader.ask("page_promise", **day_parameters(registry, now, [unit.code for unit in units])),
        )
        slots = before | running
    return _Day(
        today,
        past,
        slots,
        _range(registry, [*today.values()], slots, [day for week in past for day in week.values()]),
        {row["unit"]: row for row in promises},
    )


def _need(row: UnitRow) -> tuple[int, float, str]:
    """Most pressing first; among those who are well by name, so that the list stays calm."""
    severity = 0.0
    if row.state.key == "falling" and row.usual_share is not None:
        severity = row.kept / max(1, row.judged) - row.usual_share
    elif row.state.key == "overdue":
        severity = -row.overdue
    elif row.state.key == "below":
        severity = -(row.ratio or 0)
    return UNIT_ORDER[row.state.key], severity, row.name


def _slots(rows: Iterable[Row]) -> dict[tuple[str, int], Slots]:
    found: dict[tuple[str, int], Slots] = defaultdict(dict)
    for row in rows:
        found[row["unit"], row["day"]][row["slot"]] = row
    return found


def _range(
    registry: Registry,
    today: Sequence[UnitDay],
    slots: dict[tuple[str, int], Slots],
    past: Sequence[UnitDay],
) -> tuple[int, int]:
    """First and last slot that the page shows of a day: opening hours and every slot with arrivals, of all units."""
    shown: set[int] = set()
    for day in today:
        calendar = registry.calendar(day.unit.code, day.start)
        date = local_day(day.unit.zone, day.start)
        opening, closing = opens(calendar, date), closes(calendar, date)
        if opening is not None and closing is not None:
            shown |= {(opening - day.start) // SLOT_MS, (closing - 1 - day.start) // SLOT_MS}
    for day in [*today, *past]:
        shown |= {slot for slot, row in slots.get((day.unit.code, day.number), {}).items() if row["arrivals"]}
    return (min(shown), max(shown)) if shown else (15, 31)


def _unit_row(
    registry: Registry, unit: Unit, standing: UnitStanding, day: _Day, rhythm: Sequence[Row], now: int
) -> UnitRow:
    calendar = registry.calendar(unit.code, now)
    promise = day.promises.get(unit.code, {})
    last_event = _last_event(standing, rhythm)
    open_now = is_open(calendar, now)
    facts = UnitFacts(
        ever=last_event is not None or standing.last_day is not None,
        is_open=open_now,
        last_event=last_event,
        quiet_ms=working_ms(calendar, _quiet_since(unit, standing, last_event, now), now),
        usual_gap_ms=usual_gap(registry, unit.code, rhythm, now),
        judged=standing.judged,
        kept=standing.kept,
        judged_before=standing.judged_before,
        kept_before=standing.kept_before,
        falling_since=_falling_since(day, unit.code, standing),
        ratio=promise.get("ratio"),
        ratio_n=int(promise.get("waits") or 0),
        overdue=int(promise.get("overdue") or 0),
        overdue_since=promise.get("overdue_since_ms"),
        minimum=registry.definitions.minimum_sample,
    )
    known = facts.ever and not is_quiet(facts)
    waiting, longest = _waiting(standing)
    counters = standing.open_counters if standing.open_counters is not None else standing.seen_counters
    return UnitRow(
        code=unit.code,
        name=unit.name,
        kecamatan=unit.kecamatan,
        zone=unit.zone,
        state=unit_state(facts),
        quiet=not known,
        is_open=open_now,
        opens_next=None if open_now else _opens_next(calendar, unit, now),
        waiting=waiting if known else None,
        waiting_since=now - longest if known and longest is not None else None,
        overdue=facts.overdue if known else 0,
        in_service=standing.in_service if known and standing.waiting is not None else None,
        ratio=facts.ratio if known else None,
        ratio_n=facts.ratio_n if known else 0,
        judged=standing.judged,
        kept=standing.kept,
        usual_share=standing.kept_before / standing.judged_before if standing.judged_before else None,
        arrivals=standing.arrivals or 0,
        served=standing.served or 0,
        counters_open=counters if known else None,
        counters_paused=standing.paused_counters if known and standing.open_counters is not None else None,
        ikm=index(standing, registry),
        last_event=last_event,
        spark=_spark(day, unit.code, now if known else last_event or 0),
    )


def _last_event(standing: UnitStanding, rhythm: Sequence[Row]) -> int | None:
    """The last event of the last days; the standing looks back two days, which a long weekend exceeds."""
    if standing.last_event_ms is not None:
        return standing.last_event_ms
    return max((int(row["last_event_ms"]) for row in rhythm), default=None)


def _quiet_since(unit: Unit, standing: UnitStanding, last_event: int | None, now: int) -> int:
    """From when on nothing was heard: the last event, else the end of the last day with any, else a week ago."""
    if last_event is not None:
        return last_event
    if standing.last_day is not None:
        return day_start(unit.zone, EPOCH + timedelta(days=standing.last_day + 1))
    return now - 7 * DAY


def _waiting(standing: UnitStanding) -> tuple[int | None, int | None]:
    """(people waiting, longest wait): counted from tickets where the unit calls any, else as its queues say."""
    if standing.waiting is not None:
        return standing.waiting, standing.longest_wait_ms
    return standing.seen_waiting, None


def _falling_since(day: _Day, unit: str, standing: UnitStanding) -> int | None:
    """The start of the half hour from which on the running share of the day was, without a break, a fall."""
    local = day.today[unit]
    slots = day.slots.get((unit, local.number), {})
    judged = kept = 0
    since: int | None = None
    for slot in sorted(slots):
        judged += int(slots[slot]["judged"])
        kept += int(slots[slot]["kept"])
        if not is_falling(kept, judged, standing.kept_before, standing.judged_before):
            since = None
        elif since is None:
            since = local.start + slot * SLOT_MS
    return since


def _opens_next(calendar: Calendar, unit: Unit, now: int) -> int | None:
    """When a closed unit opens again, to five minutes within a day; None if not in the next two weeks."""
    step = 5 * 60_000
    at = now - now % step + step
    for _ in range(12 * HOUR // step):
        if is_open(calendar, at):
            return at
        at += step
    for days in range(1, 15):
        opening = opens(calendar, local_day(unit.zone, now + days * DAY))
        if opening is not None and opening > now:
            return opening
    return None


def index(standing: Standing, registry: Registry) -> Index:
    """The IKM of a standing's answers."""
    found = standing.satisfaction(registry.definitions)
    return Index(
        value=float(found.value) if found.value is not None else None,
        low=float(found.low) if found.low is not None else None,
        high=float(found.high) if found.high is not None else None,
        grade=found.band.grade if found.band else None,
        answers=standing.answers,
        minimum=found.minimum,
        few="few_answers" in found.flags,
        straight="straight_lined" in found.flags,
    )


def _spark(day: _Day, unit: str, known_until: int) -> Spark:
    """Arrivals of the half hours that are wholly known, over the least and most of the same weekday before."""
    local = day.today[unit]
    shown = range(day.shown[0], day.shown[1] + 1)
    today = day.slots.get((unit, local.number), {})
    found = [day.slots.get((unit, week[unit].number), {}) for week in day.past]
    usual = [old for old in found if old]
    bands = [[int(old[slot]["arrivals"]) if slot in old else 0 for old in usual] for slot in shown]
    drawn = len(usual) >= BAND_LEAST

    def arrivals(slot: int) -> int | None:
        if local.start + (slot + 1) * SLOT_MS > known_until:
            return None
        return int(today[slot]["arrivals"]) if slot in today else 0

    return Spark(
        start=local.start + shown.start * SLOT_MS,
        today=[arrivals(slot) for slot in shown],
        low=[min(band) if drawn else None for band in bands],
        high=[max(band) if drawn else None for band in bands],
        usual_days=len(usual),
    )


def _strip(
    rows: Sequence[UnitRow], standings: Sequence[UnitStanding], day: _Day, now: int, registry: Registry
) -> Strip:
    waiting = [row.waiting for row in rows if row.waiting is not None]
    counters = [row.counters_open for row in rows if row.counters_open is not None]
    paused = [row.counters_paused for row in rows if row.counters_paused is not None]
    longest = min((row for row in rows if row.waiting_since is not None), key=_since, default=None)
    served_usual, share_usual = _usual(day, now)
    return Strip(
        waiting=sum(waiting) if waiting else None,
        overdue=sum(row.overdue for row in rows),
        longest_since=longest.waiting_since if longest else None,
        longest_name=longest.name if longest else None,
        served=sum(row.served for row in rows),
        served_usual=served_usual,
        kept=sum(row.kept for row in rows),
        judged=sum(row.judged for row in rows),
        share_usual=share_usual,
        ikm=index(_together(standings), registry),
        counters_open=sum(counters) if counters else None,
        counters_paused=sum(paused) if paused else None,
        silent=sum(row.quiet for row in rows),
    )


def _together(standings: Sequence[UnitStanding]) -> Standing:
    """The sums of several units, as far as their satisfaction is read from them; spares the query of the strip."""
    fields = ("judged", "kept", "served_in_period", "answers", "complete", "skm_sum", "skm_square", "skm_straight")
    sums = {field: sum(getattr(standing, field) for standing in standings) for field in fields}
    columns = {
        field: [sum(column) for column in zip(*(getattr(found, field) for found in standings), strict=True)] or [0] * 9
        for field in ("element_n", "element_total")
    }
    unsaid = dict.fromkeys(("waiting", "longest_wait_ms", "arrivals", "served", "open_counters"))
    return msgspec.convert({**sums, **columns, **unsaid}, Standing)


def _since(row: UnitRow) -> int:
    return row.waiting_since or 0


def _usual(day: _Day, now: int) -> tuple[Usual | None, Usual | None]:
    """(people served, share within the promise) until this time of day on the same weekday of the weeks before."""
    elapsed = {local.unit.code: (now - local.start) / SLOT_MS for local in day.today.values()}
    served: list[float] = []
    shares: list[float] = []
    for week in day.past:
        done = judged = kept = 0.0
        for old in week.values():
            for slot, row in day.slots.get((old.unit.code, old.number), {}).items():
                part = min(1.0, max(0.0, elapsed[old.unit.code] - slot))
                done += part * row["served"]
                judged += part * row["judged"]
                kept += part * row["kept"]
        if done:
            served.append(done)
        if judged:
            shares.append(kept / judged)
    return _least_and_most(served), _least_and_most(shares)


def _least_and_most(values: Sequence[float]) -> Usual | None:
    return Usual(low=min(values), high=max(values), days=len(values)) if len(values) >= BAND_LEAST else None
