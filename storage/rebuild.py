"""Windows recomputed from stored facts by plain SQL: what recovery, rebuilds and ``pantau verify`` share."""

from collections.abc import Iterable, Iterator

from pantau.bus.claims import Page
from pantau.domain.histogram import EDGES
from pantau.domain.registry import Registry
from pantau.domain.windows import Accumulator, CellKey
from storage.queries import sql
from storage.store import Store

_PAGES_AT_ONCE = 500


def by_zone(units: Iterable[str], registry: Registry) -> dict[str, list[str]]:
    """Units by their zone: a query places instants in one zone at a time."""
    zones: dict[str, list[str]] = {}
    for unit in sorted(set(units)):
        zones.setdefault(registry.zone(unit), []).append(unit)
    return zones


def cells_of_facts(
    store: Store, registry: Registry, pages: Iterable[Page], *, facts: str
) -> Iterator[dict[CellKey, Accumulator]]:
    """Every cell of the pages as the facts in a database say it must be, some pages at a time."""
    wanted = sorted(set(pages), key=lambda page: (page[1], page[0]))
    for start in range(0, len(wanted), _PAGES_AT_ONCE):
        part = wanted[start : start + _PAGES_AT_ONCE]
        found: dict[CellKey, Accumulator] = {}
        for zone, units in by_zone((unit for _, unit in part), registry).items():
            mine = [page for page in part if page[1] in set(units)]
            answer = store.engine.query(
                sql("windows_of_facts"),
                {"facts": facts, "zone": zone, "units": units, "every_page": False, "pages": mine, "edges": [*EDGES]},
            )
            for row in answer.rows:
                size, measure, day, unit, service, at, n, total, imputed, auto_closed, edges, counts = row
                key = (size, measure, day, unit, service, at)
                found[key] = Accumulator(n, total, imputed, auto_closed, dict(zip(edges, counts, strict=True)))
        yield found


def stored_cells(store: Store, pages: Iterable[Page]) -> dict[CellKey, Accumulator]:
    """Every cell the windows hold for the pages, those with n = 0 included."""
    found: dict[CellKey, Accumulator] = {}
    for row in store.engine.query(sql("cells_of_pages"), {"pages": [*pages]}).rows:
        size, measure, day, unit, service, at, n, total, imputed, auto_closed, edges, counts = row
        key = (size, measure, day, unit, service, at)
        found[key] = Accumulator(n, total, imputed, auto_closed, dict(zip(edges, counts, strict=True)))
    return found


def repair_pages(store: Store, registry: Registry, pages: Iterable[Page], version: int) -> int:
    """Write every cell of the pages as the stored facts say, where it differs; returns how many cells differed."""
    wanted = sorted(set(pages), key=lambda page: (page[1], page[0]))
    repaired = 0
    for start in range(0, len(wanted), _PAGES_AT_ONCE):
        part = wanted[start : start + _PAGES_AT_ONCE]
        for right in cells_of_facts(store, registry, part, facts=store.database):
            held = stored_cells(store, part)
            wrong = [(key, cell) for key, cell in right.items() if held.get(key) != cell]
            wrong += [(key, Accumulator()) for key, cell in held.items() if key not in right and cell != Accumulator()]
            store.insert(store.cell_blocks(version, wrong))
            repaired += len(wrong)
    return repaired
