"""``pantau mapping``: see what a mapping file makes of a table or a log before anything is sent.

Exit codes: 0 every row is mapped or skipped on purpose, 2 the mapping or the file cannot be used, 3 some rows cannot be
mapped, or some events would be refused by the registry that was given.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pantau.cli.options import Lang

if TYPE_CHECKING:
    from collections import Counter

    from pantau.domain.registry import Registry
    from pantau.domain.spans import Language
    from producers.mapping.check import BadRow, Check, Report

app = typer.Typer(
    name="mapping",
    help="Mapping files, which say how a table or a log becomes events: try one on a file, list, show.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]

VALUES = 10
"""Values of one column that are shown."""

_WORDS = {
    "rows": {"id": "baris", "en": "rows"},
    "mapped": {"id": "menjadi kejadian", "en": "became events"},
    "skipped": {"id": "dilewati dengan sengaja", "en": "skipped on purpose"},
    "bad": {"id": "tidak dapat dipetakan", "en": "cannot be mapped"},
    "kinds": {"id": "Kejadian menurut jenis", "en": "Events by kind"},
    "first": {"id": "Kejadian pertama", "en": "First events"},
    "reasons": {"id": "Sebab, menurut jumlah baris", "en": "Reasons, by number of rows"},
    "row": {"id": "baris data", "en": "data row"},
    "more": {"id": "baris lagi: pakai --all atau --json", "en": "more rows: use --all or --json"},
    "unused": {
        "id": "Kolom yang tidak dipakai dan tidak ada di drop (tidak disimpan):",
        "en": "Columns that are neither used nor in drop (nothing of them is stored):",
    },
    "absent": {"id": "Kolom yang dipakai tetapi tidak pernah ada:", "en": "Columns that are used but never occur:"},
    "unnamed": {
        "id": "Nilai yang tidak disebut syarat mana pun (tambahkan ke [[event]] atau [[skip]] bila ada artinya):",
        "en": "Values that no condition names (add them to an [[event]] or a [[skip]] if they mean something):",
    },
    "otherwise": {
        "id": "Nilai yang tidak ada di map dan menjadi otherwise:",
        "en": "Values that are not in a map and became its otherwise:",
    },
    "others": {"id": "nilai lain", "en": "other values"},
    "refused": {"id": "Ditolak menurut registri itu", "en": "Refused by that registry"},
    "sources": {
        "id": "Sumber yang tidak ada di registri itu (tambahkan [[source]]):",
        "en": "Sources that the registry does not have (add a [[source]]):",
    },
    "services": {
        "id": "Layanan yang tidak ada di registri itu, sehingga tidak dinilai menurut standarnya:",
        "en": "Services that the registry does not have, so no promise of theirs is judged:",
    },
    "good": {"id": "Semua baris dapat dipetakan.", "en": "Every row can be mapped."},
    "span": {"id": "waktu", "en": "times"},
}


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A CSV, NDJSON, XES or Parquet file, plain or gzip.")],
    mapping: Annotated[str, typer.Option("--mapping", "-m", help="A mapping file, or the name of a shipped one.")],
    events: Annotated[int, typer.Option(min=0, help="How many of the first events to show.")] = 8,
    everything: Annotated[
        bool, typer.Option("--all", help="List every row that cannot be mapped, not only 20.")
    ] = False,
    registry: Annotated[
        Path | None,
        typer.Option("--registry", help="A registry.toml: say too which events it would refuse, and which services."),
    ] = None,
    lang: Lang = "id",
    as_json: Json = False,
) -> None:
    """Show the first events, and every row that cannot be mapped with its reasons (exit 3 where there are any).

    Values that no condition and no map of the mapping names are counted, so that an unknown status is not overlooked.
    """
    import time

    from pantau.domain.errors import BadSetup
    from pantau.registry_file import load as load_registry
    from producers.mapping import load
    from producers.mapping.check import Check

    try:
        listed = sys.maxsize if everything or as_json else 20
        known = load_registry(registry) if registry is not None else None
        now = time.time_ns() // 1_000_000
        run = Check(file, load(mapping), examples=events, listed=listed, language=lang, registry=known, now=now)
        report = _watched(run, quiet=as_json)
    except BadSetup as error:
        if as_json:
            faults = [str(fault) for fault in error.faults] or [str(error)]
            _print_json({"file": str(file), "mapping": mapping, "faults": faults})
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None
    if as_json:
        _print_json(_document(report))
    else:
        _print_report(report, known, lang)
    if report.bad or report.refused or report.unknown_sources:
        raise typer.Exit(3)


@app.command(name="list")
def list_mappings(as_json: Json = False) -> None:
    """Name the shipped mappings and say what each is for."""
    from producers.mapping import load, ready

    titles = {name: load(name).title for name in ready()}
    if as_json:
        _print_json(titles)
        return
    width = max(map(len, titles))
    for name, title in titles.items():
        typer.echo(f"{name.ljust(width)}  {title}")


@app.command()
def show(
    mapping: Annotated[str, typer.Argument(help="A mapping file, or the name of a shipped one.")],
    code: Annotated[bool, typer.Option("--code", help="The Python function that the mapping is turned into.")] = False,
) -> None:
    """Print a mapping file, to copy and change it; with --code what it does to a row."""
    from pantau.domain.errors import BadSetup
    from producers.mapping import compile, load
    from producers.mapping.check import CHECK_KEY
    from producers.mapping.model import text_of

    try:
        text = compile(load(mapping), key=CHECK_KEY).code if code else text_of(mapping)[1]
    except BadSetup as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None
    typer.echo(text, nl=not text.endswith("\n"))


def _watched(run: "Check", *, quiet: bool) -> "Report":
    """Run a check; a person at a terminal sees how far it is."""
    if quiet or not sys.stderr.isatty():
        return run.finish()
    with typer.progressbar(length=run.rows.bytes_total, file=sys.stderr) as bar:
        for done, _ in enumerate(run, 1):
            if done % 4096 == 0:
                bar.update(run.rows.bytes_read - bar.pos)
        bar.update(run.rows.bytes_total - bar.pos)
    return run.report


def _print_report(report: "Report", registry: "Registry | None", language: "Language") -> None:
    from pantau.cli import refusals

    def word(key: str) -> str:
        return _WORDS[key][language]

    said = f"{report.file}: {report.rows:,} {word('rows')}"
    if report.first is not None and report.last is not None:
        said += f", {word('span')} {_instant(report.first)} … {_instant(report.last)}"
    typer.echo(said)
    counts = [(report.mapped, word("mapped")), (report.skipped.total(), word("skipped")), (report.bad, word("bad"))]
    for count, what in counts:
        typer.echo(f"{count:>12,}  {what}")
    for why, count in report.skipped.most_common():
        typer.echo(f"{count:>16,}  {why}")
    if report.kinds:
        typer.echo(f"\n{word('kinds')}")
        for kind, count in report.kinds.most_common():
            typer.echo(f"{count:>12,}  {kind}")
    if report.drafts:
        typer.echo(f"\n{word('first')}")
        for draft in report.drafts:
            typer.echo(f"  {_instant(draft.time)}  {draft.kind:<22} {draft.source} {draft.id}  {_plain(draft.data)}")
    for key, columns in (("unused", report.unused), ("absent", report.absent)):
        if columns:
            typer.echo(f"\n{word(key)}\n  {', '.join(columns)}")
    for key, counted in (("unnamed", report.unnamed), ("otherwise", report.otherwise)):
        if counted:
            typer.echo(f"\n{word(key)}")
            for name, values in counted.items():
                typer.echo(f"  {name}: {_values(values, language)}")
    if report.taken_again:
        typer.echo("")
        for line in refusals.taken_again(report.taken_again, language):
            typer.echo(line)
    if registry is not None:
        _print_judged(report, registry, language)
    if not report.bad:
        typer.echo(f"\n{word('good')}")
        return
    typer.echo(f"\n{word('reasons')}")
    for (field, rule, todo), count in report.reasons.most_common():
        typer.echo(f"{count:>12,}  {field}: {rule}; {todo}")
    typer.echo("")
    for bad in report.bad_rows:
        typer.echo(f"  {word('row')} {bad.row}: {_faults(bad)}")
    if report.bad > len(report.bad_rows):
        typer.echo(f"  … {report.bad - len(report.bad_rows):,} {word('more')}")


def _values(values: "Counter[str]", language: "Language") -> str:
    """``'selesai' 120, 'menunggu' 3``, the most frequent first."""
    from producers.mapping.unnamed import OTHERS

    listed = [(value, n) for value, n in values.most_common() if value != OTHERS]
    said = [f"{value!r} {n:,}" for value, n in listed[:VALUES]]
    rest = values.total() - sum(n for _, n in listed[:VALUES])
    return ", ".join([*said, f"{_WORDS['others'][language]} {rest:,}"] if rest else said)


def _print_judged(report: "Report", registry: "Registry", language: "Language") -> None:
    from pantau.cli import refusals

    if report.refused:
        typer.echo(f"\n{_WORDS['refused'][language]}")
        for line in refusals.lines(report.refused, language):
            typer.echo(line)
    for key, counted, known in (
        ("sources", report.unknown_sources, (source.name for source in registry.sources)),
        ("services", report.unknown_services, (service.code for service in registry.services)),
    ):
        if counted:
            typer.echo(f"\n{_WORDS[key][language]}")
            names = list(known)
            for name, n in counted.most_common():
                near = refusals.in_brackets(refusals.nearest(name, names), language)
                typer.echo(f"{n:>12,}  {name}{near}")


def _faults(bad: "BadRow") -> str:
    return "; ".join(f"{fault.field} = {fault.value!r} {fault.rule}" for fault in bad.faults)


def _document(report: "Report") -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(
        {name: getattr(report, name) for name in report.__struct_fields__ if name != "reasons"}
    )
    found["reasons"] = [
        {"field": field, "rule": rule, "todo": todo, "rows": rows}
        for (field, rule, todo), rows in report.reasons.most_common()
    ]
    return found


def _instant(ms: int) -> str:
    from producers.mapping.times import iso_instant

    return iso_instant(ms)


def _plain(data: dict[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in data.items())


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, indent=1, ensure_ascii=False))
