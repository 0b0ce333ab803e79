"""What is said of a row that cannot be mapped, in Indonesian and English."""

from functools import cache
from typing import Final

from pantau.domain.errors import Fault
from pantau.domain.rejections import fault
from pantau.domain.retelling import Retelling
from pantau.domain.spans import Language

TEXTS: Final[dict[str, dict[Language, tuple[str, str]]]] = {
    "no_rule": {
        "id": (
            "tidak ada [[event]] maupun [[skip]] yang cocok untuk baris ini",
            "tambahkan [[event]] untuk baris seperti ini, atau [[skip]] dengan alasannya",
        ),
        "en": (
            "no [[event]] and no [[skip]] of the mapping fits this row",
            "add an [[event]] for such rows, or a [[skip]] that says why they are none",
        ),
    },
    "empty": {
        "id": ("tidak boleh kosong: bagian dari identitas kejadian", "lengkapi baris, atau lewati dengan [[skip]]"),
        "en": ("may not be empty: it identifies the event", "complete the row, or leave such rows out with [[skip]]"),
    },
    "no_time": {
        "id": ("{kind} perlu waktu", "lengkapi baris, atau lewati dengan [[skip]]"),
        "en": ("{kind} needs a time", "complete the row, or leave such rows out with [[skip]]"),
    },
    "whole": {
        "id": ("harus bilangan bulat untuk {what}", "perbaiki nilainya, atau petakan dengan [values]"),
        "en": ("must be a whole number for {what}", "correct the value, or map it with [values]"),
    },
    "number": {
        "id": ("harus angka untuk {what}", "perbaiki nilainya, atau petakan dengan [values]"),
        "en": ("must be a number for {what}", "correct the value, or map it with [values]"),
    },
    "flag": {
        "id": ("harus true atau false untuk {what}", "petakan dengan [values]"),
        "en": ("must be true or false for {what}", "map it with [values]"),
    },
    "pattern": {
        "id": ("tidak cocok dengan pola {what}", "perbaiki nilainya, atau extract di berkas pemetaan"),
        "en": ("does not match {what}", "correct the value, or extract in the mapping"),
    },
    "unmapped": {
        "id": ("tidak ada di map", "tambahkan ke map di berkas pemetaan, atau isi otherwise"),
        "en": ("is not in the map", "add it to the map of the mapping, or say otherwise = …"),
    },
    "arithmetic": {
        "id": ("tidak dapat dihitung: {what}", "perbaiki nilainya"),
        "en": ("cannot be calculated: {what}", "correct the values"),
    },
    "time": {
        "id": ("bukan waktu dengan format {what}", "perbaiki nilainya, atau format di berkas pemetaan"),
        "en": ("is not a time in the format {what}", "correct the value, or the format in the mapping"),
    },
    "date": {
        "id": ("bukan tanggal dengan format {what}", "perbaiki nilainya, atau date_format di berkas pemetaan"),
        "en": ("is not a date in the format {what}", "correct the value, or date_format in the mapping"),
    },
    "clock": {
        "id": ("bukan jam dengan format {what}", "perbaiki nilainya, atau clock_format di berkas pemetaan"),
        "en": ("is not a time of day in the format {what}", "correct the value, or clock_format in the mapping"),
    },
    "far": {
        "id": ("melewati tahun 1 sampai 9999", "perbaiki nilainya"),
        "en": ("leads outside the years 1 to 9999", "correct the value"),
    },
    "type": {
        "id": ("tidak diterima sebagai {what}", "perbaiki nilainya, atau petakan dengan [values]"),
        "en": ("is not accepted as {what}", "correct the value, or map it with [values]"),
    },
    "encoding": {
        "id": ("berisi byte yang bukan {what}", "isi encoding di [read], misalnya cp1252 untuk berkas Excel"),
        "en": ("holds bytes that are not {what}", "set encoding in [read], for instance cp1252 for files of Excel"),
    },
    "width": {
        "id": (
            "jumlah sel berbeda dari judul kolom ({what})",
            "cari pemisah atau tanda kutip yang salah",
        ),
        "en": ("not as many cells as the header ({what})", "look for a missing or extra delimiter or quotation mark"),
    },
    "csv": {
        "id": ("bukan CSV: {what}", "cari tanda kutip yang tidak ditutup"),
        "en": ("is not CSV: {what}", "look for a quotation mark that is not closed"),
    },
    "json": {
        "id": ("bukan JSON: {what}", "tulis satu objek JSON setiap baris"),
        "en": ("is not JSON: {what}", "write one JSON object a line"),
    },
    "xml": {
        "id": ("bukan XML yang utuh: {what}", "ekspor ulang; bagian sebelumnya sudah dibaca"),
        "en": ("is not well-formed XML: {what}", "export the log again; what came before was read"),
    },
    "packed": {
        "id": ("berkas terkompresi rusak atau terpotong ({what})", "salin ulang; bagian sebelumnya sudah dibaca"),
        "en": ("the compressed file is damaged or cut off ({what})", "copy it again; what came before was read"),
    },
    "function": {
        "id": ("fungsi pemetaan gagal: {what}", "perbaiki fungsi pada [function]; sisa berkas tidak dibaca"),
        "en": ("the mapping's function failed: {what}", "mend the [function]; the rest of the file was not read"),
    },
}
"""What is wrong -> language -> (which rule is broken, what to do)."""


@cache
def retelling() -> Retelling:
    """Tells faults of events and of rows in another language."""
    return Retelling(TEXTS)


class Wording:
    """Makes faults in one language. Values are shortened and personal data in them is masked."""

    def __init__(self, language: Language = "id") -> None:
        self.language: Language = language

    def fault(self, text: str, field: str, value: object, **facts: object) -> Fault:
        """The fault that one of :data:`TEXTS` describes."""
        rule, todo = TEXTS[text][self.language]
        return fault(field, value, rule.format_map(facts), todo)
