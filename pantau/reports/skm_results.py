"""Chapter III of the SKM report: who answered, the index, its elements, and the services."""

from fractions import Fraction
from typing import Final

from pantau.domain.indicators import Language
from pantau.domain.reports.document import AnyBlock, Bar, Bars, Grid, Mark, Paragraph, Section
from pantau.domain.reports.satisfaction import LEAST_IN_A_GROUP, SkmFigures, Trait, graded, sample_of
from pantau.domain.skm import BANDS, ELEMENTS, WEIGHTS, Band
from pantau.reports.skm_words import WORDS, told
from pantau.reports.writing import (
    DASH,
    change_text,
    decimal_text,
    grade_words,
    interval_text,
    period_text,
    sample_text,
    sample_verdict,
    title_of,
    tone_of,
)
from pantau.texts import number_text, share_text

GRADE_MARKS: Final = tuple(
    Mark(value=band.least_hundredths / 2500, label=band.grade) for band in BANDS if band.least_hundredths
)
"""Where the grades of an element's mean mark begin, on the scale of 1 to 4."""


def results(figures: SkmFigures, language: Language) -> tuple[Section, ...]:
    """The sections of the chapter."""
    return (
        Section(number="3.1", title=told("3.1", language), blocks=_profile(figures, language)),
        Section(number="3.2", title=told("3.2", language), blocks=_index(figures, language)),
        Section(
            number="3.3",
            title=told("3.3", language),
            blocks=(element_bars(figures, language), _elements(figures, language)),
        ),
        Section(number="3.4", title=told("3.4", language), blocks=_services(figures, language)),
    )


def _profile(figures: SkmFigures, language: Language) -> tuple[AnyBlock, ...]:
    rows = [row for trait in figures.profile if _tells(trait) for row in _trait_rows(trait, language)]
    if not rows:
        return (Paragraph(text=told("3.1.none", language)),)
    return (
        Paragraph(text=told("3.1.a", language, least=number_text(LEAST_IN_A_GROUP, language))),
        Grid(
            caption=told("3.1.grid", language),
            head=tuple(told(f"3.1.{name}", language) for name in ("trait", "group", "n", "share")),
            rows=tuple(rows),
            widths=(25, 45, 15, 15),
            numbers=(2, 3),
        ),
    )


def _tells(trait: Trait) -> bool:
    """Whether anybody said anything."""
    return any(group.name != "" for group in trait.groups)


def _trait_rows(trait: Trait, language: Language) -> list[tuple[str, ...]]:
    total = sum(group.n for group in trait.groups)
    rows: list[tuple[str, ...]] = []
    for index, group in enumerate(trait.groups):
        if group.name is None:
            name = told("3.1.together", language)
        elif group.name == "":
            name = told("3.1.unsaid", language)
        else:
            known = f"{trait.name}.{group.name}"
            name = told(known, language) if known in WORDS else group.name
        title = told(f"trait.{trait.name}", language) if index == 0 else ""
        rows.append((title, name, number_text(group.n, language), share_text(group.n / total, language)))
    return rows


def _index(figures: SkmFigures, language: Language) -> tuple[AnyBlock, ...]:
    ikm = figures.ikm
    facts = {
        "unit": figures.name,
        "period": period_text(figures.period, language),
        "sample": sample_text(ikm, figures.served, language),
    }
    if ikm.value is None or ikm.band is None:
        return (Paragraph(text=told("3.2.none", language, **facts)),)
    said = told(
        "3.2.a",
        language,
        **facts,
        value=decimal_text(ikm.value, language),
        grade=ikm.band.grade,
        words=grade_words(ikm.band, language),
        interval=interval_text(ikm, language),
    )
    here = f"● {decimal_text(ikm.value, language)}, n = {number_text(ikm.answers, language)}"
    rows = [
        (band.grade, grade_words(band, language), _range(index, language), here if band == ikm.band else "")
        for index, band in enumerate(BANDS)
    ]
    return (
        Paragraph(text=said),
        Grid(
            caption=told("3.2.grid", language),
            head=tuple(told(f"3.2.{name}", language) for name in ("grade", "words", "range", "here")),
            rows=tuple(rows),
            widths=(12, 28, 30, 30),
        ),
    )


def _range(index: int, language: Language) -> str:
    """The IKM of a grade: 76,61 – 88,30."""
    least = max(BANDS[index].least_hundredths, 2500)
    most = BANDS[index - 1].least_hundredths - 1 if index else 10_000
    low, high = (decimal_text(Fraction(value, 100), language) for value in (least, most))
    return told("3.2.above", language, low=low, high=high)


def element_bars(figures: SkmFigures, language: Language) -> Bars:
    """The nine elements in the regulation's order, with the grades and the period before."""
    earlier = figures.before
    known = sample_of(figures.ikm) == "enough"
    bars = []
    for index, element in enumerate(ELEMENTS):
        mark = figures.ikm.nrr[index]
        old = earlier.nrr[index] if earlier is not None else None
        band = graded(mark) if mark is not None else None
        bars.append(
            Bar(
                label=f"{element.code} {title_of(element, language)}",
                value=None if mark is None else float(mark),
                text=DASH if mark is None or band is None else f"{decimal_text(mark, language)} {band.grade}",
                tone=tone_of(band) if known else "unknown",
                before=None if old is None else float(old),
            )
        )
    before = ""
    if earlier is not None:
        before = told("3.3.before", language, period=period_text(figures.period.previous, language))
    n = f"n = {number_text(figures.ikm.answers, language)}"
    return Bars(
        caption=f"{told('3.3.bars', language)} ({n})",
        bars=tuple(bars),
        least=1,
        most=4,
        marks=GRADE_MARKS,
        before=before,
    )


def _elements(figures: SkmFigures, language: Language) -> Grid:
    ikm, earlier, counts = figures.ikm, figures.before, figures.counts
    rows = []
    for index, element in enumerate(ELEMENTS):
        mark = ikm.nrr[index]
        old = earlier.nrr[index] if earlier is not None else None
        name = f"{element.code} {title_of(element, language)}"
        if mark is None:
            rows.append((name, number_text(counts[index], language), *(DASH,) * 5))
            continue
        rows.append(
            (
                name,
                number_text(counts[index], language),
                decimal_text(mark, language, 3),
                decimal_text(mark * WEIGHTS[ikm.weight], language, 3),
                decimal_text(mark * 25, language),
                graded(mark).grade,
                DASH if old is None else change_text(mark, old, language),
            )
        )
    return Grid(
        caption=told("3.3.grid", language),
        head=tuple(
            told(f"3.3.{name}", language)
            for name in ("element", "n", "mark", "weighted", "converted", "grade", "change")
        ),
        rows=tuple(rows),
        widths=(38, 9, 10, 12, 11, 8, 12),
        numbers=(1, 2, 3, 4, 6),
    )


def _services(figures: SkmFigures, language: Language) -> tuple[AnyBlock, ...]:
    rows = []
    for each in figures.services:
        ikm = each.ikm
        band: Band | None = ikm.band
        grade = DASH
        if ikm.answers < figures.few_below:
            grade = told("3.4.few", language)
        elif band is not None:
            grade = band.grade
        rows.append(
            (
                each.name or told("3.4.unnamed", language),
                DASH if ikm.value is None else decimal_text(ikm.value, language),
                grade,
                interval_text(ikm, language),
                number_text(ikm.answers, language),
                DASH if ikm.minimum is None else number_text(ikm.minimum, language),
                sample_verdict(ikm, language),
            )
        )
    if not rows:
        return (Paragraph(text=sample_text(figures.ikm, figures.served, language).capitalize() + "."),)
    columns = ("4.3.index", "4.3.grade", "4.3.interval", "4.3.n", "4.3.minimum", "4.3.sample")
    return (
        Paragraph(text=told("3.4.a", language, least=number_text(figures.few_below, language))),
        Grid(
            caption=told("3.4.grid", language),
            head=(told("3.4.service", language), *(told(name, language) for name in columns)),
            rows=tuple(rows),
            widths=(27, 10, 14, 18, 8, 10, 13),
            numbers=(1, 4, 5),
        ),
    )
