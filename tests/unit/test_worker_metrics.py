"""What a worker tells of its own work."""

from stream_processors.metrics import WorkerMetrics
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
