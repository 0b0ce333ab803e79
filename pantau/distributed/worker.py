"""``pantau worker``: one process that shares the partitions of the bus with the others of its group."""

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

import structlog

from pantau.bus.claims import Page
from pantau.bus.indicators import Said
from pantau.bus.topics import EVENTS, REJECTED
from pantau.distributed.address import brokers, secret_key
from pantau.distributed.clocks import PartitionClocks, refused
from pantau.domain.closing import leavings, span_of_closing
from pantau.domain.errors import NotNow
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection
from pantau.interpreter import set_for_batches
from pantau.memory import memory_of_process
from pantau.settings import Settings, revealed
from producers.topics import partitions_of
from storage.address import open_server
from storage.announcements import announcements
from storage.migrate import require
from storage.partitions import PartitionTables
from storage.queries import sql
from storage.rejects import Rejects
from storage.store import Store
from stream_processors.app import AppSettings, create_app, run_app
from stream_processors.metrics import WorkerMetrics
from stream_processors.worker import Worker

WAIT_SECONDS: Final = 2.0
"""Between two looks at a bus or a store that is away when a worker starts."""

CELLS: Final = (2_000_000, 12_000_000)
"""Cells that a worker keeps at least, and at most: as many as 100,000 units have in use whose visits go on coming."""

_BESIDE_CELLS, _OF_A_FACT, _OF_A_CELL = 600_000_000, 2_000, 200
"""Bytes for all else, for each fact and for each cell that stays: twice as many are held (docs/workers.md)."""

_USED_OF_MEMORY: Final = 0.85

T = TypeVar("T")

log = structlog.get_logger(__name__)


def run_worker(settings: Settings) -> int:
    """Work until SIGINT or SIGTERM; the exit code. A bus or a store that does not answer yet is waited for.

    Raises BadSetup for a bus, a store or a secret that is not given or not set up.
    """
    addresses = brokers(settings.bus)
    secret = secret_key(revealed(settings.secret))
    password = revealed(settings.store_password)
    engine = open_server(settings.store or "", password)
    try:
        partitions = _answered(lambda: partitions_of(addresses, EVENTS))
        _answered(lambda: require(engine))
        store = Store(engine)
        metrics = WorkerMetrics()
        memory = memory_of_process()
        cells = settings.worker_cells or cells_that_fit(memory, settings.worker_facts)
        log.info("memory", megabytes=memory // 1_000_000, facts=settings.worker_facts, cells=cells)
        worker = Worker(
            PartitionTables(store),
            owner=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}",
            topic=EVENTS.name,
            partitions=partitions,
            secret=secret,
            clocks=PartitionClocks(store),
            facts_in_memory=settings.worker_facts,
            cells_in_memory=cells,
            on_opened=metrics.rebuild.observe,
        )
        rejects = Rejects(store)

        def keep(number: int, rejections: Sequence[Rejection]) -> None:
            rejects.keep(rejections)
            store.insert(refused(store, f"{REJECTED.name}:{number}", rejections, worker.registry))

        def announce(pages: Iterable[Page]) -> Sequence[Said]:
            return announcements(store, worker.registry, pages, now=_now())

        def close_days() -> Sequence[Event]:
            now = _now()
            waiting = engine.query(sql("waiting_tickets"), span_of_closing(now)).rows
            return leavings(waiting, worker.registry, now)

        app_settings = AppSettings(
            brokers=addresses,
            group=settings.worker_group,
            partitions=partitions,
            web_host=settings.worker_host,
            web_port=settings.worker_port,
            session_seconds=settings.worker_session_seconds,
            stalled_seconds=settings.worker_stalled_seconds,
            gather_seconds=settings.worker_gather_seconds,
            announce_seconds=settings.worker_announce_seconds,
        )
        set_for_batches()
        try:
            return run_app(lambda: create_app(app_settings, worker, metrics, keep, announce, close_days))
        finally:
            worker.close()
    finally:
        engine.close()


def cells_that_fit(memory: int, facts: int) -> int:
    """How many cells of windows a worker keeps beside so many facts, that may fill so many bytes."""
    least, most = CELLS
    left = int(memory * _USED_OF_MEMORY) - _BESIDE_CELLS - facts * _OF_A_FACT
    return min(max(left // _OF_A_CELL, least), most)


def _answered(ask: Callable[[], T]) -> T:
    """What is answered, however long it takes: nothing was taken over yet, so nobody else waits for this process."""
    while True:
        try:
            return ask()
        except NotNow as error:
            log.warning("waiting", because=str(error), again_in_seconds=WAIT_SECONDS)
            time.sleep(WAIT_SECONDS)


def _now() -> int:
    return time.time_ns() // 1_000_000
