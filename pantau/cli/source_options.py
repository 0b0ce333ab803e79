"""What the verbs of running sources share: options, lengths of time, the last line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pantau.domain.errors import BadSetup

if TYPE_CHECKING:
    from pantau.domain.spans import Language
    from producers.replay import Summary

MappingName = Annotated[str, typer.Option("--mapping", "-m", help="A mapping file, or the name of a ready one.")]

To = Annotated[
    str,
    typer.Option(
        "--to",
        help="A data directory; the URL of a gateway (its key: PANTAU_KEY or PANTAU_KEY_FILE); or kafka://host:port.",
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


def told(summary: "Summary", language: "Language") -> None:
    """Print what a source did while it ran, and why anything was refused; ends with 3 where everything was."""
    from pantau.cli import refusals
    from pantau.texts import number_text

    counts = {"rows": summary.rows, "events": summary.events, "refused": summary.rejected, "skipped": summary.skipped}
    parts = [
        _WORDS[what][language].format(n=number_text(n, language))
        for what, n in counts.items()
        if n or what in ("rows", "events")
    ]
    typer.echo(", ".join(parts))
    for line in refusals.lines(summary.tally.reasons(language), language):
        typer.echo(line)
    raise typer.Exit(3 if summary.rejected and not summary.events else 0)


_WORDS: "Final[dict[str, dict[Language, str]]]" = {
    "rows": {"id": "{n} baris", "en": "{n} rows"},
    "events": {"id": "{n} kejadian diterima", "en": "{n} events accepted"},
    "refused": {"id": "{n} ditolak", "en": "{n} refused"},
    "skipped": {"id": "{n} baris bukan kejadian", "en": "{n} rows are no events"},
}
