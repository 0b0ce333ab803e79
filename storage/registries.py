"""Versions of the registry as rows, and the names and places that queries join."""

from collections.abc import Sequence

import msgspec

from pantau.domain.errors import BadSetup
from pantau.domain.registry import Registry
from storage.queries import sql
from storage.store import Store

_COLUMNS = (
    ("version", "String"),
    ("loaded_at", "DateTime64(3, 'UTC')"),
    ("epoch", "UInt64"),
    ("content", "String"),
)


class Loaded(msgspec.Struct, frozen=True):
    """The registry that was loaded last, when (ms UTC), and the epoch under which a rebuild for it was begun."""

    registry: Registry
    epoch: int
    at: int


def newest(store: Store) -> Loaded | None:
    """The registry that was loaded last, as stored."""
    rows = store.engine.query(sql("stored_registry")).rows
    if not rows:
        return None
    return Loaded(Registry.from_rows(msgspec.json.decode(rows[0][2])), int(rows[0][1]), int(rows[0][3]))


def units_with_events(store: Store, registry: Registry) -> list[tuple[str, str]]:
    """(unit, source) of everything in the log. Raises BadSetup if the registry lacks one of the units."""
    found = [(unit, source) for unit, source in store.engine.query(sql("units_with_events")).rows]
    unknown = sorted({unit for unit, _ in found if registry.unit(unit) is None})
    if unknown:
        raise BadSetup(
            f"the registry has no unit {', '.join(unknown)}, but the log has its events; end it with valid_to"
        )
    return found


def add(store: Store, registry: Registry, *, epoch: int, now: int, after: Loaded | None) -> None:
    """Make a registry the newest."""
    at = max(now, after.at + 1) if after else now  # also when the clock went back: the one loaded last is the newest
    content = msgspec.json.encode(registry.to_rows()).decode()
    store.engine.insert("registries", _COLUMNS, ([registry.version], [at], [epoch], [content]))


def write_reference(store: Store, registry: Registry) -> None:
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
    _replace(store, "units", names, units)
    services = [(service.code, service.name, service.group, service.kind) for service in registry.services]
    _replace(store, "services", ("service", "name", "service_group", "kind"), services)


def _replace(store: Store, table: str, names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Make a table hold these rows and no others, if it does not already."""
    held = store.engine.query(f"SELECT {', '.join(names)} FROM {table} FINAL").rows
    gone = sorted({row[0] for row in held} - {row[0] for row in rows})
    new = sorted(set(rows) - set(held))
    version = 1 + int(store.engine.query(f"SELECT max(version) FROM {table}").rows[0][0])
    written = [(*row, version, 0) for row in new]
    written += [(code, *[""] * (len(names) - 1), version, 1) for code in gone]
    if written:
        columns = [*((name, "String") for name in names), ("version", "UInt64"), ("deleted", "UInt8")]
        store.engine.insert(table, columns, [*zip(*written, strict=True)])
