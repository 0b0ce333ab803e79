"""Which messages are due: a pure plan from incidents and what people answered, each under a key that is sent once.

The plan is made anew whenever something changes. Keys that were sent stay sent; a message that the plan no longer
holds and that has not gone out is dropped, so that nobody gets stale news.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Final, Literal

import msgspec

from pantau.domain.alerts.detection import code_of
from pantau.domain.alerts.incidents import Incident
from pantau.domain.alerts.silences import Silence, silenced_on
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.calendars import Calendar, add_working_days, is_working_day
from pantau.domain.zones import DAY, MINUTE, from_local, local_day

MessageKind = Literal["fall", "recovered", "passed", "unstable", "reminder", "overdue", "escalated", "shared"]
"""Menurun; Pulih; fell and recovered before anybody could be told; the third in ten working days; not yet answered; its
due day has passed; nobody answered, so the next role is told; many units at once."""

Role = str
CAMAT: Final = "camat"

STALE_MS: Final = 3 * DAY
"""News older than this is told of what is open still, and no more of what has ended."""

_NEVER: Final = 1 << 62

CLOSED_AFTER_MS: Final = 40 * MINUTE
"""A half hour is known this long after its start."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """When messages go out. Times are of the unit's wall clock; days are working days of its calendar."""

    sends_from: time = time(7, 30)
    sends_until: time = time(16, 0)
    ladder: tuple[tuple[Role, int], ...] = (("sekcam", 1), ("bagian_organisasi", 3))
    remind_days: int = 2
    reminders: int = 3
    remind_acknowledged_days: int = 5
    reminders_acknowledged: int = 12
    shared_units: int = 5
    shared_share: float = 0.2
    shared_least: int = 3
    unstable_incidents: int = 3
    unstable_days: int = 10


class Message(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One message: to whom, when it may go (ms UTC), and why. ``key`` is the same whenever the plan is made.

    ``deadline`` is until when an answer is awaited before the next step of the ladder. ``units`` are those of a shared
    disturbance.
    """

    at: int
    key: str
    kind: MessageKind
    role: Role
    unit: str
    alert: str
    deadline: int | None = None
    units: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """What people read and answer with."""
        return code_of(self.alert)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a unit belongs and when it works."""

    unit: str
    kecamatan: str
    kabupaten: str
    calendar: Calendar


def sending_time(calendar: Calendar, at: int, rules: Rules) -> int:
    """The first instant from ``at`` on at which a message may be sent: in the sending hours of a working day."""
    day = local_day(calendar.zone, at)
    for _ in range(400):
        if is_working_day(calendar, day):
            opens, closes = (
                from_local(calendar.zone, datetime.combine(day, edge)) for edge in (rules.sends_from, rules.sends_until)
            )
            if at < closes:
                return max(at, opens)
        day += timedelta(days=1)
    raise ValueError(f"no working day within 400 days of {day}")


def plan(
    incidents: Sequence[Incident],
    *,
    places: Mapping[str, Place],
    answers: Iterable[Acknowledgement] = (),
    silences: Sequence[Silence] = (),
    now: int,
    told: Mapping[str, int] | None = None,
    unreached: Mapping[str, Mapping[Role, int]] | None = None,
    rules: Rules | None = None,
) -> list[Message]:
    """Every message that is due by ``now`` and was ever due, in order of time; units without a place are left out.

    ``told`` is when people were first told of an alert, where that is known: ladder and reminders begin then, and an
    incident that nobody could be told of for three days is begun now. ``unreached`` is, by alert and role, when it was
    known that no message arrives there: the next step of the ladder does not wait for an answer from there.
    """
    rules = rules or Rules()
    taken: dict[str, list[Acknowledgement]] = {}
    for answer in sorted(answers):
        taken.setdefault(answer.alert, []).append(answer)
    mine: dict[str, list[Incident]] = {}
    for incident in sorted(incidents, key=lambda each: (each.opened, each.unit)):
        if incident.unit in places:
            mine.setdefault(incident.unit, []).append(incident)
    shared = disturbances(mine, places, rules)
    held = {(unit, day) for message, day in shared for unit in message.units}
    found = [message for message, _ in shared]
    for unit, listed in mine.items():
        place = places[unit]
        for i, incident in enumerate(listed):
            acknowledged = [each for alert in incident.alerts for each in taken.get(alert.alert, [])]
            acknowledged.sort(key=lambda each: each.at)
            begin = _first_told(incident, place, silences, listed[:i], rules, now)
            if begin is None:
                continue
            if told is not None:
                begin = min((told[each.alert] for each in incident.alerts if each.alert in told), default=begin)
                if begin < now - STALE_MS and not any(each.alert in told for each in incident.alerts):
                    begin = sending_time(place.calendar, now, rules)
            if (unit, incident.first.day) in held:
                begin = sending_time(place.calendar, add_working_days(place.calendar, begin, rules.remind_days), rules)
                if incident.closed is not None and incident.closed < begin:
                    continue  # it went with the disturbance that was told instead
            lost = (unreached or {}).get(incident.first.alert, {})
            life = _life(incident, begin, acknowledged, place, rules, _unstable(listed, i, place, rules), lost)
            found += _held(life, incident, place, silences, listed[:i], rules)
    return sorted(message for message in found if message.at <= now)


def unsent(
    planned: Sequence[Message], incidents: Sequence[Incident], known: Collection[str], now: int
) -> list[Message]:
    """Of a plan, what is to be handed to delivery now: nothing twice, nothing stale, and no step that another overtook.

    ``known`` are the keys that were handed over before. What was due more than three days ago is only told of incidents
    that are open still; where begin and end are due together, the end alone is told, and of reminders only the last.
    """
    alerts = {alert.alert: incident for incident in incidents for alert in incident.alerts}
    told = {key.split(":")[0] for key in known}
    fresh: dict[str, list[Message]] = {}
    reminding = {message.alert: message.key for message in planned if message.kind == "reminder"}
    for message in planned:
        if message.key not in known and (message.kind != "reminder" or message.key == reminding[message.alert]):
            fresh.setdefault(message.key if message.kind == "shared" else message.alert, []).append(message)
    found = []
    for listed in fresh.values():
        first = listed[0]
        incident = alerts.get(first.alert)
        over = first.kind != "shared" and (incident is None or incident.closed is not None)
        recent = [message for message in listed if now - message.at <= STALE_MS or not over]
        if first.kind == "shared":
            found += [message for message in recent if now - message.at <= STALE_MS]
            continue
        names = {first.alert} | ({alert.alert for alert in incident.alerts} if incident else set())
        if any(key.split(":")[1] == "passed" for key in known if key.split(":")[0] in names):
            continue  # begin and end were told in one
        was_told = bool(names & told)
        ends = [message for message in recent if message.kind in ("recovered", "passed")]
        if ends and not was_told:
            last = ends[0]
            key = f"{last.alert}:passed:0:{last.role}"
            found.append(msgspec.structs.replace(last, kind="passed", key=key))
        elif ends:
            found += ends
        elif was_told:
            found += [message for message in recent if message.kind not in ("fall", "unstable")]
        elif recent:
            begin = next((message for message in recent if message.kind in ("fall", "unstable")), None)
            found += [begin] if begin else []
            found += [message for message in recent if message.kind == "escalated"]
    return sorted(found)


def _first_told(
    incident: Incident, place: Place, silences: Sequence[Silence], before: Sequence[Incident], rules: Rules, now: int
) -> int | None:
    """When the incident may first be told of; None if it is silenced for as long as it is open, up to now."""
    at = sending_time(place.calendar, incident.opened + CLOSED_AFTER_MS, rules)
    for _ in range(400):
        day = local_day(place.calendar.zone, at)
        if not silenced_on(incident, day, silences, before):
            return at
        if at > now or (incident.closed is not None and incident.closed < at):
            return None
        at = sending_time(place.calendar, _next_day(place.calendar.zone, day), rules)
    return None


def _held(
    messages: Sequence[Message],
    incident: Incident,
    place: Place,
    silences: Sequence[Silence],
    before: Sequence[Incident],
    rules: Rules,
) -> list[Message]:
    """None on a day that was silenced before: a step of the ladder waits, reminders are left out, ends are told."""
    found = []
    for message in messages:
        at: int | None = message.at
        if message.kind in ("reminder", "overdue", "escalated"):
            at = _unsilenced(message.at, incident, place, silences, before, rules)
        closed = incident.closed
        if at == message.at:
            found.append(message)
        elif at is not None and message.kind != "reminder" and (closed is None or at < closed + CLOSED_AFTER_MS):
            found.append(msgspec.structs.replace(message, at=at))
    told = {message.role for message in found if message.kind not in ("recovered", "passed")}
    return [each for each in found if each.kind != "recovered" or each.role in told]


def _unsilenced(
    at: int, incident: Incident, place: Place, silences: Sequence[Silence], before: Sequence[Incident], rules: Rules
) -> int | None:
    """From ``at`` on, when a message of an incident may be sent on a day that is not silenced."""
    earlier = [silence for silence in silences if silence.at <= at]
    for _ in range(400):
        day = local_day(place.calendar.zone, at)
        if not silenced_on(incident, day, earlier, before):
            return at
        at = sending_time(place.calendar, _next_day(place.calendar.zone, day), rules)
    return None


def _next_day(zone: str, day: date) -> int:
    return from_local(zone, datetime.combine(day + timedelta(days=1), time()))


def _life(
    incident: Incident,
    begin: int,
    answers: Sequence[Acknowledgement],
    place: Place,
    rules: Rules,
    unstable: Literal["", "told", "hushed"],
    lost: Mapping[Role, int],
) -> list[Message]:
    """The messages of one incident from its first one to its end."""
    calendar, first = place.calendar, incident.first

    def message(kind: MessageKind, role: Role, at: int, number: int = 0, deadline: int | None = None) -> Message:
        key = f"{first.alert}:{kind}:{number}:{role}"
        return Message(at=at, key=key, kind=kind, role=role, unit=incident.unit, alert=first.alert, deadline=deadline)

    closed = None if incident.closed is None else incident.closed + CLOSED_AFTER_MS
    if unstable == "hushed":
        return []
    if closed is not None and closed <= begin:
        return [message("passed", CAMAT, sending_time(calendar, closed, rules))]
    asked = (CAMAT, *(role for role, _ in rules.ladder))
    deadlines = [
        (role, min(add_working_days(calendar, begin, days), max(lost.get(before, _NEVER), begin)))
        for before, (role, days) in zip(asked, rules.ladder, strict=False)
    ]
    kind: MessageKind = "unstable" if unstable == "told" else "fall"
    found = [message(kind, CAMAT, begin, deadline=deadlines[0][1] if deadlines else None)]
    told = [CAMAT]
    answered = min((each.at for each in answers), default=None)

    def still_open(at: int) -> bool:
        return closed is None or at < closed

    for i, (role, deadline) in enumerate(deadlines):
        at = sending_time(calendar, deadline, rules)
        if still_open(at) and (answered is None or answered > deadline):
            following = deadlines[i + 1][1] if i + 1 < len(deadlines) else None
            found.append(message("escalated", role, at, deadline=following))
            told.append(role)
    for number in range(1, rules.reminders + 1):
        at = sending_time(calendar, add_working_days(calendar, begin, rules.remind_days * number), rules)
        if still_open(at) and (answered is None or at <= answered):
            found.append(message("reminder", CAMAT, at, number))
    overdue = _overdue(answers, calendar, rules)
    if overdue is not None and still_open(overdue[0]):
        found.append(message("overdue", CAMAT, *overdue))
    for number in range(1, rules.reminders_acknowledged + 1 if answers else 0):
        wait = rules.remind_acknowledged_days * number
        at = sending_time(calendar, add_working_days(calendar, answers[-1].at, wait), rules)
        if not still_open(at):
            break
        day = local_day(calendar.zone, at)
        if overdue is None or day != local_day(calendar.zone, overdue[0]):
            found.append(message("reminder", CAMAT, at, day.toordinal()))  # named by its day: another answer moves it
    if closed is not None:
        at = sending_time(calendar, closed, rules)
        found = [each for each in found if each.at <= at]
        found += [message("recovered", role, at) for role in told]
    return found


def _overdue(answers: Sequence[Acknowledgement], calendar: Calendar, rules: Rules) -> tuple[int, int] | None:
    """When the latest due day is over, and how many others were named before it; None where nothing is promised."""
    dues = [each.due for each in answers if each.due is not None]
    if not dues or answers[-1].done:
        return None
    return sending_time(calendar, _next_day(calendar.zone, dues[-1]), rules), len(set(dues)) - 1


def _unstable(listed: Sequence[Incident], i: int, place: Place, rules: Rules) -> Literal["", "told", "hushed"]:
    """Whether this is the third incident in ten working days, which is told as such, or a later one, which is not."""
    start = _working_days_before(place.calendar, listed[i].opened, rules.unstable_days)
    recent = sum(each.opened >= start for each in listed[: i + 1])
    if recent < rules.unstable_incidents:
        return ""
    return "told" if recent == rules.unstable_incidents else "hushed"


def _working_days_before(calendar: Calendar, at: int, days: int) -> int:
    day = local_day(calendar.zone, at)
    while days > 0:
        day -= timedelta(days=1)
        days -= is_working_day(calendar, day)
    return from_local(calendar.zone, datetime.combine(day, time()))


def disturbances(
    mine: Mapping[str, Sequence[Incident]], places: Mapping[str, Place], rules: Rules
) -> list[tuple[Message, int]]:
    """A message, with its day, for each kabupaten and local day on which so many units fell that it is not theirs."""
    units: dict[str, int] = {}
    for place in places.values():
        units[place.kabupaten] = units.get(place.kabupaten, 0) + 1
    fell: dict[tuple[str, int], list[Incident]] = {}
    for unit, listed in mine.items():
        for incident in listed:
            fell.setdefault((places[unit].kabupaten, incident.first.day), []).append(incident)
    found = []
    for (kabupaten, day), listed in sorted(fell.items()):
        together = sorted({incident.unit for incident in listed})
        enough = min(rules.shared_units, max(rules.shared_least, ceil(units[kabupaten] * rules.shared_share)))
        if len(together) < enough:
            continue
        # told when the one came that made it many
        first = sorted(listed, key=lambda each: (each.opened, each.unit))
        decisive = first[enough - 1]
        at = sending_time(places[decisive.unit].calendar, decisive.opened + CLOSED_AFTER_MS, rules)
        message = Message(
            at=at,
            key=f"{kabupaten}:shared:{day}",
            kind="shared",
            role=rules.ladder[-1][0] if rules.ladder else CAMAT,
            unit=decisive.unit,
            alert=first[0].first.alert,
            units=tuple(together),
        )
        found.append((message, day))
    return found
