"""Reshaping rows before they are mapped: for tables in which one happening is spread over several rows.

A shape is made once for each file and turns an iterator of numbered rows into another. It may hold rows back, so a file
that is read through one must always be read from its start. A row made of several has the number of the last of them,
and rows come in the order of their numbers, so that whoever has counted to one has seen all before it.
"""

import re
from collections.abc import Iterable, Iterator

from producers.mapping.drafts import Numbered, Row, Unreadable
from producers.mapping.readers import Shape
from producers.mapping.times import moments


def pivot(*, by: str | list[str], name: str, value: str, extract: str | None = None) -> Shape:
    """One row for each group: where a table has a row an answer, the answers become columns.

    Rows that are equal in the columns ``by`` make a group; each puts its cell ``value`` under the column that its cell
    ``name`` names; with ``extract``, a regular expression, under what that finds in the cell, in small letters. The
    other columns are those of the group's first row. Later rows win where a name comes twice. The whole file is read
    first; the rows need no order.
    """
    keys = [by] if isinstance(by, str) else by
    search = re.compile(extract).search if extract is not None else None

    def named(cell: str) -> str:
        found = search(cell) if search is not None else None
        return found[0].lower() if found is not None else cell.strip()

    def shape(rows: Iterable[Numbered]) -> Iterator[Numbered]:
        groups: dict[tuple[str, ...], tuple[int, Row]] = {}
        broken: list[Numbered] = []
        for number, row in rows:
            if row.__class__ is Unreadable:
                broken.append((number, row))
                continue
            group = tuple(row.get(key, "") for key in keys)
            _, spread = groups.get(group, (0, row))
            spread[named(row.get(name, ""))] = row.get(value, "")
            groups[group] = number, spread
        for number, spread in _by_number([*groups.values(), *broken]):
            if spread.__class__ is not Unreadable:
                spread = {column: cell for column, cell in spread.items() if column not in (name, value)}
            yield number, spread

    return shape


def span(*, by: str | list[str], time: str) -> Shape:
    """One row for each group, with the group's first and last ``time`` as the columns ``first`` and ``last``.

    Times are compared as instants (ISO 8601, with or without offsets). The other columns are those of the group's first
    row. The whole file is read first; the rows need no order.
    """
    keys = [by] if isinstance(by, str) else by
    instant = moments("iso", "UTC")

    def shape(rows: Iterable[Numbered]) -> Iterator[Numbered]:
        groups: dict[tuple[str, ...], tuple[int, Row]] = {}
        broken: list[Numbered] = []
        for number, row in rows:
            if row.__class__ is Unreadable:
                broken.append((number, row))
                continue
            group = tuple(row.get(key, "") for key in keys)
            at = row.get(time, "").strip()
            _, kept = groups.get(group, (0, {**row, "first": at, "last": at}))
            moment = instant(at)
            if moment is None:
                kept["first"] = kept["last"] = at  # the mapping's own reader says what is wrong with it
            else:
                first, last = instant(kept["first"]), instant(kept["last"])
                if first is not None and moment < first:
                    kept["first"] = at
                if last is not None and moment > last:
                    kept["last"] = at
            groups[group] = number, kept
        yield from _by_number([*groups.values(), *broken])

    return shape


def handovers(*, by: str | list[str], ended: str, called: str, flag: str = "closed_by_next") -> Shape:
    """The rows as they are, with a column that is 1 where a row was ended by the call of the next one.

    Some systems finish the present visitor by themselves when the next is called: the end is then no end of service. A
    row is marked where another row of its group (a counter) was ``called`` in the second of its ``ended`` or the next.
    Times are ISO 8601. The whole file is read first.
    """
    keys = [by] if isinstance(by, str) else by
    instant = moments("iso", "UTC")

    def shape(rows: Iterable[Numbered]) -> Iterator[Numbered]:
        held = list(rows)
        calls: dict[tuple[tuple[str, ...], int], set[int]] = {}
        for number, row in held:
            if (at := instant(row.get(called, "").strip())) is not None:
                calls.setdefault((tuple(row.get(key, "") for key in keys), at // 1000), set()).add(number)
        for number, row in held:
            if row.__class__ is not Unreadable:
                group, at = tuple(row.get(key, "") for key in keys), instant(row.get(ended, "").strip())
                seconds = (at // 1000, at // 1000 + 1) if at is not None else ()
                others = any(calls.get((group, second), set()) - {number} for second in seconds)
                row[flag] = "1" if others else ""
            yield number, row

    return shape


def _by_number(rows: list[Numbered]) -> list[Numbered]:
    return sorted(rows, key=lambda numbered: numbered[0])
