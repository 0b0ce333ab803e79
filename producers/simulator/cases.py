"""What takes days: applications, complaints, and the record of trainings and other measures.

Everything that began at an office on one day is made at once, with all its later steps; nothing lasts longer than
``HORIZON_DAYS``, so the steps that fall on a day can be found by looking back that far. What is not done by then stays
open for good, as some cases do.
"""

from datetime import date, datetime, time, timedelta
from math import exp
from random import Random

from pantau.domain.events import (
    ApplicationData,
    ApplicationSubmitted,
    ComplaintData,
    Data,
    MeasureRecorded,
    TrainingRecorded,
)
from pantau.domain.zones import from_local
from producers.simulator import chance
from producers.simulator.arrivals import arrival_times, pieces
from producers.simulator.conditions import Condition, condition, working_day_after, works
from producers.simulator.draft import Draft
from producers.simulator.world import (
    APPLICATION_SOURCE,
    COMPLAINT_SOURCE,
    MEASURE_SOURCE,
    MINUTE_MS,
    TRAINING_SOURCE,
    Office,
    Permit,
    World,
)

HORIZON_DAYS = 60
"""Calendar days after its beginning in which a case may still say something."""

PLANNED_AHEAD = timedelta(days=14)
"""How long before its first day a training is announced."""

_RETURNED = 0.22
"""Share of applications that are sent back for completion; a training lowers it with four times its effect on speed."""
_REJECTED, _WITHDRAWN, _FORGOTTEN = 0.04, 0.02, 0.01
_DAYS_SIGMA = 0.5
_COMPLAINT_DAYS = 3.0


def _instant(office: Office, day: date, minute: int, second: int = 0) -> int:
    clock = datetime.combine(day, time(minute // 60, minute % 60, second))
    return from_local(office.zone, clock)


class _Case:
    """One case being told: its drafts so far, and the moment of its last step."""

    def __init__(self, world: World, office: Office, source: str, name: str, day: date, at: int):
        self.drafts: list[Draft] = []
        self.day = day
        self._world = world
        self._office = office
        self._source = source
        self._name = name
        self._last = day + timedelta(days=HORIZON_DAYS - 1)
        self._at = at

    def tell(self, kind: str, data: Data) -> None:
        """A step at the present moment of the case, if that is before its horizon."""
        if self.day <= self._last:
            name = f"{self._name}.{len(self.drafts)}"
            self.drafts.append(Draft(self._source, name, kind, self._at, data, self._at))

    def work_on(self, rng: Random, days: int) -> None:
        """Let the office get to it after so many working days; 0 is later today, or tomorrow if it is late."""
        hours = self._office.hours
        later = self._at + rng.randrange(30, 150) * MINUTE_MS
        closing = _instant(self._office, self.day, hours.closing(self.day.weekday()))
        if days == 0 and later < closing and works(self._world, self._office, self.day):
            self._at = later
            return
        self.day = working_day_after(self._world, self._office, self.day, max(1, days))
        minute = rng.randrange(hours.opens, hours.closing(self.day.weekday()))
        self._at = _instant(self._office, self.day, minute, rng.randrange(60))

    def wait_for_citizen(self, rng: Random) -> None:
        """Let the citizen come back after one to four days, at any time of the day."""
        self.day += timedelta(days=rng.randrange(1, 5))
        self._at = _instant(self._office, self.day, rng.randrange(8 * 60, 20 * 60), rng.randrange(60))


def applications(world: World, seed: int, office: Office, truth: Condition) -> list[Draft]:
    """Every step of the applications handed in at an office on a day, in no order."""
    midnight = _instant(office, truth.day, 0)
    drafts: list[Draft] = []
    for permit in office.permits if truth.works else ():
        rng = chance.stream(seed, "applications", office.code, truth.day, permit.code)
        times = arrival_times(rng, truth.visits * permit.per_visit, pieces(office.hours, truth.day.weekday()))
        for count, at in enumerate(times):
            name = f"{office.prefix}-{truth.day:%y%m%d}-{permit.code}-{count + 1}"
            case = _Case(world, office, APPLICATION_SOURCE, name, truth.day, midnight + at)
            _apply(case, rng, office, permit, truth, name)
            drafts += case.drafts
    return drafts


def _apply(case: _Case, rng: Random, office: Office, permit: Permit, truth: Condition, name: str) -> None:
    """The life of one application."""
    channel = "daring" if rng.random() < 0.35 else "loket"
    data = ApplicationData(unit=office.code, application=name, service=permit.code)
    submitted = ApplicationSubmitted(unit=office.code, application=name, service=permit.code, channel=channel)
    case.tell("application.submitted", submitted)
    fate = rng.random()
    if fate < _FORGOTTEN:
        return
    if rng.random() < _RETURNED * exp(4 * truth.training_log_time):
        case.work_on(rng, 1)
        case.tell("application.returned", data)
        case.wait_for_citizen(rng)
        if fate < _FORGOTTEN + _WITHDRAWN * 4:
            case.tell("application.withdrawn", data)
            return
        case.tell("application.resubmitted", data)
    pace = chance.lognormals(_DAYS_SIGMA)[rng.getrandbits(chance.STEPS_BITS)]
    case.work_on(rng, int(permit.working_days * pace * exp(truth.log_time)))
    if rng.random() < _REJECTED:
        case.tell("application.rejected", data)
        return
    case.tell("application.approved", data)
    case.work_on(rng, rng.randrange(0, 2))
    case.tell("application.issued", data)


def complaints(world: World, seed: int, office: Office, truth: Condition) -> list[Draft]:
    """Every step of the complaints opened about an office on a day; a fall triples them."""
    expected = truth.visits * world.habits.complaints_per_visit * exp(-1.5 * truth.skill) * (3 if truth.fall else 1)
    if not expected or not truth.works:
        return []
    rng = chance.stream(seed, "complaints", office.code, truth.day)
    midnight = _instant(office, truth.day, 0)
    drafts: list[Draft] = []
    for count, at in enumerate(arrival_times(rng, expected, pieces(office.hours, truth.day.weekday()))):
        name = f"{office.prefix}-A{truth.day:%y%m%d}-{count + 1}"
        case = _Case(world, office, COMPLAINT_SOURCE, name, truth.day, midnight + at)
        data = ComplaintData(unit=office.code, complaint=name, channel=rng.choice(("lapor", "wa", "loket")))
        case.tell("complaint.opened", data)
        pace = chance.lognormals(0.8)[rng.getrandbits(chance.STEPS_BITS)]
        if rng.random() >= _FORGOTTEN * 5:
            case.work_on(rng, int(_COMPLAINT_DAYS * pace))
            case.tell("complaint.resolved", data)
        drafts += case.drafts
    return drafts


def interventions(world: World, office: Office) -> list[Draft]:
    """All records of trainings and other measures of an office, whenever they were made, in time order.

    A training is announced two weeks ahead and recorded as completed at 16:00 on its last day.
    """
    drafts: list[Draft] = []
    for index, training in enumerate(world.trainings):
        if training.unit != office.code:
            continue
        name = f"pelatihan-{index + 1:03d}"
        told = [(training.starts - PLANNED_AHEAD, 9 * 60, False)]
        if training.completed:
            told.append((training.ends, 16 * 60, True))
        for day, minute, completed in told:
            data = TrainingRecorded(
                unit=office.code,
                training=name,
                title=training.title,
                siasn_type=training.siasn_type,
                jp=training.jp,
                participants=training.participants,
                starts=training.starts,
                ends=training.ends,
                completed=completed,
            )
            at = _instant(office, day, minute)
            state = "selesai" if completed else "rencana"
            drafts.append(Draft(TRAINING_SOURCE, f"{name}.{state}", "training.recorded", at, data, at))
    for index, measure in enumerate(world.measures):
        if measure.unit == office.code:
            name = f"tindakan-{index + 1:03d}"
            record = MeasureRecorded(
                unit=office.code, measure=name, title=measure.title, category=measure.category, starts=measure.starts
            )
            at = _instant(office, measure.starts, 8 * 60)
            drafts.append(Draft(MEASURE_SOURCE, name, "measure.recorded", at, record, at))
    return sorted(drafts, key=lambda draft: (draft.time, draft.id))


def begun(world: World, seed: int, office: Office, day: date) -> list[Draft]:
    """All steps, now and later, of the applications and complaints that began at an office on a day, in no order."""
    truth = condition(world, seed, office, day)
    return applications(world, seed, office, truth) + complaints(world, seed, office, truth)
