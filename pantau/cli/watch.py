"""``pantau watch``: take the files that a queue system drops into a folder."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from pantau.cli.options import Lang, RegistryFile
from pantau.cli.source_options import Every, MappingName, Once, State, To


def watch(
    directory: Annotated[Path, typer.Argument(help="The folder; a share of another machine will do.")],
    mapping: MappingName,
    pattern: Annotated[str, typer.Option(help="Which files, by name.")] = "*.csv",
    to: To = "data",
    registry: RegistryFile = None,
    every: Every = "2s",
    once: Once = False,
    settle: Annotated[
        str,
        typer.Option(
            help="How long a file must stand still before it is taken; twelve times as long where its last line does "
            "not end."
        ),
    ] = "5s",
    move: Annotated[
        bool,
        typer.Option(
            "--move", help="Move what is taken to done/, and what cannot be read to failed/, with its reason."
        ),
    ] = False,
    state: State = None,
    lang: Lang = "id",
) -> None:
    """Take exported files through a mapping, once they are whole; files that grow are taken further.

    First look: pantau mapping check FILE. Without --move files stay where they are and are remembered. A file that is
    rewritten is taken anew: its rows give the same event ids, so repeats change nothing. A file that cannot be read at
    all is set aside with the reason, and the others go on. Where a data directory is served (pantau serve), rows are
    handed to that process.
    """
    from pantau.cli.destinations import feed_opener, state_directory
    from pantau.cli.source_options import seconds_of, told
    from pantau.domain.errors import BadSetup
    from pantau.logs import to_stderr
    from producers.dropped_files import Folder
    from producers.mapping import compile, load
    from producers.polling import digest
    from producers.rounds import keep_asking, stopped_by_signals

    to_stderr()
    if not directory.is_dir():
        raise BadSetup(f"{directory}: no such folder")
    chosen = load(mapping)
    name = hashlib.sha256("\n".join((str(directory.resolve()), mapping, to)).encode()).hexdigest()[:24]
    folder = Folder(
        directory,
        pattern,
        compile(chosen, key=bytes(32)),
        state=state_directory(state, to) / f"files-{name}",
        mapping_digest=digest(chosen),
        settle_seconds=seconds_of(settle, "--settle"),
        move=move,
        until_settled=once,
    )
    opened = feed_opener(to, mapping=chosen, registry=registry, once=once)
    pause = seconds_of(every, "--every")
    with stopped_by_signals() as stop:
        keep_asking(folder, opened, every=None if once else pause, stop=stop)
    if folder.set_aside:
        typer.echo(f"{folder.set_aside} files set aside; the log says why")
    told(folder.summary, lang)
