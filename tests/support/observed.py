"""An engine that remembers what it was asked and what it answered, so that two engines can be compared."""

import re
import threading
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pantau.domain.columns import Column
from storage.engine import Answer, Engine, Params, Row
from storage.queries import catalogue


class Asked(NamedTuple):
    """One question: the name of the query or its text, its parameters, and columns and rows in an order of ours."""

    name: str
    params: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]


class Observed:
    """Passes everything on to an engine. The name of its database is not part of what is remembered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._database = str(engine.query("SELECT currentDatabase()").rows[0][0])
        self._names = {query.sql: query.name for query in catalogue().values()}
        self.asked: list[Asked] = []
        self.executed: list[str] = []
        self.inserted: list[tuple[str, int]] = []
        self.embedded = engine.embedded
        self.cluster = engine.cluster

    def execute(self, sql: str, params: Params | None = None) -> None:
        self._engine.execute(sql, params)
        with self._lock:
            self.executed.append(self._name(sql))

    def query(self, sql: str, params: Params | None = None) -> Answer:
        answer = self._engine.query(sql, params)
        self._remember(sql, params, answer.columns, answer.rows)
        return answer

    def stream(self, sql: str, params: Params | None = None) -> Iterator[list[Row]]:
        rows: list[Row] = []
        for block in self._engine.stream(sql, params):
            rows.extend(block)
            yield block
        self._remember(sql, params, (), rows)

    def insert(
        self, table: str, columns: Sequence[tuple[str, str]], data: Sequence[Column], token: str | None = None
    ) -> None:
        self._engine.insert(table, columns, data, token)
        with self._lock:
            self.inserted.append((self._plain(table), len(data[0]) if len(data) else 0))

    def close(self) -> None:
        self._engine.close()

    def _remember(self, sql: str, params: Params | None, columns: Any, rows: list[Row]) -> None:
        told = tuple(sorted(self._plain(repr(row)) for row in rows))
        asked = Asked(self._name(sql), self._plain(repr(sorted((params or {}).items()))), columns, told)
        with self._lock:
            self.asked.append(asked)

    def _name(self, sql: str) -> str:
        return self._names.get(sql) or self._plain(sql)

    def _plain(self, text: str) -> str:
        return re.sub(rf"\b{self._database}(?=\b|_)", "DATABASE", text)
