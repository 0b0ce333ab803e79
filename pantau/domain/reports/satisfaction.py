"""What an SKM report says of an index: whether its sample is enough, which elements come first, who answered."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final, Literal

import msgspec

from pantau.domain.alerts.bands import BandNotice
from pantau.domain.periods import Period
from pantau.domain.reports.followups import FollowUp
from pantau.domain.skm import ELEMENTS, Band, Element, Ikm, band_of, rounded

Sample = Literal["enough", "below", "unknown", "none"]
"""Against Krejcie & Morgan: ``unknown`` where nobody was counted who was served, ``none`` without any answer."""

LEAST_PRIORITIES: Final = 3
LEAST_IN_A_GROUP: Final = 5
"""Groups of fewer respondents are told together: with a small office and a rare trait they would be a person."""


class Priority(msgspec.Struct, frozen=True):
    """An element to be worked on: its mean mark (NRR) and the grade of that mean."""

    element: Element
    mark: Fraction
    band: Band


class ServiceIndex(msgspec.Struct, frozen=True):
    """The index of one service of the unit; an empty name where answers name none."""

    name: str
    ikm: Ikm


class Group(msgspec.Struct, frozen=True):
    """Respondents that share a trait; ``name`` is None for those told together, empty for those who did not say."""

    name: str | None
    n: int


class Trait(msgspec.Struct, frozen=True):
    """How respondents part by sex, age_group, education, occupation, service or channel."""

    name: str
    groups: tuple[Group, ...]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the plan that the office writes itself: what is done, for which element, until when, by whom."""

    action: str
    element: str | None = None
    due: date | None = None
    by: str = ""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only the office knows: its plan, where it signs and as whom. All of it may be missing."""

    step: tuple[Step, ...] = ()
    place: str = ""
    role: str = ""
    name: str = ""
    number: str = ""
    team: tuple[str, ...] = ()


class SkmFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an SKM report of one unit and period is written from. ``served`` is the population, None if unknown;
    ``counts`` are the answers to each element, ``complete`` those to all nine. Below ``few_below`` no grade is given.

    ``trend`` ends with the period itself; ``read_on`` is the local day on which the numbers were read,
    ``known_to`` the last day of which the unit has data. ``lost_grades`` are the grades that it lost in the period.
    """

    unit: str
    name: str
    kecamatan: str
    kabupaten: str
    zone: str
    period: Period
    read_on: date
    known_to: date
    ikm: Ikm
    served: int | None
    counts: tuple[int, ...]
    complete: int
    few_below: int
    trend: tuple[tuple[Period, Ikm], ...]
    services: tuple[ServiceIndex, ...]
    profile: tuple[Trait, ...]
    followups: tuple[FollowUp, ...]
    plan: Plan
    lost_grades: tuple[BandNotice, ...] = ()

    @property
    def before(self) -> Ikm | None:
        """The index of the period before, where it has one."""
        earlier = [ikm for _, ikm in self.trend[:-1]]
        return earlier[-1] if earlier and earlier[-1].value is not None else None

    @property
    def running(self) -> bool:
        """Whether the period is not over yet."""
        return self.read_on <= self.period.last


def sample_of(ikm: Ikm) -> Sample:
    """Whether there are as many answers as Krejcie & Morgan ask for: 132 of 200 people served are enough."""
    if not ikm.answers:
        return "none"
    if ikm.minimum is None:
        return "unknown"
    return "enough" if ikm.answers >= ikm.minimum else "below"


def graded(mark: Fraction) -> Band:
    """The grade of an element's mean mark, on the scale of the index: 3.0644 is 76.61, grade B."""
    return band_of(rounded(mark * 25))


def priorities(ikm: Ikm) -> tuple[Priority, ...]:
    """The elements to begin with, the worst first: all below grade B, and at least the three lowest and their equals.

    PermenPANRB 14/2017 has the plan begin with the element that came out worst.
    """
    known = [
        Priority(element, mark, graded(mark))
        for element, mark in zip(ELEMENTS, ikm.nrr, strict=True)
        if mark is not None
    ]
    known.sort(key=lambda each: each.mark)
    if not known:
        return ()
    worst = known[min(LEAST_PRIORITIES, len(known)) - 1].mark
    return tuple(each for each in known if each.mark <= worst or each.band.grade in ("C", "D"))


def best(ikm: Ikm) -> tuple[Priority, ...]:
    """The elements with the highest mean mark."""
    known = [(element, mark) for element, mark in zip(ELEMENTS, ikm.nrr, strict=True) if mark is not None]
    most = max((mark for _, mark in known), default=None)
    return tuple(Priority(element, mark, graded(mark)) for element, mark in known if mark == most)


def told_together(counts: Mapping[str, int], least: int = LEAST_IN_A_GROUP) -> tuple[Group, ...]:
    """Groups with nobody recognisable: small ones are added up, with the next larger one where that is still small.

    The largest comes first, the added ones last. {L: 40, P: 3} becomes one group of 43: told apart, 3 could be named.
    """
    ordered = sorted(((n, name) for name, n in counts.items() if n > 0), reverse=True)
    shown = [(n, name) for n, name in ordered if n >= least]
    hidden = sum(n for n, _ in ordered) - sum(n for n, _ in shown)
    while 0 < hidden < least and shown:
        hidden += shown.pop()[0]
    groups = [Group(name, n) for n, name in sorted(shown, key=lambda each: (-each[0], each[1]))]
    return tuple([*groups, Group(None, hidden)] if hidden else groups)
