"""The registry: who the units are, what they promise, when they are open, and which sources may speak for them.

A ``Registry`` never changes; a new file makes a new one, told apart by its ``version``. Its records are effective-dated
(see ``registry_records``), so one registry answers for the past as well.
"""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import msgspec

from pantau.domain.calendars import Calendar
from pantau.domain.registry_records import (
    ANY,
    KINDS,
    ClockCorrection,
    Contact,
    Definitions,
    Holiday,
    HolidayKind,
    Hours,
    Kabupaten,
    Kecamatan,
    Leavers,
    Measure,
    Record,
    Service,
    ServiceGroup,
    Source,
    Standard,
    Unit,
    VisitKind,
)
from pantau.domain.zones import day_start

__all__ = [
    "ANY",
    "KINDS",
    "ClockCorrection",
    "Contact",
    "Definitions",
    "Holiday",
    "HolidayKind",
    "Hours",
    "Kabupaten",
    "Kecamatan",
    "Leavers",
    "Measure",
    "Record",
    "Registry",
    "Service",
    "ServiceGroup",
    "Source",
    "Standard",
    "Unit",
    "VisitKind",
]

Dated = TypeVar("Dated", Unit, Service, Standard)
Coded = TypeVar("Coded", Unit, Service)
Chosen = TypeVar("Chosen")
Timeline = tuple[list[int], list[Chosen]]
"""Starts in ms UTC, and what is valid from each on; before the first start the first holds as well."""

_Scope = tuple[str, str, str | None]
"""(zone, unit or ANY, service): what two units have in common that are promised the same."""


def valid_on(versions: Sequence[Dated], day: date) -> Dated | None:
    """The version valid on a local day: the latest that has begun, unless it has ended."""
    begun = [version for version in versions if version.valid_from is None or version.valid_from <= day]
    if not begun:
        return None
    last = max(begun, key=lambda version: version.valid_from or date.min)
    return last if last.valid_to is None or day <= last.valid_to else None


class Registry:
    """Everything the registry knows, indexed. Immutable; answers depend on nothing but the records it was built of."""

    def __init__(
        self,
        *,
        kabupaten: Iterable[Kabupaten] = (),
        kecamatan: Iterable[Kecamatan] = (),
        hours: Iterable[Hours] = (),
        holidays: Iterable[Holiday] = (),
        units: Iterable[Unit] = (),
        groups: Iterable[ServiceGroup] = (),
        services: Iterable[Service] = (),
        standards: Iterable[Standard] = (),
        sources: Iterable[Source] = (),
        corrections: Iterable[ClockCorrection] = (),
        definitions: Definitions | None = None,
    ):
        self.kabupaten = tuple(sorted(kabupaten, key=lambda record: record.code))
        self.kecamatan = tuple(sorted(kecamatan, key=lambda record: record.code))
        self.hours = tuple(sorted(hours, key=lambda record: record.name))
        self.holidays = tuple(sorted(holidays, key=lambda record: (record.day, record.kabupaten or "", record.name)))
        self.groups = tuple(sorted(groups, key=lambda record: record.code))
        self.standards = tuple(sorted(standards, key=_encoded))
        self.sources = tuple(sorted(sources, key=lambda record: record.name))
        self.corrections = tuple(sorted(corrections, key=_encoded))
        self.definitions = definitions or Definitions()
        self._unit_versions = _by_code(units)
        self._service_versions = _by_code(services)
        self.units = tuple(versions[-1] for versions in self._unit_versions.values())
        """Every unit in its latest version, by code."""
        self.unit_codes = tuple(self._unit_versions)
        self.services = tuple(versions[-1] for versions in self._service_versions.values())
        """Every service in its latest version, by code."""
        self._units_of: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            for area in {unit.kecamatan, unit.kabupaten}:
                self._units_of[area].append(unit)
        self._hours = {record.name: record for record in self.hours}
        self._zones = {code: versions[-1].zone for code, versions in self._unit_versions.items()}
        self.zones = frozenset(self._zones.values())
        """The IANA zones of all units."""
        self._sources = {record.name: record for record in self.sources}
        self._families = sorted(
            ((record.name[:-1], record) for record in self.sources if record.name.endswith(ANY)),
            key=lambda family: -len(family[0]),
        )
        self._standards: dict[tuple[str, str], list[Standard]] = defaultdict(list)
        for standard in self.standards:
            self._standards[standard.unit, standard.service].append(standard)
        self._promised = {standard.service for standard in self.standards}
        self._promising_units = {standard.unit for standard in self.standards}
        self._corrections: dict[str, list[ClockCorrection]] = defaultdict(list)
        for correction in sorted(self.corrections, key=lambda record: -record.version):
            self._corrections[correction.source].append(correction)
        self._standard_timelines: dict[tuple[_Scope, VisitKind | None], Timeline[Standard | None]] = {}
        self._calendar_timelines: dict[str, Timeline[Calendar]] = {}
        self._calendars: dict[tuple[str, str, str], Calendar] = {}
        self._equal_calendars: dict[Calendar, Calendar] = {}
        self._refuse_contradictions()
        self.version = hashlib.sha256(msgspec.json.encode(self.to_rows())).hexdigest()[:16]
        """Equal for registries with equal content, whatever the order of their rows."""

    def _refuse_contradictions(self) -> None:
        for code, versions in self._unit_versions.items():
            for unit in versions:
                if unit.zone != self._zones[code]:
                    raise ValueError(f"unit {code!r} has two zones; an office that moves to another zone is a new unit")
                if unit.hours not in self._hours:
                    raise ValueError(f"unit {code!r} has hours {unit.hours!r}, which are not given")

    @property
    def holiday_years(self) -> tuple[int, ...]:
        """The years for which holidays are known; elsewhere only the days of the week close an office."""
        return tuple(sorted({holiday.day.year for holiday in self.holidays}))

    def unit(self, code: str) -> Unit | None:
        """The latest version of a unit; None for a code that is not a unit."""
        versions = self._unit_versions.get(code)
        return versions[-1] if versions else None

    def unit_on(self, code: str, day: date) -> Unit | None:
        """The version of a unit valid on a local day; None where it does not exist then."""
        return valid_on(self._unit_versions.get(code, ()), day)

    def units_of(self, area: str) -> tuple[Unit, ...]:
        """The units of a kecamatan or of a kabupaten, by code; none for an unknown area."""
        return tuple(self._units_of.get(area, ()))

    def zone(self, code: str) -> str:
        """The IANA zone of a unit, the same in all its versions. Raises KeyError for an unknown unit."""
        return self._zones[code]

    def service(self, code: str) -> Service | None:
        """The latest version of a service."""
        versions = self._service_versions.get(code)
        return versions[-1] if versions else None

    def standard(self, unit: str, service: str | None, at: int, kind: VisitKind | None = None) -> Standard | None:
        """The one promise that holds at an instant: the most specific wins, then the latest.

        Unit and service before the unit's promise for all services, before the service's for all units, before the
        one for all. None where nothing is promised. A service of None is unknown: only promises for all services hold.
        With ``kind`` only promises about tickets, or about applications, are looked at.
        """
        alike = self.promises_alike(unit)
        if alike is None:
            return None
        scope = (*alike, service if service in self._promised else None)
        timeline = self._standard_timelines.get((scope, kind))
        if timeline is None:
            timeline = self._standard_timelines[scope, kind] = self._promises(*scope, kind)
        return _at(timeline, at)

    def promises_alike(self, unit: str) -> tuple[str, str] | None:
        """What units have in common that are promised the same: the zone, and the unit if it has promises of its own.

        None for an unknown unit.
        """
        zone = self._zones.get(unit)
        return None if zone is None else (zone, unit if unit in self._promising_units else ANY)

    def calendar(self, unit: str, at: int) -> Calendar:
        """The calendar of a unit's version valid at an instant, or the nearest. Raises KeyError for an unknown unit."""
        timeline = self._calendar_timelines.get(unit)
        if timeline is None:
            versions = self._unit_versions[unit]
            starts = [_start(self._zones[unit], version.valid_from) for version in versions]
            timeline = self._calendar_timelines[unit] = starts, [self._calendar(version) for version in versions]
        return _at(timeline, at)

    def source(self, name: str) -> Source | None:
        """What rules a source, under its own name; None for one that may not send.

        That is its own record, or that of the longest ``prefix*``: each member of a family is a source of its own.
        """
        found = self._sources.get(name)
        if found is None:
            family = next((record for prefix, record in self._families if name.startswith(prefix)), None)
            found = None if family is None else msgspec.structs.replace(family, name=name)
        return found

    def correct(self, source: str, time: int) -> int:
        """The time a source meant: moved by the ruling that covers the raw time, else unchanged."""
        if source in self._corrections:
            for correction in self._corrections[source]:
                if correction.starts <= time < correction.ends:
                    return time + correction.shift_ms
        return time

    def to_rows(self) -> list[dict[str, Any]]:
        """The registry as JSON-able rows ``{kind, key, valid_from, valid_to, body}`` in a fixed order."""
        records: list[tuple[str, Record]] = [("definitions", self.definitions)]
        records += [("unit", unit) for versions in self._unit_versions.values() for unit in versions]
        records += [("service", service) for versions in self._service_versions.values() for service in versions]
        for kind, listed in (
            ("kabupaten", self.kabupaten),
            ("kecamatan", self.kecamatan),
            ("hours", self.hours),
            ("holiday", self.holidays),
            ("service_group", self.groups),
            ("standard", self.standards),
            ("source", self.sources),
            ("clock_correction", self.corrections),
        ):
            records += [(kind, record) for record in listed]
        return [_row(kind, record) for kind, record in records]

    @classmethod
    def from_rows(cls, rows: Iterable[dict[str, Any]]) -> "Registry":
        """The registry that ``to_rows`` wrote, from its rows in any order."""
        records: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            records[row["kind"]].append(msgspec.convert(row["body"], KINDS[row["kind"]]))
        return cls(
            kabupaten=records["kabupaten"],
            kecamatan=records["kecamatan"],
            hours=records["hours"],
            holidays=records["holiday"],
            units=records["unit"],
            groups=records["service_group"],
            services=records["service"],
            standards=records["standard"],
            sources=records["source"],
            corrections=records["clock_correction"],
            definitions=next(iter(records["definitions"]), None),
        )

    def _promises(self, zone: str, unit: str, service: str | None, kind: VisitKind | None) -> Timeline[Standard | None]:
        """What is promised by all units of a zone that promise nothing of their own (``unit`` is ANY), or by one."""
        pairs = dict.fromkeys([(unit, service), (unit, ANY), (ANY, service), (ANY, ANY)])
        scopes = [
            [standard for standard in self._standards.get((u, s), ()) if kind in (None, standard.kind)]
            for u, s in pairs
            if s is not None
        ]
        days = {standard.valid_from for scope in scopes for standard in scope if standard.valid_from}
        ends = {standard.valid_to for scope in scopes for standard in scope if standard.valid_to}
        days |= {last + timedelta(days=1) for last in ends if last < date.max}
        turns = [date.min, *sorted(days)]

        def rules(day: date) -> Standard | None:
            return next((found for scope in scopes if (found := valid_on(scope, day))), None)

        return [_start(zone, day) for day in turns], [rules(day) for day in turns]

    def _calendar(self, unit: Unit) -> Calendar:
        key = (unit.zone, unit.hours, unit.kabupaten)
        if key not in self._calendars:
            closed = frozenset(holiday.day for holiday in self.holidays if holiday.kabupaten in (None, unit.kabupaten))
            hours = self._hours[unit.hours]
            made = Calendar(unit.zone, hours.week, closed, hours.specials)
            # kabupaten with the same holidays share one calendar, and so its tables
            self._calendars[key] = self._equal_calendars.setdefault(made, made)
        return self._calendars[key]


def _at(timeline: Timeline[Chosen], at: int) -> Chosen:
    starts, chosen = timeline
    return chosen[max(bisect_right(starts, at) - 1, 0)]


def _start(zone: str, day: date | None) -> int:
    return -(2**62) if day is None or day == date.min else day_start(zone, day)


def _by_code(records: Iterable[Coded]) -> dict[str, list[Coded]]:
    by_code: dict[str, list[Coded]] = {}
    for record in sorted(records, key=lambda record: (record.code, record.valid_from or date.min)):
        by_code.setdefault(record.code, []).append(record)
    return by_code


def _encoded(record: Record) -> bytes:
    return msgspec.json.encode(record, order="deterministic")


def _row(kind: str, record: Record) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(record, order="deterministic")
    key = body.get("code") or body.get("name") or ""
    if isinstance(record, Standard):
        key = f"{record.unit}/{record.service}"
    elif isinstance(record, ClockCorrection):
        key = f"{record.source}/{record.version}"
    elif isinstance(record, Holiday):
        key = f"{record.day}/{record.kabupaten or ANY}"
    return {
        "kind": kind,
        "key": key,
        "valid_from": body.get("valid_from"),
        "valid_to": body.get("valid_to"),
        "body": body,
    }
