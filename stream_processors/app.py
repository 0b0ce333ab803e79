"""The Faust application of a worker.

Faust does what it is good at here: group membership, assignment of partitions, fetching, timers, a small web server.
Its tables, windows, changelogs and exactly-once mode are not used (facts: slow, or wrong in known ways). An agent runs
once (its concurrency above 1 can commit past an unfinished record), and acks by hand.
"""

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faust
import msgspec
import structlog
from faust.types import TP
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from pantau.bus.topics import EVENTS
from stream_processors.health import Health
from stream_processors.kafka import Kafka
from stream_processors.loops import WATCH_SECONDS, Announce, CloseDays, KeepRejections, Loops
from stream_processors.metrics import WorkerMetrics
from stream_processors.worker import LOOK_SECONDS, Worker

CLOSING_SECONDS = 20.0
"""How often it is asked whose day is over."""


STOP_SECONDS = 15.0
"""How long a worker that was told to stop writes and takes leave of the bus."""

log = structlog.get_logger(__name__)


class AppSettings(msgspec.Struct, frozen=True):
    """How a worker meets the bus. Workers of one ``group`` share the load; times are in seconds."""

    brokers: Sequence[str]
    group: str
    partitions: int
    web_host: str
    web_port: int
    session_seconds: float
    stalled_seconds: float
    gather_seconds: float
    announce_seconds: float
    commit_seconds: float = 0.5
    records_at_once: int = 256


def create_app(
    settings: AppSettings,
    worker: Worker,
    metrics: WorkerMetrics,
    keep_rejections: KeepRejections,
    announce: Announce,
    close_days: CloseDays,
) -> faust.App:
    """The application; nothing connects until it is started."""
    app: Any = faust.App(  # its own types leave out what signals and pages hand in
        settings.group,
        broker=[f"aiokafka://{broker}" for broker in settings.brokers],
        store="memory://",
        datadir=Path(tempfile.gettempdir()) / "pantau-worker",  # Faust makes it whatever the store; nothing is in it
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.session_seconds / 5,
        broker_commit_interval=settings.commit_seconds,
        broker_commit_every=1_000_000,
        producer_max_batch_size=1 << 20,  # whoever waits for room is woken each time, to wait again
        stream_buffer_maxsize=settings.records_at_once * 2,
        stream_wait_empty=False,
        web_bind=settings.web_host,
        web_host=settings.web_host,
        web_port=settings.web_port,
        worker_redirect_stdouts=False,
    )
    health = Health(settings.stalled_seconds)
    loops = Loops(
        app,
        worker,
        metrics,
        health,
        keep_rejections,
        announce,
        close_days,
        Kafka(app, settings.brokers),
        partitions=settings.partitions,
        records_at_once=settings.records_at_once,
        within_seconds=settings.gather_seconds,
    )
    app.agent(loops.events_topic, concurrency=1, name="assemble")(loops.assemble)
    app.agent(loops.rejected_topic, concurrency=1, name="keep_rejected")(loops.keep_rejected)
    app.timer(interval=LOOK_SECONDS)(loops.look)
    app.timer(interval=settings.announce_seconds)(loops.announce)
    app.timer(interval=CLOSING_SECONDS)(loops.close_days)
    app.timer(interval=WATCH_SECONDS)(loops.watch)
    app.on_partitions_assigned.connect(loops.assigned, weak=False)

    async def finish(app: Any, **_: Any) -> None:
        """Write what is merged; a bus that is away is not waited for, as Faust would for a minute."""
        hurry = threading.Timer(STOP_SECONDS, _end, (app,))
        hurry.daemon = True
        hurry.start()
        await loops.finish(app)

    app.on_before_shutdown.connect(finish, weak=False)
    _serve(app, worker, metrics, health)
    made: faust.App = app
    return made


def run_app(make: Callable[[], faust.App]) -> int:
    """Run an application until SIGINT or SIGTERM, or until it fails; the exit code."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    process = faust.Worker(make(), loop=loop, redirect_stdouts=False, override_logging=False, quiet=True)
    process.spinner = None
    try:
        process.execute_from_commandline()
    except SystemExit as end:
        return int(end.code or 0)


def _end(app: Any) -> None:
    """End the process as a kill does, which harms nothing: what was not let go of comes again."""
    log.warning("ended without taking leave of the bus", after_seconds=STOP_SECONDS)
    os._exit(1 if app.crashed else 0)


def _serve(app: Any, worker: Worker, metrics: WorkerMetrics, health: Health) -> None:
    """``/metrics``, ``/health/live`` and ``/health/ready`` on the worker's web port."""

    def lag() -> dict[int, int]:
        consumer = app.consumer
        if not consumer:
            return {}
        return health.lag({n: consumer.highwater(TP(EVENTS.name, n)) for n in health.assigned}, worker.reached())

    async def show_metrics(view: Any, request: Any) -> Any:
        metrics.lags(lag())
        metrics.away.set(0 if worker.patience.away_since is None else time.monotonic() - worker.patience.away_since)
        return view.bytes(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST.partition(";")[0])

    async def live(view: Any, request: Any) -> Any:
        said = "stalled: records wait and none comes" if health.stalled else "live"
        return view.json({"status": said}, status=503 if health.stalled else 200)

    async def ready(view: Any, request: Any) -> Any:
        if worker.patience.away_since is not None:
            said = "storage does not answer"
        else:
            said = "ready" if health.assigned else "no partition assigned"
        return view.json(
            {"status": said, "partitions": sorted(health.assigned)}, status=200 if said == "ready" else 503
        )

    app.page("/metrics")(show_metrics)
    app.page("/health/live")(live)
    app.page("/health/ready")(ready)
