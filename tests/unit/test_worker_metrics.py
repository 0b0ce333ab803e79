"""What a worker tells of its own work."""

from concurrent.futures import Future

from pantau.domain.accepted import accepted
from pantau.domain.events import Event, TicketCreated
from stream_processors.metrics import OTHERS, SOURCES, WorkerMetrics
from stream_processors.worker import Flush
from tests.strategies import MONDAY

PROGRESS = "pantau_worker_progress_timestamp_seconds"


def told(metrics: WorkerMetrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_the_lag_of_a_partition_that_is_another_workers_now_is_told_no_more() -> None:
    metrics = WorkerMetrics()
    metrics.lags({0: 7, 3: 1_000})
    metrics.lags({0: 5})
    assert told(metrics, "pantau_worker_lag_records", partition="0") == 5
    assert told(metrics, "pantau_worker_lag_records", partition="3") is None


def test_writing_without_letting_go_of_a_record_is_no_progress() -> None:
    metrics = WorkerMetrics()
    began = told(metrics, PROGRESS)
    metrics.written(0.5, [MONDAY], MONDAY + 1_500, let_go=False)
    assert told(metrics, PROGRESS) == began
    metrics.written(0.5, [], MONDAY + 2_000, let_go=True)
    assert told(metrics, PROGRESS) == (MONDAY + 2_000) / 1000
    assert told(metrics, "pantau_worker_write_seconds_count") == 2
    assert told(metrics, "pantau_worker_end_to_end_seconds_count") == 1


def test_sources_without_number_are_counted_one_by_one_only_as_far_as_can_be_kept() -> None:
    def created(number: int, *, event: int) -> Event:
        data = TicketCreated(unit="kec", ticket=f"{event}")
        return Event(
            source=f"mesin-{number}",
            id=f"{event}",
            kind="ticket.created",
            time=MONDAY,
            arrival=MONDAY,
            data=data,
            content=0,
        )

    metrics = WorkerMetrics()
    for first in (0, SOURCES // 2, SOURCES):
        batch = accepted(created(number, event=number) for number in range(first, first + SOURCES))
        flush = Flush(Future(), {}, [batch], frozenset(), [], [], {"mesin-0": 2, f"mesin-{2 * SOURCES}": 3}, {}, {})
        metrics.merged(flush, 0.1)
    counted = "pantau_worker_events_total"
    assert told(metrics, counted, kind="ticket.created", source="mesin-0") == 1
    assert told(metrics, counted, kind="ticket.created", source=f"mesin-{SOURCES - 1}") == 2
    assert told(metrics, counted, kind="ticket.created", source=f"mesin-{SOURCES}") is None
    assert told(metrics, counted, kind="ticket.created", source=OTHERS) == SOURCES + SOURCES // 2
    repeats = "pantau_worker_repeated_events_total"
    assert [told(metrics, repeats, source=source) for source in ("mesin-0", OTHERS)] == [6, 9]
