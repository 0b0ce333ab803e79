"""What is said back to whoever answered an alert by a message: what was noted, or plainly what was not understood."""

from typing import Final

from pantau.domain.alerts.replies import NotUnderstood, Understood, Why
from pantau.domain.indicators import Language, Text
from pantau.texts import day_text

_WRONG: Final[dict[Why, Text]] = {
    "verb": Text(
        "Balasan belum dapat dibaca: awali dengan OK (ditindaklanjuti) atau SELESAI.",
        "Not understood: begin with OK (you take it on) or DONE.",
    ),
    "code": Text(
        "Balasan belum dapat dibaca: tulis kode peringatan sesudah kata pertama; kodenya ada dalam pesan.",
        "Not understood: write the alert's code after the first word; it stands in the message.",
    ),
    "day": Text("Tanggal itu tidak ada di kalender.", "There is no such day in the calendar."),
    "past": Text("Tanggal itu sudah lewat.", "That day is over."),
}


def noted_text(read: Understood, unit: str, by: str) -> str:
    """That an answer was noted, and how; in the language in which it was written."""
    language, code = read.language, read.code
    note = f": {read.note}" if read.note else ""
    if language == "id":
        head = f"✅ Tercatat · kode {code} · {unit}"
        if read.done:
            return f"{head}\nTindak lanjut selesai, dicatat oleh {by}{note}."
        due = f", tenggat {day_text(read.due, language)}" if read.due else ""
        return f"{head}\nDitindaklanjuti oleh {by}{note}{due}.\nBila sudah selesai, balas: SELESAI {code}"
    head = f"✅ Noted · code {code} · {unit}"
    if read.done:
        return f"{head}\nDone, says {by}{note}."
    due = f", due {day_text(read.due, language)}" if read.due else ""
    return f"{head}\nTaken on by {by}{note}{due}.\nOnce it is done: reply DONE {code}"


def puzzled_text(read: NotUnderstood) -> str:
    """What was not understood, and how it is written."""
    return f"{_WRONG[read.why].read(read.language)}\n{_example(read.code or '7K3P', read.language)}"


def unknown_text(code: str, language: Language) -> str:
    """That no alert with this code was sent to whoever wrote."""
    example = _example("7K3P", language)
    if language == "id":
        return f"Tidak ada peringatan berkode {code} yang dikirim ke alamat ini. Mohon periksa kodenya.\n{example}"
    return f"No alert with the code {code} was sent to this address. Look at the code.\n{example}"


def _example(code: str, language: Language) -> str:
    if language == "id":
        return f"Contoh: OK {code} tambah 1 petugas, selesai 30 Nov · atau: SELESAI {code}"
    return f"Such as: OK {code} one more officer, by 30 Nov · or: DONE {code}"
