"""The page on a real runtime, in a process of its own, with a clock that tests set and a door for single events.

python -m tests.browser.server DIRECTORY PORT NOW [empty] [guarded] [recording] [fallen]
"""

import sys
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, get, post

from dashboards.live.pages import routes
from dashboards.live.viewers import Access, Viewer, token_hash
from pantau.domain.alerts.detection import Transition
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept
from pantau.domain.zones import DAY, HOUR
from pantau.embedded.desk import LocalDesk
from pantau.embedded.runtime import Runtime
from pantau.web.alert_page import routes as alert_routes
from pantau.web.record_page import Recording
from pantau.web.record_page import routes as record_routes
from pantau.web.recording import SOURCE
from producers.simulator.output import cloud_event
from tests.browser.office import registry, sent

SECRET = b"only for tests, and long enough"


class Clock:
    """Stands until a test moves it; told times of the past while the store is filled."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def take(runtime: Runtime, raw: list[tuple[bytes, str, int]]) -> None:
    """Judge events (JSON, source, arrival) and wait until they are durable."""
    judged = []
    for event, source, arrival in raw:
        rule = runtime.registry.source(source)
        assert rule is not None, f"no source {source}"
        judged.append(
            accept(
                event,
                registry=runtime.registry,
                source=msgspec.structs.replace(rule, name=source),
                now=arrival,
                secret=SECRET,
            )
        )
    refused = [each for each in judged if isinstance(each, Rejection)]
    accepted = [each for each in judged if not isinstance(each, Rejection)]
    if refused:
        runtime.reject(refused).result()
    if accepted:
        runtime.submit(accepted).result()


TOKEN = "the-link-of-the-camat-of-jati-agung"
CAMAT = Viewer(name="Camat Jati Agung", token_hash=token_hash(TOKEN), kecamatan=frozenset({"18.01.13"}))


def fallen(desk: LocalDesk, now: int) -> str:
    """Write that an office has fallen, and tell of it; the path of the link in the message."""
    turn = Transition(
        at=now - HOUR,
        unit="kec-18.01.13",
        group="adminduk",
        indicator="late",
        turn="falling",
        alert="00000000000a11ce",
        day=now // DAY,
        since=now - DAY,
        evidence=7_800_000,
        threshold=7_700_000,
        baseline=now // DAY - 7,
    )
    desk.alerting.tables.record([(Recorded(transition=turn, found_at=now - HOUR), ())])
    desk.alerting.page = "https://pantau.example"
    (message,) = desk.alerting.look()
    return next(word for word in message.text.split() if "/a/" in word).removeprefix("https://pantau.example")


def main(directory: Path, port: int, now: int, words: list[str]) -> None:
    """Fill the store unless it is to stay empty, then serve until killed; guarded, to one camat alone.

    With ``fallen`` an office has, and ``/test/link`` is the path of the link that its camat was sent.
    With ``recording`` the registry has the source in whose name the page records.
    """
    clock = Clock(now)
    known = registry()
    if "recording" in words:
        rows = [*known.to_rows(), *Registry(sources=[Source(name=SOURCE, live=False)]).to_rows()]
        known = Registry.from_rows(rows)
    runtime = Runtime.open(directory, registry=known, clock=clock)
    if "empty" not in words:
        drafts = sent(now)
        for start in range(0, len(drafts), 5_000):
            take(runtime, [(cloud_event(draft), draft.source, draft.sent) for draft in drafts[start : start + 5_000]])
        runtime.settled()

    @post("/test/clock", sync_to_thread=False)
    def set_clock(data: dict[str, int]) -> None:
        clock.now = data["now"]

    @post("/test/events", sync_to_thread=True)
    def send(data: list[dict[str, Any]]) -> None:
        take(runtime, [(msgspec.json.encode(event), event["source"], clock.now) for event in data])

    desk = LocalDesk(runtime, directory)
    link = fallen(desk, now) if "fallen" in words else ""

    @get("/test/link", sync_to_thread=False)
    def get_link() -> str:
        return link

    access = Access(viewers=(CAMAT,)) if "guarded" in words else None
    recording = Recording(runtime, clock, secret=SECRET, at_the_machine=True)
    pages = routes(runtime, clock, access, may_record=recording.offered)
    handlers = [*pages, *record_routes(recording, access), *alert_routes(desk), get_link, set_clock, send]
    app = Litestar(route_handlers=handlers, openapi_config=None)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    runtime.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
