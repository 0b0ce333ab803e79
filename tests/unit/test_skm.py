"""The IKM is exact, graded as the regulation grades, and says how much its answers can carry."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist, fmean, stdev

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pantau.domain import students_t
from pantau.domain.entries import FactKey, record_entry
from pantau.domain.events import Elements, Event, SurveyAnswered
from pantau.domain.facts import fold_survey
from pantau.domain.measures import survey_marks
from pantau.domain.skm import (
    BANDS,
    ELEMENTS,
    Sums,
    band_of,
    ikm,
    minimum_sample,
    response_rate,
    rounded,
    sums_of_measures,
)
from tests.support.answers import sums_of

KEYS = [element.key for element in ELEMENTS]


def answer(*marks: int | None) -> Elements:
    return Elements(**dict(zip(KEYS, marks, strict=True)))


def sums(*answers: Elements) -> Sums:
    return sum(map(sums_of, answers), Sums())


marks = st.integers(1, 4)
complete = st.tuples(*[marks] * 9).map(lambda given: answer(*given))
partial = st.tuples(*[st.none() | marks] * 9).map(lambda given: answer(*given))


def test_the_elements_are_those_of_the_vocabulary_in_its_order() -> None:
    assert tuple(KEYS) == Elements.__struct_fields__
    assert [element.code for element in ELEMENTS] == [f"U{number}" for number in range(1, 10)]
    assert [element.key for element in ELEMENTS[7:]] == ["pengaduan", "sarana"]  # the stock questionnaire swaps them


@given(st.lists(complete, min_size=1, max_size=12))
def test_the_index_is_the_mean_of_the_nine_means_times_25(answers: list[Elements]) -> None:
    """Against the definition itself: NRR per element, a ninth of each, times 25."""
    nrr = [Fraction(sum(getattr(each, key) for each in answers), len(answers)) for key in KEYS]
    index = ikm(sums(*answers))
    assert index.nrr == tuple(nrr)
    assert index.exact == sum(nrr, Fraction()) / 9 * 25
    assert ikm(sums(*answers), weight="0.11").exact == sum(nrr, Fraction()) * Fraction(11, 100) * 25


@given(partial, partial, partial)
def test_sums_merge_in_any_order_and_grouping(a: Elements, b: Elements, c: Elements) -> None:
    one, two, three = sums_of(a), sums_of(b), sums_of(c)
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + Sums() == one


@given(st.lists(partial, max_size=10))
def test_sums_of_windows_are_the_sums_of_the_answers(answers: list[Elements]) -> None:
    """The marks that an answer puts into windows, added up, give the same sums as the answers themselves."""
    answers = [each for each in answers if each != Elements()]
    n, total = Counter[str](), Counter[str]()
    for number, each in enumerate(answers):
        data = SurveyAnswered(unit="kec", elements=each)
        event = Event(
            source="s", id=str(number), kind="survey.answered", time=number, arrival=0, data=data, content=number
        )
        entry = record_entry(event, number)
        survey = fold_survey(FactKey("kec", "s", event.id), {event.id: entry})
        for measure, _, how_many, added, _ in survey_marks(survey):
            n[measure] += how_many
            total[measure] += added
    assert sums_of_measures(n.__getitem__, total.__getitem__) == sums(*answers)


def test_a_perfect_answer_is_100_and_under_the_rounded_weight_99() -> None:
    perfect = sums(answer(*[4] * 9))
    assert ikm(perfect).value == Decimal("100.00")
    assert ikm(perfect, weight="0.11").value == Decimal("99.00")
    worst = sums(answer(*[1] * 9))
    assert (ikm(worst).value, ikm(worst, weight="0.11").value) == (Decimal("25.00"), Decimal("24.75"))
    assert [index.band.grade for index in (ikm(worst), ikm(worst, weight="0.11")) if index.band] == ["D", "D"]


@pytest.mark.parametrize(
    ("value", "grade", "title"),
    [
        ("25.00", "D", "Tidak baik"),
        ("64.99", "D", "Tidak baik"),
        ("65.00", "C", "Kurang baik"),
        ("76.60", "C", "Kurang baik"),
        ("76.61", "B", "Baik"),
        ("88.30", "B", "Baik"),
        ("88.31", "A", "Sangat baik"),
        ("100.00", "A", "Sangat baik"),
    ],
)
def test_the_grades_are_those_of_the_regulation(value: str, grade: str, title: str) -> None:
    band = band_of(Decimal(value))
    assert (band.grade, band.title) == (grade, title)


@pytest.mark.parametrize(
    ("exact", "value", "grade"),
    [
        # 76.60 C |---- 76.605 ----| 76.61 B: a gap of the regulation, closed by rounding first
        (Fraction(76605, 1000), "76.61", "B"),
        (Fraction(76605, 1000) - Fraction(1, 10**9), "76.60", "C"),
        (Fraction(88305, 1000), "88.31", "A"),
        (Fraction(64995, 1000), "65.00", "C"),
        (Fraction(2, 3) * 100, "66.67", "C"),
    ],
)
def test_an_index_is_rounded_before_it_is_graded(exact: Fraction, value: str, grade: str) -> None:
    assert rounded(exact) == Decimal(value)
    assert band_of(rounded(exact)).grade == grade


@given(st.fractions(25, 100))
def test_every_index_has_one_grade_and_higher_is_never_worse(exact: Fraction) -> None:
    higher = min(exact + Fraction(1, 100), Fraction(100))
    assert BANDS.index(band_of(rounded(higher))) <= BANDS.index(band_of(rounded(exact)))
    assert abs(Fraction(rounded(exact)) - exact) <= Fraction(1, 200)


def test_the_two_weights_grade_the_same_answers_differently() -> None:
    """facts: between 88.31 and 89.20 the grades differ: 100 answers whose nine means are all 3.55."""
    answers = [answer(*[4] * 9)] * 55 + [answer(*[3] * 9)] * 45
    assert [ikm(sums(*answers), weight=w).value for w in ("1/9", "0.11")] == [Decimal("88.75"), Decimal("87.86")]
    assert [index.grade for w in ("1/9", "0.11") if (index := ikm(sums(*answers), weight=w).band)] == ["A", "B"]


def test_without_answers_everything_is_unknown_and_nothing_is_zero() -> None:
    index = ikm(Sums())
    assert (index.exact, index.value, index.band, index.low, index.high) == (None,) * 5
    assert (index.straight_share, index.minimum, index.lowest) == (None, None, ())
    assert index.nrr == (None,) * 9
    assert index.flags == ("unanswered", "few_answers")


def test_an_element_that_nobody_answered_leaves_the_index_unknown_and_the_others_known() -> None:
    index = ikm(sums(answer(3, 3, 3, None, 3, 3, 2, 3, 3)))
    assert index.value is None
    assert index.nrr[3] is None
    assert index.nrr[0] == 3
    assert [element.code for element in index.lowest] == ["U7"]


def test_the_lowest_elements_are_all_those_with_the_smallest_mean() -> None:
    index = ikm(sums(answer(4, 3, 2, 4, 4, 4, 2, 4, 4), answer(4, 3, 2, 4, 4, 4, 2, 4, 4)))
    assert [element.code for element in index.lowest] == ["U3", "U7"]


def test_half_of_the_answers_straight_lined_is_flagged() -> None:
    straight, thought = answer(*[3] * 9), answer(3, 3, 2, 4, 3, 3, 4, 3, 3)
    assert ikm(sums(straight, thought)).straight_share == Fraction(1, 2)
    assert "straight_lined" in ikm(sums(straight, thought)).flags
    assert "straight_lined" not in ikm(sums(straight, thought, thought)).flags


def test_an_index_of_100_from_one_person_is_flagged_and_has_no_interval() -> None:
    index = ikm(sums(answer(*[4] * 9)), population=400)
    assert index.value == 100
    assert (index.low, index.high) == (None, None)
    assert index.flags == ("below_minimum", "few_answers", "straight_lined")


@pytest.mark.parametrize(
    ("population", "sample"),
    [
        (10, 10),
        (50, 44),
        (100, 80),
        (200, 132),
        (500, 217),
        (1_000, 278),
        (5_000, 357),
        (10_000, 370),
        (75_000, 382),
        (1_000_000, 384),
        (1, 1),
        (0, 0),
    ],
)
def test_the_least_sample_is_the_printed_table_of_krejcie_and_morgan(population: int, sample: int) -> None:
    assert minimum_sample(population) == sample


def test_a_sample_is_too_small_below_the_minimum_not_at_it() -> None:
    answers = [sums_of(answer(3, 3, 2, 4, 3, 3, 4, 3, 3))] * 80
    enough, short = (sum(answers[: 80 - missing], Sums()) for missing in (0, 1))
    assert ikm(enough, population=100, few_below=80).flags == ()
    assert ikm(short, population=100, few_below=80).flags == ("below_minimum", "few_answers")


@given(st.integers(0, 10**7))
def test_a_larger_population_never_needs_fewer_answers(population: int) -> None:
    assert minimum_sample(population) <= minimum_sample(population + 1) <= population + 1


def test_the_interval_is_students_t_around_the_index() -> None:
    """Against the textbook, on the respondents' own indices: mean ± t · s / √n."""
    answers = [answer(3, 3, 2, 4, 3, 3, 3, 3, 3), answer(*[4] * 9), answer(2, 3, 3, 4, 2, 3, 2, 3, 2), answer(*[3] * 9)]
    own = [sum(getattr(each, key) for key in KEYS) / 9 * 25 for each in answers]
    half = 3.182446305 * stdev(own) / len(own) ** 0.5
    index = ikm(sums(*answers))
    assert index.low is not None
    assert index.high is not None
    assert float(index.low) == pytest.approx(fmean(own) - half, abs=0.01)
    assert float(index.high) == pytest.approx(min(100, fmean(own) + half), abs=0.01)


@given(st.lists(complete, min_size=2, max_size=30), st.sampled_from(["1/9", "0.11"]))
@example([answer(*[4] * 9), answer(*[1] * 9)], "0.11")
def test_the_interval_holds_the_index_within_what_it_can_be(answers: list[Elements], weight: str) -> None:
    index = ikm(sums(*answers), weight="1/9" if weight == "1/9" else "0.11")
    assert index.exact is not None
    if len({sum(getattr(each, key) for key in KEYS) for each in answers}) == 1:
        assert (index.low, index.high) == (None, None)  # all agree: no spread proves no precision
        return
    assert index.low is not None
    assert index.high is not None
    assert index.low <= index.exact <= index.high
    assert (Decimal("25.00") if weight == "1/9" else Decimal("24.75")) <= index.low
    assert index.high <= (Decimal("100.00") if weight == "1/9" else Decimal("99.00"))


@given(st.lists(complete, min_size=3, max_size=20), st.integers(0, 10_000))
def test_knowing_the_population_narrows_the_interval_and_a_census_closes_it(answers: list[Elements], more: int) -> None:
    free = ikm(sums(*answers))
    assume(free.low is not None)
    finite = ikm(sums(*answers), population=len(answers) + more)
    assert free.low is not None
    assert free.high is not None
    assert finite.low is not None
    assert finite.high is not None
    assert free.low <= finite.low <= finite.high <= free.high
    if more == 0:
        assert finite.high - finite.low <= Decimal("0.01")
    assert ikm(sums(*answers), population=len(answers) - 1).low == free.low  # not believed


def test_an_interval_that_reaches_into_another_grade_is_flagged() -> None:
    wide = sums(*[answer(*[3] * 9), answer(3, 3, 3, 4, 3, 3, 4, 3, 3)] * 3)
    assert "straddles_bands" in ikm(wide).flags
    assert (
        "straddles_bands"
        not in ikm(sums(*[answer(3, 3, 3, 3, 3, 3, 3, 3, 3), answer(3, 3, 3, 3, 3, 3, 3, 3, 2)] * 50)).flags
    )


@pytest.mark.parametrize(
    ("df", "t"),
    [
        (1, 12.706204736),
        (2, 4.302652730),
        (3, 3.182446305),
        (4, 2.776445105),
        (5, 2.570581836),
        (10, 2.228138852),
        (29, 2.045229642),
        (30, 2.042272456),
        (100, 1.983971519),
        (1_000, 1.962339081),
    ],
)
def test_quantiles_are_those_of_the_printed_tables(df: int, t: float) -> None:
    assert students_t.quantile(0.975, df) == pytest.approx(t, abs=1e-9)
    assert students_t.quantile(0.025, df) == -students_t.quantile(0.975, df)


@given(st.integers(1, 400), st.floats(0.5, 0.9995))
def test_the_quantile_inverts_the_distribution(df: int, p: float) -> None:
    assert students_t.distribution(students_t.quantile(p, df), df) == pytest.approx(p, abs=1e-9)


@given(st.integers(1, 2_000), st.floats(0.6, 0.999))
def test_more_degrees_of_freedom_bring_the_quantile_down_to_the_normal_one(df: int, p: float) -> None:
    assert students_t.quantile(p, df) > students_t.quantile(p, df + 1) > NormalDist().inv_cdf(p)


def test_the_expansion_takes_over_without_a_jump() -> None:
    below, above = (students_t.quantile(0.9995, df) for df in (students_t.LARGE - 1, students_t.LARGE))
    assert students_t.distribution(above, students_t.LARGE) == pytest.approx(0.9995, abs=1e-12)
    assert 0 < below - above < 1e-3


def test_the_response_rate_is_unknown_when_nobody_is_known_to_be_asked() -> None:
    assert response_rate(3, 4) == Fraction(3, 4)
    assert response_rate(0, 4) == 0
    assert response_rate(3, None) is None
    assert response_rate(3, 0) is None
