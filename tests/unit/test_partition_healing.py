"""Windows that a latecomer's facts make are known to be stored, so that what comes after is added to them."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from benchmarks.operator import MONDAY_8, registry, said
from pantau.bus.claims import Claim, LateFlush
from pantau.domain.accepted import accepted
from pantau.domain.windows import Accumulator, CellKey
from stream_processors.partition import Partition
from stream_processors.tables import Tables

RULES = registry(2)
FIRST, OTHER = 0, 1
"""Units: the owner has worked on one; the latecomer on the other."""


def created(partition: Partition, stored: dict[CellKey, Accumulator], visit: int, unit: int, at: int) -> None:
    """A ticket is drawn, and its cells are written."""
    assembly = partition.assembly
    batch = assembly.gather(accepted([said(visit, unit, 0, (at,) * 4, 0)]))
    assembly.absent(batch)
    changes = assembly.merge(batch, visit + 1)
    asked = partition.absent_cells(changes)
    assembly.restore_cells({key: stored[key] for key in asked if key in stored})
    stored.update(iter(assembly.settle(changes)))


def opened() -> Partition:
    return Partition(Claim("t/1:0", 2, 0, 0, RULES.version, "me"), RULES, [*RULES.unit_codes])


class StoredCells:
    """Tables whose repair makes the windows of a fact that another owner stored."""

    def __init__(self) -> None:
        self.cells: dict[CellKey, Accumulator] = {}

    def pages(self, units: Sequence[str]) -> set[tuple[int, str]]:
        return {(key[2], key[3]) for key in self.cells if key[3] in units}

    def fact_numbers(self, units: Sequence[str]) -> Iterable[list[int]]:
        return iter(())

    def version(self, epoch: int, seq: int) -> int:
        return epoch << 44 | seq

    def repair(self, rules: Any, pages: Any, version: int) -> int:
        latecomer = opened()
        latecomer.assembly.stored(())
        created(latecomer, self.cells, 1, OTHER, MONDAY_8)
        return len(pages)


def test_what_comes_after_a_repair_is_added_to_the_windows_that_it_made() -> None:
    tables, owner = StoredCells(), opened()
    owner.assembly.stored(())
    created(owner, tables.cells, 0, FIRST, MONDAY_8)
    day = next(key[2] for key in tables.cells)
    unit = RULES.units[OTHER].code
    owner.heal([LateFlush("t/1:0", 1, 1, [(day, unit)])], cast(Tables, tables))
    created(owner, tables.cells, 2, OTHER, MONDAY_8 + 1_000)
    counts = {key[0]: cell.n for key, cell in tables.cells.items() if key[1] == "arrivals" and key[3] == unit}
    assert counts == {"5m": 2, "30m": 2, "1d": 2}
