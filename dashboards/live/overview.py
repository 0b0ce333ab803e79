"""How all units stand at an instant, as the page shows it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dashboards.live.models import Index, Overview, SourceCount, Spark, Strip, UnitRow, Usual
from dashboards.live.reading import SLOT_MS, Reader, Row, UnitDay, asked, main_zone, units_at
from dashboards.live.sources import spoken, usual_gap
from dashboards.live.states import UNIT_ORDER, UnitFacts, is_falling, unit_state
from pantau.domain import skm
from pantau.domain.calendars import Calendar, closes, is_open, opens, working_ms
from pantau.domain.registry import Registry, Unit
from pantau.domain.zones import DAY, HOUR, local_day

WEEKS_BACK = 4
"""The same weekday of so many weeks before is what is usual."""

BAND_LEAST = 2
"""Days from which a band may be drawn; one day alone is no usual."""

_BAND_SECONDS = 60
"""How long past days are kept; late data may still change them."""

Slots = dict[int, Row]
"""Slot of the day -> its row; slot 0 is the first half hour."""


def overview(reader: Reader, now: int, sources: SourceCount) -> Overview:
    """Every unit that exists at ``now``, those in need first."""
    registry = reader.registry
    units = units_at(registry, now)
    minimum = registry.definitions.minimum_sample
    area = " · ".join(place.name for place in registry.kabupaten)
    if not units:
        return Overview(
            as_of=now,
            zone=main_zone(units),
            area=area,
            started=False,
            last_event=None,
            minimum=minimum,
            strip=_strip([], [], [], {}, now, None, registry),
            units=[],
            sources=sources,
        )
    today = [UnitDay(unit, now) for unit in units]
    parameters = asked(today, now)
    found = {row["unit"]: row for row in reader.ask("overview_units", **parameters)}
    promises = {row["unit"]: row for row in reader.ask("page_promise", **parameters)}
    running = _slots(reader.ask("overview_days", days=[day.key for day in today]))
    past = [[UnitDay(unit, now, back) for unit in units] for back in range(1, WEEKS_BACK + 1)]
    keys = [day.key for week in past for day in week]
    before = reader.kept(
        ("usual", *keys), _BAND_SECONDS, lambda: _slots(reader.ask("overview_days", days=keys)) if keys else {}
    )
    slots = running | before
    rhythms: dict[str, list[Row]] = defaultdict(list)
    for row in spoken(reader, now):
        rhythms[row["unit"]].append(row)
    place = _range(registry, today, slots, past)
    rows = [
        _unit_row(
            registry,
            day,
            found.get(day.unit.code, {}) | promises.get(day.unit.code, {}),
            usual_gap(registry, day.unit.code, rhythms.get(day.unit.code, []), now),
            slots,
            past,
            place,
            now,
        )
        for day in today
    ]
    together = next(iter(reader.ask("overview_strip", **parameters)), None)
    heard = [row.last_event for row in rows if row.last_event is not None]
    return Overview(
        as_of=now,
        zone=main_zone(units),
        area=area,
        started=bool(heard) or any(row.state.key != "none" for row in rows),
        last_event=max(heard, default=None),
        minimum=minimum,
        strip=_strip(rows, today, past, slots, now, together, registry),
        units=sorted(rows, key=_need),
        sources=sources,
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
    past: Sequence[Sequence[UnitDay]],
) -> tuple[int, int]:
    """First and last slot that the page shows of a day: opening hours and every slot with arrivals, of all units."""
    shown: set[int] = set()
    for day in today:
        calendar = registry.calendar(day.unit.code, day.start)
        date = local_day(day.unit.zone, day.start)
        opening, closing = opens(calendar, date), closes(calendar, date)
        if opening is not None and closing is not None:
            shown |= {(opening - day.start) // SLOT_MS, (closing - 1 - day.start) // SLOT_MS}
    for day in [*today, *(day for week in past for day in week)]:
        shown |= {slot for slot, row in slots.get((day.unit.code, day.number), {}).items() if row["arrivals"]}
    return (min(shown), max(shown)) if shown else (15, 31)


def _unit_row(
    registry: Registry,
    day: UnitDay,
    row: Row,
    gap: int | None,
    slots: dict[tuple[str, int], Slots],
    past: Sequence[Sequence[UnitDay]],
    place: tuple[int, int],
    now: int,
) -> UnitRow:
    unit = day.unit
    calendar = registry.calendar(unit.code, now)
    last_event = row.get("last_event_ms")
    judged, kept = int(row.get("judged") or 0), int(row.get("kept") or 0)
    judged_before, kept_before = int(row.get("judged_before") or 0), int(row.get("kept_before") or 0)
    today = slots.get((unit.code, day.number), {})
    open_now = is_open(calendar, now)
    facts = UnitFacts(
        ever=last_event is not None or row.get("last_day") is not None,
        is_open=open_now,
        last_event=last_event,
        quiet_ms=working_ms(calendar, last_event if last_event is not None else now - 7 * DAY, now),
        usual_gap_ms=gap,
        judged=judged,
        kept=kept,
        judged_before=judged_before,
        kept_before=kept_before,
        falling_since=_falling_since(today, day, kept_before, judged_before),
        ratio=row.get("ratio"),
        ratio_n=int(row.get("waits") or 0),
        overdue=int(row.get("overdue") or 0),
        overdue_since=row.get("overdue_since_ms"),
        minimum=registry.definitions.minimum_sample,
    )
    state = unit_state(facts)
    silent = state.key in ("silent", "none")
    waiting, longest = _waiting(row)
    return UnitRow(
        code=unit.code,
        name=unit.name,
        kecamatan=unit.kecamatan,
        zone=unit.zone,
        state=state,
        is_open=open_now,
        opens_next=None if open_now else _opens_next(calendar, unit, now),
        waiting=None if silent else waiting,
        waiting_since=None if silent or not longest else now - longest,
        overdue=0 if silent else facts.overdue,
        in_service=None if silent or waiting is None else int(row.get("in_service") or 0),
        ratio=None if silent else facts.ratio,
        ratio_n=0 if silent else facts.ratio_n,
        judged=judged,
        kept=kept,
        usual_share=kept_before / judged_before if judged_before else None,
        arrivals=int(row.get("arrivals") or 0),
        served=int(row.get("served") or 0),
        counters_open=None if silent else _first(row.get("open_counters"), row.get("seen_counters")),
        counters_paused=None if silent or row.get("open_counters") is None else int(row.get("paused_counters") or 0),
        ikm=index(row, registry),
        last_event=last_event,
        spark=_spark(unit, day, slots, past, place, (last_event or 0) if silent else now),
    )


def _waiting(row: Row) -> tuple[int | None, int | None]:
    """(people waiting, longest wait): counted from tickets where the unit gives out any, else as its queues say."""
    if row.get("arrivals") or row.get("waiting") or row.get("in_service"):
        return int(row.get("waiting") or 0), row.get("longest_wait_ms")
    seen = row.get("seen_waiting")
    return (int(seen), None) if seen is not None else (None, None)


def _first(*values: int | None) -> int | None:
    return next((int(value) for value in values if value is not None), None)


def _falling_since(today: Slots, day: UnitDay, kept_before: int, judged_before: int) -> int | None:
    """The end of the half hour from which on the running share of the day was, without a break, a fall."""
    judged = kept = 0
    since: int | None = None
    for slot in sorted(today):
        judged += int(today[slot]["judged"])
        kept += int(today[slot]["kept"])
        if not is_falling(kept, judged, kept_before, judged_before):
            since = None
        elif since is None:
            since = day.start + slot * SLOT_MS
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


def index(row: Row, registry: Registry) -> Index:
    """The IKM of a row with the sums of its answers."""
    answers = int(row.get("answers") or 0)
    sums = skm.Sums(
        answers=answers,
        counts=tuple(map(int, row.get("element_n") or (0,) * 9)),
        totals=tuple(map(int, row.get("element_total") or (0,) * 9)),
        complete=int(row.get("complete") or 0),
        total=int(row.get("skm_sum") or 0),
        squares=int(row.get("skm_square") or 0),
        straight=int(row.get("skm_straight") or 0),
    )
    definitions = registry.definitions
    served = int(row.get("served_in_period") or 0)
    found = skm.ikm(
        sums,
        weight=definitions.ikm_weight,
        # more answers than people served: the two do not belong together, and the population is unknown
        population=served if served >= answers else None,
        confidence=definitions.ikm_confidence,
        few_below=definitions.minimum_sample,
    )
    return Index(
        value=float(found.value) if found.value is not None else None,
        low=float(found.low) if found.low is not None else None,
        high=float(found.high) if found.high is not None else None,
        grade=found.band.grade if found.band else None,
        answers=answers,
        minimum=found.minimum,
        few="few_answers" in found.flags,
        straight="straight_lined" in found.flags,
    )


def _spark(
    unit: Unit,
    day: UnitDay,
    slots: dict[tuple[str, int], Slots],
    past: Sequence[Sequence[UnitDay]],
    place: tuple[int, int],
    known_until: int,
) -> Spark:
    """Arrivals of the half hours that are wholly known, over the least and most of the same weekday before."""
    shown = range(place[0], place[1] + 1)
    today = slots.get((unit.code, day.number), {})
    usual = [slots.get((unit.code, old.number), {}) for week in past for old in week if old.unit.code == unit.code]
    usual = [old for old in usual if old]
    bands = [[int(old[slot]["arrivals"]) if slot in old else 0 for old in usual] for slot in shown]
    drawn = len(usual) >= BAND_LEAST
    return Spark(
        start=day.start + place[0] * SLOT_MS,
        today=[
            None
            if day.start + (slot + 1) * SLOT_MS > known_until
            else int(today[slot]["arrivals"])
            if slot in today
            else 0
            for slot in shown
        ],
        low=[min(band) if drawn else None for band in bands],
        high=[max(band) if drawn else None for band in bands],
        usual_days=len(usual),
    )


def _strip(
    rows: Sequence[UnitRow],
    today: Sequence[UnitDay],
    past: Sequence[Sequence[UnitDay]],
    slots: dict[tuple[str, int], Slots],
    now: int,
    together: Row | None,
    registry: Registry,
) -> Strip:
    waiting = [row.waiting for row in rows if row.waiting is not None]
    counters = [row.counters_open for row in rows if row.counters_open is not None]
    paused = [row.counters_paused for row in rows if row.counters_paused is not None]
    longest = min((row for row in rows if row.waiting_since is not None), key=_since, default=None)
    served_usual, share_usual = _usual(today, past, slots, now)
    return Strip(
        waiting=sum(waiting) if waiting else None,
        overdue=sum(row.overdue for row in rows),
        longest_since=longest.waiting_since if longest else None,
        longest_code=longest.code if longest else None,
        longest_name=longest.name if longest else None,
        served=sum(row.served for row in rows),
        served_usual=served_usual,
        kept=sum(row.kept for row in rows),
        judged=sum(row.judged for row in rows),
        share_usual=share_usual,
        ikm=index(together or {}, registry),
        counters_open=sum(counters) if counters else None,
        counters_paused=sum(paused) if paused else None,
        silent=sum(row.state.key in ("silent", "none") for row in rows),
    )


def _since(row: UnitRow) -> int:
    return row.waiting_since or 0


def _usual(
    today: Sequence[UnitDay],
    past: Sequence[Sequence[UnitDay]],
    slots: dict[tuple[str, int], Slots],
    now: int,
) -> tuple[Usual | None, Usual | None]:
    """(people served, share within the promise) until this time of day on the same weekday of the weeks before."""
    elapsed = {day.unit.code: (now - day.start) / SLOT_MS for day in today}
    served: list[float] = []
    shares: list[float] = []
    for week in past:
        done = judged = kept = 0.0
        for day in week:
            for slot, row in slots.get((day.unit.code, day.number), {}).items():
                part = min(1.0, max(0.0, elapsed[day.unit.code] - slot))
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
