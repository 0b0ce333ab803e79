"""The machines of one office on one day: they turn what happens into drafts, and hand them out in time order.

Inside an office time is ms after local midnight; on a draft it is ms UTC.
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from typing import Literal

import msgspec

from pantau.domain.events import (
    CounterData,
    Data,
    Elements,
    OfficerAtCounter,
    RatingGiven,
    SurveyAnswered,
    TicketCancelled,
    TicketCreated,
    TicketData,
    TicketTransferred,
)
from producers.simulator.draft import Draft
from producers.simulator.world import SURVEY_SOURCE, Office

_TIME = attrgetter("time")


class Referral(msgspec.Struct, frozen=True, gc=False):
    """A citizen on the way to another unit with the same ticket: sent at ``since``, there at ``at`` (ms UTC).

    The event that sends him opens the ticket there, so his waiting counts from ``since``.
    """

    to_unit: str
    from_unit: str
    source: str
    ticket: str
    since: int
    at: int


class Ticket:
    """A ticket on its way through the day; times in ms after midnight, ``work`` the ms of service still to come."""

    __slots__ = (
        "called",
        "came_from",
        "counter",
        "created",
        "luck",
        "name",
        "officer",
        "patience",
        "plan",
        "product",
        "said",
        "served",
        "service",
        "source",
        "spells",
        "started",
        "stem",
        "work",
    )

    def __init__(self, name: str, created: int, *, source: str, stem: str, came_from: str | None = None):
        self.name = name
        self.created = created
        self.source = source
        self.stem = stem
        self.came_from = came_from
        self.called: int | None = None
        self.started: int | None = None
        self.counter: str | None = None
        self.officer: str | None = None
        self.product = 0
        self.service = ""
        self.plan = ""
        self.patience = 0
        self.work = 0
        self.luck = 0
        self.served = 0
        self.spells = 0
        self.said = 0


class Machines:
    """Queue machine, smiley terminal and survey form of an office on a day."""

    def __init__(self, office: Office, day: date, midnight: int):
        self.service_day = day if office.numbers_restart else None
        self._unit = office.code
        self._queue_source = office.queue_source
        self._kiosk_source = office.kiosk_source
        self._stem = f"{day:%y%m%d}"
        self._midnight = midnight
        self._pending: list[Draft] = []

    def hand_out(self, until: int) -> list[Draft]:
        """All drafts before ``until`` (ms UTC) that were not handed out yet, in time order."""
        pending = self._pending
        pending.sort(key=_TIME)
        cut = bisect_left(pending, until, key=_TIME)
        self._pending = pending[cut:]
        del pending[cut:]
        return pending

    def new_ticket(self, name: str, created: int) -> Ticket:
        """A ticket of this machine."""
        return Ticket(name, created, source=self._queue_source, stem=f"{self._stem}.{name}")

    def foreign_ticket(self, referral: Referral) -> Ticket:
        """A ticket that another unit's machine sent here; that machine goes on telling about it."""
        stem = f"{self._stem}.{referral.ticket}.{self._unit}"
        created = referral.since - self._midnight
        return Ticket(referral.ticket, created, source=referral.source, stem=stem, came_from=referral.from_unit)

    def printed(self, ticket: Ticket) -> None:
        """A ticket came out of the machine."""
        data = TicketCreated(
            unit=self._unit,
            ticket=ticket.name,
            service_day=self.service_day,
            service=ticket.service,
            channel="kios" if ticket.luck & 3 else "loket",
        )
        self._put("ticket.created", ticket.created, ticket, data)

    def said(
        self, kind: str, at: int, ticket: Ticket, provenance: Literal["observed", "auto_closed"] = "observed"
    ) -> None:
        """An officer pressed a button for a ticket: called, recalled, started, parked, resumed, ended, no show."""
        data = TicketData(
            unit=self._unit,
            provenance=provenance,
            ticket=ticket.name,
            service_day=self.service_day,
            service=ticket.service,
            counter=ticket.counter,
            officer=ticket.officer,
        )
        self._put(kind, at, ticket, data)

    def transferred(self, at: int, ticket: Ticket, to_unit: str | None) -> None:
        """A ticket was sent to another counter, or to another unit."""
        data = TicketTransferred(
            unit=self._unit,
            ticket=ticket.name,
            service_day=self.service_day,
            service=ticket.service,
            counter=ticket.counter,
            officer=ticket.officer,
            to_unit=to_unit,
        )
        self._put("ticket.transferred", at, ticket, data)

    def cancelled(self, at: int, ticket: Ticket, by: Literal["citizen", "staff", "system"]) -> None:
        """A ticket was given up."""
        data = TicketCancelled(
            unit=self._unit,
            ticket=ticket.name,
            service_day=self.service_day,
            service=ticket.service,
            counter=ticket.counter,
            officer=ticket.officer,
            by=by,
        )
        self._put("ticket.cancelled", at, ticket, data)

    def counter(self, kind: str, at: int, counter: str, officer: str, nth: int) -> None:
        """A counter changed its state; ``nth`` counts its events of the day."""
        record = OfficerAtCounter if kind == "officer.at_counter" else CounterData
        data = record(unit=self._unit, counter=counter, officer=officer)
        self._draft(self._queue_source, f"{self._stem}.loket-{counter}.{nth}", kind, at, data)

    def pressed(self, at: int, ticket: Ticket, score: int) -> None:
        """A press on the smiley terminal."""
        data = RatingGiven(
            unit=self._unit,
            score=score,
            service=ticket.service,
            counter=ticket.counter,
            channel="kios",
            ticket=self._token(ticket),
        )
        self._draft(self._kiosk_source, f"{self._stem}.{ticket.name}", "rating.given", at, data)

    def answered(self, at: int, ticket: Ticket, channel: str, elements: Elements, who: Mapping[str, str]) -> None:
        """An answer on the survey form, reached by the code on the ticket."""
        data = SurveyAnswered(
            unit=self._unit,
            elements=elements,
            service=ticket.service,
            channel=channel,
            ticket=self._token(ticket),
            age_group=who["age_group"],
            sex=who["sex"],
            education=who["education"],
            occupation=who["occupation"],
        )
        self._draft(SURVEY_SOURCE, f"{self._unit}.{self._stem}.{ticket.name}", "survey.answered", at, data)

    def _token(self, ticket: Ticket) -> str:
        """What stands on the slip: the visit's subject, with its day where numbers restart."""
        return f"{ticket.name}@{self.service_day}" if self.service_day else ticket.name

    def _put(self, kind: str, at: int, ticket: Ticket, data: Data) -> None:
        ticket.said += 1
        self._draft(ticket.source, f"{ticket.stem}.{ticket.said}", kind, at, data)

    def _draft(self, source: str, name: str, kind: str, at: int, data: Data) -> None:
        at += self._midnight
        self._pending.append(Draft(source, name, kind, at, data, at))
