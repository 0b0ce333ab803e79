"""How a value of an indicator is written, and the words for reasons, flags and choices."""

from typing import Final

from pantau.domain.indicators import Language, Text, Value
from pantau.texts import duration_text, number_text, share_text

REASONS: Final[dict[str, Text]] = {
    "no_data": Text("belum ada data", "no data"),
    "nobody": Text("tidak ada orang yang dapat dihitung", "nobody to count"),
    "none_judged": Text("tidak ada kunjungan yang dinilai", "no visit was judged"),
    "none_finished": Text("belum ada permohonan selesai", "no application was finished"),
    "no_answers": Text("belum ada jawaban", "no answers"),
    "unanswered": Text("ada unsur tanpa jawaban", "an element has no answer"),
    "no_threshold": Text("beri batas dengan --within", "give a limit with --within"),
    "no_open_time": Text("waktu buka loket tidak diketahui", "open counter time is not known"),
    "no_counters": Text("tidak ada data loket pada hari itu", "no counter spoke that day"),
    "not_by": Text("tidak dicatat menurut irisan ini", "not recorded by this slice"),
    "not_in_time": Text("tidak dapat dipecah menurut waktu ini", "cannot be split by this time"),
}
FLAGS: Final[dict[str, Text]] = {
    "few": Text("sampel kecil", "few"),
    "few_answers": Text("jawaban sedikit", "few answers"),
    "below_minimum": Text("di bawah sampel minimal", "below the minimum sample"),
    "straight_lined": Text("banyak jawaban seragam", "many straight-lined answers"),
    "straddles_bands": Text("selang mencakup mutu lain", "interval reaches another band"),
    "unanswered": Text("ada unsur tanpa jawaban", "an element has no answer"),
}
CHOICES: Final[dict[str, dict[str, Text]]] = {
    "zero_waits": {
        "counted": Text("tunggu nol dihitung", "zero waits counted"),
        "not_counted": Text("tunggu nol tidak dihitung", "zero waits not counted"),
    },
    "leavers": {
        "standard": Text("yang pergi menurut standar", "leavers as the standard says"),
        "counted": Text("yang pergi dihitung", "leavers counted"),
        "not_counted": Text("yang pergi tidak dihitung", "leavers not counted"),
    },
    "percentile": {
        "nearest_rank": Text("persentil dari histogram, galat ≤ 1 %", "percentile from histograms, ≤ 1 % off"),
        "exact": Text("persentil tepat, interpolasi linear", "exact percentile, linear interpolation"),
    },
    "finished": {
        "issued": Text("selesai = produk terbit", "finished = product issued"),
        "approved": Text("selesai = disetujui", "finished = approved"),
    },
}
"""Choices in words; those that are numbers are written by :func:`choice_text`."""

_IMPUTED: Final = Text("waktu diperkirakan", "times imputed")
_AUTO_CLOSED: Final = Text("ditutup otomatis", "auto-closed")


def value_text(value: Value, unit: str, language: Language) -> str:
    """A value as people write it; a dash where it is unknown."""
    if value.value is None:
        return "–"
    if unit == "ms":
        return duration_text(value.value, language)
    if unit == "share":
        return share_text(value.value, language, 2)
    if unit == "index":
        text = f"{number_text(value.value, language, 2)} ({value.band})"
        if value.low is not None and value.high is not None:
            text += f" [{number_text(value.low, language, 2)}–{number_text(value.high, language, 2)}]"
        return text
    return number_text(value.value, language, 0 if unit == "count" else 2)


def notes(value: Value, language: Language) -> str:
    """Why a value is unknown, or what a reader must know of it."""
    said = [REASONS[value.reason].read(language)] if value.reason else []
    said += [FLAGS[flag].read(language) for flag in value.flags]
    if value.imputed:
        said.append(f"{share_text(value.imputed, language)} {_IMPUTED.read(language)}")
    if value.auto_closed:
        said.append(f"{share_text(value.auto_closed, language)} {_AUTO_CLOSED.read(language)}")
    return "; ".join(said)


def choice_text(name: str, value: str | int | float | None, language: Language) -> str:
    """One choice in words: tunggu nol dihitung, batas 30 dtk, bobot unsur 1/9."""
    if name in CHOICES:
        return CHOICES[name][str(value)].read(language)
    written = {
        "within_ms": Text("batas", "limit"),
        "ikm_weight": Text("bobot unsur", "element weight"),
        "ikm_confidence": Text("tingkat kepercayaan selang", "interval confidence"),
        "minimum_sample": Text("sampel minimal", "minimum sample"),
        "complaint_days": Text("batas hari pengaduan", "days for a complaint"),
    }[name].read(language)
    if name == "within_ms" and isinstance(value, int):
        return f"{written} {duration_text(value, language)}"
    return f"{written} {number_text(value, language, 2) if isinstance(value, float) else value}"
