"""The morning and the afternoon digest of a kecamatan: what is open, what began and what ended since the last one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

import msgspec

from pantau.domain.alerts.incidents import Incident
from pantau.domain.alerts.messages import CLOSED_AFTER_MS, Place, Rules, disturbances, sending_time
from pantau.domain.alerts.silences import Silence, silenced_on
from pantau.domain.calendars import add_working_days, is_working_day
from pantau.domain.zones import DAY, from_local, local_day

MORNING: Final = time(7, 30)
AFTERNOON: Final = time(15, 30)
_LOOKS_BACK_DAYS: Final = 14


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents of one kecamatan as known at ``at`` (ms UTC): ``begun`` and ``ended`` since the digest before."""

    at: int
    key: str
    kecamatan: str
    open: tuple[Incident, ...]
    begun: tuple[Incident, ...]
    ended: tuple[Incident, ...]


def digest_times(place: Place, now: int) -> tuple[int, int] | None:
    """The newest digest's time up to ``now`` and the one before it, on working days of the place; None if none was."""
    zone, found = place.calendar.zone, []
    day = local_day(zone, now)
    for _ in range(_LOOKS_BACK_DAYS):
        if is_working_day(place.calendar, day):
            times = (from_local(zone, datetime.combine(day, at)) for at in (AFTERNOON, MORNING))
            found += [at for at in times if at <= now]
        if len(found) >= 2:
            return found[0], found[1]
        day -= timedelta(days=1)
    return None


def digests(incidents: Sequence[Incident], places: Mapping[str, Place], now: int) -> list[Digest]:
    """The newest digest of each kecamatan that has something to say: in the afternoon only if something changed.

    None outside the sending hours of its first unit: what a process that was away finds due at night waits.
    """
    areas: dict[str, list[Place]] = {}
    for place in places.values():
        areas.setdefault(place.kecamatan, []).append(place)
    found = []
    for kecamatan, members in sorted(areas.items()):
        first = min(members, key=lambda place: place.unit)
        times = digest_times(first, now)
        if times is None or sending_time(first.calendar, now, Rules()) != now:
            continue
        at, before = times
        units = {place.unit for place in members}
        mine = [each for each in incidents if each.unit in units and each.opened + CLOSED_AFTER_MS <= at]
        still = tuple(each for each in mine if not _ended_by(each, at))
        begun = tuple(each for each in still if each.opened + CLOSED_AFTER_MS > before)
        ended = tuple(each for each in mine if _ended_by(each, at) and not _ended_by(each, before))
        is_morning = (at - before) > DAY // 2
        if begun or ended or (still and is_morning):
            key = f"{kecamatan}:digest:{at}"
            found.append(Digest(at=at, key=key, kecamatan=kecamatan, open=still, begun=begun, ended=ended))
    return found


def held_back(
    incidents: Sequence[Incident],
    *,
    places: Mapping[str, Place],
    silences: Sequence[Silence] = (),
    told: Collection[str] = (),
    now: int,
    rules: Rules | None = None,
) -> list[Incident]:
    """The incidents of which a digest says nothing either at ``now``, because messages of their own are held back.

    Those that are silenced, and the end of those that were silenced from begin to end; and those that wait because they
    began with a shared disturbance. ``told`` are the alerts that people know of.
    """
    rules = rules or Rules()
    mine: dict[str, list[Incident]] = {}
    for incident in sorted(incidents, key=lambda each: (each.opened, each.unit)):
        if incident.unit in places:
            mine.setdefault(incident.unit, []).append(incident)
    shared = {(unit, day): message.at for message, day in disturbances(mine, places, rules) for unit in message.units}
    found = []
    for unit, listed in mine.items():
        calendar = places[unit].calendar
        for i, incident in enumerate(listed):
            known = any(alert.alert in told for alert in incident.alerts)
            if known and incident.closed is not None:
                continue
            day = local_day(calendar.zone, now if incident.closed is None else incident.closed)
            waits = shared.get((unit, incident.first.day))
            if silenced_on(incident, day, silences, listed[:i]) or (
                waits is not None and not known and now < add_working_days(calendar, waits, rules.remind_days)
            ):
                found.append(incident)
    return found


def _ended_by(incident: Incident, at: int) -> bool:
    return incident.closed is not None and incident.closed + CLOSED_AFTER_MS <= at
