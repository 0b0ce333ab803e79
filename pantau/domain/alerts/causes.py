"""Where a fall comes from: the part, hour, service, counter or SKM element that carries most of the excess.

A hint is computed or it is not printed: it needs at least ``LEAST_SHARE`` of all the excess of its kind, and more than
its visits alone would bring.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

Kind = Literal["part", "hour", "service", "counter", "element"]
KINDS: Final[tuple[Kind, ...]] = ("part", "hour", "service", "counter", "element")

LEAST_SHARE: Final = 0.4
MORE_THAN_ITS_VISITS: Final = 1.2
"""One of two equal counters carries half of any excess: a hint must carry this much more than its share of visits."""

LEAST_VISITS: Final = 10


class Slice(msgspec.Struct, frozen=True):
    """``n`` visits (or answers) of one slice and what is bad about them: late visits, waits in ms, lost marks."""

    kind: Kind
    name: str
    n: int
    bad: int


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """A slice that carries ``share`` (0 to 1) of the excess of its kind; means per visit, usual and now."""

    kind: Kind
    name: str
    share: float
    before: float
    now: float


def causes(now: Iterable[Slice], usual: Iterable[Slice]) -> list[Cause]:
    """Per kind the slice with the largest excess over what is usual for it, if it holds enough of it.

    Excess is bad - n * usual mean: of 100 visits with 30 late where 10 are usual it is 20. What was not there before is
    compared with its kind's usual mean. A kind of a single slice explains nothing.
    """
    before: dict[Kind, dict[str, Slice]] = {}
    for each in usual:
        before.setdefault(each.kind, {})[each.name] = each
    current: dict[Kind, list[Slice]] = {}
    for each in now:
        current.setdefault(each.kind, []).append(each)
    found = []
    for kind in KINDS:
        slices = current.get(kind, [])
        known = before.get(kind, {})
        if len(slices) < 2 or not known:
            continue
        means = {each.name: _usual_mean(each.name, known) for each in slices}
        excesses = {each.name: each.bad - each.n * means[each.name] for each in slices}
        total = sum(excess for excess in excesses.values() if excess > 0)
        worst = max(slices, key=lambda each: (excesses[each.name], each.name))
        visits = worst.n / sum(each.n for each in slices) if kind != "part" else 0.0
        least = max(LEAST_SHARE, MORE_THAN_ITS_VISITS * visits) * total
        if total <= 0 or worst.n < LEAST_VISITS or excesses[worst.name] < least:
            continue
        found.append(
            Cause(
                kind=kind,
                name=worst.name,
                share=excesses[worst.name] / total,
                before=means[worst.name],
                now=worst.bad / worst.n,
            )
        )
    return found


def _usual_mean(name: str, known: Mapping[str, Slice]) -> float:
    own = known.get(name)
    if own is not None and own.n:
        return own.bad / own.n
    return sum(each.bad for each in known.values()) / max(sum(each.n for each in known.values()), 1)
