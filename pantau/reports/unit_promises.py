"""The evaluation's part on promises: what each service promises and how often it was kept."""

from pantau.domain.indicators import Language, Value
from pantau.domain.registry_records import Standard
from pantau.domain.reports.document import AnyBlock, Bar, Bars, Grid, Line, Paragraph, Point, Section, Tone
from pantau.domain.reports.evaluation import ServiceLine, UnitFigures
from pantau.domain.spans import spell_out
from pantau.indicator_texts import value_text
from pantau.reports.unit_words import told
from pantau.reports.writing import DASH, period_text, short_period
from pantau.texts import number_text


def promises(figures: UnitFigures, language: Language) -> tuple[Section, ...]:
    """The sections of the part."""
    return (
        Section(number="1.1", title=told("1.1", language), blocks=_by_service(figures, language)),
        Section(number="1.2", title=told("1.2", language), blocks=(_trend(figures, language),)),
    )


def standard_text(standard: Standard | None, language: Language) -> str:
    """A promise in words: mulai dilayani dalam 30 menit."""
    if standard is None:
        return told("1.1.unpromised", language)
    if standard.working_days is not None:
        limit = told("limit.days", language, n=number_text(standard.working_days, language))
    else:
        limit = spell_out(standard.limit_ms or 0, language)
    return told(f"measure.{standard.measure}", language, limit=limit)


def _by_service(figures: UnitFigures, language: Language) -> tuple[AnyBlock, ...]:
    judged = [each for each in figures.services if each.promise.value is not None]
    if not figures.services:
        return (Paragraph(text=told("1.1.none", language)),)
    grid = Grid(
        caption=told("1.1.grid", language),
        head=tuple(
            told(f"1.1.{name}", language)
            for name in ("service", "promise", "kept", "n", "earlier", "n", "wait", "serving")
        ),
        rows=tuple(_row(each, language) for each in figures.services),
        widths=(19, 20, 10, 10, 10, 9, 11, 11),
        numbers=(2, 3, 4, 5, 6, 7),
    )
    if not judged:
        return (Paragraph(text=told("1.1.none", language)), grid)
    earlier = period_text(figures.skm.period.previous, language)
    known = any(each.before.value is not None for each in judged)
    bars = Bars(
        caption=told("1.1.bars", language),
        bars=tuple(_bar(each, language) for each in judged),
        least=0,
        most=100,
        before=told("1.1.before", language, period=earlier) if known else "",
    )
    return (bars, grid)


def _bar(each: ServiceLine, language: Language) -> Bar:
    few = "few" in each.promise.flags
    tone: Tone = "unknown" if few else "plain"
    return Bar(
        label=f"{each.name or told('1.1.unnamed', language)} (n = {number_text(each.promise.n, language)})",
        value=None if each.promise.value is None else each.promise.value * 100,
        text=_share(each.promise, language),
        tone=tone,
        before=None if each.before.value is None else each.before.value * 100,
    )


def _share(value: Value, language: Language) -> str:
    return DASH if value.value is None else f"{number_text(value.value * 100, language, 1)} %"


def _row(each: ServiceLine, language: Language) -> tuple[str, ...]:
    def n(value: Value) -> str:
        few = f" ({told('1.1.few', language)})" if "few" in value.flags else ""
        return DASH if value.value is None else number_text(value.n, language) + few

    return (
        each.name or told("1.1.unnamed", language),
        standard_text(each.standard, language),
        _share(each.promise, language),
        n(each.promise),
        _share(each.before, language),
        n(each.before),
        value_text(each.wait, "ms", language),
        value_text(each.serving, "ms", language),
    )


def _trend(figures: UnitFigures, language: Language) -> AnyBlock:
    known = [index for index, (_, value) in enumerate(figures.promise_trend) if value.value is not None]
    if len(known) < 2:
        return Paragraph(text=told("1.2.one", language))
    points = [
        Point(
            label=short_period(period, language),
            value=None if value.value is None else value.value * 100,
            text=_share(value, language),
            beside=f"n = {number_text(value.n, language)}",
            tone="unknown" if "few" in value.flags else "plain",
        )
        for period, value in figures.promise_trend[known[0] :]
    ]
    return Line(caption=told("1.2.line", language), points=tuple(points), least=0, most=100)
