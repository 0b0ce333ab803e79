"""What the numbers of the overview mean. (Indonesian, English) by key; see ``texts``."""

from typing import Final

DEFINITIONS: Final[dict[str, tuple[str, str]]] = {
    # definitions
    "definitions.title": ("Arti angka-angka ini", "What these numbers mean"),
    "definition.state": ("Keadaan", "State"),
    "definition.state_is": (
        "Turun: tepat janji hari ini paling sedikit 10 poin di bawah empat pekan sebelumnya, dan lebih buruk dari "
        "yang dapat dijelaskan oleh kebetulan (kurang dari 1 dari 1.000 hari). Lewat janji: ada orang yang sekarang "
        "menunggu lebih lama dari janji. Di bawah janji: hari ini lebih dari 1 dari 10 orang menunggu lebih lama dari "
        "janji. Tanpa data: 30 menit jam buka tanpa satu kejadian pun, atau 12 kali jeda biasanya bila itu lebih lama.",
        "Falling: today's share within the promise is at least 10 points below the four weeks before, and worse than "
        "chance explains (less than 1 in 1,000 days). Over promise: somebody now waits longer than promised. Below "
        "promise: more than 1 in 10 waited longer than promised today. No data: 30 minutes of opening hours without "
        "a single event, or 12 times the usual gap where that is longer.",
    ),
    "definition.waiting": ("Menunggu", "Waiting"),
    "definition.waiting_is": (
        "Nomor yang diambil hari ini dan belum dipanggil, dilayani, atau berakhir.",
        "Numbers taken today that have not been called, served or ended.",
    ),
    "definition.longest": ("Tunggu terlama", "Longest wait"),
    "definition.longest_is": (
        "Sejak nomor diambil, dari orang yang paling lama menunggu sekarang.",
        "Since the number was taken, of the person who has waited longest now.",
    ),
    "definition.served": ("Selesai hari ini", "Served today"),
    "definition.served_is": (
        "Layanan yang selesai di loket dan permohonan yang produknya terbit. Pembanding: hari yang sama sampai jam "
        "yang sama dalam empat pekan sebelumnya.",
        "Services ended at the counter and applications whose product was issued. Compared with the same weekday until "
        "the same time, four weeks before.",
    ),
    "definition.kept": ("Tepat janji", "Promise kept"),
    "definition.kept_is": (
        "Persentase kunjungan hari ini yang selesai dalam waktu menurut standar pelayanan. Yang pergi tanpa dilayani "
        "dihitung tidak tepat bila yang dijanjikan adalah waktu tunggu.",
        "Share of today's visits that ended within the service standard. People who left unserved count as not kept "
        "where waiting is what was promised.",
    ),
    "definition.ratio": ("Terhadap janji", "Of promise"),
    "definition.ratio_is": (
        "Waktu tunggu yang tidak dilewati 9 dari 10 orang hari ini (p90, peringkat terdekat) dibagi waktu yang "
        "dijanjikan; 1 berarti sama dengan janji. Yang masih menunggu dihitung dengan tunggunya sampai sekarang.",
        "The wait that 9 of 10 people did not exceed today (p90, nearest rank) divided by the promised time; 1 equals "
        "the promise. Those who still wait count with their wait so far.",
    ),
    "definition.day": ("Datang hari ini", "Arrivals today"),
    "definition.day_is": (
        "Nomor yang diambil dan permohonan yang masuk per setengah jam penuh. Pita: terkecil sampai terbesar pada hari "
        "yang sama dalam empat pekan sebelumnya.",
        "Numbers taken and applications handed in by whole half hours. Band: least to most on the same weekday, four "
        "weeks before.",
    ),
    "definition.ikm": ("IKM", "IKM"),
    "definition.ikm_is": (
        "Indeks Kepuasan Masyarakat menurut PermenPANRB 14/2017 dari jawaban 90 hari: rata-rata sembilan unsur × 25, "
        "dibulatkan dua desimal sebelum diberi mutu.",
        "Community satisfaction index by PermenPANRB 14/2017 of the answers of 90 days: mean of nine elements × 25, "
        "rounded to two decimals before it is graded.",
    ),
    "definition.few": ("Angka abu-abu", "Grey numbers"),
    "definition.few_is": (
        "Jumlah kunjungan atau jawabannya terlalu sedikit untuk disimpulkan.",
        "Made of too few visits or answers to conclude from.",
    ),
}
"""Key -> (Indonesian, English)."""
