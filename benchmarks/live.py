"""The one process as offices use it: events over HTTP with 202 after durable, and how soon the page knows.

    python -m benchmarks.live [--seconds N] [--viewers N] [--boards N] [--pages-only]

Starts ``pantau serve`` in a process of its own. First batches of 100 as fast as it answers; then 1,000 events a second,
paced, while watchers of the page's stream note for each event how long after its sending they had it; further pages may
look at boards meanwhile.
"""

import argparse
import asyncio
import hashlib
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count, pairwise
from pathlib import Path

import httpx
import msgspec

from dashboards.live.board_files import drawn_boards
from pantau.domain.wire import BATCH, instant
from pantau.embedded.running import running_process
from tests.support.always_open import ALWAYS_OPEN

ROOT = Path(__file__).parents[1]
KEY = "pantau_benchmark"
UNITS = 20
REGISTRY = (
    ALWAYS_OPEN
    + """
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


class Watchers(threading.Thread):
    """Some open pages, each a stream of its own; each notes when it first saw each newer last event.

    Beside them some that look at boards, the ten in turn; of each it is noted when its numbers came.
    """

    def __init__(self, url: str, viewers: int, boards: int) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.drawn: list[list[float]] = [[] for _ in range(boards)]
        self.seen: list[list[tuple[int, float]]] = [[] for _ in range(viewers)]

    def run(self) -> None:
        """Read until the server ends."""
        asyncio.run(self._read_all())

    async def _read_all(self) -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            boards = [uid for uid in drawn_boards() if not uid.endswith("-en")]
            await asyncio.gather(
                *(self._read(client, seen) for seen in self.seen),
                *(self._look(client, boards[n % len(boards)], drawn) for n, drawn in enumerate(self.drawn)),
            )

    async def _look(self, client: httpx.AsyncClient, uid: str, drawn: list[float]) -> None:
        with suppress(httpx.TransportError):
            async with client.stream("GET", f"{self._url}/api/boards/{uid}/stream") as response:
                async for line in response.aiter_lines():
                    if line.startswith("event: board"):
                        drawn.append(time.monotonic())

    async def _read(self, client: httpx.AsyncClient, seen: list[tuple[int, float]]) -> None:
        newest = 0
        with suppress(httpx.TransportError):
            async with client.stream("GET", self._url + "/api/stream") as response:
                async for line in response.aiter_lines():
                    if line.startswith("data: ") and "last_event" in line:
                        last = msgspec.json.decode(line[6:], type=dict).get("last_event") or 0
                        if last > newest:
                            newest = last
                            seen.append((last, time.time() * 1000))


def page_delays(url: str, seconds: float, rate: int, watchers: Watchers) -> list[float]:
    """Milliseconds from an event's own time to a page having it, for every tenth of a second and every page."""
    watchers.start()
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
    for page in watchers.seen:
        for at in sent:
            known = next((seen for last, seen in page if last >= at), float("inf"))
            delays.append(known - at)
    return sorted(delays)


def main() -> None:
    """Run both and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=15)
    options.add_argument("--viewers", type=int, default=1, help="How many pages are open.")
    options.add_argument("--boards", type=int, default=0, help="How many further pages look at boards.")
    options.add_argument("--pages-only", action="store_true", help="Leave out what is sent at full speed.")
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
        if not chosen.pages_only:
            print(f"HTTP, 202 after durable: {full_speed(running.url, chosen.seconds):,.0f} events/s in batches of 100")
            time.sleep(10)  # what came at full speed is merged and drawn first
        watchers = Watchers(running.url, chosen.viewers, chosen.boards)
        delays = page_delays(running.url, chosen.seconds, 1000, watchers)
        p50, p95 = delays[len(delays) // 2], delays[int(len(delays) * 0.95)]
        told = f"p50 {p50:,.0f} ms, p95 {p95:,.0f} ms, worst {delays[-1]:,.0f} ms after"
        print(f"{chosen.viewers} pages at 1,000 events/s: {told}")
        gaps = sorted(later - earlier for drawn in watchers.drawn for earlier, later in pairwise(drawn))
        if gaps:
            print(f"{chosen.boards} boards: numbers every {gaps[len(gaps) // 2]:.1f} s, at most {gaps[-1]:.1f} s apart")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main()
