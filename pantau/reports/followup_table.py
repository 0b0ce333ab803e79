"""Incidents and what was done about them, as a table of a report. Nobody is named."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from pantau.alert_texts import figure_text, moment_text
from pantau.domain.alerts.figures import LEAST_BESIDE, Figure
from pantau.domain.alerts.policy import Indicator
from pantau.domain.indicators import Language, Text
from pantau.domain.reports.document import Grid
from pantau.domain.reports.followups import FollowUp, Progress
from pantau.domain.zones import local_day
from pantau.reports.writing import DASH
from pantau.texts import day_text, duration_text

INDICATORS: Final[dict[Indicator, Text]] = {
    "late": Text("tepat janji", "promise kept"),
    "time": Text("waktu layanan", "service time"),
    "satisfaction": Text("kepuasan", "satisfaction"),
}
PROGRESS: Final[dict[Progress, Text]] = {
    "done": Text("Selesai", "Done"),
    "under_way": Text("Ditindaklanjuti", "Under way"),
    "overdue": Text("Lewat tenggat", "Overdue"),
    "unanswered": Text("Belum dijawab", "Not answered"),
    "passed": Text("Pulih sebelum dijawab", "Over before answered"),
}
_WORDS: Final = {
    "caption": Text("Penurunan dan tindak lanjutnya", "Falls and what was done"),
    "code": Text("Kode", "Code"),
    "since": Text("Sejak", "Since"),
    "what": Text("Apa yang menurun", "What fell"),
    "ended": Text("Berakhir", "Ended"),
    "done": Text("Tindak lanjut", "What was done"),
    "state": Text("Keadaan", "State"),
    "open": Text("belum", "not yet"),
    "settled": Text("menetap", "settled"),
    "after": Text("dijawab setelah {time}", "answered after {time}"),
    "due": Text("tenggat {day}", "due {day}"),
}


def followup_grid(found: Sequence[FollowUp], zone: str, read_on: date, language: Language) -> Grid:
    """One row an incident, in order."""
    words = {name: text.read(language) for name, text in _WORDS.items()}
    rows = [
        (
            each.code,
            moment_text(each.since, zone, language),
            _what(each, language),
            _ended(each, zone, words, language),
            _done(each, words, language),
            PROGRESS[each.progress(read_on)].read(language),
        )
        for each in found
    ]
    return Grid(
        caption=words["caption"],
        head=tuple(words[name] for name in ("code", "since", "what", "ended", "done", "state")),
        rows=tuple(rows),
        widths=(9, 13, 28, 12, 22, 16),
    )


def counts(found: Sequence[FollowUp]) -> tuple[int, int, int]:
    """How many incidents, how many of them were answered, how many are said to be done."""
    answered = sum(each.answered_at is not None for each in found)
    return len(found), answered, sum(each.done_at is not None for each in found)


def _what(each: FollowUp, language: Language) -> str:
    own: dict[Indicator, Figure] = {}
    for fall in each.falls:
        if fall.figures:
            own.setdefault(fall.indicator, fall.figures[0])
    beside = [figure for fall in each.falls for figure in fall.figures[1:] if figure.n >= LEAST_BESIDE]
    told = [*own.values(), *([] if "satisfaction" in own else beside[:1])]
    lines = [figure_text(figure, language) for figure in told]
    names = [INDICATORS[fall.indicator].read(language) for fall in each.falls if not fall.figures]
    return " ".join(dict.fromkeys([*lines, *names]))


def _ended(each: FollowUp, zone: str, words: dict[str, str], language: Language) -> str:
    if each.ended is None:
        return words["open"]
    day = day_text(local_day(zone, each.ended), language)
    return f"{day} ({words['settled']})" if each.end == "settled" else day


def _done(each: FollowUp, words: dict[str, str], language: Language) -> str:
    if each.answered_at is None:
        return DASH
    parts = [each.note] if each.note else []
    parts.append(words["after"].format(time=duration_text(max(each.answered_at - each.found, 0), language)))
    if each.due is not None:
        parts.append(words["due"].format(day=day_text(each.due, language)))
    return "; ".join(parts)
