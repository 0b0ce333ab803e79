"""``pantau rejects``: what was refused and why; try it again once the cause is mended."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from pantau.cli.options import DATA, Data, Lang, RegistryFile

if TYPE_CHECKING:
    from pantau.domain.spans import Language
    from pantau.domain.tally import Reason
    from pantau.embedded.desk import Desk
    from storage.rejects import Kept

app = typer.Typer(name="rejects", help="Events that were refused, with their reasons.", no_args_is_help=True)

_WORDS: "Final[dict[str, dict[Language, str]]]" = {
    "none": {"id": "Tidak ada yang ditolak.", "en": "Nothing is refused."},
    "refused": {
        "id": "{n} ditolak; {retryable} di antaranya dapat diambil pantau rejects retry setelah sebabnya diperbaiki",
        "en": "{n} refused; pantau rejects retry can take {retryable} of them once the cause is mended",
    },
    "each": {"id": "satu per satu: pantau rejects list --all", "en": "one by one: pantau rejects list --all"},
    "newest": {"id": "{n} yang terbaru ditampilkan", "en": "the newest {n} are shown"},
    "yes": {"id": "ya", "en": "yes"},
    "retried": {"id": "{n} diterima, {refused} masih ditolak", "en": "{n} accepted, {refused} refused still"},
}
_COLUMNS: "Final[dict[Language, tuple[str, ...]]]" = {
    "id": ("sumber", "id", "kode", "kali", "coba lagi", "sebab"),
    "en": ("source", "id", "code", "times", "retry", "reasons"),
}


@app.command("list")
def list_rejects(
    data: Data = DATA,
    every: Annotated[bool, typer.Option("--all", help="Each refused event by itself, the newest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="With --all: how many are listed.")] = 50,
    lang: Lang = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line, for programs.")] = False,
) -> None:
    """Count what is refused by source and reason, with the wrong values and what to do; with --all list each event.

    What a retry has accepted since is no longer listed.
    """
    from pantau.cli.desks import open_desk

    with open_desk(data) as desk:
        waiting = desk.query("rejects_waiting").dicts()
        n, retryable = (sum(int(row[name]) for row in waiting) for name in ("things", "retryable"))
        kept = _newest(desk, limit) if every else []
        reasons = [] if every else _reasons(desk, lang)
    if as_json:
        import msgspec

        for row in kept or reasons:
            typer.echo(msgspec.json.encode(row).decode())
        return
    if not n:
        typer.echo(_WORDS["none"][lang])
        return
    if every:
        _print_each(kept, lang)
    else:
        from pantau.cli import refusals

        for line in refusals.lines(reasons, lang):
            typer.echo(line)
    from pantau.texts import number_text

    said = _WORDS["refused"][lang].format(n=number_text(n, lang), retryable=number_text(retryable, lang))
    if not every:
        said += f"; {_WORDS['each'][lang]}"
    elif n > len(kept):
        said += f"; {_WORDS['newest'][lang].format(n=number_text(len(kept), lang))}"
    typer.echo(said)


def _reasons(desk: "Desk", language: "Language") -> "list[Reason]":
    import msgspec

    from pantau.domain.errors import Fault
    from pantau.domain.tally import Tally
    from producers.mapping.wording import retelling

    tally = Tally(retelling())
    decode = msgspec.json.Decoder(list[Fault]).decode
    for source, code, reasons, things in desk.query("rejects_by_reasons").rows:
        tally.add(source, code, decode(reasons), int(things))
    return tally.reasons(language)


def _newest(desk: "Desk", limit: int) -> "list[Kept]":
    from storage.rejects import Kept

    return [Kept(*row) for row in desk.query("newest_rejects", {"at_most": limit}).rows]


def _print_each(rows: "list[Kept]", language: "Language") -> None:
    import msgspec
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from pantau.domain.errors import Fault
    from producers.mapping.wording import retelling

    table = Table(*_COLUMNS[language])
    for row in rows:
        faults = [retelling().retell(fault, language) for fault in msgspec.json.decode(row.reasons, type=list[Fault])]
        retry = _WORDS["yes"][language] if row.retryable else "-"
        why = escape("\n".join(map(str, faults)))
        table.add_row(escape(row.source), escape(row.id), row.code, str(row.seen), retry, why)
    Console().print(table)


@app.command()
def retry(data: Data = DATA, registry: RegistryFile = None, lang: Lang = "id") -> None:
    """Try again what can be accepted once a cause on our side is mended: a unit added, a clock corrected.

    Exit 0 when nothing that can be retried is refused still, else 1.
    """
    from pantau.cli.desks import open_desk
    from pantau.registry_file import load
    from pantau.texts import number_text

    with open_desk(data, registry=load(registry) if registry else None) as desk:
        accepted, refused = desk.retry()
        desk.settled()
    said = _WORDS["retried"][lang]
    typer.echo(said.format(n=number_text(accepted, lang), refused=number_text(refused, lang)))
    raise typer.Exit(1 if refused else 0)
