"""Drafts as text: CloudEvents one a line (NDJSON), and the ticket table of an Indonesian queue system (CSV).

The table is ``queues`` as the *antrian MPP* system keeps it, plus a column ``unit``: one row per ticket, times in UTC
to the second, one column per step, no recalls, no spells. It knows less than the events, as those systems do: a no-show
is "canceled" like everything else that was not served, and what was left at closing stays "waiting". The mapping
``antrian_mpp`` reads it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

import msgspec

from pantau.domain.events import PREFIX, TicketData, TicketTransferred
from pantau.domain.wire import JSON, instant
from pantau.domain.zones import day_start, local_day
from producers.simulator.draft import Draft

_encode = msgspec.json.Encoder().encode

COLUMNS = (
    "id",
    "unit",
    "service_id",
    "counter_id",
    "number",
    "status",
    "source",
    "created_at",
    "called_at",
    "served_at",
    "finished_at",
    "canceled_at",
    "updated_at",
)
"""Header of the ticket table."""


def cloud_event(draft: Draft) -> bytes:
    """A draft as one structured CloudEvent in JSON, without a line end."""
    return _encode(
        {
            "specversion": "1.0",
            "id": draft.id,
            "source": draft.source,
            "type": PREFIX + draft.kind,
            "time": instant(draft.time),
            "datacontenttype": JSON,
            "data": draft.data,
        }
    )


_STEPS = {
    "ticket.called": ("called_at", "called"),
    "service.started": ("served_at", "serving"),
    "service.ended": ("finished_at", "finished"),
    "ticket.cancelled": ("canceled_at", "canceled"),
    "ticket.no_show": ("canceled_at", "canceled"),
}
"""Kind -> (the column its time goes to, the status it leaves)."""


def ticket_table(drafts: Iterable[Draft], zones: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """The rows of the ticket table in the order in which tickets were made, a day's rows when the day is over.

    ``zones`` gives each unit's time zone, which says when its day is over. Steps that come twice keep their first time.
    A citizen sent on by another unit has no row in the second one: its machine did not print his ticket.
    """
    rows: dict[tuple[str, str], dict[str, str]] = {}
    until = made = 0
    for draft in drafts:
        data = draft.data
        if not isinstance(data, TicketData) or data.unit not in zones:
            continue
        if draft.time >= until:
            yield from (tuple(row.values()) for row in rows.values())
            rows.clear()
            zone = zones[data.unit]
            until = day_start(zone, local_day(zone, draft.time) + timedelta(days=1))
        at = instant(draft.time).strftime("%Y-%m-%d %H:%M:%S")
        if draft.kind == "ticket.created":
            made += 1
            row = dict.fromkeys(COLUMNS, "")
            row |= {"id": str(made), "unit": data.unit, "service_id": data.service or "", "number": data.ticket}
            row |= {"status": "waiting", "source": data.channel or "", "created_at": at, "updated_at": at}
            rows[data.unit, data.ticket] = row
        elif (data.unit, data.ticket) in rows and _shows(draft.kind, data):
            row = rows[data.unit, data.ticket]
            column, row["status"] = _STEPS.get(draft.kind, ("finished_at", "finished"))
            row[column] = row[column] or at
            row["counter_id"] = data.counter or row["counter_id"]
            row["updated_at"] = at
    yield from (tuple(row.values()) for row in rows.values())


def _shows(kind: str, data: TicketData) -> bool:
    """Whether the table shows an event: a step of its own, or the end of a visit that went to another unit."""
    return kind in _STEPS or (isinstance(data, TicketTransferred) and data.to_unit is not None)


def csv_line(row: tuple[str, ...]) -> bytes:
    """A row as one line of CSV; nothing in the table needs quoting."""
    return ",".join(row).encode() + b"\n"
