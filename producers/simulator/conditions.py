"""What holds at one unit on one day: the truth that its events are drawn from."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from producers.simulator import chance
from producers.simulator.world import Fall, Office, World

_AFTER_CLOSURE = 1.15
"""Visits on the first working day after three or more closed days, against the same weekday otherwise."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The parameters of a unit-day after all effects. Log scale for times, score points (1 to 4) for ``skill``."""

    unit: str
    day: date
    works: bool
    visits: float
    """Expected arrivals."""
    log_time: float
    """Added to the log of every service time of the day, trainings and shocks included, a fall not."""
    training_log_time: float
    """The part of ``log_time`` that trainings caused."""
    skill: float
    """Added to the answers about the officers: trainings and the unit's own level, a fall not."""
    training_skill: float
    fall: Fall | None

    @property
    def trained(self) -> bool:
        """Whether a training has had an effect by this day."""
        return self.training_log_time != 0 or self.training_skill != 0


def works(world: World, office: Office, day: date) -> bool:
    """Whether the office is open on a day: one of its weekdays and no holiday."""
    return day.weekday() in office.hours.weekdays and day not in world.holidays


def working_day_after(world: World, office: Office, day: date, days: int) -> date:
    """The ``days``-th day after ``day`` on which the office works."""
    while days > 0:
        day += timedelta(days=1)
        days -= works(world, office, day)
    return day


def training_effect(world: World, unit: str, day: date) -> tuple[float, float]:
    """(log service time, score points) that completed trainings add at a unit on a day; (0, 0) when it is untrained."""
    log_time = score = 0.0
    for training in world.trainings:
        if training.unit == unit and training.completed and training.ends < day:
            effect = world.effects.get(training.siasn_type)
            if effect is not None:
                dose = min(training.jp, effect.cap_jp)
                log_time += effect.log_time_per_jp * dose
                score += effect.score_per_jp * dose
    return log_time, score


def fall_of(world: World, unit: str, day: date) -> Fall | None:
    """The fall a unit is in on a day, if any."""
    for fall in world.falls:
        if fall.unit == unit and fall.starts <= day and (fall.ends is None or day <= fall.ends):
            return fall
    return None


def condition(world: World, seed: int, office: Office, day: date) -> Condition:
    """What holds at an office on a day."""
    training_log_time, training_skill = training_effect(world, office.code, day)
    visits = office.visits_per_day * world.weekday_volume[day.weekday()]
    visits *= math.exp(world.day_volume_sigma * chance.normal(seed, "volume", office.code, day))
    if not any(works(world, office, day - timedelta(days=back)) for back in (1, 2, 3)):
        visits *= _AFTER_CLOSURE
    # a moving sum of two days' draws keeps a day computable alone; its correlation is 0.2 / 1.04
    today = chance.normal(seed, "speed", office.code, day)
    yesterday = chance.normal(seed, "speed", office.code, day - timedelta(days=1))
    log_time = office.speed + training_log_time + world.day_speed_sigma * (today + 0.2 * yesterday) / 1.04**0.5
    for shock in world.shocks:
        if shock.starts <= day <= shock.ends:
            visits *= shock.arrivals
            log_time += shock.log_time
    for measure in world.measures:
        if measure.unit == office.code and measure.starts <= day:
            log_time += measure.log_time
    return Condition(
        unit=office.code,
        day=day,
        works=works(world, office, day),
        visits=visits,
        log_time=log_time,
        training_log_time=training_log_time,
        skill=office.manners + training_skill,
        training_skill=training_skill,
        fall=fall_of(world, office.code, day),
    )
