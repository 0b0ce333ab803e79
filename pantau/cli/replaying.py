"""The work of ``pantau replay``: files into a data directory, to a gateway or onto a bus."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pantau.cli.onto_bus import SCHEME, judging_registry, onto_bus
from pantau.domain.errors import BadSetup

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pantau.domain.registry import Registry
    from pantau.domain.rejections import Rejection
    from pantau.embedded.clock_watches import SourceClock
    from pantau.embedded.desk import Desk
    from producers.packed import Packed
    from producers.replay import Bookmarks, Sink, Summary

OnProgress = Callable[[str, int, str], None]


LOAD_EVENTS = 40_000
"""Events handed in at once: a flush costs by the cells it touches, and a few large ones touch fewer."""


class DeskSink:
    """Replayed events into a data directory, whoever owns it, in loads large enough to be cheap to merge."""

    def __init__(self, desk: "Desk", *, load_events: int) -> None:
        self._desk = desk
        self._load_events = load_events
        self._last: Future[None] | None = None
        self._events: list[Packed] = []
        self._rejections: list[Rejection] = []

    def send(self, events: "Sequence[Packed]", rejections: "Sequence[Rejection]") -> None:
        """Hand in; waits while too many wait to be written."""
        self._events += events
        self._rejections += rejections
        if len(self._events) + len(self._rejections) >= self._load_events:
            self._take()

    def durable(self) -> None:
        """Wait for what was handed in last, and so for all."""
        self._take()
        if self._last is not None:
            self._last.result()

    def _take(self) -> None:
        from pantau.embedded.desk import Load

        self._last = self._desk.take(Load(self._events, self._rejections))
        self._events, self._rejections = [], []


def replay_files(
    files: Sequence[Path],
    *,
    mapping: str,
    to: str,
    registry: Path | None,
    speed: str,
    key: str | None,
    on_progress: OnProgress,
) -> "Summary":
    """Replay files one after the other. Raises BadSetup for what is wrong before anything is sent."""
    from producers.mapping import load
    from producers.replay import speed_of

    factor = speed_of(speed)
    load(mapping)
    for file in files:
        if not file.is_file():
            raise BadSetup(f"{file}: no such file")
    if to.startswith(("http://", "https://")):
        if key is None:
            raise BadSetup("--to is a URL: the gateway wants the source's API key, by --key or PANTAU_KEY")
        if registry is not None:
            raise BadSetup("--registry belongs to a data directory; a gateway has its own")
        from producers.posting import post_files

        return post_files(files, mapping=mapping, url=to, key=key, factor=factor, on_progress=on_progress)
    if to.startswith(SCHEME):
        return _onto_bus(files, mapping, to, judging_registry(registry), factor, on_progress)
    return _into_directory(files, mapping, Path(to), registry, factor, on_progress)


def _into_directory(
    files: Sequence[Path],
    mapping: str,
    directory: Path,
    registry: Path | None,
    factor: float | None,
    on_progress: OnProgress,
) -> "Summary":
    from pantau.cli.desks import open_desk
    from pantau.registry_file import load as load_registry
    from producers.replay import Bookmarks

    with open_desk(directory, registry=load_registry(registry) if registry else None) as desk:
        known = desk.clocks()
        sink = DeskSink(desk, load_events=LOAD_EVENTS if factor is None else 1)
        bookmarks = Bookmarks(directory / "replays")

        def refused_rows(file: str) -> dict[str, str]:
            return {row["id"]: row["digest"] for row in desk.query("refused_rows", {"file": f"{file}:"}).dicts()}

        registry_now = desk.registry
        summary = _into(
            sink, bookmarks, files, mapping, registry_now, desk.secret(), factor, on_progress, refused_rows=refused_rows
        )
        if summary.mended:
            desk.mended(summary.mended)
        desk.settled()
        summary.repeated = min(summary.events, _repeats(known, desk.clocks()))
    return summary


def _onto_bus(
    files: Sequence[Path],
    mapping: str,
    to: str,
    registry: "Registry",
    factor: float | None,
    on_progress: OnProgress,
) -> "Summary":
    """Where a replay stands is kept by bus, in the folder where it is started."""
    from hashlib import sha256

    from pantau.cli.destinations import state_directory
    from producers.replay import Bookmarks

    bookmarks = Bookmarks(state_directory(None, to) / "replays" / sha256(to.encode()).hexdigest()[:12])
    with onto_bus(to) as (sink, secret):
        return _into(sink, bookmarks, files, mapping, registry, secret, factor, on_progress)


def _into(
    sink: "Sink",
    bookmarks: "Bookmarks",
    files: Sequence[Path],
    mapping: str,
    registry: "Registry",
    secret: bytes,
    factor: float | None,
    on_progress: OnProgress,
    *,
    refused_rows: Callable[[str], dict[str, str]] = lambda file: {},
) -> "Summary":
    from pantau.cli.refusals import nearest
    from producers.judging import Order, judge_aside
    from producers.packed import Chunk
    from producers.replay import Summary, paced, replay

    summary = Summary()
    rows = registry.to_rows()
    before = 0
    for file in files:
        after = 0 if factor else bookmarks.find(file, mapping)
        summary.resumed_at = max(summary.resumed_at, after)
        order = Order(str(file), mapping, rows, secret, after, refused_rows(file.name))
        already = before

        def told(chunk: Chunk, name: str = file.name, already: int = already) -> None:
            on_progress(name, already + chunk.bytes_read, f"{summary.events:,} events")

        if factor is None:
            replay(order, sink, bookmarks, on_chunk=told, summary=summary)
        else:
            paced(judge_aside(order), sink, factor=factor, summary=summary)
        before += file.stat().st_size
    services = [service.code for service in registry.services]
    meant = {name: nearest(name, services) for name in summary.unknown_services}
    summary.nearest = {name: near for name, near in meant.items() if near is not None}
    return summary


def _repeats(before: "Sequence[SourceClock]", after: "Sequence[SourceClock]") -> int:
    """How many events were known already when they came, between two looks at the sources."""
    counted = {clock.summary.source: clock.summary for clock in before}
    found = 0
    for clock in after:
        held = counted.get(clock.summary.source)
        # a source that is expected to hold other dates than before is counted anew
        already = held.duplicates if held is not None and held.expected == clock.summary.expected else 0
        found += max(0, clock.summary.duplicates - already)
    return found
