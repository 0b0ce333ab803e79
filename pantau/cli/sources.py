"""``pantau sources``: what each source sent, and whether its clock can be believed."""

from typing import Annotated, Literal

import typer

from pantau.cli.options import DATA, Data


def sources(
    data: Data = DATA,
    lang: Annotated[Literal["id", "en"], typer.Option(help="Language of the verdicts.")] = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line, for programs.")] = False,
) -> None:
    """Say of every source how many events it sent, when last, how often it repeated itself, and how its clock is.

    A fault that one shift would mend is followed by the clock_correction to put into registry.toml; a person
    decides. Exit 0 when every clock can be believed, else 1.
    """
    import msgspec
    from rich.console import Console
    from rich.table import Table

    from pantau.domain.clock_faults import in_words
    from pantau.domain.wire import instant
    from pantau.embedded.desk import open_desk

    with open_desk(data) as desk:
        clocks = desk.clocks(lang)
    if as_json:
        for clock in clocks:
            typer.echo(msgspec.json.encode(clock).decode())
    else:
        table = Table("source", "events", "last event (UTC)", "repeated", "contradicted", "clock")
        for clock in clocks:
            summary = clock.summary
            table.add_row(
                summary.source,
                f"{summary.n:,}",
                f"{instant(summary.last_time):%Y-%m-%d %H:%M}" if summary.last_time is not None else "-",
                f"{summary.duplicates:,}",
                f"{summary.conflicts:,}",
                "\n".join(in_words(fault, lang) for fault in clock.faults) or "ok",
            )
        Console().print(table)
        for clock in clocks:
            for proposal in clock.proposals:
                typer.echo(
                    f'\n[[clock_correction]]\nsource = "{proposal.source}"\n'
                    f"from = {instant(proposal.starts):%Y-%m-%dT%H:%M:%SZ}\n"
                    f"until = {instant(proposal.ends):%Y-%m-%dT%H:%M:%SZ}\n"
                    f'shift = "{round(proposal.shift_ms / 1000)} seconds"\nversion = 1\n'
                    f'reason = "{proposal.reason}"'
                )
    raise typer.Exit(1 if any(clock.faults for clock in clocks) else 0)
