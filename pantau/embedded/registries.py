"""The registry in force and its stored versions; loading one that changes the past rebuilds what it touches."""

from collections.abc import Sequence

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
        between is seen at the next load and the rebuild done again.
        """
        rows = self._store.engine.query(sql("stored_registry")).rows
        stored = Registry.from_rows(msgspec.json.decode(rows[0][2])) if rows else None
        epoch = int(rows[0][1]) if rows else 0
        unfinished = bool(rows) and epoch > pipeline.progress.epoch
        if stored is not None and stored.version == registry.version and not unfinished:
            pipeline.use(registry, epoch=pipeline.progress.epoch)
            return []
        with_events = [(unit, source) for unit, source in self._store.engine.query(sql("units_with_events")).rows]
        unknown = sorted({unit for unit, _ in with_events if registry.unit(unit) is None})
        if unknown:
            raise BadSetup(
                f"the registry has no unit {', '.join(unknown)}, but the log has its events; end it with valid_to"
            )
        if stored is None or unfinished:
            changed = sorted({unit for unit, _ in with_events})
        else:
            changed = changed_units(stored, registry, with_events)
        epoch = pipeline.progress.epoch + 1 if changed else pipeline.progress.epoch
        self._store.engine.insert(
            "registries",
            _REGISTRY_COLUMNS,
            ([registry.version], [now], [epoch], [msgspec.json.encode(registry.to_rows()).decode()]),
        )
        self._write_reference(registry, now)
        if changed:
            rebuild(self._store, registry, version=pipeline.version_at(epoch), units=changed)
        pipeline.use(registry, epoch=epoch)
        return changed

    def _write_reference(self, registry: Registry, now: int) -> None:
        """The names and places that queries join: units and services."""
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
                now,
            )
            for unit in registry.units
        ]
        names = ("unit", "name", "kecamatan", "kecamatan_name", "kabupaten", "kabupaten_name", "zone")
        self._insert("units", names, units)
        services = [(service.code, service.name, service.group, service.kind, now) for service in registry.services]
        self._insert("services", ("service", "name", "service_group", "kind"), services)

    def _insert(self, table: str, names: tuple[str, ...], rows: Sequence[tuple[str | int, ...]]) -> None:
        if rows:
            columns = [*((name, "String") for name in names), ("version", "UInt64")]
            self._store.engine.insert(table, columns, [*zip(*rows, strict=True)])


def changed_units(old: Registry, new: Registry, with_events: list[tuple[str, str]]) -> list[str]:
    """Units with events whose visits, windows or times the new registry would judge differently.

    Said by comparing what a fold reads: promises, opening hours, holidays and zone of the unit, the definitions, and
    the rulings on the clocks of the sources that spoke for it. Too many is safe, too few is not.
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
    for unit in units:
        before, now = old.unit(unit), new.unit(unit)
        if before is None or now is None or (before.zone, before.hours) != (now.zone, now.hours):
            changed.add(unit)
    return sorted(changed)
