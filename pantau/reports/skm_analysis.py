"""Chapter IV of the SKM report: strengths and weaknesses, what will be done, the trend, what became of falls."""

from math import ceil, floor

from pantau.domain.indicators import Language
from pantau.domain.periods import Period
from pantau.domain.reports.document import AnyBlock, Grid, Line, Mark, Paragraph, Point, Points, Section
from pantau.domain.reports.satisfaction import Priority, SkmFigures, Step, best, priorities, sample_of
from pantau.domain.skm import BANDS, ELEMENTS, Ikm
from pantau.reports.followup_table import followup_grid
from pantau.reports.lost_grades import lost_grade_notes
from pantau.reports.skm_words import told
from pantau.reports.writing import (
    DASH,
    change_text,
    decimal_text,
    index_tone,
    interval_text,
    long_day,
    period_text,
    sample_text,
    sample_verdict,
    short_period,
    title_of,
)
from pantau.texts import number_text


def analysis(figures: SkmFigures, language: Language) -> tuple[Section, ...]:
    """The sections of the chapter."""
    return (
        Section(number="4.1", title=told("4.1", language), blocks=_strengths(figures, language)),
        Section(
            number="4.2",
            title=told("4.2", language),
            blocks=(Paragraph(text=told("4.2.a", language)), _plan(figures, language)),
        ),
        Section(number="4.3", title=told("4.3", language), blocks=_trend(figures, language)),
        Section(number="4.4", title=told("4.4", language), blocks=_falls(figures, language)),
    )


def named(each: Priority, language: Language) -> str:
    """An element with its mean mark and grade: U3 Waktu penyelesaian (2,94, mutu C)."""
    grade = "mutu" if language == "id" else "grade"
    mark = decimal_text(each.mark, language)
    return f"{each.element.code} {title_of(each.element, language)} ({mark}, {grade} {each.band.grade})"


def _strengths(figures: SkmFigures, language: Language) -> tuple[AnyBlock, ...]:
    ikm = figures.ikm
    worst = priorities(ikm)
    if not worst:
        return (Paragraph(text=told("note.none", language)),)
    below = [each for each in worst if each.band.grade in ("C", "D")]
    said = [
        told("4.1.best", language, elements="; ".join(named(each, language) for each in best(ikm))),
        told("4.1.worst", language, elements="; ".join(named(each, language) for each in worst[:3])),
        told("4.1.below", language, elements="; ".join(named(each, language) for each in below))
        if below
        else told("4.1.none_below", language),
    ]
    blocks: list[AnyBlock] = [Points(items=tuple(said))]
    if sample_of(ikm) != "enough":
        caution = told("4.1.caution", language, sample=sample_text(ikm, figures.served, language))
        blocks.append(Paragraph(text=caution))
    return tuple(blocks)


def _plan(figures: SkmFigures, language: Language) -> Grid:
    """Priorities with what the office plans for each; where it has not said, room to write."""
    keys = {element.key for element in ELEMENTS}
    steps = figures.plan.step
    rows: list[tuple[str, ...]] = []
    for each in priorities(figures.ikm):
        label = f"{each.element.code} {title_of(each.element, language)}"
        mark = f"{decimal_text(each.mark, language)} ({each.band.grade})"
        own: list[Step | None] = [step for step in steps if step.element == each.element.key]
        rows += [(str(len(rows) + 1), label, mark, *_step(step, language)) for step in own or [None]]
    shown = {each.element.key for each in priorities(figures.ikm)}
    for step in steps:
        if step.element in shown:
            continue
        label = told("4.2.general", language)
        if step.element in keys:
            element = next(each for each in ELEMENTS if each.key == step.element)
            label = f"{element.code} {title_of(element, language)}"
        rows.append((str(len(rows) + 1), label, DASH, *_step(step, language)))
    return Grid(
        caption=told("4.2.grid", language),
        head=tuple(told(f"4.2.{name}", language) for name in ("priority", "element", "mark", "action", "due", "by")),
        rows=tuple(rows),
        widths=(6, 24, 13, 27, 15, 15),
    )


def _step(step: Step | None, language: Language) -> tuple[str, str, str]:
    room = told("4.2.open", language)
    if step is None:
        return room, room, room
    return step.action, long_day(step.due, language) if step.due else room, step.by or room


def _trend(figures: SkmFigures, language: Language) -> tuple[AnyBlock, ...]:
    known = [(period, ikm) for period, ikm in figures.trend if ikm.value is not None]
    rows = [
        _trend_row(period, ikm, language) for period, ikm in figures.trend if ikm.answers or period == figures.period
    ]
    grid = Grid(
        caption=told("4.3.grid", language),
        head=tuple(
            told(f"4.3.{name}", language) for name in ("period", "index", "grade", "interval", "n", "minimum", "sample")
        ),
        rows=tuple(rows),
        widths=(22, 11, 9, 19, 9, 13, 17),
        numbers=(1, 4, 5),
    )
    lost = lost_grade_notes(figures.lost_grades, language)
    if len(known) < 2:
        return (Paragraph(text=told("4.3.one", language)), grid, *lost)
    first = next(index for index, (_, ikm) in enumerate(figures.trend) if ikm.value is not None)
    blocks: list[AnyBlock] = [trend_line(figures.trend[first:], language), grid]
    said = _change(figures, language)
    return (*blocks, *([Paragraph(text=said)] if said else []), *lost)


def _trend_row(period: Period, ikm: Ikm, language: Language) -> tuple[str, ...]:
    return (
        period_text(period, language),
        DASH if ikm.value is None else decimal_text(ikm.value, language),
        DASH if ikm.band is None else ikm.band.grade,
        interval_text(ikm, language),
        number_text(ikm.answers, language),
        DASH if ikm.minimum is None else number_text(ikm.minimum, language),
        sample_verdict(ikm, language),
    )


def trend_line(trend: tuple[tuple[Period, Ikm], ...], language: Language) -> Line:
    """The index over periods on a scale that holds every interval, with the grades that lie in it."""
    bounds = [float(bound) for _, ikm in trend for bound in (ikm.low, ikm.value, ikm.high) if bound is not None]
    least = max(25, floor((min(bounds) - 2) / 5) * 5)
    most = min(100, max(ceil((max(bounds) + 2) / 5) * 5, least + 10))
    points = [
        Point(
            label=short_period(period, language),
            value=None if ikm.value is None else float(ikm.value),
            text=DASH if ikm.value is None else decimal_text(ikm.value, language),
            beside=f"n = {number_text(ikm.answers, language)}",
            low=None if ikm.low is None else float(ikm.low),
            high=None if ikm.high is None else float(ikm.high),
            tone=index_tone(ikm),
        )
        for period, ikm in trend
    ]
    marks = [
        Mark(value=band.least_hundredths / 100, label=band.grade)
        for band in BANDS
        if least < band.least_hundredths / 100 < most
    ]
    return Line(caption=told("4.3.line", language), points=tuple(points), least=least, most=most, marks=tuple(marks))


def _change(figures: SkmFigures, language: Language) -> str:
    """What may be said of two periods: whether their intervals meet, and that no cause can be read from it."""
    now, before = figures.ikm, figures.before
    if before is None or now.value is None or before.value is None:
        return ""
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return ""
    name = "4.3.meet" if now.low <= before.high and before.low <= now.high else "4.3.apart"
    return told(
        name,
        language,
        before_period=period_text(figures.period.previous, language),
        change=change_text(now.value, before.value, language),
    )


def _falls(figures: SkmFigures, language: Language) -> tuple[AnyBlock, ...]:
    if not figures.followups:
        return (Paragraph(text=told("4.4.none", language)),)
    return (
        Paragraph(text=told("4.4.a", language)),
        followup_grid(figures.followups, figures.zone, figures.read_on, language),
    )
