"""Words of the boards of the running day."""

from typing import Final

_NOW: Final[dict[str, tuple[str, str]]] = {
    "panel.overview.waiting": ("Menunggu", "Waiting"),
    "panel.overview.waiting.about": (
        "Orang yang menunggu sekarang dan berapa yang lewat janji; buka unit yang lewat janji di tabel.",
        "People waiting now and how many beyond the promise; open the units over promise in the table.",
    ),
    "panel.overview.longest": ("Tunggu terlama", "Longest wait"),
    "panel.overview.longest.about": (
        "Tunggu terlama saat ini di samping janjinya; bila lewat, panggil orang itu lebih dahulu atau buka loket.",
        "The longest wait now beside its promise; when it is over, call that person first or open a counter.",
    ),
    "panel.overview.served": ("Selesai hari ini", "Served today"),
    "panel.overview.served.about": (
        "Kunjungan yang selesai dalam rentang waktu dan rata-rata hari yang sama dalam empat pekan; jauh di bawahnya "
        "berarti loket kurang atau data terlambat.",
        "Visits served in the time range and the mean of the same weekday of four weeks; far below it means too few "
        "counters or late data.",
    ),
    "panel.overview.kept": ("Tepat janji", "Promise kept"),
    "panel.overview.kept.about": (
        "Persentase kunjungan yang tepat janji, dan biasanya dalam 28 hari; bila turun, cari unitnya di tabel.",
        "The share of visits that kept the promise and the usual one of 28 days; when it falls, find the unit in "
        "the table.",
    ),
    "panel.overview.ikm": ("IKM 90 hari", "IKM, 90 days"),
    "panel.overview.ikm.about": (
        "Indeks kepuasan masyarakat 90 hari dengan selang 95 % dan jumlah jawaban; buka Kepuasan untuk unsur terendah.",
        "The satisfaction index of 90 days with its 95 % interval and answers; open Satisfaction for the lowest "
        "element.",
    ),
    "panel.overview.counters": ("Loket buka", "Counters open"),
    "panel.overview.counters.about": (
        "Loket yang buka sekarang dari yang buka hari ini; bila orang menunggu dan loket tutup, buka satu lagi.",
        "Counters open now, of those that opened today; when people wait and counters are closed, open one more.",
    ),
    "panel.overview.units": ("Unit menurut kebutuhan", "Units by need"),
    "panel.overview.units.about": (
        "Setiap unit hari ini, yang perlu dilihat di atas; terhadap janji berarti tunggu p90 dibagi janji. "
        "Klik nama unit untuk rinciannya.",
        "Every unit today, those in need first; of promise is the p90 wait over the promise. "
        "Click a unit's name to look deeper.",
    ),
    "panel.overview.ratio": ("Tunggu terhadap janji", "Wait against the promise"),
    "panel.overview.ratio.about": (
        "Median dan p90 waktu tunggu dalam persen dari janji; bila p90 di atas 100 %, satu dari sepuluh orang "
        "lewat janji.",
        "Median and p90 of the wait in percent of the promise; above the line at 100 % one in ten waited too long.",
    ),
    "panel.overview.flow": ("Datang dan selesai", "Arrivals and served"),
    "panel.overview.flow.about": (
        "Orang yang datang dan yang selesai tiap selang waktu; garis putus-putus: biasanya. Bila yang datang terus di "
        "atas yang selesai, antrean bertambah.",
        "People who came and who were served per interval, the dashed line is usual; arrivals above served for long "
        "means that the queue grows.",
    ),
    "panel.tv.units": ("Enam unit yang paling perlu dilihat", "The six units most in need"),
    "panel.tv.units.about": (
        "Yang lewat janji lebih dahulu, lalu yang paling mendekati janjinya; hubungi unit teratas.",
        "Those over their promise first, then by how near they come to it; call the first.",
    ),
    "panel.unit.waiting": ("Menunggu", "Waiting"),
    "panel.unit.waiting.about": (
        "Orang yang menunggu sekarang dan berapa yang lewat janji; bila ada yang lewat, panggil mereka lebih dahulu.",
        "People waiting now and how many beyond the promise; when there are any, call them first.",
    ),
    "panel.unit.longest": ("Tunggu terlama", "Longest wait"),
    "panel.unit.longest.about": (
        "Tunggu terlama saat ini di samping janjinya; bila mendekati janji, buka satu loket lagi.",
        "The longest wait now beside its promise; when it comes near the promise, open one more counter.",
    ),
    "panel.unit.served": ("Selesai hari ini", "Served today"),
    "panel.unit.served.about": (
        "Kunjungan yang selesai dalam rentang waktu dan rata-rata hari yang sama dalam empat pekan; bila jauh di "
        "bawahnya, lihat loket.",
        "Visits served in the time range and the mean of the same weekday of four weeks; when far below, look at the "
        "counters.",
    ),
    "panel.unit.kept": ("Tepat janji", "Promise kept"),
    "panel.unit.kept.about": (
        "Persentase kunjungan yang tepat janji, dan biasanya dalam 28 hari; bila turun, buka Layanan dan standar.",
        "The share of visits that kept the promise and the usual one of 28 days; when it falls, open Services.",
    ),
    "panel.unit.ikm": ("IKM 90 hari", "IKM, 90 days"),
    "panel.unit.ikm.about": (
        "Indeks kepuasan 90 hari dengan selang 95 % dan jumlah jawaban; buka Kepuasan untuk unsur terendah.",
        "The satisfaction index of 90 days with its 95 % interval and answers; open Satisfaction for the lowest "
        "element.",
    ),
    "panel.unit.queue": ("Antrean per layanan", "Queue by service"),
    "panel.unit.queue.about": (
        "Orang yang menunggu per layanan, tunggu terlama terhadap janji; layanan di atas 100 % dipanggil lebih dahulu.",
        "People waiting by service, the longest wait against the promise; call the service above 100 % first.",
    ),
    "panel.unit.queue.none": ("Tidak ada yang tercatat menunggu.", "Nobody is recorded as waiting."),
    "panel.unit.desks": ("Loket hari ini", "Counters today"),
    "panel.unit.desks.about": (
        "Keadaan setiap loket, lama melayani, dan persentase waktu buka yang terpakai; buka loket untuk melihat "
        "aktivitasnya sepanjang hari.",
        "The state of each counter, since when it serves, and the share of open time in use; open one for its day.",
    ),
    "panel.unit.flow": ("Datang dan selesai", "Arrivals and served"),
    "panel.unit.flow.about": (
        "Orang yang datang dan yang selesai tiap selang waktu; garis putus-putus: biasanya. Jarak keduanya adalah "
        "antrean yang bertambah.",
        "People who came and who were served per interval, the dashed line is usual; the gap between them is a growing "
        "queue.",
    ),
    "panel.unit.wait": ("Waktu tunggu", "Waits"),
    "panel.unit.wait.about": (
        "Median dan p90 waktu tunggu; garis putus-putus: janji. Bila p90 di atas janji, satu dari sepuluh orang "
        "lewat janji.",
        "Median and p90 of the wait, the dashed line is the promise; p90 above it means one in ten waited too long.",
    ),
}

_ON_TV: Final = ("waiting", "longest", "served", "kept", "ikm", "counters", "ratio")
"""Panels of the overview that the TV screen shows too."""

NOW: Final = _NOW | {
    f"panel.tv.{panel}{more}": _NOW[f"panel.overview.{panel}{more}"] for panel in _ON_TV for more in ("", ".about")
}
