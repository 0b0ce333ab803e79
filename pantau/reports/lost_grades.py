"""That the IKM of a unit lost a grade: a notice of its own in reports."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from pantau.domain.alerts.bands import BandNotice
from pantau.domain.indicators import Language, Text
from pantau.domain.reports.document import Note
from pantau.reports.writing import decimal_text, long_day
from pantau.texts import number_text

_EPOCH: Final = date(1970, 1, 1).toordinal()
_TITLE: Final = Text("Mutu IKM turun", "IKM lost a grade")
_TEXT: Final = Text(
    "Sejak {day} jelas bahwa IKM unit ini tidak lagi bermutu {before}: {value} (mutu {now}, n = {n}) pada 20 hari "
    "terakhir dengan jawaban, {value_before} (mutu {before}) pada 40 hari sebelumnya; batas atasnya (95 %) {upper}. "
    "Penyebabnya tidak dapat dibaca dari angka ini.",
    "Since {day} it is plain that the IKM of this unit is of grade {before} no more: {value} (grade {now}, n = {n}) on "
    "the last 20 days with answers, {value_before} (grade {before}) on the 40 days before; its upper bound (95 %) is "
    "{upper}. Its cause cannot be read from these numbers.",
)


def lost_grade_notes(lost: Sequence[BandNotice], language: Language) -> tuple[Note, ...]:
    """A note for each grade that was lost."""
    return tuple(Note(title=_TITLE.read(language), text=lost_grade_text(each, language), tone="bad") for each in lost)


def lost_grade_text(lost: BandNotice, language: Language) -> str:
    """Which grade was lost, since when that is plain, and by how much."""
    return _TEXT.read(language).format(
        day=long_day(date.fromordinal(_EPOCH + lost.day), language),
        before=lost.before,
        now=lost.now,
        value=decimal_text(lost.value, language),
        value_before=decimal_text(lost.value_before, language),
        upper=decimal_text(lost.upper, language),
        n=number_text(lost.raters, language),
    )
