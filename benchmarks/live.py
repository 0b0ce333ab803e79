"""The one process as offices use it: events over HTTP with 202 after durable, and how soon the page knows.

    python -m benchmarks.live [--seconds N]

Starts ``pantau serve`` in a process of its own. First batches of 100 as fast as it answers; then 1,000 events a second,
paced, while a watcher of the page's stream notes for each event how long after its sending the page had it.
"""

import argparse
import hashlib
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import msgspec

from pantau.domain.wire import BATCH, instant
from pantau.embedded.desk import running_process

ROOT = Path(__file__).parents[1]
KEY = "pantau_benchmark"
UNITS = 20
REGISTRY = (
    """
[defaults]
zone = "WIB"
hours = "always"
[hours.always]
mon-sun = ["00:00-24:00"]
[[kabupaten]]
code = "18.01"
name = "Lampung Selatan"
[[kecamatan]]
code = "18.01.06"
name = "Kalianda"
kabupaten = "18.01"
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
within = "15 minutes"
"""
    + "".join(
        f'[[unit]]\ncode = "u{number}"\nname = "Kantor {number}"\nkecamatan = "18.01.06"\n' for number in range(UNITS)
    )
    + f"""
[[source]]
name = "queue"
key_hash = "{hashlib.sha256(KEY.encode()).hexdigest()}"
"""
)
_tickets = count()


def batch(n: int) -> bytes:
    """``n`` events of now: tickets taken and called."""
    at = instant(time.time_ns() // 1_000_000).isoformat()
    events = []
    for _ in range(n // 2):
        ticket = next(_tickets)
        data = {"unit": f"u{ticket % UNITS}", "ticket": f"T{ticket}", "service": "ktp"}
        for kind in ("ticket.created", "ticket.called"):
            events.append(
                {
                    "specversion": "1.0",
                    "id": f"{ticket}/{kind}",
                    "source": "queue",
                    "type": f"id.pantau.{kind}",
                    "time": at,
                    "data": data,
                }
            )
    return msgspec.json.encode(events)


def full_speed(url: str, seconds: float, senders: int = 4) -> float:
    """Events a second over HTTP, each answered when durable."""
    headers = {"authorization": f"Bearer {KEY}", "content-type": BATCH}
    stop = time.monotonic() + seconds

    def send() -> int:
        n = 0
        with httpx.Client(headers=headers, timeout=60) as client:
            while time.monotonic() < stop:
                response = client.post(url + "/v1/events", content=batch(100))
                if response.status_code == 202:
                    n += 100
                else:
                    time.sleep(0.05)
        return n

    began = time.monotonic()
    with ThreadPoolExecutor(senders) as pool:
        total = sum(pool.map(lambda _: send(), range(senders)))
    return total / (time.monotonic() - began)


class Watcher(threading.Thread):
    """Reads the page's stream; notes when each newer last event was first seen."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.seen: list[tuple[int, float]] = []

    def run(self) -> None:
        """Read until the server ends."""
        newest = 0
        try:
            with httpx.stream("GET", self._url + "/api/stream", timeout=60) as response:
                for line in response.iter_lines():
                    if line.startswith("data: ") and "last_event" in line:
                        last = msgspec.json.decode(line[6:], type=dict).get("last_event") or 0
                        if last > newest:
                            newest = last
                            self.seen.append((last, time.time() * 1000))
        except httpx.TransportError:
            return


def page_delays(url: str, seconds: float, rate: int) -> list[float]:
    """Milliseconds from an event's own time to the page having it, for every event sent at a paced rate."""
    watcher = Watcher(url)
    watcher.start()
    time.sleep(1)
    sent: list[int] = []
    with httpx.Client(headers={"authorization": f"Bearer {KEY}", "content-type": BATCH}, timeout=60) as client:
        began = time.monotonic()
        for turn in range(int(seconds * 10)):
            time.sleep(max(0.0, began + turn / 10 - time.monotonic()))
            sent.append(time.time_ns() // 1_000_000)
            client.post(url + "/v1/events", content=batch(rate // 10)).raise_for_status()
    time.sleep(3)
    delays = []
    for at in sent:
        known = [seen for last, seen in watcher.seen if last >= at]
        delays.append((known[0] if known else float("inf")) - at)
    return sorted(delays)


def main() -> None:
    """Run both and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=15)
    options.add_argument("--work", type=Path, default=Path("artifacts/benchmark-live"))
    chosen = options.parse_args()
    work: Path = chosen.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / "registry.toml").write_text(REGISTRY)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pantau.cli.main", "serve", "--data", str(work / "data")),
            *("--registry", str(work / "registry.toml"), "--port", "0"),
        ],
        cwd=ROOT,
    )
    try:
        while (running := running_process(work / "data")) is None:
            time.sleep(0.1)
        time.sleep(1)
        print(f"HTTP, 202 after durable: {full_speed(running.url, chosen.seconds):,.0f} events/s in batches of 100")
        time.sleep(2)
        delays = page_delays(running.url, chosen.seconds, 1000)
        p50, p95 = delays[len(delays) // 2], delays[int(len(delays) * 0.95)]
        print(f"page at 1,000 events/s: p50 {p50:,.0f} ms, p95 {p95:,.0f} ms, worst {delays[-1]:,.0f} ms after")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main()
