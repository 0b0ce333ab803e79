"""What ``pantau alerts`` prints: alerts with their states, the story of one, messages, a backtest."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pantau.alert_texts import ROLES, figure_text, moment_text
from pantau.alerting.backtest import Backtest
from pantau.alerting.together import read_together
from pantau.domain.alerts.detection import Transition, code_of
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.half_hours import ALL
from pantau.domain.alerts.incidents import incidents
from pantau.domain.alerts.policy import MICRO
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.alerts.states import ON_SCREEN, Acknowledgement, State, state_of
from pantau.domain.indicators import Language, Text
from pantau.domain.registry import Registry
from pantau.domain.zones import DAY, local_day
from pantau.embedded.desk import Desk
from pantau.texts import day_text, number_text
from storage.alert_reading import (
    Sent,
    day_from,
    read_answers,
    read_band_notices,
    read_gaps,
    read_silences,
    read_transitions,
)

INDICATOR_NAMES: Final = {
    "late": Text("tepat janji", "promise kept"),
    "time": Text("waktu layanan", "service time"),
    "satisfaction": Text("kepuasan", "satisfaction"),
}
TURNS: Final = {
    "watched": Text("dipantau", "watched"),
    "normal": Text("normal kembali", "normal again"),
    "falling": Text("menurun", "falling"),
    "recovered": Text("pulih", "recovered"),
    "settled": Text("menetap: tingkat ini kini dianggap biasa", "settled: this level is now the usual"),
    "withdrawn": Text("dikoreksi: data susulan tidak lagi mendukungnya", "no longer supported, for data came late"),
}
STATES_EN: Final[dict[State, str]] = {
    "normal": "normal",
    "watched": "watched",
    "falling": "falling",
    "acknowledged": "acknowledged",
    "recovered": "recovered",
    "no_data": "no data",
    "silenced": "silenced",
}
DELIVERY: Final[dict[str, Text]] = {
    "queued": Text("menunggu", "queued"),
    "sent": Text("terkirim", "sent"),
    "delivered": Text("sampai", "delivered"),
    "read": Text("dibaca", "read"),
    "dead": Text("gagal", "failed"),
    "dropped": Text("batal", "dropped"),
}
KINDS: Final[dict[str, Text]] = {
    "fall": Text("menurun", "fall"),
    "unstable": Text("tidak stabil", "unstable"),
    "escalated": Text("diteruskan", "escalated"),
    "reminder": Text("pengingat", "reminder"),
    "overdue": Text("lewat tenggat", "overdue"),
    "recovered": Text("pulih", "recovered"),
    "passed": Text("sempat menurun", "passed"),
    "shared": Text("gangguan bersama", "shared"),
    "digest": Text("ringkasan", "digest"),
    "reply": Text("balasan", "reply"),
    "no_data": Text("tanpa data", "no data"),
    "undelivered": Text("tidak sampai", "undelivered"),
}
_EPOCH: Final = 719_163


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator of one unit and service group that is not normal. Times are ms UTC."""

    code: str
    unit: str
    name: str
    group: str
    indicator: str
    state: State
    since: int
    at: int
    zone: str
    figures: tuple[Figure, ...] = ()
    by: str = ""
    late: bool = False
    alert: str = ""


def alert_rows(desk: Desk, *, every: bool) -> list[Row]:
    """Open alerts, the longest first, then units without data; with ``every`` also what ended and what is watched."""
    registry, now = desk.registry, desk.now()
    silences = read_silences(desk.query)
    history = read_transitions(desk.query, since=now - 400 * DAY)
    answers = _answers_of_incidents(history, read_answers(desk.query))
    silent = {gap.unit: gap for gap, ended in read_gaps(desk.query, since=now) if ended is None}
    newest: dict[str, Row] = {}
    for record, figures in history:
        turn = record.transition
        if registry.unit(turn.unit) is None:
            continue
        zone = registry.zone(turn.unit)
        today = local_day(zone, now)
        answer = answers.get(turn.alert)
        state = state_of(
            turn,
            today=today.toordinal() - _EPOCH,
            acknowledged=answer is not None,
            silenced=any(each.covers(turn.unit, turn.indicator, today) for each in silences),
        )
        newest[f"{turn.unit} {turn.group} {turn.indicator}"] = Row(
            code=code_of(turn.alert),
            unit=turn.unit,
            name=_name(registry, turn.unit),
            group=turn.group,
            indicator=turn.indicator,
            state=state,
            since=turn.since,
            at=turn.at,
            zone=zone,
            figures=figures[:1],
            by=answer.by if answer else "",
            late=record.late,
            alert=turn.alert,
        )
    shown = {"falling", "acknowledged", "silenced"} | ({"watched", "recovered", "normal"} if every else set())
    found = sorted((row for row in newest.values() if row.state in shown), key=lambda row: (row.since, row.unit))
    found += [
        Row(
            code="",
            unit=unit,
            name=_name(registry, unit),
            group=ALL,
            indicator="",
            state="no_data",
            since=gap.since,
            at=gap.at,
            zone=registry.zone(unit),
        )
        for unit, gap in sorted(silent.items())
        if registry.unit(unit) is not None
    ]
    return found


def _answers_of_incidents(
    history: Sequence[tuple[Recorded, object]], answers: Sequence[Acknowledgement]
) -> dict[str, Acknowledgement]:
    """The latest answer to each alert, or to one that was open together with it."""
    given = {answer.alert: answer for answer in sorted(answers, key=lambda each: each.at)}
    found = dict(given)
    for incident in incidents(record.transition for record, _ in history):
        latest = max(
            (given[each.alert] for each in incident.alerts if each.alert in given),
            key=lambda answer: answer.at,
            default=None,
        )
        if latest is not None:
            found |= {each.alert: latest for each in incident.alerts}
    return found


def print_alerts(rows: Sequence[Row], language: Language) -> None:
    """The rows as a table."""
    columns = {
        "id": ("kode", "unit", "layanan", "indikator", "keadaan", "sejak", "apa", "oleh"),
        "en": ("code", "unit", "services", "indicator", "state", "since", "what", "by"),
    }
    table = Table(*columns[language])
    for row in rows:
        state = ON_SCREEN[row.state] if language == "id" else STATES_EN[row.state]
        table.add_row(
            row.code or "-",
            row.name,
            row.group if row.group != ALL else "-",
            INDICATOR_NAMES[row.indicator].read(language) if row.indicator else "-",
            state + (" (data susulan)" if row.late and language == "id" else " (late data)" if row.late else ""),
            moment_text(row.since, row.zone, language),
            "\n".join(figure_text(figure, language) for figure in row.figures) or "-",
            escape(row.by) or "-",
        )
    Console().print(table)


def lost_grades(desk: Desk, language: Language) -> Iterator[str]:
    """A line for each unit whose IKM lost a grade in the last four weeks: no alert, but news for its report."""
    registry = desk.registry
    for lost in read_band_notices(desk.query, first_day=desk.now() // DAY - 28):
        day = day_text(day_from(lost.day), language)
        before, now = (number_text(float(value), language, 2) for value in (lost.value_before, lost.value))
        change = f"{lost.before} → {lost.now} ({before} → {now}, n = {number_text(lost.raters, language)})"
        name = _name(registry, lost.unit)
        yield (
            f"Mutu IKM turun: {name}, {change}, sejak {day}"
            if language == "id"
            else (f"IKM lost a grade: {name}, {change}, since {day}")
        )


def story(desk: Desk, alert: str, language: Language) -> Iterator[str]:
    """The life of an alert, line by line: its steps, answers and messages in the order of time."""
    registry = desk.registry
    steps = [(row, figures) for row, figures in read_transitions(desk.query, since=0) if row.transition.alert == alert]
    first = steps[0][0].transition
    zone = registry.zone(first.unit)
    indicator = INDICATOR_NAMES[first.indicator].read(language)
    yield f"{code_of(alert)} · {_name(registry, first.unit)} · {first.group} · {indicator}"
    together = read_together(desk.query, alert, first.unit)
    if others := [code_of(each) for each in together.alerts if each != alert]:
        yield Text("satu kejadian dengan ", "one incident with ").read(language) + ", ".join(others)
    told: list[tuple[int, str]] = []
    for row, figures in steps:
        lines = [_step(row.transition, zone, language)]
        if row.late:
            lines.append("  data susulan" if language == "id" else "  found late, for data came late")
        lines += [f"  {figure_text(figure, language)}" for figure in figures]
        told.append((row.transition.at, "\n".join(lines)))
    told += [(answer.at, _answer(answer, zone, language)) for answer in together.answers()]
    for sent in together.messages():
        text = sent.text if language == "id" else sent.text_en
        whom = f"{_role(sent.role, language)} ({_delivery(sent, language)})"
        head = f"{moment_text(sent.due_at, zone, language)}  → {whom}"
        told.append((sent.due_at, head + "\n" + "\n".join(f"  {line}" for line in text.splitlines())))
    for _, text in sorted(told):
        yield text


def _step(turn: Transition, zone: str, language: Language) -> str:
    words = TURNS[turn.turn].read(language)
    sums = f"{number_text(turn.evidence / MICRO, language, 1)} / {number_text(turn.threshold / MICRO, language, 1)}"
    evidence = f"bukti {sums}" if language == "id" else f"evidence {sums}"
    since = f"{'sejak' if language == 'id' else 'since'} {moment_text(turn.since, zone, language)}"
    return f"{moment_text(turn.at, zone, language)}  {words} ({evidence}; {since})"


_DONE: Final = Text("selesai, dicatat oleh", "done, says")
_TAKEN_ON: Final = Text("ditindaklanjuti oleh", "taken on by")


def _answer(answer: Acknowledgement, zone: str, language: Language) -> str:
    done = _DONE if answer.done else _TAKEN_ON
    due = f", {'tenggat' if language == 'id' else 'due'} {day_text(answer.due, language)}" if answer.due else ""
    note = f": {answer.note}" if answer.note else ""
    return f"{moment_text(answer.at, zone, language)}  {done.read(language)} {answer.by}{note}{due}"


def print_messages(sent: Sequence[Sent], registry: Registry, language: Language, *, full: bool) -> None:
    """Messages of the outbox, as a table or in full."""
    if full:
        for each in sent:
            zone = _zone(registry, each.unit)
            whom = f"{_role(each.role, language)} ({_delivery(each, language)})"
            print_line = f"— {moment_text(each.due_at, zone, language)} → {whom}"
            Console().print(print_line, markup=False)
            Console().print(each.text if language == "id" else each.text_en, markup=False, highlight=False)
        return
    columns = {
        "id": ("waktu", "kepada", "unit", "jenis", "keadaan", "kode"),
        "en": ("when", "to", "unit", "kind", "state", "code"),
    }
    table = Table(*columns[language])
    for each in sent:
        zone = _zone(registry, each.unit)
        table.add_row(
            moment_text(each.due_at, zone, language),
            _role(each.role, language),
            _name(registry, each.unit),
            _kind(each.kind, language),
            DELIVERY[each.state].read(language),
            code_of(each.alert) if each.alert else "-",
        )
    Console().print(table)


def _zone(registry: Registry, unit: str) -> str:
    """The zone of a unit; of the first one for a message that is about none."""
    return registry.zone(unit if registry.unit(unit) else registry.unit_codes[0])


def _role(role: str, language: Language) -> str:
    return ROLES[role].read(language) if role in ROLES else role


def _kind(kind: str, language: Language) -> str:
    return KINDS[kind].read(language) if kind in KINDS else kind


def _delivery(sent: Sent, language: Language) -> str:
    """How far a message is; where it will reach nobody, why."""
    why = f": {sent.note}" if sent.state == "dead" and sent.note else ""
    return DELIVERY[sent.state].read(language) + why


def print_backtest(found: Backtest, registry: Registry, language: Language) -> None:
    """A backtest: what each unit would have had, then the sums."""
    columns = {
        "id": ("unit", "hari dipantau", "penurunan", "hari menurun", "pesan"),
        "en": ("unit", "days watched", "incidents", "days falling", "messages"),
    }
    table = Table(*columns[language])
    for unit in found.units:
        numbers = (unit.days, unit.incidents, unit.open_days, unit.messages)
        table.add_row(_name(registry, unit.unit), *(number_text(value, language) for value in numbers))
    console = Console()
    console.print(table)
    first, last = (day_text(day_from(number), language) for number in (found.first, found.upto - 1))
    total = sum(found.messages.values())
    by_kind = sorted(found.messages.items())
    kinds = ", ".join(f"{_kind(kind, language)} {number_text(n, language)}" for kind, n in by_kind)
    rate = found.incidents_a_unit_year
    if language == "id":
        console.print(
            f"{first} s.d. {last}: {len(found.found)} penurunan, {total} pesan" + (f" ({kinds})" if kinds else "")
        )
        if rate is not None:
            console.print(f"= {number_text(rate, language, 2)} penurunan per unit dan 240 hari kerja")
    else:
        console.print(
            f"{first} to {last}: {len(found.found)} incidents, {total} messages" + (f" ({kinds})" if kinds else "")
        )
        if rate is not None:
            console.print(f"= {number_text(rate, language, 2)} incidents per unit and 240 working days")


def _name(registry: Registry, unit: str) -> str:
    known = registry.unit(unit)
    return known.name if known else unit
