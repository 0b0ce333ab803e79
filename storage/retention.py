"""Raw events are kept for a time only: older ones are removed, and the facts that lost some are remembered.

Facts and windows stay. A fact that lost raw events keeps its entries in its own row, so later events, a retroactive
edit of the registry and a rebuild still reach it; only a clock correction cannot, for the raw time is gone, and
``pantau verify`` can no longer recheck its entries and says so.
"""

from collections.abc import Iterator

from pantau.domain.entries import TABLE_OF, History, decode_history
from storage.engine import Row
from storage.layout import on_every_shard
from storage.queries import sql
from storage.store import Store

_AT_ONCE = 5_000
_TABLES = tuple(sorted(set(TABLE_OF.values())))

Subject = tuple[str, str, str]
"""(unit, source, subject)."""


EVERYTHING = (1 << 63) - 1
"""``upto_seq`` where no flush that began is older than what is removed."""


def removable(store: Store, *, before: int, upto_seq: int) -> int:
    """How many rows :func:`remove_events` would remove."""
    return int(store.engine.query(sql("removable_events"), {"before": before, "upto": upto_seq}).rows[0][0])


def remove_events(store: Store, *, before: int, upto_seq: int, now: int) -> int:
    """Remove raw events that arrived before an instant (ms UTC); returns how many rows of the log went.

    Only events up to ``upto_seq``, which facts and windows hold already. Safe to repeat after a crash.
    """
    params = {"before": before, "upto": upto_seq, "now": now}
    rows = removable(store, before=before, upto_seq=upto_seq)
    if rows:
        store.engine.execute(sql("remember_trimmed"), params)
        store.engine.execute(sql("remember_retention"), params | {"events": rows})
        store.engine.execute(on_every_shard(store.engine, sql("remove_events")), params)
    return rows


def raw_since(store: Store) -> int | None:
    """Arrival (ms UTC) from which on all raw events are kept; ``None`` if none was ever removed."""
    rows = store.engine.query(sql("raw_since")).rows
    return int(rows[0][0]) if rows else None


def trimmed_facts(
    store: Store, units: list[str] | None
) -> Iterator[tuple[list[Row], dict[tuple[str, str, str, str], History]]]:
    """Facts that lost raw events, some thousand at a time: the rows of the log that are left, and stored histories.

    The rows are those of ``log_in_order``; the histories go by (table, unit, source, subject).
    """
    last: Subject = ("", "", "")
    scope = {"every_unit": units is None, "units": units or []}
    while True:
        after = dict(zip(("unit", "source", "subject"), last, strict=True))
        keys: list[Subject] = store.engine.query(sql("trimmed_after"), {**after, "at_most": _AT_ONCE, **scope}).rows
        if not keys:
            return
        last = keys[-1]
        rows = store.engine.query(sql("log_of_facts"), {"keys": keys}).rows
        histories = {
            (table, *row[:3]): decode_history(row[3])
            for table in _TABLES
            for row in store.engine.query(sql("stored_facts"), {"table": table, "keys": keys}).rows
        }
        yield rows, histories
