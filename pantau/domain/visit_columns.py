"""Many plain tickets folded at once, in columns: what :func:`pantau.domain.visits.fold_visit` says of each of them.

A plain ticket has only entries of the ``KINDS`` below, each of the ``ONCE`` kinds at most once, and no two at one place
of its order. Everything else (applications, tickets that are parked, transferred, closed twice) is folded one by one.
The columns hold codes for texts; the caller has the names.
"""

from typing import Final

import numpy as np

from pantau.domain.columns import NULL, Array, Ints
from pantau.domain.entries import IMPUTED

KINDS: Final = (
    "ticket.created",
    "ticket.called",
    "ticket.recalled",
    "service.started",
    "service.ended",
    "ticket.no_show",
    "ticket.cancelled",
    "ticket.left",
)
CREATED, CALLED, RECALLED, STARTED, ENDED, NO_SHOW, CANCELLED, LEFT = range(len(KINDS))
ONCE: Final = np.array([CREATED, STARTED, ENDED, NO_SHOW, CANCELLED, LEFT])
RANK: Final = np.array([0, 1, 2, 3, 4, 4, 4, 4])
"""Place in the life cycle by kind, as :func:`pantau.domain.entries.in_order` has it."""

BY_SYSTEM: Final = 1
"""What ``extra`` is of a cancellation by the system; of a creation it is the code of the unit it came from."""

ENTRY: Final = np.dtype(
    [
        ("time", "i8"),
        ("content", "u8"),
        ("id", "i8"),
        ("service", "i4"),
        ("channel", "i4"),
        ("counter", "i4"),
        ("officer", "i4"),
        ("extra", "i4"),
        ("kind", "i2"),
        ("provenance", "i2"),
    ]
)
"""An entry; ``id`` is a hash of it, texts are codes."""

OUTCOMES: Final = ("open", "served", "no_show", "abandoned", "left", "void")
OPEN, SERVED, MISSED, ABANDONED, LEFT_UNSERVED, VOID = range(len(OUTCOMES))

VISIT: Final = np.dtype(
    [
        ("created_at", "i8"),
        ("called_at", "i8"),
        ("started_at", "i8"),
        ("ended_at", "i8"),
        ("wait_to_call", "i8"),
        ("wait_to_start", "i8"),
        ("wait_to_leave", "i8"),
        ("service_time", "i8"),
        ("visit_time", "i8"),
        ("kept", "i8"),
        ("call_of_promise", "i8"),
        ("start_of_promise", "i8"),
        ("service", "i4"),
        ("channel", "i4"),
        ("counter", "i4"),
        ("officer", "i4"),
        ("came_from", "i4"),
        ("standard", "i4"),
        ("calls", "i4"),
        ("spells", "i4"),
        ("created_by", "u1"),
        ("called_by", "u1"),
        ("started_by", "u1"),
        ("ended_by", "u1"),
        ("outcome", "i4"),
    ]
)
"""A visit; ``*_by`` are provenances, ``standard`` says which promise holds (0: none), the other texts are codes."""

MEASURES: Final = (
    "arrivals",
    "called",
    "wait_to_call",
    "wait_to_start",
    "wait_to_leave",
    "wait_of_promise",
    "service_time",
    "visit_time",
    "promise",
    *("outcome." + outcome for outcome in OUTCOMES),
)
"""What plain tickets add to windows; the code of a measure is its place here, from 1."""

_OUTCOME_MEASURE: Final = MEASURES.index("outcome.open") + 1
_PLACED: Final = (
    ("arrivals", "created_at", None, ("created_by",)),
    ("called", "called_at", None, ("called_by",)),
    ("wait_to_call", "called_at", "wait_to_call", ("created_by", "called_by")),
    ("wait_to_start", "started_at", "wait_to_start", ("created_by", "started_by")),
    ("wait_to_leave", "ended_at", "wait_to_leave", ("created_by", "ended_by")),
    ("wait_of_promise", "called_at", "call_of_promise", ("created_by", "called_by")),
    ("wait_of_promise", "started_at", "start_of_promise", ("created_by", "started_by")),
    ("service_time", "ended_at", "service_time", ("started_by", "ended_by")),
    ("visit_time", "ended_at", "visit_time", ("created_by", "ended_by")),
    ("promise", "ended_at", "kept", ("created_by", "ended_by")),
)
"""Measure, what places it, its total, and the provenances of which the worst is its own."""


def empty_visits(n: int) -> Array:
    """Visits of which nothing is known yet."""
    found = np.zeros(n, VISIT)
    for name in VISIT.names[: VISIT.names.index("service")]:  # type: ignore[index, union-attr]
        found[name] = NULL
    return found


def fold_tickets(entries: Array, visit: Ints, n: int) -> Array:
    """The visits 0 to n-1 that entries make, all but their promises; ``visit`` says whose each entry is.

    The entries of a visit are in order.
    """
    found = np.zeros(n, VISIT)
    kind, time, provenance = entries["kind"], entries["time"], entries["provenance"]
    place = np.arange(len(entries))
    places = np.full((len(KINDS), n), -1)
    places[kind, visit] = place  # of several the last
    calls = np.flatnonzero((kind == CALLED) | (kind == RECALLED))
    first_call = _first(visit, np.flatnonzero(kind == CALLED), n)
    created, started, ended = places[CREATED], places[STARTED], places[ENDED]

    def at(places: Ints) -> Ints:
        return np.where(places < 0, NULL, time[places])

    def by(places: Ints) -> Ints:
        return np.where(places < 0, 0, provenance[places])

    unstarted = (ended >= 0) & ((started < 0) | (ended < started))
    call_before_end = _last(visit, calls[calls < ended[visit[calls]]], n)
    guessed = unstarted & (call_before_end >= 0)  # no start was observed: serving is taken to begin at the last call
    began = np.where(guessed, call_before_end, started)
    spells = guessed | ((started >= 0) & (ended > started))

    cancelled = places[CANCELLED]
    by_system = (cancelled >= 0) & (entries["extra"][cancelled] == BY_SYSTEM)
    ends = (
        (ended >= 0, SERVED, ended),
        (places[NO_SHOW] >= 0, MISSED, places[NO_SHOW]),
        ((cancelled >= 0) & ~by_system, ABANDONED, cancelled),
        (places[LEFT] >= 0, LEFT_UNSERVED, places[LEFT]),
        (by_system, VOID, cancelled),
    )
    outcome, end = np.full(n, OPEN), np.full(n, -1)
    for happened, name, where in reversed(ends):
        outcome[happened] = name
        end = np.where(happened, where, end)

    found["created_at"], found["created_by"] = at(created), by(created)
    found["called_at"], found["called_by"] = at(first_call), by(first_call)
    found["started_at"], found["started_by"] = at(began), np.where(guessed, IMPUTED, by(started))
    found["ended_at"], found["ended_by"] = at(end), by(end)
    found["outcome"] = outcome
    found["wait_to_call"] = _between(found["created_at"], found["called_at"])
    found["wait_to_start"] = _between(found["created_at"], found["started_at"])
    whole = _between(found["created_at"], found["ended_at"])
    left = ((outcome == ABANDONED) | (outcome == LEFT_UNSERVED)) & (began < 0)
    found["wait_to_leave"] = np.where(left, whole, NULL)
    served = outcome == SERVED
    found["visit_time"] = np.where(served, whole, NULL)
    found["service_time"] = np.where(served & spells, np.maximum(0, time[ended] - time[began]), NULL)
    found["kept"] = found["call_of_promise"] = found["start_of_promise"] = NULL
    found["calls"] = np.bincount(visit[calls], minlength=n)
    found["spells"] = spells
    found["service"] = _text(entries["service"], _last(visit, np.flatnonzero(entries["service"]), n))
    found["channel"] = _text(entries["channel"], _first(visit, np.flatnonzero(entries["channel"]), n))
    found["counter"] = _text(entries["counter"], _last(visit, np.flatnonzero(entries["counter"]), n))
    found["officer"] = _text(entries["officer"], _last(visit, np.flatnonzero(entries["officer"]), n))
    found["came_from"] = _text(entries["extra"], created)
    return found


def judge_tickets(visits: Array, measures: Array, limits: Ints, leavers_counted: Array) -> None:
    """Whether the promise of each visit was kept, into ``kept``, and its wait over the promise of a wait.

    Its standard is the one numbered ``standard``: the name of the measure, its limit in ms, and whether people who left
    count as not kept; number 0 is no standard.
    """
    standard, outcome = visits["standard"], visits["outcome"]
    kept = np.full(len(visits), NULL)
    for name in {name for name in measures.tolist() if name is not None}:
        judged = (measures == name)[standard] & (outcome == SERVED) & (visits[name] != NULL)
        kept[judged] = visits[name][judged] <= limits[standard[judged]]
    left = (outcome == ABANDONED) | (outcome == LEFT_UNSERVED)
    visits["kept"] = np.where(left & leavers_counted[standard], 0, kept)
    for name, share in (("wait_to_call", "call_of_promise"), ("wait_to_start", "start_of_promise")):
        promised = (measures == name)[standard] & (visits[name] != NULL) & (limits[standard] > 0)
        begun = np.maximum(0, 100 * visits[name][promised] - 1) // limits[standard[promised]]
        visits[share] = NULL
        visits[share][promised] = begun


def changed_marks(before: Array, after: Array) -> tuple[Ints, Array]:
    """What visits that were ``before`` and are ``after`` no longer add to windows, and what they add now.

    Gives the visit of each mark, and (measure, service, at, total, provenance, sign) of it, a column a mark; ``sign``
    is -1 for what is taken out. A visit whose service changed takes out and puts in everything.
    """
    moved = before["service"] != after["service"]
    visits: list[Ints] = []
    marks: list[Array] = []
    old, new = _marks(before), _marks(after)
    for (measure, was, at_before, total_before, worst_before), (_, now, at, total, worst) in zip(old, new, strict=True):
        same = ~moved & was & now & (at_before == at) & (total_before == total) & (worst_before == worst)
        if measure is None:
            same &= before["outcome"] == after["outcome"]
        for state, sign, present, placed, sums, how in (
            (before, -1, was, at_before, total_before, worst_before),
            (after, 1, now, at, total, worst),
        ):
            chosen = np.flatnonzero(present & ~same)
            if len(chosen):
                visits.append(chosen)
                column = np.empty((6, len(chosen)), np.int64)
                column[0] = measure if measure is not None else _OUTCOME_MEASURE + state["outcome"][chosen]
                column[1] = state["service"][chosen]
                column[2], column[3], column[4], column[5] = placed[chosen], sums[chosen], how[chosen], sign
                marks.append(column)
    if not visits:
        return np.zeros(0, np.int64), np.zeros((6, 0), np.int64)
    return np.concatenate(visits), np.concatenate(marks, axis=1)


def _marks(visits: Array) -> list[tuple[int | None, Array, Ints, Ints, Ints]]:
    """Each measure's code (None: by outcome), which visits have it, at what time, with what total and provenance."""
    counted = visits["outcome"] != VOID
    zero = np.zeros(len(visits), np.int64)
    found: list[tuple[int | None, Array, Ints, Ints, Ints]] = [
        (None, visits["ended_at"] != NULL, visits["ended_at"], zero, visits["ended_by"])
    ]
    for name, placed, total, how in _PLACED:
        known = visits[placed if total is None else total] != NULL
        worst = visits[how[0]] if len(how) == 1 else np.maximum(visits[how[0]], visits[how[1]])
        code = MEASURES.index(name) + 1
        found.append((code, counted & known, visits[placed], zero if total is None else visits[total], worst))
    return found


def _between(start: Ints, end: Ints) -> Ints:
    """Elapsed ms, never below zero; unknown where either is."""
    with np.errstate(over="ignore"):
        return np.where((start == NULL) | (end == NULL), NULL, np.maximum(0, end - start))


def _first(visit: Ints, places: Ints, n: int) -> Ints:
    """The first of the places in each visit, -1 where there is none."""
    return _last(visit, places[::-1], n)


def _last(visit: Ints, places: Ints, n: int) -> Ints:
    """The last of the places in each visit, -1 where there is none."""
    found = np.full(n, -1)
    found[visit[places]] = places
    return found


def _text(codes: Array, places: Ints) -> Ints:
    return np.where(places < 0, 0, codes[places])
