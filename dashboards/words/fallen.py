"""Words of alerts: the board of alerts and follow-up, and what other boards show of them."""

from typing import Final

FALLEN: Final[dict[str, tuple[str, str]]] = {
    "panel.overview.alerts": ("Peringatan terbuka", "Open alerts"),
    "panel.overview.alerts.about": (
        "Indikator yang menurun, yang belum ditindaklanjuti siapa pun, dan unit yang dipantau; klik angkanya untuk "
        "rinciannya.",
        "Indicators that have fallen, those that nobody took on, and units watched; click the number to see which.",
    ),
    "panel.unit.alerts": ("Peringatan unit ini", "Alerts of this unit"),
    "panel.unit.alerts.about": (
        "Yang menurun sekarang dan dalam 90 hari, dari berapa menjadi berapa, siapa yang terakhir diberi tahu; yang "
        "terbuka di atas.",
        "What is falling now and fell in 90 days, from what to what, who was told last; open ones first.",
    ),
    "panel.unit.alerts.none": (
        "Tidak ada peringatan terbuka, dan tidak ada dalam 90 hari.",
        "No alert is open, and there was none in 90 days.",
    ),
    "panel.alerts.open": ("Peringatan terbuka", "Open alerts"),
    "panel.alerts.open.about": (
        "Indikator yang menurun, yang belum ditindaklanjuti, dan unit yang sudah punya pembanding; tindak lanjuti "
        "yang belum lebih dahulu.",
        "Indicators that have fallen, those that nobody took on, and units that have a baseline; take on the open ones "
        "first.",
    ),
    "panel.alerts.times": ("Sampai ditindaklanjuti dan berakhir", "Until answered and ended"),
    "panel.alerts.times.about": (
        "Median sejak mulai sampai ditindaklanjuti (jam kalender) dan sampai berakhir, dari penurunan yang mulai dalam "
        "rentang waktu; bila naik, periksa alamat penerima.",
        "Median from begin to answer (hours of the clock) and to the end, of incidents that began in the time range; "
        "when it rises, check the addresses.",
    ),
    "panel.alerts.follow_ups": ("Tindak lanjut", "Follow-ups"),
    "panel.alerts.follow_ups.about": (
        "Penurunan yang ditindaklanjuti dalam rentang waktu: belum selesai, lewat tenggatnya, dan selesai; tanyakan "
        "yang lewat tenggat.",
        "Incidents taken on in the time range: not done, past their date, and done; ask about those past their date.",
    ),
    "panel.alerts.people": ("Orang lewat janji", "People over promise"),
    "panel.alerts.people.about": (
        "Orang yang menunggu lebih lama daripada janji, di berapa unit, dan berapa lama yang terlama lewat; panggil "
        "mereka lebih dahulu.",
        "People who wait longer than promised, at how many units, and by how long the longest is over; call them "
        "first.",
    ),
    "panel.alerts.list": ("Yang menurun sekarang", "What is falling now"),
    "panel.alerts.list.about": (
        "Setiap peringatan terbuka, yang belum ditindaklanjuti di atas: sejak kapan, dari berapa menjadi berapa, siapa "
        "yang terakhir diberi tahu, dan tenggat yang dijanjikan.",
        "Every open alert, those that nobody took on first: since when, from what to what, who was told last, and the "
        "date that was promised.",
    ),
    "panel.alerts.list.none": ("Tidak ada peringatan terbuka.", "No alert is open."),
    "panel.alerts.course": ("Keadaan unit dari waktu ke waktu", "States of units over time"),
    "panel.alerts.course.about": (
        "Keadaan terberat setiap unit tiap setengah hari; yang berkali-kali menurun perlu dibenahi sebabnya, bukan "
        "gejalanya.",
        "The gravest state of each unit in each half day; where it falls again and again, mend the cause and not the "
        "sign.",
    ),
    "panel.alerts.overdue": ("Lewat janji sekarang", "Over promise now"),
    "panel.alerts.overdue.about": (
        "Unit dan layanan dengan orang yang lewat janji, yang terlama di atas; buka unitnya untuk melihat loket.",
        "Units and services with people beyond the promise, longest first; open the unit to see its counters.",
    ),
    "panel.alerts.overdue.none": (
        "Tidak ada yang tercatat menunggu lebih lama daripada janji.",
        "Nobody is recorded as waiting longer than promised.",
    ),
    "panel.alerts.oldest": ("Pengaduan tertua", "Oldest complaints"),
    "panel.alerts.oldest.about": (
        "Pengaduan terbuka menurut umur; yang lewat lima hari harus dijawab hari ini.",
        "Open complaints by age; those beyond five days must be answered today.",
    ),
    "panel.alerts.oldest.none": ("Tidak ada pengaduan terbuka.", "No complaint is open."),
    "panel.alerts.noise": ("Pesan per unit", "Messages by unit"),
    "panel.alerts.noise.about": (
        "Penurunan dan pesan tiap unit dalam rentang waktu, yang terbanyak di atas; biasanya dua pesan per penurunan, "
        "lebih berarti lama tidak dijawab.",
        "Incidents and messages of each unit in the time range, most first; two messages an incident are usual, more "
        "means that nobody answered for long.",
    ),
    "panel.alerts.noise.none": (
        "Tidak ada penurunan dan pesan dalam rentang waktu ini.",
        "No incident and no message in this time range.",
    ),
    "panel.alerts.delivery": ("Pengiriman pesan per penerima", "Delivery of messages by role"),
    "panel.alerts.delivery.about": (
        "Pesan dalam rentang waktu: terkirim (di antaranya yang sampai dan dibaca, bila layanannya memberi tahu), "
        "menunggu, gagal, diulang, dan yang tidak punya alamat; perbaiki alamat yang gagal.",
        "Messages of the time range: sent (of them on the telephone and read, where the service tells), waiting, "
        "failed, tried again, and without an address; mend the addresses that fail.",
    ),
    "panel.alerts.delivery.none": ("Tidak ada pesan dalam rentang waktu ini.", "No message in this time range."),
    "column.open_alerts": ("Menurun", "Falling"),
    "column.unanswered": ("Belum ditindaklanjuti", "Not taken on"),
    "column.watched_units": ("Unit dipantau", "Units watched"),
    "column.answer_hours": ("Ditindaklanjuti", "Answered"),
    "column.ended_days": ("Berakhir", "Ended"),
    "column.incidents_n": ("Penurunan", "Incidents"),
    "column.follow_ups_open": ("Belum selesai", "Not done"),
    "column.follow_ups_late": ("Lewat tenggat", "Past their date"),
    "column.follow_ups_done": ("Selesai", "Done"),
    "column.indicator": ("Indikator", "Indicator"),
    "column.group_code": ("Kelompok layanan", "Service group"),
    "column.alert_state": ("Keadaan", "State"),
    "column.since_on": ("Sejak", "Since"),
    "column.ended_on": ("Berakhir", "Ended"),
    "column.from_value": ("Dari", "From"),
    "column.to_value": ("Menjadi", "To"),
    "column.held_by": ("Terakhir diberi tahu", "Told last"),
    "column.due_on": ("Tenggat", "Due"),
    "column.messages_n": ("Pesan", "Messages"),
    "column.per_week": ("Per pekan", "A week"),
    "column.told_role": ("Penerima", "Role"),
    "column.sent_n": ("Terkirim", "Sent"),
    "column.delivered_n": ("Sampai", "Delivered"),
    "column.read_n": ("Dibaca", "Read"),
    "column.queued_n": ("Menunggu", "Queued"),
    "column.failed_n": ("Gagal", "Failed"),
    "column.repeated_n": ("Diulang", "Tried again"),
    "column.nobody_n": ("Tanpa alamat", "No address"),
}
