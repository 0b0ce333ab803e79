"""Replaying files: from where the last run stopped, at full speed or paced by the events' own times."""

import hashlib
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from pantau.domain.errors import BadSetup
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection
from pantau.domain.tally import Tally
from producers.judging import Order, judge_aside
from producers.mapping.wording import retelling
from producers.packed import Chunk, Packed

SAVE_EVERY_CHUNKS = 64
PACED_CHUNK = 200


class Sink(Protocol):
    """Where replayed events go."""

    def send(self, events: Sequence[Packed], rejections: Sequence[Rejection]) -> None:
        """Hand in events and refusals; may return before they are durable. Blocks when too many wait."""

    def durable(self) -> None:
        """Return when everything handed in is durable."""


class Place(msgspec.Struct, frozen=True):
    """How far a file was replayed into one place by one mapping."""

    size: int
    modified_ns: int
    row: int


class Summary(msgspec.Struct):
    """What a replay did; ``rows`` are those read by it, not those passed over because an earlier one had them.

    ``repeated`` of the accepted events were known before, where that can be told; ``unknown_services`` are codes that
    accepted events carry and the registry does not know, with their events; ``nearest`` names what may be meant.
    ``mended`` are digests of rows that were refused by an earlier replay and are taken by this one. ``taken_again``
    are, by source, numbers of tickets that begin anew with nothing to tell their days apart.
    """

    rows: int = 0
    events: int = 0
    rejected: int = 0
    skipped: int = 0
    resumed_at: int = 0
    seconds: float = 0.0
    repeated: int | None = None
    tally: Tally = msgspec.field(default_factory=lambda: Tally(retelling()))
    unknown_services: dict[str, int] = msgspec.field(default_factory=dict)
    nearest: dict[str, str] = msgspec.field(default_factory=dict)
    mended: list[str] = msgspec.field(default_factory=list)
    taken_again: dict[str, list[str]] = msgspec.field(default_factory=dict)


class Bookmarks:
    """Where each replay of a file stands, in a directory; a file that changed since starts again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def _path(self, file: Path, mapping: str) -> Path:
        name = hashlib.sha256(f"{file.resolve()}\n{mapping}".encode()).hexdigest()[:24]
        return self._directory / f"{name}.json"

    def find(self, file: Path, mapping: str) -> int:
        """The last row that is durable; 0 for a file that is new or has changed."""
        try:
            place = msgspec.json.decode(self._path(file, mapping).read_bytes(), type=Place)
        except (FileNotFoundError, msgspec.DecodeError):
            return 0
        stat = file.stat()
        return place.row if (stat.st_size, stat.st_mtime_ns) == (place.size, place.modified_ns) else 0

    def keep(self, file: Path, mapping: str, row: int) -> None:
        """Remember that rows up to ``row`` are durable."""
        self._directory.mkdir(parents=True, exist_ok=True)
        stat = file.stat()
        path = self._path(file, mapping)
        aside = path.with_suffix(".new")
        aside.write_bytes(msgspec.json.encode(Place(stat.st_size, stat.st_mtime_ns, row)))
        aside.replace(path)

    def drop(self, file: Path, mapping: str) -> None:
        """The file is replayed to its end."""
        self._path(file, mapping).unlink(missing_ok=True)


def replay(
    order: Order,
    sink: Sink,
    bookmarks: Bookmarks,
    *,
    on_chunk: Callable[[Chunk], None] = lambda chunk: None,
    summary: Summary,
) -> None:
    """Replay one file at full speed, remembering every few chunks how far it is durable."""
    file = Path(order.path)
    began = time.monotonic()
    before = summary.rows - order.after_row
    for index, chunk in enumerate(judge_aside(order), 1):
        sink.send(chunk.events, chunk.rejections)
        count(summary, chunk)
        summary.rows = before + chunk.row
        on_chunk(chunk)
        if index % SAVE_EVERY_CHUNKS == 0:
            sink.durable()
            bookmarks.keep(file, order.mapping, chunk.row)
    sink.durable()
    bookmarks.drop(file, order.mapping)
    summary.seconds += time.monotonic() - began


def count(summary: Summary, chunk: Chunk) -> None:
    """Add what some rows became to a summary."""
    summary.events += len(chunk.events)
    summary.rejected += len(chunk.rejections)
    summary.skipped += chunk.skipped
    summary.mended += chunk.mended
    for source, numbers in chunk.taken_again.items():
        summary.taken_again.setdefault(source, []).extend(numbers)
    for rejection in chunk.rejections:
        summary.tally.add(rejection.source, rejection.code, rejection.reasons)
    for service, n in chunk.unknown_services.items():
        summary.unknown_services[service] = summary.unknown_services.get(service, 0) + n


def paced(chunks: Iterable[Chunk], sink: Sink, *, factor: float, summary: Summary) -> None:
    """Hand in events at ``factor`` times the speed at which they happened, in the order of their times.

    The whole file is held in memory, because a file may be sorted by anything.
    """
    if factor <= 0:
        raise BadSetup(f"--speed {factor}x: a speed is above 0; use max for as fast as possible")
    held: list[Packed] = []
    before = summary.rows
    for chunk in chunks:
        held += chunk.events
        sink.send([], chunk.rejections)
        count(summary, chunk)
        summary.rows = before + chunk.row
    held.sort(key=lambda packed: (packed.time, packed.source, packed.id))
    began = time.monotonic()
    for some in _due_together(held):
        wait = (some[0].time - held[0].time) / 1000 / factor - (time.monotonic() - began)
        if wait > 0:
            time.sleep(wait)
        sink.send(some, [])
    sink.durable()
    summary.seconds += time.monotonic() - began


def _due_together(held: Sequence[Packed]) -> Iterator[list[Packed]]:
    """Runs of events of one instant."""
    some: list[Packed] = []
    for packed in held:
        if some and (packed.time != some[0].time or len(some) >= PACED_CHUNK):
            yield some
            some = []
        some.append(packed)
    if some:
        yield some


def speed_of(text: str) -> float | None:
    """``max`` is None; ``60x`` and ``1x`` are factors. Raises BadSetup for anything else."""
    if text == "max":
        return None
    try:
        factor = float(text.removesuffix("x"))
    except ValueError:
        factor = math.nan
    if not math.isfinite(factor):
        raise BadSetup(f"--speed {text}: write max, 1x or 60x")
    return factor


def unpacked(packed: Sequence[Packed]) -> list[Event]:
    """The events as they were accepted."""
    return [each.event() for each in packed]
