"""Rows out of a queue system's database, again and again, so that none is missed and none counts twice.

Each round reads from a little before the newest row that is durable, in the order of a cursor column. That overlap
catches rows of transactions that were committed late, under an older cursor. Rows seen in it before are known by a hash
and are not handed in again; after a restart they are, which changes nothing, because events merge by union.

The bookmark on disk moves only when the place where rows go says that they are durable, and never beyond the present:
a row dated next year must not hide those of today.
"""

import hashlib
import threading
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import structlog

from pantau.domain.errors import BadSetup
from pantau.domain.zones import resolve
from producers.database import Database, texts
from producers.feeding import Feed, Named, refused_for
from producers.mapping import Mapping, RowMapper
from producers.replay import Summary

log = structlog.get_logger(__name__)

PAGE_ROWS = 1_000
OVERLAP = timedelta(minutes=10)
OVERLAP_ROWS = 1_000
MOST_AHEAD = 100_000
"""Rows dated after now that are read again each round, before a person is asked to mend the clock."""

MOST_KNOWN = 20_000
"""Rows in the overlap from which on it is not read again once it cannot hold anything new."""

WITHOUT_CURSOR_SECONDS = 60.0
"""How often rows without a cursor are read where they fill more than a page."""

QUIET_SECONDS = 600.0
"""How often a poller with nothing new says that it is alive."""

PROGRESS_SECONDS = 10.0

Cursor = datetime | date | int


class Place(msgspec.Struct, frozen=True):
    """The bookmark: the newest cursor that is durable, of which table, by which mapping, in which place."""

    database: str
    table: str
    to: str
    mapping: str
    """A digest of the mapping's content."""
    day: date | None = None
    instant: datetime | None = None
    number: int | None = None

    @property
    def cursor(self) -> Cursor | None:
        """The cursor, as the database gave it."""
        return next((each for each in (self.instant, self.day, self.number) if each is not None), None)


class Order(msgspec.Struct, frozen=True):
    """What is to be polled, and how."""

    cursor: str
    tie: str | None = None
    """A second column that is unique, for rows of one cursor; by default the primary key."""
    since: Cursor | None = None
    """Rows before this are never read."""
    overlap: timedelta = OVERLAP
    overlap_rows: int = OVERLAP_ROWS
    page_rows: int = PAGE_ROWS


def digest(mapping: Mapping) -> str:
    """What changes when a mapping's content does."""
    return hashlib.sha256(msgspec.json.encode(mapping)).hexdigest()[:16]


def for_typed_rows(mapping: Mapping) -> Mapping:
    """The mapping with ISO tried after each of its own time formats: a column of times is typed and arrives as ISO.

    Raises BadSetup for a mapping that cannot be used row by row.
    """
    if mapping.function is not None:
        raise BadSetup(
            f"mapping {mapping.name}: its [function] {mapping.function.name} needs the whole table at once; make a "
            "view in the database that does the same, and a copy of the mapping without [function]"
        )

    def also_iso(formats: str | tuple[str, ...]) -> tuple[str, ...]:
        given = (formats,) if isinstance(formats, str) else formats
        return given if "iso" in given else (*given, "iso")

    times = {
        name: msgspec.structs.replace(
            each,
            format=also_iso(each.format) if each.format is not None else None,
            date_format=also_iso(each.date_format),
            clock_format=also_iso(each.clock_format),
        )
        for name, each in mapping.times.items()
    }
    return msgspec.structs.replace(mapping, time_format=also_iso(mapping.time_format), times=times)


class Poller:
    """A table asked again and again; see the module. A :class:`producers.rounds.Source`."""

    def __init__(self, database: Database, order: Order, mapper: RowMapper, bookmark: Path, place: Place) -> None:
        self.summary = Summary()
        self._database = database
        self._order = order
        self._mapper = mapper
        self._bookmark = bookmark
        self._place = _kept(bookmark, place)
        self._columns: tuple[str, ...] = ()
        self._read: tuple[str, ...] = ()
        self._tie: str | None = None
        self._may_be_null = False
        self._known: dict[bytes, Cursor | None] = {}
        """Hashes of rows that are durable and will be read again, each with its cursor."""
        self._known_without: dict[bytes, Cursor | None] = {}
        """The same, of rows whose cursor is NULL."""
        self._without_at = 0.0
        self._window = PAGE_ROWS
        self._moved_at = time.monotonic()
        self._settled = False
        self._zone = ZoneInfo(resolve(mapper.mapping.zone))
        self._told, self._told_at = (0, 0, 0, 0), time.monotonic()

    def round(self, feed: Feed, stop: threading.Event) -> None:
        """Read what is new, page by page, each page durable before the bookmark moves."""
        if not self._read:
            self._look()
        began = time.monotonic()
        settled = self._settled and len(self._known) > MOST_KNOWN
        since = self._place.cursor if settled else self._since()
        after: tuple[object, object] | None = None
        ahead = 0
        if self._may_be_null:
            self._without_cursor(feed, stop)
        while not stop.is_set():
            page = self._database.page(
                self._read,
                self._order.cursor,
                self._tie,
                since=since,
                beyond=settled,
                after=after,
                most=self._order.page_rows,
            )
            full = len(page) == self._order.page_rows
            if full and self._tie is None:
                page = self._without_last_run(page)
            newest = self._hand_in(page, feed, self._known)
            ahead += sum(1 for row in page if self._is_ahead(row))
            if newest is not None and newest != self._place.cursor:
                self._remember(newest)
                self._moved_at = time.monotonic()
                self._settled = False
            if ahead > MOST_AHEAD:
                raise BadSetup(
                    f"{ahead:,} rows of {self._database.name} have a {self._order.cursor} after now; mend the clock of "
                    "that system or the zone of the mapping, or use --cursor with a column of numbers"
                )
            if not full:
                self._settle(began)
                break
            last = page[-1]
            after = (last[self._order.cursor], last[self._tie or self._order.cursor])
            self._tell(ahead, PROGRESS_SECONDS)
        self._tell(ahead, 0.0 if self.summary.rows != self._told[0] else QUIET_SECONDS)

    def _settle(self, began: float) -> None:
        """A whole round that began an overlap after the bookmark last moved has seen every row up to the bookmark.

        Whatever the clocks say: a row dated as the bookmark existed then, and no transaction lasts longer. It matters
        where a migration gave a million rows one time: they are not read again for as long as nothing newer comes.
        """
        since_moved = began - self._moved_at
        self._settled = isinstance(self._place.cursor, datetime) and since_moved > self._order.overlap.total_seconds()

    def _look(self) -> None:
        layout = self._database.layout(self._order.cursor)
        self._columns = needed(self._mapper, layout.columns, self._database.name)
        self._tie = self._order.tie or (layout.key if layout.key != self._order.cursor else None)
        self._may_be_null = layout.cursor_may_be_null
        if self._tie is not None and self._tie not in layout.columns:
            raise BadSetup(f"--cursor …,{self._tie}: {self._database.name} has {', '.join(layout.columns)}")
        read = dict.fromkeys((*self._columns, self._order.cursor, *([self._tie] if self._tie else [])))
        self._read = tuple(read)
        if not layout.cursor_is_indexed:
            log.warning(
                "cursor_has_no_index",
                table=self._database.name,
                todo=f"every round reads the whole table; ask for an index on {self._order.cursor}",
            )
        log.info("polling", table=self._database.name, columns=self._columns, after=str(self._place.cursor))

    def _since(self) -> Cursor | None:
        """Where a round begins: a little before the bookmark."""
        at, floor = self._place.cursor, self._order.since
        if at is None:
            return floor
        begin: Cursor
        if isinstance(at, datetime):
            begin = at - self._order.overlap
        elif isinstance(at, date):
            begin = at - timedelta(days=-(-self._order.overlap // timedelta(days=1)))
        else:
            begin = at - self._order.overlap_rows
        return begin if floor is None or _before(_aligned(floor, begin, self._zone), begin) else floor

    def _hand_in(self, page: Sequence[dict[str, Any]], feed: Feed, known: dict[bytes, Cursor | None]) -> Cursor | None:
        """Hand in the rows not known yet; the cursor that is then durable."""
        fresh: list[tuple[bytes, Cursor | None, Named]] = []
        newest = self._place.cursor
        for row in page:
            at = self._cursor_of(row)
            cells = texts(row, self._columns)
            mark = hashlib.blake2b("\x1f".join(cells.values()).encode(errors="replace"), digest_size=16).digest()
            if mark in known:
                known[mark] = at
            else:
                fresh.append((mark, at, (f"{self._database.name}:{row[self._tie or self._order.cursor]}", cells)))
            if at is not None and not self._is_ahead(row) and (newest is None or _before(newest, at)):
                newest = at
        if fresh:
            feed.take([named for _, _, named in fresh], self.summary)
            feed.durable()
            known.update((mark, at) for mark, at, _ in fresh)
        return newest

    def _without_cursor(self, feed: Feed, stop: threading.Event) -> None:
        """Rows whose cursor is NULL would never be found by it, so all of them are read: each round, or if they are
        more than a page now and then, or a page of them where nothing tells them apart."""
        if time.monotonic() < self._without_at:
            return
        tie, most, n = self._tie, self._order.page_rows, 0
        after: object | None = None
        while not stop.is_set():
            rows = self._database.without_cursor(self._read, self._order.cursor, tie, after=after, most=most)
            self._hand_in(rows, feed, self._known_without)
            n += len(rows)
            if len(rows) < most or tie is None:
                break
            after = rows[-1][tie]
        if n >= most:
            self._without_at = time.monotonic() + WITHOUT_CURSOR_SECONDS
            todo = f"let the system fill {self._order.cursor}, or use --cursor id"
            if tie is None:
                todo = f"only these are read; give a second column that is unique, --cursor {self._order.cursor},COLUMN"
            log.warning("cursor_is_null", table=self._database.name, rows=n, todo=todo)
        if len(self._known_without) > 2 * max(n, most):
            self._known_without.clear()  # rows that have a cursor by now; what is left is handed in again, harmlessly

    def _without_last_run(self, page: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A full page without the rows of its last cursor, of which more may follow."""
        last = page[-1][self._order.cursor]
        kept = [row for row in page if row[self._order.cursor] != last]
        if not kept:
            raise BadSetup(
                f"{len(page):,} rows or more of {self._database.name} have the {self._order.cursor} {last}, and there "
                f"is no primary key to tell them apart; give a second column that is unique: --cursor "
                f"{self._order.cursor},COLUMN"
            )
        return [*kept, next(row for row in page if row[self._order.cursor] == last)]

    def _cursor_of(self, row: dict[str, Any]) -> Cursor | None:
        at = row[self._order.cursor]
        if at is None or (isinstance(at, str) and at.startswith("0000-00-00")):  # how MySQL writes "no date"
            return None
        if isinstance(at, datetime | date) or (isinstance(at, int) and not isinstance(at, bool)):
            return at
        if hasattr(at, "to_integral_value") and at == at.to_integral_value():
            return int(at)
        raise BadSetup(
            f"--cursor {self._order.cursor}: {at!r} is neither a time nor a whole number, so nothing tells what is "
            "new; choose another column, such as id"
        )

    def _is_ahead(self, row: dict[str, Any]) -> bool:
        at = self._cursor_of(row)
        if isinstance(at, datetime):
            return at > (datetime.now(UTC) if at.tzinfo else datetime.now(self._zone).replace(tzinfo=None))
        if isinstance(at, date):
            return at > datetime.now(self._zone).date()
        return False

    def _remember(self, newest: Cursor) -> None:
        self._place = msgspec.structs.replace(
            self._place,
            instant=newest if isinstance(newest, datetime) else None,
            day=newest if isinstance(newest, date) and not isinstance(newest, datetime) else None,
            number=newest if isinstance(newest, int) else None,
        )
        if len(self._known) > 2 * self._window:
            since = self._since()
            self._known = {
                mark: at
                for mark, at in self._known.items()
                if at is not None and (since is None or not _before(at, since))
            }
            self._window = max(PAGE_ROWS, len(self._known))
        self._bookmark.parent.mkdir(parents=True, exist_ok=True)
        aside = self._bookmark.with_suffix(".new")
        aside.write_bytes(msgspec.json.format(msgspec.json.encode(self._place)))
        aside.replace(self._bookmark)

    def _tell(self, ahead: int, pause: float) -> None:
        """Say what was done since this was last said, unless that is less than ``pause`` seconds ago."""
        now = time.monotonic()
        if now - self._told_at < pause:
            return
        done = self.summary.rows, self.summary.events, self.summary.rejected, self.summary.skipped
        rows, events, rejected, skipped = (new - old for new, old in zip(done, self._told, strict=True))
        log.info(
            "polled",
            table=self._database.name,
            rows=rows,
            events=events,
            rejected=rejected,
            skipped=skipped,
            dated_after_now=ahead,
            cursor=str(self._place.cursor),
            **({"refused_for": refused_for(self.summary)} if rejected else {}),
        )
        self._told, self._told_at = done, now


def needed(mapper: RowMapper, columns: Sequence[str], table: str) -> tuple[str, ...]:
    """The columns of a table that a mapping reads. Raises BadSetup where it lacks one."""
    if placed := [name for name in mapper.columns if name.startswith("#")]:
        raise BadSetup(
            f"mapping {mapper.mapping.name} uses {', '.join(placed)}, which rows of a database do not have; "
            'make ids from the table\'s key: id = "{id}/created"'
        )
    optional = mapper.mapping.read.optional
    if missing := [name for name in mapper.columns if name not in columns and name not in optional]:
        raise BadSetup(f"{table} lacks the column {', '.join(missing)}; it has {', '.join(columns)}")
    return tuple(name for name in mapper.columns if name in columns)


def _kept(bookmark: Path, wanted: Place) -> Place:
    """The bookmark of before, if it is of the same mapping; else a fresh one, and every row is read again."""
    try:
        found = msgspec.json.decode(bookmark.read_bytes(), type=Place)
    except (FileNotFoundError, msgspec.DecodeError):
        return wanted
    if found.mapping != wanted.mapping:
        log.info("mapping_changed", table=wanted.table, todo="every row is read again; repeats change nothing")
        return wanted
    return found


def bookmark_path(directory: Path, place: Place, mapping_name: str) -> Path:
    """Where the bookmark of a table, a mapping and a place lies."""
    name = hashlib.sha256("\n".join((place.database, place.table, place.to, mapping_name)).encode()).hexdigest()[:24]
    return directory / f"{name}.json"


def _aligned(floor: Cursor, like: Cursor, zone: ZoneInfo) -> Cursor:
    """``--since`` as a value of the cursor's kind."""
    if isinstance(like, datetime) and isinstance(floor, date):
        moment = floor if isinstance(floor, datetime) else datetime(floor.year, floor.month, floor.day)  # noqa: DTZ001 - a wall clock
        return moment.replace(tzinfo=zone) if like.tzinfo and not moment.tzinfo else moment
    if isinstance(floor, datetime) and not isinstance(like, datetime):
        return floor.date()
    return floor


def _before(one: Any, other: Any) -> bool:
    try:
        return bool(one < other)
    except TypeError as error:
        raise BadSetup(
            f"the cursor was {one!r} before and is {other!r} now; --since must be of the cursor's kind, and after the "
            "column's type has changed everything must be read --again"
        ) from error
