"""``pantau simulate``: a simulated world's events to a file or to stdout, the same for the same world and seed."""

import gzip
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import typer

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
) -> None:
    """Write the events of a simulated world. Equal worlds, days and seeds give equal bytes."""
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
