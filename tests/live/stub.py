"""A runtime without an engine: its answers are canned, its changes told by hand."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

from pantau.domain.registry import Hours, Kabupaten, Registry, Standard, Unit
from storage.engine import Answer
from storage.queries import catalogue

NOW = 1_794_280_800_000  # 2026-11-10 10:20 in Jakarta, a Tuesday
OPEN = ((7 * 60 + 30, 16 * 60),)

REGISTRY = Registry(
    kabupaten=[Kabupaten(code="18.01", name="Lampung Selatan")],
    hours=[Hours(name="kantor", week=(OPEN,) * 5 + ((), ()))],
    units=[
        Unit(code=code, name=name, kecamatan="18.01.06", kabupaten="18.01", zone="Asia/Jakarta", hours="kantor")
        for code, name in (("natar", "Kantor Kecamatan Natar"), ("palas", "Kantor Kecamatan Palas"))
    ],
    standards=[Standard(measure="wait_to_call", limit_ms=30 * 60_000)],
)

_NOTHING: dict[str, Any] = {
    "waiting": None, "longest_wait_ms": None, "in_service": 0, "promise_ratio": None, "arrivals": None, "served": None,
    "judged": 0, "kept": 0, "judged_before": 0, "kept_before": 0, "served_in_period": 0, "answers": 0, "complete": 0,
    "skm_sum": 0, "skm_square": 0, "skm_straight": 0, "element_n": [0] * 9, "element_total": [0] * 9,
    "open_counters": None, "paused_counters": 0, "seen_waiting": None, "seen_counters": None, "last_event_ms": None,
    "last_day": None,
}  # fmt: skip


def answer(rows: list[dict[str, Any]]) -> Answer:
    """Rows as an engine gives them."""
    names = [*rows[0]] if rows else []
    return Answer(tuple((name, "String") for name in names), [tuple(row.values()) for row in rows])


class StubRuntime:
    """Answers every query with nothing, ``overview_units`` with ``standings``; counts what was asked.

    A query takes as many seconds as ``takes`` says.
    """

    def __init__(self, registry: Registry = REGISTRY) -> None:
        self.registry = registry
        self.standings: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.broken = False
        self.takes: dict[str, float] = {}
        self._lock = threading.Lock()
        self._held = threading.Lock()
        self._boards_held = threading.Lock()
        self._watchers: set[asyncio.Event] = set()

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Checks the parameters as an engine would, then answers."""
        assert {*params} >= {*catalogue()[name].parameters}, f"{name} is asked without all of its parameters"
        with self._lock:
            self.asked.append(name)
        with self._held:
            pass
        time.sleep(self.takes.get(name, 0))
        if self.broken:
            raise RuntimeError("the engine is away")
        if name != "overview_units":
            return answer([])
        days = [(unit, day) for unit, day, _ in params["days"]]
        return answer([{"unit": unit, "day": day, **_NOTHING, **self.standings.get(unit, {})} for unit, day in days])

    def select(self, text: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Nothing, to every query of a board."""
        with self._lock:
            self.asked.append(text)
        with self._boards_held:
            return answer([])

    def hanging(self) -> threading.Lock:
        """As long as this is held no query is answered."""
        return self._held

    def boards_hanging(self) -> threading.Lock:
        """As long as this is held no query of a board is answered."""
        return self._boards_held

    async def changes(self) -> AsyncIterator[int]:
        """A number whenever ``change`` was called."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        try:
            n = 0
            while True:
                await changed.wait()
                changed.clear()
                n += 1
                yield n
        finally:
            self._watchers.discard(changed)

    @property
    def watchers(self) -> int:
        """How many listen for changes."""
        return len(self._watchers)

    def change(self) -> None:
        """Windows changed."""
        for changed in self._watchers:
            changed.set()
