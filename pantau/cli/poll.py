"""``pantau poll``: take what is new in the database of a queue system, again and again."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pantau.cli.options import Lang, RegistryFile
from pantau.cli.source_options import Every, MappingName, Once, State, To

if TYPE_CHECKING:
    from producers.database import Database
    from producers.mapping import Mapping


def poll(
    database: Annotated[
        str,
        typer.Option(
            help="mysql://reader@host:3306/name, mariadb://… or postgresql://…; the password: PANTAU_DATABASE_PASSWORD "
            "or a file named by PANTAU_DATABASE_PASSWORD_FILE.",
        ),
    ],
    table: Annotated[str, typer.Option(help="The table or view, as name or schema.name.")],
    cursor: Annotated[
        str,
        typer.Option(
            help="The column that tells what is new: updated_at, or id where rows do not change. A second, unique one "
            "after a comma settles ties; by default the primary key."
        ),
    ],
    mapping: MappingName,
    to: To = "data",
    registry: RegistryFile = None,
    every: Every = "5s",
    once: Once = False,
    overlap: Annotated[
        str,
        typer.Option(
            help="How far before the newest row every round begins, for transactions committed late: a span where the "
            "cursor is a time, a number of ids where it is a number."
        ),
    ] = "10 min, 1000",
    since: Annotated[
        str | None, typer.Option(help="Never read rows before this: a date, a time, or an id. [default: everything]")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Forget the bookmark and read everything again.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Read the newest 100 rows, show what they become, send nothing.")
    ] = False,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Rows that one query fetches.")] = 1_000,
    ca: Annotated[
        Path | None, typer.Option(help="Talk TLS, and believe a server whose certificate this file vouches for.")
    ] = None,
    state: State = None,
    lang: Lang = "id",
) -> None:
    """Take new and changed rows of a table, through a mapping, as if the table had been exported and replayed.

    First look: pantau poll … --check. The database is only read: give it a user who may do nothing but SELECT. Only the
    columns that the mapping uses are fetched. Safe to stop, to kill and to repeat: a bookmark moves when rows are
    durable, and the same rows give the same event ids. Where a data directory is served (pantau serve), rows are
    handed to that process.
    """
    from pantau.cli.destinations import feed_opener, state_directory
    from pantau.cli.source_options import seconds_of, told
    from pantau.logs import to_stderr
    from pantau.settings import load as load_settings
    from pantau.settings import revealed
    from producers.database import Database, url_of
    from producers.mapping import compile, load
    from producers.polling import Order, Place, Poller, bookmark_path, digest, for_typed_rows
    from producers.rounds import keep_asking, stopped_by_signals

    to_stderr()
    url = url_of(database, revealed(load_settings().settings.database_password))
    pause = seconds_of(every, "--every")
    span, rows = _overlap(overlap)
    column, _, tie = (part.strip() for part in cursor.partition(","))
    chosen = for_typed_rows(load(mapping))
    source = Database(url, table, ca=ca)
    try:
        if check:
            raise typer.Exit(_check(source, column, chosen))
        order = Order(column, tie or None, _since(since), span, rows, page)
        place = Place(url.set(password=None).render_as_string(), table, to, digest(chosen))
        bookmark = bookmark_path(state_directory(state, to), place, mapping)
        if again:
            bookmark.unlink(missing_ok=True)
        opened = feed_opener(to, mapping=chosen, registry=registry, once=once)
        poller = Poller(source, order, compile(chosen, key=bytes(32)), bookmark, place)
        with stopped_by_signals() as stop:
            keep_asking(poller, opened, every=None if once else pause, stop=stop)
    finally:
        source.close()
    told(poller.summary, lang)


def _overlap(text: str) -> tuple[Any, int]:
    from datetime import timedelta

    from pantau.cli.source_options import seconds_of
    from producers.polling import OVERLAP, OVERLAP_ROWS

    span, rows = OVERLAP, OVERLAP_ROWS
    for part in map(str.strip, text.split(",")):
        if part.isdecimal():
            rows = int(part)
        else:
            span = timedelta(seconds=seconds_of(part, "--overlap"))
    return span, rows


def _since(text: str | None) -> datetime | date | int | None:
    from pantau.domain.errors import BadSetup

    if text is None:
        return None
    try:
        if text.isdecimal():
            return int(text)
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise BadSetup(f"--since {text}: write a date (2026-03-02), a time (2026-03-02 08:00:00) or an id") from None


def _check(source: "Database", cursor: str, chosen: "Mapping") -> int:
    """Print what the newest rows become; the exit code."""
    from producers.database import texts
    from producers.mapping import UnmappedRow, compile
    from producers.mapping.times import iso_instant
    from producers.polling import needed

    mapper = compile(chosen, key=bytes(32))
    columns = needed(mapper, source.layout(cursor).columns, source.name)
    rows = source.newest((*columns, *(() if cursor in columns else (cursor,))), cursor, most=100)
    bad = shown = 0
    for row in rows:
        try:
            drafts = mapper.events(texts(row, columns))
        except UnmappedRow as error:
            bad += 1
            typer.echo(f"  {cursor} {row[cursor]}: {error}")
            continue
        for draft in drafts if shown < 20 else ():
            shown += 1
            data = " ".join(f"{name}={value}" for name, value in draft.data.items())
            typer.echo(f"  {iso_instant(draft.time)}  {draft.kind:<22} {draft.source} {draft.id}  {data}")
    typer.echo(f"{len(rows)} rows read, {bad} cannot be mapped; nothing was sent")
    return 3 if bad else 0
