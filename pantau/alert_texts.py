"""The words of alerts: messages of under 700 characters and digests, in Indonesian and in English.

A message says what fell, from what to what with k of n, since when and how sure, the computed cause, the training
context, where to look, how to act, and what happens otherwise. It names no officer and no citizen.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from pantau.domain.alerts.causes import Cause
from pantau.domain.alerts.detection import Turn
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.messages import Message, Role
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.outcomes import outcome_named
from pantau.domain.indicators import Language, Text
from pantau.domain.skm import ELEMENTS
from pantau.domain.zones import MINUTE
from pantau.effect_texts import difference_text, signed, verdict_text
from pantau.texts import clock_text, day_text, duration_text, number_text, share_text

LONGEST: Final = 699
SOURCE_NAMES: Final = 5
"""So many units are named of a source that is silent."""


ROLES: Final[dict[Role, Text]] = {
    "camat": Text("Camat", "the camat"),
    "sekcam": Text("Sekcam", "the sekcam"),
    "bagian_organisasi": Text("Bagian Organisasi", "Bagian Organisasi"),
    "operator": Text("Operator", "the operator"),
}

TITLES: Final[dict[str, Text]] = {
    "fall": Text("🔻 MENURUN", "🔻 FALLING"),
    "unstable": Text("🔻 TIDAK STABIL", "🔻 UNSTABLE"),
    "escalated": Text("🔻 MENURUN, BELUM DIJAWAB", "🔻 FALLING, NOT ANSWERED"),
    "reminder": Text("🔁 MASIH MENURUN", "🔁 STILL FALLING"),
    "overdue": Text("⏰ LEWAT TENGGAT", "⏰ OVERDUE"),
    "recovered": Text("✅ PULIH", "✅ RECOVERED"),
    "passed": Text("✅ SEMPAT MENURUN, SUDAH PULIH", "✅ FELL AND RECOVERED"),
    "shared": Text("🔻 GANGGUAN BERSAMA", "🔻 SHARED DISTURBANCE"),
}


ENDINGS: Final[dict[str, tuple[Text, Text]]] = {
    "settled": (
        Text("➖ MENETAP", "➖ SETTLED"),
        Text(
            "Tingkat ini sudah lama bertahan dan kini menjadi pembanding; peringatan ditutup.",
            "This level has lasted a season and is now what is compared with; the alert is closed.",
        ),
    ),
    "withdrawn": (
        Text("ℹ️ DIKOREKSI", "ℹ️ CORRECTED"),
        Text(
            "Data susulan tidak lagi mendukung peringatan ini; riwayatnya tetap tercatat.",
            "Data that came late no longer support this alert; its history is kept.",
        ),
    ),
}
"""Title and line of a message about an end that is no recovery."""


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """The latest training of the unit: its last day, ``weeks`` ago, and what its programme changed, if known."""

    title: str
    day: date
    weeks: int
    effect: Assessment | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a message tells, computed when it was planned and kept with it.

    ``satisfaction`` is the IKM beside an alert on time or lateness, whether it moved or not. ``ended`` is how it ended:
    it recovered, its level has lasted so long that it is the usual one, or data that came late no longer support it.
    ``link`` opens the page on which the alert is answered; empty where no page is served. ``can_reply`` says that what
    is written back to the message is read. Times are ms UTC, read on the
    wall clock of ``zone``.
    """

    message: Message
    unit: str
    zone: str
    since: int
    figures: tuple[Figure, ...]
    causes: tuple[Cause, ...] = ()
    satisfaction: Figure | None = None
    training: Training | None = None
    answer: Acknowledgement | None = None
    link: str = ""
    can_reply: bool = False
    next_role: Role | None = None
    lasted_days: int = 0
    ended: Turn = "recovered"
    units: tuple[str, ...] = ()
    names: dict[str, str] = {}


def message_text(told: Told, language: Language) -> str:
    """The whole message. Where it would be longer than ``LONGEST``, what explains goes before what must be known."""
    ending = ENDINGS.get(told.ended) if told.message.kind in ("recovered", "passed") else None
    title = (ending[0] if ending else TITLES[told.message.kind]).read(language)
    name = _short(told.unit, 60)
    head = f"{title} · {name} · {'kode' if language == 'id' else 'code'} {told.message.code}"
    if told.message.kind == "shared":
        return _fitted([head.replace(f" · {name}", "")], [_shared_line(told, language)], [_acting(told, language)])
    must = [head, *(_figure_line(figure, language) for figure in told.figures)]
    explains = []
    if told.message.kind in ("recovered", "passed"):
        must.append(ending[1].read(language) if ending else _lasted_line(told, language))
        explains = [_answer_line(told.answer, language)] if told.answer else []
        return _fitted(must, explains, [told.link] if told.link else [])
    must.append(_since_line(told, language))
    if told.message.kind == "unstable":
        must.append(
            "Ini kali ketiga dalam 10 hari kerja; selanjutnya hanya dimuat dalam ringkasan harian."
            if language == "id"
            else "The third time in 10 working days; from now on only in the digest."
        )
    if told.causes:
        explains.append(_causes_line(told, language))
    if told.satisfaction is not None:
        explains.append(_figure_line(told.satisfaction, language))
    if told.training is not None:
        explains.append(_training_line(told.training, language))
    if told.answer is not None:
        explains.append(_answer_line(told.answer, language))
    return _fitted(must, explains, [_acting(told, language)])


class DigestRow(msgspec.Struct, frozen=True):
    """One unit in a digest: its name, its alert's code, what to say of it, and whether it is new, open or ended.

    ``since`` is ms UTC. ``phase`` is begun, open, ended, or late for what is told of the past.
    """

    unit: str
    code: str
    figures: tuple[Figure, ...]
    since: int
    zone: str
    phase: str
    acknowledged_by: str = ""


def digest_text(area: str, at: int, zone: str, rows: Sequence[DigestRow], language: Language) -> str:
    """A digest: what is new, what is still open, what recovered; as many units as fit, then how many more."""
    words = {
        "begun": Text("baru", "new"),
        "open": Text("masih menurun", "still falling"),
        "ended": Text("pulih", "recovered"),
        "late": Text("data susulan", "late data"),
    }
    title = Text("📋 RINGKASAN", "📋 DIGEST").read(language)
    lines = [f"{title} · {area} · {_zoned(at, zone, language)}"]
    left = len(rows)
    for row in rows:
        what = "; ".join(_figure_line(figure, language, short=True) for figure in row.figures)
        taken = f" · {row.acknowledged_by}" if row.acknowledged_by else ""
        line = f"• {_short(row.unit, 40)} ({row.code}, {words[row.phase].read(language)}): {what}{taken}"
        more = f"… +{left}"
        if len("\n".join([*lines, line, more])) > LONGEST:
            lines.append(more)
            break
        lines.append(line)
        left -= 1
    return "\n".join(lines)


def no_data_text(unit: str, since: int, expected: int, zone: str, language: Language) -> str:
    """To the operator: a unit that says nothing. ``expected`` is in thousandths of a visit."""
    visits, moment = number_text(expected / 1000, language), _zoned(since, zone, language)
    if language == "id":
        return (
            f"❔ TANPA DATA · {unit}\nTidak ada kejadian sejak {moment}; biasanya {visits} kunjungan dalam waktu itu.\n"
            "Periksa mesin antrean, jaringan, dan kiriman data. Peringatan yang terbuka tetap terbuka."
        )
    return (
        f"❔ NO DATA · {unit}\nNo event since {moment}; usually {visits} visits come in that time.\n"
        "Check the queue machine, the network and the feed. Open alerts stay open."
    )


def silent_source_text(source: str, units: Sequence[str], since: int, zone: str, language: Language) -> str:
    """To the operator: a source that says nothing of any of its units; the first of them are named."""
    moment = _zoned(since, zone, language)
    names = ", ".join(_short(unit, 40) for unit in units[:SOURCE_NAMES])
    if len(units) > SOURCE_NAMES:
        names += f", … +{len(units) - SOURCE_NAMES}"
    if language == "id":
        return (
            f"❔ TANPA DATA · sumber {_short(source, 60)}\n"
            f"Tidak ada kejadian sejak {moment} dari {len(units)} unit: {names}.\n"
            "Periksa sistem sumber, jaringan, dan kiriman data. Unit-unitnya tidak dikabarkan satu per satu. "
            "Peringatan yang terbuka tetap terbuka."
        )
    return (
        f"❔ NO DATA · source {_short(source, 60)}\n"
        f"No event since {moment} from {len(units)} units: {names}.\n"
        "Check the source system, the network and the feed. The units are not told of one by one. "
        "Open alerts stay open."
    )


def undelivered_text(unit: str, code: str, role: Role, why: str, at: int, zone: str, language: Language) -> str:
    """To the operator: a message that reached nobody, and why."""
    who, moment = ROLES.get(role, Text(role, role)).read(language), _zoned(at, zone, language)
    reason = _short(why, 120)
    if language == "id":
        return (
            f"⚠️ PESAN TIDAK SAMPAI · {_short(unit, 60)} · kode {code}\nPesan kepada {who} gagal {moment}: {reason}.\n"
            "Sampaikan langsung kepadanya, lalu perbaiki alamatnya. Penerima berikutnya sudah atau segera diberi tahu."
        )
    return (
        f"⚠️ MESSAGE NOT DELIVERED · {_short(unit, 60)} · code {code}\nThe message to {who} failed {moment}: {reason}.\n"
        "Tell them yourself, then mend the address. Whoever comes next has been told, or will be soon."
    )


def moment_text(at: int, zone: str, language: Language) -> str:
    """A day and a time of day: Sel 10 Nov 09.30."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    clock = f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"
    return f"{day_text(local.date(), language, year=False)} {clock}"


def _zoned(at: int, zone: str, language: Language) -> str:
    """A day and a time of day that names its zone: Sel 10 Nov 09.30 WIB."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    return f"{day_text(local.date(), language, year=False)} {clock_text(at, zone, language)}"


def figure_text(figure: Figure, language: Language) -> str:
    """What fell, from what to what, with k of n."""
    return _figure_line(figure, language)


def _figure_line(figure: Figure, language: Language, *, short: bool = False) -> str:
    indonesian = language == "id"
    n = number_text(figure.n, language)
    if figure.indicator == "late":
        change = f"{_percent(figure.before, language)} → {_percent(figure.now, language)}"
        if short:
            return f"{'tepat janji' if indonesian else 'promise kept'} {change}"
        k, usual = number_text(figure.k, language), number_text(figure.usual, language)
        if indonesian:
            return f"Tepat janji {change} ({k} dari {n} kunjungan; biasanya {usual})."
        return f"Promise kept {change} ({k} of {n} visits; usually {usual})."
    if figure.indicator == "time":
        change = f"{_time(figure.before, language)} → {_time(figure.now, language)}"
        if short:
            return f"{'waktu layanan' if indonesian else 'service time'} {change}"
        return f"Waktu layanan {change} ({n} kunjungan)." if indonesian else f"Service time {change} ({n} visits)."
    before, now = (number_text(value / 100, language, 1) for value in (figure.before, figure.now))
    moved = abs(figure.now - figure.before) >= 100
    if short:
        return f"IKM {before} → {now}"
    if not moved:
        if indonesian:
            return f"Kepuasan: IKM {now}, belum berubah ({n} responden)."
        return f"Satisfaction: IKM {now}, not changed ({n} respondents)."
    if indonesian:
        return f"Kepuasan: IKM {before} → {now} ({n} responden)."
    return f"Satisfaction: IKM {before} → {now} ({n} respondents)."


def _since_line(told: Told, language: Language) -> str:
    days = max(figure.days for figure in told.figures) if told.figures else 1
    moment = _zoned(told.since, told.zone, language)
    if language == "id":
        return f"Sejak {moment}, terlihat pada {days} hari."
    return f"Since {moment}, seen on {days} different days."


def _lasted_line(told: Told, language: Language) -> str:
    moment, days = _zoned(told.since, told.zone, language), told.lasted_days
    if language == "id":
        return f"Sudah kembali seperti biasa. Sempat menurun sejak {moment}, selama {days} hari kerja."
    return f"Back to usual. It had fallen since {moment}, for {days} working days."


def _causes_line(told: Told, language: Language) -> str:
    parts = [_cause(cause, told.names, language) for cause in told.causes[:3]]
    return ("Petunjuk: " if language == "id" else "Where: ") + "; ".join(parts) + "."


_PARTS: Final = {
    "waiting": Text("waktu tunggu", "waiting"),
    "serving": Text("waktu layanan", "serving"),
}


def _cause(cause: Cause, names: dict[str, str], language: Language) -> str:
    indonesian = language == "id"
    share = share_text(cause.share, language, 0)
    if cause.kind == "part":
        change = f"{_time(cause.before, language)} → {_time(cause.now, language)}"
        return f"{_PARTS[cause.name].read(language)} {change} ({share})"
    if cause.kind == "hour":
        hour = int(cause.name)
        span = f"{hour:02d}.00–{hour + 1:02d}.00" if indonesian else f"{hour:02d}:00–{hour + 1:02d}:00"
        return f"terberat pukul {span} ({share})" if indonesian else f"worst {span} ({share})"
    if cause.kind == "element":
        element = next(each for each in ELEMENTS if each.key == cause.name)
        return f"{element.code} {element.title if indonesian else element.english} ({share})"
    name = _short(names.get(cause.name, cause.name), 40)
    if cause.kind == "counter":
        return f"{'loket' if indonesian else 'counter'} {name} ({share})"
    return f"{'layanan' if indonesian else 'service'} {name} ({share})"


def _training_line(training: Training, language: Language) -> str:
    day, weeks = day_text(training.day, language), training.weeks
    title = _short(training.title, 50)
    effect = f" {_effect(training.effect, language)}." if training.effect is not None else ""
    if language == "id":
        ago = f"{weeks} pekan lalu" if weeks else "pekan ini"
        return f"Pelatihan terakhir: {title}, {day} ({ago}).{effect}"
    ago = f"{weeks} week{'' if weeks == 1 else 's'} ago" if weeks else "this week"
    return f"Latest training: {title}, {day} ({ago}).{effect}"


def _effect(assessment: Assessment, language: Language) -> str:
    """A verdict in its four words with the interval and the comparison; never before and after."""
    effect, outcome = assessment.effect, outcome_named(assessment.outcome)
    title = outcome.title.read(language) if outcome else assessment.outcome
    told = f"{'Pengaruhnya' if language == 'id' else 'Its effect'}, {title}: {verdict_text(effect, language)}"
    if outcome is None or effect.effect is None or effect.low is None or effect.high is None:
        return told
    change = difference_text(outcome, effect.effect, language)
    low, high, n = signed(effect.low, language), signed(effect.high, language), len(effect.comparison)
    if language == "id":
        return f"{told} {change} (antara {low} dan {high}, dibanding {n} unit)"
    return f"{told} {change} (between {low} and {high}, compared with {n} units)"


def _answer_line(answer: Acknowledgement, language: Language) -> str:
    note = f": {_short(answer.note, 60)}" if answer.note else ""
    due = ""
    if answer.due is not None:
        due = (", tenggat " if language == "id" else ", due ") + day_text(answer.due, language, year=False)
    word = "Ditindaklanjuti oleh" if language == "id" else "Taken on by"
    return f"{word} {_short(answer.by, 30)}{note}{due}."


def _shared_line(told: Told, language: Language) -> str:
    names = ", ".join(_short(name, 24) for name in told.units[:6])
    more = f" +{len(told.units) - 6}" if len(told.units) > 6 else ""
    n = len(told.units)
    if language == "id":
        return (
            f"{n} unit menurun pada hari yang sama: {names}{more}. Penyebabnya biasanya di luar unit (jaringan, sistem "
            "pusat, aturan baru). Pesan per unit ditahan 2 hari kerja."
        )
    return (
        f"{n} units fell on the same day: {names}{more}. The cause is usually shared (network, central system, "
        "new rule) and not the units'. Messages per unit are held for 2 working days."
    )


def _acting(told: Told, language: Language) -> str:
    code = told.message.code
    if language == "id":
        ways = [f"buka {told.link} lalu tekan “Saya tindaklanjuti”"] if told.link else []
        ways += [f"balas OK {code} diikuti tindakan yang diambil"] if told.can_reply else []
        otherwise = f"sampaikan kode {code} dan nama Anda kepada operator"
        lines = [f"Mohon tindak lanjut: {', atau '.join(ways or [otherwise])}."]
    else:
        ways = [f"open {told.link} and press “I take this on”"] if told.link else []
        ways += [f"reply OK {code} and what is being done"] if told.can_reply else []
        lines = [f"Act: {', or '.join(ways or [f'tell the operator the code {code} and your name'])}."]
    if told.message.deadline is not None and told.next_role is not None:
        moment = _zoned(told.message.deadline, told.zone, language)
        role = ROLES.get(told.next_role, Text(told.next_role, told.next_role)).read(language)
        if language == "id":
            lines.append(f"Tanpa jawaban s.d. {moment} diteruskan ke {role}.")
        else:
            lines.append(f"Without an answer by {moment} it goes to {role}.")
    return " ".join(lines)


def _fitted(must: Iterable[str], explains: Iterable[str], last: Iterable[str]) -> str:
    head, middle, foot = [*must], [*explains], [*last]
    while middle and len("\n".join([*head, *middle, *foot])) > LONGEST:
        middle.pop()
    text = "\n".join([*head, *middle, *foot])
    if len(text) <= LONGEST:
        return text
    room = LONGEST - len("\n".join(foot)) - 2
    return "\n".join(head)[:room] + "…\n" + "\n".join(foot)


def _time(ms: float, language: Language) -> str:
    """A length of time; from five minutes on in whole minutes."""
    return duration_text(ms if ms < 5 * MINUTE else round(ms / MINUTE) * MINUTE, language)


def _percent(millionths: int, language: Language) -> str:
    return f"{number_text(millionths / 10_000, language)} %"


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
