"""The evaluation of a unit and period as a document: promises, indicators, satisfaction, trainings, alerts."""

from pantau.alert_texts import moment_text
from pantau.domain.indicators import Language
from pantau.domain.reports.document import (
    AnyBlock,
    Chapter,
    Document,
    Grid,
    Key,
    Keys,
    Note,
    Paragraph,
    Points,
    Section,
)
from pantau.domain.reports.evaluation import Compared, UnitFigures
from pantau.domain.reports.satisfaction import priorities
from pantau.effect_texts import sentence
from pantau.indicator_texts import choice_text, notes, value_text
from pantau.reports import skm_words
from pantau.reports.followup_table import counts, followup_grid
from pantau.reports.lost_grades import lost_grade_notes
from pantau.reports.skm import cautions, place_of
from pantau.reports.skm_analysis import named, trend_line
from pantau.reports.skm_results import element_bars
from pantau.reports.unit_promises import promises
from pantau.reports.unit_trainings import trainings
from pantau.reports.unit_words import told
from pantau.reports.writing import DASH, days_text, index_text, index_tone, interval_text, long_day, period_text
from pantau.texts import number_text


def unit_document(figures: UnitFigures, language: Language) -> Document:
    """The whole evaluation."""
    skm = figures.skm
    period = period_text(skm.period, language)
    chapters = (
        (1, promises(figures, language)),
        (2, _indicators(figures, language)),
        (3, _satisfaction(figures, language)),
        (4, trainings(figures, language)),
        (5, _alerts(figures, language)),
        (6, _definitions(figures, language)),
    )
    return Document(
        language=language,
        title=told("title", language),
        subtitle=f"{skm.name} · {period}",
        about=(
            (skm_words.told("about.unit", language), skm.name),
            (skm_words.told("about.place", language), place_of(skm)),
            (told("about.period", language), f"{period} ({days_text(skm.period, language)})"),
            (skm_words.told("about.read", language), long_day(skm.read_on, language)),
        ),
        written=skm.read_on,
        paged=False,
        foot=told("foot", language, unit=skm.name, period=period),
        summary=Chapter(
            label="",
            title=skm_words.told("summary", language),
            sections=(Section(number="", title="", blocks=_summary(figures, language)),),
        ),
        chapters=tuple(
            Chapter(label=str(number), title=told(str(number), language), sections=sections)
            for number, sections in chapters
        ),
    )


def _section(number: str, language: Language, *blocks: AnyBlock) -> Section:
    return Section(number=number, title=told(number, language), blocks=blocks)


def no_effect(figures: UnitFigures, language: Language) -> tuple[Note, ...]:
    """The word of warning beside every difference between periods, where the unit was trained."""
    if not figures.trainings:
        return ()
    return (Note(title=told("no_effect.title", language), text=told("no_effect", language), tone="watch"),)


def _summary(figures: UnitFigures, language: Language) -> tuple[AnyBlock, ...]:
    skm = figures.skm
    every, answered, done = counts(skm.followups)
    keys = Keys(
        keys=(
            _key("key.promise", figures.value("promise"), language),
            Key(
                label=skm_words.told("key.index", language),
                value=DASH if skm.ikm.value is None else number_text(float(skm.ikm.value), language, 2),
                beside=index_text(skm.ikm, language),
                tone=index_tone(skm.ikm),
            ),
            _key("key.wait", figures.value("wait_to_start.p50"), language),
            Key(
                label=told("key.falls", language),
                value=number_text(every, language),
                beside=told(
                    "key.answered",
                    language,
                    answered=number_text(answered, language),
                    done=number_text(done, language),
                ),
            ),
        )
    )
    said = [*_said(figures, language)]
    return (keys, *cautions(skm, language)[:2], *no_effect(figures, language), Points(items=tuple(said)))


def _key(name: str, found: Compared | None, language: Language) -> Key:
    if found is None or found.now.value is None:
        why = notes(found.now, language) if found is not None else ""
        return Key(label=told(name, language), value=DASH, beside=why, tone="unknown")
    beside = told(
        "key.before",
        language,
        n=number_text(found.now.n, language),
        before=value_text(found.before, found.about.unit, language),
        before_n=number_text(found.before.n, language),
    )
    few = "few" in found.now.flags
    return Key(
        label=told(name, language),
        value=value_text(found.now, found.about.unit, language),
        beside=beside,
        tone="unknown" if few else "plain",
    )


def _said(figures: UnitFigures, language: Language) -> list[str]:
    skm = figures.skm
    said = []
    judged = [each for each in figures.services if each.promise.value is not None and not each.promise.flags]
    if judged:
        worst = judged[0]
        said.append(
            told(
                "summary.worst",
                language,
                service=worst.name or told("1.1.unnamed", language),
                value=value_text(worst.promise, "share", language),
                n=number_text(worst.promise.n, language),
            )
        )
    still = [each.code for each in skm.followups if each.ended is None]
    if still:
        said.append(told("summary.open", language, codes=", ".join(still)))
    first = priorities(skm.ikm)[:3]
    if first:
        said.append(told("summary.lowest", language, elements="; ".join(named(each, language) for each in first)))
    if not figures.trainings:
        said.append(told("summary.untrained", language))
    said += [
        told("summary.verdict", language, title=each.title, sentence=sentence(each, language))
        for each in figures.effects
        if each.outcome in ("kompetensi", "perilaku", "service_time") and each.effect.effect is not None
    ]
    return said


def _indicators(figures: UnitFigures, language: Language) -> tuple[Section, ...]:
    known = [each for each in figures.compared if each.now.value is not None]
    rows = [
        (
            each.about.title,
            value_text(each.now, each.about.unit, language),
            number_text(each.now.n, language),
            value_text(each.before, each.about.unit, language),
            DASH if each.before.value is None else number_text(each.before.n, language),
            notes(each.now, language),
        )
        for each in known
    ]
    blocks: list[AnyBlock] = [*no_effect(figures, language)]
    if rows:
        heads = (
            told("2.1.indicator", language),
            told("2.1.now", language),
            "n",
            told("2.1.before", language),
            "n",
            told("2.1.notes", language),
        )
        blocks.append(
            Grid(
                caption=told("2.1.grid", language),
                head=heads,
                rows=tuple(rows),
                widths=(30, 17, 9, 17, 9, 18),
                numbers=(1, 2, 3, 4),
            )
        )
    missing = [f"{each.about.title} ({notes(each.now, language)})" for each in figures.compared if each not in known]
    if missing:
        blocks.append(Paragraph(text=told("2.1.unknown", language, names="; ".join(missing))))
    return (_section("2.1", language, *blocks),)


def _satisfaction(figures: UnitFigures, language: Language) -> tuple[Section, ...]:
    skm = figures.skm
    blocks: list[AnyBlock] = [
        Paragraph(
            text=f"IKM: {index_text(skm.ikm, language)}. "
            f"{skm_words.told('4.3.interval', language)}: {interval_text(skm.ikm, language)}."
        ),
        *cautions(skm, language)[:1],
    ]
    if skm.ikm.value is not None:
        blocks.append(element_bars(skm, language))
    known = [index for index, (_, ikm) in enumerate(skm.trend) if ikm.value is not None]
    if len(known) < 2:
        trend: AnyBlock = Paragraph(text=skm_words.told("4.3.one", language))
    else:
        trend = trend_line(skm.trend[known[0] :], language)
    return (
        _section("3.1", language, *blocks),
        _section("3.2", language, trend, *lost_grade_notes(skm.lost_grades, language)),
    )


def _alerts(figures: UnitFigures, language: Language) -> tuple[Section, ...]:
    skm = figures.skm
    blocks: tuple[AnyBlock, ...] = (Paragraph(text=told("5.1.none", language)),)
    if skm.followups:
        every, answered, done = (number_text(n, language) for n in counts(skm.followups))
        blocks = (
            Paragraph(text=told("5.1.counts", language, all=every, answered=answered, done=done)),
            followup_grid(skm.followups, skm.zone, skm.read_on, language),
        )
    gaps: AnyBlock = Paragraph(text=told("5.2.none", language))
    if figures.silences:
        items = []
        for each in figures.silences:
            since = moment_text(each.gap.since, skm.zone, language)
            if each.ended is None:
                items.append(told("5.2.lasting", language, since=since))
            else:
                items.append(told("5.2.gap", language, since=since, ended=moment_text(each.ended, skm.zone, language)))
        gaps = Points(items=tuple(items))
    return (_section("5.1", language, *blocks), _section("5.2", language, gaps))


def _definitions(figures: UnitFigures, language: Language) -> tuple[Section, ...]:
    """What each indicator means, with the choices that change it; those that mean the same together."""
    titles: dict[str, list[str]] = {}
    for about in (each.about for each in figures.compared):
        chosen = [choice_text(name, value, language) for name, value in about.choices.items() if value is not None]
        means = f"{about.definition} [{'; '.join(chosen)}]" if chosen else about.definition
        titles.setdefault(means, []).append(about.title)
    items = tuple(f"{'; '.join(named_so)}: {means}" for means, named_so in titles.items())
    return (_section("6.1", language, Points(items=items)),)
