"""Indicators: numbers read from one or more merged windows, or from the facts of an instant; "unknown" is never 0.

An indicator is data (a name, titles, a unit, a definition, what it reads) and a pure function from the evidence of one
slice to a :class:`Value`. The list of them is in ``indicator_catalogue``. Times are ms, shares are 0 to 1.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from pantau.domain import histogram
from pantau.domain.registry import Definitions
from pantau.domain.skm import Ikm, ikm, response_rate, sums_of_measures
from pantau.domain.visits import FINISHED, LEAVERS
from pantau.domain.windows import Accumulator

Language = Literal["id", "en"]
Unit = Literal["count", "ms", "share", "rating", "mark", "index", "people"]
"""``share`` is 0 to 1, ``rating`` 1 to 5, ``mark`` 1 to 4 (an SKM element), ``index`` 25 to 100, ``people`` a mean."""

QUANTILES: tuple[float, ...] = (0.5, 0.9, 0.95)
"""The percentiles that are read exactly, in this order; see :class:`Exact`."""

TICKETS: tuple[str, ...] = (
    "called",
    "outcome.served",
    "outcome.transferred",
    "outcome.no_show",
    "outcome.abandoned",
    "outcome.left",
    "outcome.void",
)
APPLICATIONS: tuple[str, ...] = ("outcome.issued", "outcome.approved", "outcome.rejected", "outcome.withdrawn")
VISITS: tuple[str, ...] = ("arrivals", *TICKETS, *APPLICATIONS)
SURVEYS: tuple[str, ...] = ("surveys",)
COMPLAINTS: tuple[str, ...] = ("complaints_opened", "complaint_resolution")

FAMILIES: dict[str, tuple[str, ...]] = {
    "visits": VISITS,
    "tickets": TICKETS,
    "applications": APPLICATIONS,
    "surveys": SURVEYS,
    "complaints": COMPLAINTS,
}
"""What a place may be known to have at all. Where it is not, none of it is unknown, not 0."""

WAITS: frozenset[str] = frozenset({"wait_to_call", "wait_to_start", "wait_to_leave", "queue_time"})
"""Durations in which a wait of exactly zero may be left out by a definition."""


class Text(msgspec.Struct, frozen=True):
    """The same words in Indonesian and in English."""

    id: str
    en: str

    def read(self, language: Language) -> str:
        """The words in one language."""
        return self.id if language == "id" else self.en


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """The definitions that change a number, as they are used for one table; printed with it.

    ``percentile``: ``nearest_rank`` from histograms (off by at most 1 %), or ``exact``: linear interpolation over the
    visits themselves. ``leavers``: ``standard`` as each promise says, or counted / not counted whatever it says.
    ``within_ms`` is a threshold for the ``.within`` shares. ``complaint_days`` is when an open complaint is late.
    ``finished`` is how visits were folded; it cannot be chosen when reading.
    """

    zero_waits: Literal["counted", "not_counted"] = "counted"
    leavers: Literal["standard", "counted", "not_counted"] = "standard"
    percentile: Literal["nearest_rank", "exact"] = "nearest_rank"
    finished: Literal["issued", "approved"] = "issued"
    ikm_weight: Literal["1/9", "0.11"] = "1/9"
    ikm_confidence: float = 0.95
    minimum_sample: int = 30
    within_ms: int | None = None
    complaint_days: int = 5


def choices_of(definitions: Definitions) -> Choices:
    """The defaults: what the registry defines."""
    return Choices(
        zero_waits=definitions.zero_waits,
        leavers="standard" if definitions.leavers_in_sla else "not_counted",
        percentile=definitions.percentile,
        finished=definitions.finished,
        ikm_weight=definitions.ikm_weight,
        ikm_confidence=definitions.ikm_confidence,
        minimum_sample=definitions.minimum_sample,
    )


class Exact(msgspec.Struct, frozen=True):
    """What the visits themselves say of a duration: the percentiles of ``QUANTILES``, and how many are within a limit.

    Zero waits are left out already where the choice says so.
    """

    quantiles: tuple[float, ...]
    within: int


class Evidence(msgspec.Struct):
    """What is known of one group of a slice: merged cells by measure, exact figures, facts of an instant.

    ``families`` are those that its place has anywhere in the days that were read.
    """

    cells: dict[str, Accumulator] = msgspec.field(default_factory=dict)
    exact: dict[str, Exact] = msgspec.field(default_factory=dict)
    now: dict[str, float | None] = msgspec.field(default_factory=dict)
    families: frozenset[str] = frozenset()

    def n(self, *measures: str) -> int:
        """How many of these measures together."""
        return sum(self.cells[measure].n for measure in measures if measure in self.cells)

    def total(self, *measures: str) -> int:
        """The sum of these measures' totals."""
        return sum(self.cells[measure].total for measure in measures if measure in self.cells)


Reason = Literal[
    "no_data",
    "nobody",
    "none_judged",
    "none_finished",
    "no_answers",
    "unanswered",
    "no_threshold",
    "no_open_time",
    "no_counters",
    "not_by",
    "not_in_time",
]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A number with what must stand beside it, or None with the reason.

    ``n`` is what it rests on. ``imputed`` and ``auto_closed`` are the shares of its times that were guessed or set by
    the source when it closed a record. ``low`` and ``high`` bound an index; ``band`` is its grade. ``flags``: ``few``
    is fewer than the minimum sample; the others are those of :mod:`pantau.domain.skm`.
    """

    value: float | None
    n: int = 0
    reason: Reason | None = None
    imputed: float | None = None
    auto_closed: float | None = None
    low: float | None = None
    high: float | None = None
    band: str | None = None
    flags: tuple[str, ...] = ()


Compute = Callable[[Evidence, Choices], Value]


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator. ``reads`` are measures; ``facts`` names the query of an instant or of facts it needs besides.

    ``visits_only``: read from visits, never from windows. ``splits``: which of channel and counter are known for what
    it reads. ``times``: whether it can be split by days, by finer times. ``touched_by``: choices that change it.
    """

    name: str
    title: Text
    unit: Unit
    definition: Text
    compute: Compute
    reads: tuple[str, ...] = ()
    facts: str | None = None
    visits_only: bool = False
    splits: frozenset[str] = frozenset({"channel", "counter"})
    times: frozenset[str] = frozenset({"days", "fine"})
    touched_by: tuple[str, ...] = ()


def unknown(reason: Reason) -> Value:
    """No value, and why."""
    return Value(value=None, reason=reason)


def ratio(numerator: int, denominator: int, reason: Reason, choices: Choices) -> Value:
    """A share, unknown where the denominator is zero, flagged where it is small."""
    if denominator <= 0:
        return unknown(reason)
    return Value(value=numerator / denominator, n=denominator, flags=few(denominator, choices))


def few(n: int, choices: Choices) -> tuple[str, ...]:
    """The flag of a sample below the minimum."""
    return ("few",) if n < choices.minimum_sample else ()


def count(family: str, *measures: str) -> Compute:
    """How many; 0 only where the group knows of visits and its place has the family at all."""

    def compute(evidence: Evidence, choices: Choices) -> Value:
        n = evidence.n(*measures)
        if not n and not (evidence.n(*VISITS) and family in evidence.families):
            return unknown("no_data")
        return Value(value=n, n=n)

    return compute


def _counted(cell: Accumulator, measure: str, choices: Choices) -> tuple[int, Mapping[int, int]]:
    """n and histogram with the zero waits left out where the choice says so; a zero changes no sum."""
    if measure in WAITS and choices.zero_waits == "not_counted" and 0 in cell.histogram:
        return cell.n - cell.histogram[0], {lower: n for lower, n in cell.histogram.items() if lower}
    return cell.n, cell.histogram


def duration(measure: str, what: float | Literal["mean"]) -> Compute:
    """The mean, or a percentile, of a duration in ms."""

    def compute(evidence: Evidence, choices: Choices) -> Value:
        cell = evidence.cells.get(measure)
        if cell is None or cell.n <= 0:
            return unknown("no_data")
        n, counts = _counted(cell, measure, choices)
        if n <= 0:
            return unknown("no_data")
        if what == "mean":
            value: float | None = cell.total / n
        elif choices.percentile == "exact" and measure in evidence.exact:
            value = evidence.exact[measure].quantiles[QUANTILES.index(what)]
        else:
            value = histogram.quantile(counts, what)
        return Value(
            value=value,
            n=n,
            imputed=cell.imputed / cell.n,
            auto_closed=cell.auto_closed / cell.n,
            flags=few(n, choices),
        )

    return compute


def within(measure: str) -> Compute:
    """The share of a measure that is at most ``within_ms``. Zero waits and leavers are settled in what was read."""

    def compute(evidence: Evidence, choices: Choices) -> Value:
        if choices.within_ms is None:
            return unknown("no_threshold")
        cell, exact = evidence.cells.get(measure), evidence.exact.get(measure)
        if cell is None or exact is None:
            return unknown("no_data")
        return ratio(exact.within, _counted(cell, measure, choices)[0], "no_data", choices)

    return compute


def share(numerator: tuple[str, ...], denominator: tuple[str, ...], reason: Reason) -> Compute:
    """The share of some counts in others."""

    def compute(evidence: Evidence, choices: Choices) -> Value:
        return ratio(evidence.n(*numerator), evidence.n(*denominator), reason, choices)

    return compute


_LEFT = tuple(sorted("outcome." + name for name in LEAVERS))
_ENDED_TICKETS = ("outcome.served", "outcome.transferred", "outcome.no_show", *_LEFT)
SERVED = tuple(sorted("outcome." + name for name in FINISHED))


def abandonment(evidence: Evidence, choices: Choices) -> Value:
    """Those who left, of the tickets that ended; without zero waits, of those who had to wait."""
    ended = evidence.n(*_ENDED_TICKETS)
    if choices.zero_waits == "not_counted" and "wait_to_call" in evidence.cells:
        ended -= evidence.cells["wait_to_call"].histogram.get(0, 0)
    return ratio(evidence.n(*_LEFT), ended, "nobody", choices)


def promise(evidence: Evidence, choices: Choices) -> Value:
    """The share of judged visits that kept their promise."""
    return ratio(evidence.total("promise"), evidence.n("promise"), "none_judged", choices)


def first_time_right(evidence: Evidence, choices: Choices) -> Value:
    """Finished applications that were never returned for completion."""
    finished = evidence.n("returned")
    return ratio(finished - evidence.total("returned"), finished, "none_finished", choices)


def flagged_share(measure: str, reason: Reason) -> Compute:
    """The share of a measure whose total counts the ones that are so."""

    def compute(evidence: Evidence, choices: Choices) -> Value:
        return ratio(evidence.total(measure), evidence.n(measure), reason, choices)

    return compute


def mean(measure: str, divisor: int, reason: Reason) -> Compute:
    """The mean of a measure that is kept in ``divisor``-ths."""

    def compute(evidence: Evidence, choices: Choices) -> Value:
        n = evidence.n(measure)
        if n <= 0:
            return unknown(reason)
        return Value(value=evidence.total(measure) / n / divisor, n=n, flags=few(n, choices))

    return compute


def totalled(measure: str, reason: Reason) -> Compute:
    """The sum of a measure's totals: people in reported totals, snapshots that were so; ``n`` is how many reports."""

    def compute(evidence: Evidence, choices: Choices) -> Value:
        n = evidence.n(measure)
        return Value(value=evidence.total(measure), n=n) if n > 0 else unknown(reason)

    return compute


def index(evidence: Evidence, choices: Choices) -> Ikm:
    """The satisfaction index of a slice; its population is everyone served there, where anyone was counted."""
    return ikm(
        sums_of_measures(evidence.n, evidence.total),
        weight=choices.ikm_weight,
        population=evidence.n(*SERVED) or None,
        confidence=choices.ikm_confidence,
        few_below=choices.minimum_sample,
    )


def satisfaction(evidence: Evidence, choices: Choices) -> Value:
    """The IKM with its band and interval."""
    found = index(evidence, choices)
    if found.value is None or found.band is None:
        return unknown("unanswered" if found.answers else "no_answers")
    return Value(
        value=float(found.value),
        n=found.answers,
        low=None if found.low is None else float(found.low),
        high=None if found.high is None else float(found.high),
        band=found.band.grade,
        flags=tuple(found.flags),
    )


def response(evidence: Evidence, choices: Choices) -> Value:
    """Answers per person served; unknown where nobody ever answered, for then nobody may have been asked."""
    if "surveys" not in evidence.families:
        return unknown("no_answers")
    served = evidence.n(*SERVED)
    rate: Fraction | None = response_rate(evidence.n("surveys"), served)
    return unknown("nobody") if rate is None else Value(value=float(rate), n=served)


def occupancy(evidence: Evidence, choices: Choices) -> Value:
    """Serving time per open counter time; ``n`` counts the counter days."""
    open_ms = evidence.now.get("counter_open_ms")
    if not open_ms:
        return unknown("no_open_time")
    return Value(value=evidence.total("service_time") / open_ms, n=int(evidence.now.get("counter_days") or 0))


def standing(key: str, known: str, reason: Reason, *, of: str | None = None) -> Compute:
    """A fact of an instant, unknown where ``known`` counts nothing; ``of`` names what it is a mean over."""

    def compute(evidence: Evidence, choices: Choices) -> Value:
        if not evidence.now.get(known):
            return unknown(reason)
        value = evidence.now.get(key)
        if value is None:
            return unknown("nobody")
        return Value(value=value, n=int(evidence.now.get(of or key) or 0))

    return compute
