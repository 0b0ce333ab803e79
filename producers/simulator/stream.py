"""All units of a world as one stream in time order, and the truth behind it.

Memory stays flat however long the stream is: it holds one running day and the open cases of each unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heapify, heappop, heappush
from operator import attrgetter

from pantau.domain.zones import day_start
from producers.simulator import cases
from producers.simulator.conditions import Condition, condition
from producers.simulator.day import SLICE_MS, TrueVisit, UnitDay
from producers.simulator.draft import Draft
from producers.simulator.load import LeanDay
from producers.simulator.machine import Referral
from producers.simulator.world import Office, World

_TIME = attrgetter("time")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Truth:
    """What really held and happened on one day; ``visits`` in the order in which they ended at each unit."""

    day: date
    conditions: dict[str, Condition]
    visits: tuple[TrueVisit, ...]


class _Feed:
    """Everything one office sends from the start of ``first`` to the end of ``last``, its local days."""

    def __init__(
        self, world: World, seed: int, office: Office, first: date, last: date, log: list[TrueVisit] | None = None
    ):
        self.office = office
        self.unit_day: UnitDay | None = None
        self._world = world
        self._seed = seed
        self._log = log
        self._day = first - _ONE_DAY
        self._last = last
        self._ends = day_start(office.zone, first)
        self._lean: LeanDay | None = None
        self._later: list[tuple[int, str, str, Draft]] = []
        if not world.lean:
            for back in range(cases.HORIZON_DAYS, 0, -1):
                self._expect(cases.begun(world, seed, office, first - back * _ONE_DAY), self._ends)
            self._expect(cases.interventions(world, office), self._ends)
        heapify(self._later)

    def step(self, until: int) -> list[Draft]:
        """All drafts before ``until`` (ms UTC) that were not given before, in time order."""
        given: list[Draft] = []
        while self._ends <= until and self._day <= self._last:
            given += self._step_today(self._ends)
            self._day += _ONE_DAY
            if self._day > self._last:
                self._lean = self.unit_day = None
                return given
            self._begin()
        if self._day <= self._last:
            given += self._step_today(until)
        return given

    def _begin(self) -> None:
        self._ends = day_start(self.office.zone, self._day + _ONE_DAY)
        if self._world.lean:
            works = self._day.weekday() in self.office.hours.weekdays
            self._lean = LeanDay(self._world, self._seed, self.office, self._day) if works else None
            return
        self.unit_day = UnitDay(self._world, self._seed, self.office, self._day, self._log)
        for draft in cases.begun(self._world, self._seed, self.office, self._day):
            heappush(self._later, (draft.time, draft.source, draft.id, draft))

    def _step_today(self, until: int) -> list[Draft]:
        if self._lean is not None:
            return self._lean.step(until)
        given: list[Draft] = []
        while self._later and self._later[0][0] < until:
            given.append(heappop(self._later)[3])
        if self.unit_day is not None:
            given += self.unit_day.step(until)
        given.sort(key=_TIME)
        return given

    def _expect(self, drafts: list[Draft], start: int) -> None:
        self._later += [(draft.time, draft.source, draft.id, draft) for draft in drafts if draft.time >= start]


def _slices(feeds: list[_Feed], first: date, last: date) -> Iterator[list[list[Draft]]]:
    """One list per feed for every ten minutes of the days; between them, referred citizens change units."""
    start = min(day_start(feed.office.zone, first) for feed in feeds)
    end = max(day_start(feed.office.zone, last + _ONE_DAY) for feed in feeds)
    by_code = {feed.office.code: feed for feed in feeds}
    until = start - start % SLICE_MS
    while until < end:
        until += SLICE_MS
        yield [feed.step(until) for feed in feeds]
        for feed in feeds:
            if feed.unit_day is not None and feed.unit_day.referrals:
                for referral in feed.unit_day.referrals:
                    _send_on(referral, by_code)
                feed.unit_day.referrals.clear()


def _send_on(referral: Referral, by_code: dict[str, _Feed]) -> None:
    target = by_code.get(referral.to_unit)
    if target is not None and target.unit_day is not None:
        target.unit_day.receive(referral)


def events(world: World, seed: int, first_day: date, last_day: date) -> Iterator[Draft]:
    """Everything the world's sources send on the local days from ``first_day`` to ``last_day``, in time order.

    Days add up: the events of two neighbouring spans are those of the span that holds both. Applications that were
    handed in before ``first_day`` go on in it; the records of earlier trainings are in ``recorded_before``.
    """
    feeds = [_Feed(world, seed, office, first_day, last_day) for office in world.offices]
    for parts in _slices(feeds, first_day, last_day):
        batch = [draft for part in parts for draft in part]
        batch.sort(key=_TIME)
        yield from batch


def recorded_before(world: World, day: date) -> list[Draft]:
    """The records of trainings and measures from before a local day, in time order: what an import brings first."""
    drafts = [
        draft
        for office in world.offices
        for draft in cases.interventions(world, office)
        if draft.time < day_start(office.zone, day)
    ]
    return sorted(drafts, key=lambda draft: (draft.time, draft.source, draft.id))


def unit_day(world: World, seed: int, unit: str, day: date) -> Iterator[Draft]:
    """What one unit sends on one local day, made without the rest of the world, in time order.

    Only the units that refer citizens to it are run beside it.
    """
    wanted = world.office(unit)
    offices = [office for office in world.offices if office is wanted or office.refers_to == unit]
    feeds = [_Feed(world, seed, office, day, day) for office in offices]
    place = offices.index(wanted)
    for parts in _slices(feeds, day, day):
        yield from parts[place]


def truth(world: World, seed: int, day: date) -> Truth:
    """What really held and happened at every unit of the world on one local day."""
    visits: list[TrueVisit] = []
    feeds = [_Feed(world, seed, office, day, day, visits) for office in world.offices]
    for _ in _slices(feeds, day, day):
        pass
    conditions = {office.code: condition(world, seed, office, day) for office in world.offices}
    return Truth(day, conditions, tuple(visits))
