"""The event vocabulary: what a source system may say happened, and the envelope it travels in.

An event is immutable and has the identity (source, id). On the wire it is a CloudEvents 1.0 event whose
``type`` is ``id.pantau.`` + kind and whose ``data`` is the record registered for that kind here.
The field table of facts (Qminder, Qmatic, BPJS, Indonesian spellings) maps onto these names.

Times inside the core are integers: milliseconds since 1970-01-01T00:00:00Z. "Unknown" is ``None``.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

PREFIX = "id.pantau."
"""What every CloudEvents ``type`` of ours begins with; a kind is the rest."""

Provenance = Literal["observed", "auto_closed", "imputed"]
"""How an event's time was come by: measured; set by the source when it closed a record by itself; guessed."""

Code = Annotated[str, Meta(min_length=1, max_length=128)]
"""An identifier given by a registry or a source; never personal data."""

Day = date
AwareDatetime = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
"""People or things: more than a country counts in a month, and less than any column that holds it."""

Milliseconds = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Score = Annotated[int, Meta(ge=1, le=4)]
Category = Annotated[str, Meta(max_length=64)]


class Data(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What every kind of event says: the unit it happened at, and how its time is known."""

    subject_field: ClassVar[str | None] = None
    """Name of the field that says which ticket, application, complaint or counter the event is about."""

    unit: Code
    provenance: Provenance = "observed"


class TicketData(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An event of a queue ticket. ``service_day`` is part of the identity where numbers restart every day."""

    subject_field: ClassVar[str | None] = "ticket"
    ticket: Code
    service_day: Day | None = None
    service: Code | None = None
    channel: Code | None = None
    counter: Code | None = None
    officer: Code | None = None


class TicketCreated(TicketData, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A citizen took a number. ``came_from`` names the unit whose transfer opened this ticket."""

    came_from: Code | None = None


class TicketTransferred(TicketData, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The ticket goes elsewhere: ``to_unit`` ends the visit here; without it the transfer is a spell inside."""

    to_unit: Code | None = None
    to_service: Code | None = None
    to_counter: Code | None = None


class TicketCancelled(TicketData, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The ticket was given up by the citizen or by staff; ``system`` (a reset) makes it void."""

    by: Literal["citizen", "staff", "system"] = "citizen"


class ApplicationData(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An event of an application (*permohonan*)."""

    subject_field: ClassVar[str | None] = "application"
    application: Code
    service: Code | None = None
    channel: Code | None = None
    officer: Code | None = None


class ApplicationSubmitted(ApplicationData, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Handed in. ``due`` is the deadline the source itself promised; it wins over the registry's standard."""

    due: AwareDatetime | None = None


class RatingGiven(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A press on a smiley terminal: ``score`` of 1 (worst) to ``scale`` (best)."""

    score: Annotated[int, Meta(ge=1, le=10)]
    scale: Annotated[int, Meta(ge=2, le=10)] = 5
    service: Code | None = None
    counter: Code | None = None
    channel: Code | None = None
    ticket: Code | None = None


class Elements(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Answers to the nine SKM elements (*unsur*), 1 to 4, keyed by name because questionnaires order them differently.

    PermenPANRB 14/2017: U1 persyaratan, U2 prosedur, U3 waktu, U4 biaya, U5 produk, U6 kompetensi, U7 perilaku,
    U8 pengaduan, U9 sarana. ``None`` is "not answered".
    """

    persyaratan: Score | None = None
    prosedur: Score | None = None
    waktu: Score | None = None
    biaya: Score | None = None
    produk: Score | None = None
    kompetensi: Score | None = None
    perilaku: Score | None = None
    pengaduan: Score | None = None
    sarana: Score | None = None


class SurveyAnswered(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One respondent's SKM answer. ``channel`` is how it was answered; demographics are classes, never a person."""

    elements: Elements
    service: Code | None = None
    channel: Code | None = None
    ticket: Code | None = None
    age_group: Category | None = None
    sex: Category | None = None
    education: Category | None = None
    occupation: Category | None = None


class ComplaintData(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An event of a complaint (*pengaduan*); its text stays in the source system."""

    subject_field: ClassVar[str | None] = "complaint"
    complaint: Code
    service: Code | None = None
    channel: Code | None = None


class TrainingRecorded(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A training of a unit's civil servants; ``siasn_type`` is SIASN's jenisDiklatId.

    4 is a workshop, 9 a seminar, 10 a *magang*.
    ``jp`` are the training hours (*jam pelajaran*) of one participant; with ``completed`` false it is only planned.
    """

    subject_field: ClassVar[str | None] = "training"
    training: Code
    title: Annotated[str, Meta(max_length=256)]
    siasn_type: Annotated[int, Meta(ge=1, le=99)]
    jp: Annotated[int, Meta(ge=0, le=2000)]
    participants: Count
    starts: Day
    ends: Day
    completed: bool = True


class MeasureRecorded(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Another intervention (a new system, a camat's programme); it does not make a unit "trained"."""

    subject_field: ClassVar[str | None] = "measure"
    measure: Code
    title: Annotated[str, Meta(max_length=256)]
    category: Category
    starts: Day
    ends: Day | None = None


class CounterData(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A counter (*loket*) opened, paused or closed, or an officer sat down at it (``officer``, a pseudonymous id)."""

    subject_field: ClassVar[str | None] = "counter"
    counter: Code
    service: Code | None = None
    officer: Code | None = None


class OfficerAtCounter(CounterData, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Who serves at a counter from this time on, by pseudonymous id."""


class CounterSnapshot(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The state of one queue as a system publishes it: people waiting, open counters, number now served."""

    queue: Code
    waiting: Count | None = None
    open_counters: Count | None = None
    now_serving: Category | None = None
    service: Code | None = None


class Bucket(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """People whose time was at most ``upto_ms`` (``None``: no upper limit) and above the bucket before it."""

    upto_ms: Milliseconds | None
    n: Count


class AggregateReported(Data, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Totals of one period from a source that has no single visits.

    ``measure`` says what was measured. ``n`` people in all, ``timed`` of them with a known time whose sum is
    ``total_ms``; ``within`` of the ``judged`` ones kept the limit ``limit_ms``; ``share`` is a bare percentage where no
    count is known.
    The event's time is the start of the period, ``ends`` its end.
    """

    measure: Code
    ends: AwareDatetime
    service: Code | None = None
    channel: Code | None = None
    n: Count | None = None
    timed: Count | None = None
    total_ms: Annotated[int, Meta(ge=0, le=10**15)] | None = None
    max_ms: Milliseconds | None = None
    judged: Count | None = None
    within: Count | None = None
    limit_ms: Milliseconds | None = None
    share: Annotated[float, Meta(ge=0, le=100)] | None = None
    buckets: tuple[Bucket, ...] = ()
    open_counters: Count | None = None


VOCABULARY: dict[str, type[Data]] = {
    "ticket.created": TicketCreated,
    "ticket.called": TicketData,
    "ticket.recalled": TicketData,
    "service.started": TicketData,
    "ticket.parked": TicketData,
    "ticket.resumed": TicketData,
    "ticket.transferred": TicketTransferred,
    "service.ended": TicketData,
    "ticket.no_show": TicketData,
    "ticket.cancelled": TicketCancelled,
    "ticket.left": TicketData,
    "application.submitted": ApplicationSubmitted,
    "application.returned": ApplicationData,
    "application.resubmitted": ApplicationData,
    "application.approved": ApplicationData,
    "application.rejected": ApplicationData,
    "application.issued": ApplicationData,
    "application.withdrawn": ApplicationData,
    "rating.given": RatingGiven,
    "survey.answered": SurveyAnswered,
    "complaint.opened": ComplaintData,
    "complaint.resolved": ComplaintData,
    "training.recorded": TrainingRecorded,
    "measure.recorded": MeasureRecorded,
    "counter.opened": CounterData,
    "counter.paused": CounterData,
    "counter.closed": CounterData,
    "officer.at_counter": OfficerAtCounter,
    "counter.snapshot": CounterSnapshot,
    "aggregate.reported": AggregateReported,
}
"""Every kind of event and the record its ``data`` must be. ``ticket.left`` is what closing a day says of a leftover."""


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An accepted event, normalised: ``time`` is the source's own word, ``arrival`` when we first saw it (ms UTC)."""

    source: str
    id: str
    kind: str
    time: int
    arrival: int
    data: Data
    content: int
    """64-bit hash of (kind, time, data): equal for equal content, orders two contents under one identity."""


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The CloudEvents 1.0 envelope in JSON; extension attributes we do not use are ignored, as the standard asks."""

    specversion: Literal["1.0"]
    id: Annotated[str, Meta(min_length=1, max_length=256)]
    source: Annotated[str, Meta(min_length=1, max_length=256)]
    type: Annotated[str, Meta(min_length=1, max_length=128)]
    time: AwareDatetime
    data: msgspec.Raw
    subject: str | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
