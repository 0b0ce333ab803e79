"""What the rows of a registry file must be to each other: known, single, one after the other.

Every check speaks at the row that must be mended. A reference to a row that is itself faulty is not reported, so that
one mistake gives one message.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec

from pantau.domain import durations
from pantau.domain.registry import ANY, Service, Unit
from pantau.toml_rows import Row, nearest

Placed = dict[str, list[tuple[Row, Any]]]
"""Kind of row -> each row of the file with the record read from it."""


def check(placed: Placed) -> list[Unit]:
    """Note every contradiction between rows; the units, each with the kabupaten of its kecamatan."""
    _single(placed, "kabupaten", "code")
    _single(placed, "kecamatan", "code")
    _single(placed, "service_group", "code")
    _single(placed, "source", "name")
    _known(placed, "kecamatan", "kabupaten", "kabupaten", "code")
    _known(placed, "unit", "kecamatan", "kecamatan", "code")
    _known(placed, "unit", "hours", "hours", "name")
    _known(placed, "service", "group", "service_group", "code")
    _known(placed, "standard", "unit", "unit", "code")
    _known(placed, "standard", "service", "service", "code")
    _known(placed, "holiday", "kabupaten", "kabupaten", "code")
    _source_units(placed)
    _ruled_sources(placed)
    _own_keys(placed)
    _one_after_the_other(placed["unit"], lambda unit: unit.code)
    _one_after_the_other(placed["service"], lambda service: service.code)
    _one_after_the_other(placed["standard"], lambda standard: (standard.unit, standard.service, standard.kind))
    _one_zone(placed["unit"])
    _fitting_measures(placed)
    _one_ruling(placed["clock_correction"])
    kabupaten_of = {record.code: record.kabupaten for _, record in placed["kecamatan"]}
    return [_located(unit, kabupaten_of) for _, unit in placed["unit"]]


def plain_ms(text: str) -> int:
    """A length of plain clock time in ms. Raises ValueError for working time and for what is no length."""
    length = durations.parse(text)
    if length.ms is None or length.working:
        raise ValueError('write plain time, such as "366 days"')
    return length.ms


def _located(unit: Unit, kabupaten_of: dict[str, str]) -> Unit:
    return msgspec.structs.replace(unit, kabupaten=kabupaten_of.get(unit.kecamatan, ""))


def _single(placed: Placed, kind: str, key: str) -> None:
    first: dict[str, Row] = {}
    for row, record in placed[kind]:
        value = getattr(record, key)
        if value and value in first:
            row.fault(
                key, f"is used already on line {first[value].line}", f"give every {row.label.split(' ')[0]} its own"
            )
        first.setdefault(value, row)


def _known(placed: Placed, kind: str, key: str, target: str, target_key: str) -> None:
    known = {getattr(record, target_key) for _, record in placed[target]}
    for row, record in placed[kind]:
        value = getattr(record, key)
        if value and value != ANY and value not in known:
            what = target.replace("_", " ")
            missing = nearest(value, known) if known else _first(target, value)
            rule = "names no opening hours of this file" if target == "hours" else f"is not a {what} of this file"
            row.fault(key, rule, missing, value=value)


def _first(target: str, value: str) -> str:
    """What to add where a file has none of a table yet. Hours are the one table whose name is a key."""
    if target == "hours":
        return f'add [hours.{value}] first, such as mon-fri = "08:00-16:00"'
    return f"add [[{target}]] first"


def _source_units(placed: Placed) -> None:
    known = {unit.code for _, unit in placed["unit"]}
    for row, source in placed["source"]:
        for code in sorted((source.units or frozenset()) - known):
            row.fault("units", "is not a unit of this file", nearest(code, known), value=code)


def _ruled_sources(placed: Placed) -> None:
    names = [source.name for _, source in placed["source"]]
    families = tuple(name[:-1] for name in names if name.endswith(ANY))
    for row, ruling in placed["clock_correction"]:
        if ruling.source and ruling.source not in names and not ruling.source.startswith(families):
            row.fault("source", "is not a source of this file", nearest(ruling.source, names))


def _own_keys(placed: Placed) -> None:
    owner: dict[str, Row] = {}
    for row, source in placed["source"]:
        if source.key_hash in owner:
            other = owner[source.key_hash].label
            row.fault(
                "key_hash", f"is the key of {other} too", "give every source a key of its own", value="(not shown)"
            )
        if source.key_hash:
            owner.setdefault(source.key_hash, row)


def _one_after_the_other(placed: Iterable[tuple[Row, Any]], thing: Callable[[Any], Any]) -> None:
    """Versions of one thing may follow each other; a later start ends an open-ended one before it."""
    versions: dict[Any, list[tuple[Row, Any]]] = defaultdict(list)
    for row, record in placed:
        if row.good:
            versions[thing(record)].append((row, record))
    for listed in versions.values():
        listed.sort(key=lambda version: (version[1].valid_from or date.min, version[0].line))
        for (before, old), (row, new) in pairwise(listed):
            if old.valid_from == new.valid_from:
                rule = f"begins on the same day as the version on line {before.line}"
                row.fault("valid_from", rule, "keep one of them, or give the later one its first day")
            elif old.valid_to and new.valid_from and new.valid_from <= old.valid_to:
                rule = f"overlaps the version on line {before.line}, valid to {old.valid_to}"
                row.fault("valid_from", rule, "end the earlier version the day before")


def _one_zone(placed: Iterable[tuple[Row, Unit]]) -> None:
    first: dict[str, tuple[Row, str]] = {}
    for row, unit in placed:
        if not row.good:
            continue
        before, zone = first.setdefault(unit.code, (row, unit.zone))
        if unit.zone != zone:
            rule = f"differs from {zone} on line {before.line}; days and windows of one unit must add up"
            row.fault("zone", rule, "close this unit and open a new one with a code of its own", value=unit.zone)


def _fitting_measures(placed: Placed) -> None:
    services: dict[str, Service] = {service.code: service for _, service in placed["service"]}
    for row, standard in placed["standard"]:
        service = services.get(standard.service)
        if not row.good or service is None:
            continue
        if service.kind not in ("both", standard.kind):
            todo = (
                "promise turnaround or turnaround_working, or change the kind of the service"
                if service.kind == "application"
                else "promise visit_time or a wait, or change the kind of the service"
            )
            rule = f"is never measured for {service.code}, which is of kind {service.kind!r}"
            row.fault("measure", rule, todo)


def _one_ruling(placed: Iterable[tuple[Row, Any]]) -> None:
    rulings: dict[tuple[str, int], list[tuple[Row, Any]]] = defaultdict(list)
    for row, ruling in placed:
        if row.good:
            rulings[ruling.source, ruling.version].append((row, ruling))
    for listed in rulings.values():
        listed.sort(key=lambda placed: placed[1].starts)
        for (before, old), (row, new) in pairwise(listed):
            if new.starts < old.ends:
                rule = f"covers times that the ruling of the same version on line {before.line} covers"
                row.fault("from", rule, "part them, or give the one that shall rule a higher version")
