"""One unit-day: people arrive, wait in one FIFO queue, are served by several counters, and say what they thought.

Waiting is not drawn: it comes out of arrivals, service times and open counters. All draws of a ticket are made when it
is printed, so two worlds that differ only in a training or a fall have the same people, and differ by its effect alone.
Times are ms after local midnight, except where UTC is said.
"""

from collections.abc import Iterator
from datetime import date
from heapq import heappop, heappush
from itertools import accumulate
from math import exp

import msgspec

from pantau.domain.zones import day_start
from producers.simulator import chance
from producers.simulator.arrivals import arrival_times, pieces
from producers.simulator.conditions import condition, works
from producers.simulator.counters import counters_of
from producers.simulator.draft import Draft
from producers.simulator.machine import Machines, Referral, Ticket
from producers.simulator.opinions import answers, press, respondent
from producers.simulator.world import MINUTE_MS, Office, World

SLICE_MS = 10 * MINUTE_MS
"""Longer than this is the way to another unit (the two are neighbours), so units can be run in turn, slice by slice."""

_SECOND = 1000
_SHORTEST_WAY_MS = SLICE_MS + MINUTE_MS
_MIX = 1024
_LONGEST_SERVICE_MS = 150 * MINUTE_MS
_LAST_ANSWER = (21 * 60 + 30) * MINUTE_MS
_RELIEF = 0.5
"""On how many days another officer sits down at one of the counters after its midday rest."""


class TrueVisit(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What really happened to one ticket; times in ms UTC, ``service_ms`` the sum of its spells at counters."""

    unit: str
    ticket: str
    service: str
    created: int
    called: int | None
    started: int | None
    ended: int
    service_ms: int
    outcome: str
    counter: str | None
    officer: str | None
    came_from: str | None
    went_to: str | None


class UnitDay:
    """One unit on one day, run forward in steps. ``referrals`` collects who was sent to another unit.

    ``log``, when given, collects what really happened. On a day the office is closed nothing happens.
    """

    def __init__(self, world: World, seed: int, office: Office, day: date, log: list[TrueVisit] | None = None):
        self.truth = condition(world, seed, office, day)
        self.referrals: list[Referral] = []
        self._habits = habits = world.habits
        self._office = office
        self._seed = seed
        self._day = day
        self._log = log
        self._midnight = day_start(office.zone, day)
        self._machines = Machines(office, day, self._midnight)
        self._prefix = f"{office.prefix}-" if office.numbers_restart else f"{office.prefix}-{day:%y%m%d}-"
        self._closing = office.hours.closing(day.weekday()) * MINUTE_MS
        self._queue: list[tuple[int, str, Ticket]] = []
        self._numbers = 0

        fall = self.truth.fall
        begins = fall is not None and fall.starts == day
        self._fall = (fall.minute * MINUTE_MS if begins else 0, exp(fall.log_time), fall.score) if fall else None
        self._busy = exp(habits.busy_hours)
        rng = chance.stream(seed, "crew", office.code, day)
        self._counters = counters_of(
            rng, office.hours, day.weekday(), counters=office.counters, fall=fall, first_day=begins
        )
        crew = list(range(office.counters + 1))
        rng.shuffle(crew)
        self._officers = [f"p{chance.number(seed, 'officer', office.code, one):016x}"[:10] for one in crew]
        self._paces = [exp(habits.officer_sigma * chance.normal(seed, "pace", office.code, one)) for one in crew]
        self._changes_of = [0] * office.counters
        self._relieved = rng.randrange(office.counters) if rng.random() < _RELIEF else None

        speed = exp(self.truth.log_time) * MINUTE_MS
        self._medians = [product.median_minutes * speed for product in office.products]
        self._spreads = [chance.lognormals(product.sigma) for product in office.products]
        self._mix = _mix([product.weight for product in office.products])
        self._plans = _plans(world, office)
        self._patience = chance.lognormals(habits.patience_sigma)
        self._refers_until = self._last_referral(world)
        self._rng = chance.stream(seed, "people", office.code, day)
        self._opinions = chance.stream(seed, "opinions", office.code, day)
        self._arrivals: Iterator[int] = iter(())
        if self.truth.works:
            rng = chance.stream(seed, "arrivals", office.code, day)
            self._arrivals = arrival_times(rng, self.truth.visits, pieces(office.hours, day.weekday()))
            self._apply_changes()
        self._next_arrival = next(self._arrivals, None)

    def _last_referral(self, world: World) -> int:
        """Until when citizens are sent on: half an hour before the other unit stops giving out numbers."""
        if self._office.refers_to is None:
            return 0
        other = world.office(self._office.refers_to)
        return (other.hours.numbers_until - 30) * MINUTE_MS if works(world, other, self._day) else 0

    def receive(self, referral: Referral) -> None:
        """A citizen sent by another unit will join the queue when he gets here."""
        ticket = self._machines.foreign_ticket(referral)
        rng = chance.stream(self._seed, "referred", self._office.code, self._day, ticket.name)
        self._decide(ticket, rng.getrandbits(96))
        if ticket.plan in ("void", "refer"):
            ticket.plan = ""
        self._join(referral.at - self._midnight, ticket)

    def step(self, until: int) -> list[Draft]:
        """All events before ``until`` (ms UTC) that were not given before, in time order."""
        if self.truth.works:
            self._run(until - self._midnight)
        return self._machines.hand_out(until)

    def _run(self, until: int) -> None:
        """Serve everyone who is ready before ``until``, in the order in which they became ready."""
        queue = self._queue
        while True:
            arrival = self._next_arrival
            if arrival is not None and arrival < until and (not queue or arrival <= queue[0][0]):
                self._arrive(arrival)
            elif queue and queue[0][0] < until:
                ready, _, ticket = heappop(queue)
                self._call(ready, ticket)
            else:
                break
        self._counters.settle(until)
        self._apply_changes()

    def _arrive(self, at: int) -> None:
        self._numbers += 1
        ticket = self._machines.new_ticket(f"{self._prefix}{self._numbers:03d}", at)
        self._decide(ticket, self._rng.getrandbits(96))
        self._next_arrival = next(self._arrivals, None)
        self._machines.printed(ticket)
        if ticket.plan == "void":
            self._cancel(at + 20 * _SECOND, ticket, "system")
        else:
            self._call(at, ticket)

    def _decide(self, ticket: Ticket, bits: int) -> None:
        """Everything that chance decides about a ticket, cut out of 96 random bits."""
        ticket.product = product = self._mix[bits & 1023]
        ticket.service = self._office.products[product].code
        ticket.work = int(self._medians[product] * self._spreads[product][bits >> 10 & 4095])
        ticket.patience = int(self._patience[bits >> 22 & 4095] * self._habits.patience_minutes * MINUTE_MS)
        draw = (bits >> 34 & 0xFFFF) / 0x10000
        for limit, plan in self._plans:
            if draw < limit:
                ticket.plan = plan
                break
        ticket.luck = bits >> 50

    def _join(self, ready: int, ticket: Ticket) -> None:
        heappush(self._queue, (ready, ticket.name, ticket))

    def _call(self, ready: int, ticket: Ticket) -> None:
        """Call who is next in turn, or see him leave before it is his turn."""
        taken = self._counters.take(ready)
        if self._counters.changes:
            self._apply_changes()
        luck = ticket.luck
        first = ticket.spells == 0
        gives_up = ready + ticket.patience
        lost = first and gives_up < (taken[0] if taken else self._closing)
        if lost and (luck >> 2 & 255) >= 256 * self._habits.leaves_silently:
            self._cancel(gives_up, ticket, "citizen")
            return
        if taken is None:
            at = max(self._closing, ready)
            self._machines.said("ticket.left", at, ticket, "auto_closed")
            self._end(at, ticket, "left")
            return
        at, counter = taken
        ticket.counter, ticket.officer = str(counter + 1), self._officers[counter]
        if not first and ticket.plan == "park":
            self._serve(at, counter, ticket, "ticket.resumed")
            return
        self._machines.said("ticket.called", at, ticket)
        if first:
            ticket.called = at
        came = at + (8 + (luck >> 10 & 31)) * _SECOND
        if lost or (first and ticket.plan == "no_show"):
            self._machines.said("ticket.recalled", at + 45 * _SECOND, ticket)
            self._machines.said("ticket.no_show", at + 100 * _SECOND, ticket)
            self._end(at + 100 * _SECOND, ticket, "no_show")
            self._counters.keep_busy(at + 105 * _SECOND)
        elif first and ticket.plan == "staff":
            self._cancel(came, ticket, "staff")
            self._counters.keep_busy(came)
        else:
            if (luck >> 15 & 511) < 512 * self._habits.recalled:
                self._machines.said("ticket.recalled", at + 45 * _SECOND, ticket)
                came += 45 * _SECOND
            self._serve(came, counter, ticket, "service.started")

    def _serve(self, at: int, counter: int, ticket: Ticket, kind: str) -> None:
        """One spell at a counter; a ticket that is parked, moved or sent on has more than one, or none that ends it."""
        plan = ticket.plan
        first = ticket.spells == 0
        if first:
            ticket.started = at
            pace = self._paces[counter]
            if 9 * 60 <= at // MINUTE_MS < 11 * 60:
                pace *= self._busy
            if self._fall and at >= self._fall[0]:
                pace *= self._fall[1]
            ticket.work = min(max(20 * _SECOND, int(ticket.work * pace)), _LONGEST_SERVICE_MS)
        self._machines.said(kind, at, ticket)
        splits = first and plan in ("park", "move") and at + ticket.work < self._closing - 30 * MINUTE_MS
        spell = ticket.work * (40 if plan == "park" else 25) // 100 if splits else ticket.work
        end = at + spell
        ticket.work -= spell
        ticket.served += spell
        ticket.spells += 1
        self._counters.keep_busy(end + (5 + (ticket.luck >> 24 & 15)) * _SECOND)
        if splits and plan == "park":
            self._machines.said("ticket.parked", end, ticket)
            self._join(end + (8 * 60 + (ticket.luck >> 28 & 1023)) * _SECOND, ticket)
        elif splits:
            self._machines.transferred(end, ticket, None)
            self._join(end + 15 * _SECOND, ticket)
        elif plan == "refer" and end < self._refers_until:
            self._refer(end, ticket)
        else:
            self._machines.said("service.ended", end, ticket)
            self._end(end, ticket, "served")
            self._hear(end, ticket)

    def _refer(self, end: int, ticket: Ticket) -> None:
        """Send a citizen on to the unit that can help."""
        unit = self._office.refers_to or ""
        self._machines.transferred(end, ticket, unit)
        self._end(end, ticket, "transferred", unit)
        since = self._midnight + end
        travel = _SHORTEST_WAY_MS + (ticket.luck >> 28 & 511) * _SECOND
        self.referrals.append(Referral(unit, self._office.code, ticket.source, ticket.name, since, since + travel))

    def _cancel(self, at: int, ticket: Ticket, by: str) -> None:
        self._machines.cancelled(at, ticket, "system" if by == "system" else "staff" if by == "staff" else "citizen")
        self._end(at, ticket, "void" if by == "system" else "abandoned")

    def _hear(self, end: int, ticket: Ticket) -> None:
        """A press on the smiley terminal, and perhaps an SKM answer later the same day."""
        habits, rng = self._habits, self._opinions
        presses, answers_later = rng.random() < habits.rated, rng.random() < habits.surveyed
        if not (presses or answers_later):
            return
        waited = (ticket.started or end) - ticket.created
        skill = self.truth.skill
        if self._fall and end >= self._fall[0]:
            skill += self._fall[2]
        if presses:
            self._machines.pressed(
                end + rng.randrange(10, 90) * _SECOND, ticket, press(rng, wait_ms=waited, skill=skill)
            )
        if answers_later:
            later = end + MINUTE_MS + int(rng.expovariate(1 / 60) * MINUTE_MS)
            elements = answers(rng, wait_ms=waited, skill=skill, straight_lined=habits.straight_lined)
            channel = "qr" if rng.random() < 0.7 else "web"
            self._machines.answered(max(end, min(later, _LAST_ANSWER)), ticket, channel, elements, respondent(rng))

    def _apply_changes(self) -> None:
        """Tell what the counters did; after the midday rest of one of them another officer may sit down."""
        for at, counter, kind in self._counters.changes:
            nth = self._changes_of[counter]
            if kind == "counter.opened" and counter == self._relieved and at >= self._office.hours.rest[0] * MINUTE_MS:
                self._relieved = None
                self._officers[counter], self._officers[-1] = self._officers[-1], self._officers[counter]
                self._paces[counter], self._paces[-1] = self._paces[-1], self._paces[counter]
            officer = self._officers[counter]
            self._machines.counter(kind, at, str(counter + 1), officer, nth)
            nth += 1
            if kind == "counter.opened":
                self._machines.counter("officer.at_counter", at, str(counter + 1), officer, nth)
                nth += 1
            self._changes_of[counter] = nth
        self._counters.changes.clear()

    def _end(self, at: int, ticket: Ticket, outcome: str, went_to: str | None = None) -> None:
        """Write down what truly happened to a ticket."""
        if self._log is None:
            return
        zero = self._midnight
        visit = TrueVisit(
            unit=self._office.code,
            ticket=ticket.name,
            service=ticket.service,
            created=zero + ticket.created,
            called=None if ticket.called is None else zero + ticket.called,
            started=None if ticket.started is None else zero + ticket.started,
            ended=zero + at,
            service_ms=ticket.served,
            outcome=outcome,
            counter=ticket.counter,
            officer=ticket.officer,
            came_from=ticket.came_from,
            went_to=went_to,
        )
        self._log.append(visit)


def _mix(weights: list[float]) -> list[int]:
    """A table of 1024 entries in which every product stands in proportion to its weight."""
    limits = list(accumulate(weights))
    table: list[int] = []
    product = 0
    for entry in range(_MIX):
        while (entry + 0.5) / _MIX * limits[-1] > limits[product]:
            product += 1
        table.append(product)
    return table


def _plans(world: World, office: Office) -> list[tuple[float, str]]:
    """(upper limit of the draw, what is peculiar about the ticket); above the last limit nothing is."""
    habits = world.habits
    shares = [
        (habits.no_show, "no_show"),
        (habits.cancelled_by_staff, "staff"),
        (habits.void, "void"),
        (habits.parked, "park"),
        (habits.moved_inside, "move"),
        (office.refers if office.refers_to else 0.0, "refer"),
    ]
    limits = accumulate(share for share, _ in shares)
    return list(zip(limits, (plan for _, plan in shares), strict=True))
