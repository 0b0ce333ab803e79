"""Faults injected into running processes. After each of them: accepted is stored, ``verify`` equal, no manual step."""

import random
import signal
import time
from collections.abc import Iterator

import pytest
from kafka import KafkaProducer

from pantau.bus.partitions import partition_of
from pantau.bus.record_columns import pack_record
from pantau.bus.records import PACKED_HEADERS, pack
from pantau.bus.topics import EVENTS
from pantau.distributed.desk import ServerDesk
from pantau.domain.registry_records import Standard
from tests.distributed.cluster import PARTITIONS, SECRET, Cluster, Load, WorkerProcess, eventually
from tests.strategies import MONDAY, UNITS, ZONES, registry, ticket

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One for all the faults: each scenario must also bear what those before it left."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield cluster
    finally:
        cluster.close()


def flowing(cluster: Cluster, load: Load) -> None:
    """Wait until workers write what is sent."""
    load.start()
    eventually(lambda: load.sent > 400, "a load that flows")


def stop(*workers: WorkerProcess) -> None:
    for worker in workers:
        assert worker.stop() == 0, worker.said


def test_a_worker_killed_at_random_moments_many_times(cluster: Cluster) -> None:
    moments = random.Random(7)
    load = Load(cluster, "kills")
    worker = cluster.worker()
    flowing(cluster, load)
    for _ in range(6):
        eventually(lambda worker=worker: load.over or worker.at_work(), "a worker at work")  # type: ignore[misc]
        time.sleep(moments.uniform(0, 0.7))
        worker.kill()
        worker = cluster.worker()
    cluster.must_hold(load.finish())
    stop(worker)


def test_workers_that_join_die_and_join_again_share_the_load(cluster: Cluster) -> None:
    load = Load(cluster, "rebalances")
    first, second = cluster.worker(), cluster.worker()
    flowing(cluster, load)
    time.sleep(1)
    second.kill()
    third = cluster.worker()
    time.sleep(1)
    stop(first)
    fourth = cluster.worker()
    cluster.must_hold(load.finish())
    stop(third, fourth)


def test_a_worker_that_sleeps_through_its_own_replacement(cluster: Cluster) -> None:
    """Stopped in its work for longer than its session, then awake again with what it was about to write."""
    load = Load(cluster, "sleeper")
    sleeper = cluster.worker()
    flowing(cluster, load)
    sleeper.signal(signal.SIGSTOP)
    heir = WorkerProcess(cluster)
    eventually(heir.ready, "the partitions of a worker that sleeps to be given to another")
    time.sleep(1)
    sleeper.signal(signal.SIGCONT)
    time.sleep(1)
    cluster.must_hold(load.finish())
    stop(sleeper, heir)


def test_the_broker_killed_and_started_again(cluster: Cluster) -> None:
    load = Load(cluster, "broker")
    worker, told_to_stop = cluster.worker(), cluster.worker()
    flowing(cluster, load)
    cluster.broker.kill()
    stop(told_to_stop)
    late = WorkerProcess(cluster)
    eventually(lambda: "no broker answers" in late.said, "a worker that starts meanwhile to wait")
    cluster.broker.start()
    eventually(late.ready, "a worker that waited for the broker")
    cluster.must_hold(load.finish())
    stop(worker, late)


def test_storage_killed_and_started_again(cluster: Cluster) -> None:
    load = Load(cluster, "storage")
    worker = cluster.worker()
    flowing(cluster, load)
    cluster.tables.kill()
    late = WorkerProcess(cluster)
    eventually(lambda: not worker.ready(), "a worker that says that its storage is away")
    eventually(lambda: "cannot be reached" in late.said, "a worker that starts meanwhile to wait")
    cluster.tables.start()
    eventually(late.ready, "a worker that waited for its storage")
    cluster.must_hold(load.finish())
    eventually(worker.ready, "a worker that is ready again")
    stop(worker, late)


def test_a_worker_stops_when_told_to_while_storage_is_away(cluster: Cluster) -> None:
    load = Load(cluster, "stopped")
    worker = cluster.worker()
    flowing(cluster, load)
    cluster.tables.kill()
    eventually(lambda: not worker.ready(), "a worker that says that its storage is away")
    worker.stop()
    cluster.tables.start()
    heir = cluster.worker()
    cluster.must_hold(load.finish())
    stop(heir)


def test_offsets_of_the_group_that_are_ahead_of_the_tables(cluster: Cluster) -> None:
    """As after the tables were restored from a copy: nobody has to set the offsets back."""
    load = Load(cluster, "ahead")
    flowing(cluster, load)
    accepted = load.finish()
    cluster.commit_everything("pantau")
    worker = cluster.worker()
    cluster.must_hold(accepted)
    stop(worker)


def test_poison_records_and_more_in_the_wrong_place_than_one_record_holds(cluster: Cluster) -> None:
    load = Load(cluster, "poison")
    producer = KafkaProducer(bootstrap_servers=cluster.broker.bootstrap, acks="all")
    strays = [ticket("created", MONDAY + n, unit=UNITS[0], ticket=f"stray-{n}") for n in range(5_000)]
    wrong = (partition_of(UNITS[0], PARTITIONS) + 1) % PARTITIONS
    for at in range(0, len(strays), 1_000):
        value, headers = pack_record(strays[at : at + 1_000])
        producer.send(EVENTS.name, value=value, partition=wrong, headers=headers).get(30)
    worker = cluster.worker()
    flowing(cluster, load)
    assert cluster.verified().moved  # whatever it found: workers wrote meanwhile
    for poison in (b"", b"\xff\xfe", b"[{}, 7]", b'{"specversion": "1.0"}', b"[" * 100_000):
        producer.send(EVENTS.name, value=poison).get(30)
    producer.close()
    cluster.must_hold(load.finish() + len(strays))
    stop(worker)


def test_a_registry_loaded_under_load_rebuilds_what_it_changes(cluster: Cluster) -> None:
    load = Load(cluster, "registry")
    workers = [cluster.worker(), cluster.worker()]
    flowing(cluster, load)
    cluster.load_registry(registry(standards=(Standard(measure="wait_to_call", service="ktp", limit_ms=100_000),)))
    time.sleep(1)
    cluster.must_hold(load.finish())
    stop(*workers)


def test_what_was_refused_for_its_unit_is_taken_once_the_registry_has_it(cluster: Cluster) -> None:
    worker = cluster.worker()
    sent = [ticket("created", MONDAY, ticket="T1", unit="ternate"), ticket("created", MONDAY, ticket="T2")]
    producer = KafkaProducer(bootstrap_servers=cluster.broker.bootstrap, acks="all")
    producer.send(EVENTS.name, value=pack(sent), partition=0, headers=[*PACKED_HEADERS]).get(30)
    producer.close()
    desk = ServerDesk(cluster.url, bus=cluster.environment["PANTAU_BUS"], secret=SECRET)

    def refused() -> list[str]:
        return [row.code for row in desk.rejects() if row.source == sent[0].source]

    try:
        eventually(lambda: refused() == ["unknown_unit"], "what was refused among the rows")
        cluster.must_hold(1)
        assert desk.retry() == (0, 1)
        desk.load_registry(registry(zones={**ZONES, "ternate": "Asia/Jayapura"}))
        desk.settled()
        assert desk.retry() == (1, 0)
        cluster.must_hold(1)
        assert not refused()
    finally:
        desk.close()
    stop(worker)
