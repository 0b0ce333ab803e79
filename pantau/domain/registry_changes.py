"""Which units' past a new version of the registry would judge differently."""

from collections.abc import Sequence
from typing import Any

from pantau.domain.registry import Registry


def changed_units(old: Registry, new: Registry, with_events: Sequence[tuple[str, str]]) -> list[str]:
    """Units with events whose visits, windows or times the new registry would judge differently.

    Said by comparing what a fold reads: promises, opening hours, holidays and zone of the unit in all its versions, the
    definitions, and the rulings on the clocks of the sources that spoke for it. Too many is safe, too few is not.
    """
    units = {unit for unit, _ in with_events}
    if old.definitions.finished != new.definitions.finished:
        return sorted(units)
    if old.holidays != new.holidays or old.hours != new.hours:
        return sorted(units)
    changed: set[str] = set()
    if old.standards != new.standards:
        touched = {standard.unit for standard in set(old.standards) ^ set(new.standards)}
        changed |= units if "*" in touched else units & touched
    if old.corrections != new.corrections:
        sources = {correction.source for correction in set(old.corrections) ^ set(new.corrections)}
        changed |= {unit for unit, source in with_events if source in sources}
    then, now = _offices(old), _offices(new)
    changed |= {unit for unit in units if then.get(unit) != now.get(unit)}
    return sorted(changed)


def _offices(registry: Registry) -> dict[str, list[dict[str, Any]]]:
    """What a fold reads of each unit's versions: from when on, in which zone, with which hours and holidays."""
    offices: dict[str, list[dict[str, Any]]] = {}
    for row in registry.to_rows():
        if row["kind"] == "unit":
            body = row["body"]
            read = {name: body.get(name) for name in ("valid_from", "zone", "hours", "kabupaten")}
            offices.setdefault(body["code"], []).append(read)
    return offices
