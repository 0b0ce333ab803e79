"""How reports write days, periods, numbers and grades: formally, in full, in Indonesian and in English."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from pantau.domain.indicators import Language, Text
from pantau.domain.periods import Period
from pantau.domain.reports.document import Tone
from pantau.domain.reports.satisfaction import sample_of
from pantau.domain.skm import Band, Element, Ikm
from pantau.texts import number_text

MONTHS: Final = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober"),
        *("November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
        *("November", "December"),
    ),
}
ROMAN: Final = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")
DASH: Final = "–"
NO_BREAK: Final = "\u00a0"

_TONES: Final[dict[str, Tone]] = {"A": "good", "B": "good", "C": "watch", "D": "bad"}

_SAMPLES: Final = {
    "enough": Text(
        "{n} responden memenuhi sampel minimal {minimum} dari {served} orang yang dilayani (Krejcie–Morgan)",
        "{n} respondents meet the minimum sample of {minimum} for {served} people served (Krejcie–Morgan)",
    ),
    "below": Text(
        "{n} responden belum memenuhi sampel minimal {minimum} dari {served} orang yang dilayani (Krejcie–Morgan): "
        "masih kurang {missing} responden",
        "{n} respondents are below the minimum sample of {minimum} for {served} people served (Krejcie–Morgan): "
        "{missing} more are needed",
    ),
    "unknown": Text(
        "jumlah orang yang dilayani tidak tercatat, sehingga kecukupan {n} responden tidak dapat dinilai",
        "how many people were served is not recorded, so it cannot be said whether {n} respondents are enough",
    ),
    "none": Text("belum ada jawaban survei", "there are no survey answers"),
}
_BRIEF: Final = {
    "enough": Text("n = {n}, cukup (diperlukan {minimum})", "n = {n}, enough (needs {minimum})"),
    "below": Text("n = {n}, kurang dari {minimum} yang diperlukan", "n = {n}, below the {minimum} needed"),
    "unknown": Text("n = {n}, sampel minimal tidak diketahui", "n = {n}, minimum sample unknown"),
    "none": Text("belum ada jawaban", "no answers"),
}
_VERDICTS: Final = {
    "enough": Text("Memenuhi", "Met"),
    "below": Text("Belum memenuhi", "Not met"),
    "unknown": Text("Tidak dapat dinilai", "Cannot be judged"),
    "none": Text("Belum ada jawaban", "No answers"),
}


def long_day(day: date, language: Language) -> str:
    """A day in full: 30 Juni 2026."""
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def days_text(period: Period, language: Language) -> str:
    """First and last day: 1 Januari 2026 s.d. 30 Juni 2026."""
    joined = " s.d. " if language == "id" else " to "
    return long_day(period.first, language) + joined + long_day(period.last, language)


def period_text(period: Period, language: Language) -> str:
    """A period as people call it: Semester I 2026, Triwulan II 2026, Maret 2026, Tahun 2026; H1 2026, Q2 2026."""
    if period.kind == "month":
        return f"{MONTHS[language][period.number - 1]} {period.year}"
    if period.kind == "year":
        return f"{'Tahun' if language == 'id' else 'Year'} {period.year}"
    if language == "id":
        return f"{'Semester' if period.kind == 'half' else 'Triwulan'} {ROMAN[period.number]} {period.year}"
    return short_period(period, language)


def short_period(period: Period, language: Language) -> str:
    """A period on the axis of a chart: Sem I 2026, TW II 2026, Mar 2026, 2026."""
    if period.kind == "month":
        return f"{MONTHS[language][period.number - 1][:3]} {period.year}"
    if period.kind == "year":
        return str(period.year)
    if language == "id":
        return f"{'Sem' if period.kind == 'half' else 'TW'} {ROMAN[period.number]} {period.year}"
    return f"{'H' if period.kind == 'half' else 'Q'}{period.number} {period.year}"


def decimal_text(value: Decimal | Fraction | float, language: Language, decimals: int = 2) -> str:
    """A number with its decimals, halves up and decided on the exact value."""
    if isinstance(value, Fraction):
        scale = 10**decimals
        value = Fraction((value * scale + Fraction(1, 2)).__floor__(), scale)
    return number_text(float(value), language, decimals)


def change_text(now: Decimal | Fraction, before: Decimal | Fraction, language: Language) -> str:
    """The difference of two numbers as they are printed, with its sign: +1,25."""
    difference = round(float(now), 2) - round(float(before), 2)
    text = number_text(abs(difference), language, 2)
    return f"+{text}" if difference > 0.004 else f"−{text}" if difference < -0.004 else text


def title_of(element: Element, language: Language) -> str:
    """The title of an element."""
    return element.title if language == "id" else element.english


def grade_words(band: Band, language: Language) -> str:
    """What a grade means: Baik."""
    return band.title if language == "id" else band.english


def tone_of(band: Band | None) -> Tone:
    """What a grade says."""
    return _TONES[band.grade] if band else "unknown"


def index_tone(ikm: Ikm) -> Tone:
    """What an index says: nothing sure where its sample is too small."""
    return tone_of(ikm.band) if sample_of(ikm) == "enough" else "unknown"


def index_text(ikm: Ikm, language: Language) -> str:
    """An index with all that must stand beside it in one line: 82,14 (B); n = 41, kurang dari 132 yang perlu."""
    beside = sample_brief(ikm, language)
    if ikm.value is None or ikm.band is None:
        return f"{DASH} ({beside})"
    return f"{decimal_text(ikm.value, language)} ({ikm.band.grade}); {beside}"


def sample_text(ikm: Ikm, served: int | None, language: Language) -> str:
    """Whether the sample is enough, as a sentence without its full stop."""
    return _sample(_SAMPLES[sample_of(ikm)], ikm, served, language)


def sample_brief(ikm: Ikm, language: Language) -> str:
    """Whether the sample is enough, in a few words that begin with n."""
    return _sample(_BRIEF[sample_of(ikm)], ikm, None, language)


def sample_verdict(ikm: Ikm, language: Language) -> str:
    """Whether the sample is enough, in two words."""
    return _VERDICTS[sample_of(ikm)].read(language)


def _sample(text: Text, ikm: Ikm, served: int | None, language: Language) -> str:
    minimum = ikm.minimum or 0
    return text.read(language).format(
        n=number_text(ikm.answers, language),
        minimum=number_text(minimum, language),
        missing=number_text(minimum - ikm.answers, language),
        served=number_text(served or 0, language),
    )


def interval_text(ikm: Ikm, language: Language) -> str:
    """The bounds of an index; a dash where there are none."""
    if ikm.low is None or ikm.high is None:
        return DASH
    return f"{decimal_text(ikm.low, language)}{DASH}{decimal_text(ikm.high, language)}"


def joined(items: list[str], language: Language) -> str:
    """A list in a sentence: a, b, dan c."""
    last = "dan" if language == "id" else "and"
    if len(items) < 2:
        return "".join(items)
    comma = "," if len(items) > 2 else ""
    return f"{', '.join(items[:-1])}{comma} {last} {items[-1]}"


def typeset(text: str) -> str:
    """A text as it is set: a number keeps its sign and its per cent on its line, and a minus is a minus."""
    text = text.replace(" %", f"{NO_BREAK}%").replace("n = ", f"n{NO_BREAK}={NO_BREAK}")
    return re.sub(r"(?<![\w\d])-(?=\d)", "−", text)
