"""The leanest honest queue: for benchmarks that must not wait for the simulator.

Four events a ticket (created, called, started, ended), FIFO over several counters, nobody gives up, no breaks.
"""

from bisect import bisect_left
from datetime import date
from heapq import heapify, heapreplace
from operator import attrgetter

from pantau.domain.events import TicketCreated, TicketData
from pantau.domain.zones import day_start
from producers.simulator import chance
from producers.simulator.draft import Draft
from producers.simulator.world import MINUTE_MS, Office, World

_TIME = attrgetter("time")
_WALK_MS = 20_000
_WRAP_UP_MS = 10_000


class LeanDay:
    """One unit-day of exactly ``visits_per_day`` tickets, one in each equal part of its hours."""

    def __init__(self, world: World, seed: int, office: Office, day: date):
        self._office = office
        self._day = day
        self._midnight = day_start(office.zone, day)
        self._rng = chance.stream(seed, "lean", world.name, office.code, day)
        opens = self._midnight + office.hours.opens * MINUTE_MS
        self._free = [(opens, str(counter + 1)) for counter in range(office.counters)]
        heapify(self._free)
        self._gap = (office.hours.numbers_until - office.hours.opens) * MINUTE_MS / office.visits_per_day
        self._next = 0
        self._opens = opens
        self._pending: list[Draft] = []
        self._services = [product.code for product in office.products]
        self._medians = [product.median_minutes * MINUTE_MS for product in office.products]
        self._spread = chance.lognormals(office.products[0].sigma)
        self._officers = {str(c + 1): f"p{chance.number(seed, office.code, c):08x}"[:9] for c in range(office.counters)}

    def step(self, until: int) -> list[Draft]:
        """All events before ``until`` (ms UTC) that were not given before, in time order."""
        unit, day, source = self._office.code, self._day, self._office.queue_source
        services, medians, spread, officers = self._services, self._medians, self._spread, self._officers
        count, gap, opens, free = self._next, self._gap, self._opens, self._free
        stem, visits = f"{day:%y%m%d}.", int(self._office.visits_per_day)
        draw, kinds = self._rng.getrandbits, len(services)
        pending = self._pending
        add = pending.append
        while count < visits and opens + int(count * gap) < until:
            bits = draw(32)
            created = opens + int((count + (bits >> 16) / 65536) * gap)
            count += 1
            product = bits & 15
            while product >= kinds:
                product -= kinds
            service, ticket = services[product], f"A{count:03d}"
            at, counter = free[0]
            called = at if at > created else created
            started = called + _WALK_MS
            ended = started + int(medians[product] * spread[bits >> 4 & 4095])
            heapreplace(free, (ended + _WRAP_UP_MS, counter))
            name = stem + ticket
            data = TicketCreated(unit=unit, ticket=ticket, service_day=day, service=service)
            add(Draft(source, name + ".1", "ticket.created", created, data, created))
            told = TicketData(
                unit=unit, ticket=ticket, service_day=day, service=service, counter=counter, officer=officers[counter]
            )
            add(Draft(source, name + ".2", "ticket.called", called, told, called))
            add(Draft(source, name + ".3", "service.started", started, told, started))
            add(Draft(source, name + ".4", "service.ended", ended, told, ended))
        self._next = count
        pending.sort(key=_TIME)
        cut = bisect_left(pending, until, key=_TIME)
        self._pending = pending[cut:]
        del pending[cut:]
        return pending
