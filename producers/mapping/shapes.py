"""Reshaping rows before they are mapped: for tables in which one happening is spread over several rows.

A shape is made once for each file and turns an iterator of numbered rows into another. It may hold rows back, so a file
that is read through one must always be read from its start. A row made of several has the number of the last of them.
"""

from collections.abc import Iterable, Iterator

from producers.mapping.drafts import Numbered, Row, Unreadable
from producers.mapping.readers import Shape
from producers.mapping.times import moments


def pivot(*, by: str | list[str], name: str, value: str) -> Shape:
    """One row for each group: where a table has a row an answer, the answers become columns.

    Rows that are equal in the columns ``by`` make a group; each puts its cell ``value`` under the column that its cell
    ``name`` names. The other columns are those of the group's first row. Later rows win where a name comes twice.
    Groups come in the order of their first rows, once the whole file is read; the rows need no order.
    """
    keys = [by] if isinstance(by, str) else by

    def shape(rows: Iterable[Numbered]) -> Iterator[Numbered]:
        groups: dict[tuple[str, ...], tuple[int, Row]] = {}
        for number, row in rows:
            if row.__class__ is Unreadable:
                yield number, row
                continue
            group = tuple(row.get(key, "") for key in keys)
            _, spread = groups.get(group, (0, row))
            spread[row.get(name, "").strip()] = row.get(value, "")
            groups[group] = number, spread
        for number, spread in groups.values():
            yield number, {column: cell for column, cell in spread.items() if column not in (name, value)}

    return shape


def span(*, by: str | list[str], time: str) -> Shape:
    """One row for each group, with the group's first and last ``time`` as the columns ``first`` and ``last``.

    Times are compared as instants (ISO 8601, with or without offsets). The other columns are those of the group's first
    row. Groups come in the order of their first rows, once the whole file is read; the rows need no order.
    """
    keys = [by] if isinstance(by, str) else by
    instant = moments("iso", "UTC")

    def shape(rows: Iterable[Numbered]) -> Iterator[Numbered]:
        groups: dict[tuple[str, ...], tuple[int, Row]] = {}
        for number, row in rows:
            if row.__class__ is Unreadable:
                yield number, row
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
        yield from groups.values()

    return shape
