"""Words of the boards that go into detail: counters, services, control charts."""

from typing import Final

DETAIL: Final[dict[str, tuple[str, str]]] = {
    # counters
    "panel.counters.open": ("Loket buka", "Counters open"),
    "panel.counters.open.about": (
        "Loket yang buka sekarang dari yang buka hari ini; bila ada yang menunggu, buka yang tutup.",
        "Counters open now, of those that opened today; when people wait, open the closed ones.",
    ),
    "panel.counters.idle": ("Kosong saat ada antrean", "Idle while people wait"),
    "panel.counters.idle.about": (
        "Berapa lama loket buka tanpa melayani sementara ada yang menunggu; bila lama, periksa pembagian layanan "
        "ke loket.",
        "How long counters were open and did not serve while people waited; when large, look at which counter "
        "serves what.",
    ),
    "panel.counters.pace": ("Dilayani per jam loket", "Served per counter hour"),
    "panel.counters.pace.about": (
        "Orang yang dilayani per jam loket buka, dan biasanya dalam 28 hari; bila turun, cari penyebabnya di "
        "Aktivitas loket sepanjang hari.",
        "People served per hour of an open counter, and usually in 28 days; when it falls, look for why in the "
        "day's course.",
    ),
    "panel.counters.activity": ("Aktivitas loket sepanjang hari", "Each counter's day"),
    "panel.counters.activity.about": (
        "Apa yang dikerjakan setiap loket tiap selang waktu; kosong saat ada antrean berarti waktu warga terbuang.",
        "What each counter did in each interval; idle while people wait is time that citizens lose.",
    ),
    "panel.counters.service": ("Waktu layanan per loket, menit", "Service time by counter, minutes"),
    "panel.counters.service.about": (
        "Median dan p90 waktu layanan per loket; bila satu loket jauh lebih lama, tanyakan layanan apa yang "
        "dipegangnya.",
        "Median and p90 of the service time by counter; when one takes much longer, ask which services it has.",
    ),
    "panel.counters.desks": ("Loket hari ini", "Counters today"),
    "panel.counters.desks.about": (
        "Keadaan setiap loket, yang dilayani, dan persentase waktu buka yang terpakai; di bawah 50 % berarti longgar.",
        "The state of each counter, whom it served, and the share of open time in use; below half there is room.",
    ),
    # services
    "panel.services.kept": ("Tepat janji", "Promise kept"),
    "panel.services.kept.about": (
        "Persentase kunjungan dan permohonan yang tepat janji dalam rentang waktu; bila turun, lihat layanan terburuk.",
        "The share of visits and applications that kept the promise in the time range; when it falls, see the worst "
        "service.",
    ),
    "panel.services.files": ("Permohonan terbuka", "Open applications"),
    "panel.services.files.about": (
        "Permohonan yang belum selesai dan yang sudah lewat tenggat; selesaikan yang lewat tenggat lebih dahulu.",
        "Applications not finished and those beyond their deadline; finish those beyond it first.",
    ),
    "panel.services.right": ("Benar sejak awal", "Right first time"),
    "panel.services.right.about": (
        "Permohonan selesai yang tidak pernah dikembalikan; bila rendah, perjelas persyaratan di loket dan di laman.",
        "Finished applications never returned for completion; when low, make the requirements clearer.",
    ),
    "panel.services.lost": ("Tidak datang dan pergi", "No-shows and leavers"),
    "panel.services.lost.about": (
        "Persentase yang tidak datang saat dipanggil dan yang pergi sebelum dilayani; bila naik, antrean terlalu lama.",
        "The share that did not come when called and that left before service; when it rises, waits are too long.",
    ),
    "panel.services.list": ("Layanan, yang terburuk di atas", "Services, worst first"),
    "panel.services.list.about": (
        "Janji yang ditepati, tunggu p90 terhadap janji, waktu layanan, dan yang pergi, per layanan; perbaiki yang "
        "teratas.",
        "Promise kept, p90 wait over promise, service time and leavers by service; mend the first one.",
    ),
    "panel.services.worst": ("Tepat janji per layanan", "Promise kept by service"),
    "panel.services.worst.about": (
        "Persentase tepat janji per layanan, yang terendah di atas; bandingkan dengan layanan lain di unit yang sama.",
        "The share that kept the promise by service, lowest first; compare with other services of the same unit.",
    ),
    "panel.services.days": ("Tepat janji per hari", "Promise kept by day"),
    "panel.services.days.about": (
        "Titik: tiap hari; garis: tujuh hari terakhir. Garis yang turun lebih penting daripada satu hari buruk.",
        "Points are days, the line is the last seven days; a falling line matters more than one bad day.",
    ),
    "panel.services.waits": ("Tunggu, % dari janji", "Waits, % of promise"),
    "panel.services.waits.about": (
        "Berapa orang menunggu berapa lama terhadap janji; yang di atas 100 menunggu terlalu lama.",
        "How many people waited how long against the promise; those above 100 waited too long.",
    ),
    "panel.services.ages": ("Umur permohonan, hari", "Age of applications, days"),
    "panel.services.ages.about": (
        "Permohonan terbuka menurut umur dan yang lewat tenggat; kerjakan yang tertua lebih dahulu.",
        "Open applications by age and those beyond the deadline; work on the oldest first.",
    ),
    # control charts
    "panel.control.verdict": ("Tujuh hari terakhir", "The last seven days"),
    "panel.control.verdict.about": (
        "Tetap berarti hanya berayun seperti biasa; berubah berarti ada isyarat di bawah yang patut dicari sebabnya.",
        "Steady means it only swings as usual; changed means that a signal below is worth finding the cause of.",
    ),
    "panel.control.wait": ("Median tunggu per hari", "Median wait by day"),
    "panel.control.wait.about": (
        "Bagan XmR: rata-rata ± 2,66 × rata-rata rentang bergerak; titik di luar pita patut dicari sebabnya.",
        "XmR chart: mean ± 2.66 × mean moving range; look for the cause of a point outside of the band.",
    ),
    "panel.control.promise": ("Tepat janji per hari", "Promise kept by day"),
    "panel.control.promise.about": (
        "Bagan p: rata-rata ± 3 simpangan baku untuk jumlah hari itu; titik di bawah pita adalah hari yang berbeda.",
        "p chart: mean ± 3 standard errors for that day's number; a point below the band is a day that differs.",
    ),
    "panel.control.no_show": ("Tidak datang per hari", "No-shows by day"),
    "panel.control.no_show.about": (
        "Bagan p untuk yang tidak datang saat dipanggil; titik di atas pita berarti orang pergi, lihat waktu "
        "tunggunya.",
        "p chart of those who did not come when called; a point above the band means people left, look at the waits.",
    ),
    "panel.control.range": ("Perubahan dari hari ke hari", "Jumps from day to day"),
    "panel.control.range.about": (
        "Selisih median tunggu dua hari berturut-turut dengan batas atas 3,267 × rata-rata; perubahan di atasnya "
        "tidak biasa.",
        "The difference of two days' median waits with its upper limit 3.267 × mean; a jump above it is not usual.",
    ),
    "panel.control.signals": ("Hari yang menonjol", "Days that stand out"),
    "panel.control.signals.about": (
        "Hari di luar batas, atau hari kedelapan berturut-turut di satu sisi rata-rata; catat apa yang terjadi hari "
        "itu.",
        "Days beyond a limit, or the eighth in a row on one side of the mean; note what happened on that day.",
    ),
}
