"""The community satisfaction index (IKM) of PermenPANRB 14/2017, exact, with an interval and a verdict on the sample.

Everything is read from integer sums that can be merged in any order and grouping: per element (*unsur*) the number and
the sum of its marks; of complete answers the number, the sum of their element totals (9 to 36) and the sum of those
squared. "Unknown" is ``None``, never 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import Final, Literal

from pantau.domain.students_t import quantile


@dataclass(frozen=True, slots=True)
class Element:
    """One of the nine elements: its code, its key in :class:`pantau.domain.events.Elements`, its titles."""

    code: str
    key: str
    title: str
    english: str


ELEMENTS: Final = (
    Element("U1", "persyaratan", "Persyaratan", "Requirements"),
    Element("U2", "prosedur", "Sistem, mekanisme, dan prosedur", "System, mechanism and procedure"),
    Element("U3", "waktu", "Waktu penyelesaian", "Completion time"),
    Element("U4", "biaya", "Biaya/tarif", "Cost"),
    Element("U5", "produk", "Produk spesifikasi jenis pelayanan", "Product specification"),
    Element("U6", "kompetensi", "Kompetensi pelaksana", "Staff competence"),
    Element("U7", "perilaku", "Perilaku pelaksana", "Staff conduct"),
    Element("U8", "pengaduan", "Penanganan pengaduan, saran, dan masukan", "Handling of complaints and suggestions"),
    Element("U9", "sarana", "Sarana dan prasarana", "Facilities"),
)
"""The nine in the order of the regulation. The stock questionnaire asks U9 before U8, so answers are keyed by name."""

Weight = Literal["1/9", "0.11"]

WEIGHTS: Final[dict[Weight, Fraction]] = {"1/9": Fraction(1, 9), "0.11": Fraction(11, 100)}
"""How much an element weighs: exactly a ninth, or the rounded 0.11 of older systems, whose best possible IKM is 99."""


@dataclass(frozen=True, slots=True)
class Band:
    """A grade: *mutu pelayanan* A to D, its *kinerja*, and the least IKM of it in hundredths."""

    grade: Literal["A", "B", "C", "D"]
    title: str
    english: str
    least_hundredths: int


BANDS: Final = (
    Band("A", "Sangat baik", "Very good", 8831),
    Band("B", "Baik", "Good", 7661),
    Band("C", "Kurang baik", "Poor", 6500),
    Band("D", "Tidak baik", "Bad", 0),
)
"""Best first. The regulation's bands leave gaps (76.605 is in none), so an IKM is rounded before it is graded."""

Flag = Literal["unanswered", "below_minimum", "few_answers", "straight_lined", "straddles_bands"]
"""What a reader must know: an element that nobody answered (the IKM is unknown); fewer answers than Krejcie & Morgan
ask for; fewer than the least sample; many answers with nine equal marks; an interval that reaches another grade."""

STRAIGHT_LINED_FROM: Final = Fraction(1, 2)
"""From this share on, answers with nine equal marks are flagged; in real SKM files it is half."""

FEW_BELOW: Final = 30


@dataclass(frozen=True, slots=True)
class Sums:
    """Mergeable integer sums over answers. ``counts`` and ``totals`` are per element in the order of ``ELEMENTS``.

    ``complete`` answers have all nine marks; ``total`` and ``squares`` are the sums of their element totals T and of
    T·T; ``straight`` of them give the same mark nine times.
    """

    answers: int = 0
    counts: tuple[int, ...] = (0,) * 9
    totals: tuple[int, ...] = (0,) * 9
    complete: int = 0
    total: int = 0
    squares: int = 0
    straight: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            answers=self.answers + other.answers,
            counts=tuple(map(int.__add__, self.counts, other.counts)),
            totals=tuple(map(int.__add__, self.totals, other.totals)),
            complete=self.complete + other.complete,
            total=self.total + other.total,
            squares=self.squares + other.squares,
            straight=self.straight + other.straight,
        )


def sums_of_measures(n: Callable[[str], int], total: Callable[[str], int]) -> Sums:
    """The sums from windows, by their measures, named as :func:`pantau.domain.measures.survey_marks` does."""
    elements = [f"element.{element.key}" for element in ELEMENTS]
    return Sums(
        answers=n("surveys"),
        counts=tuple(map(n, elements)),
        totals=tuple(map(total, elements)),
        complete=n("skm_sum"),
        total=total("skm_sum"),
        squares=total("skm_square"),
        straight=total("skm_straight"),
    )


@dataclass(frozen=True, slots=True)
class Ikm:
    """An index with everything that must stand beside it. Values are 25 to 100 (24.75 to 99 under weight 0.11).

    ``exact`` is unrounded, ``value`` has two decimals and is what ``band`` grades. ``low`` and ``high`` bound the index
    at ``confidence``; they are None below two complete answers and where all agree, which proves no precision.
    ``lowest`` are the elements with the smallest mean. ``minimum`` is the Krejcie-Morgan sample, None where the
    population is not known; ``straight_share`` is a share of complete answers.
    """

    weight: Weight
    answers: int
    nrr: tuple[Fraction | None, ...]
    exact: Fraction | None
    value: Decimal | None
    band: Band | None
    confidence: float
    low: Decimal | None
    high: Decimal | None
    lowest: tuple[Element, ...]
    minimum: int | None
    straight_share: Fraction | None
    flags: tuple[Flag, ...]


def ikm(
    sums: Sums,
    *,
    weight: Weight = "1/9",
    population: int | None = None,
    confidence: float = 0.95,
    few_below: int = FEW_BELOW,
) -> Ikm:
    """The index of the answers behind ``sums``; ``population`` is how many were served in that time, where known.

    Nine means of 3 under weight 1/9 give 75.00, grade C; under 0.11 they give 74.25.
    """
    nrr = tuple(
        Fraction(total, count) if count else None for total, count in zip(sums.totals, sums.counts, strict=True)
    )
    known = [mean for mean in nrr if mean is not None]
    exact = sum(known, Fraction()) * WEIGHTS[weight] * 25 if len(known) == len(ELEMENTS) else None
    value = rounded(exact) if exact is not None else None
    low, high = interval(sums, exact, weight=weight, population=population, confidence=confidence)
    straight_share = Fraction(sums.straight, sums.complete) if sums.complete else None
    minimum = minimum_sample(population) if population is not None else None
    flags: list[Flag] = []
    if exact is None:
        flags.append("unanswered")
    if minimum is not None and sums.answers < minimum:
        flags.append("below_minimum")
    if sums.answers < few_below:
        flags.append("few_answers")
    if straight_share is not None and straight_share >= STRAIGHT_LINED_FROM:
        flags.append("straight_lined")
    if low is not None and high is not None and band_of(low) != band_of(high):
        flags.append("straddles_bands")
    return Ikm(
        weight=weight,
        answers=sums.answers,
        nrr=nrr,
        exact=exact,
        value=value,
        band=band_of(value) if value is not None else None,
        confidence=confidence,
        low=low,
        high=high,
        lowest=tuple(e for e, mean in zip(ELEMENTS, nrr, strict=True) if mean is not None and mean == min(known)),
        minimum=minimum,
        straight_share=straight_share,
        flags=tuple(flags),
    )


def rounded(value: Fraction) -> Decimal:
    """Two decimals, halves up, decided on the exact value: 76.605 becomes 76.61."""
    return Decimal(floor(value * 100 + Fraction(1, 2))).scaleb(-2)


def band_of(value: Decimal) -> Band:
    """The grade of an IKM that has been rounded to two decimals: 76.60 is C, 76.61 is B, 88.31 is A."""
    return next(band for band in BANDS if value * 100 >= band.least_hundredths)


def interval(
    sums: Sums, centre: Fraction | None, *, weight: Weight, population: int | None, confidence: float
) -> tuple[Decimal | None, Decimal | None]:
    """Student's interval around the index, from the spread of the complete answers' own indices.

    With a known population the finite population correction (1 - n/N) applies: a census has no sampling error; a
    population smaller than its answers is not believed. Kept within what the index can be, rounded outwards.
    """
    n = sums.complete
    scatter = n * sums.squares - sums.total * sums.total  # n (n-1) times the variance of the element totals
    if centre is None or n < 2 or scatter == 0:
        return None, None
    variance_of_mean = Fraction(scatter, n * n * (n - 1))
    if population is not None and population >= n:
        variance_of_mean *= 1 - Fraction(n, population)
    scale = WEIGHTS[weight] * 25
    half = quantile((1 + confidence) / 2, n - 1) * sqrt(variance_of_mean) * float(scale)
    least, most = 9 * scale, 36 * scale
    low = max(least, centre - Fraction(half))
    high = min(most, centre + Fraction(half))
    return Decimal(floor(low * 100)).scaleb(-2), Decimal(ceil(high * 100)).scaleb(-2)


def minimum_sample(population: int) -> int:
    """How many answers a population needs by Krejcie & Morgan: 1,000 people served need 278.

    S = λ²NPQ / (d²(N-1) + λ²PQ) with λ² = 3.841, P = Q = 0.5, d = 0.05, rounded to the nearest whole answer.
    """
    chi_square_pq = Fraction(3841, 4000)
    size = chi_square_pq * population / (Fraction(25, 10_000) * (population - 1) + chi_square_pq)
    return min(population, floor(size + Fraction(1, 2)))


def response_rate(answers: int, asked: int | None) -> Fraction | None:
    """Answers per person asked; None where nobody is known to have been asked.

    Above 1 the two numbers do not belong together (answers of another period, or people who were not counted).
    """
    return Fraction(answers, asked) if asked else None
