"""Who waits, while the newer row of a ticket still lies in a part of its own: no query may see the older one alone.

Readers let an index by time decide which rows are read. Until the engine has merged the row before and the row after,
it may leave out the newer one.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from dashboards.expand import expand
from dashboards.queries import board_sql
from storage.chdb_engine import ChdbEngine
from storage.overview import overview
from storage.queries import sql
from storage.registries import write_reference
from storage.store import Store
from tests.storage_tests.week import AS_OF, HOUR, MINUTE, REGISTRY, at, tickets, told

WAITING = "A8"
"""The one who waits at dukcapil at ``AS_OF``, for longer than promised half an hour later."""

PLAIN = "SETTINGS use_skip_indexes_if_final_exact_mode = 0"
"""As the roles of readers, and the boards of the live page, read."""

LATER = AS_OF + 31 * MINUTE


@pytest.fixture
def unmerged(engine: ChdbEngine) -> Iterator[ChdbEngine]:
    engine.execute("SYSTEM STOP MERGES visits")
    write_reference(Store(engine), REGISTRY)
    told(engine, tickets())
    yield engine
    engine.execute("SYSTEM START MERGES visits")


def changed(engine: ChdbEngine, what: str) -> None:
    """A newer row of the ticket, as a later event or a ruling on a clock writes it, in a part of its own."""
    engine.execute(
        f"INSERT INTO visits SELECT * REPLACE ({what}, version + 1 AS version) FROM visits FINAL "
        f"WHERE subject LIKE '%{WAITING}'"
    )


def board(engine: ChdbEngine, name: str) -> list[dict[str, Any]]:
    text = expand(
        board_sql(name),
        time_from_ms=LATER - 6 * HOUR,
        time_to_ms=LATER,
        interval_s=60,
        variables={"unit": ["dukcapil"], "kecamatan": ["18.01.06"], "trained": ["any"], "service": ["ktp", "kk"]},
    )
    return engine.query(f"{text}\n{PLAIN}").dicts()


def waiting(engine: ChdbEngine) -> dict[str, int]:
    """How many wait, in the words of each query that says it."""
    (unit,) = overview(lambda name, params: engine.query(sql(name), params), REGISTRY, LATER, ["dukcapil"])
    queue = {"unit": "dukcapil", "as_of": LATER, "since": at("10 00.00")}
    (now,) = board(engine, "waiting_now")
    return {
        "overview_units": unit.waiting or 0,
        "unit_queue": sum(row["waiting"] for row in engine.query(f"{sql('unit_queue')}\n{PLAIN}", queue).dicts()),
        "waiting_now": now["waiting"],
        "longest_wait_now": int(now["longest_min"] is not None),
        "queue_by_service": sum(row["waiting_people"] for row in board(engine, "queue_by_service")),
        "overdue_by_unit": sum(row["overdue_people"] for row in board(engine, "overdue_by_unit")),
    }


def test_who_has_left_waits_nowhere(unmerged: ChdbEngine) -> None:
    changed(unmerged, "created_at + INTERVAL 10 MINUTE AS ended_at, 'abandoned' AS outcome")
    assert set(waiting(unmerged).values()) == {0}, "left"

    changed(unmerged, "CAST(NULL AS Nullable(DateTime64(3, 'UTC'))) AS ended_at, 'open' AS outcome")
    assert set(waiting(unmerged).values()) == {1}, "and yet had not"
