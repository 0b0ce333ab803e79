"""``pantau simulate``: a simulated world's events to a file or to stdout, the same for the same world and seed."""

import gzip
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from pantau.cli.options import times

if TYPE_CHECKING:
    from producers.replay import Summary
    from producers.simulator.draft import Draft
    from producers.simulator.world import World

OPENING_MINUTES = 7 * 60 + 25
"""The local minute from which on the last day is sent as its time comes: just before the offices open."""

Format = Literal["ndjson", "csv"]
Sink = BinaryIO | gzip.GzipFile


def simulate(
    world: Annotated[
        str,
        typer.Option(help="lampung_selatan[:DEMO-DAY], small, clocks, or load[:UNITSxVISITS], such as load:1000x400."),
    ] = "small",
    first_day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First local day; by default the world's own.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How many days; by default the world's own span.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another history of the same world.")] = 1,
    rate: Annotated[float, typer.Option(min=0, help="Events per second; 0 is as fast as possible.")] = 0,
    out: Annotated[str, typer.Option(help="A file, gzipped when it ends in .gz; - is stdout.")] = "-",
    format: Annotated[
        Format, typer.Option(help="ndjson: CloudEvents, one a line. csv: the ticket table of an antrian system.")
    ] = "ndjson",
    faults: Annotated[
        bool, typer.Option("--faults/--no-faults", help="Let the world's sources lie, repeat and fall silent.")
    ] = False,
    registry: Annotated[
        Path | None, typer.Option(help="Also write here a registry.toml that knows the world's units and services.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            help="Send to a gateway at this URL instead, with the key in PANTAU_KEY or PANTAU_KEY_FILE, or onto a bus: "
            "kafka://host:port."
        ),
    ] = None,
    speed: Annotated[
        float,
        typer.Option(
            parser=times,
            metavar="<times>",
            help="With --to: how many times as fast as real time the last day runs, 60x; 0 at once.",
        ),
    ] = 60,
) -> None:
    """Write the events of a simulated world. Equal worlds, days and seeds give equal bytes.

    With --to all days but the last are sent at full speed, and the last one from 07:25 on as its time comes. Sending
    again is harmless.
    """
    from datetime import timedelta

    from producers.simulator.faults import with_faults
    from producers.simulator.output import COLUMNS, cloud_event, csv_line, ticket_table
    from producers.simulator.registry import registry_toml
    from producers.simulator.stream import events
    from producers.simulator.worlds import ready

    chosen = ready(world)
    if registry is not None:
        registry.write_text(registry_toml(chosen), encoding="utf-8")
    first = first_day.date() if first_day else chosen.first_day
    last = first + timedelta(days=days - 1) if days else max(first, chosen.last_day)
    if to is not None:
        _send(chosen, seed, first, last, to, speed)
        return
    drafts = events(chosen, seed, first, last)
    if faults:
        drafts = with_faults(drafts, chosen.faults, seed)
    lines: Iterator[bytes]
    if format == "csv":
        lines = map(csv_line, ticket_table(drafts, {office.code: office.zone for office in chosen.offices}))
    else:
        lines = (cloud_event(draft) + b"\n" for draft in drafts)
    with _opened(out) as sink:
        if format == "csv":
            sink.write(csv_line(COLUMNS))
        written = _write(_paced(lines, rate, sink), sink)
    print(f"{written} {'rows' if format == 'csv' else 'events'}, {first} to {last}, seed {seed}", file=sys.stderr)  # noqa: T201 - the verb's own words


def _send(world: "World", seed: int, first: date, last: date, url: str, speed: float) -> None:
    """Send a world's days to a gateway or onto a bus. Raises BadSetup when there is no key or it is refused."""
    from dataclasses import replace

    from pantau.cli.onto_bus import SCHEME
    from pantau.domain.zones import day_start
    from producers.replay import Summary
    from producers.simulator.sending import coming, in_time, past, together

    world = replace(world, last_day=last)
    start = day_start(world.offices[0].zone, last) + OPENING_MINUTES * 60_000
    summary = Summary()
    place = _bus(world, url, summary) if url.startswith(SCHEME) else _gateway(url, summary)
    with place as take:

        def send(parts: "Iterator[list[Draft]]", what: str) -> None:
            for some in parts:
                take(some)
            print(f"{what}: {summary.events} events accepted, {summary.rejected} refused", file=sys.stderr)  # noqa: T201

        send(together(past(world, seed, first, start)), f"{first} to {last} 07:25")
        today = coming(world, seed, start)
        send(in_time(today, start=start, factor=speed) if speed else together(today), f"{last} from 07:25")


@contextmanager
def _gateway(url: str, summary: "Summary") -> "Iterator[Callable[[list[Draft]], None]]":
    from pantau.domain.errors import BadSetup
    from pantau.settings import load
    from producers.posting import client_of, post

    key = load().settings.key
    if key is None:
        raise BadSetup("--to is a URL: the gateway wants the API key of /simulasi/*, in PANTAU_KEY or PANTAU_KEY_FILE")
    with client_of(key.get_secret_value()) as client:
        yield lambda some: post(client, url, some, summary)


@contextmanager
def _bus(world: "World", to: str, summary: "Summary") -> "Iterator[Callable[[list[Draft]], None]]":
    """A simulated world's events are judged by the registry that knows it."""
    from pantau.cli.onto_bus import onto_bus
    from pantau.registry_file import parse
    from producers.bus_sink import judged
    from producers.simulator.registry import registry_toml

    registry = parse(registry_toml(world))
    with onto_bus(to) as (sink, secret):

        def take(some: "list[Draft]") -> None:
            events, rejections = judged(some, registry=registry, secret=secret, now=time.time_ns() // 1_000_000)
            sink.put(events, rejections)
            summary.events += len(events)
            summary.rejected += len(rejections)

        yield take


@contextmanager
def _opened(out: str) -> Iterator[Sink]:
    """Where the lines go. A gzip file carries neither name nor time, so that equal content gives equal bytes."""
    if out == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with Path(out).open("wb") as file:
        if not out.endswith(".gz"):
            yield file
            return
        with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            yield packed


def _write(lines: Iterator[bytes], sink: Sink) -> int:
    written = 0
    for line in lines:
        sink.write(line)
        written += 1
    return written


def _paced(lines: Iterator[bytes], rate: float, sink: Sink) -> Iterator[bytes]:
    """The lines, held back so that at most ``rate`` a second pass; whoever reads the sink sees each in its time."""
    started = time.monotonic()
    for count, line in enumerate(lines):
        if rate:
            early = started + count / rate - time.monotonic()
            if early > 0:
                sink.flush()
                time.sleep(early)
        yield line
