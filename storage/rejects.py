"""Refused events as rows: kept with their reasons, counted when they come again, retried when the cause is mended."""

from collections.abc import Iterable, Sequence

import msgspec

from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept, expand
from storage.queries import sql
from storage.store import LOOKUP, Store

_COLUMNS = (
    ("digest", "String"),
    ("source", "LowCardinality(String)"),
    ("id", "String"),
    ("code", "LowCardinality(String)"),
    ("reasons", "String"),
    ("original", "String"),
    ("retryable", "UInt8"),
    ("seen", "UInt64"),
    ("first_at", "DateTime64(3, 'UTC')"),
    ("last_at", "DateTime64(3, 'UTC')"),
    ("state", "LowCardinality(String)"),
    ("version", "UInt64"),
)


class Kept(msgspec.Struct, frozen=True):
    """A refused event as it is kept, and how often it came (``seen``) between ``first_at`` and ``last_at`` (ms UTC).

    ``reasons`` are JSON. ``original`` is what was sent, personal data masked. ``retryable`` is 0 or 1. ``state`` is
    open, or accepted after a retry. Of several rows of a ``digest`` the highest ``version`` holds.
    """

    digest: str
    source: str
    id: str
    code: str
    reasons: str
    original: str
    retryable: int
    seen: int
    first_at: int
    last_at: int
    state: str
    version: int


class Judged(msgspec.Struct, frozen=True):
    """Refused events judged again: the events that are accepted now, and the rows they were kept in."""

    events: list[Event]
    accepted: list[Kept]


def judged_again(rows: Iterable[Kept], *, registry: Registry, secret: bytes, now: int) -> Judged:
    """Judge refused events again as they were sent: as of when they first came, else as of ``now`` (ms UTC)."""
    found = Judged([], [])
    for row in rows:
        source = registry.source(row.source)
        if source is None or not row.retryable:
            continue
        original = row.original.encode()
        judged = accept(original, registry=registry, source=source, now=row.first_at, secret=secret)
        if isinstance(judged, Rejection):
            judged = accept(original, registry=registry, source=source, now=now, secret=secret)
        if not isinstance(judged, Rejection):
            found.events.extend(expand(judged))
            found.accepted.append(row)
    return found


class _Before(msgspec.Struct, frozen=True):
    """How often something was refused before; its texts stay where they are, for they may be many and long."""

    seen: int
    first_at: int
    last_at: int
    version: int


class Rejects:
    """The table ``rejected_events``: one row for each different thing that was refused."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, rejections: Sequence[Rejection]) -> None:
        """Write refused events; what was refused before is counted again and keeps its first time."""
        known = self._find([rejection.digest for rejection in rejections])
        by_digest: dict[str, Kept] = {}
        for rejection in rejections:
            before = by_digest.get(rejection.digest) or known.get(rejection.digest)
            by_digest[rejection.digest] = Kept(
                rejection.digest,
                rejection.source,
                rejection.id or "",
                rejection.code,
                msgspec.json.encode(rejection.reasons).decode(),
                rejection.original.decode("utf-8", "replace"),
                int(rejection.retryable),
                before.seen + 1 if before else 1,
                min(before.first_at, rejection.arrival) if before else rejection.arrival,
                max(before.last_at, rejection.arrival) if before else rejection.arrival,
                "open",
                before.version + 1 if before else 1,
            )
        self._write([*by_digest.values()])

    def mark_accepted(self, kept: Iterable[Kept]) -> None:
        """Say that a retry was accepted; the row stays as a record. What was refused again meanwhile stays open."""
        rows = {row.digest: row for row in kept}
        current = {digest: before.version for digest, before in self._find([*rows]).items()}
        self._write(
            [
                msgspec.structs.replace(row, state="accepted", version=row.version + 1)
                for row in rows.values()
                if current.get(row.digest) == row.version
            ]
        )

    def mark_taken(self, digests: Sequence[str]) -> None:
        """Say of what is kept under these digests that it was taken since: a replay read the same rows again."""
        wanted = {*digests}
        self.mark_accepted(kept for kept in self.open() if kept.digest in wanted)

    def open(self, *, retryable_only: bool = False) -> list[Kept]:
        """Everything that is refused and not accepted since, the newest first."""
        rows = self._store.engine.query(sql("open_rejects"), {"retryable_only": retryable_only}).rows
        return [Kept(*row) for row in rows]

    def _find(self, digests: Sequence[str]) -> dict[str, _Before]:
        found: dict[str, _Before] = {}
        wanted = sorted({*digests})
        for start in range(0, len(wanted), LOOKUP):
            part = wanted[start : start + LOOKUP]
            rows = self._store.engine.query(sql("rejects_by_digest"), {"digests": part}).rows
            found |= {digest: _Before(*rest) for digest, *rest in rows}
        return found

    def _write(self, rows: Sequence[Kept]) -> None:
        if rows:
            tuples = [msgspec.structs.astuple(row) for row in rows]
            self._store.engine.insert("rejected_events", _COLUMNS, [*zip(*tuples, strict=True)])
