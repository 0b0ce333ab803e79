"""What a fact adds to windows: marks, each placed by one timestamp.

Arrivals are placed at creation, waiting at the call or start, service, promise and outcome at the end, answers when
answered, a reported total at the start of its period. ``storage/queries/measures.sql`` states the same rules in SQL, on
purpose in another language: ``pantau verify`` compares the two.
"""

from collections.abc import Callable, Mapping

import msgspec

from pantau.domain.entries import Entry, FactKey, History
from pantau.domain.facts import (
    ELEMENTS,
    Aggregate,
    Complaint,
    CounterDay,
    Intervention,
    Rating,
    Snapshot,
    Survey,
    fold_aggregate,
    fold_complaint,
    fold_counter_day,
    fold_intervention,
    fold_rating,
    fold_snapshot,
    fold_survey,
)
from pantau.domain.registry import Registry
from pantau.domain.visits import Visit, fold_visit

Mark = tuple[str, int, int, int, int]
"""(measure, at in ms UTC, n, total, provenance). For a duration n is 1 and total its ms; see also begun_percents."""

SPREAD = frozenset(
    {
        "wait_to_call",
        "wait_to_start",
        "wait_to_leave",
        "wait_of_promise",
        "service_time",
        "visit_time",
        "turnaround",
        "turnaround_working",
        "complaint_resolution",
    }
)
"""Measures whose accumulators carry a histogram beside n and total: durations, and waits over their promise."""


def begun_percents(wait: int, promised: int) -> int:
    """A wait over its promise in percents that have begun, less one: 0 up to 1 %, 99 up to the promise, then 100.

    Counted so, 25, 50, 75, 100 and 150 % of the promise are edges of a histogram, and what lies below each is exact.
    """
    return max(0, 100 * wait - 1) // promised


def visit_marks(visit: Visit) -> list[Mark]:
    """What a visit adds; a void visit only says that it was void."""
    marks: list[Mark] = []
    ended_at = visit.ended_at
    if visit.outcome == "void":
        return [("outcome.void", ended_at, 1, 0, visit.ended_provenance)] if ended_at is not None else []
    created, called = visit.created_at, visit.called_at
    created_by, called_by = visit.created_provenance, visit.called_provenance
    started_by, ended_by = visit.started_provenance, visit.ended_provenance
    if created is not None:
        marks.append(("arrivals", created, 1, 0, created_by))
    if called is not None:
        marks.append(("called", called, 1, 0, called_by))
        if visit.wait_to_call_ms is not None:
            marks.append(("wait_to_call", called, 1, visit.wait_to_call_ms, max(created_by, called_by)))
    if visit.started_at is not None and visit.wait_to_start_ms is not None:
        marks.append(("wait_to_start", visit.started_at, 1, visit.wait_to_start_ms, max(created_by, started_by)))
    if visit.promise in ("wait_to_call", "wait_to_start") and visit.promise_ms:
        by_call = visit.promise == "wait_to_call"
        at, wait = (called, visit.wait_to_call_ms) if by_call else (visit.started_at, visit.wait_to_start_ms)
        if at is not None and wait is not None:
            worst = max(created_by, called_by if by_call else started_by)
            marks.append(("wait_of_promise", at, 1, begun_percents(wait, visit.promise_ms), worst))
    if ended_at is not None:
        marks.append(("outcome." + visit.outcome, ended_at, 1, 0, ended_by))
        if visit.wait_to_leave_ms is not None:
            marks.append(("wait_to_leave", ended_at, 1, visit.wait_to_leave_ms, max(created_by, ended_by)))
        if visit.service_ms is not None:
            marks.append(("service_time", ended_at, 1, visit.service_ms, max(started_by, ended_by)))
        if visit.turnaround_ms is not None:
            name = "visit_time" if visit.kind == "ticket" else "turnaround"
            marks.append((name, ended_at, 1, visit.turnaround_ms, max(created_by, ended_by)))
        if visit.working_ms is not None:
            marks.append(("turnaround_working", ended_at, 1, visit.working_ms, max(created_by, ended_by)))
            marks.append(("returned", ended_at, 1, int(visit.returns > 0), ended_by))
        if visit.kept is not None:
            marks.append(("promise", ended_at, 1, visit.kept, max(created_by, ended_by)))
    return marks


def complaint_marks(complaint: Complaint) -> list[Mark]:
    """Openings and resolutions."""
    marks: list[Mark] = []
    if complaint.opened_at is not None:
        marks.append(("complaints_opened", complaint.opened_at, 1, 0, complaint.opened_provenance))
    if complaint.resolved_at is not None and complaint.resolution_ms is not None:
        worst = max(complaint.opened_provenance, complaint.resolved_provenance)
        marks.append(("complaint_resolution", complaint.resolved_at, 1, complaint.resolution_ms, worst))
    return marks


def counter_day_marks(day: CounterDay) -> list[Mark]:
    """The finished open time of one counter on one day, placed at its first opening."""
    return [("counter_open", day.opened_at, 1, day.open_ms, 0)] if day.opened_at is not None and day.spells else []


def rating_marks(rating: Rating) -> list[Mark]:
    """The score on the common scale, in hundredths."""
    return [("rating", rating.at, 1, rating.score_100, rating.provenance)]


def survey_marks(survey: Survey) -> list[Mark]:
    """Each answered element; and of a complete answer the sum of its nine marks and that sum squared."""
    at, provenance = survey.at, survey.provenance
    answers = [getattr(survey, name) for name in ELEMENTS]
    marks: list[Mark] = [("surveys", at, 1, survey.complete, provenance)]
    marks += [
        ("element." + name, at, 1, answer, provenance)
        for name, answer in zip(ELEMENTS, answers, strict=True)
        if answer is not None
    ]
    if survey.complete:
        total = sum(answers)
        marks.append(("skm_sum", at, 1, total, provenance))
        marks.append(("skm_square", at, 1, total * total, provenance))
        marks.append(("skm_straight", at, 1, survey.straight, provenance))
    return marks


def snapshot_marks(snapshot: Snapshot) -> list[Mark]:
    """People seen waiting, counters seen open, and whether people waited with no counter open."""
    at, provenance = snapshot.at, snapshot.provenance
    marks: list[Mark] = []
    if snapshot.waiting is not None:
        marks.append(("seen_waiting", at, 1, snapshot.waiting, provenance))
    if snapshot.open_counters is not None:
        marks.append(("seen_counters", at, 1, snapshot.open_counters, provenance))
        if snapshot.waiting is not None:
            unattended = int(snapshot.waiting > 0 and snapshot.open_counters == 0)
            marks.append(("seen_unattended", at, 1, unattended, provenance))
    return marks


def aggregate_marks(total: Aggregate) -> list[Mark]:
    """A source's own totals, under names of their own so that they never mix with counted visits."""
    at, provenance, name = total.at, total.provenance, total.measure
    marks: list[Mark] = []
    if total.n is not None:
        marks.append(("reported_n." + name, at, 1, total.n, provenance))
    if total.timed is not None and total.total_ms is not None:
        marks.append(("reported_time." + name, at, total.timed, total.total_ms, provenance))
    if total.judged is not None and total.within is not None:
        marks.append(("reported_within." + name, at, total.judged, total.within, provenance))
    if total.share is not None:
        marks.append(("reported_share." + name, at, 1, round(total.share * 100), provenance))
    return marks


Fact = Visit | Complaint | CounterDay | Rating | Survey | Snapshot | Aggregate | Intervention

FOLDS: dict[str, Callable[[FactKey, Mapping[str, Entry]], Fact]] = {
    "complaints": fold_complaint,
    "counter_days": fold_counter_day,
    "ratings": fold_rating,
    "surveys": fold_survey,
    "snapshots": fold_snapshot,
    "aggregates": fold_aggregate,
    "interventions": fold_intervention,
}
"""Table -> the fold of its facts; visits are folded with the registry as well."""

RECORDS: dict[str, type[msgspec.Struct]] = {
    "visits": Visit,
    "complaints": Complaint,
    "counter_days": CounterDay,
    "ratings": Rating,
    "surveys": Survey,
    "snapshots": Snapshot,
    "aggregates": Aggregate,
    "interventions": Intervention,
}
"""Table -> the record whose fields are its columns."""


def fold(table: str, key: FactKey, history: History, registry: Registry) -> Fact:
    """The fact that a set of entries makes, as a record of its table."""
    return fold_visit(key, history, registry) if table == "visits" else FOLDS[table](key, history)


def marks(fact: Fact) -> list[Mark]:
    """What a fact of any table adds to windows; an intervention adds nothing, it is joined at read time."""
    match fact:
        case Visit():
            return visit_marks(fact)
        case Survey():
            return survey_marks(fact)
        case Snapshot():
            return snapshot_marks(fact)
        case Rating():
            return rating_marks(fact)
        case Complaint():
            return complaint_marks(fact)
        case CounterDay():
            return counter_day_marks(fact)
        case Aggregate():
            return aggregate_marks(fact)
        case _:
            return []
