"""The poster of an SKM result: one page for the wall, read from two metres."""

from itertools import accumulate
from math import ceil

from pantau.domain.indicators import Language
from pantau.domain.reports.document import Poster, PosterElement
from pantau.domain.reports.satisfaction import LEAST_PRIORITIES, SkmFigures, graded, priorities, sample_of
from pantau.domain.skm import ELEMENTS
from pantau.reports.skm_words import on_poster
from pantau.reports.writing import (
    DASH,
    days_text,
    decimal_text,
    grade_words,
    index_text,
    index_tone,
    interval_text,
    long_day,
    period_text,
    sample_verdict,
    title_of,
    tone_of,
)
from pantau.texts import number_text

MOST_LINES = 7
"""More lines of a plan than this nobody reads from two metres, and there is no room for them."""

USUAL_LINES = 4
"""What fits without setting everything closer."""

LINE = 68
"""So many letters fit on a line of the plan."""

LONG_NAME = 45


def skm_poster(figures: SkmFigures, language: Language) -> Poster:
    """The poster. The index never stands without n, its sample and its period."""
    ikm = figures.ikm
    known = sample_of(ikm) == "enough"
    first = {each.element.code for each in priorities(ikm)}
    elements = []
    for element, mark in zip(ELEMENTS, ikm.nrr, strict=True):
        elements.append(
            PosterElement(
                code=element.code,
                title=title_of(element, language),
                mark=None if mark is None else float(mark),
                text=DASH if mark is None else decimal_text(mark, language),
                tone=tone_of(graded(mark)) if known and mark is not None else "unknown",
                first=element.code in first,
            )
        )
    band, caution, doing = ikm.band, _caution(figures, language), _doing(figures, language)
    return Poster(
        language=language,
        title=on_poster("title", language),
        unit=figures.name,
        place=", ".join(name for name in dict.fromkeys((figures.kecamatan, figures.kabupaten)) if name),
        period=period_text(figures.period, language),
        value=DASH if ikm.value is None else decimal_text(ikm.value, language),
        grade=band.grade if band else DASH,
        grade_words=f"{on_poster('grade', language)}: {grade_words(band, language)}" if band else "",
        tone=index_tone(ikm),
        rests_on=_rests_on(figures, language),
        caution=caution,
        trend=_trend(figures, language),
        elements_title=on_poster("elements", language),
        elements=tuple(elements),
        doing_title=on_poster("doing", language),
        doing=doing,
        tight=len(figures.name) > LONG_NAME or bool(caution) or sum(map(_lines, doing)) > USUAL_LINES,
        thanks=on_poster("thanks", language),
        foot=on_poster(
            "foot", language, days=days_text(figures.period, language), read=long_day(figures.read_on, language)
        ),
    )


def _rests_on(figures: SkmFigures, language: Language) -> tuple[str, ...]:
    ikm = figures.ikm
    n = number_text(ikm.answers, language)
    lines = [on_poster("respondents.only", language, n=n)]
    if figures.served is not None and ikm.minimum is not None:
        lines = [
            on_poster("respondents", language, n=n, served=number_text(figures.served, language)),
            on_poster(
                "minimum",
                language,
                minimum=number_text(ikm.minimum, language),
                verdict=sample_verdict(ikm, language).lower(),
            ),
        ]
    if ikm.low is not None:
        lines.append(on_poster("interval", language, interval=interval_text(ikm, language)))
    return tuple(lines)


def _caution(figures: SkmFigures, language: Language) -> str:
    ikm = figures.ikm
    said = []
    sample = sample_of(ikm)
    if sample != "enough":
        n, minimum = (number_text(value, language) for value in (ikm.answers, ikm.minimum or 0))
        said.append(on_poster(f"caution.{sample}", language, n=n, minimum=minimum))
    if figures.running:
        said.append(on_poster("caution.running", language, read=long_day(figures.known_to, language)))
    return " ".join(said)


def _trend(figures: SkmFigures, language: Language) -> str:
    before = figures.before
    if before is None:
        return on_poster("trend.none", language)
    period = period_text(figures.period.previous, language)
    return on_poster("trend", language, period=period, index=index_text(before, language))


def _doing(figures: SkmFigures, language: Language) -> tuple[str, ...]:
    """What the office plans, as much as there is room for; where it has not said, what the survey puts first."""
    if not figures.plan.step:
        return tuple(
            on_poster(
                "doing.first",
                language,
                element=title_of(each.element, language),
                mark=decimal_text(each.mark, language),
            )
            for each in priorities(figures.ikm)[:LEAST_PRIORITIES]
        )
    texts = [
        on_poster("doing.due", language, action=step.action, due=long_day(step.due, language))
        if step.due
        else step.action
        for step in figures.plan.step
    ]
    lines = [*accumulate(map(_lines, texts))]
    if lines[-1] <= MOST_LINES:
        return tuple(texts)
    fitting = max(sum(total < MOST_LINES for total in lines), 1)
    left = number_text(len(texts) - fitting, language)
    return (*texts[:fitting], on_poster("doing.more", language, n=left))


def _lines(text: str) -> int:
    return ceil(len(text) / LINE)
