"""The registry in force and its stored versions; loading one that changes the past rebuilds what it touches."""

from collections.abc import Sequence
from typing import Any

import msgspec

from pantau.domain.errors import BadSetup
from pantau.domain.registry import Registry
from pantau.embedded.pipeline import Pipeline
from storage.queries import sql
from storage.store import Store
from storage.verify import rebuild

_REGISTRY_COLUMNS = (
    ("version", "String"),
    ("loaded_at", "DateTime64(3, 'UTC')"),
    ("epoch", "UInt64"),
    ("content", "String"),
)


class Registries:
    """Stored versions of the registry."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def newest(self) -> Registry | None:
        """The registry that was loaded last, as stored."""
        rows = self._store.engine.query(sql("stored_registry")).rows
        return Registry.from_rows(msgspec.json.decode(rows[0][2])) if rows else None

    def load(self, registry: Registry, pipeline: Pipeline, *, now: int) -> list[str]:
        """Store a registry, rebuild the units whose past it changes under a new epoch, and put it in force.

        Returns the rebuilt units. The registry is stored before the rebuild and the epoch after it, so a crash in
        between is seen at the next load and the rebuild done again, above whatever the crash left. Raises BadSetup,
        and changes nothing, for a registry without a unit that has events.
        """
        rows = self._store.engine.query(sql("stored_registry")).rows
        stored = Registry.from_rows(msgspec.json.decode(rows[0][2])) if rows else None
        epoch, loaded_at = (int(rows[0][1]), int(rows[0][3])) if rows else (0, 0)
        unfinished = epoch > pipeline.progress.epoch
        with_events = [(unit, source) for unit, source in self._store.engine.query(sql("units_with_events")).rows]
        unknown = sorted({unit for unit, _ in with_events if registry.unit(unit) is None})
        if unknown:
            raise BadSetup(
                f"the registry has no unit {', '.join(unknown)}, but the log has its events; end it with valid_to"
            )
        self._write_reference(registry)
        if stored is not None and stored.version == registry.version and not unfinished:
            pipeline.use(registry, epoch=pipeline.progress.epoch)
            return []
        if stored is None or unfinished:
            changed = sorted({unit for unit, _ in with_events})
        else:
            changed = changed_units(stored, registry, with_events)
        epoch = max(epoch, pipeline.progress.epoch) + 1 if changed else pipeline.progress.epoch
        self._store.engine.insert(
            "registries",
            _REGISTRY_COLUMNS,
            (
                [registry.version],
                [max(now, loaded_at + 1)],  # also when the clock went back: the one loaded last must be the newest
                [epoch],
                [msgspec.json.encode(registry.to_rows()).decode()],
            ),
        )
        if changed:
            rebuild(self._store, registry, version=pipeline.version_at(epoch), units=changed)
        pipeline.use(registry, epoch=epoch)
        return changed

    def _write_reference(self, registry: Registry) -> None:
        """The names and places that queries join: units and services, as this registry has them."""
        kecamatan = {place.code: place.name for place in registry.kecamatan}
        kabupaten = {place.code: place.name for place in registry.kabupaten}
        units = [
            (
                unit.code,
                unit.name,
                unit.kecamatan,
                kecamatan.get(unit.kecamatan, unit.kecamatan),
                unit.kabupaten,
                kabupaten.get(unit.kabupaten, unit.kabupaten),
                unit.zone,
            )
            for unit in registry.units
        ]
        names = ("unit", "name", "kecamatan", "kecamatan_name", "kabupaten", "kabupaten_name", "zone")
        self._replace("units", names, units)
        services = [(service.code, service.name, service.group, service.kind) for service in registry.services]
        self._replace("services", ("service", "name", "service_group", "kind"), services)

    def _replace(self, table: str, names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        """Make a table hold these rows and no others, if it does not already."""
        selected = f"SELECT {', '.join(names)}"
        held = self._store.engine.query(f"{selected} FROM {table} FINAL").rows
        gone = sorted({row[0] for row in held} - {row[0] for row in rows})
        new = sorted(set(rows) - set(held))
        version = 1 + int(self._store.engine.query(f"SELECT max(version) FROM {table}").rows[0][0])
        written = [(*row, version, 0) for row in new]
        written += [(code, *[""] * (len(names) - 1), version, 1) for code in gone]
        if written:
            columns = [*((name, "String") for name in names), ("version", "UInt64"), ("deleted", "UInt8")]
            self._store.engine.insert(table, columns, [*zip(*written, strict=True)])


def changed_units(old: Registry, new: Registry, with_events: list[tuple[str, str]]) -> list[str]:
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
