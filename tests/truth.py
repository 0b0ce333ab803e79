"""What the tables must hold for some events, by the folds alone; and what they do hold."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from pantau.domain.entries import FactId
from pantau.domain.events import Event
from pantau.domain.folding import facts_from
from pantau.domain.measures import RECORDS, marks
from pantau.domain.registry import Registry
from pantau.domain.windows import Accumulator, CellKey, spread
from storage.rebuild import stored_cells
from storage.store import Store
from storage.verify import verify
from stream_processors.assembly import facts_of, service_of
from tests.strategies import REGISTRY

Windows = dict[CellKey, Accumulator]
Histories = dict[FactId, str]


def true_facts(events: Iterable[Event], registry: Registry = REGISTRY) -> dict[FactId, Any]:
    """Every fact of all events at once."""
    return dict(facts_from(facts_of(events, registry), registry))


def true_windows(events: Iterable[Event], registry: Registry = REGISTRY) -> Windows:
    """Every cell that the facts of all events make."""
    cells: Windows = {}
    for fact_id, fact in true_facts(events, registry).items():
        zone = registry.zone(fact_id[1])
        spread(cells, marks(fact), unit=fact_id[1], service=service_of(fact), zone=zone, sign=1)
    return {key: cell for key, cell in cells.items() if cell != Accumulator()}


def held_windows(store: Store) -> Windows:
    """Every cell that is stored and holds something."""
    pages = [(day, unit) for day, unit in store.pages()]
    return {key: cell for key, cell in stored_cells(store, pages).items() if cell != Accumulator()}


def held_histories(store: Store) -> Histories:
    """Every stored fact's entries, as text."""
    return {
        (table, *row[:3]): row[3]
        for table in RECORDS
        for row in store.engine.query(f"SELECT unit, source, subject, history FROM {table} FINAL").rows
    }


def must_hold(store: Store, events: Sequence[Event], registry: Registry = REGISTRY, *, verified: bool = False) -> None:
    """Fail unless facts and windows are those of the events; with ``verified`` the store's own verification agrees."""
    assert held_histories(store) == {key: fact.history for key, fact in true_facts(events, registry).items()}
    assert held_windows(store) == true_windows(events, registry)
    if verified:
        report = verify(store, registry)
        assert report.equal, msgspec.structs.asdict(report)
