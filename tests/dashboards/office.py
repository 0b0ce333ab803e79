"""Five weeks of the simulator's small world, up to a Tuesday before noon, as the product stores them.

Disdukcapil and two kecamatan; one was trained two weeks before, one falls from ten o'clock on. ``AS_OF`` is the right
end of every time range that the tests choose.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from dashboards.expand import expand
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept_data
from pantau.domain.validation import expand as expand_event
from pantau.domain.zones import from_local
from pantau.embedded.pipeline import Pipeline
from pantau.registry_file import parse
from producers.simulator.registry import registry_toml
from producers.simulator.stream import events, recorded_before
from producers.simulator.world import World
from producers.simulator.worlds import small
from storage.engine import Answer, Engine
from storage.registries import write_reference
from storage.rejects import Rejects
from storage.store import Store
from tests.dashboards.fallen import write_alerts, write_effects
from tests.storage_tests.test_rejects import refused
from tests.support.taking import take_batch

ZONE = "Asia/Jakarta"
TODAY = date(2026, 11, 10)
FIRST = TODAY - timedelta(days=36)
AS_OF = from_local(ZONE, datetime(2026, 11, 10, 11, 20))  # noqa: DTZ001 - a wall clock
SECRET = b"thirty-two bytes of one test....."


def at(day: date, hour: int = 0, minute: int = 0) -> int:
    """The instant (ms UTC) of a wall clock of the office."""
    return from_local(ZONE, datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001 - a wall clock


def world() -> World:
    """The simulator's small world, with its training two weeks earlier so that there is an after."""
    ready = small()
    (training,) = ready.trainings
    day = TODAY - timedelta(days=15)
    return replace(ready, trainings=(replace(training, starts=day, ends=day),))


def fill(engine: Engine) -> Registry:
    """Write five weeks into an empty, migrated database; returns the registry they were judged by."""
    made = world()
    known = parse(registry_toml(made))
    store = Store(engine)
    write_reference(store, known)
    pipeline = Pipeline(store, known)
    pipeline.open()
    accepted: list[Event] = []
    for draft in (*recorded_before(made, FIRST), *events(made, 7, FIRST, TODAY)):
        if draft.sent > AS_OF:
            continue
        source = known.source(draft.source)
        assert source is not None
        judged = accept_data(
            draft.kind,
            msgspec.to_builtins(draft.data),
            id=draft.id,
            time=draft.time,
            registry=known,
            source=source,
            now=draft.sent + 2_000,
            secret=SECRET,
        )
        assert not isinstance(judged, Rejection), judged
        accepted.extend(expand_event(judged))
    take_batch(pipeline, accepted)
    pipeline.close()
    lately = AS_OF - 60_000
    Rejects(store).keep(
        [
            refused("a", arrival=lately),
            refused("b", arrival=lately),
            refused("c", code="personal", id=None, arrival=lately),
        ]
    )
    write_alerts(engine, AS_OF)
    write_effects(engine, AS_OF)
    return known


def left_end(since: str) -> int:
    """The instant that the left end of a board's time range means at ``AS_OF``: "now/d", "now-90d", "now-6h"."""
    if since == "now/d":
        return at(TODAY)
    found = re.fullmatch(r"now-(\d+)([dh])", since)
    assert found, since
    return AS_OF - int(found[1]) * {"d": 86_400_000, "h": 3_600_000}[found[2]]


class Office:
    """An engine, and the registry of what it holds if it holds anything."""

    def __init__(self, engine: Engine, registry: Registry | None) -> None:
        self.engine = engine
        self.registry = registry

    @property
    def units(self) -> list[str]:
        """The codes of the units."""
        return sorted(unit.code for unit in self.registry.units) if self.registry else []

    def ask(self, sql: str, *, since: str = "now/d", interval: str = "", units: Sequence[str] | None = None) -> Answer:
        """The answer to a board's query, expanded as Grafana does; all units unless some are named."""
        known = self.registry
        chosen = self.units if units is None else units
        width = re.fullmatch(r"(\d+)([mhd])", interval)
        text = expand(
            sql,
            time_from_ms=left_end(since),
            time_to_ms=AS_OF,
            interval_s=int(width[1]) * {"m": 60, "h": 3600, "d": 86400}[width[2]] if width else 60,
            variables={
                "unit": chosen,
                "trained": ["any"],
                "kecamatan": sorted({unit.kecamatan for unit in known.units}) if known else [],
                "service": [*sorted(service.code for service in known.services), "-"] if known else [],
            },
        )
        return self.engine.query(text)

    def one(self, sql: str, **how: Any) -> dict[str, Any]:
        """The only row of an answer."""
        (row,) = self.ask(sql, **how).dicts()
        return row
