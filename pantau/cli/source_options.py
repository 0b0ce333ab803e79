"""What the verbs of running sources share: options, lengths of time, the last line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pantau.domain.errors import BadSetup

if TYPE_CHECKING:
    from producers.replay import Summary

MappingName = Annotated[str, typer.Option("--mapping", "-m", help="A mapping file, or the name of a ready one.")]

To = Annotated[
    str,
    typer.Option(
        "--to",
        help="A data directory, or the URL of a gateway (its key: PANTAU_KEY or PANTAU_KEY_FILE).",
    ),
]

Every = Annotated[str, typer.Option(help="How often to look: 5s, 1 min.")]

Once = Annotated[bool, typer.Option("--once", help="Take what is there and end.")]

State = Annotated[
    Path | None,
    typer.Option(
        help="Folder that remembers how far this source is. [default: sources in the data directory, else "
        "./pantau-sources]",
    ),
]


def seconds_of(text: str, option: str) -> float:
    """A length of time in seconds: "5s", "10 min". Raises BadSetup that names the option."""
    from pantau.domain import durations

    try:
        length = durations.parse(text)
    except ValueError as error:
        raise BadSetup(f"{option} {text}: {error}") from None
    if length.ms is None or length.working:
        raise BadSetup(f"{option} {text}: plain time is meant, such as 5s or 10 min")
    return length.ms / 1000


def told(summary: "Summary") -> None:
    """Print what a source did while it ran; ends with 3 where everything was refused."""
    typer.echo(
        f"{summary.rows:,} rows, {summary.events:,} events accepted"
        + (f", {summary.rejected:,} refused" if summary.rejected else "")
        + (f", {summary.skipped:,} rows are no events" if summary.skipped else "")
    )
    raise typer.Exit(3 if summary.rejected and not summary.events else 0)
