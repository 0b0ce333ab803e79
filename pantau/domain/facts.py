"""The facts beside visits: complaints, a counter's day, answers, ratings, snapshots, reported totals, interventions.

Each fold is a pure function of a set of entries, like a visit's. The fields of a record are the columns of its table.
"""

from collections.abc import Mapping

import msgspec

from pantau.domain.entries import OBSERVED, Entry, FactKey, encode_history, in_order
from pantau.domain.events import (
    AggregateReported,
    CounterSnapshot,
    MeasureRecorded,
    RatingGiven,
    SurveyAnswered,
    TrainingRecorded,
)

ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarana")
"""The nine SKM elements U1..U9 in the order of PermenPANRB 14/2017."""


class Complaint(msgspec.Struct, frozen=True, gc=False):
    """A complaint at a unit, open until its first ``complaint.resolved``."""

    unit: str
    source: str
    subject: str
    service: str | None
    channel: str | None
    opened_at: int | None
    resolved_at: int | None
    opened_provenance: int
    resolved_provenance: int
    resolution_ms: int | None
    history: str


def fold_complaint(key: FactKey, history: Mapping[str, Entry]) -> Complaint:
    """First opening, first resolution; the time between them is unknown until both are known."""
    entries = in_order(history)
    opened = next((entry for entry in entries if entry.kind == "complaint.opened"), None)
    resolved = next((entry for entry in entries if entry.kind == "complaint.resolved"), None)
    return Complaint(
        key.unit,
        key.source,
        key.subject,
        next((entry.service for entry in entries if entry.service), None),
        next((entry.channel for entry in entries if entry.channel), None),
        opened.time if opened else None,
        resolved.time if resolved else None,
        opened.provenance if opened else OBSERVED,
        resolved.provenance if resolved else OBSERVED,
        max(0, resolved.time - opened.time) if opened and resolved else None,
        encode_history(history),
    )


class CounterDay(msgspec.Struct, frozen=True, gc=False):
    """One counter on one local day: ``open_ms`` sums finished open spells, ``open_since`` is set while it is open."""

    unit: str
    source: str
    subject: str
    counter: str
    service: str | None
    opened_at: int | None
    closed_at: int | None
    open_since: int | None
    open_ms: int
    spells: int
    state: str
    officer: str | None
    history: str


def fold_counter_day(key: FactKey, history: Mapping[str, Entry]) -> CounterDay:
    """Open spells run from ``counter.opened`` to the next ``counter.paused`` or ``counter.closed``."""
    entries = in_order(history)
    opened_at = closed_at = since = None
    open_ms = spells = 0
    state = "unknown"
    officer = service = None
    for entry in entries:
        officer = entry.officer or officer
        service = entry.service or service
        if entry.kind == "counter.opened":
            opened_at = entry.time if opened_at is None else opened_at
            since = entry.time if since is None else since
            state = "open"
        elif entry.kind in ("counter.paused", "counter.closed"):
            if since is not None:
                open_ms += entry.time - since
                spells += 1
                since = None
            closed_at = entry.time
            state = "paused" if entry.kind == "counter.paused" else "closed"
    counter = entries[0].counter or key.subject.partition("@")[2]
    return CounterDay(
        key.unit,
        key.source,
        key.subject,
        counter,
        service,
        opened_at,
        closed_at,
        since,
        open_ms,
        spells,
        state,
        officer,
        encode_history(history),
    )


class Rating(msgspec.Struct, frozen=True, gc=False):
    """One press; ``score_100`` is it on a scale of 1 to 5 in hundredths: 100 + 400·(score-1)/(scale-1), floored."""

    unit: str
    source: str
    subject: str
    at: int
    provenance: int
    service: str | None
    counter: str | None
    channel: str | None
    ticket: str | None
    score: int
    scale: int
    score_100: int
    history: str


class Survey(msgspec.Struct, frozen=True, gc=False):
    """One SKM answer: nine elements of 1 to 4 or unknown; ``complete`` where all nine are there."""

    unit: str
    source: str
    subject: str
    at: int
    provenance: int
    service: str | None
    channel: str | None
    ticket: str | None
    persyaratan: int | None
    prosedur: int | None
    waktu: int | None
    biaya: int | None
    produk: int | None
    kompetensi: int | None
    perilaku: int | None
    pengaduan: int | None
    sarana: int | None
    complete: int
    straight: int
    age_group: str | None
    sex: str | None
    education: str | None
    occupation: str | None
    history: str


class Snapshot(msgspec.Struct, frozen=True, gc=False):
    """One published state of one queue."""

    unit: str
    source: str
    subject: str
    at: int
    provenance: int
    queue: str
    service: str | None
    waiting: int | None
    open_counters: int | None
    now_serving: str | None
    history: str


class Aggregate(msgspec.Struct, frozen=True, gc=False):
    """Totals of one period as a source reported them; see :class:`pantau.domain.events.AggregateReported`."""

    unit: str
    source: str
    subject: str
    at: int
    ends_at: int
    provenance: int
    measure: str
    service: str | None
    channel: str | None
    n: int | None
    timed: int | None
    total_ms: int | None
    max_ms: int | None
    judged: int | None
    within: int | None
    limit_ms: int | None
    share: float | None
    open_counters: int | None
    bucket_upto_ms: tuple[int, ...]
    bucket_n: tuple[int, ...]
    history: str


UNBOUNDED_MS = 2**62
"""Stands in ``bucket_upto_ms`` for "no upper limit"."""


class Intervention(msgspec.Struct, frozen=True, gc=False):
    """A training or another measure at a unit, as its latest event says; days are ISO dates in the unit's zone."""

    unit: str
    source: str
    subject: str
    kind: str
    at: int
    title: str
    siasn_type: int | None
    category: str | None
    jp: int | None
    participants: int | None
    starts: str
    ends: str | None
    completed: int
    history: str


_ratings = msgspec.json.Decoder(RatingGiven)
_surveys = msgspec.json.Decoder(SurveyAnswered)
_snapshots = msgspec.json.Decoder(CounterSnapshot)
_aggregates = msgspec.json.Decoder(AggregateReported)
_trainings = msgspec.json.Decoder(TrainingRecorded)
_measures = msgspec.json.Decoder(MeasureRecorded)


def _record(history: Mapping[str, Entry]) -> Entry:
    """The one entry of a record, or the latest of an intervention that was corrected by a later event."""
    return max(history.values(), key=lambda entry: (entry.time, entry.id))


def fold_rating(key: FactKey, history: Mapping[str, Entry]) -> Rating:
    """The press as recorded."""
    entry = _record(history)
    data = _ratings.decode(str(entry.extra))
    score = min(data.score, data.scale)
    return Rating(
        key.unit,
        key.source,
        key.subject,
        entry.time,
        entry.provenance,
        data.service,
        data.counter,
        data.channel,
        data.ticket,
        data.score,
        data.scale,
        100 + 400 * (score - 1) // (data.scale - 1),
        encode_history(history),
    )


def fold_survey(key: FactKey, history: Mapping[str, Entry]) -> Survey:
    """The answer as recorded; ``straight`` marks nine equal answers."""
    entry = _record(history)
    data = _surveys.decode(str(entry.extra))
    answers = msgspec.structs.astuple(data.elements)
    complete = None not in answers
    return Survey(
        key.unit,
        key.source,
        key.subject,
        entry.time,
        entry.provenance,
        data.service,
        data.channel,
        data.ticket,
        data.elements.persyaratan,
        data.elements.prosedur,
        data.elements.waktu,
        data.elements.biaya,
        data.elements.produk,
        data.elements.kompetensi,
        data.elements.perilaku,
        data.elements.pengaduan,
        data.elements.sarana,
        int(complete),
        int(complete and len(set(answers)) == 1),
        data.age_group,
        data.sex,
        data.education,
        data.occupation,
        encode_history(history),
    )


def fold_snapshot(key: FactKey, history: Mapping[str, Entry]) -> Snapshot:
    """The state as published."""
    entry = _record(history)
    data = _snapshots.decode(str(entry.extra))
    return Snapshot(
        key.unit,
        key.source,
        key.subject,
        entry.time,
        entry.provenance,
        data.queue,
        data.service,
        data.waiting,
        data.open_counters,
        data.now_serving,
        encode_history(history),
    )


def fold_aggregate(key: FactKey, history: Mapping[str, Entry]) -> Aggregate:
    """The totals as reported."""
    entry = _record(history)
    data = _aggregates.decode(str(entry.extra))
    return Aggregate(
        key.unit,
        key.source,
        key.subject,
        entry.time,
        round(data.ends.timestamp() * 1000),
        entry.provenance,
        data.measure,
        data.service,
        data.channel,
        data.n,
        data.timed,
        data.total_ms,
        data.max_ms,
        data.judged,
        data.within,
        data.limit_ms,
        data.share,
        data.open_counters,
        tuple(UNBOUNDED_MS if bucket.upto_ms is None else bucket.upto_ms for bucket in data.buckets),
        tuple(bucket.n for bucket in data.buckets),
        encode_history(history),
    )


def fold_intervention(key: FactKey, history: Mapping[str, Entry]) -> Intervention:
    """The training or measure as its latest event says."""
    entry = _record(history)
    if entry.kind == "training.recorded":
        training = _trainings.decode(str(entry.extra))
        return Intervention(
            key.unit,
            key.source,
            key.subject,
            "training",
            entry.time,
            training.title,
            training.siasn_type,
            None,
            training.jp,
            training.participants,
            training.starts.isoformat(),
            training.ends.isoformat(),
            int(training.completed),
            encode_history(history),
        )
    measure = _measures.decode(str(entry.extra))
    return Intervention(
        key.unit,
        key.source,
        key.subject,
        "measure",
        entry.time,
        measure.title,
        None,
        measure.category,
        None,
        None,
        measure.starts.isoformat(),
        measure.ends.isoformat() if measure.ends else None,
        1,
        encode_history(history),
    )
