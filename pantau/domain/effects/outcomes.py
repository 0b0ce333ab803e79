"""What is looked at for an effect: what training can move, what it should in the end, and what it cannot move.

The value of a unit-week comes from integer sums, divided once. SKM elements are told on the scale of the IKM, 25 to
100.
"""

from collections.abc import Sequence
from math import exp, log
from typing import Final, Literal

import msgspec

from pantau.domain.histogram import midpoint
from pantau.domain.indicators import Text
from pantau.domain.skm import ELEMENTS

Role = Literal["primary", "result", "placebo"]
"""``primary``: officers' competence and conduct and the speed of service, which training is for; ``result``: what
citizens get in the end; ``placebo``: cost and facilities, which no training moves: if they move, something else did
it."""

Scale = Literal["points", "percent"]
"""``points``: on a scale to 100, differences are points. ``percent``: logarithms, differences are relative."""


class WeekSums(msgspec.Struct, frozen=True):
    """One measure at one unit in one week, added up: count, sum, and for durations a histogram by lower edge in ms."""

    n: int
    total: int
    edges: Sequence[int] = ()
    counts: Sequence[int] = ()


class Outcome(msgspec.Struct, frozen=True):
    """One outcome: the measure of the windows it reads, whether more is ``better`` (1) or less (-1).

    A week with fewer than ``least`` answers or visits is taken as unknown.
    """

    key: str
    title: Text
    role: Role
    scale: Scale
    better: int
    measure: str
    least: int


def _element(key: str, role: Role) -> Outcome:
    element = next(each for each in ELEMENTS if each.key == key)
    title = Text(f"{element.code} {element.title}", f"{element.code} {element.english}")
    return Outcome(key, title, role, "points", 1, f"element.{key}", 5)


OUTCOMES: Final = (
    _element("kompetensi", "primary"),
    _element("perilaku", "primary"),
    Outcome("service_time", Text("Waktu layanan", "Service time"), "primary", "percent", -1, "service_time", 20),
    Outcome("ikm", Text("IKM", "IKM"), "result", "points", 1, "skm_sum", 5),
    Outcome("promise", Text("Tepat janji", "Promise kept"), "result", "points", 1, "promise", 20),
    _element("biaya", "placebo"),
    _element("sarana", "placebo"),
)
"""Elements as PermenPANRB 14/2017 numbers them: front-line training moves U6 and U7 if any, and neither U4 nor U9."""


def outcome_named(key: str) -> Outcome | None:
    """An outcome by its key."""
    return next((each for each in OUTCOMES if each.key == key), None)


def value(outcome: Outcome, sums: WeekSums | None) -> float | None:
    """The value of a unit-week: points to 100, or the mean logarithm of a duration in ms; None where too few are known.

    Ten answers of 3 to an element are 75; two complete answers of nine times 4 are 100.
    """
    if sums is None or sums.n < outcome.least:
        return None
    if outcome.scale == "percent":
        weighed = sum(n * log(max(1.0, midpoint(lower))) for lower, n in zip(sums.edges, sums.counts, strict=True))
        return weighed / sum(sums.counts)
    per_answer = {"skm_sum": 25 / 9, "promise": 100}.get(outcome.measure, 25)
    return sums.total * per_answer / sums.n


def as_told(outcome: Outcome, difference: float) -> float:
    """A difference as people read it: points, or percent (-0.105 in logarithms is -10 %)."""
    return 100 * (exp(difference) - 1) if outcome.scale == "percent" else difference
