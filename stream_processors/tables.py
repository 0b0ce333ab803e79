"""What stream processors ask of storage: they are handed something that does this, and import no storage."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pantau.bus.claims import Claim, LateFlush, Page
from pantau.domain.accepted import Accepted
from pantau.domain.columns import Table
from pantau.domain.entries import History
from pantau.domain.registry import Registry
from pantau.domain.windows import Accumulator, CellKey

Row = tuple[Any, ...]


class Tables(Protocol):
    """Facts, windows and the claims on partitions. Every call blocks, and raises NotNow while storage is away."""

    def version(self, epoch: int, seq: int) -> int:
        """The version of rows written at a point: a later epoch beats every seq of an earlier one."""

    def newest_claims(self, names: Sequence[str]) -> dict[str, Claim]:
        """The claim in force of each partition that was ever claimed."""

    def claim(self, name: str, *, owner: str, registry: str) -> Claim:
        """Own a partition from now on, under an epoch that nobody had; rows of former owners can no longer win."""

    def unfinished_pages(self, claim: Claim) -> set[Page]:
        """Windows that former owners were about to change in flushes they did not finish."""

    def settle(self, claim: Claim) -> None:
        """Remember that what former owners left unfinished is made whole."""

    def late_flushes(self, names: Sequence[str], *, since: int) -> list[LateFlush]:
        """Flushes that former owners of these partitions began since an instant (ms UTC)."""

    def repair(self, registry: Registry, pages: Iterable[Page], version: int) -> int:
        """Write every cell of the pages as the stored facts say; how many differed."""

    def rebuild(self, registry: Registry, *, units: Sequence[str], version: int, scratch: str) -> None:
        """Fold the units' facts and windows anew from the log, over everything written under lower versions."""

    def newest_registry(self) -> Registry | None:
        """The registry that was loaded last."""

    def newest_registry_version(self) -> str | None:
        """The version of the registry that was loaded last; cheap enough to be asked every second."""

    def registry_of(self, version: str) -> Registry | None:
        """A registry by its version, if it was ever loaded."""

    def units_with_events(self) -> list[tuple[str, str]]:
        """(unit, source) of everything in the log."""

    def fact_numbers(self, units: Sequence[str]) -> Iterator[list[int]]:
        """The number (:func:`pantau.domain.entries.fact_number`) of every fact of these units, some at a time."""

    def pages(self, units: Sequence[str]) -> set[Page]:
        """The local days on which these units have windows."""

    def histories(
        self, table: str, keys: Sequence[tuple[str, str, str]]
    ) -> Iterator[tuple[tuple[str, str, str], History]]:
        """The stored histories of facts by (unit, source, subject), of those that exist."""

    def cells(self, keys: Sequence[CellKey]) -> dict[CellKey, Accumulator]:
        """The stored states of cells, of those that exist."""

    def flush_block(self, claims: Sequence[Claim], pages: Sequence[Table], now: int) -> Any:
        """What flushes are about to change, each named by where its partition will stand after it."""

    def log_block(self, events: Accepted, registry: Registry, first_seq: int) -> Any:
        """Events as rows of the log."""

    def fact_blocks(self, rows: Mapping[str, Collection[Row] | Table]) -> list[Any]:
        """Whole rows of facts by table."""

    def cell_blocks(self, version: int, cells: Iterable[tuple[CellKey, Accumulator]]) -> list[Any]:
        """Absolute states of cells, as they are at this moment."""

    def progress_block(self, claims: Sequence[Claim], now: int) -> Any:
        """Says how far partitions are in the tables."""

    def insert(self, blocks: Sequence[Any], *, token: str) -> None:
        """Write blocks, those of one table as one, in the order in which tables first appear.

        Written again under the same token they change nothing.
        """


class Clocks(Protocol):
    """Counts what sources' clocks say, by partition."""

    def see(
        self,
        partition: str,
        events: Accepted,
        repeats: tuple[Mapping[str, int], Mapping[str, int]],
        registry: Registry,
    ) -> None:
        """Events that were merged, and how often sources repeated and contradicted themselves."""

    def due(self) -> Sequence[Any]:
        """Blocks that it is time to write; asked for about once a second."""

    def drop(self, partition: str) -> None:
        """The partition is another worker's now."""
