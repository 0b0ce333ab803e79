"""The words of the page of sources. (Indonesian, English) by key; see ``texts``."""

from typing import Final

SOURCES: Final[dict[str, tuple[str, str]]] = {
    # sources
    "sources.caption": ("Sumber data dan keadaannya", "Data sources and their state"),
    "sources.none": ("Belum ada sumber yang mengirim", "No source has sent anything yet"),
    "sources.all_good": ("Semua {n} sumber baik", "All {n} sources are well"),
    "sources.troubled": ("{n} dari {all} sumber perlu dilihat", "{n} of {all} sources need a look"),
    "sources.troubled_one": ("1 dari {all} sumber perlu dilihat", "1 of {all} sources needs a look"),
    "sources.about": (
        "Angka di halaman lain hanya sebaik sumbernya. Yang perlu dilihat ada di atas.",
        "The numbers on other pages are only as good as their sources. Those in need come first.",
    ),
    "sources.no_unit": ("tanpa unit dalam 7 hari", "no unit in 7 days"),
    "sources.units": ("{n} unit", "{n} units"),
    "sources.per_day": ("{n} dalam 24 jam", "{n} in 24 hours"),
    "source.clock": ("Jam salah", "Clock wrong"),
    "source.frozen": ("Data macet", "Dead feed"),
    "source.silent": ("Diam", "Silent"),
    "source.late": ("Terlambat", "Late"),
    "source.rejects": ("Ada yang ditolak", "Some refused"),
    "source.good": ("Baik", "Well"),
    "source.rare": ("Jarang mengirim", "Sends rarely"),
    "source.none": ("Belum ada data", "No data yet"),
    "scol.source": ("Sumber", "Source"),
    "scol.source_about": ("Sistem yang mengirim, dan unitnya", "The system that sends, and its units"),
    "scol.state": ("Keadaan", "State"),
    "scol.state_about": ("Yang paling mendesak", "What is most pressing"),
    "scol.last": ("Kejadian terakhir", "Last event"),
    "scol.last_about": ("Waktu kejadian menurut sumber", "Time of the event by the source"),
    "scol.delay": ("Keterlambatan", "Delay"),
    "scol.delay_about": (
        "Biasanya, dari kejadian sampai diterima, dalam 7 hari",
        "Usual time from event to arrival, 7 days",
    ),
    "scol.clock": ("Jam", "Clock"),
    "scol.clock_about": ("Apakah jam sumber dapat dipercaya", "Whether the source's clock can be trusted"),
    "scol.rejects": ("Ditolak 24 jam", "Refused, 24 hours"),
    "scol.rejects_about": ("Kejadian yang ditolak, menurut sebab", "Events refused by reason"),
    "scol.todo": ("Yang perlu dilakukan", "What to do"),
    "scol.todo_about": ("Langkah berikutnya", "The next step"),
    "delay.none": ("<1 dtk", "<1 s"),
    "clock.true": ("benar", "right"),
    "clock.wrong": ("salah", "wrong"),
    "rejects.none": ("tidak ada", "none"),
    "reject.personal": ("memuat data pribadi", "holds personal data"),
    "reject.malformed": ("bukan JSON yang utuh", "not complete JSON"),
    "reject.oversize": ("terlalu besar", "too large"),
    "reject.unknown_kind": ("jenis tidak dikenal", "unknown kind"),
    "reject.missing": ("bidang wajib kosong", "a required field is missing"),
    "reject.unknown_field": ("bidang tidak dikenal", "unknown field"),
    "reject.type": ("jenis nilai salah", "wrong type of value"),
    "reject.contradiction": ("isi bertentangan", "contradictory content"),
    "reject.source": ("nama sumber lain", "another source's name"),
    "reject.not_allowed": ("unit di luar haknya", "a unit it may not speak for"),
    "reject.unknown_unit": ("unit tidak dikenal", "unknown unit"),
    "reject.clock": ("jam salah", "wrong clock"),
    "reject.future": ("waktu di masa depan", "time in the future"),
    "reject.too_old": ("sudah terlalu lama", "too old"),
    "reject.bus": ("ditolak bus", "refused by the bus"),
    "todo.clock": (
        "Setel jam mesin di kantornya.",
        "Set the clock of the machine at the office.",
    ),
    "todo.clock_ruling": (
        "Setel jam mesin di kantornya. Salin koreksi jam dari pantau sources ke registry.toml, lalu jalankan "
        "pantau rejects retry ({retryable} menunggu).",
        "Set the clock of the machine at the office. Copy the clock correction of pantau sources into registry.toml, "
        "then run pantau rejects retry ({retryable} waiting).",
    ),
    "todo.frozen": (
        "Angkanya tidak pernah berubah. Hubungi kantornya: layar antrean berhenti, tetapi masih mengirim.",
        "Its numbers never change. Call the office: the queue screen has stopped, but still sends.",
    ),
    "todo.silent": (
        "Diam sejak {since}, biasanya satu kejadian tiap {gap}. Hubungi kantornya: mesin, jaringan, listrik.",
        "Silent since {since}, usually one event every {gap}. Call the office: machine, network, power.",
    ),
    "todo.late": (
        "Kejadian tiba terlambat {delay}. Periksa jaringan dan jadwal pengirimannya.",
        "Events arrive {delay} later. Check its network and its sending schedule.",
    ),
    "todo.rejects": (
        "{n} kejadian ditolak. Perbaiki di sistem asal atau di berkas pemetaan, lalu kirim ulang.",
        "Refused events: {n}. Mend the source system or the mapping file, then send again.",
    ),
    "todo.rejects_retry": (
        "{n} kejadian ditolak. Perbaiki registry.toml, lalu jalankan pantau rejects retry ({retryable} menunggu).",
        "Refused events: {n}. Mend registry.toml, then run pantau rejects retry ({retryable} waiting).",
    ),
    "todo.good": ("Tidak ada.", "Nothing."),
    "todo.rare": ("Tidak ada; sumber ini memang jarang mengirim.", "Nothing; this source sends rarely anyway."),
    "todo.none": ("Tunggu kejadian pertama.", "Wait for the first event."),
}
"""Key -> (Indonesian, English)."""
