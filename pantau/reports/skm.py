"""The SKM report of a unit and period as a document: summary, five chapters, annex."""

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
    Signature,
    Tone,
)
from pantau.domain.reports.satisfaction import SkmFigures, priorities, sample_of
from pantau.domain.skm import BANDS, ELEMENTS, Ikm
from pantau.reports.followup_table import counts
from pantau.reports.skm_analysis import analysis, named
from pantau.reports.skm_results import element_bars, results
from pantau.reports.skm_words import told
from pantau.reports.writing import (
    DASH,
    ROMAN,
    change_text,
    days_text,
    decimal_text,
    grade_words,
    index_text,
    index_tone,
    interval_text,
    long_day,
    period_text,
    sample_text,
    sample_verdict,
    title_of,
)
from pantau.texts import number_text, share_text


def skm_document(figures: SkmFigures, language: Language) -> Document:
    """The whole report."""
    period = period_text(figures.period, language)
    return Document(
        language=language,
        title=told("title", language),
        subtitle=f"{figures.name} · {period}",
        about=(
            (told("about.unit", language), figures.name),
            (told("about.place", language), place_of(figures)),
            (told("about.period", language), f"{period} ({days_text(figures.period, language)})"),
            (told("about.read", language), long_day(figures.read_on, language)),
            (told("about.rule", language), told("rule", language)),
        ),
        written=figures.read_on,
        paged=True,
        foot=told("foot", language, unit=figures.name, period=period),
        summary=Chapter(
            label="",
            title=told("summary", language),
            sections=(Section(number="", title="", blocks=_summary(figures, language)),),
        ),
        chapters=(
            _chapter(1, _introduction(figures, language), language),
            _chapter(2, _collection(figures, language), language),
            _chapter(3, results(figures, language), language),
            _chapter(4, analysis(figures, language), language),
            _chapter(5, _conclusion(figures, language), language),
            _annex(figures, language),
        ),
    )


def _summary(figures: SkmFigures, language: Language) -> tuple[AnyBlock, ...]:
    blocks: list[AnyBlock] = [_keys(figures, language), *cautions(figures, language)]
    if figures.ikm.value is not None:
        blocks.append(element_bars(figures, language))
    said = conclusions(figures, language)[1:]
    return (*blocks, Points(items=tuple(said))) if said else tuple(blocks)


def place_of(figures: SkmFigures) -> str:
    """Where the unit is: Kecamatan Kalianda, Kabupaten Lampung Selatan, as the registry calls them."""
    return ", ".join(name for name in dict.fromkeys((figures.kecamatan, figures.kabupaten)) if name)


def cautions(figures: SkmFigures, language: Language) -> list[Note]:
    """What must be known before a number is read: the sample first."""
    ikm = figures.ikm
    sample = sample_of(ikm)
    tones: dict[str, Tone] = {"enough": "good", "below": "bad", "unknown": "watch", "none": "unknown"}
    first = Note(
        title=told(f"note.{sample}.title", language),
        text=told(f"note.{sample}", language, sample=_sentence(sample_text(ikm, figures.served, language))),
        tone=tones[sample],
    )
    notes = [first]
    if sample != "none" and ikm.value is None:
        missing = [each.code for each, mark in zip(ELEMENTS, ikm.nrr, strict=True) if mark is None]
        notes.append(_note("unanswered", language, "bad", elements=", ".join(missing)))
    if figures.running:
        last, read = (long_day(day, language) for day in (figures.period.last, figures.known_to))
        notes.append(_note("running", language, "watch", last=last, read=read))
    if "straddles_bands" in ikm.flags:
        grades = [band.grade for band in BANDS if _reaches(ikm, band.least_hundredths, band.grade)]
        notes.append(
            _note(
                "straddles",
                language,
                "watch",
                interval=interval_text(ikm, language),
                grades=f"{DASH}".join(grades[::-1]),
            )
        )
    if "straight_lined" in ikm.flags and ikm.straight_share is not None:
        share = share_text(float(ikm.straight_share), language, 0)
        notes.append(_note("straight", language, "watch", share=share, n=number_text(figures.complete, language)))
    return notes


def _reaches(ikm: Ikm, least: int, grade: str) -> bool:
    if ikm.low is None or ikm.high is None:
        return False
    upper = next((band.least_hundredths for band in reversed(BANDS) if band.least_hundredths > least), 10_001)
    return ikm.high * 100 >= least and ikm.low * 100 < upper and grade != ""


def _note(name: str, language: Language, tone: Tone, **facts: str) -> Note:
    return Note(title=told(f"note.{name}.title", language), text=told(f"note.{name}", language, **facts), tone=tone)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _chapter(number: int, sections: tuple[Section, ...], language: Language) -> Chapter:
    label = told("chapter.label", language, number=ROMAN[number])
    return Chapter(label=label, title=told(str(number), language), sections=sections)


def _section(number: str, language: Language, *blocks: AnyBlock) -> Section:
    return Section(number=number, title=told(number, language), blocks=blocks)


def _keys(figures: SkmFigures, language: Language) -> Keys:
    ikm, before = figures.ikm, figures.before
    if ikm.value is None or ikm.band is None:
        value, beside = DASH, sample_text(ikm, figures.served, language)
    else:
        value = decimal_text(ikm.value, language)
        beside = told(
            "key.grade",
            language,
            grade=ikm.band.grade,
            words=grade_words(ikm.band, language),
            n=number_text(ikm.answers, language),
            interval=interval_text(ikm, language),
        )
    lowest = priorities(ikm)[:1]
    change, compared = DASH, told("key.no_before", language)
    if before is not None and before.value is not None:
        compared = told("key.before", language, index=index_text(before, language))
        if ikm.value is not None:
            change = change_text(ikm.value, before.value, language)
    return Keys(
        keys=(
            Key(label=told("key.index", language), value=value, beside=beside, tone=index_tone(ikm)),
            Key(
                label=told("key.sample", language),
                value=number_text(ikm.answers, language),
                beside=_needed(figures, language),
            ),
            Key(
                label=told("key.lowest", language),
                value=lowest[0].element.code if lowest else DASH,
                beside=named(lowest[0], language) if lowest else sample_text(ikm, figures.served, language),
            ),
            Key(label=told("key.change", language), value=change, beside=compared),
        )
    )


def _needed(figures: SkmFigures, language: Language) -> str:
    if figures.ikm.minimum is None:
        return sample_text(figures.ikm, figures.served, language)
    minimum = number_text(figures.ikm.minimum, language)
    label = told("2.4.minimum", language)
    return f"{label}: {minimum}. {sample_verdict(figures.ikm, language)}"


def _introduction(figures: SkmFigures, language: Language) -> tuple[Section, ...]:
    facts = {
        "unit": figures.name,
        "period": period_text(figures.period, language),
        "days": days_text(figures.period, language),
    }
    return (
        _section(
            "1.1",
            language,
            Paragraph(text=told("1.1.a", language)),
            Paragraph(text=told("1.1.b", language, **facts)),
        ),
        _section("1.2", language, _points("1.2", language, **facts)),
        _section("1.3", language, _points("1.3", language, **facts)),
    )


def _points(name: str, language: Language, **facts: str) -> Points:
    return Points(items=tuple(told(f"{name}.{letter}", language, **facts) for letter in "abc"), numbered=True)


def _collection(figures: SkmFigures, language: Language) -> tuple[Section, ...]:
    team = figures.plan.team
    who: tuple[AnyBlock, ...] = (Paragraph(text=told("2.1.none", language, unit=figures.name)),)
    if team:
        who = (Paragraph(text=told("2.1.team", language, unit=figures.name)), Points(items=team, numbered=True))
    days = days_text(figures.period, language)
    where = told("2.3.a", language, unit=figures.name, place=place_of(figures), days=days)
    return (
        _section("2.1", language, *who),
        _section("2.2", language, Paragraph(text=told("2.2.a", language))),
        _section("2.3", language, Paragraph(text=where)),
        _section("2.4", language, Paragraph(text=told("2.4.a", language)), _sample_grid(figures, language)),
    )


def _sample_grid(figures: SkmFigures, language: Language) -> Grid:
    ikm = figures.ikm
    served, minimum = figures.served, ikm.minimum
    rate = share_text(ikm.answers / served, language) if served else DASH
    rows = (
        ("2.4.served", DASH if served is None else number_text(served, language)),
        ("2.4.minimum", DASH if minimum is None else number_text(minimum, language)),
        ("2.4.answers", number_text(ikm.answers, language)),
        ("2.4.complete", number_text(figures.complete, language)),
        ("2.4.rate", rate),
        ("2.4.verdict", sample_verdict(ikm, language)),
    )
    return Grid(
        caption=told("2.4.grid", language),
        head=(told("2.4.what", language), told("2.4.number", language)),
        rows=tuple((told(name, language), value) for name, value in rows),
        widths=(70, 30),
        numbers=(1,),
    )


def conclusions(figures: SkmFigures, language: Language) -> list[str]:
    """What follows from it all: the index, what comes first, how many answers are missing, what became of falls."""
    ikm = figures.ikm
    period = period_text(figures.period, language)
    said = [told("5.1.index", language, unit=figures.name, period=period, index=index_text(ikm, language))]
    first = priorities(ikm)
    if first:
        names = "; ".join(named(each, language) for each in first)
        said.append(told("5.1.first", language, elements=names))
    if sample_of(ikm) == "below" and ikm.minimum is not None:
        said.append(told("5.1.more", language, missing=number_text(ikm.minimum - ikm.answers, language)))
    every, answered, done = counts(figures.followups)
    if every:
        numbers = {"all": every, "answered": answered, "done": done}
        said.append(
            told("5.1.done", language, **{name: number_text(value, language) for name, value in numbers.items()})
        )
    return said


def _conclusion(figures: SkmFigures, language: Language) -> tuple[Section, ...]:
    plan, said = figures.plan, conclusions(figures, language)
    signed = Signature(place=plan.place, role=plan.role, name=plan.name, number=plan.number)
    return (_section("5.1", language, Points(items=tuple(said))), _section("5.2", language, signed))


def _annex(figures: SkmFigures, language: Language) -> Chapter:
    formulas = tuple(told(f"annex.1.{letter}", language, weight=figures.ikm.weight) for letter in "abcd")
    elements = tuple(f"{each.code} {title_of(each, language)}" for each in ELEMENTS)
    return Chapter(
        label=told("annex.label", language),
        title=told("annex", language),
        sections=(
            Section(number="A", title=told("annex.1", language), blocks=(Points(items=formulas),)),
            Section(number="B", title=told("annex.2", language), blocks=(Points(items=elements),)),
        ),
    )
