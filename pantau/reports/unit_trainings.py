"""The evaluation's part on trainings. A before/after difference never stands without its comparison."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil, floor

from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.outcomes import Outcome, outcome_named
from pantau.domain.effects.programmes import Training
from pantau.domain.indicators import Language
from pantau.domain.reports.document import AnyBlock, Grid, Line, Note, Paragraph, Point, Section
from pantau.domain.reports.evaluation import UnitFigures
from pantau.domain.zones import MINUTE, local_day
from pantau.effect_texts import SIASN_TYPES, VERDICTS, days_text, difference_text, reason_text, signed, verdict_text
from pantau.reports.unit_words import told
from pantau.reports.writing import DASH, long_day
from pantau.texts import day_text, number_text


def trainings(figures: UnitFigures, language: Language) -> tuple[Section, ...]:
    """The sections of the part."""
    if not figures.trainings:
        nothing = Paragraph(text=told("4.1.none", language))
        return (Section(number="4.1", title=told("4.1", language), blocks=(nothing,)),)
    return (
        Section(number="4.1", title=told("4.1", language), blocks=(_listed(figures.trainings, language),)),
        Section(number="4.2", title=told("4.2", language), blocks=_effects(figures, language)),
    )


def _listed(found: Sequence[Training], language: Language) -> Grid:
    rows = []
    for each in found:
        kind = DASH
        if each.siasn_type in SIASN_TYPES:
            kind = SIASN_TYPES[each.siasn_type].read(language)
        elif each.siasn_type is not None:
            kind = told("4.1.type", language, number=str(each.siasn_type))
        days = day_text(each.ends, language)
        if each.starts != each.ends:
            days = f"{day_text(each.starts, language, year=False)} – {days}"
        numbers = [DASH if value is None else number_text(value, language) for value in (each.jp, each.participants)]
        rows.append((each.title, kind, days, *numbers))
    return Grid(
        caption=told("4.1.grid", language),
        head=tuple(told(f"4.1.{name}", language) for name in ("title", "kind", "days", "jp", "people")),
        rows=tuple(rows),
        widths=(36, 18, 26, 9, 11),
        numbers=(3, 4),
    )


def _effects(figures: UnitFigures, language: Language) -> tuple[AnyBlock, ...]:
    if not figures.effects:
        return (Paragraph(text=told("4.2.none", language)),)
    day = long_day(local_day(figures.skm.zone, figures.computed_at), language)
    blocks: list[AnyBlock] = [Paragraph(text=told("4.2.a", language, day=day))]
    for _, same in groupby(figures.effects, key=lambda each: (each.kind, each.programme)):
        found = [*same]
        blocks += [_grid(found, language), *_path(found, language), *_cautions(found, language)]
    return tuple(blocks)


def _grid(found: Sequence[Assessment], language: Language) -> Grid:
    first = found[0]
    kind = "programme" if first.kind == "programme" else "training"
    caption = told(
        f"4.2.{kind}",
        language,
        title=first.title,
        n=number_text(len(first.units_trained), language),
        days=days_text(first.first_day, first.last_day, language),
    )
    return Grid(
        caption=caption,
        head=tuple(told(f"4.2.{name}", language) for name in ("outcome", "verdict", "effect", "split", "compared")),
        rows=tuple(_rows(found, language)),
        widths=(25, 15, 24, 23, 13),
    )


def _rows(found: Sequence[Assessment], language: Language) -> list[tuple[str, ...]]:
    """A row an outcome; those of which nothing can be said share a row for each reason."""
    rows: list[tuple[str, ...]] = []
    unsaid: dict[str, list[str]] = {}
    for each in found:
        outcome, effect = _outcome(each), each.effect
        title = outcome.title.read(language)
        numbers = (effect.effect, effect.low, effect.high, effect.naive, effect.common)
        if any(number is None for number in numbers):
            unsaid.setdefault(reason_text(effect, language), []).append(title)
            continue
        change, low, high, naive, common = (number or 0.0 for number in numbers)
        joint = "≈" if outcome.scale == "percent" else "="
        rest = signed(common, language).replace("-", "− ").replace("+", "+ ")
        rows.append(
            (
                title,
                verdict_text(effect, language),
                f"{difference_text(outcome, change, language)} ({signed(low, language)} … {signed(high, language)})",
                f"{signed(naive, language)} {joint} {signed(change, language)} {rest}",
                told("4.2.units", language, n=number_text(len(effect.comparison), language)),
            )
        )
    nothing = VERDICTS["too_little"].read(language)
    return rows + [(", ".join(titles), nothing, reason, DASH, DASH) for reason, titles in unsaid.items()]


def _path(found: Sequence[Assessment], language: Language) -> list[Line]:
    """The weeks of one outcome, as they were and as expected without: a proven one, else the first that is known."""
    known = [each for each in found if each.effect.effect is not None and len(each.effect.path) > 1]
    known.sort(key=lambda each: (each.effect.verdict == "unproven", _outcome(each).role != "primary"))
    if not known:
        return []
    each = known[0]
    outcome, weeks = _outcome(each), each.effect.path
    factor = 1 / MINUTE if outcome.scale == "percent" else 1.0
    actual = [week.actual * factor for week in weeks]
    expected = [week.expected * factor for week in weeks]
    low, high = min(*actual, *expected), max(*actual, *expected)
    step = 5 if high - low > 4 else 1
    caption = told(
        "4.2.path",
        language,
        outcome=outcome.title.read(language),
        unit=told("4.2.minutes" if outcome.scale == "percent" else "4.2.points", language),
        n=number_text(len(each.effect.comparison), language),
    )
    points = tuple(
        Point(label=f"{week.since:+d}" if week.since else "0", value=value, text="", beside="")
        for week, value in zip(weeks, actual, strict=True)
    )
    return [
        Line(
            caption=caption,
            points=points,
            least=max(0, floor(low / step) * step),
            most=ceil(high / step) * step or 1,
            compared=tuple(expected),
            names=(told("4.2.actual", language), told("4.2.expected", language)),
        )
    ]


def _cautions(found: Sequence[Assessment], language: Language) -> list[Note]:
    moved = [
        _outcome(each).title.read(language)
        for each in found
        if each.effect.effect is not None and _outcome(each).role == "placebo" and each.effect.verdict != "unproven"
    ]
    if not moved:
        return []
    text = told("4.2.placebo", language, titles=", ".join(moved))
    return [Note(title=told("4.2.placebo.title", language), text=text, tone="watch")]


def _outcome(each: Assessment) -> Outcome:
    found = outcome_named(each.outcome)
    if found is None:
        raise ValueError(f"there is no outcome {each.outcome!r}")
    return found
