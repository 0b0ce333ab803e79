"""What every engine can do: run a statement, answer a query, take a block. One SQL dialect, two engines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from pantau.domain.columns import Column
from pantau.domain.errors import PantauError

Params = Mapping[str, Any]
Row = tuple[Any, ...]


class EngineError(PantauError):
    """The engine refused a statement; the message holds the engine's reason and the statement's beginning."""


class Answer(msgspec.Struct, frozen=True):
    """A query's result: column names with ClickHouse types, and rows."""

    columns: tuple[tuple[str, str], ...]
    rows: list[Row]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        names = [name for name, _ in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


class Engine(Protocol):
    """A ClickHouse engine. Every call blocks; calls from several threads are allowed and run side by side.

    A call raises ``EngineError`` for a statement that the engine refuses, ``NotNow`` when the engine cannot be reached
    (now, or no more because it was closed) and ``BadSetup`` for what a person must mend, such as a wrong password.
    """

    @property
    def embedded(self) -> bool:
        """Whether the engine lives in this process (and so this process owns its directory)."""

    @property
    def cluster(self) -> str | None:
        """The cluster whose servers share the tables, if they do."""

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run one statement that answers nothing."""

    def query(self, sql: str, params: Params | None = None) -> Answer:
        """Run one query and hold its whole answer."""

    def stream(self, sql: str, params: Params | None = None) -> Iterator[list[Row]]:
        """Run one query and give its rows block by block, without holding them all."""

    def insert(
        self, table: str, columns: Sequence[tuple[str, str]], data: Sequence[Column], token: str | None = None
    ) -> None:
        """Write one block: when this returns the rows survive a kill of the process.

        ``token`` names the block: of blocks with one token, a table takes the first and drops the others, so a block
        whose fate is not known is sent again with its token. Two different blocks must never share one. Without a
        token every call writes.
        """

    def close(self) -> None:
        """Let go of the engine; for an embedded one, of its directory."""
