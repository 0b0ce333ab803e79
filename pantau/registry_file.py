"""``registry.toml`` becomes a ``Registry``, or every fault in it with its line.

What a row means is said in ``pantau.domain.registry_records``; what rows must be to each other is in
``pantau.registry_checks``. An example with every kind of row is ``examples/lampung_selatan/registry.toml``.
"""

import re
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from pantau import holidays_id, registry_checks
from pantau.domain import zones
from pantau.domain.calendars import Special, Spell, Week, check_week
from pantau.domain.registry import (
    ANY,
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
    Registry,
    Service,
    ServiceGroup,
    Source,
    Standard,
    Unit,
)
from pantau.toml_rows import Document, Row, nearest, read

DEFAULT_MAX_AGE_MS: Final = 7 * zones.DAY
"""How old a live source's event may be when the file does not say: a long weekend without a line, and some."""

_DAYS: Final[dict[str, int]] = {
    name: number
    for number, names in enumerate(
        ("mon monday senin", "tue tuesday selasa", "wed wednesday rabu", "thu thursday kamis", "fri friday jumat",
         "sat saturday sabtu", "sun sunday minggu")
    )
    for name in names.split()
}  # fmt: skip
_SPELL: Final = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–]\s*(\d{1,2})[:.](\d{2})")
_MEANT: Final[dict[str, str]] = {
    word: table
    for table, words in {
        "write [[standard]]": "promise promises standar service_standard service_standards",
        "write [[unit]]": "office offices kantor",
        "write [[service]]": "layanan",
        "write [[service_group]]": "group groups servicegroup service_groups kelompok_layanan",
        "write [[source]]": "sumber system systems",
        "write [[clock_correction]]": "correction corrections clock clocks koreksi_jam",
        "write [[holiday]]": "libur hari_libur",
        "write [hours.kantor]": "hour opening_hours jam_buka jam",
    }.items()
    for word in words.split()
}
"""What is meant by words that people write for a table of the file."""

_CLOSED: Final = frozenset({"closed", "tutup"})
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_PERSONAL: Final = re.compile(r"@|\d{8}")  # an e-mail address or a phone number; area codes have dots


def load(path: str | Path) -> Registry:
    """The registry in a file. Raises BadSetup with every fault at once, each with file, line and what to do.

    A file without a unit is a fault too: with it every event would be refused.
    """
    document = read(Path(path))
    registry = _registry(document)
    if not registry.units:
        document.blame(1, "", "", "holds no unit", "add a [[unit]]; docs/registry.md has a whole file to start from")
        document.stop_if_faulty()
    return registry


def parse(text: str, name: str = "registry.toml") -> Registry:
    """The registry in a text; ``name`` is what its faults call the file."""
    return _registry(Document(text, name))


def _registry(document: Document) -> Registry:
    top = document.top()
    defaults = top.under("defaults", "defaults")
    zone, hours_name = _default_zone(defaults), defaults.text("hours", "")
    defaults.finish()
    placed: dict[str, list[tuple[Row, Any]]] = {
        "hours": _hours(top),
        "kabupaten": [
            (row, Kabupaten(code=row.text("code"), name=row.text("name"))) for row in _rows(top, "kabupaten")
        ],
        "kecamatan": [(row, _kecamatan(row)) for row in _rows(top, "kecamatan")],
        "unit": [(row, _unit(row, zone, hours_name)) for row in _rows(top, "unit")],
        "service_group": [
            (row, ServiceGroup(code=row.text("code"), name=row.text("name"))) for row in _rows(top, "service_group")
        ],
        "service": [(row, _service(row)) for row in _rows(top, "service")],
        "standard": [(row, _standard(row)) for row in _rows(top, "standard", "service")],
        "source": [(row, _source(row)) for row in _rows(top, "source", "name")],
        "clock_correction": [(row, _correction(row)) for row in _rows(top, "clock_correction", "source")],
        "holiday": [(row, _holiday(row)) for row in _rows(top, "holiday", "name")],
    }
    holidays = _national_holidays(top)
    definitions = _definitions(top)
    for listed in placed.values():
        for row, _ in listed:
            row.finish()
    top.finish(_MEANT)
    units = registry_checks.check(placed)
    document.stop_if_faulty()
    records = {kind: [record for _, record in listed] for kind, listed in placed.items()}
    return Registry(
        kabupaten=records["kabupaten"],
        kecamatan=records["kecamatan"],
        hours=records["hours"],
        holidays=[*holidays, *records["holiday"]],
        units=units,
        groups=records["service_group"],
        services=records["service"],
        standards=records["standard"],
        sources=records["source"],
        corrections=records["clock_correction"],
        definitions=definitions,
    )


def _rows(top: Row, key: str, name: str = "code") -> list[Row]:
    return list(top.rows(key, key.replace("_", " "), name))


def _default_zone(defaults: Row) -> str | None:
    return _zone(defaults) if defaults.has("zone") else None


def _zone(row: Row) -> str:
    name = row.text("zone", example='"WIB"')
    if not row.good:
        return "UTC"
    try:
        return zones.resolve(name)
    except ValueError as error:
        from zoneinfo import available_timezones

        rule = str(error).removeprefix(repr(name)).strip()
        row.fault("zone", rule, nearest(name, [*zones.INDONESIAN, *available_timezones()]))
        return "UTC"


def _period(row: Row) -> dict[str, date | None]:
    first, last = row.day("valid_from"), row.day("valid_to")
    if first and last and last < first:
        row.fault("valid_to", f"is before valid_from, {first}", "swap the dates or mend one")
    return {"valid_from": first, "valid_to": last}


def _hours(top: Row) -> list[tuple[Row, Hours]]:
    placed = []
    table = top.under("hours", "hours", "[hours.kantor]")
    for name, under in table.table.items():
        if not isinstance(under, dict):
            rule = "stands in no opening hours that have a name"
            table.fault(name, rule, "write [hours.kantor] above it in place of [hours]", value="")
            continue
        row = table.under(name, f"hours {name!r}")
        specials = tuple(_special(special) for special in row.rows("special", f"hours {name!r} special", "name"))
        week = _week(row)
        if row.good and not any(week):
            row.fault("", "is never open", 'add a day, such as mon-fri = "08:00-16:00"')
        placed.append((row, Hours(name=name, week=week, specials=specials)))
    return placed


def _special(row: Row) -> Special:
    for key in ("from", "to"):
        if not row.has(key):
            row.fault(key, "is missing", f"add {key} = 2026-02-19")
    first, last = row.day("from"), row.day("to")
    row.text("name", "")
    if first and last and last < first:
        row.fault("to", f"is before from, {first}", "swap the dates or mend one")
    special = Special(first or date.min, last or date.min, _week(row))
    row.finish()
    return special


def _week(row: Row) -> Week:
    week: dict[int, tuple[Spell, ...]] = {}
    for key in row.unasked():
        ends = [_DAYS.get(part.strip().lower()) for part in key.split("-")]
        if len(ends) > 2 or None in ends:
            row.fault(key, "is no day of the week", "write mon, tue, … sun or a range such as mon-thu", value="")
            continue
        first, last = ends[0] or 0, ends[-1] or 0
        if last < first:
            row.fault(key, "runs backwards", "write the earlier day first, such as mon-fri", value="")
        spells = _spells(row, key)
        for day in range(first, last + 1):
            if day in week:
                row.fault(key, "names a day that another line names too", "keep one of them", value="")
            week[day] = spells
    return tuple(week.get(day, ()) for day in range(7))


def _spells(row: Row, key: str) -> tuple[Spell, ...]:
    value = row.table[key]
    listed = [value] if isinstance(value, str) else value
    if isinstance(value, str) and value.strip().lower() in _CLOSED:
        return ()
    spells: list[Spell] = []
    for text in listed if isinstance(listed, list) else [listed]:
        match = _SPELL.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or int(match[2]) > 59 or int(match[4]) > 59:
            row.fault(key, "is not a spell of opening", 'write "08:00-12:00", a list of such, or "closed"', value=text)
            return ()
        spells.append((int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])))
    try:
        check_week((tuple(spells), *[()] * 6))
    except ValueError:
        row.fault(key, "has spells that overlap, run backwards or leave the day", "order them between 00:00 and 24:00")
        return ()
    return tuple(spells)


def _kecamatan(row: Row) -> Kecamatan:
    contacts = tuple(_contact(contact) for contact in row.rows("contacts", f"{row.label} contact", "role"))
    return Kecamatan(
        code=row.text("code"),
        name=row.text("name"),
        kabupaten=row.text("kabupaten", example='"18.01"'),
        contacts=contacts,
    )


def _contact(row: Row) -> Contact:
    contact = Contact(role=row.text("role"), channel=row.text("channel"), address_key=row.text("address_key"))
    if _PERSONAL.search(contact.address_key):
        todo = "keep the address in the settings of the channel and write here the name it has there"
        row.fault("address_key", "looks like a personal address", todo, value="(not shown)")
    row.finish()
    return contact


def _unit(row: Row, default_zone: str | None, default_hours: str) -> Unit:
    zone = default_zone if default_zone and not row.has("zone") else _zone(row)
    return Unit(
        code=row.text("code"),
        name=row.text("name"),
        kecamatan=row.text("kecamatan", example='"18.01.06"'),
        kabupaten="",  # follows from the kecamatan, in registry_checks
        zone=zone,
        hours=row.text("hours", default_hours or None, example='"kantor"'),
        kind=row.text("kind", "kantor"),
        **_period(row),
    )


def _service(row: Row) -> Service:
    kind: Literal["ticket", "application", "both"] = row.choice("kind", Literal["ticket", "application", "both"])
    group = row.text("group", example='"adminduk", the code of a [[service_group]]')
    return Service(code=row.text("code"), name=row.text("name"), group=group, kind=kind, **_period(row))


def _standard(row: Row) -> Standard:
    measure: Measure = row.choice("measure", Measure)
    leavers: Leavers | None = row.choice("leavers", Leavers) if row.has("leavers") else None
    example = "3 working days" if measure == "turnaround_working" else "30 minutes"
    length = row.length("within", example=example)
    unit, service, decree = row.text("unit", ANY), row.text("service", ANY), row.text("decree", "")
    if length is not None and row.good:
        if length.working and measure != "turnaround_working":
            todo = 'set measure = "turnaround_working", or promise plain time'
            row.fault("within", f"is working time, which {measure} is not", todo)
        elif measure == "turnaround_working" and not length.working:
            todo = 'write "3 working days" or "4 working hours", or set measure = "turnaround"'
            row.fault("within", "is plain time", todo)
        elif not (length.ms or length.working_days):
            row.fault("within", "is no time at all", f'write a limit above zero, such as "{example}"')
    limit_ms, working_days = (length.ms, length.working_days) if length is not None and row.good else (1, None)
    stand_in: Measure = measure if row.good else "turnaround_working"
    return Standard(
        measure=stand_in,
        unit=unit,
        service=service,
        limit_ms=limit_ms,
        working_days=working_days,
        leavers=leavers,
        decree=decree or None,
        **_period(row),
    )


def _source(row: Row) -> Source:
    live = row.boolean("live", True)
    max_age = row.clock_length("max_age", example="7 days", required=False)
    if not live and max_age is not None:
        row.fault("max_age", "is set for an import, which may be of any age", "leave it out, or set live = true")
    key_hash = row.text("key_hash", "")
    if key_hash and not _SHA256.fullmatch(key_hash):
        todo = "write the 64 hex digits that `printf %s KEY | sha256sum` prints; never the key itself"
        row.fault("key_hash", "is not a SHA-256 in hex", todo, value="(not shown)")
    first, last = row.day("expect_from"), row.day("expect_to")
    if first and last and last < first:
        row.fault("expect_to", f"is before expect_from, {first}", "swap the dates or mend one")
    tolerance = row.clock_length("future_tolerance", example="5 minutes", required=False)
    numbers_restart: Literal["never", "daily"] = row.choice("numbers_restart", Literal["never", "daily"], "never")
    personal: Literal["refuse", "pseudonymise"] = row.choice("personal", Literal["refuse", "pseudonymise"], "refuse")
    return Source(
        name=row.text("name"),
        units=frozenset(row.texts("units")) if row.has("units") else None,
        live=live,
        max_age_ms=(max_age or DEFAULT_MAX_AGE_MS) if live else None,
        tolerance_ms=5 * zones.MINUTE if tolerance is None else tolerance,
        numbers_restart=numbers_restart,
        personal=personal,
        key_hash=key_hash or None,
        expect_from=first,
        expect_to=last,
    )


def _correction(row: Row) -> ClockCorrection:
    starts, ends = row.instant("from"), row.instant("until")
    if row.good and ends <= starts:
        row.fault("until", "is not after from", "swap the times or mend one")
    shift = row.text("shift", example='"-366 days"')
    sign = -1 if shift.strip().startswith(("-", "\N{MINUS SIGN}")) else 1
    shift_ms = 0
    if row.good:
        try:
            shift_ms = sign * (registry_checks.plain_ms(shift.strip().lstrip("+-\N{MINUS SIGN}")))
        except ValueError as error:
            row.fault("shift", "is not a length of time", f"{error}, with - in front to move back")
    return ClockCorrection(
        source=row.text("source"),
        starts=starts,
        ends=ends,
        shift_ms=shift_ms,
        version=row.integer("version", 1, least=1),
        reason=row.text("reason", example='"the year was wrong"'),
    )


def _holiday(row: Row) -> Holiday:
    if not row.has("date"):
        row.fault("date", "is missing", "add date = 2026-01-31")
    kind: HolidayKind = row.choice("kind", HolidayKind, "libur_daerah")
    kabupaten = row.text("kabupaten", "") or None
    return Holiday(day=row.day("date") or date.min, name=row.text("name"), kind=kind, kabupaten=kabupaten)


def _national_holidays(top: Row) -> list[Holiday]:
    if not top.has("holidays"):
        return []
    row = top.under("holidays", "holidays")
    if row.text("country", "ID") != "ID":
        row.fault("country", "is not known", 'write "ID", or leave [holidays] out and list each day as [[holiday]]')
    first, last = (row.integer(key, least=holidays_id.FIRST_YEAR) for key in ("from_year", "to_year"))
    removed = row.table.get("removed", [])
    if row.has("removed") and not (isinstance(removed, list) and all(type(day) is date for day in removed)):
        row.fault("removed", "is not a list of dates", "write removed = [2026-01-31]")
    if row.good and not first <= last <= holidays_id.LAST_YEAR:
        row.fault("to_year", f"is before from_year or after {holidays_id.LAST_YEAR}", "mend one of the two")
    if not row.finish():
        return []
    listed = holidays_id.holidays_of(first, last)
    for day in removed:
        if day not in {holiday.day for holiday in listed}:
            row.fault("removed", "is no holiday of these years", "leave it out or mend the date", value=day)
    return [holiday for holiday in listed if holiday.day not in removed]


def _definitions(top: Row) -> Definitions:
    row = top.under("definitions", "definitions")
    usual = Definitions()
    found = Definitions(
        zero_waits=row.choice("zero_waits", Leavers, usual.zero_waits),
        leavers_in_sla=row.boolean("leavers_in_sla", usual.leavers_in_sla),
        finished=row.choice("finished", Literal["issued", "approved"], usual.finished),
        percentile=row.choice("percentile", Literal["nearest_rank"], usual.percentile),
        ikm_weight=row.choice("ikm_weight", Literal["1/9", "0.11"], usual.ikm_weight),
        ikm_confidence=row.number("ikm_confidence", usual.ikm_confidence, above=0.5, below=1),
        minimum_sample=row.integer("minimum_sample", usual.minimum_sample, least=1),
    )
    row.finish()
    return found
