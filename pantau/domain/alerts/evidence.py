"""Sums of evidence that an indicator has fallen, exact in integers (CUSUM of log likelihood ratios).

A visit that is late, slow or marked low adds its log likelihood ratio of "fallen" against "as usual" in micro-nats; a
good one takes away. Visits of one day share its shock (an officer is ill, the network is slow), so they are not
independent witnesses. With rho the variance of the day's shock over that of a visit, n visits of a day tell as much
as n / (1 + rho n): the day's evidence is its sum divided by (1 + rho n), which is the exact ratio where the shock is
normal and forgotten overnight. At an average day's n the divisor is the overdispersion phi.

A half hour adds what its day's evidence grew by. The sum never falls below 0, and rises by at most the cap a day. After
the alert, the mirrored sum counts the evidence for "as usual" until it is enough.
"""

from typing import Final

import msgspec

from pantau.domain.alerts.policy import MICRO


class Cell(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is usual in a half hour of the week, and what evidence is made of there.

    ``expected`` is the mean of a visit's value in thousandths (lateness: in millionths). A half hour with n visits
    whose values sum to x adds gain * x + toll * n micro-nats before the division.
    """

    expected: int
    gain: int
    toll: int


class Scale(msgspec.Struct, frozen=True):
    """One indicator's frozen weights: ``cells`` by weekday * 48 + slot; ``other`` where the week has nothing usual.

    ``shared`` is rho in millionths. ``threshold``, ``cap`` and ``recovery``, the relief that ends a fall, are
    micro-nats; in scales that were stored without a recovery it is 0 and that of the policy holds.
    """

    cells: dict[int, Cell]
    other: Cell
    shared: int
    threshold: int
    cap: int
    recovery: int = 0

    def cell(self, weekday: int, slot: int) -> Cell:
        """The cell of a half hour of the week."""
        return self.cells.get(weekday * 48 + slot, self.other)


class Sum(msgspec.Struct, frozen=True, gc=False):
    """Where the sums of one indicator stand; everything that a next half hour depends on.

    ``evidence`` of a fall and ``relief`` since the alert, each with its value at the day's begin; ``raw`` and ``n`` of
    the day ``day`` so far. ``since`` is the start of the half hour in which the evidence last left 0, the estimate of
    when the fall began. ``falling`` says that the threshold was reached and the mirrored sum has not undone it.
    """

    day: int = -1
    raw: int = 0
    n: int = 0
    counted: int = 0
    evidence: int = 0
    evidence_at_dawn: int = 0
    relief: int = 0
    relief_at_dawn: int = 0
    since: int = 0
    falling: bool = False


NOTHING: Final = Sum()


def shared_out(raw: int, n: int, shared: int) -> int:
    """A day's evidence so far: ``raw`` of ``n`` visits divided by 1 + rho n, rounded down."""
    return raw * MICRO // (MICRO + shared * n)


def added(before: Sum, *, day: int, start: int, n: int, x: int, cell: Cell, scale: Scale, recovery: int) -> Sum:
    """The sums after a half hour of local day ``day`` with ``n`` visits whose values sum to ``x``.

    Half hours come in order of ``start``. ``recovery`` is the relief that ends a fall; like evidence it takes two days.
    """
    raw, seen, counted = before.raw, before.n, before.counted
    evidence, relief = before.evidence, before.relief
    dawn, relief_dawn = before.evidence_at_dawn, before.relief_at_dawn
    if day != before.day:
        raw = seen = counted = 0
        dawn, relief_dawn = evidence, relief
    raw += cell.gain * x + cell.toll * n
    seen += n
    day_evidence = shared_out(raw, seen, scale.shared)
    step = day_evidence - counted
    since = before.since
    if evidence == 0:
        since = start
    evidence = min(max(evidence + step, 0), dawn + scale.cap)
    falling = before.falling
    if falling:
        relief = min(max(relief - step, 0), relief_dawn + recovery * 4 // 5)
        if relief >= recovery:
            falling, evidence, dawn, relief, relief_dawn = False, 0, 0, 0, 0
    elif evidence >= scale.threshold:
        falling, relief, relief_dawn = True, 0, 0
    return Sum(day, raw, seen, day_evidence, evidence, dawn, relief, relief_dawn, since, falling)
