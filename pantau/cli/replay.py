"""``pantau replay``: bring a log or a table into the product through a mapping."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pantau.cli.options import Lang, RegistryFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pantau.domain.spans import Language
    from producers.replay import Summary

_WORDS: "Final[dict[str, dict[Language, str]]]" = {
    "done": {
        "id": "{events} kejadian diterima dari {rows} baris dalam {seconds} dtk ({rate} kejadian/dtk)",
        "en": "{events} events accepted from {rows} rows in {seconds} s ({rate} events/s)",
    },
    "repeated": {"id": "{n} di antaranya sudah dikenal", "en": "{n} of them were known already"},
    "skipped": {"id": "{n} baris bukan kejadian", "en": "{n} rows are no events"},
    "resumed": {"id": "dilanjutkan setelah baris {n}", "en": "went on after row {n}"},
    "refused": {"id": "{n} ditolak dan disimpan", "en": "{n} refused and kept"},
    "refused_there": {"id": "{n} ditolak", "en": "{n} refused"},
    "see": {
        "id": "lihat: pantau rejects list --data {to}; setelah sebabnya diperbaiki: pantau rejects retry --data {to}",
        "en": "see: pantau rejects list --data {to}; once the cause is mended: pantau rejects retry --data {to}",
    },
    "services": {
        "id": "{n} kejadian menyebut layanan yang tidak ada di registri, sehingga tidak dinilai menurut standarnya:",
        "en": "{n} events name services that the registry does not have, so no promise of theirs is judged:",
    },
    "add_service": {"id": "tambahkan [[service]], atau petakan kodenya", "en": "add a [[service]], or map the code"},
}


def replay(
    files: Annotated[list[Path], typer.Argument(help="Files to replay: CSV, NDJSON, XES, Parquet; .gz is unpacked.")],
    mapping: Annotated[str, typer.Option("--mapping", "-m", help="A mapping file, or the name of a ready one.")],
    to: Annotated[
        str, typer.Option("--to", help="A data directory, the URL of a gateway, or a bus: kafka://host:port.")
    ] = "data",
    registry: RegistryFile = None,
    speed: Annotated[str, typer.Option(help="max, or a factor of the events' own pace: 1x, 60x.")] = "max",
    key: Annotated[
        str | None, typer.Option(help="API key, when --to is a URL; better in PANTAU_KEY or a file: PANTAU_KEY_FILE.")
    ] = None,
    lang: Lang = "id",
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
    from pantau.settings import load, revealed

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
        refresh_per_second=3,  # each costs two milliseconds of what it tells about
    ) as progress:
        task = progress.add_task("replay", total=sum(file.stat().st_size for file in files if file.exists()), said="")
        summary = replay_files(
            files,
            mapping=mapping,
            to=to,
            registry=registry,
            speed=speed,
            key=revealed(secret),
            on_progress=lambda name, done, said: progress.update(task, description=name, completed=done, said=said),
        )
    for line in _report(summary, to, lang):
        typer.echo(line)
    raise typer.Exit(3 if summary.rejected and not summary.events else 0)


def _report(summary: "Summary", to: str, language: "Language") -> "Iterator[str]":
    from pantau.cli import refusals
    from pantau.texts import number_text

    def say(what: str, n: int = 0, **facts: str) -> str:
        return _WORDS[what][language].format(n=number_text(n, language), **facts)

    parts = [
        say(
            "done",
            events=number_text(summary.events, language),
            rows=number_text(summary.rows, language),
            seconds=number_text(summary.seconds, language, 1),
            rate=number_text(summary.events / max(summary.seconds, 1e-9), language),
        )
    ]
    parts += [
        say(what, n)
        for what, n in (
            ("repeated", summary.repeated),
            ("skipped", summary.skipped),
            ("resumed", summary.resumed_at),
        )
        if n
    ]
    yield "; ".join(parts)
    if summary.unknown_services:
        yield say("services", sum(summary.unknown_services.values()))
        for service, n in sorted(summary.unknown_services.items(), key=lambda item: -item[1])[: refusals.VALUES]:
            near = refusals.in_brackets(summary.nearest.get(service), language)
            yield f"{number_text(n, language):>10}  {service}{near}"
        yield f"{'':12}→ {say('add_service')}"
    if summary.taken_again:
        yield from refusals.taken_again(summary.taken_again, language)
    if summary.rejected:
        kept_here = "://" not in to or to.startswith("clickhouse://")
        yield say("refused_there" if to.startswith("http") else "refused", summary.rejected) + ":"
        yield from refusals.lines(summary.tally.reasons(language), language)
        if kept_here:
            yield say("see", to=to)
