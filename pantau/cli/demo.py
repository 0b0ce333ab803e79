"""``pantau demo``: a simulated working day of Lampung Selatan on the live page."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pantau.cli.options import Lang, times

if TYPE_CHECKING:
    from pantau.domain.spans import Language

_WORDS: "Final[dict[str, dict[Language, str]]]" = {
    "running": {"id": "Demo sudah berjalan: {url}", "en": "A demo is running already: {url}"},
    "history": {"id": "riwayat {n} hari", "en": "{n} days of history"},
    "written": {"id": "riwayat {n} kejadian", "en": "{n} events of history"},
    "page": {
        "id": "halaman langsung; Ctrl-C mengakhirinya",
        "en": "the live page; Ctrl-C ends it",
    },
    "day": {
        "id": "{day} mulai pukul 07.25 WIB, {speed} kali lebih cepat daripada waktu nyata",
        "en": "{day} from 07:25 WIB, {speed} times as fast as real time",
    },
}


def demo(
    speed: Annotated[
        float,
        typer.Option(parser=times, metavar="<times>", help="How many times as fast as real time the day runs: 60x."),
    ] = 60.0,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The simulated day; by default the world's own.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another day.")] = 1,
    history: Annotated[int, typer.Option(min=0, max=56, help="Days of history written before the day starts.")] = 35,
    port: Annotated[int, typer.Option(help="Port of the page on 127.0.0.1; 0 takes a free one.")] = 8321,
    data: Annotated[Path, typer.Option("--data", help="Where the demo keeps its data; emptied at each start.")] = Path(
        "data/demo"
    ),
    lang: Lang = "id",
) -> None:
    """Run a seeded, simulated working day of Lampung Selatan's 17 kecamatan and open the live page.

    Some units were trained in the weeks before, and one falls during the day. Nothing leaves this machine.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from pantau.embedded.demo import Demo, fresh
    from pantau.embedded.desk import LocalDesk
    from pantau.embedded.process import serve
    from pantau.embedded.running import running_process
    from pantau.embedded.runtime import Runtime
    from pantau.logs import to_stderr
    from pantau.texts import day_text, number_text

    def say(what: str, **facts: str) -> str:
        return _WORDS[what][lang].format(**facts)

    if speed < 0.1:
        raise typer.BadParameter("--speed: the day runs 0.1x or faster")
    to_stderr()
    console = Console(stderr=True)
    if (running := running_process(data)) is not None:
        console.print(say("running", url=running.url))
        raise typer.Exit(0)
    fresh(data)
    show = Demo(day=day.date() if day else None, speed=speed, seed=seed, history_days=history)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=console
    ) as progress:
        task = progress.add_task(say("history", n=str(history)), total=1.0)
        runtime = Runtime.open(data, registry=show.registry, clock=show.clock)
        try:
            n = show.write_history(LocalDesk(runtime, data), lambda share: progress.update(task, completed=share))
        finally:
            runtime.close()
        progress.update(task, completed=1.0, description=say("written", n=number_text(n, lang)))

    def started(url: str) -> None:
        pace = number_text(speed, lang, 0 if speed == round(speed) else 1)
        console.print(f"\n  [bold]{url}[/bold]   {say('page')}")
        console.print(f"  {say('day', day=day_text(show.day, lang), speed=pace)}\n")

    serve(data, registry=show.registry, port=port, clock=show.clock, feed=show.feed, on_start=started)
