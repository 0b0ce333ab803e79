"""``pantau sources``: what each source sent, what was refused, and whether its clock and its ids can be believed."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pantau.cli.options import DATA, Data, Lang

if TYPE_CHECKING:
    from pantau.domain.spans import Language
    from pantau.embedded.clock_watches import SourceClock
    from pantau.embedded.desk import Desk

WIDE: Final = 200
"""Columns of the table where no terminal limits it."""

SHOWN_IDS: Final = 20
"""Ids said of several things that are named."""

_COLUMNS: "Final[dict[Language, tuple[str, ...]]]" = {
    "id": ("sumber", "diterima", "ditolak", "kejadian terakhir (UTC)", "berulang", "bertentangan", "jam"),
    "en": ("source", "accepted", "refused", "last event (UTC)", "repeated", "contradicted", "clock"),
}
_WORDS: "Final[dict[str, dict[Language, str]]]" = {
    "ok": {"id": "baik", "en": "good"},
    "none": {"id": "Belum ada sumber yang mengirim apa pun.", "en": "No source has sent anything yet."},
    "refused": {
        "id": "{n} ditolak, {retryable} di antaranya dapat dicoba lagi; sebabnya: pantau rejects list",
        "en": "{n} refused, {retryable} of them can be tried again; why: pantau rejects list",
    },
    "several": {
        "id": "{n} id dipakai untuk hal berbeda; semuanya dihitung, karena hanya pengirim yang tahu mana yang benar:",
        "en": "{n} ids are said of several things; all of them count, for only the sender knows which is right:",
    },
    "more": {"id": "… dan {n} lagi", "en": "… and {n} more"},
    "correction": {
        "id": "Koreksi yang diusulkan, untuk registry.toml bila Anda setuju:",
        "en": "Proposed corrections, for registry.toml if you agree:",
    },
}


def sources(
    data: Data = DATA,
    lang: Lang = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line, for programs.")] = False,
) -> None:
    """Say of every source how much was accepted and refused, how often it repeated itself, and how its clock is.

    A fault that one shift would mend is followed by the clock_correction to put into registry.toml; a person
    decides. Ids that a source uses for several things are named. Exit 0 when every clock can be believed, else 1.
    """
    from pantau.cli.desks import open_desk

    with open_desk(data) as desk:
        clocks = {clock.summary.source: clock for clock in desk.clocks(lang)}
        found = _found(desk, clocks)
    if as_json:
        _print_json(found, clocks)
    else:
        _print(found, clocks, lang)
    raise typer.Exit(1 if any(clock.faults for clock in clocks.values()) else 0)


def _found(desk: "Desk", clocks: "dict[str, SourceClock]") -> dict[str, dict[str, Any]]:
    """What was counted of each source, by its name: in the log, and among what was refused."""
    sent = {row["source"]: row for row in desk.query("events_of_sources").dicts()}
    refused = {row["source"]: row for row in desk.query("rejects_waiting").dicts()}
    several: dict[str, list[dict[str, Any]]] = {}
    if any(row["ids_of_several_things"] for row in sent.values()):
        for row in desk.query("ids_said_of_several_things", {"at_most": SHOWN_IDS}).dicts():
            several.setdefault(row["source"], []).append({name: row[name] for name in ("id", "things", "some")})
    return {
        name: {
            "source": name,
            "accepted": sent[name]["events"] if name in sent else 0,
            "refused": refused[name]["things"] if name in refused else 0,
            "retryable": refused[name]["retryable"] if name in refused else 0,
            "ids_of_several_things": sent[name]["ids_of_several_things"] if name in sent else 0,
            "several": several.get(name, []),
        }
        for name in sorted({*sent, *refused, *clocks})
    }


def _print_json(found: dict[str, dict[str, Any]], clocks: "dict[str, SourceClock]") -> None:
    import msgspec

    for name, counted in found.items():
        clock = msgspec.to_builtins(clocks[name], str_keys=True) if name in clocks else {}
        typer.echo(msgspec.json.encode({**counted, **clock}).decode())


def _print(found: dict[str, dict[str, Any]], clocks: "dict[str, SourceClock]", language: "Language") -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from pantau.domain.clock_faults import in_words
    from pantau.domain.wire import instant
    from pantau.texts import number_text

    def say(what: str, n: int = 0, retryable: int = 0) -> str:
        return _WORDS[what][language].format(n=number_text(n, language), retryable=number_text(retryable, language))

    if not found:
        typer.echo(say("none"))
        return
    table = Table(*(Column(name, overflow="fold") for name in _COLUMNS[language]))  # a source's name is never cut
    for name, counted in found.items():
        clock = clocks.get(name)
        cells = [name, number_text(counted["accepted"], language), number_text(counted["refused"], language)]
        if clock is None:  # it never sent anything that told of its clock
            table.add_row(*cells, "-", "-", number_text(counted["ids_of_several_things"], language), "-")
            continue
        last = clock.summary.last_time
        table.add_row(
            *cells,
            f"{instant(last):%Y-%m-%d %H:%M}" if last is not None else "-",
            number_text(clock.summary.duplicates, language),
            number_text(clock.summary.conflicts + counted["ids_of_several_things"], language),
            "\n".join(in_words(fault, language) for fault in clock.faults) or say("ok"),
        )
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
    if refused := sum(counted["refused"] for counted in found.values()):
        typer.echo(say("refused", refused, sum(counted["retryable"] for counted in found.values())))
    if several := sum(counted["ids_of_several_things"] for counted in found.values()):
        typer.echo(say("several", several))
        named = [(name, each) for name, counted in found.items() for each in counted["several"]]
        for name, each in named:
            typer.echo(f"  {name}  {each['id']}: {', '.join(each['some'])}" + (" …" if each["things"] > 3 else ""))
        if several > len(named):
            typer.echo(f"  {say('more', several - len(named))}")
    proposals = [proposal for clock in clocks.values() for proposal in clock.proposals]
    if proposals:
        typer.echo(f"\n{say('correction')}")
    for proposal in proposals:
        typer.echo(
            f'\n[[clock_correction]]\nsource = "{proposal.source}"\n'
            f"from = {instant(proposal.starts):%Y-%m-%dT%H:%M:%SZ}\n"
            f"until = {instant(proposal.ends):%Y-%m-%dT%H:%M:%SZ}\n"
            f'shift = "{round(proposal.shift_ms / 1000)} seconds"\nversion = 1\n'
            f'reason = "{proposal.reason}"'
        )
