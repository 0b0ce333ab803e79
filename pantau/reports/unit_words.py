"""The words of the evaluation of a unit, in Indonesian and in English."""

from typing import Final

from pantau.domain.indicators import Language, Text

WORDS: Final[dict[str, Text]] = {
    "title": Text("Evaluasi Kinerja Pelayanan", "Evaluation of Service"),
    "foot": Text("Evaluasi {unit}, {period}", "Evaluation of {unit}, {period}"),
    "about.period": Text("Periode", "Period"),
    "key.promise": Text("Tepat janji", "Promise kept"),
    "key.wait": Text("Tunggu, median", "Wait, median"),
    "key.falls": Text("Penurunan", "Falls of service"),
    "key.before": Text("n = {n}; periode lalu {before} (n = {before_n})", "n = {n}; before {before} (n = {before_n})"),
    "key.answered": Text("{answered} ditindaklanjuti, {done} selesai", "{answered} taken on, {done} done"),
    "summary.worst": Text(
        "Janji yang paling jarang ditepati: {service}, {value} dari {n} kunjungan yang dinilai.",
        "The promise kept least: {service}, {value} of {n} visits judged.",
    ),
    "summary.open": Text(
        "Masih menurun pada saat laporan dibaca: {codes}.", "Still falling when this report was read: {codes}."
    ),
    "summary.lowest": Text("Unsur SKM terendah: {elements}.", "Lowest SKM elements: {elements}."),
    "summary.verdict": Text("Pelatihan “{title}”: {sentence}", "Training “{title}”: {sentence}"),
    "summary.untrained": Text(
        "Belum ada pelatihan yang selesai di unit ini.", "No training was completed at this unit yet."
    ),
    "no_effect.title": Text("Bukan pengaruh pelatihan", "Not an effect of training"),
    "no_effect": Text(
        "Beda periode ini dengan periode lalu bukan pengaruh pelatihan: di dalamnya termasuk perubahan yang terjadi di "
        "mana-mana. Pengaruhnya, dengan pembanding, ada di bagian 4.",
        "The difference between this period and the one before is no effect of training: it holds what changed "
        "everywhere "
        "as well. The effect, with its comparison, is in part 4.",
    ),
    "1": Text("Pelayanan terhadap janji", "Service against promises"),
    "1.1": Text("Janji per jenis layanan", "Promises by service"),
    "1.1.none": Text("Tidak ada kunjungan yang dinilai terhadap janji.", "No visit was judged against a promise."),
    "1.1.bars": Text("Tepat janji per jenis layanan, persen", "Promise kept by service, percent"),
    "1.1.before": Text("garis tegak: {period}", "tick: {period}"),
    "1.1.grid": Text("Janji dan tepat janji", "What is promised and kept"),
    "1.1.service": Text("Jenis layanan", "Service"),
    "1.1.promise": Text("Janji", "Promise"),
    "1.1.kept": Text("Tepat janji", "Kept"),
    "1.1.n": Text("n", "n"),
    "1.1.earlier": Text("Periode lalu", "Before"),
    "1.1.wait": Text("Tunggu, median", "Wait, median"),
    "1.1.serving": Text("Layanan, median", "Serving, median"),
    "1.1.unnamed": Text("(layanan tidak disebut)", "(no service named)"),
    "1.1.unpromised": Text("tidak dijanjikan", "nothing promised"),
    "1.1.few": Text("sedikit", "few"),
    "1.2": Text("Tren tepat janji", "Promise kept, by period"),
    "1.2.line": Text("Tepat janji antarperiode, persen", "Promise kept by period, percent"),
    "1.2.one": Text("Periode sebelumnya belum memiliki data.", "Earlier periods have no data."),
    "2": Text("Indikator pelayanan", "Indicators of service"),
    "2.1": Text("Periode ini dan periode lalu", "This period and the one before"),
    "2.1.grid": Text("Indikator", "Indicators"),
    "2.1.indicator": Text("Indikator", "Indicator"),
    "2.1.now": Text("Periode ini", "This period"),
    "2.1.before": Text("Periode lalu", "Before"),
    "2.1.notes": Text("Catatan", "Notes"),
    "2.1.unknown": Text("Tidak diketahui pada periode ini: {names}.", "Not known in this period: {names}."),
    "3": Text("Kepuasan masyarakat", "Satisfaction"),
    "3.1": Text("IKM dan unsurnya", "The index and its elements"),
    "3.2": Text("Tren IKM", "The index by period"),
    "4": Text("Pelatihan dan pengaruhnya", "Trainings and their effects"),
    "4.1": Text("Pelatihan yang selesai", "Trainings completed"),
    "4.1.none": Text(
        "Belum ada pelatihan yang selesai di unit ini sampai akhir periode.",
        "No training was completed at this unit by the end of the period.",
    ),
    "4.1.grid": Text("Pelatihan", "Trainings"),
    "4.1.title": Text("Pelatihan", "Training"),
    "4.1.kind": Text("Jenis", "Type"),
    "4.1.days": Text("Tanggal", "Days"),
    "4.1.jp": Text("JP", "Hours (JP)"),
    "4.1.people": Text("Peserta", "Participants"),
    "4.1.type": Text("jenis {number}", "type {number}"),
    "4.2": Text("Pengaruh", "Effects"),
    "4.2.a": Text(
        "Pengaruh adalah perubahan di unit yang dilatih dikurangi perubahan di unit yang belum dilatih pada pekan yang "
        "sama. Dihitung {day}. Satu pelatihan saja jarang cukup untuk bukti; program menggabungkan pelatihan "
        "yang berjudul sama.",
        "An effect is the change at trained units less that at units not trained yet in the same weeks. "
        "Computed {day}. "
        "One training is rarely enough for a proof; a programme joins trainings of one title.",
    ),
    "4.2.none": Text("Pengaruhnya belum dapat dihitung.", "Effects cannot be computed yet."),
    "4.2.training": Text("Pelatihan: {title}, {days}", "Training: {title}, {days}"),
    "4.2.programme": Text("Program: {title}, {n} unit, {days}", "Programme: {title}, {n} units, {days}"),
    "4.2.outcome": Text("Ukuran", "Outcome"),
    "4.2.verdict": Text("Kesimpulan", "Verdict"),
    "4.2.effect": Text("Pengaruh (selang 95 %)", "Effect (95 % interval)"),
    "4.2.split": Text("Sebelum–sesudah = pengaruh + umum", "Before/after = effect + common"),
    "4.2.compared": Text("Pembanding", "Compared with"),
    "4.2.units": Text("{n} unit", "{n} units"),
    "4.2.path": Text(
        "{outcome} ({unit}) per pekan sejak pelatihan: unit yang dilatih, dan perkiraan tanpa pelatihan dari {n} unit "
        "pembanding",
        "{outcome} ({unit}) by week since training: trained units, and what {n} compared units let expect without",
    ),
    "4.2.points": Text("skala 100", "of 100"),
    "4.2.minutes": Text("menit", "minutes"),
    "4.2.actual": Text("kenyataan", "as it was"),
    "4.2.expected": Text("tanpa pelatihan", "without training"),
    "4.2.placebo.title": Text("Hati-hati", "Caution"),
    "4.2.placebo": Text(
        "{titles} ikut berubah, padahal pelatihan tidak dapat mengubahnya. Mungkin ada sebab lain.",
        "{titles} changed too, which no training can change. Something else may be the cause.",
    ),
    "5": Text("Peringatan dan tindak lanjut", "Alerts and what was done"),
    "5.1": Text("Penurunan", "Falls"),
    "5.1.none": Text("Tidak ada penurunan yang terdeteksi selama periode ini.", "No fall was found in this period."),
    "5.1.counts": Text(
        "{all} penurunan: {answered} ditindaklanjuti, {done} dinyatakan selesai.",
        "{all} falls: {answered} taken on, {done} said to be done.",
    ),
    "5.2": Text("Tanpa data", "Without data"),
    "5.2.none": Text(
        "Tidak ada kekosongan data yang terdeteksi pada periode ini.", "No gap in the data was found in this period."
    ),
    "5.2.gap": Text("sejak {since} sampai {ended}", "from {since} to {ended}"),
    "5.2.lasting": Text("sejak {since}, masih berlangsung", "since {since}, still so"),
    "6": Text("Dasar angka", "What the numbers mean"),
    "6.1": Text("Definisi", "Definitions"),
    "measure.wait_to_call": Text("dipanggil dalam {limit}", "called within {limit}"),
    "measure.wait_to_start": Text("mulai dilayani dalam {limit}", "served within {limit}"),
    "measure.service_time": Text("dilayani paling lama {limit}", "serving takes at most {limit}"),
    "measure.visit_time": Text("selesai dalam {limit} sejak datang", "done within {limit} of arrival"),
    "measure.turnaround": Text("selesai dalam {limit} sejak diajukan", "done within {limit} of the application"),
    "measure.turnaround_working": Text("selesai dalam {limit} kerja", "done within {limit} of working time"),
    "limit.days": Text("{n} hari", "{n} days"),
}
"""Name -> words; places in braces hold facts. What both reports say is said with the words of the SKM report."""


def told(name: str, language: Language, **facts: str) -> str:
    """The words under a name, with these facts in them."""
    return WORDS[name].read(language).format(**facts)
