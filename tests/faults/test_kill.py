"""kill -9 at random moments of ingestion, many times: no accepted event is missing, none is counted twice."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from pantau.embedded.desk import open_desk
from pantau.embedded.running import running_process
from tests.support.always_open import ALWAYS_OPEN

ROOT = Path(__file__).parents[2]
KEY = "a key that only this test knows"
KILLS = 22
BATCH = 40

REGISTRY = f"""{ALWAYS_OPEN}
[[unit]]
code = "kalianda"
name = "Kantor Kecamatan Kalianda"
kecamatan = "18.01.06"

[[service_group]]
code = "adminduk"
name = "Administrasi kependudukan"

[[service]]
code = "ktp"
name = "KTP-el"
group = "adminduk"
kind = "ticket"

[[standard]]
measure = "wait_to_call"
within = "5 minutes"

[[source]]
name = "queue"
live = false
key_hash = "{hashlib.sha256(KEY.encode()).hexdigest()}"
"""

START = 1_762_000_000_000


def lifecycle(ticket: int) -> list[dict[str, object]]:
    """Four events of one ticket, in the order in which a queue machine sends them."""
    taken = START + ticket * 7_000
    called = taken + (ticket * 7919) % 600_000
    ended = called + 60_000 + (ticket * 104_729) % 400_000
    base = {"unit": "kalianda", "ticket": f"T{ticket}", "service": "ktp"}
    steps = (
        ("ticket.created", taken),
        ("ticket.called", called),
        ("service.started", called + 5_000),
        ("service.ended", ended),
    )
    return [
        {
            "specversion": "1.0",
            "id": f"T{ticket}/{kind}",
            "source": "queue",
            "type": f"id.pantau.{kind}",
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 1000)) + f".{at % 1000:03d}Z",
            "data": base,
        }
        for kind, at in steps
    ]


class Served:
    """The product in a process of its own, started again after every kill."""

    def __init__(self, data: Path, registry: Path) -> None:
        self._data = data
        self._registry = registry
        self.url: str | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pantau.cli.main", "serve"),
                *("--data", str(self._data), "--registry", str(self._registry), "--port", "0"),
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                assert self.process.stderr is not None
                raise AssertionError(self.process.stderr.read().decode())
            running = running_process(self._data)
            if running is not None and running.pid == self.process.pid and self._answers(running.url):
                self.url = running.url
                return
            time.sleep(0.02)
        raise AssertionError("the process did not start within a minute")

    @staticmethod
    def _answers(url: str) -> bool:
        try:
            return httpx.get(url + "/health/live", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        assert self.process is not None
        self.url = None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)
        return self.process.returncode


class Sender(threading.Thread):
    """Sends batches one after the other; one that was not answered with 202 is sent again until it is."""

    def __init__(self, served: Served) -> None:
        super().__init__(daemon=True)
        self._served = served
        self.enough = threading.Event()
        self.tickets = 0
        self.accepted = 0
        self.resent = 0

    def run(self) -> None:
        shuffle = random.Random(11)
        headers = {"authorization": f"Bearer {KEY}", "content-type": "application/cloudevents-batch+json"}
        with httpx.Client(timeout=20, headers=headers) as client:
            while not self.enough.is_set():
                events = [event for ticket in range(self.tickets, self.tickets + BATCH) for event in lifecycle(ticket)]
                shuffle.shuffle(events)
                body = msgspec.json.encode(events)
                while not self._sent(client, body, len(events)):
                    self.resent += 1
                    time.sleep(0.02)
                self.tickets += BATCH

    def _sent(self, client: httpx.Client, body: bytes, n: int) -> bool:
        url = self._served.url
        if url is None:
            return False
        try:
            response = client.post(url + "/v1/events", content=body)
        except httpx.TransportError:
            return False
        if response.status_code != 202:
            return False
        self.accepted += n
        return True


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_accepted_event_is_lost_or_counted_twice_when_the_process_is_killed_many_times(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    data = tmp_path / "data"
    registry = tmp_path / "registry.toml"
    registry.write_text(REGISTRY)
    moments = random.Random(5)
    served = Served(data, registry)
    sender = Sender(served)
    served.start()
    sender.start()
    for _ in range(KILLS):
        time.sleep(moments.uniform(0.02, 0.6))
        served.kill()
        served.start()
    time.sleep(0.5)
    sender.enough.set()
    sender.join(timeout=60)
    assert not sender.is_alive()
    assert served.stop() == 0

    assert sender.tickets > 5 * KILLS, "too little was sent for the kills to hit anything"
    with open_desk(data) as desk:
        report = desk.verify()
        visits = desk.query("count_visits").rows[0]
        events = desk.query("count_events").rows[0][0]
    assert report.equal, report.examples
    assert events == sender.accepted == 4 * sender.tickets
    assert visits == (sender.tickets, sender.tickets)
    record_property("accepted", sender.accepted)
    record_property("sent again", sender.resent)
