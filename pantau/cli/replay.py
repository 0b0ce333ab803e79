"""``pantau replay``: bring a log or a table into the product through a mapping."""

from pathlib import Path
from typing import Annotated

import typer

from pantau.cli.options import RegistryFile


def replay(
    files: Annotated[list[Path], typer.Argument(help="Files to replay: CSV, NDJSON, XES, Parquet; .gz is unpacked.")],
    mapping: Annotated[str, typer.Option("--mapping", "-m", help="A mapping file, or the name of a ready one.")],
    to: Annotated[str, typer.Option("--to", help="A data directory, or the URL of a gateway.")] = "data",
    registry: RegistryFile = None,
    speed: Annotated[str, typer.Option(help="max, or a factor of the events' own pace: 1x, 60x.")] = "max",
    key: Annotated[
        str | None, typer.Option(help="API key, when --to is a URL; better in PANTAU_KEY or a file: PANTAU_KEY_FILE.")
    ] = None,
) -> None:
    """Replay files: every row becomes events, is validated, made durable and counted into indicators.

    Safe to repeat and to interrupt: the same rows give the same event ids, and a replay goes on where it stopped. Files
    may be sorted by case, by line or not at all: nothing is dropped for being late. Refused rows and events are kept;
    see them with: pantau rejects list.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from pantau.cli.replaying import replay_files
    from pantau.settings import load

    secret = load({"key": key}).settings.key if to.startswith(("http://", "https://")) else None
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("replay", total=sum(file.stat().st_size for file in files if file.exists()), said="")
        summary = replay_files(
            files,
            mapping=mapping,
            to=to,
            registry=registry,
            speed=speed,
            key=secret.get_secret_value() if secret else None,
            on_progress=lambda name, done, said: progress.update(task, description=name, completed=done, said=said),
        )
    typer.echo(
        f"{summary.events:,} events accepted from {summary.rows:,} rows in {summary.seconds:.1f} s "
        f"({summary.events / max(summary.seconds, 1e-9):,.0f} events/s)"
        + (f"; {summary.skipped:,} rows are no events" if summary.skipped else "")
        + (f"; went on after row {summary.resumed_at:,}" if summary.resumed_at else "")
    )
    if summary.rejected:
        typer.echo(f"{summary.rejected:,} refused and kept:")
        for reason, n in sorted(summary.reasons.items(), key=lambda item: -item[1]):
            typer.echo(f"  {n:>8,}  {reason}")
    raise typer.Exit(3 if summary.rejected and not summary.events else 0)
