"""The boards' titles, and the one question that each answers."""

from typing import Final

BOARDS: Final[dict[str, tuple[str, str]]] = {
    "board.overview": ("Ikhtisar hari ini", "Today at a glance"),
    "board.overview.about": (
        "Siapa menunggu terlalu lama, di mana janji tidak ditepati, dan bagaimana hari ini berjalan; yang perlu "
        "dilihat di atas.",
        "Who waits too long, where the promise is not kept, how the day goes; those in need first.",
    ),
    "board.unit": ("Unit pelayanan", "Service unit"),
    "board.unit.about": (
        "Satu unit hari ini: antreannya per layanan, loketnya, datang dan selesai, tunggu terhadap janji.",
        "One unit today: its queue by service, its counters, arrivals and served, waits against the promise.",
    ),
    "board.counters": ("Kinerja loket", "Counters"),
    "board.counters.about": (
        "Apa yang dikerjakan setiap loket sebuah unit, dan kapan loket kosong sementara orang menunggu.",
        "What each counter of a unit does, and when one is idle while people wait.",
    ),
    "board.services": ("Layanan dan standar", "Services and standards"),
    "board.services.about": (
        "Layanan mana menepati standar pelayanannya, mana tidak, dan berkas mana yang menumpuk.",
        "Which services keep their service standard, which do not, and which files pile up.",
    ),
    "board.control": ("Kendali mutu", "Control charts"),
    "board.control.about": (
        "Apakah sebuah unit berubah, atau hanya berayun seperti biasa: bagan kendali dengan batas dari datanya "
        "sendiri.",
        "Has a unit changed, or does it only swing as it always does: control charts with limits from its own data.",
    ),
    "board.satisfaction": ("Kepuasan dan pengaduan", "Satisfaction and complaints"),
    "board.satisfaction.about": (
        "IKM menurut PermenPANRB 14/2017 dengan selang dan jumlah jawabannya, unsur terendah, dan pengaduan terbuka.",
        "The satisfaction index by PermenPANRB 14/2017 with interval and answers, the lowest elements, open "
        "complaints.",
    ),
    "board.trainings": ("Pelatihan", "Trainings"),
    "board.trainings.about": (
        "Apa yang berubah karena pelatihan, dengan selangnya; beda sebelum dan sesudah selalu bersama pembandingnya.",
        "What trainings changed, with intervals; a difference in time is never shown without its comparison.",
    ),
    "board.alerts": ("Peringatan dan tindak lanjut", "Alerts and follow-up"),
    "board.alerts.about": (
        "Apa yang menurun, siapa yang menindaklanjuti, dan apa yang harus ditindaklanjuti sekarang.",
        "What has fallen and who has it; what must be acted on now.",
    ),
    "board.platform": ("Kesehatan data dan platform", "Health of data and platform"),
    "board.platform.about": (
        "Apakah angka di papan lain dapat dipercaya: sumber yang diam, data yang terlambat, kejadian yang ditolak.",
        "Can the numbers of the other boards be believed: silent sources, late data, refused events.",
    ),
    "board.tv": ("Layar TV", "TV screen"),
    "board.tv.about": (
        "Ikhtisar semua unit untuk layar dinding, tanpa pilihan.",
        "All units at a glance for a wall screen, with nothing to choose.",
    ),
}
