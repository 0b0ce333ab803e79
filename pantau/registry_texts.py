"""What ``registry check`` says of a file, in Indonesian: faults are found in English, and told again by their texts.

A fault's rule and its advice are texts with places for facts. :data:`TEXTS` has both languages of each; a test compares
it with the texts that the readers of the file can give, so that none is missing.
"""

import re
from functools import cache
from typing import Final

from pantau.domain.spans import Language
from pantau.toml_rows import FileFault

TEXTS: Final[dict[str, str]] = {
    # rules
    "this is not TOML: {detail}": "ini bukan TOML: {detail}",
    "is empty": "kosong",
    "is missing": "tidak ada",
    "holds no unit": "tidak memuat satu unit pun",
    "is less than {least}": "lebih kecil dari {least}",
    "is not between {above} and {below}": "tidak di antara {above} dan {below}",
    "is not a date but a time": "bukan tanggal melainkan waktu",
    "has no offset from UTC": "tidak memuat selisih dari UTC",
    "is working time": "adalah waktu kerja",
    "is not known here": "tidak dikenal di sini",
    "is not a key that is known here": "bukan kunci yang dikenal di sini",
    "is not {kind}": "bukan {kind}",
    "holds something that is not a text": "memuat sesuatu yang bukan teks",
    "is not a length of time": "bukan lama waktu",
    "is not a list of tables": "bukan daftar tabel",
    "is before valid_from, {first}": "mendahului valid_from, {first}",
    "is before from, {first}": "mendahului from, {first}",
    "is before expect_from, {first}": "mendahului expect_from, {first}",
    "looks like a personal address": "tampak seperti alamat pribadi",
    "is set for an import, which may be of any age": "diisi untuk impor, yang boleh berumur berapa pun",
    "is not a SHA-256 in hex": "bukan SHA-256 dalam heksadesimal",
    "is not after from": "tidak sesudah from",
    "is not known": "tidak dikenal",
    "is not a list of dates": "bukan daftar tanggal",
    "is before from_year or after {last}": "mendahului from_year atau melewati {last}",
    "is not WIB, WITA, WIT or an IANA time zone": "bukan WIB, WITA, WIT atau zona waktu IANA",
    "does not mean the same on every machine": "tidak berarti sama di setiap mesin",
    "is never open": "tidak pernah buka",
    "is no day of the week": "bukan nama hari",
    "runs backwards": "terbalik urutannya",
    "is not a spell of opening": "bukan jam buka",
    "has spells that overlap, run backwards or leave the day": (
        "memuat jam buka yang tumpang tindih, terbalik, atau melewati hari itu"
    ),
    "is working time, which {measure} is not": "adalah waktu kerja, sedangkan {measure} bukan",
    "is no holiday of these years": "bukan hari libur pada tahun-tahun ini",
    "names a day that another line names too": "menyebut hari yang sudah disebut baris lain",
    "is plain time": "adalah waktu biasa",
    "is no time at all": "bukan lama waktu: nol",
    "is used already on line {line}": "sudah dipakai pada baris {line}",
    "is not a {what} of this file": "bukan {what} dalam berkas ini",
    "names no opening hours of this file": "bukan nama jam buka dalam berkas ini",
    "stands in no opening hours that have a name": "tidak berada dalam jam buka yang bernama",
    "is not a unit of this file": "bukan unit dalam berkas ini",
    "is not a source of this file": "bukan source dalam berkas ini",
    "is the key of {other} too": "juga kunci milik {other}",
    "differs from {zone} on line {line}; days and windows of one unit must add up": (
        "berbeda dari {zone} pada baris {line}; hari dan jendela satu unit harus dapat dijumlahkan"
    ),
    "is never measured for {service}, which is of kind {kind}": (
        "tidak pernah diukur untuk {service}, yang berjenis {kind}"
    ),
    "begins on the same day as the version on line {line}": "mulai pada hari yang sama dengan versi pada baris {line}",
    "overlaps the version on line {line}, valid to {last}": (
        "tumpang tindih dengan versi pada baris {line}, yang berlaku sampai {last}"
    ),
    "covers times that the ruling of the same version on line {line} covers": (
        "mencakup waktu yang sudah dicakup koreksi versi sama pada baris {line}"
    ),
    # what to do
    "did you mean {word}?": "maksud Anda {word}?",
    "choose from {words}": "pilih dari {words}",
    "check its spelling": "periksa ejaannya",
    "mend it": "perbaiki",
    "mend the line and check again": "perbaiki baris itu, lalu periksa lagi",
    "write {example} or leave the line out": "tulis {example} atau hapus barisnya",
    "write a text or leave the line out": "tulis teks atau hapus barisnya",
    "write {example}": "tulis {example}",
    "write {least} or more": "tulis {least} atau lebih",
    "write for instance {example}": "tulis misalnya {example}",
    "write a date such as 2026-01-31, without quotes": "tulis tanggal seperti 2026-01-31, tanpa tanda kutip",
    "write a date and time with its offset, such as 2026-01-31T08:00:00+07:00": (
        "tulis tanggal dan waktu dengan selisihnya, seperti 2026-01-31T08:00:00+07:00"
    ),
    "write plain time here, such as {example}": "tulis waktu biasa di sini, seperti {example}",
    "write plain time, such as {example}": "tulis waktu biasa, seperti {example}",
    "write plain time, such as {example}, with - in front to move back": (
        "tulis waktu biasa, seperti {example}, dengan - di depan untuk memundurkan"
    ),
    'write it like "30 minutes", "2 hours" or "3 working days"': (
        'tulis seperti "30 menit", "2 jam", atau "3 hari kerja"'
    ),
    'write it like "30 minutes", "2 hours" or "3 working days", with - in front to move back': (
        'tulis seperti "30 menit" atau "366 hari", dengan - di depan untuk memundurkan'
    ),
    "write [[{table}]] and its keys below": "tulis [[{table}]] dan kunci-kuncinya di bawahnya",
    "add {key} = {example}": "tambahkan {key} = {example}",
    "add {key} = {example}, the code of a [[service_group]]": (
        "tambahkan {key} = {example}, kode sebuah [[service_group]]"
    ),
    "add [[{table}]] first": "tambahkan dahulu [[{table}]]",
    "add [hours.{name}] first, such as mon-fri = {example}": (
        "tambahkan dahulu [hours.{name}], misalnya senin-jumat = {example}"
    ),
    "write [hours.{name}]": "tulis [hours.{name}]",
    "write [hours.kantor] above it in place of [hours]": "tulis [hours.kantor] di atasnya sebagai ganti [hours]",
    "write [[{table}]]": "tulis [[{table}]]",
    "add a [[unit]]; docs/registry.md has a whole file to start from": (
        "tambahkan [[unit]]; docs/registry.md memuat contoh berkas yang lengkap"
    ),
    "swap the dates or mend one": "tukar kedua tanggal atau perbaiki salah satunya",
    "swap the times or mend one": "tukar kedua waktu atau perbaiki salah satunya",
    "keep the address in the settings of the channel and write here the name it has there": (
        "simpan alamat pada pengaturan kanal, dan tulis di sini namanya di sana"
    ),
    "write the 64 hex digits that `printf %s KEY | sha256sum` prints; never the key itself": (
        "tulis 64 digit heksadesimal dari `printf %s KUNCI | sha256sum`; jangan pernah kuncinya sendiri"
    ),
    'set measure = "turnaround_working", or promise plain time': (
        'isi measure = "turnaround_working", atau janjikan waktu biasa'
    ),
    'write "3 working days" or "4 working hours", or set measure = "turnaround"': (
        'tulis "3 hari kerja" atau "4 jam kerja", atau isi measure = "turnaround"'
    ),
    "leave it out, or set live = true": "hapus, atau isi live = true",
    'write "ID", or leave [holidays] out and list each day as [[holiday]]': (
        'tulis "ID", atau hapus [holidays] dan tulis setiap hari sebagai [[holiday]]'
    ),
    "write removed = [2026-01-31]": "tulis removed = [2026-01-31]",
    "mend one of the two": "perbaiki salah satunya",
    'add a day, such as mon-fri = "08:00-16:00"': 'tambahkan hari, misalnya senin-jumat = "08:00-16:00"',
    "write mon, tue, … sun or a range such as mon-thu": (
        "tulis senin, selasa, … minggu atau rentang seperti senin-kamis"
    ),
    "write the earlier day first, such as mon-fri": "tulis hari yang lebih awal dahulu, misalnya senin-jumat",
    'write "08:00-12:00", a list of such, or "closed"': 'tulis "08:00-12:00", daftar seperti itu, atau "tutup"',
    "order them between 00:00 and 24:00": "urutkan di antara 00:00 dan 24:00",
    "leave it out or mend the date": "hapus atau perbaiki tanggalnya",
    "keep one of them": "pertahankan salah satunya",
    "write a limit above zero, such as {example}": "tulis batas di atas nol, misalnya {example}",
    "give every {what} its own": "beri setiap {what} kodenya sendiri",
    "give every source a key of its own": "beri setiap source kuncinya sendiri",
    "close this unit and open a new one with a code of its own": (
        "tutup unit ini dan buka yang baru dengan kode tersendiri"
    ),
    "promise turnaround or turnaround_working, or change the kind of the service": (
        "janjikan turnaround atau turnaround_working, atau ubah kind layanan itu"
    ),
    "promise visit_time or a wait, or change the kind of the service": (
        "janjikan visit_time atau waktu tunggu, atau ubah kind layanan itu"
    ),
    "keep one of them, or give the later one its first day": (
        "pertahankan salah satunya, atau beri yang lebih baru hari pertamanya"
    ),
    "end the earlier version the day before": "akhiri versi sebelumnya sehari sebelum itu",
    "part them, or give the one that shall rule a higher version": (
        "pisahkan, atau beri version lebih tinggi kepada yang harus berlaku"
    ),
}
"""English text -> Indonesian text, with places for the same facts."""

KINDS: Final[dict[str, str]] = {
    "a text in quotes": "teks dalam tanda kutip",
    "a whole number": "bilangan bulat",
    "a number": "angka",
    "true or false": "true atau false",
    "a date such as 2026-01-31, without quotes": "tanggal seperti 2026-01-31, tanpa tanda kutip",
    "a date and time with its offset, such as 2026-01-31T08:00:00+07:00": (
        "tanggal dan waktu dengan selisihnya, seperti 2026-01-31T08:00:00+07:00"
    ),
    "a length of time in quotes": "lama waktu dalam tanda kutip",
    "a list of texts": "daftar teks",
    "one of {words}": "salah satu dari {words}",
    "written as [{table}]": "ditulis sebagai [{table}]",
    "written as [[{table}]]": "ditulis sebagai [[{table}]]",
}
"""What a value must be, as "is not …" names it."""

_PLACE: Final = re.compile(r"\{(\w+)\}")
_NUMBERED: Final = re.compile(r"^(\w+) number (\d+)\b")


def told(fault: FileFault, language: Language) -> str:
    """A fault as one line: where, what is wrong, what to do."""
    if language == "en":
        return str(fault)
    rule, todo = retold(fault.rule), retold(fault.todo)
    field = _NUMBERED.sub(r"\1 ke-\2", fault.field)
    said = " ".join(part for part in (field, fault.value, rule) if part)
    return f"{fault.file}:{fault.line}: {said}; {todo}"


def retold(text: str) -> str:
    """A text of :data:`TEXTS` in Indonesian; any other stays as it is."""
    return _find(text, "TEXTS") or text


def _find(text: str, among: str) -> str | None:
    for pattern, indonesian in _patterns(among):
        if match := pattern.fullmatch(text):
            facts = match.groupdict()
            if "kind" in facts:
                facts["kind"] = _find(facts["kind"], "KINDS") or facts["kind"]
            return indonesian.format_map(facts)
    return None


@cache
def _patterns(among: str) -> list[tuple[re.Pattern[str], str]]:
    """The texts as patterns; those that say more by themselves come first."""
    texts = {"TEXTS": TEXTS, "KINDS": KINDS}[among]
    by_length = sorted(texts.items(), key=lambda pair: -len(_PLACE.sub("", pair[0])))
    return [(re.compile(_pattern(english), re.DOTALL), indonesian) for english, indonesian in by_length]


def _pattern(text: str) -> str:
    parts = _PLACE.split(text)
    return "".join(f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
