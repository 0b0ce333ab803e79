"""How effects are printed for people: a table a programme, what it is compared with, and what a reader must know."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.outcomes import Outcome, outcome_named
from pantau.domain.indicators import Language, Text
from pantau.effect_texts import (
    SIASN_TYPES,
    days_text,
    difference_text,
    programme_text,
    reason_text,
    signed,
    verdict_text,
)
from pantau.texts import number_text

if TYPE_CHECKING:
    from rich.console import RenderableType

LOW_P: Final = 0.05
"""A check that chance explains less often than this is told as a caution."""

_COLUMNS: Final = (
    Text("Ukuran", "Outcome"),
    Text("Kesimpulan", "Verdict"),
    Text("Pengaruh (selang 95 %)", "Effect (95 % interval)"),
    Text("Sebelum-sesudah = pengaruh + umum", "Before/after = effect + common"),
    Text("Pembanding", "Compared with"),
    Text("Hingga kini", "Up to now"),
)
_UNIT: Final = Text("unit", "unit")
_COMPARED: Final = Text(
    "dibanding unit yang belum dilatih pada pekan yang sama; {before} pekan sebelum (tanpa {quiet} pekan menjelang "
    "pelatihan), {after} pekan sesudah",
    "compared with units not trained yet in the same weeks; {before} weeks before (without the {quiet} just before the "
    "training), {after} weeks after",
)
_PLACEBO_MOVED: Final = Text(
    "Hati-hati: {titles} ikut berubah, padahal pelatihan tidak dapat mengubahnya. Mungkin ada sebab lain.",
    "Caution: {titles} changed too, which no training can change. Something else may be the cause.",
)
_PRE_TREND: Final = Text(
    "Hati-hati, {title}: tren unit yang dilatih sudah berbeda sebelum pelatihan (p = {p}).",
    "Caution, {title}: trained units were already on another path before the training (p = {p}).",
)
_SECOND: Final = Text("pendapat kedua (Callaway-Sant'Anna)", "second opinion (Callaway-Sant'Anna)")
_TYPE: Final = Text("menurut jenis", "by type")
_DOSE: Final = Text("tiap tambahan 10 JP", "each 10 JP more")
_BY_CHANCE: Final = Text("peluang sejauh ini karena kebetulan: p = {p}", "as far by chance alone: p = {p}")
_NONE: Final = Text(
    "Belum ada pelatihan yang selesai. Kirim ke /v1/events, atau dari lembar kerja: pantau replay --mapping pelatihan.",
    "No training is completed yet. Send them to /v1/events, or from a sheet: pantau replay --mapping pelatihan.",
)

Live = Mapping[tuple[str, str, str], float]
"""(kind, programme, outcome) -> the estimate up to the running week, as told."""


def key(assessment: Assessment) -> tuple[str, str, str]:
    """What an assessment is about."""
    return assessment.kind, assessment.programme, assessment.outcome


def nothing(language: Language) -> str:
    """What is said where no training is known."""
    return _NONE.read(language)


def for_people(
    computed: Sequence[Assessment], live: Live, names: Mapping[str, str], language: Language, *, detail: bool
) -> "Iterator[RenderableType]":
    """Tables by programme; ``names`` are units' names by code."""
    from rich.text import Text as Styled

    for _, same in groupby(computed, key=lambda each: (each.kind, each.programme)):
        found = [*same]
        units = [names.get(code, code) for code in found[0].units_trained]
        title = f"{programme_text(found[0], language)} · {days_text(found[0].first_day, found[0].last_day, language)}"
        yield Styled(title, style="bold")
        yield Styled(_listed(units, language))
        if all(each.effect.effect is None for each in found):
            yield from (Styled(line) for line in _unsaid(found, language))
            continue
        yield _table(found, live, language)
        yield from (Styled(line, style="italic") for line in _cautions(found, language))
        if detail:
            yield from (Styled(line) for line in _details(found, names, language))


def _units(n: int, language: Language) -> str:
    return f"{n} {_UNIT.read(language)}{'s' if language == 'en' and n != 1 else ''}"


def _listed(units: list[str], language: Language) -> str:
    text = ", ".join(units[:6]) + (", …" if len(units) > 6 else "")
    return f"{_units(len(units), language)}: {text}"


def _outcome(assessment: Assessment) -> Outcome:
    found = outcome_named(assessment.outcome)
    if found is None:
        raise ValueError(f"there is no outcome {assessment.outcome!r}")
    return found


def _table(found: Sequence[Assessment], live: Live, language: Language) -> "RenderableType":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    grid = Grid(box=SIMPLE_HEAD, pad_edge=False)
    for column in _COLUMNS:
        grid.add_column(column.read(language))
    unsaid: dict[str, list[Assessment]] = {}
    for each in found:
        outcome, effect = _outcome(each), each.effect
        title, verdict = outcome.title.read(language), verdict_text(effect, language)
        if effect.effect is None or effect.low is None or effect.high is None:
            unsaid.setdefault(reason_text(effect, language), []).append(each)
            continue
        now = live.get(key(each))
        grid.add_row(
            title,
            verdict,
            f"{difference_text(outcome, effect.effect, language)} "
            f"({signed(effect.low, language)} … {signed(effect.high, language)})",
            _split(each, language),
            _units(len(effect.comparison), language),
            difference_text(outcome, now, language) if now is not None else "",
        )
    for reason, same in unsaid.items():
        titles = ", ".join(_outcome(each).title.read(language) for each in same)
        grid.add_row(titles, verdict_text(same[0].effect, language), reason)
    return grid


def _unsaid(found: Sequence[Assessment], language: Language) -> Iterator[str]:
    """A line a reason, where nothing can be said by any outcome; outcomes are named if reasons differ."""
    titles: dict[str, list[str]] = {}
    for each in found:
        titles.setdefault(reason_text(each.effect, language), []).append(_outcome(each).title.read(language))
    for reason, named in titles.items():
        which = f" ({', '.join(named)})" if len(titles) > 1 else ""
        yield f"  {verdict_text(found[0].effect, language)}{which}: {reason}"


def _split(assessment: Assessment, language: Language) -> str:
    """Before and after alone, and what of it is the effect and what happened anyway."""
    effect = assessment.effect
    if effect.effect is None or effect.naive is None or effect.common is None:
        return ""
    parts = [signed(each, language) for each in (effect.naive, effect.effect, effect.common)]
    joint = "≈" if _outcome(assessment).scale == "percent" else "="
    return f"{parts[0]} {joint} {parts[1]} {parts[2].replace('-', '- ').replace('+', '+ ')}"


def _cautions(found: Sequence[Assessment], language: Language) -> Iterator[str]:
    from pantau.domain.effects.evaluation import RULES

    enough = [each for each in found if each.effect.effect is not None]
    if enough:
        yield _COMPARED.read(language).format(
            before=max(each.effect.weeks_before for each in enough),
            after=max(each.effect.weeks_after for each in enough),
            quiet=RULES.quiet_weeks,
        )
    moved = [each for each in enough if _outcome(each).role == "placebo" and each.effect.verdict != "unproven"]
    if moved:
        yield _PLACEBO_MOVED.read(language).format(titles=", ".join(_outcome(e).title.read(language) for e in moved))
    for each in enough:
        check = each.effect.pre_trend
        if check is not None and check.p < LOW_P:
            title = _outcome(each).title.read(language)
            yield _PRE_TREND.read(language).format(title=title, p=number_text(check.p, language, 3))


def _details(found: Sequence[Assessment], names: Mapping[str, str], language: Language) -> Iterator[str]:
    for each in found:
        outcome, effect = _outcome(each), each.effect
        if effect.effect is None or effect.p is None:
            continue
        said = [_BY_CHANCE.read(language).format(p=number_text(effect.p, language, 3))]
        if effect.second is not None:
            error = number_text(effect.second.error, language, 1)
            said.append(
                f"{_SECOND.read(language)} {difference_text(outcome, effect.second.effect, language)} (± {error})"
            )
        for kind in each.types:
            name = SIASN_TYPES.get(kind.siasn_type, Text(f"jenis {kind.siasn_type}", f"type {kind.siasn_type}"))
            told = verdict_text(kind.effect, language)
            if kind.effect.effect is not None and kind.effect.low is not None and kind.effect.high is not None:
                told += (
                    f" {difference_text(outcome, kind.effect.effect, language)} "
                    f"({signed(kind.effect.low, language)} … {signed(kind.effect.high, language)})"
                )
            said.append(f"{_TYPE.read(language)} {name.read(language)}: {told}")
        if each.dose is not None:
            slope = difference_text(outcome, each.dose.slope, language)
            low, high = signed(each.dose.low, language), signed(each.dose.high, language)
            said.append(f"{_DOSE.read(language)}: {slope} ({low} … {high})")
        yield f"  {outcome.title.read(language)}: {'; '.join(said)}"
    compared = sorted({names.get(code, code) for each in found for code in each.effect.comparison})
    if compared:
        yield f"  {_COLUMNS[4].read(language)}: {', '.join(compared)}"
