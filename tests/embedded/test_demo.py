"""The history of a demo arrives when its sources sent it, so that the health of its data is that of a usual day."""

from pathlib import Path

from pantau.embedded.demo import Demo
from pantau.embedded.desk import LocalDesk
from pantau.embedded.runtime import Runtime


def test_the_history_arrives_when_it_was_sent(tmp_path: Path) -> None:
    demo = Demo(day=None, speed=60, seed=1, history_days=1)
    runtime = Runtime.open(tmp_path, registry=demo.registry, clock=demo.clock)
    try:
        written = demo.write_history(LocalDesk(runtime, tmp_path), lambda share: None)
        arrived = (
            "SELECT count(), countIf(dateDiff('second', time, arrival) < 3600), "
            "toUnixTimestamp64Milli(max(arrival)) FROM events WHERE kind = 'ticket.called'"
        )
        ((n, soon, last),) = runtime.select(arrived).rows
    finally:
        runtime.close()
    assert written > n > 0
    assert soon > 0.9 * n
    assert last <= demo.clock()
