"""A visit: one citizen at one unit, folded from the events of a queue ticket or an application.

Every field is a pure function of the visit's set of entries in order (law 1), of the registry version valid when the
visit was created, and of nothing else. Times are ms UTC, durations ms, unknown is ``None``.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from pantau.domain.calendars import add_working_days, working_ms
from pantau.domain.entries import IMPUTED, OBSERVED, Entry, FactKey, encode_entries, in_order
from pantau.domain.registry import Registry, Standard

Outcome = Literal[
    "open",
    "served",
    "issued",
    "approved",
    "rejected",
    "withdrawn",
    "transferred",
    "no_show",
    "abandoned",
    "left",
    "void",
]

PRECEDENCE: tuple[tuple[str, Outcome], ...] = (
    ("service.ended", "served"),
    ("application.issued", "issued"),
    ("application.rejected", "rejected"),
    ("application.withdrawn", "withdrawn"),
    ("ticket.transferred", "transferred"),
    ("ticket.no_show", "no_show"),
    ("ticket.cancelled", "abandoned"),
    ("ticket.left", "left"),
)
"""Which outcome wins when a visit's events name several: the first in this list.

A completion overrides what closing the day said; a person called again after a no-show and served was served. A
cancellation by ``system`` makes a visit void only if nothing else ended it; ``application.approved`` ends an
application only under the definition ``finished = "approved"``.
"""

FINISHED: frozenset[str] = frozenset({"served", "issued", "approved"})
"""Outcomes that count as served."""

LEAVERS: frozenset[str] = frozenset({"abandoned", "left"})
"""Outcomes of people who left before they were served: by word, or still there when the day was closed."""


class Visit(msgspec.Struct, frozen=True, gc=False):
    """One citizen at one unit. The fields are the columns of the table ``visits``, in order."""

    unit: str
    source: str
    subject: str
    kind: str
    service: str | None
    channel: str | None
    counter: str | None
    officer: str | None
    created_at: int | None
    called_at: int | None
    started_at: int | None
    ended_at: int | None
    created_provenance: int
    called_provenance: int
    started_provenance: int
    ended_provenance: int
    outcome: str
    came_from: str | None
    went_to: str | None
    calls: int
    spells: int
    returns: int
    wait_to_call_ms: int | None
    wait_to_start_ms: int | None
    wait_to_leave_ms: int | None
    service_ms: int | None
    turnaround_ms: int | None
    working_ms: int | None
    promise: str | None
    promise_ms: int | None
    due_at: int | None
    kept: int | None
    history: str


def _spells(entries: list[Entry]) -> tuple[int, int, int | None, int]:
    """Closed serving spells of a ticket: (how many, total ms, first start, provenance of that start)."""
    n = total = 0
    first: int | None = None
    first_provenance = OBSERVED
    since: int | None = None
    call: Entry | None = None
    for entry in entries:
        kind = entry.kind
        if kind in ("ticket.called", "ticket.recalled"):
            call = entry
        elif kind in ("service.started", "ticket.resumed"):
            if since is None:
                since = entry.time
                if first is None:
                    first, first_provenance = since, entry.provenance
        elif kind in ("ticket.parked", "service.ended", "ticket.transferred"):
            if since is None and n == 0 and kind == "service.ended" and call is not None:
                since = call.time  # no start was observed: serving is taken to begin at the last call
                first, first_provenance = since, IMPUTED
            if since is not None:
                n += 1
                total += entry.time - since
                since = None
    return n, total, first, first_provenance


class _Judgement(msgspec.Struct, frozen=True):
    promise: str | None = None
    promise_ms: int | None = None
    due_at: int | None = None
    kept: int | None = None


def _judge(
    standard: Standard | None,
    *,
    outcome: str,
    due: int | None,
    ended_at: int | None,
    values: Mapping[str, int | None],
    due_after: Callable[[int], int],
) -> _Judgement:
    """Whether the promise was kept: by the deadline the source gave, else by the unit's standard.

    A visit that is still open is not judged. People who left count as not kept where the standard counts leavers, so
    that leavers cannot flatter a unit; a no-show was called and is not judged.
    """
    done = outcome in FINISHED
    if due is not None:
        kept = int(ended_at <= due) if done and ended_at is not None else None
        return _Judgement("due", None, due, kept)
    if standard is None:
        return _Judgement()
    promise, limit = standard.measure, standard.limit_ms
    due_at = due_after(standard.working_days) if standard.working_days is not None else None
    measured = values[promise]
    kept = None
    if outcome in LEAVERS:
        kept = 0 if standard.leavers == "counted" else None
    elif done and due_at is not None and ended_at is not None:
        kept = int(ended_at <= due_at)
    elif done and measured is not None and limit is not None:
        kept = int(measured <= limit)
    return _Judgement(promise, limit, due_at, kept)


def _between(start: int | None, end: int | None) -> int | None:
    """Elapsed ms, never below zero: two clocks of one source may overlap by a second."""
    return None if start is None or end is None else max(0, end - start)


def fold_visit(key: FactKey, history: Mapping[str, Entry], registry: Registry) -> Visit:
    """The visit that a set of entries makes.

    First call and first start are the earliest of their kind; the end is the last event of the winning outcome (the
    first, for someone who left); service time is the sum of the serving spells between start, park, resume, transfer
    inside the unit, reopening and end.
    """
    entries = in_order(history)
    service = channel = counter = officer = came_from = went_to = None
    created: Entry | None = None
    called: Entry | None = None
    due: int | None = None
    calls = returns = 0
    ends: dict[str, Entry] = {}
    for entry in entries:
        said = entry.kind
        service = entry.service or service
        channel = channel or entry.channel
        counter = entry.counter or counter
        officer = entry.officer or officer
        if said == "ticket.created" or said == "application.submitted":
            if created is None:
                created = entry
            if said == "ticket.created":
                came_from = came_from or entry.extra
            elif due is None and isinstance(entry.extra, int):
                due = entry.extra
        elif said == "ticket.called":
            calls += 1
            if called is None:
                called = entry
        elif said == "ticket.recalled":
            calls += 1
        elif said == "application.returned":
            returns += 1
        elif said == "ticket.transferred":
            if entry.extra is not None:
                ends[said] = entry
                went_to = entry.extra
        elif said == "ticket.cancelled":
            name = "system" if entry.extra == "system" else said
            ends.setdefault(name, entry)
        elif said == "ticket.left":
            ends.setdefault(said, entry)
        elif said not in ("service.started", "ticket.parked", "ticket.resumed", "application.resubmitted"):
            ends[said] = entry

    is_ticket = entries[0].kind.startswith(("ticket.", "service."))
    outcome: str = "open"
    end: Entry | None = None
    for said, name in PRECEDENCE:
        if said in ends:
            outcome, end = name, ends[said]
            break
    else:
        if registry.definitions.finished == "approved" and "application.approved" in ends:
            outcome, end = "approved", ends["application.approved"]
        elif "system" in ends:
            outcome, end = "void", ends["system"]

    created_at = created.time if created else None
    called_at = called.time if called else None
    ended_at = end.time if end else None
    spells, served_ms, started_at, started_provenance = _spells(entries) if is_ticket else (0, 0, None, OBSERVED)
    done = outcome in FINISHED
    turnaround = _between(created_at, ended_at) if done else None
    service_ms = max(0, served_ms) if spells and (done or outcome == "transferred") else None
    wait_to_start = _between(created_at, started_at)
    wait_to_leave = _between(created_at, ended_at) if outcome in LEAVERS and started_at is None else None
    working: int | None = None
    if not is_ticket and done and created_at is not None and ended_at is not None:
        working = working_ms(registry.calendar(key.unit, created_at), created_at, ended_at)

    kind: Literal["ticket", "application"] = "ticket" if is_ticket else "application"
    promised = created_at is not None and due is None
    judged = _judge(
        registry.standard(key.unit, service, created_at or 0, kind) if promised else None,
        outcome=outcome,
        due=due,
        ended_at=ended_at,
        values={
            "wait_to_call": _between(created_at, called_at),
            "wait_to_start": wait_to_start,
            "service_time": service_ms,
            "visit_time": turnaround,
            "turnaround": turnaround,
            "turnaround_working": working,
        },
        due_after=lambda days: add_working_days(registry.calendar(key.unit, created_at or 0), created_at or 0, days),
    )

    return Visit(
        key.unit,
        key.source,
        key.subject,
        kind,
        service,
        channel,
        counter,
        officer,
        created_at,
        called_at,
        started_at,
        ended_at,
        created.provenance if created else OBSERVED,
        called.provenance if called else OBSERVED,
        started_provenance,
        end.provenance if end else OBSERVED,
        outcome,
        came_from if isinstance(came_from, str) else None,
        went_to if isinstance(went_to, str) else None,
        calls,
        spells,
        returns,
        _between(created_at, called_at),
        wait_to_start,
        wait_to_leave,
        service_ms,
        turnaround,
        working,
        judged.promise,
        judged.promise_ms,
        judged.due_at,
        judged.kept,
        encode_entries(entries),
    )
