"""What a block of events costs to store: in memory of the kernel or on the disk, in this process or on a server.

``python -m benchmarks.tables`` prints a table. The server is the tests' bridge to the same engine, a process of its
own on this machine, so its figures say what driver and protocol add, not what a server of its own would do.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from storage.address import open_server
from storage.chdb_engine import ChdbEngine
from storage.durability import set_fsync
from storage.engine import Engine
from storage.migrate import migrate
from storage.store import EVENT_COLUMNS
from tests.support.bridge import Bridge

SIZES = (1, 1_000, 10_000)
ROUNDS = 15
_FACTS = 100_000


def block(size: int, first: int) -> list[list[object]]:
    """Rows of the log as an office's queue makes them."""
    numbers = range(first, first + size)
    return [
        [f"unit-{n % 50}" for n in numbers],
        ["antrean"] * size,
        [f"ticket/{n // 4}" for n in numbers],
        [f"{n:032x}" for n in numbers],
        [n * 0x9E3779B97F4A7C15 % 2**64 for n in numbers],
        ["ticket.created"] * size,
        [1_790_000_000_000 + n for n in numbers],
        [1_790_000_000_500 + n for n in numbers],
        [*numbers],
        ['{"unit":"unit-1","ticket":"A-012","service":"ktp","channel":"loket"}'] * size,
    ]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that it takes."""
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def inserts(engines: dict[str, tuple[Engine, bool]]) -> dict[tuple[str, int], list[float]]:
    """Times of inserts by engine and size of the block, taken in turns so that other work hits all alike."""
    found: dict[tuple[str, int], list[float]] = {}
    first = 0
    for round_ in range(ROUNDS + 1):
        for name, (engine, fsync) in engines.items():
            if engine.embedded:
                set_fsync(engine, fsync)
            for size in SIZES:
                data = block(size, first)
                first += size
                took = timed(lambda engine=engine, data=data: engine.insert("events", EVENT_COLUMNS, data))  # type: ignore[misc]
                if round_:
                    found.setdefault((name, size), []).append(took)
    return found


def queries(engine: Engine) -> tuple[float, float]:
    """Milliseconds for the smallest query, and for a look-up of many rows."""
    small = min(timed(lambda: engine.query("SELECT 1")) for _ in range(50))
    many = "SELECT subject, id, data FROM events LIMIT {n:UInt64}"
    return small, min(timed(lambda: engine.query(many, {"n": _FACTS})) for _ in range(5))


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        embedded = ChdbEngine(Path(folder) / "embedded")
        bridge = Bridge(Path(folder) / "server").start()
        maker = open_server(bridge.url("default"))
        maker.execute("CREATE DATABASE bench")
        server = open_server(bridge.url("bench"))
        for engine in (embedded, server):
            migrate(engine)
        kinds: dict[str, tuple[Engine, bool]] = {
            "embedded": (embedded, False),
            "embedded, fsync": (embedded, True),
            "server over the bridge": (server, False),
        }
        found = inserts(kinds)
        print(f"| insert of a block, least of {ROUNDS} (ms) | {' | '.join(f'{size:,} events' for size in SIZES)} |")
        print("|---" * (1 + len(SIZES)) + "|")
        for name in kinds:
            cells = [min(found[name, size]) for size in SIZES]
            ratios = [cell / min(found["embedded", size]) for cell, size in zip(cells, SIZES, strict=True)]
            told = " | ".join(f"{cell:.1f} ({ratio:.1f}×)" for cell, ratio in zip(cells, ratios, strict=True))
            print(f"| {name} | {told} |")
        for name, engine in (("embedded", embedded), ("server over the bridge", server)):
            small, many = queries(engine)
            print(f"{name}: smallest query {small:.1f} ms, {_FACTS:,} rows of three texts {many:.0f} ms")
        for engine in (maker, server, embedded):
            engine.close()
        bridge.stop()


if __name__ == "__main__":
    main()
