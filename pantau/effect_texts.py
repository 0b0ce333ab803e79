"""What is said of an effect, in Indonesian and in English: verdicts, reasons, sentences.

A before/after difference is never told alone: :func:`sentence` tells it after the verdict, with what of it happened
where nobody was trained as well.
"""

from datetime import date
from typing import Final

from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.evaluation import Effect, Reason, Verdict
from pantau.domain.effects.outcomes import Outcome, outcome_named
from pantau.domain.indicators import Language, Text
from pantau.texts import day_text, number_text

VERDICTS: Final[dict[Verdict, Text]] = {
    "better": Text("Membaik", "Better"),
    "unproven": Text("Belum terbukti", "Not proven"),
    "worse": Text("Menurun", "Worse"),
    "too_little": Text("Data belum cukup", "Too little data"),
}

REASONS: Final[dict[Reason, Text]] = {
    "trained_otherwise": Text(
        "unitnya sudah mendapat pelatihan lain sebelumnya", "its units had another training before"
    ),
    "not_in_data": Text("belum ada angkanya di unit yang dilatih", "there are no figures of it at the trained units"),
    "few_weeks_before": Text(
        "kurang dari {least_weeks_before} pekan dengan data sebelum pelatihan",
        "fewer than {least_weeks_before} weeks with data before the training",
    ),
    "few_weeks_after": Text(
        "belum ada {least_weeks_after} pekan dengan data sesudah pelatihan, jadi masih terlalu dini",
        "not yet {least_weeks_after} weeks with data after the training: too early",
    ),
    "no_comparison": Text(
        "tidak ada unit yang belum dilatih pada pekan yang sama", "no unit was without training in the same weeks"
    ),
    "few_units": Text("kurang dari {least_units} unit untuk dibandingkan", "fewer than {least_units} units to compare"),
    "few_answers": Text(
        "kurang dari {least_answers} jawaban atau kunjungan pada salah satu sisi",
        "fewer than {least_answers} answers or visits on one side",
    ),
    "few_dates": Text(
        "terlalu sedikit unit atau pekan untuk memperhitungkan kebetulan", "too few units or weeks to measure chance"
    ),
}

SIASN_TYPES: Final[dict[int, Text]] = {
    3: Text("diklat teknis", "technical course"),
    4: Text("workshop", "workshop"),
    8: Text("bimtek", "technical guidance"),
    9: Text("seminar", "seminar"),
    10: Text("magang", "internship"),
    14: Text("coaching", "coaching"),
    16: Text("e-learning", "e-learning"),
}
"""jenisDiklatId of SIASN, as far as it is used for those who serve the public; others are told by number."""

_ALL: Final = Text("Semua pelatihan", "All trainings")
_POINTS: Final = Text("poin", "points")
_AFTER: Final = Text("setelah pelatihan {days}", "after the training of {days}")
_AFTER_MANY: Final = Text("setelah pelatihan antara {first} dan {last}", "after trainings between {first} and {last}")
_SENTENCE: Final = Text(
    "{verdict}: {title} {effect} (antara {low} dan {high}) {after}, dibanding {n} unit yang belum dilatih pada "
    "pekan yang sama. Sebelum dan sesudah saja: {naive}, di antaranya {common} terjadi juga tanpa pelatihan dan sudah "
    "dikurangkan.",
    "{verdict}: {title} {effect} (between {low} and {high}) {after}, compared with {n} units not trained yet in the "
    "same weeks. Before and after alone: {naive}, of which {common} happened without training too and is taken off.",
)
_TOO_LITTLE: Final = Text("{verdict}: {title} {after}; {reason}.", "{verdict}: {title} {after}; {reason}.")


def verdict_text(effect: Effect, language: Language) -> str:
    """The verdict in its four words."""
    return VERDICTS[effect.verdict].read(language)


def reason_text(effect: Effect, language: Language) -> str:
    """Why there is too little data; empty where there is enough."""
    from pantau.domain.effects.evaluation import RULES

    if effect.reason is None:
        return ""
    rules = {name: getattr(RULES, name) for name in RULES.__struct_fields__}
    return REASONS[effect.reason].read(language).format(**rules)


def programme_text(assessment: Assessment, language: Language) -> str:
    """What the effect is of: all trainings, or a title."""
    return _ALL.read(language) if assessment.kind == "all" else assessment.title


def difference_text(outcome: Outcome, difference: float, language: Language) -> str:
    """A difference with its sign and unit: +2,1 poin, -8,3 %."""
    unit = "%" if outcome.scale == "percent" else _POINTS.read(language)
    return f"{signed(difference, language)} {unit}"


def signed(difference: float, language: Language) -> str:
    """A number with its sign and one decimal: +2,1."""
    text = number_text(difference, language, 1)
    return text if text.startswith("-") else f"+{text}"


def days_text(first: date, last: date, language: Language) -> str:
    """When the trainings ended: one day, or the first and the last."""
    if first == last:
        return _AFTER.read(language).format(days=day_text(first, language))
    return _AFTER_MANY.read(language).format(first=day_text(first, language), last=day_text(last, language))


def sentence(assessment: Assessment, language: Language) -> str:
    """The whole of what may be said of an effect, in one or two sentences."""
    outcome, effect = outcome_named(assessment.outcome), assessment.effect
    if outcome is None:
        raise ValueError(f"there is no outcome {assessment.outcome!r}")
    words = {
        "verdict": verdict_text(effect, language),
        "title": outcome.title.read(language),
        "after": days_text(assessment.first_day, assessment.last_day, language),
    }
    if effect.effect is None:
        return _TOO_LITTLE.read(language).format(**words, reason=reason_text(effect, language))
    numbers = {
        name: difference_text(outcome, getattr(effect, name), language) for name in ("effect", "naive", "common")
    }
    bounds = {name: signed(getattr(effect, name), language) for name in ("low", "high")}
    return _SENTENCE.read(language).format(**words, **numbers, **bounds, n=len(effect.comparison))
